/* SPDX-License-Identifier: Apache-2.0
 * Editing a file so that it is there whole, old or new, at every moment. */
#include "ctl/edit.h"

#include "base/fd.h"
#include "base/str.h"
#include "conf/source.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char known[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

bool
sg_edit_name(struct sg_edit *edit, const char *config, const char *name)
{
	const char *slash = strrchr(config, '/');
	size_t len = strlen(name);
	bool full = len > 5 && strcmp(name + len - 5, ".conf") == 0;
	*edit = (struct sg_edit){.dir = -1};
	if (len == 0 || len > 100 || name[0] == '.' || name[strspn(name, known)] != '\0')
		return false;
	if (snprintf(edit->folder, sizeof(edit->folder), "%.*s/conf.d", slash == NULL ? 1 : (int)(slash - config),
		     slash == NULL ? "." : config) >= (int)sizeof(edit->folder))
		return false;
	snprintf(edit->name, sizeof(edit->name), "%s%s", name, full ? "" : ".conf");
	snprintf(edit->path, sizeof(edit->path), "%s/%s", edit->folder, edit->name);
	sg_buf_init(&edit->old, SG_CONF_MAX_FILE_BYTES + 1);
	sg_buf_init(&edit->text, SG_CONF_MAX_FILE_BYTES + 1);
	return true;
}

/* The bytes of a regular file, at most what a configuration file may have. */
static bool
read_file(int dir, const char *name, struct sg_buf *out, struct stat *st)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	sg_buf_clear(out);
	bool good = fstat(fd, st) == 0;
	if (good && !S_ISREG(st->st_mode))
		good = (errno = EINVAL, false);
	if (good && st->st_size > SG_CONF_MAX_FILE_BYTES)
		good = (errno = EFBIG, false);
	char *to = good ? sg_buf_reserve(out, (size_t)st->st_size + 1) : NULL;
	if (to != NULL && (good = sg_read_whole(fd, to, (size_t)st->st_size)))
		out->len = (size_t)st->st_size;
	int error = errno;
	close(fd);
	errno = error;
	return good && to != NULL;
}

/* A new file beside the others, by a name that is not read. */
static bool
write_beside(const struct sg_edit *edit, const char *name, struct sg_str bytes)
{
	int fd = openat(edit->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	mode_t mode = edit->exists ? edit->before.st_mode & 07755 : 0644; /* what others may write would not be read */
	bool good = (!edit->exists || fchown(fd, edit->before.st_uid, edit->before.st_gid) == 0) &&
		    fchmod(fd, mode) == 0 && sg_write_whole(fd, bytes) && fsync(fd) == 0;
	int error = errno;
	close(fd);
	if (!good)
		unlinkat(edit->dir, name, 0);
	errno = error;
	return good;
}

/* What the vendor ships by that name, if anything can be read there. */
static void
begin_with_masked(struct sg_edit *edit, const char *vendor)
{
	struct stat st;
	int dir = vendor == NULL ? -1 : open(vendor, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0 && !read_file(dir, edit->name, &edit->old, &st))
		sg_buf_clear(&edit->old);
	if (dir >= 0)
		close(dir);
}

bool
sg_edit_begin(struct sg_edit *edit, const char *vendor)
{
	char copy[SG_EDIT_NAME + 32];
	if (mkdir(edit->folder, 0755) != 0 && errno != EEXIST)
		return false;
	edit->dir = open(edit->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (edit->dir < 0)
		return false;
	edit->exists = read_file(edit->dir, edit->name, &edit->old, &edit->before);
	if (!edit->exists && errno != ENOENT)
		return false;
	if (!edit->exists)
		begin_with_masked(edit, vendor);
	snprintf(copy, sizeof(copy), ".%s.edit-%ld", edit->name, (long)getpid());
	if (!write_beside(edit, copy, sg_buf_view(&edit->old)))
		return false;
	snprintf(edit->copy, sizeof(edit->copy), "%.*s/%s", SG_EDIT_PATH - 1, edit->folder, copy);
	return true;
}

int
sg_edit_run(const struct sg_edit *edit)
{
	const char *editor = getenv("VISUAL");
	char command[1024];
	int status = -1;
	if (editor == NULL || editor[0] == '\0')
		editor = getenv("EDITOR");
	snprintf(command, sizeof(command), "%s \"$1\"", editor == NULL || editor[0] == '\0' ? "vi" : editor);
	fflush(NULL);
	struct sigaction ignore = {.sa_handler = SIG_IGN},
			 kept; /* the keys that end an editor's work are the editor's */
	sigaction(SIGINT, &ignore, &kept);
	pid_t pid = fork();
	if (pid == 0) {
		sigaction(SIGINT, &kept, NULL);
		execl("/bin/sh", "sh", "-c", command, "sh", edit->copy, (char *)NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	sigaction(SIGINT, &kept, NULL);
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool
sg_edit_read(struct sg_edit *edit)
{
	struct stat st;
	return read_file(edit->dir, strrchr(edit->copy, '/') + 1, &edit->text, &st);
}

bool
sg_edit_same(const struct sg_edit *edit)
{
	return sg_str_eq(sg_buf_view(&edit->old), sg_buf_view(&edit->text));
}

static bool
still_the_same(const struct sg_edit *edit)
{
	struct stat now;
	if (fstatat(edit->dir, edit->name, &now, AT_SYMLINK_NOFOLLOW) != 0)
		return !edit->exists && errno == ENOENT;
	return edit->exists && now.st_ino == edit->before.st_ino && now.st_size == edit->before.st_size &&
	       now.st_mtim.tv_sec == edit->before.st_mtim.tv_sec && now.st_mtim.tv_nsec == edit->before.st_mtim.tv_nsec;
}

bool
sg_edit_install(struct sg_edit *edit)
{
	char beside[SG_EDIT_NAME + 32];
	snprintf(beside, sizeof(beside), ".%s.new-%ld", edit->name, (long)getpid());
	if (!still_the_same(edit)) {
		errno = EBUSY;
		return false;
	}
	if (!write_beside(edit, beside, sg_buf_view(&edit->text)))
		return false;
	if (renameat(edit->dir, beside, edit->dir, edit->name) != 0) {
		int error = errno;
		unlinkat(edit->dir, beside, 0);
		errno = error;
		return false;
	}
	return fsync(edit->dir) == 0;
}

void
sg_edit_end(struct sg_edit *edit)
{
	if (edit->copy[0] != '\0')
		unlinkat(edit->dir, strrchr(edit->copy, '/') + 1, 0);
	if (edit->dir >= 0)
		close(edit->dir);
	sg_buf_done(&edit->old);
	sg_buf_done(&edit->text);
}
