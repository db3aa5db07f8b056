/* SPDX-License-Identifier: Apache-2.0
 * An issuer with a good key that signs something else than it was given: `forge` says which claim is another, and how the call goes wrong otherwise. */
#include "../../../modules/issue/jwt/es256.h"

#include <stepgate/issue.h>

#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <unistd.h>

static const struct sg_option options_table[] = {
	{"forge", SG_OPTION_TEXT, NULL, 1, 40, "a claim, or what to do instead of answering"},
	{NULL},
};

static const struct sg_host *host;
static const char *forge;
static struct es256_key *key;

static enum sg_status
start(const struct sg_host *given, const struct sg_options *options, void **state, struct sg_err *err)
{
	struct sg_str pem;
	(void)state;
	host = given;
	forge = options->values[0].text.ptr;
	if (host->secret(host, "key", &pem) != SG_OK || (key = es256_read(pem.ptr, pem.len)) == NULL)
		return sg_refuse(err, SG_NOT_FOUND, "no_key", "no key");
	return SG_OK;
}

/* One character of the claim's value, or of its name, is another. */
static void
change(char *claims)
{
	char mark[48];
	bool omit = strncmp(forge, "omit_", 5) == 0;
	snprintf(mark, sizeof(mark), "\"%s\":", omit ? forge + 5 : forge);
	char *at = strstr(claims, mark);
	if (at == NULL)
		abort();
	at += omit ? 1 : strlen(mark) + (at[strlen(mark)] == '"');
	*at = *at == '1' ? '2' : *at >= '0' && *at <= '9' ? '1' : *at == 'x' ? 'y' : 'x';
}

static enum sg_status
make(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)err;
	char *claims = host->alloc(host, in->claims.len + 1), *token = host->alloc(host, SG_CREDENTIAL_MAX);
	if (strcmp(forge, "crash") == 0)
		abort();
	if (strcmp(forge, "hang") == 0)
		for (;;)
			poll(NULL, 0, 1000);
	if (strcmp(forge, "leave") == 0)
		_exit(0);
	if (claims == NULL || token == NULL)
		return SG_NOMEM;
	memcpy(claims, in->claims.ptr, in->claims.len);
	if (strcmp(forge, "nothing") != 0)
		change(claims);
	size_t len = es256_token(key, "at+jwt", claims, in->claims.len, token, SG_CREDENTIAL_MAX);
	out->token = (struct sg_str){token, len};
	return len > 0 ? SG_OK : SG_LIMIT;
}

static enum sg_status
take_back(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)out, (void)err;
	return SG_OK;
}

static enum sg_status
keys(void *state, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)err;
	const char *set = es256_keys(key);
	out->keys = (struct sg_str){set, strlen(set)};
	return SG_OK;
}

static const struct sg_issue_ops operations = {
	.size = sizeof(operations), .revocation = SG_REVOKE_NEXT_USE, .format = SG_FORMAT_JWT, .make = make, .revoke = take_back, .keys = keys};
SG_MODULE(issue, "forger", .options = options_table, .start = start, .issue = &operations);
