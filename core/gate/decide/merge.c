/* SPDX-License-Identifier: Apache-2.0
 * Merging, in the order deny, narrowing, step-up, defer, allow. Every join is commutative: minimum, maximum, union, intersection. */
#include "gate/decide/decide.h"
#include "gate/state/requirement.h"
#include "gate/decide/merge.h"

#include "base/err.h"
#include "base/str.h"

static enum sg_reason
policy_reason(const struct sg_json *error)
{
	struct sg_str code = {"", 0};
	sg_json_string(sg_json_get(error, "code"), &code);
	enum sg_reason reason = sg_str_starts(code, "policy_") ? sg_reason_named(code.ptr, code.len) : SG_REASON_internal;
	return reason == SG_REASON_internal ? SG_REASON_policy_error : reason;
}

static bool
read_effect(const struct sg_json *json, struct sg_effect *out)
{
	out->json = sg_json_get(json, "effect");
	return out->json != NULL && out->json->type == SG_JSON_OBJECT && sg_json_string(sg_json_get(json, "rule"), &out->rule) &&
	       sg_json_string(sg_json_get(json, "file"), &out->file) && sg_json_int(sg_json_get(json, "line"), &out->line);
}

enum sg_status
sg_effects_read(const struct sg_json *answer, struct sg_effect *effects, size_t *count, enum sg_reason *reason,
		struct sg_err *err)
{
	const struct sg_json *list = sg_json_get(answer, "effects"), *error = sg_json_get(answer, "error");
	*count = 0;
	*reason = SG_REASON_policy_error;
	if (list == NULL || list->type != SG_JSON_ARRAY || error == NULL)
		return sg_fail(err, SG_MALFORMED, "effects_form", "policy answered something else than effects");
	if (list->count > SG_EFFECTS_MAX) {
		*reason = SG_REASON_policy_output;
		return sg_fail(err, SG_REFUSED, "policy", "%u effects", list->count);
	}
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
		if (!read_effect(e, &effects[(*count)++])) {
			*count = 0;
			return sg_fail(err, SG_MALFORMED, "effects_form", "an effect that is none");
		}
	if (error->type != SG_JSON_NULL) {
		*reason = policy_reason(error);
		return sg_fail(err, SG_REFUSED, "policy", "policy failed");
	}
	return SG_OK;
}

static bool
is(const struct sg_effect *effect, const char *kind)
{
	return sg_json_is(effect->json, "kind", kind);
}

static struct sg_str
word(const struct sg_effect *effect, const char *name)
{
	struct sg_str out = {"", 0};
	sg_json_string(sg_json_get(effect->json, name), &out);
	return out;
}

/* The rule that is named for a verdict: of all that say so the smallest id, so that order does not matter. */
static void
name_rule(struct sg_merged *m, const struct sg_effect *effects, size_t count, const char *kind)
{
	const struct sg_effect *first = NULL;
	for (size_t i = 0; i < count; i++)
		if (is(&effects[i], kind) && (first == NULL || sg_str_cmp(effects[i].rule, first->rule) < 0))
			first = &effects[i];
	if (first == NULL)
		return;
	m->rule = first->rule;
	m->file = first->file;
	m->line = first->line;
	m->say = word(first, "say");
	m->code = word(first, "code");
}

static bool
deny(struct sg_merged *m, enum sg_reason reason)
{
	m->verdict = SG_DENY;
	m->reason = reason;
	return false;
}

/* ---- narrowing ---- */

static struct sg_narrowing *
narrowing_of(struct sg_merged *m, struct sg_str path)
{
	for (size_t i = 0; i < m->narrow_count; i++)
		if (sg_str_eq(m->narrow[i].path, path))
			return &m->narrow[i];
	if (m->narrow_count == SG_NARROW_MAX)
		return NULL;
	m->narrow[m->narrow_count] = (struct sg_narrowing){.path = path};
	return &m->narrow[m->narrow_count++];
}

static bool
list_has(const struct sg_json *list, const struct sg_json *value)
{
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
		if (sg_json_eq(e, value))
			return true;
	return false;
}

