/* SPDX-License-Identifier: Apache-2.0
 * audit export: the journal, leaf by leaf, in one of several formats. */
#include "ctl/export.h"

#include "base/str.h"
#include "ctl/leaf_filter.h"
#include "ctl/segments.h"
#include "ctl/show.h"

#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 8 << 20 };

static const struct {
	const char *name;
	sg_export_leaf *write;
} formats[] = {{"jsonl", sg_export_jsonl}, {"ocsf", sg_export_ocsf}, {"ecs", sg_export_ecs}, {"cef", sg_export_cef}};

struct export
{
	struct sg_leaf_filter filter;
	sg_export_leaf *write;
	bool failed;
};

static void
each(void *to, const struct sg_record *record)
{
	struct export *e = to;
	struct sg_buf line;
	if (e->failed || !sg_leaf_filter_takes(&e->filter, record->json))
		return;
	sg_buf_init(&line, LINE_MAX_BYTES);
	e->write(&line, record->json);
	e->failed = line.failed || !sg_show_line(sg_buf_view(&line));
	sg_buf_done(&line);
}

static sg_export_leaf *
format_named(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(name, formats[i].name) == 0)
			return formats[i].write;
	return NULL;
}

int
sg_ctl_audit_export(struct sg_ctl *ctl)
{
	static const int exits[] = {SG_CTL_OK, SG_CTL_DENIED, SG_CTL_TORN, SG_CTL_UNREADABLE};
	const char *name = ctl->option[SG_CTL_OPTION_format];
	struct export e = {.write = format_named(name != NULL ? name : "jsonl")};
	struct sg_verify_result result;
	char folder[1200];
	if (e.write == NULL)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "--format takes jsonl, ocsf, ecs or cef");
	int code = sg_leaf_filter_read(&e.filter, ctl);
	if (code != SG_CTL_OK)
		return code;
	sg_ctl_state_folder(ctl, folder, sizeof(folder));
	sg_verify_journal(folder, NULL, each, &e, &result);
	if (e.failed)
		return sg_ctl_fail(ctl, SG_CTL_INTERNAL, "output", "", "what was read cannot be written");
	if (result.verdict == SG_VERIFY_UNREADABLE)
		return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, result.err.code, "give the state folder; its owner may read it", "%s: %s", folder, result.err.text);
	if (result.verdict != SG_VERIFY_INTACT)
		fprintf(stderr, "stepgate: %s: %s (stepgate audit verify says more)\n", result.file, result.err.text);
	code = sg_leaf_filter_within(&e.filter, result.last);
	return code == SG_CTL_OK ? exits[result.verdict] : code;
}
