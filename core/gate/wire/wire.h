/* SPDX-License-Identifier: Apache-2.0
 * Events: what happens to a gate. Each finds what it is about and hands it on. */
#ifndef SG_GATE_WIRE_WIRE_H
#define SG_GATE_WIRE_WIRE_H

#include "gate/desk/revoking.h"
#include "gate/people/people.h"

/* Everything the gate starts from. `journal_folder` and `keys_folder` stay open and owned by the caller. */
struct sg_gate_start {
	const struct sg_sys *sys;
	struct sg_ports ports;
	struct sg_str document; /* configuration, canonical */
	int journal_folder, keys_folder;
	const unsigned char *state_key; /* SG_KEY_BYTES */
	const char *boot_id;
};

/* Recovers from the journal and appends the start leaf. Errors of sg_catalogue_create, sg_journal_open, sg_state_fold: do not start. */
enum sg_status sg_gate_create(struct sg_gate **out, const struct sg_gate_start *start, struct sg_err *err);
void sg_gate_destroy(struct sg_gate *gate);
/* A request, as the door parsed it. False if this connection may not send it: the door that did is to be killed. */
bool sg_gate_request(struct sg_gate *gate, uint64_t conn, unsigned route, struct sg_str argument, struct sg_str body);
/* Policy answered (`answer` canonical JSON), or did not: then `answer` is {NULL, 0} and `why` says so. */
void sg_gate_judged(struct sg_gate *gate, uint64_t id, struct sg_str answer, enum sg_reason why);
/* Somebody waits for that call still, and what it would make has not been taken back. */
bool sg_gate_wants(struct sg_gate *gate, uint64_t id);
/* Whoever waits for that call has waited for too long; it may still be under way. */
void sg_gate_unanswered(struct sg_gate *gate, uint64_t id);
/* A host answered, or did not ({NULL, 0}); once for each call that was taken, whether anybody waits or not. */
void sg_gate_called(struct sg_gate *gate, uint64_t id, struct sg_str answer);
/* Time passed; call at least each 100 ms. */
void sg_gate_tick(struct sg_gate *gate);
/* A configuration is in force from now on. SG_MALFORMED keeps the old one. */
enum sg_status sg_gate_configure(struct sg_gate *gate, struct sg_str document, struct sg_err *err);
/* What the configuration in force no longer carries falls: tasks of agents and owners that are gone, approvals, credentials. At a start, a reload, and when the
 * journal is open again. */
/* Called by the desk once the disk takes leaves again. */
void sg_gate_reopened(struct sg_gate *gate);
void sg_gate_uphold(struct sg_gate *gate);
/* Appends the stop leaf; the caller then commits what is pending. */
void sg_gate_stop(struct sg_gate *gate);
/* Once all of it is on the disk: in dev mode the state is compared with the fold of its journal, and what differs is said on stderr with these words. */
#define SG_DRIFT_WORDS "the state is not the fold of its journal"
void sg_gate_stopped(struct sg_gate *gate);

#endif
