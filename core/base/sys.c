/* SPDX-License-Identifier: Apache-2.0
 * The real world: system calls under the names of the table. */
#include "base/sys.h"

#include "base/err.h"
#include "base/group.h"
#include "base/peer.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static sg_time
read_clock(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (sg_time)now.tv_sec * SG_SEC + now.tv_nsec;
}

static sg_time
boot_time(const struct sg_sys *self)
{
	(void)self;
	return read_clock(CLOCK_BOOTTIME);
}

static sg_time
wall_time(const struct sg_sys *self)
{
	(void)self;
	return read_clock(CLOCK_REALTIME);
}

static int
random_bytes(const struct sg_sys *self, void *bytes, size_t len)
{
	(void)self;
	return getrandom(bytes, len, 0) == (ssize_t)len ? 0 : -1;
}

static int
real_openat(const struct sg_sys *self, int folder, const char *name, int flags, mode_t mode)
{
	(void)self;
	return openat(folder, name, flags | O_CLOEXEC | O_NOFOLLOW, mode);
}

static ssize_t
real_pwrite(const struct sg_sys *self, int fd, const void *bytes, size_t len, off_t at)
{
	(void)self;
	return pwrite(fd, bytes, len, at);
}

static ssize_t
real_pread(const struct sg_sys *self, int fd, void *bytes, size_t len, off_t at)
{
	(void)self;
	return pread(fd, bytes, len, at);
}

static int
real_fdatasync(const struct sg_sys *self, int fd)
{
	(void)self;
	return fdatasync(fd);
}

static int
real_fsync(const struct sg_sys *self, int fd)
{
	(void)self;
	return fsync(fd);
}

static int
real_ftruncate(const struct sg_sys *self, int fd, off_t len)
{
	(void)self;
	return ftruncate(fd, len);
}

static int
real_close(const struct sg_sys *self, int fd)
{
	(void)self;
	return close(fd);
}

static int
real_renameat(const struct sg_sys *self, int folder, const char *from, const char *to)
{
	(void)self;
	return renameat(folder, from, folder, to);
}

#define REAL_WORLD                                                                                                     \
	.boot_time = boot_time, .wall_time = wall_time, .random = random_bytes, .openat = real_openat,                 \
	.pwrite = real_pwrite, .pread = real_pread, .fdatasync = real_fdatasync, .fsync = real_fsync,                  \
	.ftruncate = real_ftruncate, .close = real_close, .renameat = real_renameat, .peer_alive = sg_peer_alive, .process_start = sg_process_start, .copy = real_copy, .group_empty = sg_group_empty, .group_kept = sg_group_kept

static pid_t
real_copy(const struct sg_sys *self, int end)
{
	(void)self;
	(void)end; /* it has it as all else that is open */
	pid_t parent = getpid(), copy = fork();
	if (copy == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != parent))
		_exit(1);
	return copy;
}

const struct sg_sys sg_sys_real = {REAL_WORLD, .peer = sg_peer_read};
const struct sg_sys sg_sys_without_peerpidfd = {REAL_WORLD, .peer = sg_peer_read_old};
