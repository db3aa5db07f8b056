/* SPDX-License-Identifier: Apache-2.0
 * Reading /proc/PID. A process chooses its name and the names of control groups it may make, so nothing is searched for
 * in mid-line. */
#include "proc.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
proc_read(int process, const char *name, char text[PROC_TEXT])
{
	ssize_t got, len = 0;
	int fd = openat(process, name, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && (got = read(fd, text + len, (size_t)(PROC_TEXT - 1 - len))) > 0)
		len += got;
	if (fd >= 0)
		close(fd);
	text[len] = '\0';
}

static const char *
next_line(const char *line)
{
	const char *end = strchr(line, '\n');
	return end == NULL ? NULL : end + 1;
}

static bool
take_line(const char *from, char value[PROC_VALUE])
{
	size_t len = strcspn(from, "\n");
	if (len == 0 || len >= PROC_VALUE)
		return false;
	for (size_t i = 0; i < len; i++)
		if (from[i] < ' ' || from[i] > '~')
			return false;
	memcpy(value, from, len);
	value[len] = '\0';
	return true;
}

bool
proc_line(const char *text, const char *label, char value[PROC_VALUE])
{
	for (const char *line = text; line != NULL; line = next_line(line))
		if (strncmp(line, label, strlen(label)) == 0)
			return take_line(line + strlen(label), value);
	return false;
}

/* The name, in brackets, may hold anything: fields are counted from the last bracket, behind which the third begins. */
bool
proc_terminal(const char *stat)
{
	const char *at = strrchr(stat, ')'); /* the command name may hold anything, also spaces and brackets */
	for (int field = 2; at != NULL && field < 7; field++)
		at = strchr(at + 1, ' ');
	return at != NULL && strtol(at + 1, NULL, 10) != 0;
}

uint64_t
proc_start_time(const char *stat)
{
	const char *at = strrchr(stat, ')');
	for (int field = 2; at != NULL && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at == NULL ? 0 : strtoull(at + 1, NULL, 10);
}

int64_t
proc_user(const char *status)
{
	char users[PROC_VALUE];                        /* real, effective, saved, file system; a tab before each */
	const char *line = strstr(status, "\nUid:\t"); /* the kernel escapes a line end in the name */
	size_t len = line == NULL ? 0 : strcspn(line + 1, "\n");
	if (len == 0 || len >= sizeof(users))
		return -1;
	memcpy(users, line + 1, len);
	users[len] = '\0';
	const char *effective = strchr(users + strlen("Uid:\t"), '\t');
	return effective == NULL ? -1 : (int64_t)strtoul(effective + 1, NULL, 10);
}

bool
proc_cgroup(const char *cgroup, char value[PROC_VALUE])
{
	bool unified = proc_line(cgroup, "0::", value);
	if (unified && strcmp(value, "/") != 0)
		return true;
	for (const char *line = cgroup; line != NULL; line = next_line(line)) {
		const char *rest = line + strspn(line, "0123456789");
		if (strncmp(rest, ":name=systemd:", strlen(":name=systemd:")) == 0)
			return take_line(rest + strlen(":name=systemd:"), value);
	}
	return unified;
}

bool
proc_exe(int process, char value[PROC_VALUE])
{
	char path[PROC_VALUE + 1];
	ssize_t len = readlinkat(process, "exe", path, sizeof(path) - 1);
	path[len > 0 ? len : 0] = '\0';
	return strchr(path, '\n') == NULL && take_line(path, value);
}

int
proc_open(const struct sg_attest_in *in)
{
	char path[32], text[PROC_TEXT];
	snprintf(path, sizeof(path), "/proc/%d", (int)in->pid);
	int process = in->pid > 0 && in->start_time != 0 ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	if (process < 0)
		return -1;
	proc_read(process, "stat", text);
	bool same = proc_start_time(text) == in->start_time;
	proc_read(process, "status", text);
	if (same && proc_user(text) == in->uid)
		return process;
	close(process);
	return -1;
}

bool
proc_alive(const struct sg_attest_in *in)
{
	struct pollfd alive = {.fd = in->pidfd, .events = POLLIN};
	return poll(&alive, 1, 0) == 0;
}

void
proc_state(const struct sg_host *host, struct sg_attest_out *out, const char *name, const char *value, enum sg_fact_strength strength)
{
	size_t size = strlen(value) + 1;
	char *copy = host->alloc(host, size);
	if (copy != NULL)
		sg_fact(out, name, memcpy(copy, value, size), strength);
}

enum sg_fact_strength
proc_cgroup_strength(const char *cgroup)
{
	bool everybody = strcmp(cgroup, "/") == 0 || strncmp(cgroup, "/..", 3) == 0;
	bool session = strstr(cgroup, "/session-") != NULL || strstr(cgroup, "/user@") != NULL;
	return everybody || session ? SG_FACT_HINT : SG_FACT_BOUNDARY;
}