static bool
join_only(struct sg_narrowing *n, const struct sg_json *only)
{
	if (only->type != SG_JSON_ARRAY || only->count > SG_ONLY_MAX)
		return false;
	size_t kept = 0;
	if (!n->has_only)
		for (const struct sg_json *e = sg_json_first(only); e != NULL; e = sg_json_next(only, e))
			n->only[kept++] = e;
	else
		for (size_t i = 0; i < n->only_count; i++)
			if (list_has(only, n->only[i]))
				n->only[kept++] = n->only[i];
	n->has_only = true;
	n->only_count = kept;
	return kept > 0;
}

static bool
join_narrowing(struct sg_narrowing *n, const struct sg_json *limit)
{
	const struct sg_json *most = sg_json_get(limit, "at_most"), *least = sg_json_get(limit, "at_least"),
			     *only = sg_json_get(limit, "only");
	if (limit->type != SG_JSON_OBJECT || limit->count != 1)
		return false;
	if (most != NULL && most->type == SG_JSON_NUMBER) {
		n->most = n->has_most && n->most < most->number ? n->most : most->number;
		n->has_most = true;
	} else if (least != NULL && least->type == SG_JSON_NUMBER) {
		n->least = n->has_least && n->least > least->number ? n->least : least->number;
		n->has_least = true;
	} else if (only == NULL || !join_only(n, only)) {
		return false;
	}
	return !(n->has_most && n->has_least && n->least > n->most);
}

static bool
join_narrow(struct sg_merged *m, const struct sg_effect *effect)
{
	const struct sg_json *all = sg_json_get(effect->json, "narrow");
	for (const struct sg_json *limit = sg_json_first(all); limit != NULL; limit = sg_json_next(all, limit)) {
		struct sg_narrowing *n = narrowing_of(m, limit->name);
		if (n == NULL || !join_narrowing(n, limit))
			return deny(m, SG_REASON_narrow_empty);
	}
	return true;
}

/* ---- step-up ---- */

static bool
join_group(struct sg_requirement *r, struct sg_str group, int64_t quorum)
{
	for (size_t i = 0; i < r->count; i++)
		if (sg_str_is(group, r->groups[i].group)) {
			if (quorum > r->groups[i].quorum)
				r->groups[i].quorum = quorum;
			return true;
		}
	if (r->count == SG_APPROVAL_GROUPS || group.len == 0 || group.len >= sizeof(r->groups[0].group))
		return false;
	memcpy(r->groups[r->count].group, group.ptr, group.len);
	r->groups[r->count].group[group.len] = '\0';
	r->groups[r->count++].quorum = quorum;
	return true;
}

static void
lower(int64_t *most, int64_t value)
{
	if (value > 0 && (*most == 0 || value < *most))
		*most = value;
}

/* Whoever says yes is told every reason; more than can be told is no good effect. */
static bool
join_ask(struct sg_merged *m, const struct sg_effect *effect)
{
	size_t at = m->ask_count;
	if (at == SG_ASKS_MAX)
		return false;
	for (; at > 0 && sg_str_cmp(m->asks[at - 1].rule, effect->rule) > 0; at--)
		m->asks[at] = m->asks[at - 1];
	m->asks[at] = (struct sg_ask){effect->rule, word(effect, "say")};
	m->ask_count++;
	return true;
}

static bool
join_step_up(struct sg_merged *m, const struct sg_effect *effect, const struct sg_strings *methods)
{
	int64_t quorum = 0, ttl_ms = 0;
	enum sg_reason left = sg_join_methods(&m->requirement, sg_json_get(effect->json, "methods"), methods);
	if (left != SG_REASON_allowed)
		return deny(m, left);
	if (!sg_json_int(sg_json_get(effect->json, "quorum"), &quorum) || quorum < 1 || quorum > SG_APPROVAL_PROOFS ||
	    !join_group(&m->requirement, word(effect, "approvers"), quorum) || !join_ask(m, effect))
		return deny(m, SG_REASON_policy_bad_effect);
	if (sg_json_int(sg_json_get(effect->json, "ttl"), &ttl_ms))
		lower(&m->requirement.ttl_ms, ttl_ms);
	return true;
}

/* ---- allow ---- */

static bool
add_once(struct sg_str *list, size_t *count, size_t room, struct sg_str item)
{
	for (size_t i = 0; i < *count; i++)
		if (sg_str_eq(list[i], item))
			return true;
	if (*count == room)
		return false;
	size_t at = (*count)++;
	for (; at > 0 && sg_str_cmp(list[at - 1], item) > 0; at--)
		list[at] = list[at - 1];
	list[at] = item;
	return true;
}

