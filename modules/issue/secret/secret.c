/* SPDX-License-Identifier: Apache-2.0
 * issue/secret: a secret that was put into a store, handed to the enforcer that uses it on an agent's behalf, never to the agent. A resource of
 * type "secret" is one; of type "secrets" the names of those in one folder of the store. */
#include "store.h"

#include <openssl/crypto.h>
#include <stepgate/issue.h>
#include <string.h>
#include <sys/stat.h>

struct broker {
	const struct sg_host *host;
	int folder;
	unsigned char key[STORE_KEY];
};

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	struct sg_str pem;
	struct stat st;
	(void)options;
	struct broker *self = host->alloc(host, sizeof(*self));
	if (self == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for a broker");
	self->host = host;
	self->folder = host->descriptor(host, "store");
	if (self->folder < 0)
		return sg_refuse(err, SG_NOT_FOUND, "secret_no_store", "grant \"store=folder:PATH\"");
	if (fstat(self->folder, &st) != 0 || (st.st_mode & 077) != 0)
		return sg_refuse(err, SG_REFUSED, "secret_store_open", "group or others may look into the store: chmod 0700");
	if (host->secret(host, "key", &pem) != SG_OK)
		return sg_refuse(err, SG_NOT_FOUND, "secret_no_key", "the secret \"key\" was not handed over");
	if (!store_key(pem, self->key) || !store_warm(self->key))
		return sg_refuse(err, SG_MALFORMED, "secret_key", "the secret \"key\" is no store key as `stepgate init` makes it");
	*state = self;
	return SG_OK;
}

static void
stop(void *state)
{
	struct broker *self = state;
	OPENSSL_cleanse(self->key, sizeof(self->key));
}

static bool
is(struct sg_str text, const char *word)
{
	return text.len == strlen(word) && memcmp(text.ptr, word, text.len) == 0;
}

static enum sg_status
make(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	struct broker *self = state;
	size_t len = 0;
	enum sg_status status;
	if (in->exp <= self->host->wall(self->host) / SG_SEC)
		return sg_refuse(err, SG_MALFORMED, "secret_time", "exp is missing or has passed");
	char *value = self->host->alloc(self->host, STORE_VALUE_MAX);
	if (value == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for a secret");
	if (is(in->resource_type, "secret"))
		status = store_read(self->folder, self->key, in->resource_id, value, &len, err);
	else if (is(in->resource_type, "secrets"))
		status = store_list(self->folder, in->resource_id, value, &len, err);
	else
		return sg_refuse(err, SG_MALFORMED, "secret_resource", "a resource of type \"secret\" or \"secrets\" is asked for here");
	if (status == SG_OK)
		out->token = (struct sg_str){value, len};
	return status;
}

/* What is known cannot be taken back: put another one in its place. */
static enum sg_status
revoke(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)out, (void)err;
	return SG_OK;
}

static const struct sg_issue_ops operations = {.size = sizeof(operations), .revocation = SG_REVOKE_EXPIRY, .format = SG_FORMAT_OPAQUE, .enforcer_only = true,
					       .make = make, .revoke = revoke};

SG_MODULE(issue, "secret", .start = start, .stop = stop, .issue = &operations);
