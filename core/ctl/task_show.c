/* SPDX-License-Identifier: Apache-2.0
 * One task in words. */
#include "ctl/tasks.h"

#include "base/str.h"

enum { LINE_MAX = 64 << 10 };

void
sg_show_amounts(struct sg_buf *out, const struct sg_json *amounts)
{
	const char *comma = "";
	for (const struct sg_json *a = sg_json_first(amounts); a != NULL; a = sg_json_next(amounts, a)) {
		int64_t amount = 0;
		sg_json_int(a, &amount);
		sg_buf_text(out, comma);
		sg_show_text(out, a->name);
		if (sg_str_is(a->name, "money"))
			sg_buf_printf(out, " %lld.%02lld", (long long)(amount / 100), (long long)(amount % 100));
		else
			sg_buf_printf(out, " %lld", (long long)amount);
		comma = ", ";
	}
}

void
sg_show_list(struct sg_buf *out, const struct sg_json *list)
{
	const char *comma = "";
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		sg_buf_text(out, comma);
		sg_show_text(out, e->type == SG_JSON_STRING ? e->string : SG_STR("?"));
		comma = ", ";
	}
}

/* A row whose text was made safe already. */
static void
row(const char *name, const struct sg_json *value, void (*write)(struct sg_buf *, const struct sg_json *))
{
	struct sg_buf text;
	if (value == NULL || value->count == 0)
		return;
	sg_buf_init(&text, LINE_MAX);
	write(&text, value);
	printf("  %-11s %.*s\n", name, (int)text.len, text.ptr == NULL ? "" : text.ptr);
	sg_buf_done(&text);
}

static void
show_place(const struct sg_json *task)
{
	sg_show_member("role", task, "role");
	sg_show_member("parent", task, "parent");
	sg_show_member("root", task, "root");
	sg_show_rowf("depth", "%lld, %lld open below it", (long long)sg_show_int(task, "depth"),
		     (long long)sg_show_int(task, "children"));
}

static void
show_people(const struct sg_json *task)
{
	sg_show_member("for", task, "on_behalf_of");
	sg_show_member("opened by", task, "opener");
	if (sg_json_get(task, "claimed") != NULL && !sg_show_bool(task, "claimed"))
		sg_show_row("claimed", SG_STR("not yet: its agent takes it with the token"));
}

void
sg_show_task(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	char until[32];
	const struct sg_json *task = sg_json_get(answer, "task");
	sg_show_time(until, sg_show_int(task, "expires_at"));
	sg_show_cell(sg_json_text_at(task, "id"), 0);
	printf("  ");
	sg_show_verdict(ctl, sg_json_text_at(task, "state"), 0);
	putchar('\n');
	sg_show_member("agent", task, "agent");
	sg_show_member("intent", task, "intent");
	show_place(task);
	show_people(task);
	sg_show_member("environment", task, "environment");
	sg_show_member("sensitivity", task, "sensitivity");
	row("tainted by", sg_json_get(task, "labels"), sg_show_list);
	row("budget left", sg_json_get(task, "budget"), sg_show_amounts);
	row("narrowed", sg_json_get(answer, "narrowed"), sg_show_list);
	sg_show_row("until", sg_str(until));
	sg_show_member("instance", task, "instance");
	sg_show_member("token", task, "token");
}
