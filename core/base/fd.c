/* SPDX-License-Identifier: Apache-2.0
 * A path walked part by part, each opened relative to the one before. */
#include "base/fd.h"

#include "base/err.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum sg_status
sg_part_trusted(int fd, struct sg_str part, bool folder, bool last_folder, struct sg_err *err)
{
	struct stat st;
	if (fstat(fd, &st) != 0 || (folder ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode)))
		return sg_fail(err, SG_REFUSED, "path_type", "\"%.*s\" is not a %s", SG_STR_ARG(part),
			       folder ? "folder" : "regular file");
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return sg_fail(err, SG_REFUSED, "path_owner", "\"%.*s\" belongs to user %u", SG_STR_ARG(part),
			       (unsigned)st.st_uid);
	bool sticky = folder && !last_folder && (st.st_mode & S_ISVTX) != 0;
	if ((st.st_mode & 022) != 0 && !sticky)
		return sg_fail(err, SG_REFUSED, "path_writable", "group or others may write \"%.*s\" (mode %04o)",
			       SG_STR_ARG(part), (unsigned)(st.st_mode & 07777));
	return SG_OK;
}

static enum sg_status
fail_open(int folder, const char *name, struct sg_err *err)
{
	int error = errno;
	struct stat st;
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
		return sg_fail(err, SG_REFUSED, "path_link", "\"%s\" is a symbolic link, which is not followed", name);
	if (error == ENOENT)
		return sg_fail(err, SG_NOT_FOUND, "path_missing", "there is no \"%s\"", name);
	if (error == ENOTDIR)
		return sg_fail(err, SG_REFUSED, "path_type", "\"%s\" is not a folder", name);
	return sg_fail(err, SG_UNAVAILABLE, "path_unreadable", "\"%s\" cannot be opened (error %d)", name, error);
}

/* Replaces `*fd` by its child. */
static enum sg_status
step(int *fd, struct sg_str part, bool folder, bool last_folder, struct sg_err *err)
{
	char name[NAME_MAX + 1];
	if (part.len == 0 || part.len > NAME_MAX || sg_str_is(part, ".") || sg_str_is(part, ".."))
		return sg_fail(err, SG_MALFORMED, "path_form", "\"%.*s\" has no place in a path", SG_STR_ARG(part));
	memcpy(name, part.ptr, part.len);
	name[part.len] = '\0';
	int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	int child = openat(*fd, name, folder ? flags | O_DIRECTORY : flags);
	if (child < 0)
		return fail_open(*fd, name, err);
	close(*fd);
	*fd = child;
	return sg_part_trusted(child, part, folder, last_folder, err);
}

static enum sg_status
open_trusted(const char *path, bool folder, int *fd, struct sg_err *err)
{
	struct sg_str rest = sg_str(path);
	if (!sg_str_starts(rest, "/") || rest.len >= PATH_MAX)
		return sg_fail(err, SG_MALFORMED, "path_form", "the path of a trusted file starts with /");
	rest.ptr++;
	rest.len--;
	int at = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum sg_status status =
		at < 0 ? sg_fail(err, SG_UNAVAILABLE, "path_unreadable", "\"/\" cannot be opened") : SG_OK;
	if (status == SG_OK)
		status = sg_part_trusted(at, SG_STR("/"), true, memchr(rest.ptr, '/', rest.len) == NULL, err);
	while (status == SG_OK && rest.ptr != NULL) {
		struct sg_str part = sg_str_cut(&rest, '/');
		bool last = rest.ptr == NULL;
		bool last_folder = last ? folder : !folder && memchr(rest.ptr, '/', rest.len) == NULL;
		status = step(&at, part, !last || folder, last_folder, err);
	}
	if (status != SG_OK && at >= 0)
		close(at);
	else if (status == SG_OK)
		*fd = at;
	return status;
}

enum sg_status
sg_open_trusted(const char *path, int *fd, struct sg_err *err)
{
	return open_trusted(path, false, fd, err);
}

enum sg_status
sg_open_trusted_folder(const char *path, int *fd, struct sg_err *err)
{
	return open_trusted(path, true, fd, err);
}

bool
sg_read_whole(int fd, void *bytes, size_t len)
{
	size_t have = 0;
	while (have < len) {
		ssize_t got = pread(fd, (char *)bytes + have, len - have, (off_t)have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		have += (size_t)got;
	}
	return true;
}

bool
sg_write_whole(int fd, struct sg_str bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes.ptr += n;
		bytes.len -= (size_t)n;
	}
	return true;
}

bool
sg_file_unwritten(int fd)
{
	return fcntl(fd, F_SETLEASE, F_RDLCK) == 0 || errno != EAGAIN;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

bool
sg_file_unchanged(int fd, const struct stat *before)
{
	struct stat now;
	return fstat(fd, &now) == 0 && now.st_size == before->st_size && same_time(now.st_mtim, before->st_mtim) && same_time(now.st_ctim, before->st_ctim);
}

size_t
sg_descriptors_raise(size_t most)
{
	struct rlimit limit = {0}, more;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return 0;
	more = (struct rlimit){limit.rlim_cur > most ? limit.rlim_cur : most, limit.rlim_max > most ? limit.rlim_max : most};
	if (limit.rlim_cur < most && setrlimit(RLIMIT_NOFILE, &more) != 0) {
		more = (struct rlimit){limit.rlim_max < most ? limit.rlim_max : most, limit.rlim_max};
		setrlimit(RLIMIT_NOFILE, &more);
	}
	return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (size_t)limit.rlim_cur : 0;
}
