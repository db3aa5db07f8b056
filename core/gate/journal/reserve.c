/* SPDX-License-Identifier: Apache-2.0
 * The reserve: a file of zeros. What it says is nobody's to read; that it takes room is all. */
#include "gate/journal/reserve.h"

#include "gate/journal/journal_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define RESERVE_FILE "reserve"

/* A file with holes takes no room. */
static bool
is_whole(int folder)
{
	struct stat st;
	return fstatat(folder, RESERVE_FILE, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && st.st_size == SG_RESERVE && (int64_t)st.st_blocks * 512 >= SG_RESERVE;
}

uint64_t
sg_reserve_room(int folder)
{
	struct statvfs fs;
	return fstatvfs(folder, &fs) == 0 ? (uint64_t)fs.f_bavail * fs.f_frsize : 0;
}

static bool
has_room(int folder, int *error)
{
	errno = ENOSPC;
	bool enough = sg_reserve_room(folder) >= 2 * (uint64_t)SG_RESERVE;
	*error = errno;
	return enough;
}

static bool
fill(const struct sg_sys *sys, int fd, int *error)
{
	static const char zeros[SG_JOURNAL_TRIAL];
	for (off_t at = 0; at < SG_RESERVE; at += (off_t)sizeof(zeros))
		if (sg_write_all(sys, fd, (struct sg_str){zeros, sizeof(zeros)}, at, error) != 0)
			return false;
	*error = sys->fdatasync(sys, fd) == 0 ? 0 : errno;
	return *error == 0;
}

bool
sg_reserve_make(const struct sg_sys *sys, int folder, int *error)
{
	if (is_whole(folder))
		return true;
	sg_reserve_free(folder);
	if (!has_room(folder, error))
		return false;
	int fd = sys->openat(sys, folder, RESERVE_FILE, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
	*error = errno;
	bool good = fd >= 0 && fill(sys, fd, error);
	if (fd >= 0)
		sys->close(sys, fd);
	if (fd >= 0 && !good)
		sg_reserve_free(folder);
	return good;
}

bool
sg_reserve_free(int folder)
{
	return unlinkat(folder, RESERVE_FILE, 0) == 0;
}
