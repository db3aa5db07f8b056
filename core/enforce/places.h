/* SPDX-License-Identifier: Apache-2.0
 * Who is being served: a process for each client, and places for so many. In front of agents each has a share of its own, so that no one of them takes
 * the server from the others. */
#ifndef SG_ENFORCE_PLACES_H
#define SG_ENFORCE_PLACES_H

#include "enforce/mcp.h"

#include <stddef.h>

enum {
	SG_PLACES = 256,       /* sessions of one server; what a gateway gives of them is less by a reserve (base/shares.h) */
	SG_PLACES_LOBBY = 128, /* clients of a gateway that have not yet shown a task; beyond that the one that has said nothing for longest goes */
	SG_PLACES_UID = 32,    /* of these, of one user */
	SG_PLACES_NAME = 256   /* bytes of an agent's name, with its end */
};

/* What a client turned out to be: whose task it showed, and among how many agents the places are shared. */
struct sg_place_wish {
	char agent[SG_PLACES_NAME];
	size_t agents;
};

/* Serves one client, in a process of its own; `desk` leads to who gives places. */
typedef void sg_place_serve(int client, int desk, const struct sg_mcp_options *options);

/* Takes what connects until the listener fails. `admit`: the one uid that is let in, each with a place at once; -1: anybody, who has to ask for a place by
 * sg_place_ask before it is served. A place is free again as soon as its process has ended. Returns an exit code. */
int sg_places_run(int listener, long admit, sg_place_serve *serve, const struct sg_mcp_options *options);

/* In the process of a client: may it be served? False also if nobody answers. */
bool sg_place_ask(int desk, const struct sg_place_wish *wish);

#endif
