/* SPDX-License-Identifier: Apache-2.0
 * The walls, from inside: each role is confined as in the daemon and then tries what it must not be able to do. Each attempt is first made
 * without the wall, where it must work, so that a wall taken away is noticed. */
#include "base/confine.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64], journal[128], key[128], socket_path[108];
static pid_t victim;
static char secret[16] = "victims-secret"; /* at the same address in the victim */

static bool
opens(const char *path, int flags)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool
try_journal(void)
{
	return opens(journal, O_RDWR);
}

static bool
try_key(void)
{
	return opens(key, O_RDONLY);
}

static bool
try_passwd(void)
{
	return opens("/etc/passwd", O_RDONLY);
}

static bool
try_create(void)
{
	char path[160];
	snprintf(path, sizeof(path), "%s/journal/made", folder);
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool
try_ptrace(void)
{
	return ptrace(PTRACE_SEIZE, victim, NULL, NULL) == 0;
}

static bool
try_memory(void)
{
	char got[16];
	struct iovec mine = {got, sizeof(got)}, theirs = {secret, sizeof(secret)};
	return process_vm_readv(victim, &mine, 1, &theirs, 1, 0) == (ssize_t)sizeof(got);
}

static bool
try_proc_mem(void)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)victim);
	return opens(path, O_RDWR);
}

static bool
try_kill(void)
{
	return kill(victim, SIGWINCH) == 0;
}

static bool
try_tgkill(void)
{
	return syscall(SYS_tgkill, victim, victim, SIGWINCH) == 0;
}

static bool
try_prlimit(void)
{
	struct rlimit limit;
	return prlimit(victim, RLIMIT_NOFILE, NULL, &limit) == 0;
}

/* A descriptor can be told to send a signal of any number to any process. */
static bool
try_setown(void)
{
	int ends[2];
	return pipe(ends) == 0 && fcntl(ends[0], F_SETOWN, victim) == 0;
}

static bool
try_setsig(void)
{
	return fcntl(0, F_SETSIG, SIGKILL) == 0;
}

static bool
try_connect(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", socket_path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	return fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
}

static bool
try_inet(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool
try_exec(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == 0) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(9);
	}
	int status = 1;
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool
try_exec_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static bool
try_pidfd_getfd(void)
{
	int pidfd = (int)syscall(SYS_pidfd_open, victim, 0);
	return pidfd >= 0 && syscall(SYS_pidfd_getfd, pidfd, 0, 0) >= 0;
}

static bool
try_userfaultfd(void)
{
	return syscall(SYS_userfaultfd, O_CLOEXEC | 1) >= 0;
}

static bool
try_namespace(void)
{
	return syscall(SYS_unshare, CLONE_NEWNS) == 0;
}

static bool
try_mount_cap(void)
{
	return syscall(SYS_setuid, 65534) == 0;
}

static bool
try_dumpable(void)
{
	return syscall(SYS_prctl, 4 /* PR_SET_DUMPABLE */, 1, 0, 0, 0) == 0;
}

enum {
	GATE = 1 << SG_PROFILE_GATE,
	ZYGOTE = 1 << SG_PROFILE_ZYGOTE,
	WORKER = 1 << SG_PROFILE_WORKER,
	ATTEST = 1 << SG_PROFILE_ATTEST,
};

/* `may`: the roles whose work it is. `root`: the control needs root. */
static const struct {
	const char *name;
	bool (*attempt)(void);
	unsigned may;
	bool root;
} attempts[] = {
	{"open the journal for writing", try_journal, GATE, false}, /* its work */
	{"open an issuer's key", try_key, 0, false},
	{"open /etc/passwd", try_passwd, ATTEST, false},
	{"create a file", try_create, GATE, false},
	{"ptrace", try_ptrace, 0, false},
	{"read another's memory", try_memory, 0, false},
	{"open another's /proc/PID/mem for writing", try_proc_mem, 0, false},
	{"kill", try_kill, 0, false},
	{"tgkill", try_tgkill, 0, false},
	{"prlimit another", try_prlimit, 0, false},
	{"F_SETOWN", try_setown, 0, false},
	{"F_SETSIG", try_setsig, 0, false},
	{"connect to a UNIX socket", try_connect, 0, false},
	{"make an internet socket", try_inet, 0, false},
	{"execute a program", try_exec, 0, false},
	{"map executable memory", try_exec_memory, 0, false},
	{"take another's descriptor", try_pidfd_getfd, 0, false},
	{"userfaultfd", try_userfaultfd, 0, true},
	{"new namespace", try_namespace, 0, true},
	{"change user", try_mount_cap, 0, true},
	{"become dumpable again", try_dumpable, ZYGOTE, false}, /* it needs prctl to confine its workers, which lose it */
};
enum { ATTEMPTS = sizeof(attempts) / sizeof(attempts[0]) };

