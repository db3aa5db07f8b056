/* SPDX-License-Identifier: Apache-2.0
 * Taking credentials back. A lease that is being revoked stays so until its issuer has said that it is gone: however long it takes, over restarts. */
#include "gate/desk/revoking.h"

#include "base/str.h"
#include "gate/state/ending.h"
#include "gate/state/holder.h"
#include "gate/state/issued.h"
#include "gate/desk/desk.h"

#include <stdio.h>
#include <stdlib.h>

enum { FAILED_MAX = 160, SHOWN_ISSUERS = 16, PASSED_MOST = 64, MORE_EACH = 32 /* answers, until those that had no room are told again */, OWED_ENDS = 8192 /* leases that run out while there is no disk: others wait for it */ };

/* ---- telling ---- */

static void
failed(struct sg_gate *gate, struct sg_lease *lease, const char *why)
{
	char line[FAILED_MAX + 128];
	bool again = lease->failed != NULL && strcmp(lease->failed, why) == 0;
	if (!again) {
		free(lease->failed);
		lease->failed = strdup(why);
		sg_lease_recount(lease, &gate->state.now);
	}
	if (again || !sg_issuer_fails(gate, sg_str(lease->issuer), true))
		return; /* said once for an issuer, not once for each credential */
	snprintf(line, sizeof(line), "ALERT    issue.%s does not take back what it gave: %s", lease->issuer, why);
	sg_gate_warn(gate, SG_STR(""), line);
}

/* By the clock that says more: one that was set forward leaves what was given as long as it was. */
static int64_t
left_ms(const struct sg_lease *lease, const struct sg_clock *now)
{
	int64_t wall = lease->ends.wall_ms - now->wall_ms, boot = (lease->ends.boot - now->boot) / SG_MSEC;
	return wall > boot ? wall : boot;
}

static void
write_call(struct sg_buf *call, const struct sg_lease *lease, const struct sg_clock *now)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, call);
	sg_jw_object(&w);
	sg_jw_member_int(&w, "exp", (now->wall_ms + left_ms(lease, now) + 999) / 1000);
	sg_jw_member_str(&w, "lease", sg_str(lease->id));
	sg_jw_member_int(&w, "now", now->wall_ms / 1000);
	sg_jw_member_text(&w, "verb", lease->handed ? "revoke" : "reap"); /* nobody ever had it: there is nothing to warn others of */
	sg_jw_end(&w);
}

/* An operator's word stands behind it: no agent's own comings and goings are before it in line. */
static bool
is_stopped(const struct sg_gate *gate, const struct sg_lease *lease)
{
	return lease->stopped || sg_state_killed(&gate->state, sg_str(lease->agent)) || lease->task->state == SG_TASK_KILLED;
}

enum { IN_TURN = 1, BEFORE_ALL = 2 };

static void
told(struct sg_gate *gate, struct sg_lease *lease)
{
	unsigned pause = lease->tries < 5 ? 2U << lease->tries : SG_REVOKE_PAUSE_S;
	lease->again = gate->state.now.boot + (sg_time)pause * SG_SEC;
	lease->tries++;
	sg_lease_recount(lease, &gate->state.now);
}

/* False: its issuer has no room for more of that agent's now. It is due as it was. */
static bool
tell_issuer(struct sg_gate *gate, struct sg_lease *lease, bool first)
{
	struct sg_buf call;
	unsigned char place = first || is_stopped(gate, lease) ? BEFORE_ALL : IN_TURN;
	if (lease->making || lease->lined >= place)
		return true; /* once it is made, or is not (making.c); in its turn */
	sg_buf_init(&call, 4096);
	write_call(&call, lease, &gate->state.now);
	enum sg_called called = call.failed ? SG_CALL_AWAY : gate->ports.take_back(gate->ports.self, sg_str(lease->issuer), lease->by, sg_str(lease->agent), place == BEFORE_ALL, sg_buf_view(&call));
	sg_buf_done(&call);
	gate->revoking_more |= called == SG_CALL_BUSY;
	if (called == SG_CALL_LINED)
		lease->lined = place;
	else if (called != SG_CALL_BUSY)
		told(gate, lease);
	/* a host that is away hears of it later: the lease stays revoking, and where it is asked for it is refused all the same */
	if (called == SG_CALL_AWAY)
		failed(gate, lease, "issue_unavailable: it is away");
	return called != SG_CALL_BUSY;
}

