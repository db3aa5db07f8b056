/* SPDX-License-Identifier: Apache-2.0
 * Needs one thing more than a module has: in each call it does what `how` says, and refuses with what the kernel said where it may not. */
#include <stepgate/issue.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOW, PATH, PORT };

static const struct sg_option options_table[] = {
	{"how", SG_OPTION_TEXT, NULL, 1, 32, "what it needs"},
	{"path", SG_OPTION_TEXT, "/etc/passwd", 1, 200, "what it reads"},
	{"port", SG_OPTION_INTEGER, "1", 1, 65535, "of 127.0.0.1: where it goes"},
	{NULL},
};

struct state {
	const struct sg_host *host;
	int file;
	const char *how, *path;
	int port;
};

static bool
try_fcntl(const struct state *self)
{
	struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
	return fcntl(self->file, F_SETLK, &lock) == 0 && fcntl(self->file, F_OFD_SETLK, &lock) == 0;
}

static bool
try_flock(const struct state *self)
{
	return flock(self->file, LOCK_SH | LOCK_NB) == 0;
}

static bool
try_type(const struct state *self, int type)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)self->port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	bool good = fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 && send(fd, "x", 1, MSG_NOSIGNAL) == 1;
	int error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return good;
}

static bool
try_stream(const struct state *self)
{
	return try_type(self, SOCK_STREAM);
}

static bool
try_datagram(const struct state *self)
{
	return try_type(self, SOCK_DGRAM);
}

static bool
try_name(const struct state *self)
{
	struct addrinfo want = {.ai_socktype = SOCK_STREAM}, *found = NULL;
	(void)self;
	bool good = getaddrinfo("localhost", "domain", &want, &found) == 0;
	if (good)
		freeaddrinfo(found);
	return good;
}

static bool
try_read(const struct state *self)
{
	int fd = open(self->path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool
try_write(const struct state *self)
{
	int fd = open(self->path, O_RDWR | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool
try_raw(const struct state *self)
{
	(void)self;
	return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0 || socket(AF_PACKET, SOCK_DGRAM, 0) >= 0;
}

static bool
try_listen(const struct state *self)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	(void)self;
	return fd >= 0 && listen(fd, 1) == 0;
}

static bool
try_levels(const struct state *self)
{
	static const char *const words[] = {"grave", "odd", "ordinary", "small"};
	for (unsigned i = 0; i < 5; i++)
		self->host->log(self->host, (enum sg_log_level)(i < 4 ? i : 77), i < 4 ? words[i] : "unheard of");
	return true;
}

static bool
try_nothing(const struct state *self)
{
	(void)self;
	return false;
}

static const struct {
	const char *name;
	bool (*attempt)(const struct state *self);
} needs[] = {{"fcntl", try_fcntl}, {"flock", try_flock}, {"stream", try_stream}, {"datagram", try_datagram}, {"name", try_name},
	     {"read", try_read},   {"write", try_write}, {"raw", try_raw},	 {"listen", try_listen},     {"nothing", try_nothing},
	     {"levels", try_levels}};

static enum sg_status
attempt(const struct state *self, struct sg_err *err)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (strcmp(needs[i].name, self->how) == 0 && needs[i].attempt(self))
			return SG_OK;
	return sg_refuse(err, SG_UNAVAILABLE, "needy_held", "%s: %s", self->how, strerror(errno));
}

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	struct state *self = host->alloc(host, sizeof(*self));
	if (self == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory");
	*self = (struct state){host, host->descriptor(host, "file"), options->values[HOW].text.ptr, options->values[PATH].text.ptr, (int)options->values[PORT].number};
	*state = self;
	if (strncmp(self->how, "start_", 6) != 0)
		return SG_OK;
	self->how += 6;
	return attempt(self, err);
}

static enum sg_status
make(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)in;
	out->token = (struct sg_str){"made", 4};
	return attempt(state, err);
}

static enum sg_status
take_back(void *state, const struct sg_issue_in *in, struct sg_issue_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)out, (void)err;
	return SG_OK;
}

static const struct sg_issue_ops operations = {.size = sizeof(operations), .revocation = SG_REVOKE_EXPIRY, .format = SG_FORMAT_OPAQUE, .make = make, .revoke = take_back};

SG_MODULE(issue, "needy", .options = options_table, .start = start, .issue = &operations);
