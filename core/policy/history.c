/* SPDX-License-Identifier: Apache-2.0
 * needs = { count = {"pay.*", within = "1h"}, did = "mail.read", order = {"a", "b"} }, each one or a list of such. The
 * gate fills the request's history as {RULE:{"count":{"pay.*|3600000":2},"did":{"mail.read|0":true},...}}. */
#include "policy/history.h"

#include "base/near.h"
#include "base/pattern.h"
#include "base/str.h"
#include "policy/take.h"
#include "policy/view/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int
by_key(const void *left, const void *right)
{
	const struct sg_policy_need *a = left, *b = right;
	return a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : sg_str_cmp(a->key, b->key);
}

static void
add_need(lua_State *L, struct sg_policy_rule *rule, struct sg_policy_need need)
{
	for (size_t i = 0; i < rule->need_count; i++) {
		if (rule->needs[i].kind != need.kind || !sg_str_eq(rule->needs[i].name, need.name))
			continue;
		sg_take_problem(L, "give each pattern one window and one scope per rule; another rule may have another",
				"the same pattern stands twice in needs");
		return;
	}
	if (rule->needs == NULL)
		rule->needs = sg_arena_alloc(&sg_policy_of(L)->arena, SG_POLICY_NEEDS * sizeof(*rule->needs));
	if (rule->needs == NULL || rule->need_count == SG_POLICY_NEEDS)
		sg_take_problem(L, NULL, "too many needs");
	else
		rule->needs[rule->need_count++] = need;
}

/* The index of the text at the top of the stack among `words`, or -1. */
static int
word_index(lua_State *L, const char *const *words, size_t count)
{
	struct sg_str text;
	for (size_t i = 0; i < count && sg_take_string(L, -1, &text); i++)
		if (words[i] != NULL && sg_str_is(text, words[i]))
			return (int)i;
	return -1;
}

static void
read_within(lua_State *L, int table, struct sg_policy_need *need)
{
	if (lua_getfield(L, table, "within") != LUA_TNIL && !sg_take_duration(L, -1, &need->within))
		sg_take_problem(L, "\"90s\", \"10m\", \"1h\", \"7d\" or milliseconds", "within is not a duration");
	lua_settop(L, table);
}

static void
read_scope(lua_State *L, int table, struct sg_policy_need *need)
{
	need->scope = sg_needs[need->kind].scope;
	if (lua_getfield(L, table, "scope") != LUA_TNIL) {
		int scope = word_index(L, sg_scopes, SG_SCOPE_COUNT);
		if (scope < 0)
			sg_take_problem(L, "scope = \"task\", \"tree\", \"instance\" or \"agent\"", "scope is none there is");
		else
			need->scope = (enum sg_scope)scope;
	}
	lua_settop(L, table);
	bool bounded = need->within > 0 || need->scope == SG_SCOPE_TASK || need->scope == SG_SCOPE_TREE;
	if (sg_needs[need->kind].bounded && !bounded)
		sg_take_problem(L, sg_needs[need->kind].example,
				need->kind == SG_NEED_SUM ? "sum needs a window (within), or scope = \"task\" or \"tree\""
							  : "count needs a window (within), or scope = \"task\" or \"tree\"");
}

static void
read_of(lua_State *L, int table, struct sg_policy_need *need)
{
	if (need->kind != SG_NEED_SUM)
		return;
	lua_getfield(L, table, "of");
	int of = word_index(L, sg_dimensions, 4);
	if (of < 0)
		sg_take_problem(L, sg_needs[SG_NEED_SUM].example, "sum is of \"bytes\", \"calls\", \"money\" or \"tokens\"");
	need->of = sg_dimensions[of < 0 ? 0 : of];
	lua_settop(L, table);
}

/* A pattern becomes part of a key, so it holds nothing that joins keys. */
static bool
plain_pattern(struct sg_str pattern)
{
	for (size_t i = 0; i < pattern.len; i++)
		if (pattern.ptr[i] <= 0x20 || pattern.ptr[i] > 0x7E || pattern.ptr[i] == '|')
			return false;
	return true;
}

