/* SPDX-License-Identifier: Apache-2.0
 * issue/ssh: an OpenSSH user certificate for the agent's own key (PROTOCOL.certkeys): one principal, one command, from known addresses, for
 * minutes. Revoking adds its serial to a list that sshd reads at each login. */
#include "bounds.h"
#include "ca.h"
#include "krl.h"

#include <openssl/evp.h>
#include <stepgate/issue.h>
#include <stdlib.h>
#include <string.h>

enum { ALLOW_SHELL, ANY_ADDRESS, BIND, HOST_TYPE, KRL_FILE, LIFETIME_MAX, PTY };
enum { BLOB_MAX = 3000, NONCE = 32, USER = 1, HOST_MAX = 128 };

static const struct sg_option options_table[] = {
	[ALLOW_SHELL] = {"allow_shell", SG_OPTION_BOOL, "false", 0, 0, "make certificates without a command too, which give a whole shell"},
	[ANY_ADDRESS] = {"any_address", SG_OPTION_BOOL, "false", 0, 0, "make certificates without a source_address too"},
	[BIND] = {"bind", SG_OPTION_TEXT, "host", 4, 11, "what a principal ends with: host (@RESOURCE.ENVIRONMENT), environment (@ENVIRONMENT), none"},
	[HOST_TYPE] = {"host_type", SG_OPTION_TEXT, "host", 1, 63, "with bind = host: the only type of resource that a certificate is made for"},
	[KRL_FILE] = {"krl_file", SG_OPTION_TEXT, "revoked.krl", 1, KRL_NAME_MAX, "name of the revocation list in the folder granted as \"krl\""},
	[LIFETIME_MAX] = {"lifetime_max", SG_OPTION_INTEGER, "300", 1, 3600, "seconds a certificate may live at most; longer ones are refused"},
	[PTY] = {"pty", SG_OPTION_BOOL, "false", 0, 0, "permit a terminal"},
	{NULL},
};

struct issuer {
	const struct sg_host *host;
	const struct sg_value *options;
	struct ca *ca;
	struct krl krl;
};

static bool
is(struct sg_str text, const char *word)
{
	return text.len == strlen(word) && memcmp(text.ptr, word, text.len) == 0;
}

static enum sg_status
configure(const struct sg_options *options, struct sg_err *err)
{
	struct sg_str name = options->values[KRL_FILE].text, bind = options->values[BIND].text;
	if (name.ptr[0] == '.' || strchr(name.ptr, '/') != NULL || strlen(name.ptr) != name.len)
		return sg_refuse(err, SG_MALFORMED, "ssh_krl_name", "krl_file is a plain file name that does not begin with a dot");
	if (!is(bind, "host") && !is(bind, "environment") && !is(bind, "none"))
		return sg_refuse(err, SG_MALFORMED, "ssh_bind", "bind is host, environment or none");
	return SG_OK;
}

static int64_t
wall(const struct issuer *self)
{
	return self->host->wall(self->host) / SG_SEC;
}

static void
stop(void *state)
{
	struct issuer *self = state;
	krl_done(&self->krl);
	ca_free(self->ca);
}

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	struct sg_str pem;
	struct issuer *self = host->alloc(host, sizeof(*self));
	if (self == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for an issuer");
	self->host = host;
	self->options = options->values;
	if (host->secret(host, "key", &pem) != SG_OK)
		return sg_refuse(err, SG_NOT_FOUND, "ssh_no_key", "the secret \"key\" was not handed over");
	self->krl = (struct krl){.folder = host->descriptor(host, "krl"), .name = options->values[KRL_FILE].text.ptr};
	if (self->krl.folder < 0)
		return sg_refuse(err, SG_NOT_FOUND, "ssh_no_krl", "grant \"krl=folder:PATH\": without a list nothing could be revoked");
	self->ca = ca_read(pem.ptr, pem.len);
	if (self->ca == NULL)
		return sg_refuse(err, SG_MALFORMED, "ssh_key", "the secret \"key\" is no EC P-256 private key in PEM");
	self->krl.ca = ca_blob(self->ca);
	self->krl.ca_len = CA_BLOB;
	enum sg_status status = krl_start(&self->krl, wall(self), err);
	if (status == SG_OK)
		*state = self;
	else
		stop(self);
	return status;
}

/* ---- what is asked for ---- */

struct asked {
	struct agent_key key;
	struct sg_str principal, command, source; /* {NULL, 0}: not asked for */
};

static bool
given(const struct issuer *self, struct sg_str json, const char *name, struct sg_str *text)
{
	*text = (struct sg_str){NULL, 0};
	return self->host->member(self->host, json, name, text) == SG_OK;
}

