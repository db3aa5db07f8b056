/* SPDX-License-Identifier: Apache-2.0
 * Connections from far. Who shares an address with an enforcer, behind a translation of addresses or on its machine, is not told from it until it was found to be
 * one, and anybody can make a certificate: so nobody is refused for those of whom nothing is known; the oldest of them goes. */
#include "gate/desk/desk.h"

/* Whoever is far has half of the connections and no more: those on this machine are never shut out from there. */
bool
sg_far_room(struct sg_gate *gate, const struct sg_peer *peer, size_t most)
{
	char name[33];
	sg_address_name(peer->address, name);
	const struct sg_crowd *here = sg_crowd_find(gate, name);
	size_t unknown = here == NULL ? 0 : here->far.count, known = here == NULL ? 0 : here->count - unknown;
	const struct sg_heap *all = &gate->places[SG_HOLD_FAR];
	if (known >= (size_t)gate->catalogue->limits.enforcer_connections)
		return false;
	bool full = all->count + gate->places[SG_HOLD_FAR_KNOWN].count >= most / 2, crowded = unknown >= (size_t)gate->catalogue->limits.uid_connections;
	if (crowded)
		sg_conn_turn_out(gate, SG_HEAP_OF(here->far.top, struct sg_conn, crowd_place));
	else if (full && all->top != NULL)
		sg_conn_turn_out(gate, SG_HEAP_OF(all->top, struct sg_conn, place));
	else
		return !full;
	return true;
}
