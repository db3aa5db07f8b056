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

enum sg_hold
sg_hold_least(bool named)
{
	return named ? SG_HOLD_KNOWN_IDLE : SG_HOLD_IDLE;
}

static size_t
strangers(const struct sg_gate *gate)
{
	return gate->places[SG_HOLD_IDLE].count + gate->places[SG_HOLD_STRANGE].count;
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
	struct sg_heap_place *oldest = NULL;
	for (int hold = SG_HOLD_IDLE; oldest == NULL && hold <= (int)most; hold++)
		oldest = gate->places[hold].top;
	if (oldest != NULL)
		sg_conn_turn_out(gate, SG_HEAP_OF(oldest, struct sg_conn, place));
	return oldest != NULL;
}

bool
sg_conn_room(struct sg_gate *gate, const struct sg_peer *peer, size_t most)
{
	bool named = !peer->network && sg_uid_named(gate->catalogue, peer->uid);
	if (!named && !peer->network && strangers(gate) >= most / SG_STRANGERS_PART)
		return make_room(gate, sg_hold_least(false));
	return gate->conns.count < most || make_room(gate, sg_hold_least(named));
}
