/* SPDX-License-Identifier: Apache-2.0
 * Judging the wall clock by the record and by the time that passed. */
#include "gate/desk/wall.h"

#include "base/str.h"
#include "gate/desk/desk.h"

#include <inttypes.h>
#include <stdio.h>

static int64_t
passed_ms(const struct sg_wall *w, sg_time boot)
{
	return (boot - w->boot) / SG_MSEC;
}

/* What the clock may say at most; INT64_MAX where nothing is recorded yet. */
static int64_t
latest(const struct sg_gate *gate, sg_time boot, int64_t *expected)
{
	const struct sg_wall *w = &gate->wall;
	int64_t last = gate->journal.last_at_ms, passed = w->boot != 0 ? w->wall_ms + passed_ms(w, boot) : last;
	*expected = passed > last ? passed : last;
	if (!w->anchored && last == 0)
		return INT64_MAX;
	return *expected + (w->anchored ? gate->catalogue->limits.clock_jump : SG_CLOCK_START_MS);
}

/* At the start: within one run of the machine the last leaf that told both clocks says what this one must show by now. In another run time goes on from the
 * last leaf, until a clock is believed. */
static struct sg_wall
at_start(const struct sg_gate *gate, sg_time boot)
{
	const struct sg_steady *s = &gate->state.steady;
	if (s->boot_id[0] != '\0' && strcmp(s->boot_id, gate->state.boot_id) == 0 && s->at.boot <= boot)
		return (struct sg_wall){.anchored = true, .wall_ms = s->at.wall_ms, .boot = s->at.boot};
	return (struct sg_wall){.anchored = false, .wall_ms = gate->journal.last_at_ms, .boot = boot};
}

int64_t
sg_wall_now(struct sg_gate *gate, int64_t wall_ms, sg_time boot)
{
	struct sg_wall *w = &gate->wall;
	int64_t expected = 0;
	if (gate->catalogue == NULL || !gate->recovered)
		return wall_ms;
	if (w->boot == 0)
		*w = at_start(gate, boot);
	int64_t most = latest(gate, boot, &expected);
	w->ahead_ms = wall_ms > most ? wall_ms - expected : 0;
	if (w->ahead_ms == 0 && wall_ms >= gate->journal.last_at_ms)
		*w = (struct sg_wall){true, wall_ms, boot, 0, w->said};
	gate->journal.cap_ms = w->ahead_ms > 0 ? expected : 0;
	return w->ahead_ms > 0 ? expected : wall_ms;
}

enum sg_reason
sg_wall_good(const struct sg_gate *gate)
{
	if (gate->wall.ahead_ms > 0)
		return SG_REASON_clock_ahead;
	return sg_journal_clock_behind(&gate->journal) > SG_CLOCK_BEHIND_MS ? SG_REASON_clock_behind : SG_REASON_allowed;
}

static const char *
state_name(enum sg_reason reason)
{
	return reason == SG_REASON_clock_ahead ? "ahead" : reason == SG_REASON_clock_behind ? "behind" : "good";
}

void
sg_write_wall(struct sg_json_writer *w, const struct sg_gate *gate)
{
	sg_jw_object(w);
	sg_jw_member_int(w, "ahead_ms", gate->wall.ahead_ms);
	sg_jw_member_int(w, "behind_ms", sg_journal_clock_behind(&gate->journal));
	sg_jw_member_text(w, "state", state_name(sg_wall_good(gate)));
	sg_jw_end(w);
}

void
sg_wall_turn(struct sg_gate *gate)
{
	enum sg_reason reason = sg_wall_good(gate);
	bool wrong = reason != SG_REASON_allowed;
	if (wrong == gate->wall.said)
		return;
	gate->wall.said = wrong;
	char line[200];
	int64_t by = gate->wall.ahead_ms > 0 ? gate->wall.ahead_ms : sg_journal_clock_behind(&gate->journal);
	if (wrong)
		snprintf(line, sizeof(line), "ALERT    the clock stands %" PRId64 " s %s; nothing is allowed until it is set right, or stepgate clock accept", by / 1000,
			 gate->wall.ahead_ms > 0 ? "ahead of the record and of the time since" : "behind the record");
	else
		snprintf(line, sizeof(line), "the clock is right again");
	sg_gate_warn(gate, SG_STR(""), line);
}

void
sg_gate_now(struct sg_gate *gate)
{
	gate->state.now.boot = gate->sys->boot_time(gate->sys);
	gate->state.now.wall_ms = sg_wall_now(gate, gate->sys->wall_time(gate->sys) / SG_MSEC, gate->state.now.boot);
}
