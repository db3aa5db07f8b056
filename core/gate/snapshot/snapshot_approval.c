/* SPDX-License-Identifier: Apache-2.0
 * One approval's line. */
#include "gate/snapshot/snapshot_out.h"

#include "base/str.h"
#include "gate/state/requirement.h"
#include "gate/state/values.h"

static void
write_people(struct sg_json_writer *w, const struct sg_approval *a)
{
	sg_jw_name(w, "groups");
	sg_jw_array(w);
	for (size_t i = 0; i < a->requirement.count; i++) {
		sg_jw_text(w, a->requirement.groups[i].group);
		sg_jw_int(w, a->requirement.groups[i].quorum);
	}
	sg_jw_end(w);
}

static void
write_proofs(struct sg_json_writer *w, const struct sg_approval *a)
{
	sg_jw_name(w, "proofs");
	sg_jw_array(w);
	for (size_t i = 0; i < a->proof_count; i++) {
		sg_jw_text(w, a->proofs[i].human);
		sg_jw_text(w, a->proofs[i].group);
		sg_jw_int(w, a->proofs[i].at_ms);
		sg_jw_int(w, a->proofs[i].uid);
		sg_line_hex(w, a->proofs[i].person);
	}
	sg_jw_end(w);
}

/* Method, device and comment of each proof: beside them, since a snapshot of before has five members a proof. */
static void
write_said(struct sg_json_writer *w, const struct sg_approval *a)
{
	sg_jw_name(w, "said");
	sg_jw_array(w);
	for (size_t i = 0; i < a->proof_count; i++) {
		sg_jw_text(w, a->proofs[i].method);
		sg_jw_text(w, a->proofs[i].device != NULL ? a->proofs[i].device : "");
		sg_jw_text(w, a->proofs[i].comment != NULL ? a->proofs[i].comment : "");
	}
	sg_jw_end(w);
}

static void
write_reasons(struct sg_json_writer *w, const struct sg_approval *a)
{
	sg_jw_name(w, "reasons");
	if (!a->reasons_known) {
		sg_jw_null(w);
		return;
	}
	sg_jw_array(w);
	for (size_t i = 0; i < a->reason_count; i++) {
		sg_line_hex(w, a->reasons[i].rule);
		sg_line_hex(w, a->reasons[i].words);
	}
	sg_jw_end(w);
}

void
sg_snapshot_approval(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_approval *a = value;
	sg_line_begin(o);
	sg_jw_member_text(&o->w, "agent", a->agent);
	sg_jw_member_text(&o->w, "asked", a->asked);
	sg_jw_member_text(&o->w, "asker", a->asker);
	sg_jw_member_int(&o->w, "asker_uid", a->asker_uid);
	sg_jw_member_text(&o->w, "config", a->config);
	sg_jw_member_text(&o->w, "digest", a->digest);
	sg_line_deadline(o, "ends", &a->ends);
	write_people(&o->w, a);
	sg_jw_member_text(&o->w, "id", a->id);
	sg_jw_member_text(&o->w, "k", "approval");
	char labels[17];
	sg_value_hex(a->labels, labels);
	sg_jw_member_text(&o->w, "labels", labels);
	sg_jw_member_int(&o->w, "leaf", (int64_t)a->leaf);
	sg_jw_member_int(&o->w, "level", a->level);
	sg_jw_member_int(&o->w, "life", a->life_ms);
	if (a->requirement.method_count > 0)
		sg_write_methods(&o->w, &a->requirement);
	sg_jw_member_int(&o->w, "opened", a->opened_ms);
	sg_jw_member_text(&o->w, "opener", a->opener);
	sg_jw_member_text(&o->w, "owner", a->owner);
	sg_jw_member_text(&o->w, "policy", a->policy);
	write_proofs(&o->w, a);
	write_reasons(&o->w, a);
	if (a->refusal != NULL)
		sg_jw_member_text(&o->w, "refusal", a->refusal);
	sg_line_tag(&o->w, "rule_tag", a->rule);
	write_said(&o->w, a);
	sg_jw_member_text(&o->w, "say", a->say);
	sg_jw_member_int(&o->w, "state", a->state);
	sg_jw_member_text(&o->w, "task", a->task->id);
	sg_jw_member_int(&o->w, "v", a->v);
	sg_line_end(o);
}
