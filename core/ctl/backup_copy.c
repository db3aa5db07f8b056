/* SPDX-License-Identifier: Apache-2.0
 * Copying a folder: files and folders alone, by descriptors. */
#include "ctl/backup.h"

#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
failed(struct sg_copying *c, const char *path)
{
	snprintf(c->wrong, sizeof(c->wrong), "%s: %s", path[0] != '\0' ? path : ".", strerror(errno));
	return false;
}

static bool
owned(const struct sg_copying *c, int fd)
{
	return c->uid < 0 || fchown(fd, (uid_t)c->uid, (gid_t)c->gid) == 0;
}

static bool
pump(int from, int to)
{
	char block[1 << 16];
	ssize_t got;
	while ((got = read(from, block, sizeof(block))) > 0)
		for (ssize_t put = 0, done; put < got; put += done)
			if ((done = write(to, block + put, (size_t)(got - put))) <= 0)
				return false;
	return got == 0;
}

static bool
copy_file(struct sg_copying *c, int from, int to, const char *name, const char *path)
{
	struct stat is;
	int in = openat(from, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), out = -1;
	if (in < 0 && errno == ENOENT)
		return true; /* it went meanwhile */
	if (in >= 0 && fstat(in, &is) == 0)
		out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, is.st_mode & 0777);
	bool good = in >= 0 && out >= 0 && pump(in, out) && owned(c, out) && fsync(out) == 0;
	if (!good)
		failed(c, path);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	c->files += good;
	return good;
}

static bool copy_folder(struct sg_copying *c, int from, int to, const char *path, int depth);

static bool
copy_below(struct sg_copying *c, int from, int to, const char *name, const char *path, const struct stat *is, int depth)
{
	int in = openat(from, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW), out = -1;
	if (in >= 0 && (mkdirat(to, name, is->st_mode & 0777) == 0 || errno == EEXIST))
		out = openat(to, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	bool good = (in >= 0 && out >= 0 && owned(c, out)) || failed(c, path);
	good = good && copy_folder(c, in, out, path, depth - 1);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return good;
}

static bool
copy_one(struct sg_copying *c, int from, int to, const char *name, const char *below, int depth)
{
	char path[SG_BACKUP_NAME];
	struct stat is;
	int len = snprintf(path, sizeof(path), "%s%s%s", below, below[0] != '\0' ? "/" : "", name);
	if (len < 0 || (size_t)len >= sizeof(path) || depth <= 0) {
		errno = ENAMETOOLONG;
		return failed(c, name);
	}
	if (c->wanted != NULL && !c->wanted(path))
		return true;
	if (fstatat(from, name, &is, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT || failed(c, path);
	if (S_ISDIR(is.st_mode))
		return copy_below(c, from, to, name, path, &is, depth);
	if (S_ISREG(is.st_mode))
		return copy_file(c, from, to, name, path);
	c->passed_over++;
	return true;
}

static int
not_itself(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

int
sg_backup_list(int folder, struct dirent ***names)
{
	*names = NULL;
	return scandirat(folder, ".", names, not_itself, by_bytes);
}

static bool
copy_folder(struct sg_copying *c, int from, int to, const char *path, int depth)
{
	struct dirent **names = NULL;
	int count = sg_backup_list(from, &names);
	bool good = count >= 0 || failed(c, path);
	for (int i = 0; i < count; i++) {
		good = good && copy_one(c, from, to, names[i]->d_name, path, depth);
		free(names[i]);
	}
	free(names);
	return good && (fsync(to) == 0 || failed(c, path));
}

bool
sg_backup_copy(struct sg_copying *copying, int from, int to)
{
	return copy_folder(copying, from, to, "", SG_BACKUP_DEPTH);
}
