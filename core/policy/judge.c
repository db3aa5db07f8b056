/* SPDX-License-Identifier: Apache-2.0
 * One judgement: find the rules, ask each in order of ids, write the effect of each that matches. All Lua of it runs in
 * one protected call; output is committed at the end only, so a failure in the last rule leaves no effect of the first.
 */
#include "base/canon.h"
#include "base/str.h"
#include "policy/effect.h"
#include "policy/freeze.h"
#include "policy/reads.h"
#include "policy/view/view.h"

#include <stdio.h>

enum { ARENA = 16 << 20, NODES = 100000 };

struct judgement {
	struct sg_policy *policy;
	bool after;
	const uint32_t *rules;
	size_t count;
	struct sg_json_writer w;
	struct sg_buf *output;
	size_t start; /* of this answer in `output` */
	bool spoke;      /* a rule matched in the call under way */
	size_t from, to; /* of `rules`: those that the call under way asks */
	struct sg_buf error; /* of the first hook that failed, as it goes into the answer; empty: none */
};

/* The one thing that a function of a rule returns. What stands behind it would be dropped in silence: `return allow {}, deny "no"`. */
static void
call_for_one(lua_State *L, int function, enum sg_policy_code code, const char *what)
{
	lua_rawgeti(L, LUA_REGISTRYINDEX, function);
	lua_pushvalue(L, 1);
	lua_call(L, 1, LUA_MULTRET);
	if (lua_gettop(L) != 2)
		sg_vm_raise(L, code, "return one thing", "%s returned %d things", what, lua_gettop(L) - 1);
}

static bool
applies(lua_State *L, const struct sg_policy_rule *rule)
{
	if (rule->when == LUA_NOREF)
		return true;
	call_for_one(L, rule->when, SG_CODE_ERROR, "when");
	if (!lua_isboolean(L, -1))
		sg_vm_raise(L, SG_CODE_ERROR, "compare: return r.args:get(\"x\") ~= nil",
			    "when must return true or false, not %s", luaL_typename(L, -1));
	bool yes = lua_toboolean(L, -1);
	if (sg_policy_of(L)->effects_made > 0)
		sg_vm_raise(L, SG_CODE_BAD_EFFECT, "effects are made by effect = function(r) ... end", "when made an effect, which nobody would see");
	lua_settop(L, 1);
	return yes;
}

static void
write_effect(struct judgement *j, struct sg_str json)
{
	const struct sg_policy_rule *rule = j->policy->rule;
	j->spoke = true;
	sg_jw_object(&j->w);
	sg_jw_member_raw(&j->w, "effect", json);
	sg_jw_member_str(&j->w, "file", j->policy->files[rule->file].name);
	sg_jw_member_int(&j->w, "line", rule->line);
	sg_jw_member_str(&j->w, "rule", rule->id);
	sg_jw_end(&j->w);
}

static void
ask(lua_State *L, struct judgement *j, const struct sg_policy_rule *rule)
{
	enum sg_effect_kind kind;
	struct sg_str json = rule->fixed;
	sg_vm_charge(L, 5);
	j->policy->effects_made = 0;
	if (applies(L, rule)) {
		if (rule->effect != LUA_NOREF) {
			call_for_one(L, rule->effect, SG_CODE_BAD_EFFECT, "the effect function");
			if (!sg_effect_read(L, -1, &kind, &json) || (kind == SG_EFFECT_ADD) != rule->after ||
			    json.ptr == NULL)
				sg_vm_raise(L, SG_CODE_BAD_EFFECT,
					    rule->after ? "return add{...}"
							: "return allow{...}, deny{...}, step_up{...} or defer{...}",
					    "the effect function returned no effect that fits here");
			if (!sg_effect_is_all(L, -1))
				sg_vm_raise(L, SG_CODE_BAD_EFFECT, "make the one effect that is returned, and no other", "an effect was made that is not returned");
		}
		write_effect(j, json);
		if (j->output->failed || j->output->len - j->start > j->policy->limits.output)
			sg_vm_raise(L, SG_CODE_OUTPUT, NULL, "the effects together are too long");
	}
	lua_settop(L, 1);
	sg_freeze_check(L, rule);
}

static void
ask_those(lua_State *L, struct judgement *j, bool otherwise)
{
	for (size_t i = j->from; i < j->to; i++) {
		const struct sg_policy_rule *rule = &j->policy->rules[j->rules[i]];
		if (rule->otherwise != otherwise)
			continue;
		j->policy->rule = rule;
		ask(L, j, rule);
	}
}

/* What speaks otherwise is asked only where nothing else spoke: not even its `when` runs before. */
static int
ask_all(lua_State *L)
{
	struct judgement *j = lua_touserdata(L, 1);
	lua_settop(L, 0);
	sg_view_push_request(L);
	j->spoke = false;
	ask_those(L, j, false);
	if (!j->spoke)
		ask_those(L, j, true);
	return 0;
}

/* Text for people: what, and the hint behind it. */
static void
write_text(struct sg_json_writer *w, const struct sg_vm *vm)
{
	char text[2 * SG_VM_TEXT + 4];
	int len = snprintf(text, sizeof(text), "%s%s%s", vm->text, vm->hint[0] == '\0' ? "" : "; ", vm->hint);
	for (int i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 || (unsigned char)text[i] > 0x7E)
			text[i] = '?';
	sg_jw_text(w, text);
}

