/* SPDX-License-Identifier: Apache-2.0
 * History and provenance of a test. History is given by the names that rules read, and reaches every rule that needs
 * it; what no rule needs is a mistake. */
#include "policy/fixture_parts.h"

#include "base/near.h"
#include "base/str.h"
#include "policy/need.h"
#include "policy/origin.h"

#include <stdio.h>

/* ---- history ---- */

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
	sg_jw_name(w, sg_needs[kind].name);
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

/* ---- provenance ---- */

struct rows {
	struct sg_fixture_run *run;
	const struct sg_json *value[SG_POLICY_PROVENANCE], *said[SG_POLICY_PROVENANCE];
	size_t count;
};

/* The value behind a dotted path, elements of lists by number. */
static const struct sg_json *
at_path(const struct sg_json *value, struct sg_str path)
{
	while (path.ptr != NULL && value != NULL) {
		struct sg_str name = sg_str_cut(&path, '.');
		int64_t index;
		if (value->type != SG_JSON_ARRAY) {
			value = sg_json_get_str(value, name);
			continue;
		}
		const struct sg_json *e = sg_str_int(name, 1, INT32_MAX, &index) ? sg_json_first(value) : NULL;
		while (e != NULL && --index > 0)
			e = sg_json_next(value, e);
		value = e;
	}
	return value;
}

static bool
good_origin(struct sg_fixture_run *run, const struct sg_json *said)
{
	static const char *const names[] = {"labels", "origin", "source", NULL};
	const struct sg_json *origin = sg_json_get(said, "origin"), *labels = sg_json_get(said, "labels"),
			     *source = sg_json_get(said, "source");
	if (said->type == SG_JSON_STRING)
		return said->string.len > 0 || sg_fixture_refuse(run, NULL, "ask.provenance: an origin is empty");
	if (!sg_fixture_members(run, said, "ask.provenance", names))
		return false;
	bool good = origin != NULL && origin->type == SG_JSON_STRING && origin->string.len > 0 &&
		    (source == NULL || source->type == SG_JSON_STRING) &&
		    (labels == NULL || labels->type == SG_JSON_ARRAY || labels->count == 0);
	for (const struct sg_json *l = good ? sg_json_first(labels) : NULL; l != NULL; l = sg_json_next(labels, l))
		good &= l->type == SG_JSON_STRING;
	return good || sg_fixture_refuse(run, "provenance = { iban = { origin = \"mail.read\", labels = { \"mail:7\" }, source = \"mail:7\" } }",
					 "ask.provenance: an origin is a text, labels a list of texts, source a text");
}

/* One row for a value, however often it stands in the arguments. */
static bool
add_row(struct rows *rows, const struct sg_json *value, const struct sg_json *said)
{
	for (size_t i = 0; i < rows->count; i++)
		if (sg_json_eq(rows->value[i], value))
			return sg_json_eq(rows->said[i], said) ||
			       sg_fixture_refuse(rows->run, "it is the value that comes from somewhere, not the argument",
						 "ask.provenance: one value has two origins");
	if (rows->count == SG_POLICY_PROVENANCE)
		return sg_fixture_refuse(rows->run, NULL, "ask.provenance: more than %d values", SG_POLICY_PROVENANCE);
	rows->value[rows->count] = value;
	rows->said[rows->count++] = said;
	return true;
}

static bool
add_scalars(struct rows *rows, const struct sg_json *value, const struct sg_json *said)
{
	if (value->type == SG_JSON_STRING || value->type == SG_JSON_NUMBER)
		return add_row(rows, value, said);
	for (const struct sg_json *m = value->type == SG_JSON_ARRAY || value->type == SG_JSON_OBJECT ? sg_json_first(value) : NULL; m != NULL;
	     m = sg_json_next(value, m))
		if (!add_scalars(rows, m, said))
			return false;
	return true;
}

static bool
collect(struct rows *rows, const struct sg_json *provenance, const struct sg_json *args)
{
	if (provenance == NULL)
		return true;
	if (provenance->type == SG_JSON_STRING)
		return good_origin(rows->run, provenance) && (args == NULL || add_scalars(rows, args, provenance));
	if (provenance->type != SG_JSON_OBJECT)
		return sg_fixture_refuse(rows->run, NULL, "ask.provenance must be a table by arguments, or one origin for all");
	for (const struct sg_json *said = sg_json_first(provenance); said != NULL; said = sg_json_next(provenance, said)) {
		const struct sg_json *value = args == NULL ? NULL : at_path(args, said->name);
		if (value == NULL)
			return sg_fixture_refuse(rows->run, NULL, "ask.provenance: args has no '%.*s'", SG_STR_ARG(said->name));
		if (!good_origin(rows->run, said) || !add_scalars(rows, value, said))
			return false;
	}
	return true;
}

static void
write_row(struct sg_json_writer *w, const struct sg_json *value, const struct sg_json *said)
{
	const struct sg_json *labels = sg_json_get(said, "labels");
	struct sg_str origin = SG_STR(""), source = SG_STR("");
	if (!sg_json_string(said, &origin))
		sg_json_string(sg_json_get(said, "origin"), &origin);
	sg_json_string(sg_json_get(said, "source"), &source);
	sg_jw_object(w);
	sg_jw_name(w, "labels");
	labels != NULL && labels->count > 0 ? sg_jw_value(w, labels) : sg_jw_raw(w, SG_STR("[]"));
	sg_jw_member_str(w, "origin", origin);
	sg_jw_member_str(w, "source", source);
	sg_jw_name(w, "value");
	sg_jw_value(w, value);
	sg_jw_end(w);
}

bool
sg_fixture_provenance(struct sg_fixture_run *run, struct sg_json_writer *w)
{
	struct rows rows = {.run = run};
	if (!collect(&rows, sg_json_get(run->fixture->ask, "provenance"), sg_json_get(run->fixture->ask, "args")))
		return false;
	sg_jw_name(w, "provenance");
	sg_jw_array(w);
	for (size_t i = 0; i < rows.count; i++)
		write_row(w, rows.value[i], rows.said[i]);
	sg_jw_end(w);
	return true;
}
