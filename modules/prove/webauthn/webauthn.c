/* SPDX-License-Identifier: Apache-2.0
 * prove/webauthn: passkeys and security keys, by a browser on the approvers' page (W3C Web Authentication Level 2). What they sign is over a challenge that is made for this
 * person and this thing, and the browser adds where it was made. libfido2 reads the authenticator's data and verifies the signature; nothing is kept here. */
#include "webauthn.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <openssl/evp.h>
#include <string.h>

enum { VERIFY, BACKED_UP, NAME };
enum { FLAG_PRESENT = 0x01, FLAG_VERIFIED = 0x04, FLAG_BACKED_UP = 0x10 };

static const struct sg_option options_table[] = {
	{"verify", SG_OPTION_BOOL, "true", 0, 1, "the device must know its user, by a PIN or a finger; false: that somebody touched it is enough"},
	{"backed_up", SG_OPTION_BOOL, "true", 0, 1, "keys that are copied to other devices (synced passkeys) may be used"},
	{"name", SG_OPTION_TEXT, "Stepgate", 1, 60, "what the browser calls the page; letters, digits, blank, dot and hyphen"},
	{NULL},
};

struct state {
	const struct sg_host *host;
	const char *name;
	bool verify, backed_up;
};

static const struct {
	int type;
	const char *name;
} algorithms[] = {{COSE_ES256, "ES256"}, {COSE_EDDSA, "EdDSA"}, {COSE_RS256, "RS256"}};
enum { ALGORITHMS = sizeof(algorithms) / sizeof(algorithms[0]) };

static enum sg_status
configure(const struct sg_options *options, struct sg_err *err)
{
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .-";
	struct sg_str name = options->values[NAME].text;
	return strspn(name.ptr, good) == name.len ? SG_OK : sg_refuse(err, SG_REFUSED, "webauthn_name", "name has letters, digits, blank, dot and hyphen");
}

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	struct state *self = host->alloc(host, sizeof(*self));
	if (self == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for a state");
	fido_init(0);
	*self = (struct state){host, options->values[NAME].text.ptr, options->values[VERIFY].number != 0, options->values[BACKED_UP].number != 0};
	*state = self;
	return SG_OK;
}

static void
stop(void *state)
{
	(void)state;
}

const char *
sg_webauthn_name(int type)
{
	for (size_t i = 0; i < ALGORITHMS; i++)
		if (algorithms[i].type == type)
			return algorithms[i].name;
	return "";
}

bool
sg_webauthn_key_read(struct sg_str text, struct sg_webauthn_key *out)
{
	const char *first = memchr(text.ptr, ' ', text.len);
	const char *second = first == NULL ? NULL : memchr(first + 1, ' ', text.len - (size_t)(first + 1 - text.ptr));
	out->type = 0;
	for (size_t i = 0; second != NULL && i < ALGORITHMS; i++)
		if (strlen(algorithms[i].name) == (size_t)(first - text.ptr) && memcmp(algorithms[i].name, text.ptr, strlen(algorithms[i].name)) == 0)
			out->type = algorithms[i].type;
	return out->type != 0 && sg_webauthn_decode((struct sg_str){first + 1, (size_t)(second - first - 1)}, &out->id) &&
	       sg_webauthn_decode((struct sg_str){second + 1, text.len - (size_t)(second + 1 - text.ptr)}, &out->public) && out->id.len > 0 && out->public.len > 0;
}

/* ---- what every answer has to be ---- */

static enum sg_status
check_flags(const struct state *self, uint8_t flags, struct sg_prove_out *out, struct sg_err *err)
{
	if ((flags & FLAG_PRESENT) == 0)
		return sg_refuse(err, SG_REFUSED, "webauthn_present", "nobody touched the device");
	if (self->verify && (flags & FLAG_VERIFIED) == 0)
		return sg_refuse(err, SG_REFUSED, "webauthn_user", "the device did not ask for its PIN or a finger");
	if (!self->backed_up && (flags & FLAG_BACKED_UP) != 0)
		return sg_refuse(err, SG_REFUSED, "webauthn_backed_up", "this key is copied to other devices");
	out->seen = SG_PROOF_BOUND | ((flags & FLAG_VERIFIED) != 0 ? SG_PROOF_USER : 0) | ((flags & FLAG_BACKED_UP) != 0 ? SG_PROOF_BACKED_UP : 0);
	return SG_OK;
}

static bool
is_for(const struct sg_webauthn_bytes *data, const char *party)
{
	unsigned char digest[32];
	unsigned len = 0;
	return data->len >= 37 && EVP_Digest(party, strlen(party), digest, &len, EVP_sha256(), NULL) == 1 && memcmp(digest, data->at, sizeof(digest)) == 0;
}

/* ---- enrol ---- */