static bool
read_patterns(lua_State *L, int table, struct sg_policy_need *need)
{
	bool many = sg_needs[need->kind].joined[0] != '\0';
	size_t most = many ? SG_NEED_PATTERNS : 1;
	need->patterns = sg_arena_alloc(&sg_policy_of(L)->arena, most * sizeof(*need->patterns));
	for (size_t i = 1; need->patterns != NULL && lua_rawgeti(L, table, (lua_Integer)i) != LUA_TNIL; i++) {
		struct sg_str *pattern = &need->patterns[need->pattern_count];
		if (need->pattern_count == most || !sg_take_pattern(L, -1, pattern) || !plain_pattern(*pattern))
			break;
		need->pattern_count++;
		lua_settop(L, table);
	}
	bool good = lua_gettop(L) == table + 1 && lua_isnil(L, -1) && need->pattern_count >= (many ? 2 : 1);
	lua_settop(L, table);
	return good;
}

/* Name and key, as need.h has them. */
static bool
name_need(struct sg_policy *policy, struct sg_policy_need *need)
{
	const struct sg_need_row *row = &sg_needs[need->kind];
	char name[SG_NEED_NAME + 1];
	size_t len = 0;
	if (need->of != NULL)
		len = (size_t)snprintf(name, sizeof(name), "%s:", need->of);
	for (size_t i = 0; i < need->pattern_count && len < sizeof(name); i++)
		len += (size_t)snprintf(name + len, sizeof(name) - len, "%s%.*s", i == 0 ? "" : row->joined,
					SG_STR_ARG(need->patterns[i]));
	if (len > SG_NEED_NAME)
		return false;
	bool other = need->scope != row->scope;
	need->name = sg_arena_copy(&policy->arena, (struct sg_str){name, len});
	need->key = sg_str(sg_arena_printf(&policy->arena, "%.*s|%" PRId64 "%s%s", (int)len, name, need->within, other ? "|" : "",
					   other ? sg_scopes[need->scope] : ""));
	return need->name.ptr != NULL && need->key.ptr != NULL;
}

/* {"pay.*", within = "1h", scope = "tree"}, at the top of the stack. */
static void
read_one(lua_State *L, struct sg_policy_rule *rule, enum sg_need_kind kind)
{
	static const char *const names[] = {"scope", "within", NULL}, *const sum_names[] = {"of", "scope", "within", NULL};
	struct sg_policy_need need = {.kind = kind};
	int table = lua_gettop(L);
	sg_take_members(L, table, "needs", kind == SG_NEED_SUM ? sum_names : names,
			sg_needs[kind].joined[0] != '\0' ? SG_NEED_PATTERNS : 1);
	read_within(L, table, &need);
	read_scope(L, table, &need);
	read_of(L, table, &need);
	if (!read_patterns(L, table, &need))
		sg_take_problem(L,
				sg_needs[kind].joined[0] != '\0' ? "2 to 8 patterns: dotted segments, * for one, ** for the rest"
								 : "dotted segments, * for one, ** for the rest",
				"needs names no valid action pattern");
	else if (!name_need(sg_policy_of(L), &need))
		sg_take_problem(L, NULL, "the patterns of a need are too long together");
	else
		add_need(L, rule, need);
	lua_settop(L, table);
}