/* A host's name, as it may stand in a principal. */
static bool
is_host(struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '.' && c != '-')
			return false;
	}
	return text.len > 0 && text.len <= HOST_MAX;
}

/* A resource of another type that is called as a host is no host; and an environment without dots is the part behind the last one, whatever the host's name. */
static bool
names_host(const struct issuer *self, const struct sg_issue_in *in, struct sg_str environment)
{
	struct sg_str type = self->options[HOST_TYPE].text;
	return in->resource_type.len == type.len && memcmp(in->resource_type.ptr, type.ptr, type.len) == 0 && is_host(in->resource_id) &&
	       memchr(environment.ptr, '.', environment.len) == NULL;
}

/* The environment, and the one host, are in the principal, so that other hosts do not know it. */
static bool
ends_as_bound(const struct issuer *self, const struct sg_issue_in *in, struct sg_str principal)
{
	struct sg_str environment, bind = self->options[BIND].text;
	char end[HOST_MAX + 80];
	if (is(bind, "none"))
		return true;
	bool host = is(bind, "host");
	if (!given(self, in->claims, "sg.environment", &environment) || environment.len == 0 || environment.len > 63 || (host && !names_host(self, in, environment)))
		return false;
	int len = snprintf(end, sizeof(end), "@%.*s%s%.*s", host ? (int)in->resource_id.len : 0, host ? in->resource_id.ptr : "", host ? "." : "",
			   (int)environment.len, environment.ptr);
	return principal.len > (size_t)len && memcmp(principal.ptr + principal.len - (size_t)len, end, (size_t)len) == 0 &&
	       memchr(principal.ptr, '@', principal.len) == principal.ptr + principal.len - len;
}

static enum sg_status
check_time(const struct issuer *self, const struct sg_issue_in *in, struct sg_err *err)
{
	int64_t now = wall(self), most = self->options[LIFETIME_MAX].number;
	if (in->jti.len == 0 || in->jti.len != in->lease.len || memcmp(in->jti.ptr, in->lease.ptr, in->jti.len) != 0)
		return sg_refuse(err, SG_MALFORMED, "ssh_jti", "jti is not the lease");
	if (in->iat <= 0 || in->exp <= in->iat || in->exp <= now)
		return sg_refuse(err, SG_MALFORMED, "ssh_time", "iat or exp is missing, or exp has passed");
	if (in->exp > now + most || in->exp - in->iat > most)
		return sg_refuse(err, SG_REFUSED, "ssh_lifetime", "a certificate may live %lld s", (long long)most);
	if (in->decision.len == 0 || in->decision.len > 128)
		return sg_refuse(err, SG_MALFORMED, "ssh_decision", "the decision's id is missing");
	return SG_OK;
}

static enum sg_status
read_asked(const struct issuer *self, const struct sg_issue_in *in, struct asked *asked, struct sg_err *err)
{
	struct sg_str key;
	if (!given(self, in->arguments, "public_key", &key) || !bounds_key(key, &asked->key))
		return sg_refuse(err, SG_MALFORMED, "ssh_public_key", "public_key is \"ssh-ed25519 BASE64\" or \"ecdsa-sha2-nistp256 BASE64\", without a comment");
	if (!given(self, in->arguments, "principal", &asked->principal) || !bounds_principal(asked->principal))
		return sg_refuse(err, SG_MALFORMED, "ssh_principal", "principal is one name of letters, digits and ._@+-, at most %d bytes", PRINCIPAL_MAX);
	if (!ends_as_bound(self, in, asked->principal))
		return sg_refuse(err, SG_REFUSED, "ssh_bound", "the principal must be NAME@%s of this task",
				 is(self->options[BIND].text, "host") ? "HOST.ENVIRONMENT (a resource of the type host_type, an environment without dots)" : "ENVIRONMENT");
	bool command = given(self, in->arguments, "command", &asked->command), source = given(self, in->arguments, "source_address", &asked->source);
	if (command ? !bounds_command(asked->command) : self->options[ALLOW_SHELL].number == 0)
		return sg_refuse(err, SG_MALFORMED, "ssh_command", "command is one line of 1 to %d bytes", COMMAND_MAX);
	if (source ? !bounds_source(asked->source) : self->options[ANY_ADDRESS].number == 0)
		return sg_refuse(err, SG_MALFORMED, "ssh_source", "source_address is a list of addresses or networks with commas, bits outside a network's length zero");
	return SG_OK;
}

/* ---- the certificate ---- */