/* libfido2 wants the algorithm beforehand and holds the key against it: the one that fits is it. */
static int
read_credential(fido_cred_t *cred, const char *party, const struct sg_webauthn_answer *answer)
{
	for (size_t i = 0; i < ALGORITHMS; i++) {
		fido_cred_t *one = fido_cred_new();
		bool good = one != NULL && fido_cred_set_type(one, algorithms[i].type) == FIDO_OK && fido_cred_set_authdata_raw(one, answer->data.at, answer->data.len) == FIDO_OK;
		fido_cred_free(&one);
		if (good && fido_cred_set_type(cred, algorithms[i].type) == FIDO_OK && fido_cred_set_authdata_raw(cred, answer->data.at, answer->data.len) == FIDO_OK &&
		    fido_cred_set_rp(cred, party, NULL) == FIDO_OK)
			return algorithms[i].type;
	}
	return 0;
}

static bool
same(const unsigned char *bytes, size_t len, const struct sg_webauthn_bytes *want)
{
	return bytes != NULL && len == want->len && memcmp(bytes, want->at, len) == 0;
}

static enum sg_status
write_key(const struct state *self, const fido_cred_t *cred, int type, struct sg_prove_out *out, struct sg_err *err)
{
	struct sg_webauthn_bytes id = {.len = fido_cred_id_len(cred)}, public = {.len = fido_cred_pubkey_len(cred)};
	unsigned char digest[32];
	unsigned len = 0;
	char *text = self->host->alloc(self->host, SG_PROVE_KEY_MAX + SG_FINGERPRINT_MAX + 1);
	if (text == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for a key");
	if (id.len == 0 || id.len > SG_WEBAUTHN_ID || public.len == 0 || public.len > SG_WEBAUTHN_PUBLIC || fido_cred_pubkey_ptr(cred) == NULL)
		return sg_refuse(err, SG_REFUSED, "webauthn_key", "its key is none that is taken here: ES256, EdDSA, RS256");
	memcpy(id.at, fido_cred_id_ptr(cred), id.len);
	memcpy(public.at, fido_cred_pubkey_ptr(cred), public.len);
	size_t at = (size_t)snprintf(text, 16, "%s ", sg_webauthn_name(type));
	sg_webauthn_encode(&id, text + at);
	at += strlen(text + at);
	text[at++] = ' ';
	sg_webauthn_encode(&public, text + at);
	out->key = (struct sg_str){text, strlen(text)};
	if (EVP_Digest(text, out->key.len, digest, &len, EVP_sha256(), NULL) != 1)
		return sg_refuse(err, SG_UNAVAILABLE, "webauthn_crypto", "no digest could be made");
	char *print = text + SG_PROVE_KEY_MAX;
	int length = snprintf(print, SG_FINGERPRINT_MAX, "%02x%02x-%02x%02x-%02x%02x-%02x%02x", digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]);
	out->fingerprint = (struct sg_str){print, (size_t)length};
	out->counter = fido_cred_sigcount(cred);
	return SG_OK;
}