bool
sg_revoke_in_turn(struct sg_gate *gate, struct sg_str request, bool lost)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 16 << 10);
	bool read = sg_canon_parse(&arena, request, NULL, &json, NULL) == SG_OK;
	struct sg_lease *lease = read ? sg_state_lease(&gate->state, sg_json_text_at(json, "lease")) : NULL;
	sg_arena_done(&arena);
	bool wanted = lease != NULL && lease->lined > 0 && lease->state != SG_LEASE_DEAD && !lost;
	if (lease != NULL)
		lease->lined = 0;
	if (wanted)
		told(gate, lease);
	return wanted;
}

/* What the daemon itself takes back is told once, and again by the clock; an operator's word is passed on each time. */
bool
sg_lease_revoke(struct sg_gate *gate, struct sg_lease *lease, struct sg_str by, const char *why)
{
	bool first = !sg_str_is(by, "stepgate");
	if (lease->state == SG_LEASE_DEAD)
		return true;
	bool recorded = lease->state >= SG_LEASE_REVOKING || sg_record_lease(gate, lease->id, "revoking", by, why);
	if (!recorded && (!gate->journal.scarce || gate->journal.closed))
		return false;
	if (first || lease->tries == 0)
		tell_issuer(gate, lease, first); /* also where its record waits for room: it is told again behind that */
	return recorded;
}

/* What a task was given before it read from outside is not what it would be given now: what touches confidential things is taken back, wherever the labels
 * went, by trees and domains and those of these. The decision that brought them keeps what it was given. */
void
sg_leases_soaked(struct sg_gate *gate)
{
	for (struct sg_ring *at; !gate->journal.closed && (at = sg_ring_first(gate->state.soaks)) != NULL;) {
		struct sg_task *task = SG_RING_OF(at, struct sg_task, soaks);
		bool good = true;
		for (struct sg_lease *l = task->its_leases; l != NULL; l = l->next)
			if (l->state < SG_LEASE_REVOKING && l->level >= SG_CONFIDENTIAL && l->taint_seq != task->taint.seq)
				good &= sg_lease_revoke(gate, l, SG_STR("stepgate"), "tainted");
		if (!good)
			return; /* again at the next turn */
		sg_ring_leave(&task->soaks);
	}
}

/* Agents for whose leases an issuer has no room just now: so many are passed over, then it has none for anybody. */
struct passed {
	const char *agents[PASSED_MOST];
	size_t count;
};

static bool
is_passed(const struct passed *passed, const struct sg_lease *lease)
{
	for (size_t i = 0; i < passed->count; i++)
		if (strcmp(passed->agents[i], lease->agent) == 0)
			return true;
	return false;
}

static void
tell(struct sg_gate *gate, struct sg_lease *l, struct passed *passed)
{
	bool due = !l->making && (l->tries == 0 || gate->state.now.boot >= l->again);
	bool may = due && (is_stopped(gate, l) || (passed->count < PASSED_MOST && !is_passed(passed, l)));
	sg_lease_recount(l, &gate->state.now);
	if (may && l->counted != 0 && !tell_issuer(gate, l, false) && passed->count < PASSED_MOST)
		passed->agents[passed->count++] = l->agent;
}

