/* SPDX-License-Identifier: Apache-2.0
 * An issuer that breaks the contract of taking back, as its option says. */
#include <stepgate/issue.h>

#include <stdlib.h>
#include <string.h>

static const struct sg_option options_table[] = {
	{"how", SG_OPTION_TEXT, NULL, 1, 40, "what to do wrong"},
	{NULL},
};

static const char *how = "";
static char known[64][80];
static size_t count;

static bool
is(const char *word)
{
	return strcmp(how, word) == 0;
}

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	(void)host, (void)state, (void)err;
	how = options->values[0].text.ptr;
	count = 0; /* forgets */
	return SG_OK;
}

static size_t
find(struct sg_str lease)
{
	size_t i = 0;
	while (i < count && (strlen(known[i]) != lease.len || memcmp(known[i], lease.ptr, lease.len) != 0))
		i++;
	return i;
}

static enum sg_status
make(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state;
	if (is("make_once") && find(in->lease) < count)
		return sg_refuse(err, SG_REFUSED, "careless_twice", "it is there");
	if (is("make_huge") && in->claims.len == SG_CLAIMS_MAX)
		abort();
	if (is("make_empty") && in->sub.ptr[0] == 's')
		out->size = 0;
	snprintf(known[count % 64], sizeof(known[0]), "%.*s", (int)in->lease.len, in->lease.ptr);
	count += count < 63;
	out->token = (struct sg_str){"token", 5};
	return SG_OK;
}

static enum sg_status
revoke(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)out;
	size_t i = find(in->lease);
	bool strict = is("revoke_unknown") || (is("revoke_forgets") && strncmp(in->lease.ptr, "check", 5) == 0 && count == 0);
	if (i == count && strict)
		return sg_refuse(err, SG_NOT_FOUND, "careless_unknown", "no such credential");
	if (i < count && is("revoke_once") && known[i][79] == 1)
		return sg_refuse(err, SG_NOT_FOUND, "careless_gone", "gone already");
	if (i < count)
		known[i][79] = 1;
	return SG_OK;
}

static enum sg_status
confirm(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)out;
	return is("confirm") ? sg_refuse(err, SG_REFUSED, "careless_confirm", "no") : SG_OK;
}

static enum sg_status
reap(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)out;
	return is("reap") ? sg_refuse(err, SG_REFUSED, "careless_reap", "no") : SG_OK;
}

static const struct sg_issue_ops operations = {.size = sizeof(operations), .revocation = SG_REVOKE_EXPIRY, .format = SG_FORMAT_OPAQUE, .make = make,
					       .revoke = revoke, .confirm = confirm, .reap = reap};
SG_MODULE(issue, "careless", .options = options_table, .start = start, .issue = &operations);
