/* SPDX-License-Identifier: Apache-2.0
 * The path: anchors, certificates in DER, X509_verify_cert. What the leaf may say is in chain_leaf.c. */
#include "token/chain_leaf.h"

#include "base/err.h"
#include "base/str.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

enum { SECURITY_LEVEL = 2 /* 112 bits: no SHA-1, no RSA below 2048 */ };

enum sg_status
sg_chain_start(struct sg_err *err)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	bool good = store != NULL && context != NULL && X509_STORE_CTX_init(context, store, NULL, NULL) == 1;
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	ERR_clear_error();
	return good ? SG_OK : sg_fail(err, SG_UNAVAILABLE, "no_crypto", "OpenSSL makes no certificate store");
}

/* ---- anchors ---- */

static bool
is_anchor(X509 *cert)
{
	return X509_check_ca(cert) == 1 && (X509_get_extension_flags(cert) & EXFLAG_SS) != 0 && X509_self_signed(cert, 1) == 1;
}

static enum sg_status
add_anchors(X509_STORE *store, BIO *bio, struct sg_err *err)
{
	size_t count = 0;
	for (X509 *cert; (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL;) {
		bool good = is_anchor(cert), added = good && count < SG_ANCHORS_MAX && X509_STORE_add_cert(store, cert) == 1;
		X509_free(cert);
		if (!good)
			return sg_fail(err, SG_MALFORMED, "anchor_ca", "a trust anchor is a CA certificate that signed itself");
		if (!added)
			return sg_fail(err, SG_LIMIT, "anchor_many", "more than %d trust anchors", SG_ANCHORS_MAX);
		count++;
	}
	/* the end is a line that was looked for and not found; everything else is something that is not a certificate */
	bool ended = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
	return count > 0 && ended ? SG_OK : sg_fail(err, SG_MALFORMED, "anchor_pem", "trust anchors are certificates in PEM form");
}

enum sg_status
sg_anchors_read(X509_STORE **anchors, struct sg_str pem, struct sg_err *err)
{
	BIO *bio = pem.len == 0 || pem.len > INT32_MAX ? NULL : BIO_new_mem_buf(pem.ptr, (int)pem.len);
	X509_STORE *store = X509_STORE_new();
	ERR_clear_error();
	enum sg_status status = store == NULL ? sg_fail(err, SG_NOMEM, "chain_memory", "no memory for trust anchors")
				: bio == NULL ? sg_fail(err, SG_MALFORMED, "anchor_pem", "trust anchors are certificates in PEM form")
					      : add_anchors(store, bio, err);
	BIO_free(bio);
	ERR_clear_error();
	if (status == SG_OK)
		*anchors = store;
	else
		X509_STORE_free(store);
	return status;
}

/* ---- the chain ---- */

static enum sg_status
read_certs(struct sg_str der, STACK_OF(X509) * certs, struct sg_err *err)
{
	const unsigned char *at = (const unsigned char *)der.ptr, *end = at + der.len;
	if (der.len == 0 || der.len > SG_CHAIN_BYTES_MAX)
		return sg_fail(err, SG_MALFORMED, "chain_size", "a chain has 1 to %d bytes", SG_CHAIN_BYTES_MAX);
	while (at < end) {
		X509 *cert = d2i_X509(NULL, &at, end - at);
		if (cert == NULL)
			return sg_fail(err, SG_MALFORMED, "chain_der", "these are not certificates one behind the other");
		if (sk_X509_num(certs) == SG_CHAIN_CERTS_MAX || sk_X509_push(certs, cert) <= 0) {
			X509_free(cert);
			return sg_fail(err, SG_MALFORMED, "chain_many", "more than %d certificates", SG_CHAIN_CERTS_MAX);
		}
	}
	return SG_OK;
}

static enum sg_status
check_path(X509_STORE_CTX *context, X509_STORE *anchors, STACK_OF(X509) * certs, const struct sg_chain_rules *rules, struct sg_err *err)
{
	if (context == NULL || X509_STORE_CTX_init(context, anchors, sk_X509_value(certs, 0), certs) != 1)
		return sg_fail(err, SG_NOMEM, "chain_memory", "no memory for a chain");
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(context);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE | X509_V_FLAG_TRUSTED_FIRST);
	X509_VERIFY_PARAM_set_time(param, (time_t)rules->wall);
	X509_VERIFY_PARAM_set_depth(param, rules->depth);
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	if (X509_verify_cert(context) != 1)
		return sg_fail(err, SG_REFUSED, "chain_path", "%s", X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)));
	return SG_OK;
}

/* A CA that says what it signs for must say clients, too. */
static enum sg_status
check_issuers(STACK_OF(X509) * path, struct sg_err *err)
{
	for (int i = 1; i < sk_X509_num(path); i++) {
		uint32_t extended = X509_get_extended_key_usage(sk_X509_value(path, i));
		if (extended != UINT32_MAX && (extended & (XKU_SSL_CLIENT | XKU_ANYEKU)) == 0)
			return sg_fail(err, SG_REFUSED, "issuer_extended", "a CA on the path does not sign for clients");
	}
	return SG_OK;
}

static bool
fingerprint(X509 *cert, char out[SG_SHA256_HEX])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	if (cert == NULL || X509_digest(cert, EVP_sha256(), digest, &len) != 1 || len != SG_SHA256_BYTES)
		return false;
	sg_hex(out, digest, len);
	return true;
}

enum sg_status
sg_chain_read(X509_STORE *anchors, struct sg_str der, const struct sg_chain_rules *rules, struct sg_chain_facts *facts, struct sg_err *err)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	struct sg_chain_facts found = {""};
	enum sg_status status = certs == NULL ? sg_fail(err, SG_NOMEM, "chain_memory", "no memory for a chain") : read_certs(der, certs, err);
	if (status == SG_OK)
		status = check_path(context, anchors, certs, rules, err);
	if (status == SG_OK)
		status = sg_chain_leaf(sk_X509_value(certs, 0), rules, &found, err);
	STACK_OF(X509) *path = status == SG_OK ? X509_STORE_CTX_get0_chain(context) : NULL; /* with the anchor at its end */
	if (status == SG_OK)
		status = check_issuers(path, err);
	if (status == SG_OK) {
		if (sk_X509_num(path) < 2 || !fingerprint(sk_X509_value(path, 0), found.fingerprint) ||
		    !fingerprint(sk_X509_value(path, 1), found.issuer_fingerprint))
			status = sg_fail(err, SG_REFUSED, "leaf_ca", "the certificate stands for itself");
	}
	X509_STORE_CTX_free(context);
	sk_X509_pop_free(certs, X509_free);
	ERR_clear_error();
	if (status == SG_OK)
		*facts = found;
	return status;
}
