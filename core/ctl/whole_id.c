/* SPDX-License-Identifier: Apache-2.0
 * Ids that are begun. */
#include "ctl/whole_id.h"

#include "base/str.h"
#include "ctl/show.h"

#include <stdio.h>
#include <string.h>

enum { WHOLE = 34 /* "a-" and 32 digits */, SHOWN = 5 };

/* Where those of a kind are listed, first what can still be acted on. */
static const struct kind {
	const char *begins, *paths[2], *member;
} kinds[] = {
	{"a-", {"/v1/approvals", "/v1/approvals?all=yes"}, "approvals"},
	{"t-", {"/v1/tasks", NULL}, "tasks"},
	{"e-", {"/v1/enrolments", NULL}, "enrolments"},
	{"l-", {"/v1/leases", "/v1/leases?all=yes"}, "leases"},
	{"n-", {"/v1/domains", NULL}, "domains"},
	{"u-", {"/v1/domains", NULL}, "domains"},
};

static const struct kind *
kind_of(const char *id)
{
	size_t len = strlen(id);
	for (size_t i = 0; len >= SG_CTL_ID_LEAST && len < WHOLE && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(id, kinds[i].begins, 2) == 0)
			return &kinds[i];
	return NULL;
}

static bool
begins(struct sg_str text, struct sg_str with)
{
	return text.len >= with.len && memcmp(text.ptr, with.ptr, with.len) == 0;
}

/* What of the list begins so: how many, and the last of them. */
static size_t
begun(const struct sg_json *list, struct sg_str id, struct sg_buf *all, char room[128])
{
	size_t count = 0;
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		struct sg_str whole = sg_json_text_at(e, "id");
		if (!begins(whole, id) || whole.len >= 128)
			continue;
		if (count++ < SHOWN)
			sg_buf_printf(all, "%s%.*s", count > 1 ? ", " : "", SG_STR_ARG(whole));
		snprintf(room, 128, "%.*s", SG_STR_ARG(whole));
	}
	return count;
}

/* Whoever cannot look hears why from the command itself. */
static int
among(struct sg_ctl *ctl, const struct kind *kind, const char *path, char room[128], size_t *count)
{
	struct sg_ctl_answer answer;
	struct sg_err err = {0};
	struct sg_buf all;
	int code = SG_CTL_OK;
	sg_buf_init(&all, 1024);
	bool looked = sg_ctl_look(ctl, path, &answer, &err) == SG_OK;
	const struct sg_json *list = looked ? sg_json_get(answer.json, kind->member) : NULL;
	*count = begun(list, sg_str(ctl->args[0]), &all, room);
	bool cut = list != NULL && sg_show_int(answer.json, "total") > (int64_t)list->count;
	if (*count > 1 || (*count == 1 && cut))
		code = sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "give more of it", cut ? "there are more of them than are listed" : "several begin so: %.*s", (int)all.len, all.ptr == NULL ? "" : all.ptr);
	sg_buf_done(&all);
	sg_ctl_answer_done(&answer);
	return code;
}

static bool
goes_on_so(const struct sg_json *leaf, int64_t number, struct sg_str rest)
{
	return leaf != NULL && sg_show_int(leaf, "n") == number && sg_json_is(leaf, "kind", "decision") && begins(sg_json_text_at(sg_json_get(leaf, "body"), "tail"), rest);
}

/* "d12", "d12-3f": its leaf says the rest. */
static void
decision(struct sg_ctl *ctl, char room[128])
{
	struct sg_ctl_answer answer;
	struct sg_err err = {0};
	struct sg_str rest = sg_str(ctl->args[0] + 1), digits = sg_str_cut(&rest, '-');
	int64_t number = 0;
	char path[64];
	if (rest.len >= 16 || !sg_str_int(digits, 1, INT64_MAX, &number))
		return;
	snprintf(path, sizeof(path), "/v1/events?after=%lld", (long long)number - 1);
	bool looked = sg_ctl_look(ctl, path, &answer, &err) == SG_OK;
	const struct sg_json *leaf = looked ? sg_json_first(sg_json_get(answer.json, "events")) : NULL;
	if (goes_on_so(leaf, number, rest)) {
		snprintf(room, 128, "d%lld-%.*s", (long long)number, SG_STR_ARG(sg_json_text_at(sg_json_get(leaf, "body"), "tail")));
		ctl->args[0] = room;
	}
	sg_ctl_answer_done(&answer);
}

int
sg_ctl_whole_id(struct sg_ctl *ctl, char room[128])
{
	const char *arguments = ctl->command->arguments;
	if (ctl->arg_count == 0 || strncmp(arguments, "ID", 2) != 0 || !sg_ctl_plain(ctl->args[0]) || (ctl->command->options & SG_CTL_BIT(run)) == 0)
		return SG_CTL_OK;
	if (strcmp(ctl->command->words, "why") == 0 && ctl->args[0][0] == 'd')
		decision(ctl, room);
	const struct kind *kind = kind_of(ctl->args[0]);
	size_t count = 0;
	int code = SG_CTL_OK;
	for (size_t i = 0; kind != NULL && i < 2 && kind->paths[i] != NULL && code == SG_CTL_OK && count == 0; i++)
		code = among(ctl, kind, kind->paths[i], room, &count);
	if (code == SG_CTL_OK && count == 1)
		ctl->args[0] = room;
	return code;
}
