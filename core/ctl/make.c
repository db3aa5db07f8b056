/* SPDX-License-Identifier: Apache-2.0
 * Making folders and files so that they are there whole after a crash, or not at all. */
#include "ctl/show.h"
#include "ctl/start.h"

#include "base/fd.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BESIDE = 1300 };

static bool
sync_parent(const char *path)
{
	char folder[1200];
	snprintf(folder, sizeof(folder), "%s", path);
	char *slash = strrchr(folder, '/');
	if (slash == NULL)
		snprintf(folder, sizeof(folder), ".");
	else
		slash[slash == folder] = '\0';
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

enum sg_make
sg_make_folder(const char *path, mode_t mode)
{
	struct stat status;
	if (mkdir(path, mode) == 0)
		return chmod(path, mode) == 0 && sync_parent(path) ? SG_MAKE_MADE : SG_MAKE_FAILED;
	if (errno != EEXIST || stat(path, &status) != 0)
		return SG_MAKE_FAILED;
	errno = ENOTDIR;
	return S_ISDIR(status.st_mode) ? SG_MAKE_KEPT : SG_MAKE_FAILED;
}

/* Whole and synced, under a name of its own; false with errno, and it is not there. */
static bool
write_beside(const char *path, char beside[BESIDE], struct sg_str bytes, mode_t mode)
{
	snprintf(beside, BESIDE, "%s.new-%ld", path, (long)getpid());
	int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return false;
	bool good = fchmod(fd, mode) == 0 && sg_write_whole(fd, bytes) && fsync(fd) == 0;
	int error = errno;
	close(fd);
	if (!good)
		unlink(beside);
	errno = error;
	return good;
}

bool
sg_make_replace(const char *path, struct sg_str bytes, mode_t mode)
{
	char beside[BESIDE];
	if (!write_beside(path, beside, bytes, mode))
		return false;
	bool good = rename(beside, path) == 0;
	int error = errno;
	if (!good)
		unlink(beside);
	errno = error;
	return good && sync_parent(path);
}

/* Written beside and then linked: link() refuses a name that exists, which rename() would replace. */
enum sg_make
sg_make_file(const char *path, struct sg_str bytes, mode_t mode)
{
	char beside[BESIDE];
	if (access(path, F_OK) == 0)
		return SG_MAKE_KEPT;
	bool good = write_beside(path, beside, bytes, mode);
	int error = errno;
	if (!good)
		return SG_MAKE_FAILED;
	enum sg_make result = SG_MAKE_FAILED;
	if (link(beside, path) == 0)
		result = SG_MAKE_MADE;
	else {
		error = errno;
		result = error == EEXIST ? SG_MAKE_KEPT : SG_MAKE_FAILED;
	}
	unlink(beside);
	if (result == SG_MAKE_MADE && !sync_parent(path))
		return SG_MAKE_FAILED;
	errno = error;
	return result;
}

int
sg_made_note(const struct sg_ctl *ctl, struct sg_made *made, enum sg_make result, const char *path)
{
	struct sg_buf *list = result == SG_MAKE_MADE ? &made->made : &made->kept;
	if (result == SG_MAKE_FAILED)
		return sg_ctl_fail(ctl, errno == EACCES || errno == EPERM ? SG_CTL_PERMISSION : SG_CTL_CANNOT_MAKE,
				   "make", "", "%s: %s", path, strerror(errno));
	sg_buf_text(list, list->len > 0 ? "," : "");
	sg_canon_string(list, sg_str(path));
	if (!made->json && result == SG_MAKE_MADE)
		printf("made %s\n", path);
	return SG_CTL_OK;
}

void
sg_made_print(const struct sg_made *made)
{
	struct sg_buf line;
	sg_buf_init(&line, 4 << 20);
	sg_buf_text(&line, "{\"kept\":[");
	sg_buf_str(&line, sg_buf_view(&made->kept));
	sg_buf_text(&line, "],\"made\":[");
	sg_buf_str(&line, sg_buf_view(&made->made));
	sg_buf_text(&line, "]}");
	sg_show_answer(sg_buf_view(&line));
	sg_buf_done(&line);
}
