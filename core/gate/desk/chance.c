/* SPDX-License-Identifier: Apache-2.0
 * What the system is asked for many at once: randomness, and whether a process lives. */
#include "gate/desk/desk.h"

#include "base/secret.h"

#include <string.h>

bool
sg_gate_random(struct sg_gate *gate, void *out, size_t len)
{
	if (len > sizeof(gate->chance.bytes))
		return false;
	if (gate->chance.left < len) {
		gate->chance.left = 0;
		if (gate->sys->random(gate->sys, gate->chance.bytes, sizeof(gate->chance.bytes)) != 0)
			return false;
		gate->chance.left = sizeof(gate->chance.bytes);
	}
	gate->chance.left -= len;
	unsigned char *from = gate->chance.bytes + gate->chance.left;
	memcpy(out, from, len);
	sg_wipe(from, len);
	return true;
}

bool
sg_peer_lives(struct sg_gate *gate, const struct sg_peer *peer)
{
	bool before = gate->turn != 0 && gate->alive.turn == gate->turn && gate->alive.pid == peer->pid && gate->alive.start_time == peer->start_time;
	if (before && !peer->network && peer->start_time != 0)
		return true;
	if (!gate->sys->peer_alive(gate->sys, peer))
		return false;
	gate->alive.turn = gate->turn;
	gate->alive.pid = peer->pid;
	gate->alive.start_time = peer->start_time;
	return true;
}
