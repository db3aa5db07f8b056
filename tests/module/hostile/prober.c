/* SPDX-License-Identifier: Apache-2.0
 * Tries each wall from inside a host, three times: when the library is loaded (a constructor), in start, in a call. Each wall is a fact
 * NAME = "L,S,C", each "held" or "open". One file for two kinds: an issuer (PROBER_ISSUE) writes the list as its token. */
#include <stepgate/attest.h>
#include <stepgate/issue.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct sg_host *host;

static bool
opened(int fd)
{
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool
try_read(void)
{
	return opened(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static bool
try_write(void)
{
	return opened((int)syscall(SYS_open, "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) || opened((int)syscall(SYS_open, "/dev/null", O_RDWR | O_CLOEXEC)) ||
	       opened(open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) ||
	       opened(open("/dev/null", O_WRONLY | O_CLOEXEC));
}

static bool
try_socket(void)
{
	return opened(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) ||
	       opened(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static bool
try_fork(void)
{
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return pid > 0;
}

static bool
try_exec(void)
{
	char *const arguments[] = {(char *)"/bin/true", NULL};
	execve("/nowhere", arguments, arguments);
	return errno == ENOENT;
}

static bool
try_kill(void)
{
	return kill(getppid(), 0) == 0 || syscall(SYS_tgkill, getpid(), getpid(), 0) == 0;
}

static bool
try_ptrace(void)
{
	errno = 0;
	ptrace(PTRACE_PEEKDATA, getppid(), NULL, NULL);
	return errno == ESRCH; /* allowed to ask, only not attached */
}

static bool
try_prlimit(void)
{
	struct rlimit limit;
	return prlimit(getppid(), RLIMIT_NOFILE, NULL, &limit) == 0;
}

static bool
try_memory(void)
{
	char byte;
	struct iovec mine = {&byte, 1}, theirs = {&byte, 1};
	return syscall(SYS_process_vm_readv, getpid(), &mine, 1UL, &theirs, 1UL, 0UL) == 1;
}

static bool
try_execute(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page != MAP_FAILED)
		munmap(page, 4096);
	return page != MAP_FAILED;
}

static bool
try_dumpable(void)
{
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;
}

static bool
try_pidfd(void)
{
	return opened((int)syscall(SYS_pidfd_open, getpid(), 0));
}

static bool
try_signal_owner(void)
{
	return fcntl(0, F_SETSIG, SIGKILL) == 0 || fcntl(2, F_SETOWN, getppid()) == 0;
}

static bool
try_uring(void)
{
	char params[256] = {0};
	int fd = (int)syscall(SYS_io_uring_setup, 1, params);
	return opened(fd);
}

/* Anything beyond the standard three, the gate's socket and the sealed copy of the module. */
static bool
try_descriptors(void)
{
	int count = 0;
	for (int fd = 3; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count > 2;
}

static const struct {
	const char *name;
	bool (*attempt)(void);
} walls[] = {{"descriptors", try_descriptors}, {"dumpable", try_dumpable}, {"exec", try_exec},
	     {"execute", try_execute},         {"fork", try_fork},         {"kill", try_kill},
	     {"memory", try_memory},           {"pidfd", try_pidfd},       {"prlimit", try_prlimit},
	     {"ptrace", try_ptrace},           {"read", try_read},         {"signal_owner", try_signal_owner},
	     {"socket", try_socket},           {"uring", try_uring},       {"write", try_write}};

enum { WALLS = sizeof(walls) / sizeof(walls[0]), TEXT = 16 };
static const char *at_load[WALLS], *at_start[WALLS];

static void
attempt_all(const char *results[WALLS])
{
	for (size_t i = 0; i < WALLS; i++)
		results[i] = walls[i].attempt() ? "open" : "held";
}

__attribute__((constructor)) static void
when_loaded(void)
{
	attempt_all(at_load);
}

static enum sg_status
start(const struct sg_host *given, const struct sg_options *options, void **state, struct sg_err *err)
{
	(void)options, (void)state, (void)err;
	host = given;
	attempt_all(at_start);
	return SG_OK;
}

static void
write_wall(char text[TEXT], size_t i)
{
	snprintf(text, TEXT, "%s,%s,%s", at_load[i], at_start[i], walls[i].attempt() ? "open" : "held");
}

#ifdef PROBER_ISSUE

static enum sg_status
make(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)err;
	char *text = host->alloc(host, 2048);
	size_t at = 0;
	for (size_t i = 0; text != NULL && i < WALLS; i++) {
		char wall[TEXT];
		write_wall(wall, i);
		at += (size_t)snprintf(text + at, 2048 - at, "%s=%s;", walls[i].name, wall);
	}
	out->token = (struct sg_str){text, at};
	return SG_OK;
}

static enum sg_status
take_back(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)out, (void)err;
	return SG_OK;
}

static const struct sg_issue_ops operations = {
	.size = sizeof(operations), .revocation = SG_REVOKE_INSTANT, .format = SG_FORMAT_OPAQUE, .make = make, .revoke = take_back};
SG_MODULE(issue, "prober", .start = start, .issue = &operations);

#else

static enum sg_status
look(void *state, const struct sg_attest_in *in, struct sg_attest_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)err;
	static char values[WALLS][TEXT];
	for (size_t i = 0; i < WALLS; i++) {
		write_wall(values[i], i);
		sg_fact(out, walls[i].name, values[i], SG_FACT_HINT);
	}
	return SG_OK;
}

static const struct sg_attest_ops operations = {sizeof(operations), look};
SG_MODULE(attest, "prober", .start = start, .attest = &operations);

#endif