static bool
join_list(const struct sg_json *from, struct sg_str *list, size_t *count, size_t room)
{
	for (const struct sg_json *e = sg_json_first(from); e != NULL; e = sg_json_next(from, e)) {
		struct sg_str item;
		if (!sg_json_string(e, &item) || !add_once(list, count, room, item))
			return false;
	}
	return true;
}

static bool
join_allow(struct sg_merged *m, const struct sg_effect *effect)
{
	int64_t ttl_ms = 0;
	if (sg_json_int(sg_json_get(effect->json, "ttl"), &ttl_ms))
		lower(&m->ttl_ms, ttl_ms);
	if (!join_list(sg_json_get(effect->json, "obligations"), m->obligations, &m->obligation_count, SG_OBLIGATIONS_MAX) ||
	    !join_list(sg_json_get(effect->json, "taint"), m->taints, &m->taint_count, SG_TAINTS_MAX))
		return deny(m, SG_REASON_policy_output);
	return true;
}

static bool
flag_or(const struct sg_effect *effect, const char *name, bool unread)
{
	const struct sg_json *flag = sg_json_get(effect->json, name);
	return flag == NULL ? false : flag->type == SG_JSON_BOOL ? flag->boolean : unread;
}

/* A deny that cannot be read as saying otherwise stops the task, and all that hangs on it. */
static void
join_freeze(struct sg_merged *m, const struct sg_effect *effects, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool freezes = is(&effects[i], "deny") && flag_or(&effects[i], "freeze", true);
		m->freeze |= freezes;
		m->freeze_whole |= freezes && !flag_or(&effects[i], "only_task", false);
	}
}

static void
join_raise(struct sg_merged *m, const struct sg_effect *effects, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct sg_str level = word(&effects[i], "raise");
		if (level.len > 0 && sg_sensitivity_named(level) > m->raise)
			m->raise = sg_sensitivity_named(level);
	}
}

static void
defer(struct sg_merged *m, const struct sg_effect *effects, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t retry_ms = 0;
		if (is(&effects[i], "defer") && sg_json_int(sg_json_get(effects[i].json, "retry_after"), &retry_ms) &&
		    retry_ms > m->retry_ms)
			m->retry_ms = retry_ms;
	}
	m->verdict = SG_DEFER;
	m->reason = SG_REASON_not_now;
	name_rule(m, effects, count, "defer");
}

static size_t
count_kind(const struct sg_effect *effects, size_t count, const char *kind)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++)
		n += is(&effects[i], kind);
	return n;
}

static bool
join_all(struct sg_merged *m, const struct sg_effect *effects, size_t count, const struct sg_strings *methods)
{
	for (size_t i = 0; i < count; i++)
		if (!join_narrow(m, &effects[i]))
			return false;
	for (size_t i = 0; i < count; i++)
		if (is(&effects[i], "step_up") && !join_step_up(m, &effects[i], methods))
			return false;
	if (!sg_requirement_fits(&m->requirement))
		return deny(m, SG_REASON_policy_bad_effect);
	for (size_t i = 0; i < count; i++)
		if (is(&effects[i], "allow") && !join_allow(m, &effects[i]))
			return false;
	sg_requirement_sort(&m->requirement);
	return true;
}

void
sg_merge(const struct sg_effect *effects, size_t count, const struct sg_strings *methods, struct sg_merged *m)
{
	sg_merged_clear(m);
	m->reason = SG_REASON_policy_none;
	size_t denies = count_kind(effects, count, "deny"), allows = count_kind(effects, count, "allow"),
	       steps = count_kind(effects, count, "step_up"), defers = count_kind(effects, count, "defer");
	if (denies > 0) {
		deny(m, SG_REASON_policy_denied);
		join_freeze(m, effects, count);
		name_rule(m, effects, count, "deny");
		return;
	}
	if (count == 0)
		return;
	if (denies + allows + steps + defers != count) {
		deny(m, SG_REASON_policy_bad_effect);
		return;
	}
	if (!join_all(m, effects, count, methods))
		return;
	if (defers > 0) {
		defer(m, effects, count);
		return;
	}
	join_raise(m, effects, count);
	m->verdict = steps > 0 ? SG_STEP_UP : SG_ALLOW;
	m->reason = steps > 0 ? SG_REASON_approval_needed : SG_REASON_allowed;
	name_rule(m, effects, count, steps > 0 ? "step_up" : "allow");
}
