/* SPDX-License-Identifier: Apache-2.0
 * Reading /sys/fs/cgroup; cgroups(7). */
#include "base/group.h"

#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

bool
sg_group_valid(struct sg_str path)
{
	if (path.len < 2 || path.len >= SG_GROUP_PATH || path.ptr[0] != '/' || memchr(path.ptr, '\0', path.len) != NULL)
		return false;
	for (struct sg_str rest = path; rest.ptr != NULL;)
		if (sg_str_is(sg_str_cut(&rest, '/'), ".."))
			return false;
	return true;
}

static bool
ends(struct sg_str part, const char *with)
{
	size_t len = strlen(with);
	return part.len > len && memcmp(part.ptr + part.len - len, with, len) == 0;
}

size_t
sg_group_unit(struct sg_str path)
{
	static const char *const kinds[] = {".service", ".scope", ".socket", ".mount", ".swap"};
	struct sg_str rest = path;
	if (!sg_group_valid(path) || sg_str_cut(&rest, '/').len != 0)
		return 0;
	while (rest.ptr != NULL) {
		struct sg_str part = sg_str_cut(&rest, '/');
		bool manager = sg_str_starts(part, "user@") && ends(part, ".service");
		for (size_t i = 0; !manager && i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (ends(part, kinds[i]))
				return (size_t)(part.ptr + part.len - path.ptr);
		if (!manager && !ends(part, ".slice"))
			return 0; /* processes of no unit among slices */
	}
	return 0;
}

/* Bytes read; -1 with errno. */
static ssize_t
read_file(const char *mount, const char *path, const char *name, char *text, size_t room)
{
	char whole[SG_GROUP_PATH + 64];
	snprintf(whole, sizeof(whole), "%s%s/%s", mount, path, name);
	int fd = open(whole, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -1;
	ssize_t got = read(fd, text, room - 1);
	int error = errno;
	close(fd);
	if (got >= 0)
		text[got] = '\0';
	errno = error;
	return got;
}

static bool
has_groups_below(const char *mount, const char *path)
{
	char whole[SG_GROUP_PATH + 64];
	struct dirent *entry;
	bool found = false;
	snprintf(whole, sizeof(whole), "%s%s", mount, path);
	DIR *dir = opendir(whole);
	while (dir != NULL && !found && (entry = readdir(dir)) != NULL)
		found = entry->d_type == DT_DIR && entry->d_name[0] != '.';
	if (dir != NULL)
		closedir(dir);
	return found;
}

static int
empty_v2(const char *mount, const char *path)
{
	char text[256];
	ssize_t got = read_file(mount, path, "cgroup.events", text, sizeof(text));
	if (got < 0)
		return -1;
	return strstr(text, "populated 0") != NULL;
}

static int
empty_v1(const char *mount, const char *path)
{
	char text[64];
	ssize_t got = read_file(mount, path, "cgroup.procs", text, sizeof(text));
	if (got < 0)
		return -1;
	return got == 0 && !has_groups_below(mount, path);
}

/* Gone only if the hierarchy itself can be seen. */
static bool
is_gone(const char *mount, const char *path)
{
	char whole[SG_GROUP_PATH + 64];
	struct stat status;
	snprintf(whole, sizeof(whole), "%s/cgroup.procs", mount);
	if (stat(whole, &status) != 0)
		return false;
	snprintf(whole, sizeof(whole), "%s%s", mount, path);
	return stat(whole, &status) != 0 && errno == ENOENT;
}

int
sg_group_empty(const struct sg_sys *self, const char *path)
{
	static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"};
	bool gone = false, there = false;
	(void)self;
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		int empty = empty_v2(mounts[i], path);
		if (empty < 0)
			empty = empty_v1(mounts[i], path);
		if (empty == 0)
			return 0;
		there |= empty == 1;
		gone |= empty < 0 && is_gone(mounts[i], path);
	}
	return there || gone ? 1 : -1;
}

enum { WHOLE = 4096 };

/* Whose right to write counts. */
struct writer {
	uid_t uid;
	bool anybody; /* but root */
};

/* What is not there is nobody's. */
static bool
is_writable(const char *whole, const char *name, struct writer by)
{
	char file[WHOLE + 32];
	struct stat status;
	snprintf(file, sizeof(file), "%s%s", whole, name);
	if (stat(file, &status) != 0)
		return errno != ENOENT;
	bool owned = by.anybody ? status.st_uid != 0 : status.st_uid == by.uid;
	return owned || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

/* The folder, in which groups are made, and each file that takes a process or a thread in: cgroup.threads of version 2, tasks of version 1. */
static bool
takes_in(const char *whole, struct writer by)
{
	static const char *const names[] = {"", "/cgroup.procs", "/cgroup.threads", "/tasks"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (is_writable(whole, names[i], by))
			return true;
	return false;
}

/* `skip_last`: the right to write the group itself counts for nothing. */
static int
kept_at(const char *mount, const char *path, struct writer by, bool skip_last)
{
	char whole[WHOLE];
	struct stat status;
	size_t root = strlen(mount);
	int len = snprintf(whole, sizeof(whole), "%s%s", mount, path);
	if (len < 0 || (size_t)len >= sizeof(whole) || stat(whole, &status) != 0)
		return -1;
	for (bool counts = !skip_last;; counts = true) {
		if (counts && takes_in(whole, by))
			return 0;
		char *last = strrchr(whole + root, '/');
		if (last == NULL)
			return 1;
		*last = '\0';
	}
}

int
sg_group_kept_at(const char *mount, const char *path, uid_t uid)
{
	return kept_at(mount, path, (struct writer){.uid = uid}, false);
}

int
sg_group_roots_at(const char *mount, const char *path, bool below, bool unified)
{
	return kept_at(mount, path, (struct writer){.anybody = true}, below && unified);
}

/* "36 35 0:31 ROOT POINT options [optional ...] - TYPE source super": 0 or the field, counted from 1, as it stands. */
static struct sg_str
field(struct sg_str line, int number)
{
	struct sg_str part = {"", 0};
	while (number-- > 0 && line.ptr != NULL)
		part = sg_str_cut(&line, ' ');
	return number < 0 && part.ptr != NULL ? part : (struct sg_str){"", 0};
}

static struct sg_str
behind_dash(struct sg_str line)
{
	while (line.ptr != NULL)
		if (sg_str_is(sg_str_cut(&line, ' '), "-"))
			return line.ptr != NULL ? line : SG_STR("");
	return SG_STR("");
}

static bool
is_named_systemd(struct sg_str options)
{
	while (options.ptr != NULL)
		if (sg_str_is(sg_str_cut(&options, ','), "name=systemd"))
			return true;
	return false;
}

/* What is mounted last at a point is what one sees there; a name with an escape in it is none that is looked at. */
bool
sg_group_mount(struct sg_str mountinfo, bool unified, char out[SG_GROUP_PATH])
{
	bool found = false;
	while (mountinfo.ptr != NULL) {
		struct sg_str line = sg_str_cut(&mountinfo, '\n'), tail = behind_dash(line), point = field(line, 5);
		bool is = unified ? sg_str_is(field(tail, 1), "cgroup2") : sg_str_is(field(tail, 1), "cgroup") && is_named_systemd(field(tail, 3));
		if (!is || !sg_str_is(field(line, 4), "/") || point.len < 2 || point.len >= SG_GROUP_PATH || memchr(point.ptr, '\\', point.len) != NULL)
			continue;
		snprintf(out, SG_GROUP_PATH, "%.*s", SG_STR_ARG(point));
		found = true;
	}
	return found;
}

bool
sg_group_kept(const struct sg_sys *self, const char *path, uid_t uid)
{
	static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd"};
	bool kept = false;
	(void)self;
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		int one = sg_group_kept_at(mounts[i], path, uid);
		if (one == 0)
			return false;
		kept |= one == 1;
	}
	return kept;
}
