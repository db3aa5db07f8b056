/* SPDX-License-Identifier: Apache-2.0
 * Reading such a certificate with OpenSSL's decoder, then looking at everything that is in it. */
#include "token/x509_leaf.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <time.h>

static int
no_passphrase(char *buffer, int size, int writing, void *argument)
{
	(void)buffer, (void)size, (void)writing, (void)argument;
	return -1;
}

/* All certificates are written again: what differs hides something, or is another spelling. */
static X509 *
read_text(struct sg_str text)
{
	X509 *first = NULL, *next;
	char *again = NULL;
	BIO *in = BIO_new_mem_buf(text.ptr, (int)text.len), *out = BIO_new(BIO_s_mem());
	int count = 0;
	bool good = in != NULL && out != NULL;
	while (good && count <= SG_X509_CHAIN_MAX + 1 && (next = PEM_read_bio_X509(in, NULL, no_passphrase, NULL)) != NULL) {
		good = PEM_write_bio_X509(out, next) == 1;
		if (count++ == 0)
			first = next;
		else
			X509_free(next);
	}
	long len = out == NULL ? 0 : BIO_get_mem_data(out, &again);
	good = good && count > 0 && count <= SG_X509_CHAIN_MAX + 1 && sg_str_eq((struct sg_str){again, (size_t)len}, text);
	BIO_free(in);
	BIO_free(out);
	ERR_clear_error();
	if (good)
		return first;
	X509_free(first);
	return NULL;
}

static bool
read_form(X509 *x, struct sg_x509_leaf *out)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
	if (X509_get_version(x) != X509_VERSION_3 || X509_get_signature_nid(x) != NID_ecdsa_with_SHA256 || X509_NAME_entry_count(X509_get_subject_name(x)) != 0 ||
	    ASN1_STRING_type(serial) != V_ASN1_INTEGER || ASN1_STRING_length(serial) != SG_X509_SERIAL)
		return false;
	memcpy(out->serial, ASN1_STRING_get0_data(serial), SG_X509_SERIAL);
	return true;
}

/* These, each once, and no others; OpenSSL says whether they can be read and which are critical. */
static bool
check_extensions(X509 *x)
{
	static const int known[] = {NID_basic_constraints, NID_key_usage, NID_ext_key_usage, NID_authority_key_identifier, NID_subject_key_identifier,
				    NID_subject_alt_name};
	enum { KNOWN = sizeof(known) / sizeof(known[0]) };
	if (X509_get_ext_count(x) != KNOWN)
		return false;
	for (int i = 0; i < KNOWN; i++) {
		int at = X509_get_ext_by_NID(x, known[i], -1);
		if (at < 0 || X509_get_ext_by_NID(x, known[i], at) >= 0)
			return false;
	}
	uint32_t flags = X509_get_extension_flags(x), use = X509_get_extended_key_usage(x);
	return (flags & (EXFLAG_INVALID | EXFLAG_CRITICAL | EXFLAG_CA | EXFLAG_PROXY)) == 0 && (flags & EXFLAG_BCONS) != 0 &&
	       X509_get_key_usage(x) == KU_DIGITAL_SIGNATURE && (use & XKU_SSL_CLIENT) != 0 && (use & ~(uint32_t)(XKU_SSL_CLIENT | XKU_SSL_SERVER)) == 0;
}

static bool
read_name(struct sg_arena *arena, X509 *x, struct sg_str *uri)
{
	int critical = 0;
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, &critical, NULL);
	const GENERAL_NAME *name = sk_GENERAL_NAME_num(names) == 1 ? sk_GENERAL_NAME_value(names, 0) : NULL;
	bool good = name != NULL && name->type == GEN_URI && critical == 1 && ASN1_STRING_length(name->d.uniformResourceIdentifier) > 0;
	if (good) {
		const ASN1_STRING *text = name->d.uniformResourceIdentifier;
		*uri = sg_arena_copy(arena, (struct sg_str){(const char *)ASN1_STRING_get0_data(text), (size_t)ASN1_STRING_length(text)});
		for (size_t i = 0; i < uri->len; i++)
			good = good && uri->ptr[i] > ' ' && uri->ptr[i] <= '~';
	}
	GENERAL_NAMES_free(names);
	return good && uri->ptr != NULL;
}

