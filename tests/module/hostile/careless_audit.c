/* SPDX-License-Identifier: Apache-2.0
 * A sink that cannot bear what comes seldom, as its option says. */
#include <stepgate/audit.h>

#include <string.h>

static const struct sg_option options_table[] = {
	{"how", SG_OPTION_TEXT, NULL, 1, 40, "what to do wrong"},
	{NULL},
};

static const char *how = "";
static uint64_t written, highest;

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
	written = 0;
	return SG_OK;
}

static enum sg_status
write_leaf(void *state, const struct sg_audit_in *in, struct sg_err *err)
{
	(void)state;
	if ((is("gap") && in->missing > 0) || (is("twice") && in->number == written) || (is("large") && in->leaf.len > 60000) ||
	    (is("restart") && in->number < highest))
		return sg_refuse(err, SG_REFUSED, "careless_leaf", "not this one");
	written = in->number;
	highest = written > highest ? written : highest;
	return SG_OK;
}

static enum sg_status
flush(void *state, const struct sg_audit_in *in, struct sg_audit_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)err;
	out->durable = written;
	return SG_OK;
}

static const struct sg_audit_ops operations = {sizeof(operations), write_leaf, flush};
SG_MODULE(audit, "careless", .options = options_table, .start = start, .audit = &operations);
