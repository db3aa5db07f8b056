/* SPDX-License-Identifier: Apache-2.0
 * prove/totp: the digits that an authenticator application shows (RFC 6238). Weaker than a passkey: the digits say nothing of what they are typed for, and whoever
 * is shown them in time can use them once. The secret of an enrolment is derived from the module's key, so nothing is kept anywhere; the time step of the last
 * proof is the counter, so that no digits serve twice. */
#include <stepgate/prove.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

enum { DIGITS, DRIFT, ISSUER };
enum { STEP_S = 30, SECRET = 20, KEY_LEAST = 32, TEXT_SECRET = SECRET / 5 * 8 };

static const struct sg_option options_table[] = {
	{"digits", SG_OPTION_INTEGER, "6", 6, 8, "how many the application shows"},
	{"drift", SG_OPTION_INTEGER, "1", 0, 5, "steps of 30 s by which the application's clock may be wrong"},
	{"issuer", SG_OPTION_TEXT, "Stepgate", 1, 60, "what the application calls it; letters, digits, blank, dot and hyphen"},
	{NULL},
};

struct state {
	const struct sg_host *host;
	const char *issuer;
	int64_t digits, drift;
	struct sg_str key;
};

static enum sg_status
configure(const struct sg_options *options, struct sg_err *err)
{
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .-";
	struct sg_str issuer = options->values[ISSUER].text;
	return strspn(issuer.ptr, good) == issuer.len ? SG_OK : sg_refuse(err, SG_REFUSED, "totp_issuer", "issuer has letters, digits, blank, dot and hyphen");
}

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	struct sg_str key;
	struct state *self = host->alloc(host, sizeof(*self));
	if (self == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for a state");
	if (host->secret(host, "key", &key) != SG_OK || key.len < KEY_LEAST)
		return sg_refuse(err, SG_REFUSED, "totp_key", "it needs a key of %d bytes or more: grants = [ \"key=secret:/etc/stepgate/totp.key\" ]", KEY_LEAST);
	char *copy = host->alloc(host, key.len);
	if (copy == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for the key");
	memcpy(copy, key.ptr, key.len);
	*self = (struct state){host, options->values[ISSUER].text.ptr, options->values[DIGITS].number, options->values[DRIFT].number, {copy, key.len}};
	*state = self;
	return SG_OK;
}

static void
stop(void *state)
{
	struct state *self = state;
	OPENSSL_cleanse((void *)(uintptr_t)self->key.ptr, self->key.len);
}

/* Of this enrolment and no other. */
static bool
secret_of(const struct state *self, struct sg_str enrolment, unsigned char secret[SECRET])
{
	static const char label[] = "stepgate totp 1:";
	unsigned char text[sizeof(label) + SG_ENROLMENT_MAX], digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	if (enrolment.len > SG_ENROLMENT_MAX)
		return false;
	memcpy(text, label, sizeof(label) - 1);
	memcpy(text + sizeof(label) - 1, enrolment.ptr, enrolment.len);
	bool good = HMAC(EVP_sha256(), self->key.ptr, (int)self->key.len, text, sizeof(label) - 1 + enrolment.len, digest, &len) != NULL && len >= SECRET;
	memcpy(secret, digest, SECRET);
	OPENSSL_cleanse(digest, sizeof(digest));
	return good;
}

/* RFC 4226 section 5.3. */
static bool
code_of(const struct state *self, const unsigned char secret[SECRET], int64_t step, char code[9])
{
	static const unsigned tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};
	unsigned char counter[8], digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	for (int i = 7; i >= 0; i--, step >>= 8)
		counter[i] = (unsigned char)step;
	if (HMAC(EVP_sha1(), secret, SECRET, counter, sizeof(counter), digest, &len) == NULL || len != 20)
		return false;
	unsigned at = digest[19] & 15;
	unsigned number = (digest[at] & 0x7FU) << 24 | (unsigned)digest[at + 1] << 16 | (unsigned)digest[at + 2] << 8 | digest[at + 3];
	snprintf(code, 9, "%0*u", (int)self->digits, number % tens[self->digits]);
	return true;
}

static bool
is_code(const struct state *self, struct sg_str response)
{
	bool good = response.len == (size_t)self->digits;
	for (size_t i = 0; good && i < response.len; i++)
		good = response.ptr[i] >= '0' && response.ptr[i] <= '9';
	return good;
}

/* The step whose digits these are, 0 if there is none. All of them are looked at, whichever it is. */
static int64_t
step_of(const struct state *self, const struct sg_prove_in *in)
{
	unsigned char secret[SECRET];
	char code[9] = "";
	int64_t now = self->host->wall(self->host) / SG_SEC / STEP_S, found = 0;
	if (!is_code(self, in->response) || !secret_of(self, in->enrolment, secret))
		return 0;
	for (int64_t step = now - self->drift; step <= now + self->drift; step++)
		if (code_of(self, secret, step, code) && CRYPTO_memcmp(code, in->response.ptr, (size_t)self->digits) == 0)
			found = step;
	OPENSSL_cleanse(secret, sizeof(secret));
	return found;
}

