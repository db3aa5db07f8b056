/* SPDX-License-Identifier: Apache-2.0
 * System calls by role. Unlisted: EPERM. Some are allowed only with certain arguments; those stand in `narrowed`. */
#include "base/confine_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

enum {
	GATE = 1 << SG_PROFILE_GATE,
	DOOR = 1 << SG_PROFILE_DOOR,
	ZYGOTE = 1 << SG_PROFILE_ZYGOTE,
	WORKER = 1 << SG_PROFILE_WORKER,
	ATTEST = 1 << SG_PROFILE_ATTEST,
	ISSUE = 1 << SG_PROFILE_ISSUE,
	VERIFY = 1 << SG_PROFILE_VERIFY,
	AUDIT = 1 << SG_PROFILE_AUDIT,
	LOADING = 1 << SG_PROFILE_COUNT,
	FILES = 1 << (SG_PROFILE_COUNT + 1),
	LOCKS = SG_MORE_LOCKS << SG_PROFILE_COUNT,
	RESOLVER = SG_MORE_RESOLVER << SG_PROFILE_COUNT,
	NETWORK = SG_MORE_NETWORK << SG_PROFILE_COUNT,
	READS = SG_MORE_READS << SG_PROFILE_COUNT,
	TALKING = RESOLVER | NETWORK,
	BY_PATH = RESOLVER | READS,
	HOSTS = ATTEST | ISSUE | VERIFY | AUDIT,
	ALL = GATE | DOOR | ZYGOTE | WORKER | HOSTS
};

