/* SPDX-License-Identifier: Apache-2.0
 * needs = { count = {"pay.*", within = "1h"} or a list of such, did = {"mail.read"} or a list of such }. The gate fills
 * the frame's history as {RULE:{"count":{"pay.*|3600000":2},"did":{"mail.read|0":true}}}. */
#include "policy/history.h"

#include "base/pattern.h"
#include "base/str.h"
#include "policy/take.h"
#include "policy/view.h"

#include <inttypes.h>
#include <stdio.h>

static void
add_need(lua_State *L, struct sg_policy_rule *rule, struct sg_policy_need need)
{
	for (size_t i = 0; i < rule->need_count; i++) {
		if (rule->needs[i].did != need.did || !sg_str_eq(rule->needs[i].action, need.action))
			continue;
		sg_take_problem(L, "give each pattern one window per rule", "the same pattern stands twice in needs");
		return;
	}
	if (rule->needs == NULL)
		rule->needs = sg_arena_alloc(&sg_policy_of(L)->arena, SG_POLICY_NEEDS * sizeof(*rule->needs));
	if (rule->needs == NULL || rule->need_count == SG_POLICY_NEEDS)
		sg_take_problem(L, NULL, "too many needs");
	else
		rule->needs[rule->need_count++] = need;
}

/* {"pay.*", within = "1h"}, at the top of the stack. */
static void
read_one(lua_State *L, struct sg_policy_rule *rule, bool did)
{
	static const char *const names[] = {"within", NULL};
	struct sg_policy_need need = {.did = did};
	int table = lua_gettop(L);
	sg_take_members(L, table, "needs", names, 1);
	if (lua_getfield(L, table, "within") != LUA_TNIL && !sg_take_duration(L, -1, &need.within))
		sg_take_problem(L, "\"90s\", \"10m\", \"1h\", \"7d\" or milliseconds", "within is not a duration");
	if (!did && need.within == 0)
		sg_take_problem(L, "count = {\"pay.*\", within = \"1h\"}", "count needs a window: within");
	lua_rawgeti(L, table, 1);
	if (!sg_take_pattern(L, -1, &need.action))
		sg_take_problem(L, "dotted segments, * for one, ** for the rest",
				"needs names no valid action pattern");
	else
		add_need(L, rule, need);
	lua_settop(L, table);
}

/* One need, or a list of them, at the top of the stack. A bare string is a need without a window. */
static void
read_needs(lua_State *L, struct sg_policy_rule *rule, bool did)
{
	if (lua_type(L, -1) == LUA_TSTRING) {
		lua_createtable(L, 1, 0);
		lua_pushvalue(L, -2);
		lua_rawseti(L, -2, 1);
		lua_replace(L, -2);
	}
	if (!sg_take_table(L, -1)) {
		sg_take_problem(L, "count = {\"pay.*\", within = \"1h\"}", "needs.count and needs.did are tables");
		return;
	}
	int list = lua_gettop(L);
	bool many = lua_rawgeti(L, list, 1) == LUA_TTABLE;
	lua_settop(L, list);
	if (!many) {
		read_one(L, rule, did);
		return;
	}
	for (lua_Integer i = 1; lua_rawgeti(L, list, i) != LUA_TNIL; i++) {
		if (sg_take_table(L, -1))
			read_one(L, rule, did);
		else
			sg_take_problem(L, NULL, "a list of needs holds tables only");
		lua_settop(L, list);
	}
	lua_settop(L, list);
}

void
sg_history_needs(lua_State *L, struct sg_policy_rule *rule)
{
	static const char *const names[] = {"count", "did", NULL};
	int top = lua_gettop(L);
	lua_pushvalue(L, top);
	if (!sg_take_table(L, -1)) {
		sg_take_problem(L, "needs = { count = {\"pay.*\", within = \"1h\"} }", "needs is a table");
		lua_settop(L, top);
		return;
	}
	sg_take_members(L, top + 1, "needs", names, 0);
	if (lua_getfield(L, top + 1, "count") != LUA_TNIL)
		read_needs(L, rule, false);
	lua_settop(L, top + 1);
	if (lua_getfield(L, top + 1, "did") != LUA_TNIL)
		read_needs(L, rule, true);
	lua_settop(L, top);
}

static const struct sg_policy_need *
find_need(const struct sg_policy_rule *rule, bool did, struct sg_str action)
{
	for (size_t i = 0; i < rule->need_count; i++)
		if (rule->needs[i].did == did && sg_str_eq(rule->needs[i].action, action))
			return &rule->needs[i];
	return NULL;
}

int
sg_history_push(lua_State *L, bool did, struct sg_str action)
{
	const struct sg_policy *policy = sg_policy_of(L);
	const char *part = did ? "did" : "count";
	const struct sg_policy_need *need = find_need(policy->rule, did, action);
	if (need == NULL)
		return sg_vm_raise(L, SG_CODE_UNKNOWN_FIELD, "add it to the rule's needs",
				   "the rule reads history.%s that it did not declare", part);
	char key[SG_PATTERN_MAX + 32];
	int len = snprintf(key, sizeof(key), "%.*s|%" PRId64, SG_STR_ARG(need->action), need->within);
	const struct sg_json *history = sg_json_get(policy->request, "history");
	const struct sg_json *of_rule = sg_json_get_str(history, policy->rule->id);
	const struct sg_json *value = sg_json_get_str(sg_json_get(of_rule, part), (struct sg_str){key, (size_t)len});
	if (value == NULL || value->type != (did ? SG_JSON_BOOL : SG_JSON_NUMBER))
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "the request came without the history the rule declared");
	sg_view_push(L, value, SG_SHAPE_NONE);
	return 1;
}
