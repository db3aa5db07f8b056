/* SPDX-License-Identifier: Apache-2.0
 * issue/x509: a short-lived certificate for the agent's own key, with its SPIFFE ID as the only name. All that does not change from leaf to leaf is
 * laid out in DER at start; making one is filling in and one signature. */
#include "ca.h"

#include <openssl/evp.h>
#include <stepgate/issue.h>
#include <string.h>
#include <unistd.h>

enum { LIFETIME_MAX, SERVER };
enum { LEAF_MAX = 2048, SUBJECT_MAX = 512, POINT = 65, KEY_ID = 20 };
enum { SEQUENCE = 0x30, INTEGER = 2, BITS = 3, OCTETS = 4, EXTENSIONS = 0xa3, URI = 0x86, KEY_IDENTIFIER = 0x80 };

static const struct sg_option options_table[] = {
	[LIFETIME_MAX] = {"lifetime_max", SG_OPTION_INTEGER, "300", 1, 3600, "seconds a certificate may live at most; longer ones are refused"},
	[SERVER] = {"server", SG_OPTION_BOOL, "false", 0, 0, "for serverAuth too, not only clientAuth"},
	{NULL},
};

#define LITERAL(name, ...) static const unsigned char name[] = {__VA_ARGS__}
LITERAL(version_3, 0xa0, 3, 2, 1, 2);
LITERAL(ecdsa_sha256, 0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2);
LITERAL(no_subject, 0x30, 0);
LITERAL(not_a_ca, 0x30, 12, 6, 3, 0x55, 0x1d, 0x13, 1, 1, 0xff, 4, 2, 0x30, 0);
LITERAL(signs_only, 0x30, 14, 6, 3, 0x55, 0x1d, 0x0f, 1, 1, 0xff, 4, 4, 3, 2, 7, 0x80);
LITERAL(for_clients, 0x30, 19, 6, 3, 0x55, 0x1d, 0x25, 4, 12, 0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2);
LITERAL(for_both, 0x30, 29, 6, 3, 0x55, 0x1d, 0x25, 4, 22, 0x30, 20, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 2);
LITERAL(authority_key, 6, 3, 0x55, 0x1d, 0x23);
LITERAL(subject_key, 0x30, 29, 6, 3, 0x55, 0x1d, 0x0e, 4, 22, 4, 20);
LITERAL(critical_names, 6, 3, 0x55, 0x1d, 0x11, 1, 1, 0xff);
LITERAL(p256, 0x30, 0x59, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 3, 0x42, 0);
LITERAL(ed25519, 0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0);
enum { SPKI_MAX = sizeof(p256) + POINT, SPKI_TEXT_MAX = (SPKI_MAX + 2) / 3 * 4 };

struct issuer {
	const struct sg_host *host;
	const struct sg_value *options;
	struct ca ca;
	unsigned char before[640], after[256]; /* algorithm and issuer, between serial and validity; extensions that are always the same */
	size_t before_len, after_len;
};

/* ---- life ---- */

static bool
lay_out(struct issuer *self)
{
	struct der before = {self->before, 0, sizeof(self->before), false}, after = {self->after, 0, sizeof(self->after), false};
	der_raw(&before, ecdsa_sha256, sizeof(ecdsa_sha256));
	der_raw(&before, self->ca.name, self->ca.name_len);
	der_raw(&after, not_a_ca, sizeof(not_a_ca));
	der_raw(&after, signs_only, sizeof(signs_only));
	bool both = self->options[SERVER].number != 0;
	der_raw(&after, both ? for_both : for_clients, both ? sizeof(for_both) : sizeof(for_clients));
	size_t extension = der_open(&after, SEQUENCE);
	der_raw(&after, authority_key, sizeof(authority_key));
	size_t value = der_open(&after, OCTETS), inner = der_open(&after, SEQUENCE);
	der_put(&after, KEY_IDENTIFIER, self->ca.key_id, self->ca.key_id_len);
	der_close(&after, inner);
	der_close(&after, value);
	der_close(&after, extension);
	der_raw(&after, subject_key, sizeof(subject_key));
	self->before_len = before.len;
	self->after_len = after.len;
	return !before.failed && !after.failed;
}

