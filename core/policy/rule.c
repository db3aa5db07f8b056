/* SPDX-License-Identifier: Apache-2.0
 * rule{}, after{}, policy{}: read while a file runs, kept as C structs. A mistake is noted and the rule left out, so
 * that the next one is checked as well; a set with a noted mistake never becomes active. */
#include "base/pattern.h"
#include "base/str.h"
#include "policy/api/api.h"
#include "policy/effect.h"
#include "policy/history.h"
#include "policy/spec.h"
#include "policy/take.h"

#include <stdlib.h>

static const char *const rule_names[] = {"effect", "id", "needs", "on", "otherwise", "when", NULL};
static const char *const hook_names[] = {"effect", "id", "on", NULL};

static void
loading_only(lua_State *L, const char *name)
{
	sg_vm_charge(L, 20);
	if (!sg_policy_of(L)->loading)
		sg_vm_raise(L, SG_CODE_STATE, NULL, "%s may be called while the file is loaded only", name);
}

static void
read_id(lua_State *L, struct sg_policy_rule *rule)
{
	struct sg_str id;
	lua_getfield(L, 1, "id");
	bool good = sg_take_string(L, -1, &id) && id.len >= 1 && id.len <= SG_POLICY_ID;
	for (size_t i = 0; good && i < id.len; i++)
		good = id.ptr[i] > 0x20 && id.ptr[i] <= 0x7E && id.ptr[i] != '|';
	if (good)
		rule->id = sg_arena_copy(&sg_policy_of(L)->arena, id);
	else
		sg_take_problem(L, "id = \"pay-when-tainted\"",
				"a rule needs an id: 1 to 100 printable ASCII characters, no blanks");
	lua_settop(L, 1);
}

static void
add_on(lua_State *L, struct sg_policy_rule *rule)
{
	struct sg_str pattern;
	if (rule->on == NULL)
		rule->on = sg_arena_alloc(&sg_policy_of(L)->arena, SG_POLICY_PATTERNS * sizeof(*rule->on));
	if (rule->on == NULL || rule->on_count == SG_POLICY_PATTERNS)
		sg_take_problem(L, NULL, "on has too many patterns");
	else if (sg_take_pattern(L, -1, &pattern))
		rule->on[rule->on_count++] = pattern;
	else
		sg_take_problem(L, "dotted segments: \"pay.transfer\", \"pay.*\" (one segment), \"pay.**\" (the rest)",
				"on is not an action pattern");
}

static void
read_on(lua_State *L, struct sg_policy_rule *rule)
{
	int type = lua_getfield(L, 1, "on");
	if (type != LUA_TTABLE) {
		add_on(L, rule);
		lua_settop(L, 1);
		return;
	}
	size_t count = sg_take_length(L, 2);
	if (count == 0 || count > SG_POLICY_PATTERNS)
		sg_take_problem(L, "on = \"pay.*\" or a list of at most 32 patterns", "on names no action");
	for (size_t i = 1; count <= SG_POLICY_PATTERNS && i <= count; i++) {
		lua_rawgeti(L, 2, (lua_Integer)i);
		add_on(L, rule);
		lua_settop(L, 2);
	}
	lua_settop(L, 1);
}

static void
read_when(lua_State *L, struct sg_policy_rule *rule)
{
	int type = lua_getfield(L, 1, "when");
	if (type == LUA_TFUNCTION)
		rule->when = luaL_ref(L, LUA_REGISTRYINDEX);
	else if (type != LUA_TNIL)
		sg_take_problem(L, "when = function(r) return r.task.tainted end", "when is a function, or left out");
	lua_settop(L, 1);
}

/* false says what leaving it out says. */
static void
read_otherwise(lua_State *L, struct sg_policy_rule *rule)
{
	int type = lua_getfield(L, 1, "otherwise");
	if (type != LUA_TNIL && type != LUA_TBOOLEAN)
		sg_take_problem(L, "otherwise = true: it speaks only where no other rule of the set matches", "otherwise is true, or left out");
	rule->otherwise = lua_toboolean(L, -1);
	lua_settop(L, 1);
}

