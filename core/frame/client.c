/* SPDX-License-Identifier: Apache-2.0
 * Reading answers strictly, and the connection they come on. */
#include "frame/client.h"

#include "base/err.h"
#include "base/str.h"
#include "base/sys.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <stdio.h>
#include <pwd.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- the answer ---- */

struct head {
	int64_t length; /* -1: not given */
	bool json;
	unsigned count;
};

static bool
name_is(struct sg_str name, const char *lower)
{
	return name.len == strlen(lower) && strncasecmp(name.ptr, lower, name.len) == 0;
}

static enum sg_status
read_header(struct sg_str line, struct head *head, struct sg_err *err)
{
	struct sg_str value = line, name = sg_str_cut(&value, ':');
	if (value.ptr == NULL || name.len == 0 || memchr(name.ptr, ' ', name.len) != NULL || memchr(name.ptr, '\t', name.len) != NULL ||
	    ++head->count > SG_CLIENT_HEADERS)
		return sg_fail(err, SG_MALFORMED, "answer_header", "a header line is not name: value");
	while (value.len > 0 && value.ptr[0] == ' ') {
		value.ptr++;
		value.len--;
	}
	if (name_is(name, "transfer-encoding") || name_is(name, "content-encoding"))
		return sg_fail(err, SG_MALFORMED, "answer_transfer", "the answer is encoded");
	if (name_is(name, "content-length") && (head->length >= 0 || !sg_str_int(value, 0, INT64_MAX, &head->length)))
		return sg_fail(err, SG_MALFORMED, "answer_length", "Content-Length is not one plain number");
	if (name_is(name, "content-type"))
		head->json = sg_str_is(value, "application/json") && !head->json;
	return SG_OK;
}

/* "HTTP/1.1 200 OK" */
static enum sg_status
read_line(struct sg_str line, unsigned *status, struct sg_err *err)
{
	int64_t number = 0;
	if (line.len < 13 || !sg_str_starts(line, "HTTP/1.1 ") || line.ptr[12] != ' ' ||
	    !sg_str_int((struct sg_str){line.ptr + 9, 3}, 200, 599, &number))
		return sg_fail(err, SG_MALFORMED, "answer_line", "this is no answer in HTTP/1.1");
	*status = (unsigned)number;
	return SG_OK;
}

/* The bytes of the head with its empty line, 0 while it is not whole. Control bytes and bare line ends are refused. */
static enum sg_status
find_end(struct sg_str bytes, size_t *end, struct sg_err *err)
{
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char c = (unsigned char)bytes.ptr[i];
		bool pair = c == '\r' && i + 1 < bytes.len && bytes.ptr[i + 1] == '\n';
		if (i + pair >= SG_CLIENT_HEAD_MAX)
			return sg_fail(err, SG_LIMIT, "answer_head_size", "the head is larger than %d bytes", SG_CLIENT_HEAD_MAX);
		if (c == '\r' && i + 1 == bytes.len)
			return SG_AGAIN;
		if ((c < ' ' && c != '\t' && !pair) || c == 127)
			return sg_fail(err, SG_MALFORMED, "answer_newline", "a control byte, or a line that does not end with CR LF");
		if (!pair)
			continue;
		i++;
		if (i >= 3 && memcmp(bytes.ptr + i - 3, "\r\n\r\n", 4) == 0) {
			*end = i + 1;
			return SG_OK;
		}
	}
	return SG_AGAIN;
}