static void
stop(void *state)
{
	ca_done(&((struct issuer *)state)->ca);
}

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	struct issuer *self = host->alloc(host, sizeof(*self));
	char *text = host->alloc(host, CA_CHAIN_MAX * 2);
	struct sg_str pem;
	if (self == NULL || text == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for an issuer");
	self->host = host;
	self->options = options->values;
	int fd = host->descriptor(host, "ca");
	ssize_t got = fd < 0 ? -1 : pread(fd, text, CA_CHAIN_MAX * 2, 0);
	if (got < 0)
		return sg_refuse(err, SG_NOT_FOUND, "x509_no_ca", "grant \"ca=file:PATH\", the authority's certificate");
	if (host->secret(host, "key", &pem) != SG_OK)
		return sg_refuse(err, SG_NOT_FOUND, "x509_no_key", "the secret \"key\" was not handed over");
	enum sg_status status = ca_start(&self->ca, pem, (struct sg_str){text, (size_t)got}, err);
	if (status == SG_OK && !lay_out(self))
		status = sg_refuse(err, SG_LIMIT, "x509_ca", "the authority's name is too long");
	if (status == SG_OK)
		*state = self;
	else
		stop(self);
	return status;
}

/* ---- what is asked for ---- */

static enum sg_status
check_claims(const struct issuer *self, const struct sg_issue_in *in, struct sg_err *err)
{
	static const char scheme[] = "spiffe://";
	int64_t now = self->host->wall(self->host) / SG_SEC, most = self->options[LIFETIME_MAX].number;
	if (in->jti.len == 0 || in->jti.len != in->lease.len || memcmp(in->jti.ptr, in->lease.ptr, in->jti.len) != 0)
		return sg_refuse(err, SG_MALFORMED, "x509_jti", "jti is not the lease");
	if (in->iat <= 0 || in->exp <= in->iat || in->exp <= now)
		return sg_refuse(err, SG_MALFORMED, "x509_time", "iat or exp is missing, or exp has passed");
	if (in->exp > now + most || in->exp - in->iat > most)
		return sg_refuse(err, SG_REFUSED, "x509_lifetime", "a certificate may live %lld s", (long long)most);
	if (in->exp > self->ca.ends || in->iat < self->ca.begins)
		return sg_refuse(err, SG_REFUSED, "x509_ca_ends", "the authority's own certificate is not good for that long");
	bool good = in->sub.len >= sizeof(scheme) && in->sub.len <= SUBJECT_MAX && memcmp(in->sub.ptr, scheme, sizeof(scheme) - 1) == 0;
	for (size_t i = 0; i < in->sub.len; i++)
		good = good && in->sub.ptr[i] > ' ' && in->sub.ptr[i] <= '~';
	return good ? SG_OK : sg_refuse(err, SG_MALFORMED, "x509_sub", "sub is a SPIFFE ID of at most %d bytes", SUBJECT_MAX);
}

/* SubjectPublicKeyInfo of P-256 or Ed25519 in base64, one spelling. `*bits` is where the key itself begins. */
static bool
read_key(const struct issuer *self, struct sg_str text, unsigned char spki[SPKI_TEXT_MAX], size_t *len, size_t *bits)
{
	unsigned char again[SPKI_TEXT_MAX + 4];
	if (text.len < 4 || text.len % 4 != 0 || text.len > SPKI_TEXT_MAX)
		return false;
	int got = EVP_DecodeBlock(spki, (const unsigned char *)text.ptr, (int)text.len);
	int padding = (text.ptr[text.len - 1] == '=') + (text.ptr[text.len - 2] == '=');
	if (got <= padding || EVP_EncodeBlock(again, spki, got - padding) != (int)text.len || memcmp(again, text.ptr, text.len) != 0)
		return false;
	*len = (size_t)(got - padding);
	bool ec = *len == sizeof(p256) + POINT && memcmp(spki, p256, sizeof(p256)) == 0;
	*bits = ec ? sizeof(p256) : sizeof(ed25519);
	return ec ? ca_point(&self->ca, spki + *bits) : *len == sizeof(ed25519) + 32 && memcmp(spki, ed25519, sizeof(ed25519)) == 0;
}

/* ---- the certificate ---- */

static bool
put_serial(struct der *d, struct sg_str lease)
{
	unsigned char digest[32], serial[16];
	if (EVP_Digest(lease.ptr, lease.len, digest, NULL, EVP_sha256(), NULL) != 1)
		return false;
	sg_x509_serial(serial, digest);
	der_put(d, INTEGER, serial, sizeof(serial));
	return true;
}

