/* SPDX-License-Identifier: Apache-2.0
 * Telling whoever started the daemon how it is: sd_notify(3), the protocol alone. */
#ifndef SG_MAIN_NOTIFY_H
#define SG_MAIN_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Takes NOTIFY_SOCKET and WATCHDOG_USEC out of the environment, so that no other process speaks in the daemon's name. Without them all of these do nothing. */
void sg_notify_begin(void);
/* Each turn: it is open, a reload is under way, so many were begun. Says what has changed (of a reload that was over at once, too), and that it turns, twice in each
 * interval of the watchdog. */
void sg_notify_turn(bool open, bool reloading, uint64_t reloads);
void sg_notify_stopping(void);
/* True: somebody is told. */
bool sg_notify_heard(void);
/* Gives a copy of `fd` to be kept under `name` while the daemon is started again (FDSTORE). False: its queue is full, to be given again. */
bool sg_notify_keep(const char *name, int fd);
/* What was kept under `name` need not be kept. */
void sg_notify_forget(const char *name);

#endif
