/* SPDX-License-Identifier: Apache-2.0
 * One leaf as one line. */
#include "ctl/show.h"

#include "base/str.h"

static void
part(struct sg_str text)
{
	if (text.len == 0)
		return;
	putchar(' ');
	sg_show_cell(text, 0);
}

static void
decision(const struct sg_ctl *ctl, const struct sg_json *leaf, const struct sg_json *body)
{
	char id[64];
	snprintf(id, sizeof(id), "d%lld-%.16s", (long long)sg_show_int(leaf, "n"), sg_json_text_at(body, "tail").ptr);
	sg_show_verdict(ctl, sg_json_text_at(body, "verdict"), 8);
	part(sg_json_text_at(body, "agent"));
	part(sg_json_text_at(body, "action"));
	part(sg_json_text_at(body, "code"));
	if (sg_json_text_at(body, "rule").len > 0)
		printf(" by");
	part(sg_json_text_at(body, "rule"));
	part(sg_str(id));
}

/* Members that tell most, for every other kind. */
static void
other(const struct sg_json *body)
{
	static const char *const members[] = {"event",    "verb",   "how",      "state", "result", "code",
					      "agent",    "intent", "human",    "by",    "lift",   "task",
					      "approval", "lease",  "decision", "why",   "reason"};
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		const struct sg_json *value = sg_json_get(body, members[i]);
		if (value != NULL && value->type == SG_JSON_STRING)
			part(value->string);
		else if (value != NULL && value->type == SG_JSON_BOOL && value->boolean)
			part(sg_str(members[i]));
	}
}

void
sg_show_leaf(const struct sg_ctl *ctl, const struct sg_json *leaf)
{
	char when[32];
	struct sg_str kind = sg_json_text_at(leaf, "kind");
	const struct sg_json *body = sg_json_get(leaf, "body");
	sg_show_time(when, sg_show_int(leaf, "at") / 1000);
	printf("%s %6lld  ", when, (long long)sg_show_int(leaf, "n"));
	sg_show_cell(kind, 9);
	putchar(' ');
	sg_str_is(kind, "decision") ? decision(ctl, leaf, body) : other(body);
	putchar('\n');
}