static enum sg_status
prove(void *state, const struct sg_prove_in *in, struct sg_prove_out *out, struct sg_err *err)
{
	int64_t step = step_of(state, in);
	if (step == 0)
		return sg_refuse(err, SG_REFUSED, "totp_code", "these are not the digits of now");
	if (step <= in->counter)
		return sg_refuse(err, SG_REFUSED, "totp_again", "these digits were used; wait for the next ones");
	out->counter = step;
	return SG_OK;
}

/* RFC 4648 section 6, as applications take it: no padding is needed, 20 bytes are 32 letters. */
static void
base32(const unsigned char secret[SECRET], char text[TEXT_SECRET + 1])
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint64_t bits = 0;
	size_t at = 0;
	for (size_t i = 0; i < SECRET; i++) {
		bits = bits << 8 | secret[i];
		if (i % 5 == 4)
			for (int shift = 35; shift >= 0; shift -= 5)
				text[at++] = alphabet[bits >> shift & 31];
	}
	text[at] = '\0';
}

/* What stands in a link: all but letters and digits in percent. */
static void
escape(char *out, size_t room, struct sg_str text)
{
	size_t at = 0;
	for (size_t i = 0; i < text.len && at + 4 < room; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
		at += (size_t)snprintf(out + at, room - at, plain ? "%c" : "%%%02X", c);
	}
	out[at] = '\0';
}

/* The link that applications read (otpauth), and the same secret to be typed. Once enrolled there is nothing to show. */
static enum sg_status
offer(void *state, const struct sg_prove_in *in, struct sg_prove_out *out, struct sg_err *err)
{
	const struct state *self = state;
	unsigned char secret[SECRET];
	char typed[TEXT_SECRET + 1], person[3 * 255 + 5], issuer[3 * 60 + 5];
	enum { ROOM = 2048 };
	char *text = self->host->alloc(self->host, ROOM);
	if (text == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for an offer");
	if (in->key.len > 0) {
		out->offer = (struct sg_str){text, (size_t)snprintf(text, ROOM, "{\"digits\":%d}", (int)self->digits)};
		return SG_OK;
	}
	if (!secret_of(self, in->enrolment, secret))
		return sg_refuse(err, SG_UNAVAILABLE, "totp_crypto", "the secret could not be derived");
	base32(secret, typed);
	OPENSSL_cleanse(secret, sizeof(secret));
	escape(person, sizeof(person), in->person);
	escape(issuer, sizeof(issuer), (struct sg_str){self->issuer, strlen(self->issuer)});
	int len = snprintf(text, ROOM, "{\"digits\":%d,\"link\":\"otpauth://totp/%s:%s?secret=%s&issuer=%s&digits=%d&period=%d\",\"secret\":\"%s\"}", (int)self->digits, issuer, person,
			   typed, issuer, (int)self->digits, STEP_S, typed);
	OPENSSL_cleanse(typed, sizeof(typed));
	out->offer = (struct sg_str){text, (size_t)len};
	return SG_OK;
}

/* What is recorded says nothing of the secret: its fingerprint is of a derived one. */
static enum sg_status
enrol(void *state, const struct sg_prove_in *in, struct sg_prove_out *out, struct sg_err *err)
{
	const struct state *self = state;
	unsigned char secret[SECRET], digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	enum sg_status status = prove(state, in, out, err);
	char *text = status == SG_OK ? self->host->alloc(self->host, 128) : NULL;
	if (status != SG_OK)
		return status;
	if (text == NULL || !secret_of(self, in->enrolment, secret) || HMAC(EVP_sha256(), secret, SECRET, (const unsigned char *)"fingerprint", 11, digest, &len) == NULL)
		return sg_refuse(err, SG_UNAVAILABLE, "totp_crypto", "no fingerprint could be made");
	OPENSSL_cleanse(secret, sizeof(secret));
	int key = snprintf(text, 64, "totp sha1 %d %d", (int)self->digits, STEP_S);
	int print = snprintf(text + 64, 64, "%02x%02x-%02x%02x-%02x%02x-%02x%02x", digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]);
	out->key = (struct sg_str){text, (size_t)key};
	out->fingerprint = (struct sg_str){text + 64, (size_t)print};
	return SG_OK;
}

static const struct sg_prove_ops operations = {.size = sizeof(operations), .form = SG_PROVE_CODE, .offer = offer, .enrol = enrol, .prove = prove};

SG_MODULE(prove, "totp", .options = options_table, .configure = configure, .start = start, .stop = stop, .prove = &operations);
