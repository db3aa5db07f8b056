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

void
proc_read_piece(int process, const char *name, char text[PROC_TEXT])
{
	int fd = openat(process, name, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, text, (size_t)(PROC_TEXT - 1));
	if (fd >= 0)
		close(fd);
	text[got > 0 ? got : 0] = '\0';
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
proc_stat_field(const char *stat, int number)
{
	const char *at = strrchr(stat, ')');
	for (int field = 2; at != NULL && field < number; field++)
		at = strchr(at + 1, ' ');
	return at == NULL ? 0 : strtoull(at + 1, NULL, 10);
}

uint64_t
proc_start_time(const char *stat)
{
	return proc_stat_field(stat, 22);
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

/* Where the path begins in "4:memory:/path"; NULL if the line is none. */
static const char *
group_path(const char *line)
{
	const char *controllers = line + strspn(line, "0123456789"), *end = controllers + strcspn(controllers, "\n");
	const char *path = *controllers == ':' ? memchr(controllers + 1, ':', (size_t)(end - controllers - 1)) : NULL;
	return path == NULL ? NULL : path + 1;
}

static bool
take_path(const char *from, char path[PROC_PATH])
{
	size_t len = strcspn(from, "\n");
	bool plain = len > 0 && len < PROC_PATH;
	for (size_t i = 0; plain && i < len; i++)
		plain = from[i] >= ' ' && from[i] <= '~';
	memcpy(path, from, plain ? len : 0);
	path[plain ? len : 0] = '\0';
	return plain;
}

static bool
path_of(const char *cgroup, const char *controllers, char path[PROC_PATH])
{
	for (const char *line = cgroup; line != NULL; line = next_line(line)) {
		const char *rest = line + strspn(line, "0123456789");
		if (rest > line && strncmp(rest, controllers, strlen(controllers)) == 0)
			return take_path(rest + strlen(controllers), path);
	}
	return false;
}

bool
proc_cgroup(const char *cgroup, struct proc_group *group)
{
	char old[PROC_PATH];
	group->unified = true;
	bool unified = path_of(cgroup, "::", group->path), named = path_of(cgroup, ":name=systemd:", old);
	if (!named || (unified && strcmp(old, "/") == 0) || (unified && strcmp(old, group->path) == 0))
		return unified;
	memcpy(group->path, old, sizeof(old));
	group->unified = false;
	return true;
}

bool
proc_any_group(const char *cgroup, bool (*each)(const char *path))
{
	char path[PROC_PATH];
	for (const char *line = cgroup; line != NULL; line = next_line(line)) {
		const char *from = group_path(line);
		if (from != NULL && take_path(from, path) && each(path))
			return true;
	}
	return false;
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
proc_open_known(const struct sg_attest_in *in, char stat[PROC_TEXT], char status[PROC_TEXT])
{
	char path[32];
	snprintf(path, sizeof(path), "/proc/%d", (int)in->pid);
	int process = in->pid > 0 && in->start_time != 0 ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	if (process < 0)
		return -1;
	proc_read_piece(process, "stat", stat);
	proc_read_piece(process, "status", status);
	if (proc_start_time(stat) == in->start_time && proc_user(status) == in->uid)
		return process;
	close(process);
	return -1;
}

int
proc_open(const struct sg_attest_in *in)
{
	char stat[PROC_TEXT], status[PROC_TEXT];
	return proc_open_known(in, stat, status);
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
proc_group_strength(const struct sg_host *host, const struct proc_group *group, size_t len, bool below)
{
	char path[PROC_PATH];
	if (len == 0 || len >= sizeof(path))
		return SG_FACT_HINT;
	if (!group->unified) /* in version 1 who may write a group below moves itself into it from anywhere: all of the way to the process counts */
		len = strlen(group->path);
	below = below && group->unified;
	memcpy(path, group->path, len);
	path[len] = '\0';
	bool everybody = strcmp(path, "/") == 0 || strstr(path, "/..") != NULL;
	bool session = strstr(path, "/session-") != NULL || strstr(path, "/user@") != NULL;
	return !everybody && !session && sg_group_roots(host, path, below, group->unified) ? SG_FACT_BOUNDARY : SG_FACT_HINT;
}
