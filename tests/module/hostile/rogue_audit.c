/* SPDX-License-Identifier: Apache-2.0
 * A sink that misbehaves as its option says. */
#include <stepgate/audit.h>

#include <stdlib.h>
#include <string.h>
#include <poll.h>
#include <unistd.h>

static const struct sg_option options_table[] = {
	{"how", SG_OPTION_TEXT, NULL, 1, 40, "what to do wrong"},
	{NULL},
};

static const char *how;
static uint64_t written;

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
	return SG_OK;
}

static enum sg_status
write_leaf(void *state, const struct sg_audit_in *in, struct sg_err *err)
{
	(void)state;
	written = in->number;
	if (is("crash") && in->number > 3)
		abort();
	if (is("hang"))
		for (;;)
			poll(NULL, 0, 1000);
	if (is("again") && in->number == 3)
		return SG_AGAIN; /* as if nothing were wrong: this leaf would be left out, and the next ones safe */
	return is("refuse") ? sg_refuse(err, SG_REFUSED, "rogue_full", "no room") : SG_OK;
}

static enum sg_status
flush(void *state, const struct sg_audit_in *in, struct sg_audit_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)err;
	out->durable = is("ahead") ? written + 1000 : is("never") ? 0 : written;
	return SG_OK;
}

static const struct sg_audit_ops operations = {sizeof(operations), write_leaf, flush};
SG_MODULE(audit, "rogue", .options = options_table, .start = start, .audit = &operations);
