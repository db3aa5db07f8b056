/* SPDX-License-Identifier: Apache-2.0
 * Leaves about people's devices. */
#include "gate/state/enrolment.h"
#include "gate/state/fold_in.h"

#include "base/line.h"
#include "base/str.h"

#include <stdlib.h>

const char *
sg_enrolment_state_name(enum sg_enrolment_state state)
{
	static const char *const names[] = {
#define X(name) #name,
		SG_ENROLMENT_STATES(X)
#undef X
	};
	return names[state];
}

struct sg_enrolment *
sg_state_enrolment(const struct sg_state *state, struct sg_str id)
{
	return sg_table_get(&state->enrolments, id);
}

void
sg_enrolment_free(struct sg_enrolment *e)
{
	if (e != NULL)
		free(e->key);
	free(e);
}

bool
sg_enrolment_gives_way(const struct sg_enrolment *e, struct sg_str admin, struct sg_str method, int64_t at_ms)
{
	bool replaced = e->state != SG_ENROLMENT_confirmed && sg_str_is(admin, e->admin) && sg_str_is(method, e->method);
	return replaced || (e->state == SG_ENROLMENT_begun && e->ends.wall_ms < at_ms);
}

static void
make_way(struct sg_fold *f, struct sg_str admin, struct sg_str method)
{
	size_t at = 0;
	for (struct sg_enrolment *e; (e = sg_table_next(&f->state->enrolments, &at)) != NULL;)
		if (sg_enrolment_gives_way(e, admin, method, f->at_ms)) {
			sg_table_take(&f->state->enrolments, sg_str(e->id));
			sg_enrolment_free(e);
		}
}

static void
begin(struct sg_fold *f)
{
	struct sg_enrolment *e = calloc(1, sizeof(*e));
	if (e == NULL) {
		f->missing = "memory";
		return;
	}
	sg_fold_id(f, "enrolment", e->id, sizeof(e->id));
	sg_fold_id(f, "admin", e->admin, sizeof(e->admin));
	sg_fold_id(f, "method", e->method, sizeof(e->method));
	sg_fold_id(f, "code", e->code, sizeof(e->code));
	e->ends = sg_fold_deadline(f, "ends");
	e->uid = sg_fold_int(f, "uid");
	e->person = sg_person_tag(sg_fold_text_or(f, "person"));
	sg_line_join(e->begun_by, sizeof(e->begun_by), "", sg_fold_text_or(f, "by"));
	e->at_ms = f->at_ms;
	if (f->missing != NULL) {
		sg_enrolment_free(e);
		return;
	}
	make_way(f, sg_str(e->admin), sg_str(e->method));
	sg_fold_put(f, &f->state->enrolments, e->id, e);
}

static void
enrol(struct sg_fold *f, struct sg_enrolment *e)
{
	free(e->key);
	e->key = sg_fold_keep(f, "key");
	sg_fold_id(f, "fingerprint", e->fingerprint, sizeof(e->fingerprint));
	e->counter = sg_fold_int(f, "counter");
	if (sg_fold_flag_or(f, "own", false))
		e->begun_by[0] = '\0';
	e->code[0] = '\0'; /* it served */
	e->state = SG_ENROLMENT_enrolled;
}

void
sg_enrolments_drop(struct sg_state *state)
{
	size_t at = 0;
	for (struct sg_enrolment *e; (e = sg_table_next(&state->enrolments, &at)) != NULL;) {
		sg_table_take(&state->enrolments, sg_str(e->id));
		sg_enrolment_free(e);
	}
}

void
sg_enrolment_used(struct sg_state *state, struct sg_str id, int64_t counter)
{
	struct sg_enrolment *e = sg_state_enrolment(state, id);
	if (e != NULL && counter > e->counter)
		e->counter = counter;
}

void
sg_fold_kind_enrolment(struct sg_fold *f)
{
	struct sg_str event = sg_fold_text(f, "event"), id = sg_fold_text(f, "enrolment");
	struct sg_enrolment *e = sg_state_enrolment(f->state, id);
	if (sg_str_is(event, "begun")) {
		begin(f);
		return;
	}
	if (sg_str_is(event, "revoked")) {
		sg_table_take(&f->state->enrolments, id);
		sg_enrolment_free(e);
		return;
	}
	if (sg_str_is(event, "enrolled"))
		enrol(f, e);
	else if (sg_str_is(event, "confirmed"))
		e->state = SG_ENROLMENT_confirmed;
	else {
		sg_enrolment_used(f->state, id, sg_fold_int_or(f, "counter", 0));
		return;
	}
	e->at_ms = f->at_ms;
}
