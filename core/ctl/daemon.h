/* SPDX-License-Identifier: Apache-2.0
 * stepgated, for commands that let it speak: it alone reads configuration and policy. */
#ifndef SG_CTL_DAEMON_H
#define SG_CTL_DAEMON_H

#include "ctl/ctl.h"

enum { SG_DAEMON_PATH = 1200, SG_DAEMON_DOCUMENT = 8 << 20 };

/* The folder of this program, without a slash behind it. False: unknown. */
bool sg_daemon_here(char out[SG_DAEMON_PATH]);

/* A program beside this one, in ../sbin, else from the PATH. Always something that exec can try. */
void sg_daemon_find(const char *program, char out[SG_DAEMON_PATH]);

/* Becomes that program with these arguments (NULL-terminated, without its name). Returns only to say that it failed. */
int sg_daemon_become(const struct sg_ctl *ctl, const char *program, const char *const *arguments);

/* Runs that program in a child and appends what it prints on stdout to `out` (up to its cap); `silent`: what it says on stderr goes nowhere. Its exit code; 127 if there is no such
 * program, -1 if it was killed. */
int sg_daemon_read(const char *program, const char *const *arguments, bool silent, struct sg_buf *out);

/* The configuration of `file` as one document, read by stepgated in a child. SG_CTL_OK with *json in `arena` borrowing
 * from `text`; what is wrong with the file has been said by stepgated on stderr, then SG_CTL_CONFIG. */
int sg_daemon_config(const struct sg_ctl *ctl, const char *file, struct sg_buf *text, struct sg_arena *arena,
		     const struct sg_json **json);

#endif