/* A function that is one of ours is a constructor without its call: effect = allow. */
static void
read_effect(lua_State *L, struct sg_policy_rule *rule)
{
	enum sg_effect_kind kind;
	struct sg_str json;
	lua_getfield(L, 1, "effect");
	if (lua_isfunction(L, -1) && !lua_iscfunction(L, -1)) {
		rule->effect = luaL_ref(L, LUA_REGISTRYINDEX);
	} else if (!sg_effect_read(L, -1, &kind, &json)) {
		sg_take_problem(L,
				rule->after ? "effect = function(r) return add { taint = {\"x\"} } end"
					    : "effect = allow {}",
				"effect is neither an effect nor a function");
	} else if ((kind == SG_EFFECT_ADD) != rule->after) {
		sg_take_problem(L, rule->after ? "add { taint = {\"x\"} }" : "allow, deny, step_up or defer",
				"effect is of the wrong kind here");
	} else if (json.ptr != NULL) {
		rule->fixed = sg_arena_copy(&sg_policy_of(L)->arena, json);
	}
	lua_settop(L, 1);
}

static void
keep(lua_State *L, const struct sg_policy_rule *rule)
{
	struct sg_policy *policy = sg_policy_of(L);
	if (policy->rule_count == policy->rule_room) {
		size_t room = policy->rule_room == 0 ? 64 : policy->rule_room * 2;
		struct sg_policy_rule *more = realloc(policy->rules, room * sizeof(*more));
		if (more == NULL)
			sg_vm_raise(L, SG_CODE_MEMORY, NULL, "no memory for another rule");
		policy->rules = more;
		policy->rule_room = room;
	}
	policy->rules[policy->rule_count++] = *rule;
}

static int
declare(lua_State *L, bool after)
{
	struct sg_policy *policy = sg_policy_of(L);
	const char *name = after ? "after" : "rule";
	struct sg_policy_rule rule = {.after = after, .file = policy->file, .line = sg_policy_line(L)};
	rule.when = rule.effect = rule.cells = LUA_NOREF;
	loading_only(L, name);
	if (policy->spec) {
		sg_take_problem(L, "rules stand in files that do not end in " SG_SPEC_ENDING, "a spec declares tests, not rules");
		return 0;
	}
	if (lua_gettop(L) != 1 || !sg_take_table(L, 1)) {
		sg_take_problem(L, "rule { id = \"...\", on = \"...\", effect = ... }",
				"rule and after take one table");
		return 0;
	}
	sg_take_members(L, 1, name, after ? hook_names : rule_names, 0);
	read_id(L, &rule);
	read_on(L, &rule);
	if (!after) {
		read_when(L, &rule);
		read_otherwise(L, &rule);
	}
	if (lua_getfield(L, 1, "needs") != LUA_TNIL && !after)
		sg_history_needs(L, &rule);
	lua_settop(L, 1);
	read_effect(L, &rule);
	if (policy->rule_count >= SG_POLICY_RULES)
		return sg_vm_raise(L, SG_CODE_MEMORY, NULL, "more than %d rules", SG_POLICY_RULES);
	keep(L, &rule);
	return 0;
}

int
sg_rule_rule(lua_State *L)
{
	return declare(L, false);
}

int
sg_rule_after(lua_State *L)
{
	return declare(L, true);
}

int
sg_rule_policy(lua_State *L)
{
	static const char *const names[] = {[SG_META_NAME] = "name",
					    [SG_META_DESCRIPTION] = "description",
					    [SG_META_OWNER] = "owner",
					    [SG_META_COUNT] = NULL};
	struct sg_policy *policy = sg_policy_of(L);
	loading_only(L, "policy");
	struct sg_policy_file *file = &policy->files[policy->file];
	if (lua_gettop(L) != 1 || !sg_take_table(L, 1) || file->has_meta) {
		sg_take_problem(L, "policy { name = \"...\", description = \"...\", owner = \"...\" }",
				"policy takes one table, once in a file");
		return 0;
	}
	file->has_meta = true;
	sg_take_members(L, 1, "policy", names, 0);
	for (int i = 0; i < SG_META_COUNT; i++) {
		struct sg_str text;
		lua_getfield(L, 1, names[i]);
		if (sg_take_string(L, -1, &text) && text.len <= SG_POLICY_SAY)
			file->meta[i] = sg_arena_copy(&policy->arena, text);
		else if (!lua_isnil(L, -1))
			sg_take_problem(L, NULL, "name, description and owner are texts of at most 500 bytes");
		lua_settop(L, 1);
	}
	return 0;
}
