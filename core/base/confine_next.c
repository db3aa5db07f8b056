/* SPDX-License-Identifier: Apache-2.0
 * The second list of system calls, made before a module runs and loaded after it started. The module shares this process's memory, so the list lies in
 * a mapping that cannot be made writable, at the lowest address there is: one comparison in the first list keeps every later mapping above it. */
#include "base/confine_calls.h"

#include "base/fd.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

/* Below the program, and above what the kernel keeps free (vm.mmap_min_addr, 64 KiB at most by default). */
static void *
lowest_place(void)
{
	static const uintptr_t places[] = {0x10000, 0x20000, 0x40000, 0x80000, 0x100000, 0x200000};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		void *want = (void *)places[i];
		void *got = mmap(want, SG_CONFINE_NEXT_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		if (got == want)
			return got;
		if (got != MAP_FAILED)
			munmap(got, SG_CONFINE_NEXT_BYTES);
	}
	return NULL;
}

/* struct sock_fprog, then the instructions it points to. */
static int
write_list(int fd, enum sg_profile profile, unsigned sets, char *place)
{
	struct sock_fprog head = {0};
	if (lseek(fd, sizeof(head), SEEK_SET) < 0)
		return -errno;
	int rc = sg_confine_calls_write(profile, sets, fd);
	off_t end = lseek(fd, 0, SEEK_END);
	if (rc != 0)
		return rc;
	if (end <= (off_t)sizeof(head) || end > SG_CONFINE_NEXT_BYTES)
		return -E2BIG;
	head.len = (unsigned short)((size_t)(end - (off_t)sizeof(head)) / sizeof(struct sock_filter));
	head.filter = (struct sock_filter *)(void *)(place + sizeof(head));
	bool written = pwrite(fd, &head, sizeof(head), 0) == (ssize_t)sizeof(head) && ftruncate(fd, SG_CONFINE_NEXT_BYTES) == 0;
	return written && fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0 ? 0 : -errno;
}

/* Through a descriptor that is for reading alone, shared: such a mapping can never be written, and a process has no copy of its own. */
static int
lay(int fd, void *place)
{
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int reading = open(path, O_RDONLY | O_CLOEXEC);
	void *got = reading < 0 ? MAP_FAILED : mmap(place, SG_CONFINE_NEXT_BYTES, PROT_READ, MAP_SHARED | MAP_FIXED, reading, 0);
	int error = errno;
	if (reading >= 0)
		close(reading);
	return got == place ? 0 : -error;
}

int
sg_confine_next_keep(enum sg_profile profile, unsigned sets, const void **next)
{
	void *place = lowest_place();
	int fd = place == NULL ? -1 : memfd_create("stepgate-list", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return place == NULL ? -ENOMEM : -errno;
	int rc = write_list(fd, profile, sets, place);
	if (rc == 0)
		rc = lay(fd, place);
	close(fd);
	if (rc == 0)
		*next = place;
	return rc;
}

int
sg_confine_next_load(const void *next)
{
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, next) == 0 ? 0 : -errno;
}
