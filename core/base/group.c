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

/* What is not there is nobody's. */
static bool
is_writable(const char *whole, const char *name, uid_t uid)
{
	char file[SG_GROUP_PATH + 96];
	struct stat status;
	snprintf(file, sizeof(file), "%s%s", whole, name);
	if (stat(file, &status) != 0)
		return errno != ENOENT;
	return status.st_uid == uid || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

int
sg_group_kept_at(const char *mount, const char *path, uid_t uid)
{
	char whole[SG_GROUP_PATH + 64];
	struct stat status;
	size_t root = strlen(mount);
	snprintf(whole, sizeof(whole), "%s%s", mount, path);
	if (stat(whole, &status) != 0)
		return -1;
	for (;;) {
		if (is_writable(whole, "", uid) || is_writable(whole, "/cgroup.procs", uid))
			return 0;
		char *last = strrchr(whole + root, '/');
		if (last == NULL)
			return 1;
		*last = '\0';
	}
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
