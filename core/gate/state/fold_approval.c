/* SPDX-License-Identifier: Apache-2.0
 * Leaves about approvals: opened, proven, refused, void, over. What uses one up is the leaf of its allow (I4). */
#include "gate/state/fold_in.h"

#include "base/line.h"
#include "base/str.h"
#include "gate/state/requirement.h"
#include "gate/state/values.h"
#include "gate/state/split.h"

#include <stdlib.h>

static void
read_requirement(const struct sg_fold *f, struct sg_approval *approval)
{
	const struct sg_json *groups = sg_fold_get(f, "groups");
	for (const struct sg_json *g = sg_json_first(groups); g != NULL; g = sg_json_next(groups, g)) {
		size_t i = approval->requirement.count++;
		sg_json_int(g, &approval->requirement.groups[i].quorum);
		memcpy(approval->requirement.groups[i].group, g->name.ptr, g->name.len);
	}
}

void
sg_fold_methods(struct sg_fold *f, struct sg_requirement *requirement)
{
	const struct sg_json *list = sg_fold_get(f, "methods");
	for (const struct sg_json *m = sg_json_first(list); m != NULL; m = sg_json_next(list, m)) {
		struct sg_str method = {"", 0};
		sg_json_string(m, &method);
		if (!sg_requirement_method(requirement, method))
			f->missing = "methods";
	}
}

/* Rule and words, rule and words. */
static void
read_reasons(struct sg_fold *f, struct sg_approval *a)
{
	const struct sg_json *list = sg_fold_get(f, "reasons"), *rule = sg_json_first(list), *words;
	a->reasons_known = list != NULL && list->type == SG_JSON_ARRAY;
	if (!a->reasons_known || list->count == 0)
		return;
	a->reasons = calloc(list->count / 2 + 1, sizeof(*a->reasons));
	if (a->reasons == NULL)
		f->missing = "memory";
	for (; a->reasons != NULL && rule != NULL && (words = sg_json_next(list, rule)) != NULL; rule = sg_json_next(list, words)) {
		struct sg_str one = {"", 0}, other = {"", 0};
		sg_json_string(rule, &one);
		sg_json_string(words, &other);
		a->reasons[a->reason_count++] = (struct sg_reason_told){sg_value_unhex(one), sg_value_unhex(other)};
	}
}

/* Who asked, and under which form of digest; leaves of before lack it. */
void
sg_fold_asker(struct sg_fold *f, struct sg_approval *a)
{
	struct sg_str asker = sg_fold_text_or(f, "asker");
	a->asker = strndup(asker.ptr, asker.len);
	if (a->asker == NULL)
		f->missing = "memory";
	a->asker_uid = sg_fold_int_or(f, "asker_uid", -1);
	a->life_ms = sg_fold_int_or(f, "life", 0);
	a->v = sg_fold_int_or(f, "v", 1);
	a->level = sg_fold_int_or(f, "level", -1);
	a->rule = sg_person_tag(sg_fold_text_or(f, "rule"));
	read_reasons(f, a);
}

static void
open_approval(struct sg_fold *f)
{
	struct sg_approval *a = calloc(1, sizeof(*a));
	if (a == NULL) {
		f->missing = "memory";
		return;
	}
	sg_fold_id(f, "approval", a->id, sizeof(a->id));
	sg_fold_id(f, "asked", a->asked, sizeof(a->asked));
	sg_fold_id(f, "digest", a->digest, sizeof(a->digest));
	sg_line_join(a->config, sizeof(a->config), "", f->config.len < SG_SHA256_HEX ? f->config : SG_STR(""));
	sg_line_join(a->policy, sizeof(a->policy), "", f->policy.len < SG_SHA256_HEX ? f->policy : SG_STR(""));
	a->agent = sg_fold_keep(f, "agent");
	a->owner = sg_fold_keep(f, "owner");
	a->opener = sg_fold_keep(f, "opener");
	a->say = sg_fold_keep(f, "say");
	sg_fold_asker(f, a);
	a->leaf = f->number;
	a->task = sg_fold_task_of(f);
	a->labels = sg_taint_tag(f->state, &a->task->taint);
	a->opened_ms = f->at_ms;
	a->ends = sg_fold_deadline(f, "ends");
	read_requirement(f, a);
	sg_fold_methods(f, &a->requirement);
	if (f->missing != NULL) {
		sg_approval_free(a);
		return;
	}
	f->state->open_approvals++;
	a->task->approvals++;
	sg_approval_join(a);
	if (!sg_approval_stands_in(f->state, a))
		f->missing = "memory";
	a->task->step_ups++;
	struct sg_tree *tree = sg_task_tree(a->task);
	if (tree != NULL)
		sg_times_note(&tree->step_ups, f->steady_ms);
	if (sg_task_self_opened(a->task->root) && !sg_counted_note(&a->task->domain->step_ups, f->steady_ms))
		f->missing = "memory";
	sg_fold_put(f, &f->state->approvals, a->id, a);
}

