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

/* Relays bytes without looking at them, both ways, until one side ends; what it left is taken to the other for a second at most (relay.c). Returns as
 * sg_session_run. */
int sg_session_relay(struct sg_session *session);

/* Parts of both. The server's end: input closed, two seconds, SIGTERM, two seconds, SIGKILL. */
int sg_session_end(struct sg_session *session);
/* Writes once what there is room for, and drops it. False: nobody reads it any more. */
bool sg_session_send(int fd, struct sg_buf *out);
void sg_session_unblock(int fd);

#endif
