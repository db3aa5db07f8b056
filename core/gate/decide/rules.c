/* SPDX-License-Identifier: Apache-2.0
 * What the gate knows of the policy set in force: which rules need the past, and which look at outcomes. */
#include "gate/decide/decide.h"

#include "base/pattern.h"
#include "base/str.h"

#include <stdlib.h>

bool
sg_rule_fits(const struct sg_json *rule, struct sg_str action)
{
	const struct sg_json *on = sg_json_get(rule, "on");
	for (const struct sg_json *p = sg_json_first(on); p != NULL; p = sg_json_next(on, p)) {
		struct sg_str pattern;
		if (sg_json_string(p, &pattern) && sg_pattern_match(pattern, action, '.'))
			return true;
	}
	return false;
}

/* Leaves of before do not say what was done: any hook may be for it. */
bool
sg_hook_due(const struct sg_gate *gate, const struct sg_attempt *attempt)
{
	struct sg_str action = sg_str(attempt->action != NULL ? attempt->action : "");
	if (gate->policy[0] == '\0')
		return true; /* whether there is one, nobody knows */
	for (size_t i = 0; i < gate->hook_count; i++)
		if (action.len == 0 || sg_rule_fits(gate->hooks[i], action))
			return true;
	return false;
}

static int
by_id(const void *a, const void *b)
{
	struct sg_str x = {"", 0}, y = {"", 0};
	sg_json_string(sg_json_get(*(const struct sg_json *const *)a, "id"), &x);
	sg_json_string(sg_json_get(*(const struct sg_json *const *)b, "id"), &y);
	return sg_str_cmp(x, y);
}

static bool
is_needy(const struct sg_json *rule)
{
	const struct sg_json *needs = sg_json_get(rule, "needs");
	for (const struct sg_json *kind = sg_json_first(needs); kind != NULL; kind = sg_json_next(needs, kind))
		if (kind->count > 0)
			return true;
	return false;
}

static bool
is_hook(const struct sg_json *rule)
{
	bool hook = false;
	return sg_json_bool(sg_json_get(rule, "after"), &hook) && hook;
}

/* False on no memory: then nothing is known of the set. */
static bool
index_rules(struct sg_gate *gate, const struct sg_json *rules)
{
	size_t most = (rules == NULL ? 0 : rules->count) + 1;
	const struct sg_json **needy = sg_arena_alloc(&gate->manifest_arena, most * sizeof(*needy));
	const struct sg_json **hooks = sg_arena_alloc(&gate->manifest_arena, most * sizeof(*hooks));
	if (needy == NULL || hooks == NULL)
		return false;
	for (const struct sg_json *rule = sg_json_first(rules); rule != NULL; rule = sg_json_next(rules, rule)) {
		if (is_hook(rule))
			hooks[gate->hook_count++] = rule;
		if (is_needy(rule))
			needy[gate->needy_count++] = rule;
	}
	qsort((void *)needy, gate->needy_count, sizeof(*needy), by_id);
	gate->needy = needy;
	gate->hooks = hooks;
	return true;
}

void
sg_gate_policy(struct sg_gate *gate, struct sg_str manifest, uint64_t generation)
{
	const struct sg_json *json = NULL;
	struct sg_str digest = {"", 0};
	struct sg_json_limits limits = {.bytes = SG_FRAME_MAX, .nodes = 1 << 20};
	sg_arena_done(&gate->manifest_arena);
	gate->policy[0] = '\0';
	gate->needy_count = gate->hook_count = 0;
	gate->names_here = false;
	if (sg_canon_parse(&gate->manifest_arena, manifest, &limits, &json, NULL) != SG_OK ||
	    !sg_json_string(sg_json_get(json, "digest"), &digest) || digest.len != SG_SHA256_HEX - 1 || !index_rules(gate, sg_json_get(json, "rules")))
		return; /* no policy: everything is denied */
	sg_json_bool(sg_json_get(json, "here"), &gate->names_here);
	memcpy(gate->policy, digest.ptr, digest.len);
	gate->policy[digest.len] = '\0';
	gate->policy_generation = generation;
}
