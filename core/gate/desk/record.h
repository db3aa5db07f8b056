/* SPDX-License-Identifier: Apache-2.0
 * Leaves: written, owed while a disk fails, counted where there is none. */
#ifndef SG_GATE_DESK_RECORD_H
#define SG_GATE_DESK_RECORD_H

#include "gate/desk/request.h"

enum sg_status sg_record(struct sg_gate *gate, const char *kind, struct sg_str body, struct sg_str input, uint64_t *number,
			 struct sg_err *err);
/* The same where it is known what was written (json_tape.h): `typed`, whose text the body is, is folded without being read again; NULL: it is read. */
enum sg_status sg_record_typed(struct sg_gate *gate, const char *kind, struct sg_str body, const struct sg_json *typed, struct sg_str input, uint64_t *number);
/* What is so whether it can be recorded or not, and changes nothing in the state: where it cannot be recorded now, its record is owed. The leaf's number, which
 * is on disk once it is synced; 0: it has none yet. */
uint64_t sg_record_or_owe(struct sg_gate *gate, const char *kind, struct sg_str body);
void sg_write_deadline(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_deadline *deadline);
/* What both clocks show now. */
void sg_write_clock(struct sg_json_writer *w, const struct sg_gate *gate);
/* How: "closed" (with what stands below it), "frozen", "thawed"; `by` whom: an operator, "agent:NAME", "enforcer:NAME", "stepgate"; `why` a word of ours.
 * False: it could not be recorded; *number: of its leaf, may be NULL. */
bool sg_record_task(struct sg_gate *gate, const struct sg_task *task, const char *how, struct sg_str by, const char *why, uint64_t *number);
/* held.c. Leaves of this kind stop somebody or something: they are held whatever there is of them, and what was said last of one thing counts. */
bool sg_kind_stops(const char *kind);
/* The daemon itself ends a task. */
bool sg_end_task(struct sg_gate *gate, const struct sg_task *task, const char *why);
/* Stops an agent, or (`agent` empty) all, or lifts that. *number: of its leaf; 0: there is no disk, and it is owed. False: it is not in force; a lift is in force
 * once it is recorded alone. */
bool sg_record_kill(struct sg_gate *gate, struct sg_str agent, bool lift, struct sg_str by, struct sg_str why, uint64_t *number);
/* "active": r->lease is handed out. */
bool sg_record_handed(struct sg_gate *gate, const struct sg_request *request);
/* Why of a lease whose time is over: the next gate finds that out by itself. */
#define SG_LEASE_EXPIRED "expired"
/* A revocation is owed, and in force, where the journal is closed. False: it could be neither. */
bool sg_record_lease(struct sg_gate *gate, const char *lease, const char *state, struct sg_str by, const char *why);
bool sg_record_withheld(struct sg_gate *gate, struct sg_request *request, enum sg_reason reason);
bool sg_random_id(struct sg_gate *gate, const char *prefix, char out[SG_ID_MAX]);
void sg_gap_count(struct sg_gate *gate, int which, enum sg_reason reason);
/* After a failed sync: what was appended and lost becomes what is owed, the state is made anew from what was synced (I1), and what is owed is in force over it. */
void sg_gate_lost(struct sg_gate *gate);
/* Writes what is owed, as far as the journal takes it, and folds it as recorded. Makes the state anew, as sg_gate_lost does: nothing that points into it may be
 * in use. */
void sg_gate_pay(struct sg_gate *gate);
/* One of what is owed. Errors of sg_journal_append. */
enum sg_status sg_record_paid(struct sg_gate *gate, const char *kind, struct sg_str body, uint64_t *number);
/* The oldest part of the journal is deleted: up to `cut`, from leaf `first` on (0: nobody knows any more), and why. False: it could not be recorded. */
bool sg_record_cut(struct sg_gate *gate, const struct sg_cut *cut, uint64_t first, const char *why);
void sg_gate_forget_owed(struct sg_gate *gate);
/* Keeps a body that could not be recorded, to be appended when the journal opens again. False: no memory. */
bool sg_gate_owe(struct sg_gate *gate, const char *kind, struct sg_str body);
/* Folded, and appended once there is room; held nowhere beside: the next gate finds it out by itself, as what time alone ends. False: no memory, or it cannot be folded. */
bool sg_owe_known(struct sg_gate *gate, const char *kind, struct sg_str body);
/* The same, and it is in force from now on (I7). False: no memory, or it cannot be folded. */
bool sg_owe_folded(struct sg_gate *gate, const char *kind, struct sg_str body);
/* True if it would be folded now: its form and what it stands on are there. Touches nothing. */
bool sg_may_be_folded(struct sg_gate *gate, const char *kind, struct sg_str body);
/* Has the supervisor keep what is in force and not recorded, for the gate after this one. Of what stops nothing it keeps a bounded amount, and says so. */
void sg_gate_hold(struct sg_gate *gate, const char *kind, struct sg_str body);
/* Once all that is held outside is durable, it need not be any more. */
void sg_gate_release_held(struct sg_gate *gate);
/* held.c. Whatever was handed over is recorded, or held anew. */
void sg_gate_inherited_all(struct sg_gate *gate);
/* {"body","kind"}: what a gate before this one said was in force and could not record; in force before anybody is answered. What cannot be folded (any more) is
 * passed over, said once on stderr. False: no memory. */
bool sg_gate_held(struct sg_gate *gate, const struct sg_json *held);
void sg_gate_write_gaps(struct sg_gate *gate);
/* Records that somebody was told: `what` a reason's code, `who` a person. */
/* alert.c: a line for the log. */
void sg_gate_warn(const struct sg_gate *gate, struct sg_str about, const char *line);
void sg_alert(struct sg_gate *gate, const char *what, struct sg_str who, struct sg_str agent, struct sg_str task);

#endif