static void
write_why(const struct judgement *j, struct sg_json_writer *w)
{
	const struct sg_vm *vm = &j->policy->vm;
	const struct sg_policy_rule *rule = j->policy->rule;
	sg_jw_object(w);
	sg_jw_member_text(w, "code", sg_policy_code_text(vm->code));
	sg_jw_member_str(w, "file", vm->line > 0 || rule == NULL ? sg_str(vm->file) : j->policy->files[rule->file].name);
	sg_jw_member_int(w, "line", vm->line > 0 || rule == NULL ? vm->line : rule->line);
	sg_jw_member_str(w, "rule", rule == NULL ? SG_STR("") : rule->id);
	sg_jw_name(w, "text");
	write_text(w, vm);
	sg_jw_end(w);
}

static void
write_error(struct judgement *j)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, j->output);
	sg_jw_object(&w);
	sg_jw_name(&w, "effects");
	sg_jw_array(&w);
	sg_jw_end(&w);
	sg_jw_name(&w, "error");
	write_why(j, &w);
	sg_jw_end(&w);
}

/* Asks the rules from `from` to `to`. One that fails half way leaves nothing of what it changed: neither the next hook nor the next request, which may be
 * another agent's, finds it. */
static bool
asked(struct judgement *j)
{
	struct sg_vm *vm = &j->policy->vm;
	if (sg_vm_run(vm, ask_all, j, j->policy->limits.steps) == SG_OK)
		return true;
	if (j->policy->rule != NULL)
		sg_freeze_restore(vm->L, j->policy->rule);
	return false;
}

/* What this hook began to write goes; why the first one failed is kept. */
static void
hook_failed(struct judgement *j, const struct sg_json_writer *before, size_t len)
{
	struct sg_json_writer w;
	j->w = *before;
	j->output->len = len;
	j->output->failed = false;
	j->policy->spent |= sg_policy_code_spends(j->policy->vm.code);
	if (j->error.len > 0)
		return;
	sg_jw_begin(&w, &j->error);
	write_why(j, &w);
}

/* Rules decide together, and one that fails takes all with it. Hooks only make things stricter: each is asked by itself, and one that fails takes nothing from
 * the others. */
static bool
run_hooks(struct judgement *j)
{
	for (size_t i = 0; i < j->count; i++) {
		struct sg_json_writer before = j->w;
		size_t len = j->output->len;
		j->from = i;
		j->to = i + 1;
		if (!asked(j))
			hook_failed(j, &before, len);
	}
	return true;
}

static bool
run_rules(struct judgement *j)
{
	j->to = j->count;
	return j->count == 0 || asked(j);
}

static bool
run(struct judgement *j)
{
	struct sg_vm *vm = &j->policy->vm;
	if (j->policy->spent) {
		vm->code = SG_CODE_ERROR;
		vm->line = 0;
		vm->hint[0] = vm->file[0] = '\0';
		snprintf(vm->text, sizeof(vm->text), "an earlier judgement was aborted here");
		return false;
	}
	sg_jw_begin(&j->w, j->output);
	sg_jw_object(&j->w);
	sg_jw_name(&j->w, "effects");
	sg_jw_array(&j->w);
	if (!(j->after ? run_hooks(j) : run_rules(j)))
		return false;
	sg_jw_end(&j->w);
	sg_jw_name(&j->w, "error");
	j->error.len > 0 ? sg_jw_raw(&j->w, sg_buf_view(&j->error)) : sg_jw_null(&j->w);
	sg_reads_write(&j->w, j->policy->reads);
	sg_jw_end(&j->w);
	return true;
}

static enum sg_status
answer(struct judgement *j)
{
	struct sg_policy *policy = j->policy;
	j->start = j->output->len;
	policy->rule = NULL;
	policy->reads = 0;
	if (!run(j)) {
		policy->spent |= sg_policy_code_spends(policy->vm.code);
		j->output->len = j->start;
		j->output->failed = false;
		write_error(j);
	}
	policy->rule = NULL;
	policy->request = NULL;
	return j->output->failed ? SG_NOMEM : SG_OK;
}

static enum sg_status
judge(struct sg_policy *policy, struct sg_str input, struct sg_buf *output, bool after)
{
	static const struct sg_json_limits limits = {.bytes = SG_POLICY_INPUT, .nodes = NODES};
	struct judgement j = {.policy = policy, .after = after, .output = output};
	sg_buf_init(&j.error, 4 * SG_VM_TEXT + 4096);
	struct sg_arena arena;
	struct sg_str action;
	sg_arena_init(&arena, ARENA);
	enum sg_status status = sg_canon_parse(&arena, input, &limits, &policy->request, NULL);
	if (status == SG_OK && !sg_json_string(sg_json_get(sg_json_get(policy->request, "action"), "name"), &action))
		status = SG_MALFORMED;
	if (status == SG_OK) {
		policy->generation++;
		j.rules = sg_match_find(policy->match[after], action, &j.count);
		status = answer(&j);
	}
	sg_buf_done(&j.error);
	sg_arena_done(&arena);
	return status;
}

enum sg_status
sg_policy_judge(struct sg_policy *policy, struct sg_str input, struct sg_buf *output)
{
	return judge(policy, input, output, false);
}

enum sg_status
sg_policy_after(struct sg_policy *policy, struct sg_str input, struct sg_buf *output)
{
	return judge(policy, input, output, true);
}

bool
sg_policy_spent(const struct sg_policy *policy)
{
	return policy->spent;
}
