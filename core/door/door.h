/* SPDX-License-Identifier: Apache-2.0
 * A door: the process that reads the bytes of one face and turns them into canonical frames for the gate. It holds its connections and
 * nothing else: no state, no files, no other face. */
#ifndef SG_DOOR_DOOR_H
#define SG_DOOR_DOOR_H

#include "frame/routes.h"

/* As it began; a reload changes all but the handshake's (frame/limits.h). */
struct sg_door_limits {
	size_t max_body;                 /* bytes */
	size_t connections;              /* of this door */
	int64_t head_ms, body_ms, idle_ms; /* absolute: from the first byte of a head, from the end of the head, from the last answer */
	int64_t handshake_ms;            /* TLS: from the connection to the end of the handshake */
	uint32_t requests;               /* on one connection, then it is closed */
};

struct sg_door_process {
	int gate;   /* stream socket to the gate; owned */
	int parent; /* pid of the supervisor: the door dies with it */
	enum sg_face face;
	bool tls; /* its connections speak TLS; then: */
	int certificate, key; /* PEM; closed once they are read */
	struct sg_door_limits limits;
};

/* The whole life of a door, after fork: confines itself, then serves until the gate closes the link. Returns the exit status. */
int sg_door_run(const struct sg_door_process *how);

#endif