/* Runs one attempt in a process of its own; 1 worked, 0 refused, -1 not confined. */
static int
run(const int *profile, bool (*attempt)(void))
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		struct sg_err err = {0};
		unsigned layers = 0;
		struct sg_confinement how = {.profile = profile == NULL ? SG_PROFILE_DOOR : (enum sg_profile)*profile};
		if (profile != NULL && how.profile == SG_PROFILE_GATE) {
			static char own[128];
			snprintf(own, sizeof(own), "%s/journal", folder);
			how.folders[0] = (struct sg_confine_folder){own, true};
			how.folders[1] = (struct sg_confine_folder){"/proc", false};
			how.folder_count = 2;
		}
		if (profile != NULL && (sg_confine(&how, &layers, &err) != SG_OK || (layers & SG_LAYER_SECCOMP) == 0))
			_exit(2);
		_exit(attempt() ? 1 : 0);
	}
	int status = 0;
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		return 0;
	return WEXITSTATUS(status) == 2 ? -1 : WEXITSTATUS(status);
}

static void
prepare(void)
{
	snprintf(folder, sizeof(folder), "/tmp/sg-walls-XXXXXX");
	if (mkdtemp(folder) == NULL)
		exit(2);
	snprintf(journal, sizeof(journal), "%s/journal/00000001.seg", folder);
	snprintf(key, sizeof(key), "%s/issue/token.pem", folder);
	snprintf(socket_path, sizeof(socket_path), "%s/admin.sock", folder);
	char path[128];
	for (int i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, i == 0 ? "journal" : "issue");
		mkdir(path, 0700);
	}
	close(open(journal, O_CREAT | O_WRONLY, 0600));
	close(open(key, O_CREAT | O_WRONLY, 0600));
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", socket_path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, 64) != 0)
		exit(2);
	victim = fork();
	if (victim == 0) {
		signal(SIGWINCH, SIG_IGN);
		for (;;)
			pause();
	}
}

int
main(void)
{
	int bad = 0, refused = 0;
	prepare();
	for (int i = 0; i < ATTEMPTS; i++) {
		if (attempts[i].root && geteuid() != 0) {
			printf("NOT RUN (needs root): %s\n", attempts[i].name);
			continue;
		}
		if (run(NULL, attempts[i].attempt) != 1) {
			printf("NOT RUN (does not work here even without a wall): %s\n", attempts[i].name);
			continue;
		}
		for (int profile = 0; profile < SG_PROFILE_COUNT; profile++) {
			if ((attempts[i].may & (1U << profile)) != 0)
				continue;
			if (profile == SG_PROFILE_ATTEST && geteuid() != 0 && attempts[i].attempt == try_key) {
				printf("NOT RUN (needs root: without it the attestation host shares the uid): %s\n", attempts[i].name);
				continue;
			}
			int got = run(&profile, attempts[i].attempt);
			refused += got == 0;
			if (got == 0)
				continue;
			printf("FAILED: %s: %s %s\n", sg_profile_name((enum sg_profile)profile), got < 0 ? "not confined for" : "could", attempts[i].name);
			bad++;
		}
	}
	kill(victim, SIGKILL);
	char command[96];
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (system(command) != 0)
		bad++;
	printf("%d passed, %d failed\n", refused, bad);
	return bad > 0 || refused < 50;
}