static void
put_extensions(struct der *d, const struct issuer *self, const unsigned char key_id[KEY_ID], struct sg_str uri)
{
	size_t outer = der_open(d, EXTENSIONS), list = der_open(d, SEQUENCE);
	der_raw(d, self->after, self->after_len);
	der_raw(d, key_id, KEY_ID);
	size_t extension = der_open(d, SEQUENCE);
	der_raw(d, critical_names, sizeof(critical_names));
	size_t value = der_open(d, OCTETS), names = der_open(d, SEQUENCE);
	der_put(d, URI, uri.ptr, uri.len);
	der_close(d, names);
	der_close(d, value);
	der_close(d, extension);
	der_close(d, list);
	der_close(d, outer);
}

static bool
put_body(struct der *d, const struct issuer *self, const struct sg_issue_in *in, const unsigned char *spki, size_t spki_len, size_t bits)
{
	unsigned char key_id[KEY_ID];
	if (EVP_Digest(spki + bits, spki_len - bits, key_id, NULL, EVP_sha1(), NULL) != 1) /* RFC 5280 section 4.2.1.2: a name, no proof */
		return false;
	size_t body = der_open(d, SEQUENCE);
	der_raw(d, version_3, sizeof(version_3));
	if (!put_serial(d, in->lease))
		return false;
	der_raw(d, self->before, self->before_len);
	der_head(d, SEQUENCE, 30);
	der_time(d, in->iat);
	der_time(d, in->exp);
	der_raw(d, no_subject, sizeof(no_subject));
	der_raw(d, spki, spki_len);
	put_extensions(d, self, key_id, in->sub);
	der_close(d, body);
	return !d->failed;
}

static bool
sign(struct der *d, const struct ca *ca)
{
	unsigned char signature[1 + CA_SIGNATURE_MAX] = {0};
	size_t len = ca_sign(ca, d->bytes, d->len, signature + 1);
	der_raw(d, ecdsa_sha256, sizeof(ecdsa_sha256));
	der_put(d, BITS, signature, 1 + len);
	return len > 0 && !d->failed;
}

static enum sg_status
write_out(const struct issuer *self, const struct der *body, struct sg_issue_out *out, struct sg_err *err)
{
	unsigned char leaf[LEAF_MAX];
	struct der d = {leaf, 0, sizeof(leaf), false};
	der_put(&d, SEQUENCE, body->bytes, body->len);
	char *text = self->host->alloc(self->host, SG_CREDENTIAL_MAX);
	size_t len = d.failed || text == NULL ? 0 : der_pem(leaf, d.len, text, SG_CREDENTIAL_MAX);
	if (len == 0 || self->ca.chain_len > SG_CREDENTIAL_MAX - len)
		return sg_refuse(err, SG_LIMIT, "x509_size", "certificate and chain would be longer than %d bytes", SG_CREDENTIAL_MAX);
	memcpy(text + len, self->ca.chain, self->ca.chain_len);
	out->token = (struct sg_str){text, len + self->ca.chain_len};
	return SG_OK;
}

static enum sg_status
make(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	const struct issuer *self = state;
	unsigned char bytes[LEAF_MAX], spki[SPKI_TEXT_MAX];
	struct der d = {bytes, 0, sizeof(bytes), false};
	struct sg_str key;
	size_t len, bits;
	enum sg_status status = check_claims(self, in, err);
	if (status != SG_OK)
		return status;
	if (self->host->member(self->host, in->arguments, "public_key", &key) != SG_OK || !read_key(self, key, spki, &len, &bits))
		return sg_refuse(err, SG_MALFORMED, "x509_public_key", "public_key is the SubjectPublicKeyInfo of a P-256 or Ed25519 key: DER in base64, one line");
	if (!put_body(&d, self, in, spki, len, bits) || !sign(&d, &self->ca))
		return sg_refuse(err, SG_UNAVAILABLE, "x509_sign", "the certificate could not be made");
	return write_out(self, &d, out, err);
}

/* There is no list: nobody would read it in the minutes that are left. */
static enum sg_status
take_back(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)out, (void)err;
	return SG_OK;
}

static enum sg_status
keys(void *state, struct sg_issue_out *out, struct sg_err *err)
{
	const struct issuer *self = state;
	(void)err;
	out->keys = (struct sg_str){self->ca.keys, strlen(self->ca.keys)};
	return SG_OK;
}

static const struct sg_issue_ops operations = {
	.size = sizeof(operations), .revocation = SG_REVOKE_EXPIRY, .format = SG_FORMAT_X509, .make = make, .revoke = take_back, .keys = keys};

SG_MODULE(issue, "x509", .options = options_table, .start = start, .stop = stop, .issue = &operations);
