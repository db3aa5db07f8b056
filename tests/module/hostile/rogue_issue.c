/* SPDX-License-Identifier: Apache-2.0
 * An issuer that misbehaves as its option says. */
#include <stepgate/issue.h>

#include <string.h>

static const struct sg_option options_table[] = {
	{"how", SG_OPTION_TEXT, NULL, 1, 40, "what to do wrong"},
	{NULL},
};

static const struct sg_host *host;
static const char *how;

static bool
is(const char *word)
{
	return strcmp(how, word) == 0;
}

static enum sg_status
start(const struct sg_host *given, const struct sg_options *options, void **state, struct sg_err *err)
{
	(void)state, (void)err;
	host = given;
	how = options->values[0].text.ptr;
	return SG_OK;
}

static enum sg_status
make(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	static char text[5000];
	(void)state, (void)err;
	memset(text, 't', sizeof(text));
	if (is("none"))
		return SG_OK;
	out->token = (struct sg_str){text, 20};
	if (is("empty"))
		out->token.len = 0;
	if (is("at_limit"))
		out->token.len = SG_CREDENTIAL_MAX;
	if (is("long"))
		out->token.len = SG_CREDENTIAL_MAX + 1;
	if (is("huge"))
		out->token.len = SIZE_MAX;
	if (is("bytes"))
		text[3] = '\xff';
	if (is("wild"))
		out->token.ptr = (const char *)(uintptr_t)64;
	if (is("echo"))
		out->token = in->claims;
	return SG_OK;
}

static enum sg_status
revoke(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)out;
	return is("revoke") && in->lease.len > 3 ? sg_refuse(err, SG_UNAVAILABLE, "cloud_away", "later") : SG_OK;
}

#define POINT                                                                                                          \
	"\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\""

static enum sg_status
keys(void *state, struct sg_issue_out *out, struct sg_err *err)
{
	static const char private[] = "{\"keys\":[{\"crv\":\"P-256\",\"d\":\"AA\",\"kty\":\"EC\"," POINT "}]}";
	static const char unsorted[] = "{ \"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\"," POINT "}]}";
	static const char broken[] = "{\"keys\":[{";
	(void)state;
	const char *set = is("private")    ? private
			  : is("unsorted") ? unsorted
			  : is("broken")   ? broken
			  : is("no_keys")  ? "{\"keys\":[]}"
					   : NULL;
	if (is("keys"))
		return sg_refuse(err, SG_UNAVAILABLE, "cloud_away", "later");
	if (set != NULL)
		out->keys = (struct sg_str){set, strlen(set)};
	return SG_OK;
}

static const struct sg_issue_ops operations = {
	.size = sizeof(operations), .revocation = SG_REVOKE_EXPIRY, .format = SG_FORMAT_JWT, .make = make, .revoke = revoke, .keys = keys};
SG_MODULE(issue, "rogue", .options = options_table, .start = start, .issue = &operations);