static const struct {
	int call;
	unsigned profiles;
} plain[] = {
	{SCMP_SYS(read), ALL},
	{SCMP_SYS(write), ALL},
	{SCMP_SYS(writev), ALL},
	{SCMP_SYS(close), ALL},
	{SCMP_SYS(brk), ALL},
	{SCMP_SYS(madvise), ALL},
	{SCMP_SYS(futex), ALL},
	{SCMP_SYS(exit), ALL},
	{SCMP_SYS(exit_group), ALL},
	{SCMP_SYS(rt_sigreturn), ALL},
	{SCMP_SYS(rt_sigprocmask), ALL},
	{SCMP_SYS(restart_syscall), ALL},
	{SCMP_SYS(clock_gettime), ALL},
	{SCMP_SYS(clock_nanosleep), GATE | DOOR},
	{SCMP_SYS(gettimeofday), ALL},
	{SCMP_SYS(getpid), ALL},
	{SCMP_SYS(gettid), ALL},
	{SCMP_SYS(getrandom), ALL},
	{SCMP_SYS(recvmsg), ALL},
	{SCMP_SYS(sendmsg), ALL},
	{SCMP_SYS(recvfrom), GATE | DOOR | TALKING},
	{SCMP_SYS(sendto), GATE | DOOR | TALKING},
	{SCMP_SYS(sendmmsg), TALKING},
	{SCMP_SYS(recvmmsg), TALKING},
	{SCMP_SYS(connect), TALKING},
	{SCMP_SYS(getsockname), TALKING},
	{SCMP_SYS(getpeername), TALKING},
	{SCMP_SYS(poll), ALL},
	{SCMP_SYS(ppoll), ALL},
	{SCMP_SYS(epoll_create1), GATE | DOOR},
	{SCMP_SYS(epoll_ctl), GATE | DOOR},
	{SCMP_SYS(epoll_wait), GATE | DOOR},
	{SCMP_SYS(epoll_pwait), GATE | DOOR},
	{SCMP_SYS(eventfd2), GATE},
	{SCMP_SYS(accept4), GATE},
	{SCMP_SYS(getsockopt), GATE | DOOR | AUDIT | TALKING},
	{SCMP_SYS(fstat), ALL},
	{SCMP_SYS(newfstatat), GATE | ATTEST | AUDIT | LOADING | FILES | BY_PATH},
	{SCMP_SYS(fstatfs), GATE | LOADING},
	{SCMP_SYS(lseek), GATE | ATTEST | AUDIT | LOADING | FILES | BY_PATH},
	{SCMP_SYS(openat), GATE | AUDIT | FILES},
	{SCMP_SYS(pread64), GATE | ATTEST | AUDIT | LOADING | FILES | BY_PATH},
	{SCMP_SYS(pwrite64), GATE | AUDIT | FILES},
	{SCMP_SYS(fdatasync), GATE | AUDIT | FILES},
	{SCMP_SYS(fsync), GATE | AUDIT | FILES},
	{SCMP_SYS(getdents64), GATE | AUDIT | FILES | READS},
	{SCMP_SYS(mkdirat), GATE | AUDIT | FILES},
	{SCMP_SYS(renameat), GATE | AUDIT | FILES},
	{SCMP_SYS(renameat2), GATE | AUDIT | FILES},
	{SCMP_SYS(rename), GATE | AUDIT | FILES},
	{SCMP_SYS(unlinkat), GATE | AUDIT | FILES},
	{SCMP_SYS(pidfd_open), GATE | ZYGOTE},
	{SCMP_SYS(pipe2), GATE},
	{SCMP_SYS(alarm), GATE},
	{SCMP_SYS(setitimer), GATE}, /* what alarm(3) is where there is no alarm(2) */
	{SCMP_SYS(readlinkat), ATTEST | LOADING},
	{SCMP_SYS(ftruncate), GATE | AUDIT | FILES},
	{SCMP_SYS(flock), FILES | LOCKS}, /* two instances of one stanza may live for a moment, and share a folder */
	/* what the loader of libraries, libraries at their start and the second wall itself need */
	{SCMP_SYS(readlink), LOADING},
	{SCMP_SYS(access), LOADING | BY_PATH},
	{SCMP_SYS(faccessat), LOADING | BY_PATH},
	{SCMP_SYS(faccessat2), LOADING | BY_PATH},
	{SCMP_SYS(statx), LOADING | BY_PATH},
	{SCMP_SYS(uname), LOADING | RESOLVER},
	{SCMP_SYS(sysinfo), LOADING},
	{SCMP_SYS(getuid), LOADING},
	{SCMP_SYS(geteuid), LOADING},
	{SCMP_SYS(getgid), LOADING},
	{SCMP_SYS(getegid), LOADING},
	{SCMP_SYS(sched_getaffinity), LOADING},
	{SCMP_SYS(rt_sigaction), LOADING},
	{SCMP_SYS(getcwd), LOADING},
	{SCMP_SYS(landlock_create_ruleset), LOADING},
	{SCMP_SYS(landlock_add_rule), LOADING},
	{SCMP_SYS(landlock_restrict_self), LOADING},
	{SCMP_SYS(shutdown), DOOR | NETWORK},
	{SCMP_SYS(sched_yield), GATE},
	{SCMP_SYS(set_robust_list), GATE | ZYGOTE | WORKER},
	{SCMP_SYS(rseq), GATE | ZYGOTE | WORKER},
	/* what a zygote needs to make a worker; the worker then takes its own, shorter list on top */
	{SCMP_SYS(fork), ZYGOTE},
	{SCMP_SYS(wait4), ZYGOTE},
	{SCMP_SYS(waitid), ZYGOTE},
	{SCMP_SYS(getppid), ZYGOTE | GATE},
	{SCMP_SYS(capget), ZYGOTE},
	{SCMP_SYS(capset), ZYGOTE},
	{SCMP_SYS(close_range), ZYGOTE},
	{SCMP_SYS(seccomp), ZYGOTE},
	{SCMP_SYS(prctl), ZYGOTE},
	{SCMP_SYS(landlock_create_ruleset), ZYGOTE},
	{SCMP_SYS(landlock_restrict_self), ZYGOTE},
	{SCMP_SYS(dup), ZYGOTE},
	{SCMP_SYS(dup2), ZYGOTE},
	{SCMP_SYS(dup3), ZYGOTE},
	{SCMP_SYS(uname), ZYGOTE},
#ifdef SG_SANITIZE
	/* the sanitizer's run time: thread stacks, symbolising its own reports, its leak check */
	{SCMP_SYS(sigaltstack), ALL},
	{SCMP_SYS(rt_sigaction), ALL},
	{SCMP_SYS(mprotect), ALL},
	{SCMP_SYS(sched_yield), ALL},
	{SCMP_SYS(readlink), ALL},
	{SCMP_SYS(readlinkat), ALL},
	{SCMP_SYS(openat), ALL},
	{SCMP_SYS(prctl), ALL},
	{SCMP_SYS(getrusage), ALL},
	{SCMP_SYS(sched_getaffinity), ALL},
	{SCMP_SYS(pipe), ALL},
	{SCMP_SYS(pipe2), ALL},
	{SCMP_SYS(prlimit64), ALL},
#endif
};

