/* SPDX-License-Identifier: Apache-2.0
 * A gate, from its start to its end. */
#include "gate/wire/wire.h"

#include "base/err.h"
#include "base/secret.h"
#include "base/str.h"
#include "gate/decide/sight.h"
#include "gate/desk/lost.h"
#include "gate/journal/pulse.h"
#include "gate/people/sign_in.h"
#include "gate/snapshot/drift.h"
#include "gate/wire/copy.h"
#include "gate/wire/inspect.h"
#include "gate/wire/remember.h"

#include <stdio.h>
#include <stdlib.h>

static void
record_start(struct sg_gate *gate, size_t torn)
{
	struct sg_buf body;
	char fingerprint[33];
	sg_state_fingerprint(&gate->state, fingerprint);
	sg_buf_init(&body, 1024);
	sg_buf_printf(&body, "{\"boot_id\":\"%s\",\"key\":\"%s\",\"mode\":\"%s\",\"torn\":%zu,\"version\":\"%s\"}", gate->state.boot_id, fingerprint,
		      gate->catalogue->dev ? "dev" : "enforce", torn, SG_VERSION);
	sg_record(gate, "start", sg_buf_view(&body), SG_STR(""), NULL, NULL);
	sg_buf_done(&body);
}

/* What was being issued when the last gate died never reached anybody for certain: it is revoked. */
static void
revoke_pending(void *to, struct sg_lease *lease)
{
	struct sg_gate *gate = to;
	if (lease->state == SG_LEASE_PENDING)
		sg_record_lease(gate, lease->id, "revoking", SG_STR("stepgate"), "pending at restart");
}

static enum sg_status
recover(struct sg_gate *gate, const struct sg_gate_start *start, struct sg_err *err)
{
	size_t torn = 0;
	enum sg_status status = sg_gate_recall(gate, start, &torn, err);
	if (status != SG_OK)
		return status;
	gate->recovered = true;
	sg_gate_now(gate);
	sg_pulse_take_up(gate->state.now.boot + gate->catalogue->limits.hang_refusal * SG_MSEC);
	record_start(gate, torn);
	sg_lost_accepted(gate);
	gate->hooks_lost = true; /* nobody is asking about any */
	sg_gate_uphold(gate);
	sg_state_pending(&gate->state, revoke_pending, gate);
	sg_gate_inspect(gate);
	return SG_OK;
}

enum sg_status
sg_gate_create(struct sg_gate **out, const struct sg_gate_start *start, struct sg_err *err)
{
	struct sg_gate *gate = calloc(1, sizeof(*gate));
	uint64_t seed = 0;
	if (gate == NULL)
		return sg_fail(err, SG_NOMEM, "no_memory", "no memory for the gate");
	gate->sys = start->sys;
	gate->ports = start->ports;
	gate->reopened = sg_gate_reopened;
	gate->next_id = 1;
	gate->snapshot_end = gate->inspect_end = -1;
	sg_buf_init(&gate->jwks, 64 << 10);
	sg_buf_init(&gate->layers, 64 << 10);
	sg_arena_init(&gate->manifest_arena, 64 << 20);
	enum sg_status status = sg_random(&seed, sizeof(seed), err);
	sg_table_init(&gate->conns, seed);
	sg_table_init(&gate->requests, seed);
	sg_table_init(&gate->crowds, seed);
	sg_table_init(&gate->flights, seed);
	sg_table_init(&gate->sign_ins, seed);
	sg_table_init(&gate->making, seed);
	sg_table_init(&gate->buckets, seed);
	if (status == SG_OK)
		status = sg_state_init(&gate->state, start->state_key, start->boot_id, err);
	sg_gate_now(gate);
	if (status == SG_OK)
		status = sg_gate_configure(gate, start->document, err);
	if (status == SG_OK)
		status = recover(gate, start, err);
	if (status != SG_OK) {
		sg_gate_destroy(gate);
		return status;
	}
	*out = gate;
	return SG_OK;
}

void
sg_gate_destroy(struct sg_gate *gate)
{
	if (gate == NULL)
		return;
	size_t at = 0;
	for (struct sg_request *r; (r = sg_table_next(&gate->requests, &at)) != NULL;)
		sg_request_end(gate, r);
	at = 0;
	for (struct sg_conn *c; (c = sg_table_next(&gate->conns, &at)) != NULL;)
		sg_gate_disconnect(gate, c->id);
	at = 0;
	for (struct sg_bucket *b; (b = sg_table_next(&gate->buckets, &at)) != NULL;) {
		free(b->key);
		free(b);
	}
	sg_table_done(&gate->conns);
	sg_table_done(&gate->requests);
	sg_table_done(&gate->crowds);
	sg_table_done(&gate->flights);
	sg_sign_ins_done(gate);
	sg_makings_done(gate);
	sg_table_done(&gate->buckets);
	sg_gate_forget_owed(gate);
	sg_gate_inherited_all(gate);
	sg_copy_forget(&gate->snapshot_end);
	sg_copy_forget(&gate->inspect_end);
	sg_journal_close(&gate->journal);
	sg_state_done(&gate->state);
	sg_catalogue_destroy(gate->retired);
	sg_catalogue_destroy(gate->catalogue);
	sg_arena_done(&gate->manifest_arena);
	sg_buf_done(&gate->jwks);
	sg_issuers_done(gate);
	sg_buf_done(&gate->layers);
	sg_wipe(gate, sizeof(*gate));
	free(gate);
}

void
sg_gate_stop(struct sg_gate *gate)
{
	gate->stopping = true;
	sg_gate_now(gate); /* the clock may have been set since the last turn, and this leaf is what the next start goes by */
	sg_gate_write_gaps(gate);
	sg_record(gate, "stop", SG_STR("{}"), SG_STR(""), NULL, NULL);
}

void
sg_gate_stopped(struct sg_gate *gate)
{
	const struct sg_journal *j = &gate->journal;
	struct sg_buf told;
	if ((!gate->catalogue->dev && getenv("STEPGATE_CHECK_FOLD") == NULL) || j->closed || gate->owed != NULL || j->appended != j->durable)
		return;
	sg_buf_init(&told, SG_DRIFT_TOLD);
	if (!sg_state_is_fold(&gate->state, j, &told))
		fprintf(stderr, "stepgated: gate: " SG_DRIFT_WORDS ": %.*s\n", (int)told.len, told.len > 0 ? told.ptr : "");
	sg_buf_done(&told);
}
