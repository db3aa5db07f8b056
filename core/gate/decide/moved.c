/* SPDX-License-Identifier: Apache-2.0
 * Is the past still as policy saw it? The parts that its rules read are written again, by the clock of their question, and compared with it. */
#include "gate/decide/decide.h"
#include "gate/decide/moved.h"
#include "gate/state/history.h"

#include "base/str.h"

enum { PART_MAX = 2 << 20 };

static const struct {
	const char *object, *name; /* where the question has it; object NULL: at its top */
} parts[SG_MOVING_COUNT] = {
#define X(within, field, name) {SG_MOVING_WHERE_##within, field},
#define SG_MOVING_WHERE_REQUEST NULL
#define SG_MOVING_WHERE_TASK "task"
	SG_MOVING_FIELDS(X)
#undef X
};

static const char *const names[SG_MOVING_COUNT] = {
#define X(within, field, name) #name,
	SG_MOVING_FIELDS(X)
#undef X
};

static uint32_t
bit_of(struct sg_str name)
{
	for (int i = 0; i < SG_MOVING_COUNT; i++)
		if (sg_str_is(name, names[i]))
			return UINT32_C(1) << i;
	return (UINT32_C(1) << SG_MOVING_COUNT) - 1;
}

uint32_t
sg_reads_of(const struct sg_json *answer)
{
	const struct sg_json *list = sg_json_get(answer, "read");
	uint32_t reads = 0;
	if (list == NULL)
		return 0;
	if (list->type != SG_JSON_ARRAY)
		return bit_of(SG_STR(""));
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		struct sg_str name = {"", 0};
		sg_json_string(e, &name);
		reads |= bit_of(name);
	}
	return reads;
}

/* `now` holds one value, canonical. */
static bool
differs(const struct sg_json *before, struct sg_buf *now)
{
	struct sg_buf was;
	sg_buf_init(&was, PART_MAX);
	if (before != NULL)
		sg_canon_write(&was, before);
	bool same = before != NULL && !was.failed && !now->failed && sg_str_eq(sg_buf_view(&was), sg_buf_view(now));
	sg_buf_done(&was);
	return !same;
}

static bool
part_moved(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, const struct sg_json *question, enum sg_moving part)
{
	const struct sg_json *in = parts[part].object != NULL ? sg_json_get(question, parts[part].object) : question;
	struct sg_json_writer w;
	struct sg_buf now;
	sg_buf_init(&now, PART_MAX);
	sg_jw_begin(&w, &now);
	sg_write_moving(&w, part, gate, r, task);
	bool moved = differs(sg_json_get(in, parts[part].name), &now);
	sg_buf_done(&now);
	return moved;
}

/* What is not known any more has moved, whatever would be written of it. */
static bool
history_moved(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task, const struct sg_json *question)
{
	struct sg_json_writer w;
	struct sg_buf now;
	if (sg_past_changes(&gate->state, task) == r->past_changes)
		return false; /* none of it is walked again */
	sg_buf_init(&now, PART_MAX);
	sg_jw_begin(&w, &now);
	r->trouble = SG_REASON_allowed; /* of now, not of the question */
	sg_write_history(&w, gate, r, task);
	bool moved = r->trouble != SG_REASON_allowed || differs(sg_json_get(question, "history"), &now);
	sg_buf_done(&now);
	return moved;
}

static bool
any_moved(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	static const struct sg_json_limits limits = {.bytes = PART_MAX, .nodes = 100000};
	const struct sg_json *question = NULL;
	struct sg_arena arena;
	sg_arena_init(&arena, 16 << 20);
	bool moved = sg_canon_parse(&arena, r->input, &limits, &question, NULL) != SG_OK || history_moved(gate, r, task, question);
	for (int part = 0; part < SG_MOVING_COUNT && !moved; part++)
		if ((r->reads >> part & 1) != 0)
			moved = part_moved(gate, r, task, question, (enum sg_moving)part);
	sg_arena_done(&arena);
	return moved;
}

/* By the clock of the question: that time passes is no change. */
bool
sg_past_moved(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	struct sg_clock now = gate->state.now;
	if (r->reads == 0 && !r->asks_past)
		return false;
	gate->state.now = r->judged_at;
	bool moved = any_moved(gate, r, task);
	gate->state.now = now;
	return moved;
}
