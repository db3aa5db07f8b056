/* SPDX-License-Identifier: Apache-2.0
 * Reading policy files. What they mean is for the zygote. */
#include "main/policy_files.h"

#include "base/canon.h"
#include "base/fd.h"
#include "base/str.h"
#include "policy/spec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUDGET = 256 << 20 };

static void
report_one(struct sg_buf *report, const char *file, const char *what, const char *hint)
{
	struct sg_json_writer w;
	sg_buf_clear(report);
	sg_jw_begin(&w, report);
	sg_jw_object(&w);
	sg_jw_name(&w, "errors");
	sg_jw_array(&w);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "file", file);
	sg_jw_member_text(&w, "hint", hint);
	sg_jw_member_int(&w, "line", 0);
	sg_jw_member_text(&w, "what", what);
	sg_jw_end(&w);
	sg_jw_end(&w);
	sg_jw_end(&w);
}

static int
is_policy(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	return entry->d_name[0] != '.' && len > 4 && strcmp(entry->d_name + len - 4, ".lua") == 0;
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static const char *
bad_owner(int fd)
{
	struct stat status;
	if (fstat(fd, &status) != 0)
		return "cannot be looked at";
	if (status.st_uid != 0 && status.st_uid != geteuid())
		return "is owned by neither root nor the user who reads it";
	return (status.st_mode & 022) != 0 ? "may be written by group or others" : NULL;
}

/* What is wrong with it, or NULL. */
static const char *
read_all(struct sg_arena *arena, int fd, struct sg_str *out)
{
	struct stat status;
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > SG_POLICY_FILE)
		return "is not a regular file of at most 1 MiB";
	if (!sg_file_unwritten(fd))
		return "is open for writing: wait until it is written, then load again";
	char *bytes = sg_arena_alloc(arena, (size_t)status.st_size + 1);
	*out = (struct sg_str){bytes, (size_t)status.st_size};
	if (bytes == NULL)
		return "is more than there is memory for";
	return sg_read_whole(fd, bytes, out->len) && sg_file_unchanged(fd, &status) ? NULL : "was written while it was read: load again";
}

static enum sg_status
read_one(struct sg_policy_files *files, int folder, const char *name, struct sg_buf *report)
{
	struct sg_policy_source *source = &files->list[files->count];
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	const char *bad = fd < 0 ? (errno == ELOOP ? "is a symbolic link" : "cannot be opened") : bad_owner(fd);
	if (bad == NULL)
		bad = read_all(&files->arena, fd, &source->text);
	if (fd >= 0)
		close(fd);
	source->name = sg_arena_copy(&files->arena, sg_str(name));
	files->count++;
	if (bad == NULL)
		return SG_OK;
	report_one(report, name, bad, "policy files are plain files, mode 0644 or less, owned by root or the daemon's user");
	return SG_MALFORMED;
}

enum sg_status
sg_policy_files_read(struct sg_policy_files *files, const char *path, bool named, struct sg_buf *report)
{
	struct dirent **names = NULL;
	void (*before)(int) = signal(SIGIO, SIG_IGN); /* somebody waits for a file that is being read: see base/fd.h */
	*files = (struct sg_policy_files){.count = 0};
	sg_arena_init(&files->arena, BUDGET);
	struct sg_err err = {0};
	int folder = -1;
	enum sg_status led = named ? sg_open_trusted_way(path, &folder, &err) : SG_OK;
	if (!named)
		folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (led == SG_NOT_FOUND || (!named && folder < 0 && errno == ENOENT)) {
		signal(SIGIO, before);
		return SG_OK;
	}
	const char *bad = led != SG_OK ? err.text : folder < 0 ? "cannot be opened" : bad_owner(folder);
	int count = bad == NULL ? scandirat(folder, ".", &names, is_policy, by_bytes) : -1;
	enum sg_status status = SG_OK;
	if (count < 0 || count > SG_POLICY_FILES) {
		report_one(report, path, bad != NULL ? bad : "cannot be listed, or holds too many files",
			   led != SG_OK ? "policy_dir, and each folder on the way to it, belongs to root or the daemon's user, and nobody else may write it" : "see policy_dir");
		status = SG_MALFORMED;
	}
	files->list = sg_arena_alloc(&files->arena, (size_t)(count > 0 ? count : 0) * sizeof(*files->list) + 1);
	for (int i = 0; i < count; i++) {
		bool spec = sg_spec_named(sg_str(names[i]->d_name));
		files->specs += spec;
		if (status == SG_OK && files->list != NULL && !spec)
			status = read_one(files, folder, names[i]->d_name, report);
		free(names[i]);
	}
	free(names);
	if (folder >= 0)
		close(folder);
	signal(SIGIO, before);
	return status;
}

void
sg_policy_files_done(struct sg_policy_files *files)
{
	sg_arena_done(&files->arena);
}
