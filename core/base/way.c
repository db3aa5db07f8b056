/* SPDX-License-Identifier: Apache-2.0
 * The way to a folder through links, walked name by name: each folder that holds a name of it is looked at, also those that a link leads away from. */
#include "base/fd.h"

#include "base/err.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MOST = 40 };

struct way {
	char rest[2 * PATH_MAX]; /* names that are still to be walked */
	int at;                  /* the folder they begin in */
	unsigned links;
};

static enum sg_status
stand_in(struct way *w, int folder, const char *name, struct sg_err *err)
{
	if (folder < 0)
		return sg_fail(err, errno == ENOENT ? SG_NOT_FOUND : errno == ENOTDIR ? SG_REFUSED : SG_UNAVAILABLE,
			       errno == ENOENT ? "path_missing" : errno == ENOTDIR ? "path_type" : "path_unreadable", "\"%s\" %s", name,
			       errno == ENOENT ? "does not exist" : errno == ENOTDIR ? "is not a folder" : "cannot be opened");
	if (w->at >= 0)
		close(w->at);
	w->at = folder;
	return sg_part_trusted(folder, sg_str(name), true, w->rest[strspn(w->rest, "/")] == '\0', err);
}

/* Its text stands before what is still to be walked. */
static enum sg_status
follow(struct way *w, const char *name, const struct stat *link, struct sg_err *err)
{
	char text[PATH_MAX], rest[sizeof(w->rest)];
	ssize_t len = readlinkat(w->at, name, text, sizeof(text) - 1);
	if (link->st_uid != 0 && link->st_uid != geteuid())
		return sg_fail(err, SG_REFUSED, "path_owner", "the link \"%s\" belongs to user %u", name, (unsigned)link->st_uid);
	if (len <= 0 || ++w->links > LINKS_MOST)
		return sg_fail(err, SG_REFUSED, "path_link", "\"%s\": too many links", name);
	text[len] = '\0';
	int size = snprintf(rest, sizeof(rest), "%s/%s", text, w->rest);
	if (size < 0 || (size_t)size >= sizeof(rest))
		return sg_fail(err, SG_REFUSED, "path_form", "the way through \"%s\" is too long", name);
	memcpy(w->rest, rest, (size_t)size + 1);
	return text[0] == '/' ? stand_in(w, open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), "/", err) : SG_OK;
}

static enum sg_status
one_name(struct way *w, struct sg_err *err)
{
	char name[NAME_MAX + 1];
	struct stat st;
	char *begin = w->rest + strspn(w->rest, "/");
	size_t len = strcspn(begin, "/");
	if (len > NAME_MAX)
		return sg_fail(err, SG_MALFORMED, "path_form", "a name of the path is too long");
	memcpy(name, begin, len);
	name[len] = '\0';
	memmove(w->rest, begin + len, strlen(begin + len) + 1);
	if (fstatat(w->at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
		return follow(w, name, &st, err);
	return stand_in(w, openat(w->at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), name, err);
}

enum sg_status
sg_open_trusted_way(const char *path, int *fd, struct sg_err *err)
{
	struct way w = {.at = -1};
	if (strlen(path) >= PATH_MAX)
		return sg_fail(err, SG_MALFORMED, "path_form", "the path is too long");
	snprintf(w.rest, sizeof(w.rest), "%s", path);
	enum sg_status status = stand_in(&w, open(path[0] == '/' ? "/" : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), path[0] == '/' ? "/" : ".", err);
	while (status == SG_OK && w.rest[strspn(w.rest, "/")] != '\0')
		status = one_name(&w, err);
	if (status == SG_OK)
		*fd = w.at;
	else if (w.at >= 0)
		close(w.at);
	return status;
}
