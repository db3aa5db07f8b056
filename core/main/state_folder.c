/* SPDX-License-Identifier: Apache-2.0
 * The folder that holds record and keys: who owns it and who may reach into it is looked at before anything in it is believed. */
#include "main/would.h"

#include "base/digest.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/folder.h"
#include "base/str.h"
#include "frame/restoring.h"
#include "gate/journal/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAKE_IT "run stepgate init first; it makes state and keys"

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

static void
check_files(const struct sg_would *w, const char *path, int folder, size_t which, bool closed)
{
	DIR *list = sg_folder_list(folder);
	const char *wrong = list == NULL ? "cannot be listed" : NULL;
	struct dirent *entry = NULL;
	while (wrong == NULL && (entry = readdir(list)) != NULL)
		wrong = file_trouble(folder, entry->d_name, folders[which].secret, closed);
	if (wrong != NULL)
		sg_would_fault(w, "", "%s/%s/%s %s", path, folders[which].name, entry != NULL ? entry->d_name : "", wrong);
	if (list != NULL)
		closedir(list);
}

static void
check_folder(const struct sg_would *w, const char *path, int state, size_t which, bool closed)
{
	struct stat st;
	int fd = openat(state, folders[which].name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return;
	const char *wrong = fd >= 0 ? trouble(fd, folders[which].secret, closed) : "is not a folder, or a link to one";
	if (wrong != NULL)
		sg_would_fault(w, "", "%s/%s %s", path, folders[which].name, wrong);
	else if (fstat(fd, &st) == 0)
		check_files(w, path, fd, which, closed || (st.st_mode & 011) == 0);
	if (fd >= 0)
		close(fd);
}

static int
open_state(const struct sg_would *w, const char *path)
{
	struct sg_err err = {0};
	int fd = -1;
	enum sg_status status = sg_open_trusted_way(path, &fd, &err);
	if (status != SG_OK)
		sg_would_fault(w, status != SG_NOT_FOUND ? "nobody but root and the daemon's user may reach the state" : MAKE_IT, "%s: %s", path, err.text);
	return status == SG_OK ? fd : -1;
}

/* State without its keys, or keys without their state, is somebody else's. */
static void
check_whole(const struct sg_would *w, const char *path, int state)
{
	static const struct {
		const char *name;
		mode_t type;
	} parts[] = {{"lock", S_IFREG}, {"journal", S_IFDIR}, {"keys", S_IFDIR}, {"keys/state.key", S_IFREG}};
	struct stat st = {0};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (fstatat(state, parts[i].name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			sg_would_fault(w, MAKE_IT, "%s/%s: %s", path, parts[i].name, strerror(errno));
		else if ((st.st_mode & S_IFMT) != parts[i].type)
			sg_would_fault(w, "", "%s/%s is not a %s", path, parts[i].name, parts[i].type == S_IFDIR ? "folder" : "regular file");
		else if (i == 3 && st.st_size < SG_KEY_BYTES)
			sg_would_fault(w, "", "%s/%s is not %d bytes", path, parts[i].name, SG_KEY_BYTES);
	if (fstatat(state, SG_RESTORING, &st, AT_SYMLINK_NOFOLLOW) == 0)
		sg_would_fault(w, "give stepgate restore again", "%s is half restored", path);
}

/* Its newest header alone: the whole of it is read by a start, and by audit verify. */
static void
check_journal(const struct sg_would *w, const char *path, int state)
{
	struct sg_err err = {0};
	int folder = openat(state, "journal", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	enum sg_status status = folder < 0 ? SG_OK : sg_journal_newest(&sg_sys_real, folder, &err);
	if (status == SG_MALFORMED)
		sg_would_fault(w, "", "%s/journal: %s (%s)", path, err.text, err.code);
	if (folder >= 0)
		close(folder);
}

void
sg_would_state(const struct sg_would *w)
{
	struct stat st;
	char path[1100];
	snprintf(path, sizeof(path), "%.*s", SG_STR_ARG(sg_json_text_at(w->document, "state_dir")));
	int state = open_state(w, path);
	if (state < 0)
		return;
	bool closed = fstat(state, &st) == 0 && (st.st_mode & 077) == 0;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		check_folder(w, path, state, i, closed);
	check_whole(w, path, state);
	check_journal(w, path, state);
	close(state);
}
