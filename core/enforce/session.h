/* SPDX-License-Identifier: Apache-2.0
 * One MCP session's descriptors and processes: lines cut from streams, a server started in a process group of its own and ended in order. */
#ifndef SG_ENFORCE_SESSION_H
#define SG_ENFORCE_SESSION_H

#include "enforce/proxy.h"

#include <sys/types.h>

struct sg_session {
	int client_in, client_out; /* the agent's side */
	int server_in, server_out; /* the server's side: written, read */
	pid_t server;              /* 0: not our child */
};

/* Starts `argv` with its own process group; its standard input and output become session->server_in and server_out. False with a line on stderr. */
bool sg_session_start(struct sg_session *session, char *const *argv);

/* Relays until one side ends. Returns the server's exit status (128 + signal if killed), or 0 if it is not our child. */
int sg_session_run(struct sg_session *session, struct sg_proxy *proxy);

/* Relays bytes without looking at them, both ways, until one side ends. */
int sg_session_relay(struct sg_session *session);

#endif
