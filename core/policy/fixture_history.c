/* SPDX-License-Identifier: Apache-2.0
 * History of a test: given by the names that rules read, it reaches every rule that needs it; what no rule needs is a
 * mistake. */
#include "policy/fixture_parts.h"

#include "base/near.h"
#include "base/str.h"
#include "policy/need.h"

#include <stdio.h>

enum { KEY = SG_NEED_NAME + 64 };

/* Name of a need of the manifest; need.h says how it is made. */
static struct sg_str
need_name(const struct sg_json *need, enum sg_need_kind kind, char *out)
{
	struct sg_str of = SG_STR(""), pattern = SG_STR("");
	const struct sg_json *patterns = sg_json_get(need, "actions");
	size_t len = 0;
	out[0] = '\0';
	if (sg_json_string(sg_json_get(need, "of"), &of))
		len += (size_t)snprintf(out, KEY, "%.*s:", SG_STR_ARG(of));
	if (sg_json_string(sg_json_get(need, "action"), &pattern))
		len += (size_t)snprintf(out + len, KEY - len, "%.*s", SG_STR_ARG(pattern));
	for (const struct sg_json *e = sg_json_first(patterns); e != NULL && len < KEY; e = sg_json_next(patterns, e))
		len += (size_t)snprintf(out + len, KEY - len, "%s%.*s", e == sg_json_first(patterns) ? "" : sg_needs[kind].joined,
					SG_STR_ARG(e->string));
	return (struct sg_str){out, len};
}

static struct sg_str
need_key(struct sg_arena *arena, const struct sg_json *need, enum sg_need_kind kind, struct sg_str name)
{
	struct sg_str scope = SG_STR("");
	int64_t within = 0;
	sg_json_string(sg_json_get(need, "scope"), &scope);
	sg_json_int(sg_json_get(need, "within"), &within);
	bool other = !sg_str_is(scope, sg_scopes[sg_needs[kind].scope]);
	return sg_str(sg_arena_printf(arena, "%.*s|%lld%s%.*s", SG_STR_ARG(name), (long long)within, other ? "|" : "",
				      other ? (int)scope.len : 0, scope.ptr));
}

static bool
write_value(struct sg_fixture_run *run, struct sg_json_writer *w, enum sg_need_kind kind, const struct sg_json *value)
{
	bool boolean = strcmp(sg_needs[kind].value, "boolean") == 0;
	int64_t whole;
	if (value == NULL)
		sg_jw_raw(w, boolean ? SG_STR("false") : kind == SG_NEED_SINCE ? SG_STR("null") : SG_STR("0"));
	else if (boolean ? value->type == SG_JSON_BOOL : sg_json_int(value, &whole))
		sg_jw_value(w, value);
	else
		return sg_fixture_refuse(run, NULL, "ask.history.%s: the value must be %s", sg_needs[kind].name, sg_needs[kind].value);
	return true;
}

static bool
write_needs(struct sg_fixture_run *run, struct sg_json_writer *w, const struct sg_json *needs, enum sg_need_kind kind)
{
	const struct sg_json *values = sg_json_get(sg_json_get(run->fixture->ask, "history"), sg_needs[kind].name);
	const struct sg_json *list = sg_json_get(needs, sg_needs[kind].name);
	sg_jw_name_text(w, sg_needs[kind].name);
	sg_jw_object(w);
	for (const struct sg_json *need = sg_json_first(list); need != NULL; need = sg_json_next(list, need)) {
		char room[KEY];
		struct sg_str name = need_name(need, kind, room);
		sg_jw_name_str(w, need_key(run->arena, need, kind, name));
		if (!write_value(run, w, kind, sg_json_get_str(values, name)))
			return false;
	}
	sg_jw_end(w);
	return true;
}

static bool
any_need(const struct sg_json *needs)
{
	size_t count = 0;
	for (const struct sg_json *list = sg_json_first(needs); list != NULL; list = sg_json_next(needs, list))
		count += list->count;
	return count > 0;
}

/* Does some rule need what the test gives under this name? */
static bool
needed(struct sg_fixture_run *run, enum sg_need_kind kind, struct sg_str name)
{
	const struct sg_json *rules = sg_json_get(run->fixture->manifest, "rules");
	struct sg_near near = sg_near(name);
	char hint[SG_FIXTURE_TEXT];
	for (const struct sg_json *rule = sg_json_first(rules); rule != NULL; rule = sg_json_next(rules, rule)) {
		const struct sg_json *list = sg_json_get(sg_json_get(rule, "needs"), sg_needs[kind].name);
		for (const struct sg_json *need = sg_json_first(list); need != NULL; need = sg_json_next(list, need)) {
			char *room = sg_arena_alloc(run->arena, KEY);
			if (room == NULL)
				return sg_fixture_refuse(run, NULL, "no memory");
			struct sg_str known = need_name(need, kind, room);
			if (sg_str_eq(known, name))
				return true;
			sg_near_offer(&near, known);
		}
	}
	return sg_fixture_refuse(run, sg_near_hint(&near, '\'', "history has what a rule declares in needs", hint, sizeof(hint)),
				 "no rule needs history.%s of '%.*s'", sg_needs[kind].name, SG_STR_ARG(name));
}

static bool
check_history(struct sg_fixture_run *run)
{
	const struct sg_json *history = sg_json_get(run->fixture->ask, "history");
	const char *names[SG_NEED_COUNT_OF + 1] = {NULL};
	for (int kind = 0; kind < SG_NEED_COUNT_OF; kind++)
		names[kind] = sg_needs[kind].name;
	if (history != NULL && history->type != SG_JSON_OBJECT)
		return sg_fixture_refuse(run, NULL, "ask.history must be a table with names");
	if (!sg_fixture_members(run, history, "ask.history", names))
		return false;
	for (int kind = 0; kind < SG_NEED_COUNT_OF; kind++) {
		const struct sg_json *values = sg_json_get(history, names[kind]);
		if (values != NULL && values->type != SG_JSON_OBJECT)
			return sg_fixture_refuse(run, "history = { count = { [\"pay.*\"] = 3 } }", "ask.history.%s must be a table with names",
						 names[kind]);
		for (const struct sg_json *v = sg_json_first(values); v != NULL; v = sg_json_next(values, v))
			if (!needed(run, (enum sg_need_kind)kind, v->name))
				return false;
	}
	return true;
}

bool
sg_fixture_history(struct sg_fixture_run *run, struct sg_json_writer *w)
{
	const struct sg_json *rules = sg_json_get(run->fixture->manifest, "rules");
	if (!check_history(run))
		return false;
	sg_jw_name(w, "history");
	sg_jw_object(w);
	for (const struct sg_json *rule = sg_json_first(rules); rule != NULL; rule = sg_json_next(rules, rule)) {
		const struct sg_json *needs = sg_json_get(rule, "needs");
		struct sg_str id;
		if (!any_need(needs) || !sg_json_string(sg_json_get(rule, "id"), &id))
			continue;
		sg_jw_name_str(w, id);
		sg_jw_object(w);
		for (int kind = 0; kind < SG_NEED_COUNT_OF; kind++)
			if (!write_needs(run, w, needs, (enum sg_need_kind)kind))
				return false;
		sg_jw_end(w);
	}
	sg_jw_end(w);
	return true;
}
