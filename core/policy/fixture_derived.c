/* SPDX-License-Identifier: Apache-2.0
 * What follows from what a test says: short forms written out, the effective level, the chain of tasks, the parts of a
 * time. */
#include "policy/fixture_parts.h"

#include "base/str.h"

#include <stdio.h>
#include <time.h>

static const struct sg_json *
given(const struct sg_fixture_run *run, const char *name)
{
	return sg_json_get(run->fixture->ask, name);
}

static bool
derive_action(struct sg_fixture_run *run, struct sg_json_writer *w)
{
	const struct sg_json *action = given(run, "action");
	if (action->type != SG_JSON_STRING)
		return true;
	sg_jw_name(w, "action");
	sg_jw_object(w);
	sg_jw_member_str(w, "name", action->string);
	sg_jw_end(w);
	return true;
}

/* groups: a list of names, or {name = humans}; the request has the names. */
static bool
derive_approval(struct sg_fixture_run *run, struct sg_json_writer *w)
{
	static const char *const names[] = {"groups", "id", NULL};
	const struct sg_json *approval = given(run, "approval"), *groups = sg_json_get(approval, "groups");
	struct sg_str id = SG_STR("a-1");
	int64_t humans;
	if (approval == NULL)
		return true;
	if (approval->type != SG_JSON_OBJECT || groups == NULL || (groups->type != SG_JSON_ARRAY && groups->type != SG_JSON_OBJECT))
		return sg_fixture_refuse(run, "approval = { groups = { finance = 1 } }", "ask.approval must have groups");
	if (!sg_fixture_members(run, approval, "ask.approval", names))
		return false;
	if (sg_json_get(approval, "id") != NULL && !sg_json_string(sg_json_get(approval, "id"), &id))
		return sg_fixture_refuse(run, NULL, "ask.approval.id must be string");
	sg_jw_name(w, "approval");
	sg_jw_object(w);
	sg_jw_name(w, "groups");
	sg_jw_array(w);
	for (const struct sg_json *e = sg_json_first(groups); e != NULL; e = sg_json_next(groups, e)) {
		bool list = groups->type == SG_JSON_ARRAY;
		if (list ? e->type != SG_JSON_STRING : !sg_json_int(e, &humans) || humans < 1)
			return sg_fixture_refuse(run, "groups = { \"finance\" } or { finance = 2 }",
						 "ask.approval.groups names groups, or says how many humans of each");
		sg_jw_str(w, list ? e->string : e->name);
	}
	sg_jw_end(w);
	sg_jw_member_str(w, "id", id);
	sg_jw_end(w);
	return true;
}

static bool
derive_outcome(struct sg_fixture_run *run, struct sg_json_writer *w)
{
	const struct sg_json *outcome = given(run, "outcome");
	if (outcome == NULL)
		return true;
	sg_jw_name(w, "outcome");
	sg_jw_object(w);
	sg_jw_member_raw(w, "labels", SG_STR("[]"));
	sg_jw_member_str(w, "result", outcome->type == SG_JSON_STRING ? outcome->string : SG_STR("ok"));
	sg_jw_end(w);
	return true;
}

/* "type:id"; the id may hold colons. */
static bool
derive_resource(struct sg_fixture_run *run, struct sg_json_writer *w)
{
	const struct sg_json *resource = given(run, "resource");
	if (resource == NULL || resource->type != SG_JSON_STRING)
		return true;
	struct sg_str id = resource->string, type = sg_str_cut(&id, ':');
	if (id.ptr == NULL || type.len == 0)
		return sg_fixture_refuse(run, "resource = \"account:acct-7\"", "ask.resource as a text is TYPE:ID");
	sg_jw_name(w, "resource");
	sg_jw_object(w);
	sg_jw_member_str(w, "id", id);
	sg_jw_member_str(w, "type", type);
	sg_jw_end(w);
	return true;
}

static int
level(struct sg_str word)
{
	static const char *const words[] = {"public", "internal", "confidential"};
	int i = 0;
	while (i < 3 && !sg_str_is(word, words[i]))
		i++;
	return i;
}

/* The higher one. */
static bool
derive_sensitivity(struct sg_fixture_run *run, struct sg_json_writer *w)
{
	struct sg_layered action = sg_layered_member(&run->request, "action"), resource = sg_layered_member(&run->request, "resource");
	struct sg_str a = sg_layered_text(&action, "sensitivity"), r = sg_layered_text(&resource, "sensitivity");
	sg_jw_member_str(w, "sensitivity", level(r) > level(a) ? r : a);
	return true;
}

/* Id of the task at this depth of a made-up chain: the root's and the task's own are known. */
static struct sg_str
task_at(const struct sg_layered *task, int64_t i, int64_t depth, char room[32])
{
	struct sg_str root = sg_layered_text(task, "root"), id = sg_layered_text(task, "id");
	if (i == depth)
		return id;
	if (i == 0 && !sg_str_eq(root, id))
		return root;
	snprintf(room, 32, i == 0 ? "t-root" : "t-root-%lld", (long long)i);
	return sg_str(room);
}