/* One person is one, however often it is said. */
static bool
has_said(const struct sg_approval *a, struct sg_str human, uint64_t person)
{
	for (size_t i = 0; i < a->proof_count; i++)
		if (sg_str_is(human, a->proofs[i].human) || (person != 0 && a->proofs[i].person == person))
			return true;
	return false;
}

/* NULL where it is not there, or empty. */
static char *
said(struct sg_fold *f, const char *name)
{
	return sg_fold_text_or(f, name).len == 0 ? NULL : sg_fold_keep(f, name);
}

static void
read_method(struct sg_fold *f, char method[SG_APPROVAL_METHOD])
{
	struct sg_str how = sg_fold_text_or(f, "method");
	sg_line_join(method, SG_APPROVAL_METHOD, "", how.len > 0 ? how : SG_STR("admin")); /* older leaves knew no other */
}

static void
add_proof(struct sg_fold *f, struct sg_approval *a)
{
	if (has_said(a, sg_fold_text(f, "human"), sg_person_tag(sg_fold_text_or(f, "person"))))
		return;
	sg_fold_id(f, "human", a->proofs[a->proof_count].human, sizeof(a->proofs[0].human));
	sg_fold_id(f, "group", a->proofs[a->proof_count].group, sizeof(a->proofs[0].group));
	struct sg_str person = sg_fold_text_or(f, "person");
	a->proofs[a->proof_count].uid = sg_fold_int_or(f, "uid", -1);
	a->proofs[a->proof_count].person = sg_person_tag(person);
	a->proofs[a->proof_count].comment = said(f, "comment");
	a->proofs[a->proof_count].device = said(f, "enrolment");
	read_method(f, a->proofs[a->proof_count].method);
	a->proofs[a->proof_count++].at_ms = f->at_ms;
	sg_enrolment_used(f->state, sg_fold_text_or(f, "enrolment"), sg_fold_int_or(f, "counter", 0));
	a->task->root->steps = 0; /* a person had a say */
	sg_task_no_split(a->task);
	if (sg_requirement_met(&a->requirement, a) && a->state == SG_APPROVAL_OPEN)
		a->state = SG_APPROVAL_GRANTED;
}

static void
refuse(struct sg_fold *f, struct sg_approval *a)
{
	free(a->refusal);
	a->refusal = said(f, "comment");
	sg_fold_end_approval(f->state, a, SG_APPROVAL_DENIED);
}

/* With what it gave, should it be used already. */
static void
take_back(struct sg_state *state, struct sg_approval *a)
{
	bool used = a->state == SG_APPROVAL_CONSUMED;
	sg_fold_end_approval(state, a, SG_APPROVAL_VOID);
	for (struct sg_lease *l = used ? a->task->its_leases : NULL; l != NULL; l = l->next)
		if (strcmp(l->approval, a->id) == 0 && l->state < SG_LEASE_REVOKING)
			sg_fold_end_lease(state, l, SG_LEASE_REVOKING);
}

void
sg_fold_kind_approval(struct sg_fold *f)
{
	struct sg_str event = sg_fold_text(f, "event");
	struct sg_approval *a = sg_state_approval(f->state, sg_fold_text(f, "approval"));
	if (sg_str_is(event, "open"))
		open_approval(f);
	else if (sg_str_is(event, "proof"))
		add_proof(f, a);
	else if (sg_str_is(event, "denied"))
		refuse(f, a);
	else if (sg_str_is(event, "void"))
		take_back(f->state, a);
	else
		sg_fold_end_approval(f->state, a, SG_APPROVAL_EXPIRED);
}

bool
sg_requirement_met(const struct sg_requirement *requirement, const struct sg_approval *approval)
{
	if (requirement->count == 0)
		return false;
	for (size_t i = 0; i < requirement->count; i++) {
		int64_t have = 0;
		for (size_t p = 0; p < approval->proof_count; p++)
			have += strcmp(approval->proofs[p].group, requirement->groups[i].group) == 0 && sg_requirement_takes(requirement, approval->proofs[p].method);
		if (have < requirement->groups[i].quorum)
			return false;
	}
	return true;
}
