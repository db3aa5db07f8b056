/* SPDX-License-Identifier: Apache-2.0
 * Whether a process lives: asked once a turn of the loop. */
#include "gate/desk/desk.h"

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
