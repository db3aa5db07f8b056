/* SPDX-License-Identifier: Apache-2.0
 * Reading the authority once, with OpenSSL's own reader; from then on it only signs. */
#include "ca.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { HALF = 32, POINT = 1 + 2 * HALF, TEXT_HALF = 48 };

static int
no_passphrase(char *buffer, int size, int writing, void *argument)
{
	(void)buffer, (void)size, (void)writing, (void)argument;
	return -1;
}

/* 32 bytes in base64url. */
static void
encode(const unsigned char *bytes, char out[TEXT_HALF])
{
	out[EVP_EncodeBlock((unsigned char *)out, bytes, HALF) - 1] = '\0';
	for (char *at = out; *at != '\0'; at++)
		*at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
}

/* kid = RFC 7638 thumbprint. */
static bool
describe(struct ca *ca)
{
	unsigned char point[POINT], digest[HALF];
	char x[TEXT_HALF], y[TEXT_HALF], kid[TEXT_HALF], form[256];
	size_t len = 0;
	if (EVP_PKEY_get_octet_string_param(ca->key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point), &len) != 1 || len != POINT)
		return false;
	encode(point + 1, x);
	encode(point + 1 + HALF, y);
	int form_len = snprintf(form, sizeof(form), "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", x, y);
	if (EVP_Digest(form, (size_t)form_len, digest, NULL, EVP_sha256(), NULL) != 1 || !ca_point(ca, point))
		return false;
	encode(digest, kid);
	snprintf(ca->keys, sizeof(ca->keys),
		 "{\"keys\":[{\"alg\":\"ES256\",\"crv\":\"P-256\",\"kid\":\"%s\",\"kty\":\"EC\",\"use\":\"sig\",\"x\":\"%s\",\"y\":\"%s\"}]}", kid, x, y);
	return true;
}

static bool
read_key(struct ca *ca, struct sg_str pem)
{
	char group[32] = "";
	unsigned char signature[CA_SIGNATURE_MAX];
	BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
	ca->key = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	ca->group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	ca->point = ca->group == NULL ? NULL : EC_POINT_new(ca->group);
	return ca->key != NULL && ca->point != NULL && EVP_PKEY_get_group_name(ca->key, group, sizeof(group), NULL) == 1 && strcmp(group, "prime256v1") == 0 &&
	       (ca->signs = EVP_MD_CTX_new()) != NULL && EVP_DigestSignInit_ex(ca->signs, NULL, "SHA256", NULL, NULL, ca->key, NULL) == 1 && describe(ca) &&
	       ca_sign(ca, signature, 1, signature) > 0; /* once now, while OpenSSL can still load */
}

static bool
seconds_of(const ASN1_TIME *time, int64_t *out)
{
	struct tm t;
	bool good = ASN1_TIME_to_tm(time, &t) == 1;
	*out = good ? (int64_t)timegm(&t) : 0;
	return good;
}

/* Of the authority's own certificate, what leaves repeat. */
static bool
read_own(struct ca *ca, X509 *own)
{
	unsigned char *at = ca->name;
	const ASN1_OCTET_STRING *key_id = X509_get0_subject_key_id(own);
	int name = i2d_X509_NAME(X509_get_subject_name(own), NULL);
	if (name <= 0 || name > CA_NAME_MAX || key_id == NULL || ASN1_STRING_length(key_id) <= 0 || ASN1_STRING_length(key_id) > (int)sizeof(ca->key_id) ||
	    X509_check_ca(own) != 1 || (X509_get_key_usage(own) & KU_KEY_CERT_SIGN) == 0 || X509_NAME_entry_count(X509_get_subject_name(own)) == 0)
		return false;
	ca->name_len = (size_t)i2d_X509_NAME(X509_get_subject_name(own), &at);
	ca->key_id_len = (size_t)ASN1_STRING_length(key_id);
	memcpy(ca->key_id, ASN1_STRING_get0_data(key_id), ca->key_id_len);
	return seconds_of(X509_get0_notBefore(own), &ca->begins) && seconds_of(X509_get0_notAfter(own), &ca->ends);
}

static bool
add_to_chain(struct ca *ca, X509 *certificate)
{
	unsigned char *bytes = NULL;
	int len = i2d_X509(certificate, &bytes);
	size_t added = len <= 0 ? 0 : der_pem(bytes, (size_t)len, ca->chain + ca->chain_len, sizeof(ca->chain) - ca->chain_len);
	OPENSSL_free(bytes);
	ca->chain_len += added;
	return added > 0;
}

static enum sg_status
read_certificates(struct ca *ca, struct sg_str text, struct sg_err *err)
{
	enum sg_status status = SG_OK;
	BIO *bio = BIO_new_mem_buf(text.ptr, (int)text.len);
	X509 *next = NULL;
	for (int i = 0; status == SG_OK && bio != NULL && (next = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL)) != NULL; i++) {
		if (i == 0 && EVP_PKEY_eq(X509_get0_pubkey(next), ca->key) != 1)
			status = sg_refuse(err, SG_REFUSED, "x509_match", "the first certificate of \"ca\" is not for the secret \"key\"");
		else if ((i == 0 && !read_own(ca, next)) || !add_to_chain(ca, next))
			status = sg_refuse(err, SG_MALFORMED, "x509_ca", "\"ca\" begins with a CA's certificate with a name and subjectKeyIdentifier, and has at most %d bytes", CA_CHAIN_MAX);
		X509_free(next);
	}
	BIO_free(bio);
	ERR_clear_error();
	if (status == SG_OK && ca->chain_len == 0)
		status = sg_refuse(err, SG_MALFORMED, "x509_ca", "\"ca\" holds no certificate in PEM");
	return status;
}

enum sg_status
ca_start(struct ca *ca, struct sg_str pem, struct sg_str certificates, struct sg_err *err)
{
	if (!read_key(ca, pem))
		return sg_refuse(err, SG_MALFORMED, "x509_key", "the secret \"key\" is no EC P-256 private key in PEM");
	return read_certificates(ca, certificates, err);
}

void
ca_done(struct ca *ca)
{
	EVP_MD_CTX_free(ca->signs);
	EVP_PKEY_free(ca->key);
	EC_POINT_free(ca->point);
	EC_GROUP_free(ca->group);
}

size_t
ca_sign(const struct ca *ca, const unsigned char *bytes, size_t len, unsigned char out[CA_SIGNATURE_MAX])
{
	size_t size = CA_SIGNATURE_MAX;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context != NULL && EVP_MD_CTX_copy_ex(context, ca->signs) == 1 && EVP_DigestSign(context, out, &size, bytes, len) == 1;
	EVP_MD_CTX_free(context);
	return good ? size : 0;
}

bool
ca_point(const struct ca *ca, const unsigned char *point)
{
	bool good = point[0] == 4 && EC_POINT_oct2point(ca->group, ca->point, point, POINT, NULL) == 1;
	ERR_clear_error();
	return good;
}
