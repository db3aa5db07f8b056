/* SPDX-License-Identifier: Apache-2.0
 * Folding. The steps may have been asked all at once: the answers are folded in the stack's order. */
#include "gate/catalogue/stack.h"

#include "base/canon.h"
#include "base/str.h"

#include <stdlib.h>

static const enum sg_step_act acts[SG_CONTROLS][SG_SAIDS] = {
	/*                   nothing        facts            apart */
	[SG_REQUIRED] =   {SG_STEP_FAIL, SG_STEP_TAKE,   SG_STEP_SKIP},
	[SG_REQUISITE] =  {SG_STEP_STOP, SG_STEP_TAKE,   SG_STEP_SKIP},
	[SG_SUFFICIENT] = {SG_STEP_SKIP, SG_STEP_SETTLE, SG_STEP_SKIP},
	[SG_OPTIONAL] =   {SG_STEP_SKIP, SG_STEP_TAKE,   SG_STEP_SKIP},
};

enum sg_step_act
sg_step_act(enum sg_control control, enum sg_said said)
{
	return (unsigned)control < SG_CONTROLS && (unsigned)said < SG_SAIDS ? acts[control][said] : SG_STEP_FAIL;
}

enum sg_control
sg_control_named(struct sg_str word)
{
	return sg_str_is(word, "requisite") ? SG_REQUISITE : sg_str_is(word, "sufficient") ? SG_SUFFICIENT
						   : sg_str_is(word, "optional") ? SG_OPTIONAL : SG_REQUIRED;
}

bool
sg_stack_fold(const struct sg_stated *steps, size_t count, bool *taken)
{
	bool holds = true, anchored = false, settled = false;
	for (size_t i = 0; i < count; i++) {
		enum sg_control control = steps[i].step.control;
		enum sg_step_act act = sg_step_act(control, steps[i].said);
		if (settled && (control == SG_SUFFICIENT || control == SG_OPTIONAL))
			act = SG_STEP_SKIP;
		taken[i] = act == SG_STEP_TAKE || act == SG_STEP_SETTLE;
		anchored |= taken[i] && control != SG_OPTIONAL;
		settled |= act == SG_STEP_SETTLE;
		holds &= act != SG_STEP_FAIL && act != SG_STEP_STOP;
	}
	return holds && anchored;
}

/* ---- facts ---- */

struct fact {
	char name[128]; /* STEP:fact */
	const struct sg_json *json;
};

/* The bounds of a step's name (63) and of a fact's (48) leave room; what exceeds it is nothing a host may say. */
static bool
gather(struct fact *facts, size_t *count, struct sg_str step, const struct sg_json *said)
{
	for (const struct sg_json *f = sg_json_first(said); f != NULL; f = sg_json_next(said, f)) {
		if (*count == SG_FACTS_COUNT_MAX || step.len + 1 + f->name.len >= sizeof(facts->name))
			return false;
		struct fact *fact = &facts[(*count)++];
		memcpy(fact->name, step.ptr, step.len);
		fact->name[step.len] = ':';
		memcpy(fact->name + step.len + 1, f->name.ptr, f->name.len);
		fact->name[step.len + 1 + f->name.len] = '\0';
		fact->json = f;
	}
	return true;
}

static int
by_name(const void *a, const void *b)
{
	return sg_json_name_cmp(sg_str(((const struct fact *)a)->name), sg_str(((const struct fact *)b)->name));
}

static bool
conflicts(const struct fact *facts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = i + 1; j < count; j++)
			if (sg_str_eq(facts[i].json->name, facts[j].json->name) &&
			    !sg_json_eq(sg_json_get(facts[i].json, "value"), sg_json_get(facts[j].json, "value")))
				return true;
	return false;
}

static void
write_facts(struct sg_buf *out, const struct fact *facts, size_t count)
{
	sg_buf_text(out, "{");
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && strcmp(facts[i - 1].name, facts[i].name) == 0)
			continue; /* a step that read the same from two things presented */
		if (i > 0)
			sg_buf_text(out, ",");
		sg_canon_string(out, sg_str(facts[i].name));
		sg_buf_text(out, ":");
		sg_canon_write(out, facts[i].json);
	}
	sg_buf_text(out, "}");
}

enum sg_reason
sg_stack_facts(const struct sg_stated *steps, size_t count, struct sg_buf *out)
{
	bool taken[SG_STEPS_MAX] = {false};
	size_t found = 0;
	struct fact *facts = count > SG_STEPS_MAX ? NULL : malloc(SG_FACTS_COUNT_MAX * sizeof(*facts));
	bool good = facts != NULL && sg_stack_fold(steps, count, taken);
	for (size_t i = 0; good && i < count; i++)
		for (size_t k = 0; good && taken[i] && k < 2; k++)
			good = gather(facts, &found, steps[i].step.name, steps[i].facts[k]);
	enum sg_reason reason = good ? SG_REASON_allowed : SG_REASON_facts_unavailable;
	if (good && conflicts(facts, found)) {
		reason = SG_REASON_facts_conflict;
	} else if (good) {
		qsort(facts, found, sizeof(*facts), by_name);
		write_facts(out, facts, found);
		if (out->failed)
			reason = SG_REASON_facts_unavailable;
	}
	free(facts);
	return reason;
}