static bool
read_time(const ASN1_TIME *time, int64_t *out)
{
	struct tm t;
	bool good = ASN1_STRING_type(time) == V_ASN1_UTCTIME && ASN1_TIME_to_tm(time, &t) == 1;
	*out = good ? (int64_t)timegm(&t) : 0;
	return good;
}

static bool
read_key(struct sg_arena *arena, X509 *x, struct sg_str *out)
{
	unsigned char *der = NULL;
	const EVP_PKEY *key = X509_get0_pubkey(x);
	bool known = key != NULL && (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 || EVP_PKEY_get_base_id(key) == EVP_PKEY_EC);
	int len = known ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &der) : 0;
	char *text = len > 0 && len < 1024 ? sg_arena_alloc(arena, (size_t)len / 3 * 4 + 8) : NULL;
	if (text != NULL)
		*out = (struct sg_str){text, (size_t)EVP_EncodeBlock((unsigned char *)text, der, len)};
	OPENSSL_free(der);
	return text != NULL;
}

static enum sg_status
read_all(struct sg_arena *arena, X509 *x, struct sg_x509_leaf *out, struct sg_err *err)
{
	if (!read_form(x, out))
		return sg_fail(err, SG_MALFORMED, "x509_form", "version, algorithm, subject or serial number are not as our issuer writes them");
	if (!check_extensions(x))
		return sg_fail(err, SG_MALFORMED, "x509_extension", "an extension is missing, unknown, twice there or says too much");
	if (!read_name(arena, x, &out->uri))
		return sg_fail(err, SG_MALFORMED, "x509_name", "its name is not exactly one URI, critical");
	if (!read_time(X509_get0_notBefore(x), &out->after) || !read_time(X509_get0_notAfter(x), &out->before))
		return sg_fail(err, SG_MALFORMED, "x509_time", "its time cannot be read");
	if (!read_key(arena, x, &out->public_key))
		return sg_fail(err, SG_MALFORMED, "x509_key", "the certified key is neither EC nor Ed25519");
	return SG_OK;
}

enum sg_status
sg_x509_leaf_read(struct sg_arena *arena, struct sg_str text, struct sg_x509_leaf *out, struct sg_err *err)
{
	*out = (struct sg_x509_leaf){.certificate = text.len == 0 || text.len > SG_X509_TEXT_MAX ? NULL : read_text(text)};
	if (out->certificate == NULL)
		return sg_fail(err, SG_MALFORMED, "x509_text", "not certificates in PEM, 1 to %d bytes", SG_X509_TEXT_MAX);
	enum sg_status status = read_all(arena, out->certificate, out, err);
	ERR_clear_error();
	if (status == SG_OK && arena->overflow)
		status = sg_fail(err, SG_NOMEM, "token_memory", "no memory for a certificate");
	if (status != SG_OK)
		sg_x509_leaf_done(out);
	return status;
}

void
sg_x509_leaf_done(struct sg_x509_leaf *leaf)
{
	X509_free(leaf->certificate);
	leaf->certificate = NULL;
}

enum sg_status
sg_x509_leaf_check(const struct sg_x509_leaf *leaf, const struct sg_jwks *keys, struct sg_err *err)
{
	bool good = false;
	for (size_t i = 0; i < keys->count && !good; i++)
		good = X509_verify(leaf->certificate, keys->keys[i].pkey) == 1;
	ERR_clear_error();
	return good ? SG_OK : sg_fail(err, SG_REFUSED, "x509_signature", "none of the issuer's keys signed it");
}
