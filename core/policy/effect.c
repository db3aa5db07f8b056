/* SPDX-License-Identifier: Apache-2.0
 * The table of effects, and the constructors it drives. Reading single members is in member.c, bounds are in bound.c.
 */
#include "policy/effect.h"

#include "base/canon.h"
#include "base/str.h"
#include "policy/member.h"
#include "policy/take.h"

#define EFFECT "effect"

const struct sg_effect_member sg_effect_members[] = {
	{SG_EFFECT_ALLOW, "kind", SG_MEMBER_KIND, ""},
	{SG_EFFECT_ALLOW, "narrow", SG_MEMBER_NARROW, "bounds on arguments, by path"},
	{SG_EFFECT_ALLOW, "obligations", SG_MEMBER_LIST, "what the enforcer must do"},
	{SG_EFFECT_ALLOW, "raise", SG_MEMBER_LEVEL, "sensitivity the task gets when the allow commits"},
	{SG_EFFECT_ALLOW, "say", SG_MEMBER_SAY, "text for the agent"},
	{SG_EFFECT_ALLOW, "taint", SG_MEMBER_LIST, "labels the task gets when the allow commits"},
	{SG_EFFECT_ALLOW, "ttl", SG_MEMBER_DURATION, "longest life of the permission: \"30s\", or milliseconds"},
	{SG_EFFECT_DENY, "code", SG_MEMBER_WORD, "your own reason code"},
	{SG_EFFECT_DENY, "freeze", SG_MEMBER_FLAG, "stop the whole tree of the task, and its domain, until an operator looks"},
	{SG_EFFECT_DENY, "kind", SG_MEMBER_KIND, ""},
	{SG_EFFECT_DENY, "only_task", SG_MEMBER_RARE, "with freeze: this task alone"},
	{SG_EFFECT_DENY, "say", SG_MEMBER_SAY, "text for the agent"},
	{SG_EFFECT_STEP_UP, "approvers", SG_MEMBER_GROUP, "group whose members may approve; must be given"},
	{SG_EFFECT_STEP_UP, "kind", SG_MEMBER_KIND, ""},
	{SG_EFFECT_STEP_UP, "methods", SG_MEMBER_LIST, "proofs that count: \"admin\", the socket of an admin, or stanzas of `prove`, at most 4 that there are; none = any"},
	{SG_EFFECT_STEP_UP, "narrow", SG_MEMBER_NARROW, "bounds on arguments, by path"},
	{SG_EFFECT_STEP_UP, "quorum", SG_MEMBER_QUORUM, "how many humans, 1 to 16"},
	{SG_EFFECT_STEP_UP, "raise", SG_MEMBER_LEVEL, "sensitivity the task gets when what was approved commits"},
	{SG_EFFECT_STEP_UP, "say", SG_MEMBER_SAY, "text for agent and approver"},
	{SG_EFFECT_STEP_UP, "ttl", SG_MEMBER_DURATION, "how long the approval stands open"},
	{SG_EFFECT_DEFER, "kind", SG_MEMBER_KIND, ""},
	{SG_EFFECT_DEFER, "retry_after", SG_MEMBER_DURATION, "when asking again makes sense"},
	{SG_EFFECT_DEFER, "say", SG_MEMBER_SAY, "text for the agent"},
	{SG_EFFECT_ADD, "freeze", SG_MEMBER_FLAG, "stop the whole tree of the task, and its domain, until an operator looks"},
	{SG_EFFECT_ADD, "kind", SG_MEMBER_KIND, ""},
	{SG_EFFECT_ADD, "only_task", SG_MEMBER_RARE, "with freeze: this task alone"},
	{SG_EFFECT_ADD, "raise", SG_MEMBER_LEVEL, "raise the task's sensitivity to this"},
	{SG_EFFECT_ADD, "revoke", SG_MEMBER_FLAG, "take back all credentials of the task"},
	{SG_EFFECT_ADD, "taint", SG_MEMBER_LIST, "labels the task gets"},
};
const size_t sg_effect_member_count = sizeof(sg_effect_members) / sizeof(sg_effect_members[0]);

struct effect {
	enum sg_effect_kind kind;
	bool broken;
	uint32_t made; /* the how many-th of its rule's judgement; 0: while loading */
	size_t len;
	char json[];
};

void
sg_effect_open(lua_State *L)
{
	luaL_newmetatable(L, EFFECT);
	lua_pop(L, 1);
	sg_bound_open(L);
}

