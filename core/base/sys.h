/* SPDX-License-Identifier: Apache-2.0
 * The world as the gate sees it: clock, randomness, disk, peers, behind one table of functions, so that a test can play any of them. */
#ifndef SG_BASE_SYS_H
#define SG_BASE_SYS_H

#include <stdbool.h>
#include <sys/types.h>
#include <stepgate/types.h>

enum { SG_PEER_GROUPS = 64 };

/* What the kernel says about the other end of a connection, read before any byte of it. */
struct sg_peer {
	uid_t uid;
	gid_t gid;
	pid_t pid;         /* at connect(); 0 if it has no number in our PID namespace */
	int pidfd;         /* owned by whoever holds the peer; -1 if none could be had */
	bool pidfd_exact;  /* from SO_PEERPIDFD: cannot be a reused pid. false: pidfd_open, guarded by start_time */
	uint64_t start_time; /* clock ticks since boot, /proc/PID/stat field 22; 0 if unknown */
	uint64_t pidfs;    /* inode of the pidfd where the kernel has pidfs, else 0 */
	gid_t groups[SG_PEER_GROUPS];
	size_t group_count;
	bool network;              /* no process here: uid and gid are -1, pid and pidfd tell nothing, it lives as long as its connection */
	unsigned char address[16]; /* network: IPv6, or IPv4 mapped into it */
};

/* Every entry returns what the system call of that name returns, with errno. `self` is the table, so that a test can embed it. */
struct sg_sys {
	sg_time (*boot_time)(const struct sg_sys *self); /* CLOCK_BOOTTIME */
	sg_time (*wall_time)(const struct sg_sys *self); /* CLOCK_REALTIME, since 1970 */
	int (*random)(const struct sg_sys *self, void *bytes, size_t len); /* 0, or -1: then nothing may be issued */

	int (*openat)(const struct sg_sys *self, int folder, const char *name, int flags, mode_t mode);
	ssize_t (*pwrite)(const struct sg_sys *self, int fd, const void *bytes, size_t len, off_t at);
	ssize_t (*pread)(const struct sg_sys *self, int fd, void *bytes, size_t len, off_t at);
	int (*fdatasync)(const struct sg_sys *self, int fd);
	int (*fsync)(const struct sg_sys *self, int fd); /* folders; files whose length must be on the disk, too */
	int (*ftruncate)(const struct sg_sys *self, int fd, off_t len);
	int (*close)(const struct sg_sys *self, int fd);
	int (*renameat)(const struct sg_sys *self, int folder, const char *from, const char *to);

	/* Fills `peer` for a connected UNIX socket. SG_OK, or SG_REFUSED with peer_gone, peer_unknown. */
	enum sg_status (*peer)(const struct sg_sys *self, int socket, struct sg_peer *peer, struct sg_err *err);
	/* True while the process behind `peer` is the same and alive. */
	bool (*peer_alive)(const struct sg_sys *self, const struct sg_peer *peer);
	/* Whether anybody is left in a control group: see base/group.h. NULL: this world has none. */
	int (*group_empty)(const struct sg_sys *self, const char *path);
	/* That user may not write in the control group's folder or above (group.h). NULL: not known, taken for no. */
	bool (*group_kept)(const struct sg_sys *self, const char *path, uid_t uid);
	/* A copy of this process (fork): its number, 0 in the copy, -1 if there is none. NULL: this world makes none. Nobody waits for it, and it is killed where
	 * this process ends. While it lives it holds `end`, which the caller closes. */
	pid_t (*copy)(const struct sg_sys *self, int end);
	/* When the process with this number started, in clock ticks since boot; 0: there is none, or it has ended;
	 * UINT64_MAX: this could not be found out. NULL: this world has no processes. */
	uint64_t (*process_start)(const struct sg_sys *self, pid_t pid);
};

/* The real world. */
extern const struct sg_sys sg_sys_real;

/* SO_PEERPIDFD, or -1 with errno: apart, so that a test can take it away. */
int sg_peer_pidfd(int socket);

/* The same as sg_sys_real but as kernels before 6.5: pidfd_open and the start time. */
extern const struct sg_sys sg_sys_without_peerpidfd;

#endif