static int
allow(scmp_filter_ctx filter, int call)
{
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
}

static int
allow_if(scmp_filter_ctx filter, int call, unsigned count, const struct scmp_arg_cmp *if_all)
{
	return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, count, if_all);
}

/* Memory may be mapped, never executable. */
static int
allow_memory(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	int rc = allow_if(filter, SCMP_SYS(mmap), 1, &no_code);
	if (rc == 0)
		rc = allow_if(filter, SCMP_SYS(mprotect), 1, &no_code);
	if (rc == 0)
		rc = allow(filter, SCMP_SYS(munmap));
	return rc == 0 ? allow(filter, SCMP_SYS(mremap)) : rc;
}

/* While a module is loaded memory may be mapped as code, too, but nothing at or over the list that comes next, and only that one may be loaded. */
static int
allow_memory_above(scmp_filter_ctx filter, const void *next)
{
	const scmp_datum_t end = (uintptr_t)next + SG_CONFINE_NEXT_BYTES;
	const struct scmp_arg_cmp above = SCMP_A0(SCMP_CMP_GE, end);
	const struct scmp_arg_cmp anywhere[] = {SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_FIXED | MAP_FIXED_NOREPLACE, 0)};
	const struct scmp_arg_cmp grown[] = {above, SCMP_A3(SCMP_CMP_MASKED_EQ, MREMAP_FIXED, 0)};
	const struct scmp_arg_cmp ours[] = {SCMP_A0(SCMP_CMP_EQ, SECCOMP_SET_MODE_FILTER), SCMP_A1(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, (uintptr_t)next)};
	int rc = allow_if(filter, SCMP_SYS(mmap), 1, &above);
	if (rc == 0)
		rc = allow_if(filter, SCMP_SYS(mmap), 2, anywhere);
	if (rc == 0)
		rc = allow_if(filter, SCMP_SYS(munmap), 1, &above);
	if (rc == 0)
		rc = allow_if(filter, SCMP_SYS(mremap), 2, grown);
	if (rc == 0)
		rc = allow_if(filter, SCMP_SYS(mprotect), 1, &above);
	return rc == 0 ? allow_if(filter, SCMP_SYS(seccomp), 3, ours) : rc;
}

/* fcntl only for flags; limits only of oneself; opening only for reading (attest). */
static int
allow_narrowed(scmp_filter_ctx filter, unsigned profile, const void *next)
{
	int rc = (profile & LOADING) != 0 ? allow_memory_above(filter, next) : allow_memory(filter);
	/* over a socket that was connected for it, to and from nowhere else */
	static const int talking[] = {SCMP_SYS(sendto), SCMP_SYS(recvfrom)};
	for (size_t i = 0; rc == 0 && (profile & (AUDIT | TALKING)) == AUDIT && i < sizeof(talking) / sizeof(talking[0]); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, talking[i], 1, SCMP_A4(SCMP_CMP_EQ, 0));
	/* how much of what was sent is still on its way */
	static const unsigned long counts[] = {FIONREAD, TIOCOUTQ};
	for (size_t i = 0; rc == 0 && (profile & (AUDIT | TALKING)) != 0 && i < sizeof(counts) / sizeof(counts[0]); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, counts[i]));
	/* not for becoming dumpable again */
	if (rc == 0 && (profile & LOADING) != 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NO_NEW_PRIVS));
	static const int flags[] = {F_GETFL, F_SETFL, F_GETFD, F_SETFD, F_DUPFD_CLOEXEC};
	for (size_t i = 0; rc == 0 && i < sizeof(flags) / sizeof(flags[0]); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, flags[i]));
	if (rc == 0 && (profile & (ZYGOTE | WORKER)) != 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_EQ, 0));
	if (rc == 0 && (profile & (ATTEST | LOADING | BY_PATH)) != 0 && (profile & (FILES | AUDIT)) == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
				      SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY));
	/* fork without threads or namespaces: glibc's fork() is clone() with these flags */
	if (rc == 0 && (profile & (ZYGOTE | GATE)) != 0) /* the gate's copy writes a snapshot; it has the gate's list, and can run no other program */
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				      SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET, 0));
	if (rc == 0 && (profile & GATE) != 0) /* and ends with it */
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_PDEATHSIG));
	/* one thread for the disk; clone3 hides its flags behind a pointer, so libc is sent back to clone */
	if (rc == 0 && (profile & GATE) != 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				      SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM | CLONE_NEWUSER, CLONE_THREAD | CLONE_VM));
	if (rc == 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	/* the credentials of each message are asked for */
	if (rc == 0 && (profile & (DOOR | GATE)) != 0)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), 2, SCMP_A1(SCMP_CMP_EQ, SOL_SOCKET),
				      SCMP_A2(SCMP_CMP_EQ, SO_PASSCRED));
	return rc;
}