enum sg_status
sg_client_read(struct sg_str bytes, struct sg_client_answer *answer, struct sg_err *err)
{
	size_t end = 0;
	struct head head = {.length = -1};
	struct sg_client_answer found = {0};
	enum sg_status status = find_end(bytes, &end, err);
	if (status != SG_OK)
		return status;
	struct sg_str rest = {bytes.ptr, end - 2}, line = sg_str_cut(&rest, '\n');
	line.len -= line.len > 0;
	status = read_line(line, &found.status, err);
	while (status == SG_OK && rest.ptr != NULL && rest.len > 0) {
		line = sg_str_cut(&rest, '\n');
		line.len -= line.len > 0; /* the CR, which find_end has seen */
		status = read_header(line, &head, err);
	}
	if (status != SG_OK)
		return status;
	if (head.length < 0)
		return sg_fail(err, SG_MALFORMED, "answer_length", "no Content-Length");
	if (!head.json)
		return sg_fail(err, SG_MALFORMED, "answer_type", "the answer is no application/json");
	if (head.length > SG_CLIENT_BODY_MAX)
		return sg_fail(err, SG_LIMIT, "answer_body_size", "the body is larger than %d bytes", SG_CLIENT_BODY_MAX);
	if (bytes.len - end < (size_t)head.length)
		return SG_AGAIN;
	if (bytes.len - end > (size_t)head.length)
		return sg_fail(err, SG_MALFORMED, "answer_trailing", "bytes behind the answer");
	found.body = (struct sg_str){bytes.ptr + end, (size_t)head.length};
	*answer = found;
	return SG_OK;
}

/* ---- the request ---- */

void
sg_client_write(struct sg_buf *out, const char *method, const char *target, const char *type, struct sg_str body, bool keep)
{
	sg_buf_printf(out, "%s %s HTTP/1.1\r\nHost: stepgate\r\n%s", method, target, keep ? "" : "Connection: close\r\n");
	if (type != NULL)
		sg_buf_printf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n", type, body.len);
	sg_buf_text(out, "\r\n");
	if (type != NULL)
		sg_buf_str(out, body);
}

/* ---- the connection ---- */

/* Who owns the folder of a socket could have put any other there: root, this user, and the account the daemon runs under. */
static bool
is_trusted_owner(uid_t uid)
{
	const struct passwd *daemon = uid == 0 || uid == geteuid() ? NULL : getpwnam("stepgate");
	return uid == 0 || uid == geteuid() || (daemon != NULL && daemon->pw_uid == uid);
}

/* An answer is believed only from where nobody else can listen. */
static enum sg_status
check_folder(const char *path, struct sg_err *err)
{
	char folder[sizeof(((struct sockaddr_un *)0)->sun_path)];
	struct stat st;
	snprintf(folder, sizeof(folder), "%s", path);
	char *slash = strrchr(folder, '/');
	if (slash == NULL)
		return SG_OK;
	slash[slash == folder] = '\0';
	if (stat(folder, &st) != 0)
		return sg_fail(err, SG_UNAVAILABLE, "socket_away", "%.120s: %s", folder, strerror(errno));
	if (!is_trusted_owner(st.st_uid))
		return sg_fail(err, SG_REFUSED, "socket_owner", "%.120s belongs to user %u, neither root's, yours nor the daemon's: anybody may answer there", folder, (unsigned)st.st_uid);
	if ((st.st_mode & 022) != 0)
		return sg_fail(err, SG_REFUSED, "socket_owner", "%.120s may be written by group or others: anybody may answer there", folder);
	return SG_OK;
}

static enum sg_status
dial(const char *path, int *out, struct sg_err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address.sun_path))
		return sg_fail(err, SG_UNAVAILABLE, "socket_path", "%.120s: the path of a socket has at most 107 bytes", path);
	memcpy(address.sun_path, path, strlen(path) + 1);
	enum sg_status trusted = check_folder(path, err);
	if (trusted != SG_OK)
		return trusted;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
		*out = fd;
		return SG_OK;
	}
	int error = errno;
	if (fd >= 0)
		close(fd);
	bool refused = error == EACCES || error == EPERM;
	return sg_fail(err, refused ? SG_REFUSED : SG_UNAVAILABLE, refused ? "socket_refused" : "socket_away", "%.120s: %s", path,
		       strerror(error));
}

