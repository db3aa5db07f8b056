/* SPDX-License-Identifier: Apache-2.0
 * Connections from far. Who shares an address with an enforcer, behind a translation of addresses or on its machine, is not told from it until a handshake is
 * over: so nobody is refused for those that have shown nothing; the oldest of them goes. */
#include "gate/desk/desk.h"

#include <stepgate/verify.h>

static bool
is_silent(const struct sg_conn *c)
{
	return c->peer.network && c->presented[SG_PRESENTED_CHAIN - 1].ptr == NULL;
}

struct far {
	size_t silent, shown;
	struct sg_conn *oldest; /* of the silent */
};

/* Of this address, NULL: of all. */
static struct far
count(const struct sg_gate *gate, const unsigned char *address)
{
	struct far far = {0};
	size_t at = 0;
	for (struct sg_conn *c; (c = sg_table_next(&gate->conns, &at)) != NULL;) {
		if (!c->peer.network || (address != NULL && !sg_address_same(c->peer.address, address)))
			continue;
		far.shown += !is_silent(c);
		far.silent += is_silent(c);
		if (is_silent(c) && (far.oldest == NULL || c->id < far.oldest->id))
			far.oldest = c;
	}
	return far;
}

/* Whoever is far has half of the connections and no more: those on this machine are never shut out from there. */
bool
sg_far_room(struct sg_gate *gate, const struct sg_peer *peer, size_t most)
{
	struct far all = count(gate, NULL), here = count(gate, peer->address);
	if (here.shown >= (size_t)gate->catalogue->limits.enforcer_connections)
		return false;
	bool full = all.shown + all.silent >= most / 2, crowded = here.silent >= (size_t)gate->catalogue->limits.uid_connections;
	struct sg_conn *goes = crowded ? here.oldest : full ? all.oldest : NULL;
	if (goes != NULL)
		sg_conn_turn_out(gate, goes);
	return goes != NULL || !full;
}
