/* SPDX-License-Identifier: Apache-2.0
 * Listening sockets that whoever starts the daemon hands to it: those that it kept over a restart, so that who connects meanwhile waits instead of failing, and those
 * that it opened itself (sd_listen_fds(3), the protocol alone). The supervisor's, on its one thread. */
#ifndef SG_MAIN_HANDED_H
#define SG_MAIN_HANDED_H

#include <sys/socket.h>
#include <sys/types.h>

enum { SG_HANDED_MOST = 16 /* one more is closed */, SG_HANDED_NAME = 64 /* bytes with the end; a longer name is nobody's */ };

/* Takes LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES out of the environment and keeps the sockets, if they are this process's; no other program gets them. */
void sg_handed_begin(void);
/* The name under which a socket is kept: of a face and of the very file it is bound to. Empty where no socket is at `path`. */
void sg_handed_name(char name[SG_HANDED_NAME], const char *face, const char *path);
/* The listening stream socket that was handed over under `name` and is bound to `address`; -1: none. The caller's. */
int sg_handed_take(const char *name, const struct sockaddr *address);
/* Closes what nobody took, and says that it need not be kept. */
void sg_handed_end(void);

#endif
