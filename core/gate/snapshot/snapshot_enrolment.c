/* SPDX-License-Identifier: Apache-2.0
 * Lines of a snapshot about people's devices. */
#include "gate/snapshot/snapshot_in.h"
#include "gate/snapshot/snapshot_out.h"
#include "gate/state/enrolment.h"
#include "gate/state/values.h"

#include "base/str.h"

void
sg_snapshot_enrolment(struct sg_snapshot_out *o, const void *value)
{
	const struct sg_enrolment *e = value;
	sg_line_begin(o);
	sg_jw_member_text(&o->w, "admin", e->admin);
	sg_jw_member_int(&o->w, "at", e->at_ms);
	sg_jw_member_text(&o->w, "by", e->begun_by);
	sg_jw_member_text(&o->w, "code", e->code);
	sg_jw_member_int(&o->w, "counter", e->counter);
	sg_line_deadline(o, "ends", &e->ends);
	sg_jw_member_text(&o->w, "fingerprint", e->fingerprint);
	sg_jw_member_text(&o->w, "id", e->id);
	sg_jw_member_text(&o->w, "k", "enrolment");
	if (e->key != NULL)
		sg_jw_member_text(&o->w, "key", e->key);
	sg_jw_member_text(&o->w, "method", e->method);
	sg_line_tag(&o->w, "person", e->person);
	sg_jw_member_int(&o->w, "state", e->state);
	sg_jw_member_int(&o->w, "uid", e->uid);
	sg_line_end(o);
}

static void
end_enrolment(void *value)
{
	sg_enrolment_free(value);
}

void
sg_read_enrolment_line(struct sg_fold *f)
{
	struct sg_enrolment *e = sg_take_fresh(f, sizeof(*e));
	if (e == NULL)
		return;
	sg_fold_id(f, "id", e->id, sizeof(e->id));
	sg_fold_id(f, "admin", e->admin, sizeof(e->admin));
	sg_fold_id(f, "method", e->method, sizeof(e->method));
	if (sg_fold_get(f, "by") != NULL)
		sg_fold_id(f, "by", e->begun_by, sizeof(e->begun_by));
	sg_fold_id(f, "code", e->code, sizeof(e->code));
	sg_fold_id(f, "fingerprint", e->fingerprint, sizeof(e->fingerprint));
	e->key = sg_fold_get(f, "key") != NULL ? sg_fold_keep(f, "key") : NULL;
	e->ends = sg_fold_deadline(f, "ends");
	e->counter = sg_fold_int(f, "counter");
	e->uid = sg_fold_int(f, "uid");
	e->person = sg_value_unhex(sg_fold_text(f, "person"));
	e->at_ms = sg_fold_int(f, "at");
	e->state = (enum sg_enrolment_state)sg_fold_int(f, "state");
	if (e->state < SG_ENROLMENT_begun || e->state > SG_ENROLMENT_confirmed || (e->state != SG_ENROLMENT_begun && e->key == NULL))
		f->missing = "state";
	sg_take_place(f, &f->state->enrolments, e->id, e, end_enrolment);
}