/* So many of its own, of those that it has not heard of or of the others, in turn. */
static void
tell_some(struct sg_gate *gate, struct sg_issued *issued, bool fresh, size_t count, struct passed *passed)
{
	struct sg_lease *l;
	for (size_t i = 0; i < count && (l = sg_issued_turn(issued, fresh)) != NULL; i++)
		tell(gate, l, passed);
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

void
sg_leases_revoking(struct sg_gate *gate)
{
	size_t at = 0;
	gate->revoking_more = false;
	gate->revoking_heard = 0;
	for (struct sg_issued *issued; (issued = sg_table_next(&gate->state.issued, &at)) != NULL;) {
		struct passed passed = {.count = 0};
		tell_some(gate, issued, true, least(issued->fresh_count, SG_ROUND_DONE), &passed);
	}
}

/* All that it has heard of, once in a second, a slice in each turn; what it has not comes before. */
static void
tell_again(struct sg_gate *gate, bool begin)
{
	size_t at = 0;
	for (struct sg_issued *issued; (issued = sg_table_next(&gate->state.issued, &at)) != NULL;) {
		struct passed passed = {.count = 0};
		issued->turn = begin ? issued->fresh_count + issued->told_count : issued->turn;
		size_t fresh = least(issued->turn, least(issued->fresh_count, SG_ROUND_SLICE)), told = least(issued->turn - fresh, least(issued->told_count, SG_ROUND_SLICE));
		issued->turn -= fresh > 0 || told > 0 ? fresh + told : issued->turn;
		tell_some(gate, issued, true, fresh, &passed);
		tell_some(gate, issued, false, told, &passed);
	}
}

/* What its issuer made for some seconds lives on until it is told: the end of a lease is no end of an account in a database. Each second all are looked at, a
 * slice in each turn. */
static void
expire(struct sg_gate *gate, bool begin)
{
	size_t slots = SG_ROUND_SLICE, done = 0;
	gate->expiring |= begin;
	if (!gate->expiring)
		return;
	gate->owed_ends = gate->journal.closed ? gate->owed_ends : 0;
	for (struct sg_lease *l; done < SG_ROUND_DONE && (l = sg_table_slice(&gate->state.leases, &gate->expire_at, &slots)) != NULL;) {
		sg_lease_recount(l, &gate->state.now); /* what ran out is counted no more */
		if (l->state < SG_LEASE_REVOKING && l->confirm && sg_deadline_over(&l->ends, &gate->state.now) && gate->owed_ends < OWED_ENDS) {
			done += sg_lease_revoke(gate, l, SG_STR("stepgate"), SG_LEASE_EXPIRED);
			gate->owed_ends += gate->journal.closed;
		}
	}
	gate->expiring = gate->expire_at != 0;
}

void
sg_leases_turn(struct sg_gate *gate)
{
	bool due = gate->state.now.boot >= gate->leases_at;
	expire(gate, due);
	if (due) {
		gate->leases_at = gate->state.now.boot + SG_SEC;
		sg_issuers_turn(gate);
	}
	tell_again(gate, due);
}

/* ---- hearing ---- */

static void
heard(struct sg_gate *gate, struct sg_lease *lease, uint64_t by, const struct sg_json *answer)
{
	char why[FAILED_MAX];
	bool ok = false;
	if (sg_json_bool(sg_json_get(answer, "ok"), &ok) && ok && lease->by != 0 && lease->by != by) {
		failed(gate, lease, "issuer_changed: it was made with another key, option or module, which alone could take it back");
		return;
	}
	if (ok) {
		sg_issuer_fails(gate, sg_str(lease->issuer), false);
		sg_record_lease(gate, lease->id, "dead", SG_STR("stepgate"), "confirmed by its issuer");
		return;
	}
	struct sg_str code = sg_json_text_at(answer, "code"), text = sg_json_text_at(answer, "text");
	snprintf(why, sizeof(why), "%.*s: %.*s", SG_STR_ARG(code), SG_STR_ARG(text));
	failed(gate, lease, why);
}

void
sg_gate_confirmed(struct sg_gate *gate, struct sg_str issuer, uint64_t by, struct sg_str answer)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_str id = {NULL, 0};
	sg_arena_init(&arena, 64 << 10);
	if (sg_canon_parse(&arena, answer, NULL, &json, NULL) == SG_OK && sg_json_string(sg_json_get(json, "lease"), &id)) {
		struct sg_lease *lease = sg_state_lease(&gate->state, id);
		if (lease != NULL && lease->state == SG_LEASE_REVOKING && !lease->making && sg_str_is(issuer, lease->issuer))
			heard(gate, lease, by, json);
	}
	sg_arena_done(&arena);
	if (gate->revoking_more && ++gate->revoking_heard >= MORE_EACH)
		sg_leases_revoking(gate); /* there is room for more */
}

/* ---- showing ---- */