static enum sg_status
enrol(void *state, const struct sg_prove_in *in, struct sg_prove_out *out, struct sg_err *err)
{
	const struct state *self = state;
	struct sg_webauthn_answer answer;
	char party[SG_WEBAUTHN_HOST + 1];
	enum sg_status status = sg_webauthn_party(in, party, err);
	if (status == SG_OK)
		status = sg_webauthn_read(self->host, in, "webauthn.create", &answer, err);
	if (status != SG_OK)
		return status;
	if (!is_for(&answer.data, party))
		return sg_refuse(err, SG_REFUSED, "webauthn_party", "it was made for another site");
	fido_cred_t *cred = fido_cred_new();
	if (cred == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for a credential");
	int type = read_credential(cred, party, &answer);
	if (type == 0 || !same(fido_cred_id_ptr(cred), fido_cred_id_len(cred), &answer.id))
		status = sg_refuse(err, SG_REFUSED, "webauthn_key", "its key is none that is taken here: ES256, EdDSA, RS256");
	if (status == SG_OK)
		status = check_flags(self, fido_cred_flags(cred), out, err);
	if (status == SG_OK)
		status = write_key(self, cred, type, out, err);
	fido_cred_free(&cred);
	return status;
}

/* ---- prove ---- */

static bool
verify(fido_assert_t *assert, const struct sg_webauthn_key *key)
{
	es256_pk_t *es = es256_pk_new();
	eddsa_pk_t *ed = eddsa_pk_new();
	rs256_pk_t *rs = rs256_pk_new();
	const void *pk = NULL;
	if (es != NULL && key->type == COSE_ES256 && es256_pk_from_ptr(es, key->public.at, key->public.len) == FIDO_OK)
		pk = es;
	if (ed != NULL && key->type == COSE_EDDSA && eddsa_pk_from_ptr(ed, key->public.at, key->public.len) == FIDO_OK)
		pk = ed;
	if (rs != NULL && key->type == COSE_RS256 && rs256_pk_from_ptr(rs, key->public.at, key->public.len) == FIDO_OK)
		pk = rs;
	bool good = pk != NULL && fido_assert_verify(assert, 0, key->type, pk) == FIDO_OK;
	es256_pk_free(&es);
	eddsa_pk_free(&ed);
	rs256_pk_free(&rs);
	return good;
}

static bool
fill(fido_assert_t *assert, const char *party, const struct sg_webauthn_answer *answer, bool uv)
{
	return fido_assert_set_clientdata_hash(assert, answer->client_hash, sizeof(answer->client_hash)) == FIDO_OK && fido_assert_set_rp(assert, party) == FIDO_OK &&
	       fido_assert_set_count(assert, 1) == FIDO_OK && fido_assert_set_authdata_raw(assert, 0, answer->data.at, answer->data.len) == FIDO_OK &&
	       fido_assert_set_sig(assert, 0, answer->signature.at, answer->signature.len) == FIDO_OK && fido_assert_set_up(assert, FIDO_OPT_TRUE) == FIDO_OK &&
	       fido_assert_set_uv(assert, uv ? FIDO_OPT_TRUE : FIDO_OPT_OMIT) == FIDO_OK;
}

static enum sg_status
prove(void *state, const struct sg_prove_in *in, struct sg_prove_out *out, struct sg_err *err)
{
	const struct state *self = state;
	struct sg_webauthn_answer answer;
	struct sg_webauthn_key key;
	char party[SG_WEBAUTHN_HOST + 1];
	enum sg_status status = sg_webauthn_party(in, party, err);
	if (status == SG_OK)
		status = sg_webauthn_read(self->host, in, "webauthn.get", &answer, err);
	if (status != SG_OK)
		return status;
	if (!sg_webauthn_key_read(in->key, &key) || !same(key.id.at, key.id.len, &answer.id))
		return sg_refuse(err, SG_REFUSED, "webauthn_key", "this is not the key that was enrolled");
	if (!is_for(&answer.data, party))
		return sg_refuse(err, SG_REFUSED, "webauthn_party", "it was made for another site");
	fido_assert_t *assert = fido_assert_new();
	if (assert == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for an assertion");
	if (!fill(assert, party, &answer, false))
		status = sg_refuse(err, SG_REFUSED, "webauthn_answer", "that is no browser's answer");
	if (status == SG_OK)
		status = check_flags(self, fido_assert_flags(assert, 0), out, err);
	if (status == SG_OK && !verify(assert, &key))
		status = sg_refuse(err, SG_REFUSED, "webauthn_signature", "the signature is not this key's");
	out->counter = status == SG_OK ? (int64_t)fido_assert_sigcount(assert, 0) : 0;
	fido_assert_free(&assert);
	return status;
}

/* ---- offer ---- */

/* A name in JSON that the browser shows: what would need escaping is a question mark. */
static void
plain(struct sg_str text, char *out, size_t room)
{
	size_t at = 0;
	for (; at < text.len && at + 1 < room; at++)
		out[at] = text.ptr[at] >= ' ' && text.ptr[at] < 127 && text.ptr[at] != '"' && text.ptr[at] != '\\' ? text.ptr[at] : '?';
	out[at] = '\0';
}

static enum sg_status
offer(void *state, const struct sg_prove_in *in, struct sg_prove_out *out, struct sg_err *err)
{
	const struct state *self = state;
	char party[SG_WEBAUTHN_HOST + 1], person[256], id[SG_ENROLMENT_MAX * 2];
	struct sg_webauthn_key key;
	struct sg_webauthn_bytes user = {.len = in->enrolment.len};
	enum sg_status status = sg_webauthn_party(in, party, err);
	char *text = status == SG_OK ? self->host->alloc(self->host, SG_OFFER_MAX) : NULL;
	const char *verified = self->verify ? "required" : "preferred";
	if (status != SG_OK)
		return status;
	if (text == NULL || in->enrolment.len > SG_ENROLMENT_MAX)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for an offer");
	if (in->key.len > 0 && !sg_webauthn_key_read(in->key, &key))
		return sg_refuse(err, SG_REFUSED, "webauthn_key", "this is no key of this module");
	if (in->key.len > 0) {
		int at = snprintf(text, SG_OFFER_MAX, "{\"allow\":\"");
		sg_webauthn_encode(&key.id, text + at);
		at += (int)strlen(text + at);
		at += snprintf(text + at, SG_OFFER_MAX - (size_t)at, "\",\"rp_id\":\"%s\",\"verify\":\"%s\"}", party, verified);
		out->offer = (struct sg_str){text, (size_t)at};
		return SG_OK;
	}
	memcpy(user.at, in->enrolment.ptr, user.len);
	sg_webauthn_encode(&user, id);
	plain(in->person, person, sizeof(person));
	out->offer = (struct sg_str){text, (size_t)snprintf(text, SG_OFFER_MAX, "{\"algorithms\":[-7,-8,-257],\"name\":\"%s\",\"person\":\"%s\",\"rp_id\":\"%s\",\"user\":\"%s\",\"verify\":\"%s\"}",
							      self->name, person, party, id, verified)};
	return SG_OK;
}

static const struct sg_prove_ops operations = {.size = sizeof(operations), .form = SG_PROVE_WEBAUTHN, .offer = offer, .enrol = enrol, .prove = prove};

SG_MODULE(prove, "webauthn", .options = options_table, .configure = configure, .start = start, .stop = stop, .prove = &operations);
