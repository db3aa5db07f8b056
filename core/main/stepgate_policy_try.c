/* SPDX-License-Identifier: Apache-2.0
 * One test: the request is written, judged, merged and narrowed as in the gate. What approvals in the test cover counts
 * as approved. Ceilings of the gate are not asked: they hold whatever policy says. */
#include "main/stepgate_policy.h"

#include "base/canon.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARENA = 64 << 20, NODES = 1 << 20 };

bool
sg_try_set_load(struct sg_try_set *set, struct sg_buf *report)
{
	static const struct sg_json_limits limits = {.bytes = SG_TRY_REPORT, .nodes = NODES};
	sg_arena_init(&set->arena, 4 * ARENA);
	set->policy = NULL;
	sg_buf_clear(report);
	if (sg_policy_load(set->folder->set, set->folder->set_count, NULL, &set->policy, report) != SG_OK)
		return false;
	return sg_canon_parse(&set->arena, sg_buf_view(report), &limits, &set->manifest, NULL) == SG_OK;
}

void
sg_try_set_done(struct sg_try_set *set)
{
	sg_policy_free(set->policy);
	set->policy = NULL;
	sg_arena_done(&set->arena);
}

/* A judgement that was aborted spends the set; the next test gets a new one, as the next request would. */
static void
refresh(struct sg_try_set *set)
{
	struct sg_buf report;
	if (set->policy != NULL && !sg_policy_spent(set->policy))
		return;
	sg_policy_free(set->policy);
	set->policy = NULL;
	sg_buf_init(&report, SG_TRY_REPORT);
	sg_policy_load(set->folder->set, set->folder->set_count, NULL, &set->policy, &report);
	sg_buf_done(&report);
}

static void
give_up(struct sg_try *try, const char *what)
{
	if (try->error.what[0] == '\0')
		snprintf(try->error.what, sizeof(try->error.what), "%s", what);
}

/* Puts the question to policy; false if there is no answer that can be read. */
static bool
ask(struct sg_try *try, struct sg_try_set *set)
{
	struct sg_fixture fixture = {.ask = try->ask, .actions = sg_json_get(set->conf, "actions"), .office = sg_json_get(set->conf, "office"), .manifest = set->manifest,
				     .facts = sg_try_facts(try, set->catalogue)};
	struct sg_buf request, answer;
	const struct sg_json *asked, *said = NULL;
	enum sg_reason reason;
	sg_buf_init(&request, SG_POLICY_INPUT);
	sg_buf_init(&answer, 2 * SG_POLICY_OUTPUT);
	refresh(set);
	bool good = set->policy != NULL && sg_fixture_write(&fixture, &try->arena, &request, &try->error) == SG_OK;
	if (good)
		good = (try->hook ? sg_policy_after : sg_policy_judge)(set->policy, sg_buf_view(&request), &answer) == SG_OK;
	if (good && (asked = sg_try_parse(try, sg_buf_view(&request))) != NULL && (said = sg_try_parse(try, sg_buf_view(&answer))) != NULL) {
		try->args = sg_json_get(asked, "args");
		enum sg_status status = sg_effects_read(said, try->effects, &try->effect_count, &reason, NULL);
		try->failure = status == SG_OK ? NULL : sg_json_get(said, "error");
		try->code = sg_reason_code(reason);
	}
	if (said == NULL)
		give_up(try, "the request cannot be judged");
	sg_buf_done(&request);
	sg_buf_done(&answer);
	return said != NULL;
}

/* ---- what comes of it ---- */

static bool
approved(const struct sg_try *try)
{
	struct sg_fixture fixture = {.ask = try->ask};
	for (size_t i = 0; i < try->merged.requirement.count; i++)
		if (sg_fixture_approved(&fixture, sg_str(try->merged.requirement.groups[i].group)) < try->merged.requirement.groups[i].quorum)
			return false;
	return true;
}

/* The paths that may be narrowed: the catalogue's, or whatever the rules narrow where none is given. */
static struct sg_strings
may_narrow(struct sg_try *try, const struct sg_try_set *set)
{
	struct sg_fixture fixture = {.ask = try->ask, .actions = sg_json_get(set->conf, "actions")};
	const struct sg_json *list = sg_fixture_narrow(&fixture);
	size_t count = list != NULL ? list->count : try->merged.narrow_count;
	struct sg_str *items = sg_arena_alloc(&try->arena, (count + 1) * sizeof(*items));
	struct sg_strings out = {items, 0};
	if (items == NULL)
		return out;
	for (size_t i = 0; list == NULL && i < count; i++)
		items[out.count++] = try->merged.narrow[i].path;
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
		out.count += sg_json_string(e, &items[out.count]);
	return out;
}