size_t
sg_lease_unconfirmed(const struct sg_gate *gate, struct sg_str issuer)
{
	const struct sg_issued *issued = sg_state_issued(&gate->state, issuer);
	return issued == NULL ? 0 : issued->unconfirmed;
}

void
sg_issuer_hangs(struct sg_gate *gate, struct sg_str issuer, uint64_t by)
{
	struct sg_issued *issued = sg_state_issued(&gate->state, issuer);
	size_t count = issued == NULL ? 0 : least(issued->told_count, SG_ROUND_SLICE);
	for (size_t i = 0; i < count; i++) {
		struct sg_lease *l = sg_issued_turn(issued, false);
		sg_lease_recount(l, &gate->state.now);
		if (l->by == by && l->counted != 0)
			failed(gate, l, "issue_late: it does not answer, and is not ended while it alone can take it back");
	}
}

bool
sg_issuer_owes(const struct sg_gate *gate, struct sg_str issuer, uint64_t by)
{
	return sg_issued_has(sg_state_issued(&gate->state, issuer), by);
}

void
sg_write_failing_issuers(struct sg_json_writer *w, const struct sg_gate *gate)
{
	size_t at = 0, count = 0;
	sg_jw_array(w);
	for (const struct sg_issued *issued; count < SHOWN_ISSUERS && (issued = sg_table_next(&gate->state.issued, &at)) != NULL;)
		if (issued->failing > 0) {
			sg_jw_text(w, issued->issuer);
			count++;
		}
	sg_jw_end(w);
}

/* Whoever verifies it by itself takes it as long as it says, whatever its issuer was told. */
static bool
is_taken_offline(const struct sg_gate *gate, const struct sg_lease *lease)
{
	const struct sg_issuer_told *told = sg_issuer_told(gate, sg_str(lease->issuer));
	return lease->state >= SG_LEASE_REVOKING && lease->handed && (told == NULL || strcmp(told->revocation, "instant") != 0);
}

bool
sg_lease_lives_on(const struct sg_gate *gate, const struct sg_lease *lease)
{
	return lease->state == SG_LEASE_DEAD && is_taken_offline(gate, lease) && left_ms(lease, &gate->state.now) > 0;
}

static void
add_left(struct sg_revoking *sum, const struct sg_gate *gate, const struct sg_longest *longest)
{
	int64_t left = sg_longest_left(longest, &gate->state.now);
	sum->residual_ms = left > sum->residual_ms ? left : sum->residual_ms;
}

static void
add_back(struct sg_revoking *sum, const struct sg_gate *gate, const struct sg_issued *issued)
{
	const struct sg_issuer_told *told = sg_issuer_told(gate, sg_str(issued->issuer));
	sum->open += (int64_t)(issued->fresh_count + issued->told_count);
	sum->failing += (int64_t)issued->failing;
	if (issued->fresh_count + issued->told_count > 0)
		add_left(sum, gate, &issued->open);
	if (told == NULL || strcmp(told->revocation, "instant") != 0)
		add_left(sum, gate, &issued->handed);
}

/* What may be taken back in slices that are not done yet: no token of it is worth anything, and no issuer has heard of it. */
static void
add_stopped(struct sg_revoking *sum, const struct sg_gate *gate)
{
	size_t at = 0, most = 0;
	for (const struct sg_ending *e; (e = sg_table_next(&gate->state.endings, &at)) != NULL;) {
		bool of_agent = strncmp(e->key, "agent:", 6) == 0;
		const struct sg_holder *holder = of_agent ? sg_state_holder(&gate->state, sg_str(e->key + 6)) : NULL;
		most += !of_agent ? gate->state.live_leases : holder != NULL ? holder->given : 0;
	}
	sum->open += (int64_t)least(most, gate->state.live_leases);
	add_left(sum, gate, &gate->state.longest_lease);
}

struct sg_revoking
sg_revoking_now(const struct sg_gate *gate)
{
	struct sg_revoking sum = {0};
	size_t at = 0;
	if (gate->state.endings.count > 0)
		add_stopped(&sum, gate);
	for (const struct sg_issued *issued; (issued = sg_table_next(&gate->state.issued, &at)) != NULL;)
		add_back(&sum, gate, issued);
	return sum;
}