bool
sg_effect_read(lua_State *L, int index, enum sg_effect_kind *kind, struct sg_str *json)
{
	const struct effect *effect = luaL_testudata(L, index, EFFECT);
	if (effect == NULL)
		return false;
	*kind = effect->kind;
	*json = effect->broken ? (struct sg_str){NULL, 0} : (struct sg_str){effect->json, effect->len};
	return true;
}

bool
sg_effect_is_all(lua_State *L, int index)
{
	const struct effect *effect = luaL_testudata(L, index, EFFECT);
	uint32_t made = sg_policy_of(L)->effects_made;
	return effect != NULL && made <= 1 && effect->made == made;
}

static void
push_effect(lua_State *L, enum sg_effect_kind kind, bool broken)
{
	struct sg_str json = sg_buf_view(&sg_policy_of(L)->scratch);
	sg_vm_charge_bytes(L, json.len);
	struct effect *effect = lua_newuserdatauv(L, sizeof(*effect) + json.len, 0);
	struct sg_policy *policy = sg_policy_of(L);
	policy->effects_made += !policy->loading;
	*effect = (struct effect){.kind = kind, .broken = broken, .made = policy->loading ? 0 : policy->effects_made, .len = json.len};
	if (json.len > 0)
		memcpy(effect->json, json.ptr, json.len);
	luaL_setmetatable(L, EFFECT);
}

/* A bare text is the short form of {say = text}; nothing is the short form of {}. */
static bool
take_argument(lua_State *L, enum sg_effect_kind kind)
{
	int given = lua_gettop(L);
	if (given == 1 && lua_type(L, 1) == LUA_TSTRING && kind != SG_EFFECT_ADD) {
		lua_createtable(L, 0, 1);
		lua_pushvalue(L, 1);
		lua_setfield(L, -2, "say");
		lua_replace(L, 1);
	}
	if (given == 0)
		lua_newtable(L);
	if (given <= 1 && sg_take_table(L, 1))
		return true;
	sg_policy_complain(L, SG_CODE_BAD_EFFECT, "allow { ttl = \"60s\" }", "an effect takes one table", NULL);
	return false;
}

static bool
write_members(lua_State *L, enum sg_effect_kind kind)
{
	struct sg_json_writer w;
	bool good = true;
	sg_jw_begin(&w, &sg_policy_of(L)->scratch);
	sg_jw_object(&w);
	for (size_t i = 0; i < sg_effect_member_count; i++) {
		const struct sg_effect_member *member = &sg_effect_members[i];
		if (member->kind != kind)
			continue;
		lua_getfield(L, 1, member->name);
		bool plain = lua_isnil(L, 2) || (lua_isboolean(L, 2) && !lua_toboolean(L, 2));
		if (member->type == SG_MEMBER_RARE && plain) {
			lua_settop(L, 1);
			continue;
		}
		sg_jw_name_text(&w, member->name);
		good &= sg_member_write(L, &w, member);
		lua_settop(L, 1);
	}
	sg_jw_end(&w);
	return good;
}

static bool
check_names(lua_State *L, enum sg_effect_kind kind)
{
	const char *names[16];
	size_t count = 0;
	for (size_t i = 0; i < sg_effect_member_count; i++)
		if (sg_effect_members[i].kind == kind && sg_effect_members[i].type != SG_MEMBER_KIND)
			names[count++] = sg_effect_members[i].name;
	names[count] = NULL;
	return sg_take_members(L, 1, sg_effect_name(kind), names, 0);
}

static int
construct(lua_State *L, enum sg_effect_kind kind)
{
	struct sg_buf *scratch = &sg_policy_of(L)->scratch;
	sg_vm_charge(L, 8);
	sg_buf_clear(scratch);
	bool good = take_argument(L, kind) && check_names(L, kind) && write_members(L, kind);
	if (good && scratch->failed) {
		sg_policy_complain(L, SG_CODE_BAD_EFFECT, NULL, "an effect holds text that is not UTF-8, or too much",
				   NULL);
		good = false;
	}
	if (!good)
		sg_buf_clear(scratch);
	push_effect(L, kind, !good);
	return 1;
}

int
sg_effect_allow(lua_State *L)
{
	return construct(L, SG_EFFECT_ALLOW);
}

int
sg_effect_deny(lua_State *L)
{
	return construct(L, SG_EFFECT_DENY);
}

int
sg_effect_step_up(lua_State *L)
{
	return construct(L, SG_EFFECT_STEP_UP);
}

int
sg_effect_defer(lua_State *L)
{
	return construct(L, SG_EFFECT_DEFER);
}

int
sg_effect_add(lua_State *L)
{
	return construct(L, SG_EFFECT_ADD);
}