static void
write_option(struct wire *w, const char *name, struct sg_str value)
{
	if (value.ptr == NULL)
		return;
	wire_text(w, name);
	size_t inner = wire_open(w);
	wire_string(w, value.ptr, value.len);
	wire_close(w, inner);
}

/* Options in the order of their names; critical ones restrict, extensions grant. */
static void
write_bounds(struct wire *w, const struct issuer *self, const struct asked *asked)
{
	size_t critical = wire_open(w);
	write_option(w, "force-command", asked->command);
	write_option(w, "source-address", asked->source);
	wire_close(w, critical);
	size_t extensions = wire_open(w);
	if (self->options[PTY].number != 0) {
		wire_text(w, "permit-pty");
		wire_text(w, "");
	}
	wire_close(w, extensions);
}

static bool
serial_of(struct sg_str lease, uint64_t *serial)
{
	unsigned char digest[32];
	bool good = EVP_Digest(lease.ptr, lease.len, digest, NULL, EVP_sha256(), NULL) == 1;
	*serial = good ? sg_ssh_serial(digest) : 0;
	return good;
}

static bool
write_certificate(struct wire *w, const struct issuer *self, const struct sg_issue_in *in, const struct asked *asked, const char *type)
{
	unsigned char nonce[NONCE];
	uint64_t serial;
	if (self->host->random(self->host, nonce, sizeof(nonce)) != SG_OK || !serial_of(in->lease, &serial))
		return false;
	wire_text(w, type);
	wire_string(w, nonce, sizeof(nonce));
	wire_raw(w, asked->key.fields.ptr, asked->key.fields.len);
	wire_u64(w, serial);
	wire_u32(w, USER);
	wire_string(w, in->decision.ptr, in->decision.len);
	size_t principals = wire_open(w);
	wire_string(w, asked->principal.ptr, asked->principal.len);
	wire_close(w, principals);
	wire_u64(w, (uint64_t)in->iat);
	wire_u64(w, (uint64_t)in->exp);
	write_bounds(w, self, asked);
	wire_text(w, "");
	wire_string(w, ca_blob(self->ca), CA_BLOB);
	ca_sign(self->ca, w);
	return !w->failed;
}

static enum sg_status
make(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	struct issuer *self = state;
	struct asked asked;
	unsigned char blob[BLOB_MAX];
	struct wire w = {blob, 0, sizeof(blob), false};
	enum sg_status status = check_time(self, in, err);
	if (status == SG_OK)
		status = read_asked(self, in, &asked, err);
	if (status != SG_OK)
		return status;
	char *text = self->host->alloc(self->host, SG_CREDENTIAL_MAX + 1);
	if (text == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for a certificate");
	int head = snprintf(text, SG_CREDENTIAL_MAX, "%s-cert-v01@openssh.com", asked.key.type);
	if (!write_certificate(&w, self, in, &asked, text))
		return sg_refuse(err, SG_UNAVAILABLE, "ssh_sign", "the certificate could not be made");
	text[head++] = ' ';
	size_t len = wire_encode(blob, w.len, text + head, SG_CREDENTIAL_MAX + 1 - (size_t)head);
	if (len == 0)
		return sg_refuse(err, SG_LIMIT, "ssh_size", "the certificate would be longer than %d bytes", SG_CREDENTIAL_MAX);
	out->token = (struct sg_str){text, (size_t)head + len};
	return SG_OK;
}

/* Nobody ever had it, and the list warns of those that somebody has. */
static enum sg_status
reap(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)out, (void)err;
	return SG_OK;
}

/* Also for what never was a certificate: what is on the list works no longer, whatever else happened. */
static enum sg_status
revoke(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	struct issuer *self = state;
	uint64_t serial;
	(void)out;
	if (!serial_of(in->lease, &serial))
		return sg_refuse(err, SG_UNAVAILABLE, "ssh_sign", "no digest");
	return krl_revoke(&self->krl, serial, in->exp, in->iat > 0 ? in->iat : wall(self), err);
}

static enum sg_status
keys(void *state, struct sg_issue_out *out, struct sg_err *err)
{
	const struct issuer *self = state;
	const char *set = ca_keys(self->ca);
	(void)err;
	out->keys = (struct sg_str){set, strlen(set)};
	return SG_OK;
}

static const struct sg_issue_ops operations = {
	.size = sizeof(operations), .revocation = SG_REVOKE_NEXT_USE, .format = SG_FORMAT_SSH, .make = make, .revoke = revoke, .reap = reap, .keys = keys,
	.revocations = KRL_LIVE};

SG_MODULE(issue, "ssh", .options = options_table, .configure = configure, .start = start, .stop = stop, .issue = &operations);
