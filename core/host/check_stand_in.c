/* SPDX-License-Identifier: Apache-2.0
 * Stand-ins for what a stanza would grant: made here, so that a module can be checked with nothing around it. */
#include "host/check_step.h"

#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "token/jwk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

bool
sg_check_is_stand_in(const char *pair)
{
	const char *equals = strchr(pair, '=');
	return equals != NULL && strchr(equals, ':') == NULL; /* no '=': the word of a permission */
}

static int
make_secret(struct sg_check *c)
{
	struct sg_jwk key = {0};
	struct sg_buf pem;
	(void)c;
	sg_buf_init(&pem, 1 << 16);
	int fd = memfd_create("stand-in", MFD_CLOEXEC);
	bool good = fd >= 0 && sg_jwk_make(&key, NULL) == SG_OK && sg_jwk_write_pem(&pem, &key, NULL) == SG_OK && sg_write_whole(fd, sg_buf_view(&pem));
	sg_jwk_done(&key);
	sg_buf_done(&pem);
	if (good || fd < 0)
		return fd;
	close(fd);
	return -1;
}

static int
make_file(struct sg_check *c)
{
	(void)c;
	return memfd_create("stand-in", MFD_CLOEXEC);
}

/* Of each step its own: what is in it outlives starts, not steps. */
static void
name_folder(const struct sg_check *c, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%.4000s/folder-%u", c->folder, c->step);
}

static int
make_folder(struct sg_check *c)
{
	char path[PATH_MAX];
	name_folder(c, path);
	mkdir(path, 0700);
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Reads until nobody writes any more, in a process of its own. */
static void
drain(int fd, int other)
{
	static char bytes[1 << 18];
	pid_t parent = getpid(), child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(other);
		while (getppid() == parent && recv(fd, bytes, sizeof(bytes), 0) > 0)
			;
		_exit(0);
	}
	close(fd);
}

static int
make_unix(struct sg_check *c)
{
	int pair[2];
	(void)c;
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) != 0)
		return -1;
	drain(pair[1], pair[0]);
	return pair[0];
}

static int
make_tcp(struct sg_check *c)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), far = -1;
	(void)c;
	if (bind(listener, (struct sockaddr *)&at, len) == 0 && listen(listener, 1) == 0 && getsockname(listener, (struct sockaddr *)&at, &len) == 0 &&
	    connect(fd, (struct sockaddr *)&at, len) == 0)
		far = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	close(listener);
	if (far >= 0) {
		drain(far, fd);
		return fd;
	}
	close(fd);
	return -1;
}

static const struct {
	const char *word;
	enum sg_grant_kind kind;
	int (*make)(struct sg_check *c);
} kinds[] = {{"secret", SG_GRANT_secret, make_secret}, {"file", SG_GRANT_file, make_file}, {"folder", SG_GRANT_folder, make_folder},
	     {"unix", SG_GRANT_unix, make_unix},       {"tcp", SG_GRANT_tcp, make_tcp}};

enum sg_status
sg_check_stand_in(struct sg_check *c, const char *pair, struct sg_err *err)
{
	struct sg_open_grants *grants = &c->instance.grants;
	const char *equals = strchr(pair, '=');
	size_t i = 0, len = (size_t)(equals - pair);
	while (i < sizeof(kinds) / sizeof(kinds[0]) && strcmp(kinds[i].word, equals + 1) != 0)
		i++;
	if (i == sizeof(kinds) / sizeof(kinds[0]) || len > SG_GRANT_NAME_MAX || grants->count == SG_GRANTS_MAX)
		return sg_fail(err, SG_MALFORMED, "grant_form", "%.60s: a stand-in is NAME=secret, file, folder, unix or tcp; else NAME=KIND:WHAT", pair);
	struct sg_open_grant *open = &grants->list[grants->count];
	*open = (struct sg_open_grant){.kind = kinds[i].kind, .fd = kinds[i].make(c)};
	memcpy(open->name, pair, len);
	if (open->kind == SG_GRANT_folder)
		name_folder(c, open->path);
	if (open->fd < 0)
		return sg_fail(err, SG_UNAVAILABLE, "grant_form", "%.60s: no stand-in could be made: %s", pair, strerror(errno));
	grants->count++;
	return SG_OK;
}