/* One need, or a list of them, at the top of the stack. A bare string is a need without a window. */
static void
read_needs(lua_State *L, struct sg_policy_rule *rule, enum sg_need_kind kind)
{
	if (lua_type(L, -1) == LUA_TSTRING) {
		lua_createtable(L, 1, 0);
		lua_pushvalue(L, -2);
		lua_rawseti(L, -2, 1);
		lua_replace(L, -2);
	}
	if (!sg_take_table(L, -1)) {
		sg_take_problem(L, sg_needs[kind].example, "each of needs is a table, a list of tables or a pattern");
		return;
	}
	int list = lua_gettop(L);
	bool many = lua_rawgeti(L, list, 1) == LUA_TTABLE;
	lua_settop(L, list);
	if (!many) {
		read_one(L, rule, kind);
		return;
	}
	for (lua_Integer i = 1; lua_rawgeti(L, list, i) != LUA_TNIL; i++) {
		if (sg_take_table(L, -1))
			read_one(L, rule, kind);
		else
			sg_take_problem(L, NULL, "a list of needs holds tables only");
		lua_settop(L, list);
	}
	lua_settop(L, list);
}

void
sg_history_needs(lua_State *L, struct sg_policy_rule *rule)
{
	const char *names[SG_NEED_COUNT_OF + 1] = {NULL};
	int top = lua_gettop(L);
	lua_pushvalue(L, top);
	if (!sg_take_table(L, -1)) {
		sg_take_problem(L, "needs = { count = {\"pay.*\", within = \"1h\"} }", "needs is a table");
		lua_settop(L, top);
		return;
	}
	for (size_t kind = 0; kind < SG_NEED_COUNT_OF; kind++)
		names[kind] = sg_needs[kind].name;
	sg_take_members(L, top + 1, "needs", names, 0);
	for (int kind = 0; kind < SG_NEED_COUNT_OF; kind++) {
		if (lua_getfield(L, top + 1, names[kind]) != LUA_TNIL)
			read_needs(L, rule, (enum sg_need_kind)kind);
		lua_settop(L, top + 1);
	}
	if (rule->need_count > 1)
		qsort(rule->needs, rule->need_count, sizeof(*rule->needs), by_key);
	lua_settop(L, top);
}

static const struct sg_policy_need *
find_need(const struct sg_policy_rule *rule, enum sg_need_kind kind, struct sg_str name)
{
	for (size_t i = 0; i < rule->need_count; i++)
		if (rule->needs[i].kind == kind && sg_str_eq(rule->needs[i].name, name))
			return &rule->needs[i];
	return NULL;
}

/* Only names that stand in the file are offered, so that nothing of the request shows. */
static const char *
name_hint(const struct sg_policy_rule *rule, enum sg_need_kind kind, struct sg_str name, char *out, size_t room)
{
	struct sg_near near = sg_near(name);
	for (size_t i = 0; i < rule->need_count; i++)
		if (rule->needs[i].kind == kind)
			sg_near_offer(&near, rule->needs[i].name);
	return sg_near_hint(&near, '\'', "add it to the rule's needs", out, room);
}

static bool
fits(const struct sg_json *value, enum sg_need_kind kind)
{
	int64_t whole;
	if (value == NULL)
		return false;
	if (sg_str_is(sg_str(sg_needs[kind].value), "boolean"))
		return value->type == SG_JSON_BOOL;
	return sg_json_int(value, &whole) || (kind == SG_NEED_SINCE && value->type == SG_JSON_NULL);
}

int
sg_history_push(lua_State *L, enum sg_need_kind kind, struct sg_str name)
{
	const struct sg_policy *policy = sg_policy_of(L);
	const struct sg_policy_need *need = find_need(policy->rule, kind, name);
	char hint[SG_VM_TEXT];
	if (need == NULL)
		return sg_vm_raise(L, SG_CODE_UNKNOWN_FIELD, name_hint(policy->rule, kind, name, hint, sizeof(hint)),
				   "the rule reads history.%s that it did not declare", sg_needs[kind].name);
	const struct sg_json *history = sg_json_get(policy->request, "history");
	const struct sg_json *of_rule = sg_json_get_str(history, policy->rule->id);
	const struct sg_json *value = sg_json_get_str(sg_json_get(of_rule, sg_needs[kind].name), need->key);
	if (!fits(value, kind))
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "the request came without the history the rule declared");
	sg_view_push(L, value, SG_SHAPE_NONE);
	return 1;
}