static void
narrow(struct sg_try *try, const struct sg_try_set *set)
{
	struct sg_strings may = may_narrow(try, set);
	struct sg_narrowed narrowed;
	struct sg_buf effective;
	sg_buf_init(&effective, SG_POLICY_INPUT);
	if (sg_narrow(try->args, &try->merged, &may, &effective, &narrowed) == SG_OK) {
		try->effective = sg_try_parse(try, sg_buf_view(&effective));
	} else {
		try->merged.verdict = SG_DENY;
		try->merged.reason = narrowed.reason;
	}
	sg_buf_done(&effective);
}

/* Can the enforcer of the test do what the rules ask for? Without one nobody can; one that is not in a configuration can
 * do all. */
static bool
supported(const struct sg_try *try, const struct sg_try_set *set)
{
	struct sg_str enforcer;
	if (!sg_json_string(sg_json_get(try->ask, "enforcer"), &enforcer))
		return try->merged.obligation_count == 0;
	const struct sg_json *known = sg_json_get_str(sg_json_get(set->conf, "enforcers"), enforcer);
	const struct sg_json *list = sg_json_get(known, "obligations");
	size_t found = 0;
	for (size_t i = 0; i < try->merged.obligation_count; i++)
		for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
			found += e->type == SG_JSON_STRING && sg_str_eq(e->string, try->merged.obligations[i]);
	return set->conf == NULL || found >= try->merged.obligation_count;
}

static void
merge(struct sg_try *try, const struct sg_try_set *set)
{
	sg_merge(try->effects, try->effect_count, NULL, &try->merged);
	try->effective = try->args;
	if (try->merged.verdict == SG_ALLOW || try->merged.verdict == SG_STEP_UP)
		narrow(try, set);
	bool granted = try->merged.verdict == SG_ALLOW || try->merged.verdict == SG_STEP_UP;
	if (granted && !supported(try, set)) {
		try->merged.verdict = SG_DENY;
		try->merged.reason = SG_REASON_obligation_unsupported;
	}
	if (try->merged.verdict == SG_STEP_UP && approved(try))
		try->merged.verdict = SG_ALLOW;
	if (try->merged.verdict == SG_ALLOW)
		try->merged.reason = sg_json_eq(try->args, try->effective) ? SG_REASON_allowed : SG_REASON_narrowed;
	try->verdict = sg_verdict_name(try->merged.verdict);
	try->code = sg_reason_code(try->merged.reason);
}

/* What hooks add: the union of all. */
static void
join_hooks(struct sg_try *try)
{
	struct sg_merged *m = &try->merged;
	for (size_t i = 0; i < try->effect_count; i++) {
		const struct sg_json *json = try->effects[i].json, *labels = sg_json_get(json, "taint");
		struct sg_str level = SG_STR("");
		bool freeze = false;
		sg_json_bool(sg_json_get(json, "freeze"), &freeze);
		sg_json_string(sg_json_get(json, "raise"), &level);
		m->freeze |= freeze;
		if (level.len > 0 && sg_sensitivity_named(level) > m->raise)
			m->raise = sg_sensitivity_named(level);
		for (const struct sg_json *l = sg_json_first(labels); l != NULL && m->taint_count < SG_TAINTS_MAX; l = sg_json_next(labels, l))
			sg_json_string(l, &m->taints[m->taint_count++]);
	}
	if (try->failure != NULL) { /* as the gate does: what failed is a label, and takes nothing from the others */
		m->raise = SG_RESTRICTED;
		if (m->taint_count < SG_TAINTS_MAX)
			m->taints[m->taint_count++] = SG_STR("policy_error");
	}
	try->verdict = try->effect_count > 0 || try->failure != NULL ? "add" : "none";
	try->code = try->failure != NULL ? try->code : "";
	try->effective = try->args;
}

void
sg_try_run(struct sg_try *try, struct sg_try_set *set, struct sg_str file, const struct sg_json *test)
{
	const struct sg_json *outcome = sg_json_get(sg_json_get(test, "ask"), "outcome");
	*try = (struct sg_try){.file = file, .ask = sg_json_get(test, "ask"), .expect = sg_json_get(test, "expect"), .hook = outcome != NULL};
	sg_arena_init(&try->arena, 4 * ARENA);
	sg_json_string(sg_json_get(test, "id"), &try->id);
	sg_json_int(sg_json_get(test, "line"), &try->line);
	try->verdict = "deny";
	try->ask = sg_try_spell(try, set->catalogue);
	if (!ask(try, set))
		return;
	if (try->hook)
		join_hooks(try);
	else if (try->failure == NULL)
		merge(try, set);
	sg_try_write_got(try);
	if (try->got != NULL)
		sg_try_compare(try);
}

bool
sg_try_good(const struct sg_try *try)
{
	return try->error.what[0] == '\0' && try->got != NULL && try->wrong_count == 0;
}

void
sg_try_done(struct sg_try *try)
{
	sg_arena_done(&try->arena);
}
