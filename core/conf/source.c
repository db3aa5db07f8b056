/* SPDX-License-Identifier: Apache-2.0
 * Opening configuration files: every check is made on the descriptor that is then read. */
#include "conf/source.h"

#include "base/str.h"
#include "conf/token.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct reading {
	struct sg_arena *arena;
	struct sg_conf_errors *errors;
	struct sg_conf_files *files;
	bool bad;
};

#define REPORT(r, whose, code, hint, ...)                                                                              \
	((r)->bad = true, sg_conf_error_add((r)->errors, SG_CONF_E_##code,                                             \
					    (struct sg_conf_place){&(struct sg_conf_file){.path = (whose)}, 0, 0},     \
					    (hint), __VA_ARGS__))

static void
report_open(struct reading *r, int dir, const char *name, const char *path, int error)
{
	struct stat st;
	bool link = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
	if (link)
		REPORT(r, path, symlink, "put the file itself here", "a symbolic link is not followed");
	else if (error == ENOENT)
		REPORT(r, path, missing, NULL, "there is no such file");
	else if (error == ENOTDIR)
		REPORT(r, path, not_file, NULL, "not a directory");
	else
		REPORT(r, path, unreadable, NULL, "cannot be opened (error %d)", error);
}

static bool
check_stat(struct reading *r, const struct stat *st, const char *path, mode_t type)
{
	if ((st->st_mode & S_IFMT) != type)
		REPORT(r, path, not_file, NULL, "not a regular file");
	else if (st->st_uid != 0 && st->st_uid != geteuid())
		REPORT(r, path, owner, "chown it to root", "owned by user %u", (unsigned)st->st_uid);
	else if ((st->st_mode & 022) != 0)
		REPORT(r, path, writable, "chmod go-w", "group or others may write it (mode %04o)",
		       (unsigned)(st->st_mode & 07777));
	else
		return true;
	return false;
}

static int
open_checked(struct reading *r, int dir, const char *name, const char *path, mode_t type, struct stat *st)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (type == S_IFDIR ? O_DIRECTORY : 0);
	int fd = openat(dir, name, flags);
	if (fd < 0) {
		report_open(r, dir, name, path, errno);
		return -1;
	}
	if (fstat(fd, st) != 0 || !check_stat(r, st, path, type)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Reads `len` bytes; false on an error or if the file ends early or goes on. */
static bool
read_whole(int fd, char *bytes, size_t len)
{
	size_t have = 0;
	char more;
	while (have < len) {
		ssize_t n = read(fd, bytes + have, len - have);
		if (n <= 0)
			return false;
		have += (size_t)n;
	}
	return read(fd, &more, 1) == 0;
}

static void
take_file(struct reading *r, int fd, const char *path, size_t len)
{
	if (len > SG_CONF_MAX_FILE_BYTES) {
		REPORT(r, path, too_large, "split it", "%zu bytes; the bound is %d", len, SG_CONF_MAX_FILE_BYTES);
		return;
	}
	if (r->files->count == SG_CONF_MAX_FILES) {
		REPORT(r, path, too_many, NULL, "more than %d configuration files", SG_CONF_MAX_FILES);
		return;
	}
	struct sg_conf_file *file = sg_arena_alloc(r->arena, sizeof(*file));
	char *bytes = sg_arena_alloc(r->arena, len + 1);
	if (file == NULL || bytes == NULL || !read_whole(fd, bytes, len))
		REPORT(r, path, unreadable, "try again", "could not be read whole");
	else {
		*file = (struct sg_conf_file){path, {bytes, len}};
		r->files->list[r->files->count++] = file;
	}
}

static void
read_file(struct reading *r, int dir, const char *name, const char *path)
{
	struct stat st;
	int fd = open_checked(r, dir, name, path, S_IFREG, &st);
	if (fd < 0)
		return;
	take_file(r, fd, path, (size_t)st.st_size);
	close(fd);
}

/* [!.]*.conf */
static int
is_drop_in(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	return entry->d_name[0] != '.' && len > 5 && strcmp(entry->d_name + len - 5, ".conf") == 0;
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Reads the drop-ins of `path`, but for those whose name exists below `mask` (a descriptor, or -1). An absent folder is
 * empty. */
static void
read_folder(struct reading *r, const char *path, int mask)
{
	struct stat st;
	struct dirent **names;
	if (lstat(path, &st) != 0 && errno == ENOENT)
		return;
	int dir = open_checked(r, AT_FDCWD, path, path, S_IFDIR, &st);
	if (dir < 0)
		return;
	int count = scandirat(dir, ".", &names, is_drop_in, by_bytes);
	if (count < 0)
		REPORT(r, path, unreadable, NULL, "the folder cannot be listed");
	for (int i = 0; i < count; i++) {
		const char *full = sg_arena_printf(r->arena, "%s/%s", path, names[i]->d_name);
		bool masked = mask >= 0 && fstatat(mask, names[i]->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0;
		if (!masked && full != NULL)
			read_file(r, dir, names[i]->d_name, full);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	close(dir);
}

bool
sg_conf_source_read(struct sg_arena *arena, const struct sg_conf_source *source, struct sg_conf_errors *errors,
		    struct sg_conf_files *files)
{
	struct reading r = {arena, errors, files, false};
	const char *slash = strrchr(source->file, '/');
	int folder_len = slash == NULL ? 1 : slash == source->file ? 1 : (int)(slash - source->file);
	const char *drop_ins = sg_arena_printf(arena, "%.*s/conf.d", folder_len, slash == NULL ? "." : source->file);
	const char *file = sg_arena_strdup(arena, sg_str(source->file));
	files->count = 0;
	if (drop_ins == NULL || file == NULL) {
		REPORT(&r, source->file, unreadable, NULL, "out of memory");
		return false;
	}
	int mask = open(drop_ins, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (source->vendor_dir != NULL)
		read_folder(&r, sg_arena_strdup(arena, sg_str(source->vendor_dir)), mask);
	read_file(&r, AT_FDCWD, file, file);
	read_folder(&r, drop_ins, -1);
	if (mask >= 0)
		close(mask);
	return !r.bad;
}
