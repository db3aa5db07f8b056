/* SPDX-License-Identifier: Apache-2.0
 * Reading /proc/PID through a descriptor of that folder: once opened it stays with the process it was opened for. */
#ifndef PEER_PROC_H
#define PEER_PROC_H

#include <stdbool.h>
#include <stdint.h>

enum { PROC_TEXT = 4096, PROC_VALUE = 257 };

/* One file, NUL behind, cut at PROC_TEXT; empty if it cannot be read. */
void proc_read(int process, const char *name, char text[PROC_TEXT]);

/* The rest of the line that starts with `label`. False if there is none, or the rest is empty, longer than 256 bytes or
 * not plain ASCII: a fact that cannot be written down is left out. */
bool proc_line(const char *text, const char *label, char value[PROC_VALUE]);

/* Field 22 of `stat`, 0 if it is not there. */
uint64_t proc_start_time(const char *stat);

/* Effective user of `status`, -1 if it is not there. */
int64_t proc_user(const char *status);

/* Path of the control group: of version 2, or, where that is unused, of systemd's own hierarchy. */
bool proc_cgroup(const char *cgroup, char value[PROC_VALUE]);

/* Path of the program, as the kernel would show it now. */
bool proc_exe(int process, char value[PROC_VALUE]);

#endif
