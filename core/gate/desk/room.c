/* SPDX-License-Identifier: Apache-2.0
 * Who finds place where connections or doors run out. A user may have as many uids as a user namespace gives, so a bound on each uid holds nobody back: what
 * counts is what the configuration says. Whoever a stanza names by uid has place before all others; of these, whoever an agent or an enforcer was
 * found to be goes before those of whom nothing is known, and of those what nobody waits for before what is being worked on. */
#include "gate/desk/desk.h"

bool
sg_uid_enforces(const struct sg_catalogue *catalogue, uid_t uid)
{
	bool named = false;
	for (size_t i = 0; !named && i < catalogue->enforcer_count; i++)
		named = sg_match_names_uid(&catalogue->enforcers[i].match, uid);
	return named;
}

bool
sg_uid_named(const struct sg_catalogue *catalogue, uid_t uid)
{
	bool named = sg_catalogue_admin_uid(catalogue, uid) != NULL;
	for (size_t i = 0; !named && i < catalogue->agent_count; i++)
		named = sg_match_names_uid(&catalogue->agents[i].match, uid);
	return named || sg_uid_enforces(catalogue, uid);
}

/* Nobody's work is lost with it: it asked for nothing, or waits. */
static bool
is_idle(struct sg_gate *gate, const struct sg_conn *conn)
{
	const struct sg_request *r = sg_request_find(gate, conn->request);
	return r == NULL || r->stage == SG_STAGE_POLL || r->stage == SG_STAGE_SLOWED;
}

enum sg_hold
sg_conn_hold(struct sg_gate *gate, const struct sg_conn *conn)
{
	if (conn->named || conn->peer.network || conn->face == SG_FACE_ADMIN) /* those from far have a bound and a handshake of their own */
		return SG_HOLD_NAMED;
	bool known = conn->known && !conn->changed, idle = is_idle(gate, conn);
	return known ? (idle ? SG_HOLD_KNOWN_IDLE : SG_HOLD_KNOWN) : (idle ? SG_HOLD_IDLE : SG_HOLD_STRANGE);
}

enum sg_hold
sg_hold_least(bool named)
{
	return named ? SG_HOLD_KNOWN_IDLE : SG_HOLD_IDLE;
}

static size_t
strangers(struct sg_gate *gate)
{
	size_t at = 0, count = 0;
	for (struct sg_conn *c; (c = sg_table_next(&gate->conns, &at)) != NULL;)
		count += sg_conn_hold(gate, c) <= SG_HOLD_STRANGE;
	return count;
}

void
sg_conn_turn_out(struct sg_gate *gate, const struct sg_conn *conn)
{
	uint64_t id = conn->id;
	gate->turned_out++;
	gate->ports.close(gate->ports.self, id);
	sg_gate_disconnect(gate, id);
}

/* The oldest of those that hold least: whoever has just come and is about to ask is not the one. */
static bool
make_room(struct sg_gate *gate, enum sg_hold most)
{
	size_t at = 0;
	struct sg_conn *found = NULL;
	enum sg_hold least = most;
	for (struct sg_conn *c; (c = sg_table_next(&gate->conns, &at)) != NULL;) {
		enum sg_hold hold = sg_conn_hold(gate, c);
		if (hold < least || (hold == least && (found == NULL || c->id < found->id))) {
			found = c;
			least = hold;
		}
	}
	if (found != NULL)
		sg_conn_turn_out(gate, found);
	return found != NULL;
}

bool
sg_conn_room(struct sg_gate *gate, const struct sg_peer *peer, size_t most)
{
	bool named = !peer->network && sg_uid_named(gate->catalogue, peer->uid);
	if (!named && !peer->network && strangers(gate) >= most / SG_STRANGERS_PART)
		return make_room(gate, sg_hold_least(false));
	return gate->conns.count < most || make_room(gate, sg_hold_least(named));
}
