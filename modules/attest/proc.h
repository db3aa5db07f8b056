/* SPDX-License-Identifier: Apache-2.0
 * Reading /proc/PID through a descriptor of that folder: once opened it stays with the process it was opened for. Shared by the attest modules. */
#ifndef ATTEST_PROC_H
#define ATTEST_PROC_H

#include <stepgate/attest.h>

enum { PROC_TEXT = 32768, PROC_VALUE = 257, PROC_PATH = 4096 };

/* The folder of the process that connected, the caller's to close; -1 if it is gone, another has its number, or it is another user's by now. */
int proc_open(const struct sg_attest_in *in);
/* The same; `stat` and `status` are what it was known by. */
int proc_open_known(const struct sg_attest_in *in, char stat[PROC_TEXT], char status[PROC_TEXT]);

/* True if the process still lives, so that what was read by its number was its own. */
bool proc_alive(const struct sg_attest_in *in);

/* States a copy of `value`; nothing on no memory (which refuses the look). */
void proc_state(const struct sg_host *host, struct sg_attest_out *out, const char *name, const char *value, enum sg_fact_strength strength);

/* One file, NUL behind, cut at PROC_TEXT; empty if it cannot be read. */
void proc_read(int process, const char *name, char text[PROC_TEXT]);
/* The same of a file that the kernel writes as one piece (`stat`, `status`): what one read gives is all of it. */
void proc_read_piece(int process, const char *name, char text[PROC_TEXT]);

/* The rest of the line that starts with `label`. False if there is none, or the rest is empty, longer than 256 bytes or
 * not plain ASCII: a fact that cannot be written down is left out. */
bool proc_line(const char *text, const char *label, char value[PROC_VALUE]);

/* A numeric field of `stat` from the third on, counted from 1; 0 if it is not there. */
uint64_t proc_stat_field(const char *stat, int number);
/* Field 22 of `stat`, 0 if it is not there. */
uint64_t proc_start_time(const char *stat);

/* Field 7 of `stat`: whether the process has a controlling terminal. */
bool proc_terminal(const char *stat);

/* Effective user of `status`, -1 if it is not there. */
int64_t proc_user(const char *status);

/* A control group's path. */
struct proc_group {
	char path[PROC_PATH];
	bool unified; /* of version 2; else of systemd's own hierarchy of version 1 */
};

/* The control group that the process was put into: of version 2, or of systemd's own hierarchy where version 2 is unused or says something else: systemd
 * keeps both alike, so where they differ a runtime has moved the process in version 1 and left it in version 2 where its own service is. */
bool proc_cgroup(const char *cgroup, struct proc_group *group);

/* Calls `each` with the path of every hierarchy until it says true, and says whether it did. */
bool proc_any_group(const char *cgroup, bool (*each)(const char *path));

/* What a fact is worth that says: it is in the group that the first `len` bytes of the path name (`below`: or in one below it). Boundary where root alone could
 * have arranged that; hint where another user could, where everybody is, and in login sessions and users' own managers. */
enum sg_fact_strength proc_group_strength(const struct sg_host *host, const struct proc_group *group, size_t len, bool below);

/* Path of the program, as the kernel would show it now. */
bool proc_exe(int process, char value[PROC_VALUE]);

#endif
