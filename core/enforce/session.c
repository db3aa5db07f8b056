/* SPDX-License-Identifier: Apache-2.0
 * A session's loop. A side that does not read holds up the other, and nothing grows without bound. */
#include "enforce/session.h"

#include "base/str.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READ_CHUNK = 64 << 10, GRACE_MS = 2000 };

bool
sg_session_start(struct sg_session *session, char *const *argv)
{
	int to[2], from[2];
	if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
		return false;
	session->server = fork();
	if (session->server == 0) {
		setpgid(0, 0);
		dup2(to[0], 0);
		dup2(from[1], 1);
		execvp(argv[0], argv);
		fprintf(stderr, "stepgate mcp: %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	close(to[0]);
	close(from[1]);
	session->server_in = to[1];
	session->server_out = from[0];
	return session->server > 0;
}

/* Input closed, two seconds, SIGTERM, two seconds, SIGKILL. */
static int
end_server(struct sg_session *session)
{
	int status = 0;
	if (session->server_in >= 0)
		close(session->server_in);
	session->server_in = -1;
	if (session->server == 0)
		return 0;
	static const int signals[] = {0, SIGTERM, SIGKILL};
	for (int i = 0; i < 3; i++) {
		if (signals[i] != 0)
			kill(-session->server, signals[i]);
		for (int waited = 0; waited < GRACE_MS || signals[i] == SIGKILL; waited += 10) {
			if (waitpid(session->server, &status, WNOHANG) == session->server) {
				kill(-session->server, SIGKILL); /* whatever it left behind in its group */
				return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			}
			poll(NULL, 0, 10);
		}
	}
	return 128;
}

/* Reads once; hands every whole line to `take`. A line may end with CR LF. False at the end, or when a line outgrows its bound. */
static bool
take_lines(int fd, struct sg_buf *in, struct sg_proxy *proxy, void (*take)(struct sg_proxy *, struct sg_str))
{
	char *to = sg_buf_reserve(in, READ_CHUNK);
	ssize_t got = to == NULL ? 0 : read(fd, to, READ_CHUNK);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (got <= 0)
		return false;
	in->len += (size_t)got;
	size_t from = 0;
	for (char *end; (end = memchr(in->ptr + from, '\n', in->len - from)) != NULL;) {
		struct sg_str line = {in->ptr + from, (size_t)(end - in->ptr) - from};
		from += line.len + 1;
		if (line.len > 0 && line.ptr[line.len - 1] == '\r')
			line.len--;
		take(proxy, line);
	}
	sg_buf_drop(in, from);
	return true;
}

static bool
send_some(int fd, struct sg_buf *out)
{
	ssize_t sent = write(fd, out->ptr, out->len);
	if (sent < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (sent <= 0)
		return false;
	sg_buf_drop(out, (size_t)sent);
	return true;
}

/* What is left for a side that is told its last words. */
static void
drain(int fd, struct sg_buf *out)
{
	while (out->len > 0 && send_some(fd, out)) {
		struct pollfd wait = {fd, POLLOUT, 0};
		poll(&wait, 1, GRACE_MS);
	}
}

static void
unblock(int fd)
{
	if (fd >= 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

int
sg_session_run(struct sg_session *s, struct sg_proxy *proxy)
{
	struct sg_buf from_client, from_server;
	bool client = true, server = true;
	signal(SIGPIPE, SIG_IGN);
	sg_buf_init(&from_client, SG_MCP_CLIENT_LINE + READ_CHUNK + 1);
	sg_buf_init(&from_server, SG_MCP_SERVER_LINE + READ_CHUNK + 1);
	unblock(s->server_in);
	unblock(s->client_out);
	while (client && server) {
		struct pollfd polls[] = {{proxy->to_server.len < READ_CHUNK ? s->client_in : -1, POLLIN, 0},
					 {proxy->to_client.len < READ_CHUNK ? s->server_out : -1, POLLIN, 0},
					 {proxy->to_server.len > 0 ? s->server_in : -1, POLLOUT, 0},
					 {proxy->to_client.len > 0 ? s->client_out : -1, POLLOUT, 0}};
		if (poll(polls, 4, -1) < 0 && errno != EINTR)
			break;
		if (polls[3].revents != 0)
			client = send_some(s->client_out, &proxy->to_client);
		if (polls[2].revents != 0)
			server = send_some(s->server_in, &proxy->to_server) && server;
		if (polls[1].revents != 0)
			server = take_lines(s->server_out, &from_server, proxy, sg_proxy_server_line) && server;
		if (polls[0].revents != 0)
			client = take_lines(s->client_in, &from_client, proxy, sg_proxy_client_line) && client;
	}
	if (from_client.failed)
		fprintf(stderr, "stepgate mcp: %s\n", sg_mcp_code(SG_MCP_mcp_line));
	if (client)
		sg_proxy_server_gone(proxy);
	drain(s->client_out, &proxy->to_client);
	if (server)
		drain(s->server_in, &proxy->to_server);
	sg_proxy_server_gone(proxy); /* what was still open when the client left: its outcome is not known */
	sg_buf_done(&from_client);
	sg_buf_done(&from_server);
	return end_server(s);
}

static bool
copy_some(int from, int to)
{
	char bytes[READ_CHUNK];
	ssize_t got = read(from, bytes, sizeof(bytes));
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	for (ssize_t at = 0; at < got;) {
		ssize_t sent = write(to, bytes + at, (size_t)(got - at));
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		at += sent;
	}
	return got > 0;
}

int
sg_session_relay(struct sg_session *s)
{
	signal(SIGPIPE, SIG_IGN);
	for (bool going = true; going;) {
		struct pollfd polls[] = {{s->client_in, POLLIN, 0}, {s->server_out, POLLIN, 0}};
		if (poll(polls, 2, -1) < 0 && errno != EINTR)
			break;
		if (polls[0].revents != 0)
			going = copy_some(s->client_in, s->server_in);
		if (going && polls[1].revents != 0)
			going = copy_some(s->server_out, s->client_out);
	}
	return end_server(s);
}
