/* SPDX-License-Identifier: Apache-2.0
 * The folder that holds record and keys: who owns it and who may reach into it is looked at before anything in it is believed. */
#include "main/supervisor.h"

#include "base/err.h"
#include "base/fd.h"
#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
	const char *name;
	bool secret; /* nobody else may look into it */
} folders[] = {{"keys", true}, {"issue", true}, {"journal", false}};

/* What is wrong with it, or NULL. `closed`: nobody else gets as far as this. */
static const char *
trouble(int fd, bool secret, bool closed)
{
	struct stat st;
	if (fstat(fd, &st) != 0 || !S_ISDIR(st.st_mode))
		return "is not a folder";
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return "belongs to neither root nor the daemon's user";
	if (!closed && (st.st_mode & 022) != 0)
		return "may be written by group or others: chmod go-w";
	return !closed && secret && (st.st_mode & 077) != 0 ? "can be looked into by others, and holds keys: chmod 0700" : NULL;
}

/* Whoever may write a segment may write another record: its chain is no secret. What is no file at all is looked at by who would read it. */
static const char *
file_trouble(int folder, const char *name, bool secret, bool closed)
{
	struct stat st;
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
		return NULL;
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return "belongs to neither root nor the daemon's user";
	if (!closed && (st.st_mode & 022) != 0)
		return "may be written by group or others: chmod go-w";
	return !closed && secret && (st.st_mode & 077) != 0 ? "is a key that others may read: chmod 0600" : NULL;
}

static bool
check_files(const char *path, int folder, size_t which, bool closed)
{
	DIR *list = sg_folder_list(folder);
	const char *wrong = list == NULL ? "cannot be listed" : NULL;
	struct dirent *entry = NULL;
	while (wrong == NULL && (entry = readdir(list)) != NULL)
		wrong = file_trouble(folder, entry->d_name, folders[which].secret, closed);
	if (wrong != NULL)
		fprintf(stderr, "stepgated: %s/%s/%s %s\n", path, folders[which].name, entry != NULL ? entry->d_name : "", wrong);
	if (list != NULL)
		closedir(list);
	return wrong == NULL;
}

static bool
check_folder(const char *path, int state, size_t which, bool closed)
{
	struct stat st;
	int fd = openat(state, folders[which].name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return true;
	const char *wrong = fd >= 0 ? trouble(fd, folders[which].secret, closed) : "is not a folder, or a link to one";
	if (wrong != NULL)
		fprintf(stderr, "stepgated: %s/%s %s\n", path, folders[which].name, wrong);
	bool good = wrong == NULL && fstat(fd, &st) == 0 && check_files(path, fd, which, closed || (st.st_mode & 011) == 0);
	if (fd >= 0)
		close(fd);
	return good;
}

static bool
check_below(const char *path, int state, bool closed)
{
	bool good = true;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		good &= check_folder(path, state, i, closed);
	return good;
}

static int
open_state(const char *path)
{
	struct sg_err err = {0};
	int fd = -1;
	enum sg_status status = sg_open_trusted_way(path, &fd, &err);
	if (status != SG_OK)
		fprintf(stderr, "stepgated: %s: %s\n\thint: %s\n", path, err.text,
			status != SG_NOT_FOUND ? "nobody but root and the daemon's user may reach the state" : "run stepgate init first; it makes state and keys");
	return status == SG_OK ? fd : -1;
}

bool
sg_supervisor_state(const struct sg_supervisor *s)
{
	struct stat st;
	int state = open_state(s->state_dir);
	bool good = state >= 0 && fstat(state, &st) == 0 && check_below(s->state_dir, state, (st.st_mode & 077) == 0);
	if (state >= 0)
		close(state);
	return good;
}