static enum sg_status
wait_for(int fd, short events, sg_time until, struct sg_err *err)
{
	int64_t left = (until - sg_sys_real.boot_time(&sg_sys_real)) / SG_MSEC;
	struct pollfd one = {fd, events, 0};
	int n = left <= 0 ? 0 : poll(&one, 1, (int)left);
	if (n == 0)
		return sg_fail(err, SG_TIMEOUT, "answer_late", "no answer within %d seconds", SG_CLIENT_TIMEOUT_MS / 1000);
	return SG_OK; /* an interrupted poll is asked again by the caller's loop */
}

/* A peer that has closed may still have answered: what it said is read either way. */
static void
send_all(int fd, struct sg_str bytes, sg_time until)
{
	while (bytes.len > 0) {
		ssize_t n = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN && wait_for(fd, POLLOUT, until, NULL) == SG_OK)
			continue;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		bytes.ptr += n;
		bytes.len -= (size_t)n;
	}
}

static enum sg_status
closed(const struct sg_buf *bytes, struct sg_err *err)
{
	if (bytes->len == 0)
		return sg_fail(err, SG_UNAVAILABLE, "answer_none", "the connection was closed without an answer");
	return sg_fail(err, SG_UNAVAILABLE, "answer_cut", "the connection was closed within the answer");
}

/* The daemon closes behind its answer; what comes in between would be bytes behind it. */
static enum sg_status
receive(int fd, struct sg_buf *bytes, struct sg_client_answer *answer, sg_time until, struct sg_err *err)
{
	enum { CHUNK = 16 << 10 };
	enum sg_status status = SG_AGAIN;
	while (status == SG_AGAIN) {
		char *to = sg_buf_reserve(bytes, CHUNK);
		if (to == NULL)
			return sg_fail(err, SG_LIMIT, "answer_body_size", "the answer is too large");
		status = wait_for(fd, POLLIN, until, err);
		if (status != SG_OK)
			return status;
		ssize_t n = recv(fd, to, CHUNK, MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN)) {
			status = SG_AGAIN;
			continue;
		}
		if (n <= 0)
			return closed(bytes, err);
		bytes->len += (size_t)n;
		status = sg_client_read(sg_buf_view(bytes), answer, err);
	}
	return status;
}

void
sg_client_hang_up(struct sg_client_line *line)
{
	if (line->up)
		close(line->fd);
	*line = (struct sg_client_line){0};
}

/* Nothing is to come on it: what does is the other side's end, or none of its business. */
static bool
is_quiet(const struct sg_client_line *line)
{
	struct pollfd one = {line->fd, POLLIN, 0};
	return line->up && poll(&one, 1, 0) == 0;
}

static enum sg_status
ask(struct sg_client_line *line, const char *path, struct sg_str request, struct sg_buf *bytes, struct sg_client_answer *answer, struct sg_err *err)
{
	sg_time until = sg_sys_real.boot_time(&sg_sys_real) + SG_CLIENT_TIMEOUT_MS * SG_MSEC;
	enum sg_status status = line->up ? SG_OK : dial(path, &line->fd, err);
	if (status != SG_OK)
		return status;
	line->up = true;
	send_all(line->fd, request, until);
	status = receive(line->fd, bytes, answer, until, err);
	if (status != SG_OK)
		sg_client_hang_up(line);
	line->used = sg_sys_real.boot_time(&sg_sys_real);
	return status;
}

enum sg_status
sg_client_ask(struct sg_client_line *line, const char *path, struct sg_str request, struct sg_buf *bytes, struct sg_client_answer *answer, struct sg_err *err)
{
	if (!is_quiet(line))
		sg_client_hang_up(line);
	bool kept = line->up;
	size_t before = bytes->len;
	enum sg_status status = ask(line, path, request, bytes, answer, err);
	bool unheard = kept && status == SG_UNAVAILABLE && bytes->len == before;
	return unheard ? ask(line, path, request, bytes, answer, err) : status;
}

enum sg_status
sg_client_talk(const char *path, struct sg_str request, struct sg_buf *bytes, struct sg_client_answer *answer, struct sg_err *err)
{
	struct sg_client_line line = {0};
	enum sg_status status = ask(&line, path, request, bytes, answer, err);
	sg_client_hang_up(&line);
	return status;
}
