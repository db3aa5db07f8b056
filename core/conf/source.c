/* SPDX-License-Identifier: Apache-2.0
 * Opening configuration files: every check is made on the descriptor that is then read. */
#include "conf/source.h"

#include "base/fd.h"
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
		REPORT(r, path, missing, "make it, or name another file", "there is no such file");
	else if (error == ENOTDIR)
		REPORT(r, path, not_file, "put a folder there", "not a directory");
	else
		REPORT(r, path, unreadable, "look at its owner, mode and kind", "cannot be opened: %s",
		       strerror(error));
}

static bool
check_stat(struct reading *r, const struct stat *st, const char *path, mode_t type)
{
	if ((st->st_mode & S_IFMT) != type)
		REPORT(r, path, not_file, "put a regular file there", "not a regular file");
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

static bool
nobody_writes(struct reading *r, int fd, const char *path)
{
	if (sg_file_unwritten(fd))
		return true;
	REPORT(r, path, busy, "wait until it is written, then load again", "somebody has it open for writing");
	return false;
}

static struct sg_conf_file *
keep_file(struct reading *r, const char *path, size_t len)
{
	if (len > SG_CONF_MAX_FILE_BYTES) {
		REPORT(r, path, too_large, "split it", "%zu bytes; the bound is %d", len, SG_CONF_MAX_FILE_BYTES);
		return NULL;
	}
	if (r->files->count == SG_CONF_MAX_FILES) {
		REPORT(r, path, too_many, "join some of them", "more than %d configuration files", SG_CONF_MAX_FILES);
		return NULL;
	}
	struct sg_conf_file *file = sg_arena_alloc(r->arena, sizeof(*file));
	char *bytes = sg_arena_alloc(r->arena, len + 1);
	if (file == NULL || bytes == NULL) {
		REPORT(r, path, unreadable, NULL, "out of memory");
		return NULL;
	}
	*file = (struct sg_conf_file){path, {bytes, len}};
	return r->files->list[r->files->count++] = file;
}

static void
take_file(struct reading *r, int fd, const char *path, const struct stat *st)
{
	struct sg_conf_file *file = nobody_writes(r, fd, path) ? keep_file(r, path, (size_t)st->st_size) : NULL;
	if (file == NULL)
		return;
	if (!read_whole(fd, (char *)file->text.ptr, file->text.len) || !sg_file_unchanged(fd, st))
		REPORT(r, path, busy, "wait until it is written, then load again", "it was written while it was read");
}

static void
take_draft(struct reading *r, struct sg_str text, const char *path)
{
	struct sg_conf_file *file = keep_file(r, path, text.len);
	if (file != NULL && text.len > 0)
		memcpy((char *)file->text.ptr, text.ptr, text.len);
}

static void
read_file(struct reading *r, int dir, const char *name, const char *path)
{
	struct stat st;
	int fd = open_checked(r, dir, name, path, S_IFREG, &st);
	if (fd < 0)
		return;
	take_file(r, fd, path, &st);
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

static int
open_folder(struct reading *r, const char *path)
{
	struct stat st;
	if (lstat(path, &st) != 0 && errno == ENOENT)
		return -1;
	return open_checked(r, AT_FDCWD, path, path, S_IFDIR, &st);
}

static bool
is_there(int dir, const char *name)
{
	struct stat st;
	return dir >= 0 && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The names of a folder's drop-ins in byte order; an absent folder (-1) is empty. Freed by the caller. */
static int
list_folder(struct reading *r, int dir, const char *path, struct dirent ***names)
{
	int count = dir < 0 ? 0 : scandirat(dir, ".", names, is_drop_in, by_bytes);
	if (count < 0)
		REPORT(r, path, unreadable, "look at its owner and mode", "the folder cannot be listed");
	return count < 0 ? 0 : count;
}

/* Reads the drop-ins of `path`, but for those whose name exists below `mask` (a descriptor, or -1) or is the draft's.
 */
static void
read_vendor(struct reading *r, const char *path, int mask, const char *draft)
{
	struct dirent **names = NULL;
	int dir = open_folder(r, path), count = list_folder(r, dir, path, &names);
	for (int i = 0; i < count; i++) {
		const char *name = names[i]->d_name, *full = sg_arena_printf(r->arena, "%s/%s", path, name);
		if (full != NULL && !is_there(mask, name) && (draft == NULL || strcmp(draft, name) != 0))
			read_file(r, dir, name, full);
		free(names[i]);
	}
	free(names);
	if (dir >= 0)
		close(dir);
}

/* Reads the drop-ins of `path`, the draft in its place among them. */
static void
read_own(struct reading *r, const char *path, const struct sg_conf_source *source)
{
	struct dirent **names = NULL;
	int dir = open_folder(r, path), count = list_folder(r, dir, path, &names);
	const char *draft = source->draft; /* NULL once it was read */
	for (int i = 0; i <= count; i++) {
		const char *name = i < count ? names[i]->d_name : NULL;
		int order = draft == NULL ? 1 : name == NULL ? -1 : strcmp(draft, name);
		const char *full = order <= 0 ? sg_arena_printf(r->arena, "%s/%s", path, draft) : NULL;
		if (full != NULL) {
			take_draft(r, source->draft_text, full);
			draft = NULL;
		}
		full = name != NULL && order != 0 ? sg_arena_printf(r->arena, "%s/%s", path, name) : NULL;
		if (full != NULL)
			read_file(r, dir, name, full);
		if (name != NULL)
			free(names[i]);
	}
	free(names);
	if (dir >= 0)
		close(dir);
}

const char *
sg_conf_source_vendor(const struct sg_conf_source *source)
{
	bool installed = source->vendor_dir == NULL && strcmp(source->file, SG_CONFIG_FILE) == 0;
	return installed ? SG_VENDOR_CONFIG_DIR : source->vendor_dir;
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
	const char *vendor = sg_conf_source_vendor(source);
	if (vendor != NULL)
		read_vendor(&r, sg_arena_strdup(arena, sg_str(vendor)), mask, source->draft);
	read_file(&r, AT_FDCWD, file, file);
	read_own(&r, drop_ins, source);
	if (mask >= 0)
		close(mask);
	return !r.bad;
}
