/* SPDX-License-Identifier: Apache-2.0
 * The manifest: {"chain","files":{PATH:SHA-256},"format","leaf","made_ms","version"}, canonical. */
#include "ctl/backup.h"

#include "base/arena.h"
#include "base/canon.h"
#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Called for each file. False ends it. */
typedef bool each_file(void *to, const char *path, const char digest[SG_SHA256_HEX]);

static bool
digest_of(int folder, const char *name, char digest[SG_SHA256_HEX])
{
	struct stat is;
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool good = fd >= 0 && fstat(fd, &is) == 0 && S_ISREG(is.st_mode);
	void *at = good && is.st_size > 0 ? mmap(NULL, (size_t)is.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	good = good && at != MAP_FAILED;
	if (good)
		sg_sha256_hex(digest, (struct sg_str){at, (size_t)is.st_size});
	if (good && at != NULL)
		munmap(at, (size_t)is.st_size);
	if (fd >= 0)
		close(fd);
	return good;
}

/* Files and folders alone stand in a backup. */
static bool
walk(int folder, const char *below, each_file *each, void *to, int depth)
{
	struct dirent **names = NULL;
	int count = depth <= 0 ? -1 : sg_backup_list(folder, &names);
	bool good = count >= 0;
	for (int i = 0; i < count; i++) {
		char path[SG_BACKUP_NAME], digest[SG_SHA256_HEX];
		struct stat is;
		int len = snprintf(path, sizeof(path), "%s%s", below, names[i]->d_name);
		good = good && len > 0 && (size_t)len + 1 < sizeof(path) && fstatat(folder, names[i]->d_name, &is, AT_SYMLINK_NOFOLLOW) == 0;
		if (good && S_ISDIR(is.st_mode)) {
			int inner = openat(folder, names[i]->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
			memcpy(path + len, "/", 2);
			good = inner >= 0 && walk(inner, path, each, to, depth - 1);
			if (inner >= 0)
				close(inner);
		} else if (good && (below[0] != '\0' || strcmp(path, SG_BACKUP_MANIFEST) != 0)) {
			good = digest_of(folder, names[i]->d_name, digest) && each(to, path, digest);
		}
		free(names[i]);
	}
	free(names);
	return good;
}

struct file {
	struct sg_str path;
	char digest[SG_SHA256_HEX];
};

struct writing {
	struct sg_arena arena; /* of paths */
	struct file *files;
	size_t count, room;
};

static bool
note_file(void *to, const char *path, const char digest[SG_SHA256_HEX])
{
	struct writing *w = to;
	if (w->count == w->room) {
		size_t room = w->room == 0 ? 256 : 2 * w->room;
		struct file *grown = room > SG_BACKUP_FILES ? NULL : reallocarray(w->files, room, sizeof(*grown));
		if (grown == NULL)
			return false;
		w->files = grown;
		w->room = room;
	}
	struct file *file = &w->files[w->count];
	file->path = sg_arena_copy(&w->arena, sg_str(path));
	memcpy(file->digest, digest, SG_SHA256_HEX);
	w->count += file->path.ptr != NULL;
	return file->path.ptr != NULL;
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path.ptr, ((const struct file *)b)->path.ptr); /* copies end with NUL */
}

static void
write_files(struct sg_json_writer *w, struct writing *writing)
{
	qsort(writing->files, writing->count, sizeof(*writing->files), by_path);
	sg_jw_object(w);
	for (size_t i = 0; i < writing->count; i++) {
		sg_jw_name_str(w, writing->files[i].path);
		sg_jw_text(w, writing->files[i].digest);
	}
	sg_jw_end(w);
}

static bool
put(int backup, struct sg_str text)
{
	int fd = openat(backup, SG_BACKUP_MANIFEST, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len && fsync(fd) == 0 && fsync(backup) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

bool
sg_backup_write(int backup, const struct sg_backup_point *point, char wrong[SG_BACKUP_NAME])
{
	struct sg_buf text;
	struct writing writing = {.files = NULL};
	struct sg_json_writer w;
	sg_arena_init(&writing.arena, 256 << 20);
	sg_buf_init(&text, SG_BACKUP_MANIFEST_MOST);
	bool good = walk(backup, "", note_file, &writing, SG_BACKUP_DEPTH + 1);
	sg_jw_begin(&w, &text);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "chain", point->chain);
	sg_jw_name(&w, "files");
	write_files(&w, &writing);
	sg_jw_member_int(&w, "format", SG_BACKUP_FORMAT);
	sg_jw_member_int(&w, "leaf", (int64_t)point->leaf);
	sg_jw_member_int(&w, "made_ms", point->made_ms);
	sg_jw_member_text(&w, "version", SG_VERSION);
	sg_jw_end(&w);
	bool many = text.failed || writing.count == SG_BACKUP_FILES;
	good = good && !text.failed && put(backup, sg_buf_view(&text));
	if (!good)
		snprintf(wrong, SG_BACKUP_NAME, SG_BACKUP_MANIFEST ": %s", many ? "too many files" : strerror(errno));
	free(writing.files);
	sg_arena_done(&writing.arena); /* names live as long as what is written of them */
	sg_buf_done(&text);
	return good;
}

/* ---- held against it ---- */

struct held {
	const struct sg_json *files;
	size_t met;
	char *wrong;
};

static bool
holds(void *to, const char *path, const char digest[SG_SHA256_HEX])
{
	struct held *h = to;
	const struct sg_json *noted = sg_json_get(h->files, path);
	if (noted != NULL && sg_json_is(h->files, path, digest)) {
		h->met++;
		return true;
	}
	snprintf(h->wrong, SG_BACKUP_NAME, "%.900s %s", path, noted != NULL ? "is not what it was" : "is no part of this backup");
	return false;
}

static bool
read_manifest(int backup, struct sg_arena *arena, struct sg_buf *text, const struct sg_json **out)
{
	char block[1 << 14];
	ssize_t got = 0;
	struct sg_json_limits limits = {.bytes = SG_BACKUP_MANIFEST_MOST, .nodes = 4 * SG_BACKUP_FILES};
	int fd = openat(backup, SG_BACKUP_MANIFEST, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	while (fd >= 0 && (got = read(fd, block, sizeof(block))) > 0)
		sg_buf_str(text, (struct sg_str){block, (size_t)got});
	if (fd >= 0)
		close(fd);
	return fd >= 0 && got == 0 && !text->failed && sg_canon_parse(arena, sg_buf_view(text), &limits, out, NULL) == SG_OK && (*out)->type == SG_JSON_OBJECT;
}

static bool
read_point(const struct sg_json *manifest, struct sg_backup_point *point)
{
	int64_t format = 0, leaf = 0;
	struct sg_str chain = sg_json_text_at(manifest, "chain");
	bool good = sg_json_int(sg_json_get(manifest, "format"), &format) && format == SG_BACKUP_FORMAT && sg_json_int(sg_json_get(manifest, "leaf"), &leaf) && leaf >= 0 &&
		    sg_json_int(sg_json_get(manifest, "made_ms"), &point->made_ms) && chain.len == SG_SHA256_HEX - 1;
	point->leaf = good ? (uint64_t)leaf : 0;
	snprintf(point->chain, sizeof(point->chain), "%.*s", good ? (int)chain.len : 0, good ? chain.ptr : "");
	return good;
}

bool
sg_backup_check(int backup, struct sg_backup_point *point, char wrong[SG_BACKUP_NAME])
{
	struct sg_arena arena;
	struct sg_buf text;
	const struct sg_json *manifest = NULL;
	sg_arena_init(&arena, 256 << 20);
	sg_buf_init(&text, SG_BACKUP_MANIFEST_MOST);
	bool good = read_manifest(backup, &arena, &text, &manifest) && read_point(manifest, point);
	sg_sha256_hex(point->digest, sg_buf_view(&text));
	struct held h = {.files = sg_json_get(manifest, "files"), .wrong = wrong};
	wrong[0] = '\0';
	if (!good || h.files == NULL || h.files->type != SG_JSON_OBJECT) {
		snprintf(wrong, SG_BACKUP_NAME, SG_BACKUP_MANIFEST " is none that this version reads, or is missing: the backup was not finished");
		good = false;
	} else if (!walk(backup, "", holds, &h, SG_BACKUP_DEPTH + 1)) {
		if (wrong[0] == '\0')
			snprintf(wrong, SG_BACKUP_NAME, "it cannot be read: %s", strerror(errno));
		good = false;
	} else if (h.met != h.files->count) {
		snprintf(wrong, SG_BACKUP_NAME, "%zu of its %zu files are gone", h.files->count - h.met, (size_t)h.files->count);
		good = false;
	}
	sg_buf_done(&text);
	sg_arena_done(&arena);
	return good;
}
