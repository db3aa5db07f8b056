/* SPDX-License-Identifier: Apache-2.0
 * Connecting and starting, with a bound on how long it may take. */
#include "host/reach.h"

#include "base/own_uid.h"

#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "host/grant.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>


static enum sg_status
fail_connect(const char *to, int error, struct sg_err *err)
{
	return sg_fail(err, SG_UNAVAILABLE, "grant_connect", "\"%s\" cannot be reached: %s", to, strerror(error));
}

static int
connect_unix(const struct sockaddr_un *address, int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0)
		return fd;
	int error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return -1;
}

enum sg_status
sg_reach_unix(const char *path, const struct sg_grant *grant, int *fd, struct sg_err *err)
{
	(void)grant;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address.sun_path))
		return fail_connect(path, ENAMETOOLONG, err);
	memcpy(address.sun_path, path, strlen(path));
	*fd = connect_unix(&address, SOCK_DGRAM);
	if (*fd < 0 && errno == EPROTOTYPE)
		*fd = connect_unix(&address, SOCK_STREAM);
	return *fd >= 0 ? SG_OK : fail_connect(path, errno, err);
}

/* Without blocking, then waiting within the bound. */
static int
connect_address(const struct addrinfo *to)
{
	int error = 0, on = 1;
	socklen_t size = sizeof(error);
	int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	struct pollfd wait = {fd, POLLOUT, 0};
	if (connect(fd, to->ai_addr, to->ai_addrlen) != 0)
		error = errno != EINPROGRESS ? errno : poll(&wait, 1, SG_GRANT_CONNECT_MS) != 1 ? ETIMEDOUT : 0;
	if (error == 0 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		error = errno;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	if (error == 0 && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK) == 0)
		return fd;
	close(fd);
	errno = error;
	return -1;
}

enum sg_status
sg_reach_tcp(const char *rest, const struct sg_grant *grant, int *fd, struct sg_err *err)
{
	char host[256], port[8];
	struct addrinfo want = {.ai_socktype = SOCK_STREAM}, *found = NULL;
	snprintf(host, sizeof(host), "%.*s", SG_STR_ARG(grant->host));
	snprintf(port, sizeof(port), "%.*s", SG_STR_ARG(grant->port));
	int result = getaddrinfo(host, port, &want, &found);
	if (result != 0)
		return sg_fail(err, SG_UNAVAILABLE, "grant_connect", "\"%s\": %s", rest, gai_strerror(result));
	for (const struct addrinfo *a = found; a != NULL && *fd < 0; a = a->ai_next)
		*fd = connect_address(a);
	int error = errno;
	freeaddrinfo(found);
	return *fd >= 0 ? SG_OK : fail_connect(rest, error, err);
}

/* The bytes that were checked are the program that runs. `path`: it is that path's user; NULL: one of its own. */
static void
become_program(int program, const char *path, int input, int output, char *const *arguments, int parent)
{
	static char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", NULL};
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	bool ready = nowhere >= 0 && dup2(input >= 0 ? input : nowhere, STDIN_FILENO) >= 0 && dup2(output >= 0 ? output : nowhere, STDOUT_FILENO) >= 0;
	if (ready && geteuid() == 0)
		ready = sg_become_nobody_else(path);
	ready = ready && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && getppid() == parent;
	signal(SIGPIPE, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	if (ready)
		syscall(SYS_execveat, program, "", arguments, environment, AT_EMPTY_PATH);
	_exit(127);
}

enum sg_status
sg_reach_program(const char *path, const struct sg_grant *grant, int *fd, struct sg_err *err)
{
	int program = -1, ends[2], parent = getpid();
	(void)grant;
	enum sg_status status = sg_open_trusted(path, &program, err);
	if (status != SG_OK)
		return status;
	/* a script is opened again by its interpreter, by the name of this descriptor, which must then outlive exec */
	fcntl(program, F_SETFD, 0);
	if (pipe2(ends, O_CLOEXEC) != 0) {
		close(program);
		return sg_fail(err, SG_UNAVAILABLE, "grant_run", "\"%s\": %s", path, strerror(errno));
	}
	pid_t pid = fork();
	char name[] = "sink", *arguments[] = {name, NULL};
	if (pid == 0)
		become_program(program, path, ends[0], -1, arguments, parent);
	int error = errno;
	close(program);
	close(ends[0]);
	*fd = ends[1];
	if (pid > 0)
		return SG_OK;
	close(ends[1]);
	*fd = -1;
	return sg_fail(err, SG_UNAVAILABLE, "grant_run", "\"%s\": %s", path, strerror(error));
}

/* ---- fetching ---- */

/* Everything the child writes, up to the bound; false if it is more, or the child does not end well. */
static bool
collect(int from, int to, pid_t pid)
{
	char chunk[16384];
	size_t all = 0;
	ssize_t got;
	bool good = true;
	int status = 0;
	while (good && (got = read(from, chunk, sizeof(chunk))) != 0) {
		all += got > 0 ? (size_t)got : 0;
		good = (got > 0 && all <= SG_GRANT_FETCH_MAX && sg_write_whole(to, (struct sg_str){chunk, (size_t)got})) || (got < 0 && errno == EINTR);
	}
	close(from);
	if (!good)
		kill(pid, SIGKILL);
	return waitpid(pid, &status, 0) == pid && good && WIFEXITED(status) && WEXITSTATUS(status) == 0 && all > 0;
}

static enum sg_status
fetch(int program, const char *url, int ca, int to, struct sg_err *err)
{
	char authorities[32], address[SG_GRANT_URL_MAX + 1];
	char *arguments[] = {"curl", "-q", "--silent", "--show-error", "--fail", "--proto", "=https", "--tlsv1.2", "--noproxy", "*", "--globoff",
			     "--max-time", SG_GRANT_FETCH_S, "--url", address, NULL, NULL, NULL};
	int ends[2], parent = getpid();
	snprintf(address, sizeof(address), "%s", url);
	snprintf(authorities, sizeof(authorities), "/proc/self/fd/%d", ca);
	if (ca >= 0) {
		arguments[15] = "--cacert";
		arguments[16] = authorities;
		fcntl(ca, F_SETFD, 0);
	}
	if (pipe2(ends, O_CLOEXEC) != 0)
		return sg_fail(err, SG_UNAVAILABLE, "grant_fetch", "\"%s\": %s", url, strerror(errno));
	pid_t pid = fork();
	if (pid == 0)
		become_program(program, NULL, -1, ends[1], arguments, parent);
	close(ends[1]);
	if (ca >= 0)
		fcntl(ca, F_SETFD, FD_CLOEXEC);
	if (pid < 0 || !collect(ends[0], to, pid))
		return sg_fail(err, SG_UNAVAILABLE, "grant_fetch", "\"%s\" cannot be fetched, or has more than %d bytes; what curl said stands in the log", url,
			       SG_GRANT_FETCH_MAX);
	return SG_OK;
}

enum sg_status
sg_reach_url(const char *url, int ca, int *fd, struct sg_err *err)
{
	int program = -1, copy = memfd_create("stepgate-fetched", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	enum sg_status status = copy < 0 ? sg_fail(err, SG_UNAVAILABLE, "grant_fetch", "no memory for what is fetched") : SG_OK;
	if (status == SG_OK)
		status = sg_open_trusted("/usr/bin/curl", &program, err);
	if (status == SG_OK)
		status = fetch(program, url, ca, copy, err);
	if (program >= 0)
		close(program);
	if (status == SG_OK && fcntl(copy, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0)
		*fd = copy;
	else if (copy >= 0)
		close(copy);
	return status;
}