/* A socket of a family and type: SOCK_CLOEXEC and SOCK_NONBLOCK stand in the same word. */
static int
allow_socket(scmp_filter_ctx filter, int family, int type)
{
	const struct scmp_arg_cmp if_all[] = {SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)family), SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, (scmp_datum_t)type)};
	return allow_if(filter, SCMP_SYS(socket), 2, if_all);
}

/* Where to is written in memory, which no list of calls sees: what may make sockets may talk to whom it likes. Nothing listens, and nothing is raw. */
static int
allow_talking(scmp_filter_ctx filter, bool streams)
{
	static const int families[] = {AF_INET, AF_INET6}, levels[] = {SOL_SOCKET, IPPROTO_TCP, IPPROTO_IP, IPPROTO_IPV6};
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < sizeof(families) / sizeof(families[0]); i++) {
		rc = allow_socket(filter, families[i], SOCK_DGRAM);
		if (rc == 0 && streams)
			rc = allow_socket(filter, families[i], SOCK_STREAM);
	}
	for (size_t i = 0; rc == 0 && i < sizeof(levels) / sizeof(levels[0]); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), 1, SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)levels[i]));
	return rc == 0 ? seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, FIONBIO)) : rc;
}

/* What a stanza lets its module do by itself. */
static int
allow_more(scmp_filter_ctx filter, unsigned bits)
{
	static const int locks[] = {F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW};
	int rc = (bits & TALKING) != 0 ? allow_talking(filter, (bits & NETWORK) != 0) : 0;
	for (size_t i = 0; rc == 0 && (bits & LOCKS) != 0 && i < sizeof(locks) / sizeof(locks[0]); i++)
		rc = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, SCMP_A1(SCMP_CMP_EQ, (scmp_datum_t)locks[i]));
	return rc;
}

static int
make_filter(scmp_filter_ctx *filter, enum sg_profile profile, unsigned sets, const void *next)
{
	unsigned bits = 1U << profile | sets << SG_PROFILE_COUNT;
	*filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = *filter == NULL ? -ENOMEM : allow_narrowed(*filter, bits, next);
	if (rc == 0)
		rc = allow_more(*filter, bits);
	for (size_t i = 0; rc == 0 && i < sizeof(plain) / sizeof(plain[0]); i++)
		if ((plain[i].profiles & bits) != 0)
			rc = allow(*filter, plain[i].call);
	return rc;
}

int
sg_confine_calls(enum sg_profile profile, unsigned sets, const void *next)
{
	scmp_filter_ctx filter;
	int rc = make_filter(&filter, profile, sets, next);
	if (rc == 0)
		rc = seccomp_load(filter);
	if (filter != NULL)
		seccomp_release(filter);
	return rc;
}

int
sg_confine_calls_write(enum sg_profile profile, unsigned sets, int fd)
{
	scmp_filter_ctx filter;
	int rc = make_filter(&filter, profile, sets, NULL);
	if (rc == 0)
		rc = seccomp_export_bpf(filter, fd);
	if (filter != NULL)
		seccomp_release(filter);
	return rc;
}