static void
derive_chain(struct sg_fixture_run *run, struct sg_json_writer *w, const struct sg_layered *task, int64_t depth)
{
	struct sg_layered agent = sg_layered_member(&run->request, "agent"), role = sg_layered_member(task, "role");
	const struct sg_json *own_role = sg_layered_value(&role);
	char room[32];
	sg_jw_name(w, "chain");
	sg_jw_array(w);
	for (int64_t i = 0; i <= depth; i++) {
		sg_jw_object(w);
		sg_jw_member_str(w, "agent", sg_layered_text(&agent, "name"));
		sg_jw_member_str(w, "intent", sg_layered_text(task, "intent"));
		sg_jw_member_raw(w, "narrowed", SG_STR("[]"));
		sg_jw_name(w, "role");
		i == depth ? sg_jw_value(w, own_role) : sg_jw_null(w);
		sg_jw_member_str(w, "task", task_at(task, i, depth, room));
		sg_jw_end(w);
	}
	sg_jw_end(w);
}

static bool
derive_task(struct sg_fixture_run *run, struct sg_json_writer *w)
{
	struct sg_layered task = sg_layered_member(&run->request, "task"), agent = sg_layered_member(&run->request, "agent");
	struct sg_layered labels = sg_layered_member(&task, "labels");
	const struct sg_json *list = sg_layered_value(&labels);
	const struct sg_json *chain = sg_json_get(task.of[SG_LAYER_GIVEN], "chain");
	int64_t depth = sg_layered_int(&task, "depth");
	char above[32], root[32];
	if (chain != NULL && chain->count > 0 && sg_json_get(task.of[SG_LAYER_GIVEN], "depth") == NULL)
		depth = chain->count - 1;
	if (depth < 0 || depth >= SG_FIXTURE_DEPTH)
		return sg_fixture_refuse(run, NULL, "ask.task.depth must be from 0 to %d", SG_FIXTURE_DEPTH - 1);
	sg_jw_name(w, "task");
	sg_jw_object(w);
	derive_chain(run, w, &task, depth);
	sg_jw_member_int(w, "depth", depth);
	sg_jw_member_str(w, "environment", sg_layered_text(&agent, "environment"));
	if (depth > 0)
		sg_jw_member_str(w, "parent", task_at(&task, depth - 1, depth, above));
	sg_jw_member_str(w, "root", task_at(&task, 0, depth, root));
	sg_jw_member_bool(w, "tainted", list != NULL && list->count > 0);
	sg_jw_end(w);
	return true;
}

static bool
read_time(struct sg_str text, time_t *out)
{
	struct tm utc = {0};
	char copy[24];
	int used = 0;
	snprintf(copy, sizeof(copy), "%.*s", SG_STR_ARG(text));
	if (text.len != 20 || sscanf(copy, "%4d-%2d-%2dT%2d:%2d:%2dZ%n", &utc.tm_year, &utc.tm_mon, &utc.tm_mday, &utc.tm_hour,
				     &utc.tm_min, &utc.tm_sec, &used) != 6 || used != 20)
		return false;
	struct tm asked = utc;
	utc.tm_year -= 1900;
	utc.tm_mon -= 1;
	*out = timegm(&utc);
	return utc.tm_year + 1900 == asked.tm_year && utc.tm_mon + 1 == asked.tm_mon && utc.tm_mday == asked.tm_mday &&
	       utc.tm_hour == asked.tm_hour && utc.tm_min == asked.tm_min && utc.tm_sec == asked.tm_sec;
}

static bool
derive_time(struct sg_fixture_run *run, struct sg_json_writer *w)
{
	const struct sg_json *asked = given(run, "time");
	struct tm utc;
	int64_t unix_time;
	time_t at;
	if (asked == NULL)
		return true;
	if (asked->type == SG_JSON_STRING && !read_time(asked->string, &at))
		return sg_fixture_refuse(run, "time = \"2026-11-28T02:00:00Z\"", "ask.time is no time in UTC");
	if (asked->type != SG_JSON_STRING && !sg_json_int(sg_json_get(asked, "unix"), &unix_time))
		return true;
	at = asked->type == SG_JSON_STRING ? at : (time_t)unix_time;
	if (gmtime_r(&at, &utc) == NULL)
		return sg_fixture_refuse(run, NULL, "ask.time.unix is no time");
	sg_jw_name(w, "time");
	sg_jw_object(w);
	sg_jw_member_int(w, "hour", utc.tm_hour);
	sg_jw_member_int(w, "minute", utc.tm_min);
	sg_jw_member_int(w, "unix", at);
	sg_jw_member_int(w, "weekday", utc.tm_wday == 0 ? 7 : utc.tm_wday);
	sg_jw_end(w);
	return true;
}

bool
sg_fixture_derive(struct sg_fixture_run *run, struct sg_buf *out)
{
	static bool (*const parts[])(struct sg_fixture_run *run, struct sg_json_writer *w) = {
		derive_action,   derive_approval,    sg_fixture_history, derive_outcome, sg_fixture_provenance,
		derive_resource, derive_sensitivity, derive_task,        derive_time};
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!parts[i](run, &w))
			return false;
	sg_jw_end(&w);
	return sg_jw_done(&w) || sg_fixture_refuse(run, NULL, "the request would be too large");
}
