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

enum { READ_CHUNK = 64 << 10, GRACE_MS = 2000, STALL_BYTES = 1 << 20, STALL_MS = 60000 };

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

int
sg_session_end(struct sg_session *session)
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

/* One side's bytes, and where its lines go. */
struct side {
	int fd;
	size_t most;     /* bytes of a line */
	struct sg_buf in;
	size_t at;       /* of `in` that was handed over */
	bool more;       /* there may be a whole line that waits for room */
	bool skipping;   /* the rest of a line that was too long */
	void (*take)(struct sg_proxy *, struct sg_str);
};

/* A server that waits until it is read from must not wait for itself: what it says depends on the client alone. */
static bool
has_room(const struct side *s, const struct sg_proxy *proxy)
{
	return proxy->to_client.len < READ_CHUNK && (s->take == sg_proxy_server_line || proxy->to_server.len < READ_CHUNK);
}

/* What a server has said is reported, whatever has ended. */
static bool
may_go_on(const struct side *s, struct sg_proxy *proxy)
{
	return s->take == sg_proxy_server_line || sg_proxy_stands(proxy);
}

/* Hands over whole lines, as long as what they lead to has room (or all of them). A line may end with CR LF. One that is longer than a message may be is
 * refused by its beginning, and the rest of it is dropped. */
static void
hand_over(struct side *s, struct sg_proxy *proxy, bool all)
{
	for (s->more = s->in.len > s->at; s->more && (all || has_room(s, proxy)) && may_go_on(s, proxy);) {
		const char *from = s->in.ptr + s->at, *end = memchr(from, '\n', s->in.len - s->at);
		struct sg_str line = {from, end != NULL ? (size_t)(end - from) : s->in.len - s->at};
		bool rest = s->skipping;
		s->more = end != NULL;
		if (end == NULL && line.len <= s->most && !rest)
			return;
		s->skipping = end == NULL;
		s->at += line.len + (end != NULL);
		if (end != NULL && line.len > 0 && line.ptr[line.len - 1] == '\r')
			line.len--;
		if (!rest)
			s->take(proxy, line);
	}
}

/* One long line does not take its room for as long as the session lasts. */
static void
give_back(struct sg_buf *buf)
{
	if (buf->len == 0 && buf->room > 2 * READ_CHUNK)
		sg_buf_done(buf);
}

/* Reads once. False at the end. */
static bool
read_some(struct side *s)
{
	if (s->at > 0)
		sg_buf_drop(&s->in, s->at);
	s->at = 0;
	give_back(&s->in);
	char *to = sg_buf_reserve(&s->in, READ_CHUNK);
	ssize_t got = to == NULL ? 0 : read(s->fd, to, READ_CHUNK);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (got <= 0)
		return false;
	s->in.len += (size_t)got;
	s->more = true;
	return true;
}

bool
sg_session_send(int fd, struct sg_buf *out)
{
	ssize_t sent = write(fd, out->ptr, out->len);
	if (sent < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (sent <= 0)
		return false;
	sg_buf_drop(out, (size_t)sent);
	give_back(out);
	return true;
}

/* A client that has asked for much and does not read it holds memory that is not its own. */
static bool
stalls(const struct sg_proxy *proxy, int64_t *sent_ms, bool sending)
{
	int64_t now = sg_mcp_now_ms();
	if (sending || proxy->to_client.len <= STALL_BYTES || *sent_ms == 0)
		*sent_ms = now;
	bool long_ago = now - *sent_ms > STALL_MS;
	if (long_ago)
		fprintf(stderr, "stepgate mcp: the client does not read its answers: the session ends\n");
	return long_ago;
}

/* What is left for a side that is told its last words: one that does not read them is not waited for. */
static void
drain(int fd, struct sg_buf *out)
{
	struct pollfd wait = {fd, POLLOUT, 0};
	int64_t until = sg_mcp_now_ms() + GRACE_MS;
	for (int64_t left = GRACE_MS; out->len > 0 && left > 0 && sg_session_send(fd, out); left = until - sg_mcp_now_ms())
		if (out->len > 0)
			poll(&wait, 1, (int)left);
}

void
sg_session_unblock(int fd)
{
	if (fd >= 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static void
relay_lines(struct sg_session *s, struct sg_proxy *proxy, struct side *client, struct side *server, bool *client_there, bool *server_there)
{
	int64_t sent_ms = 0;
	while (*client_there && *server_there && !proxy->broken && !proxy->to_client.failed && !proxy->to_server.failed) {
		hand_over(server, proxy, false);
		hand_over(client, proxy, false);
		int wait_ms = sg_proxy_tick(proxy);
		struct pollfd polls[] = {{has_room(client, proxy) && !client->more ? s->client_in : -1, POLLIN, 0},
					 {has_room(server, proxy) && !server->more ? s->server_out : -1, POLLIN, 0},
					 {proxy->to_server.len > 0 ? s->server_in : -1, POLLOUT, 0},
					 {proxy->to_client.len > 0 ? s->client_out : -1, POLLOUT, 0}};
		if (proxy->to_client.len > STALL_BYTES && (wait_ms < 0 || wait_ms > STALL_MS))
			wait_ms = STALL_MS;
		if (!proxy->broken && poll(polls, 4, wait_ms) < 0 && errno != EINTR)
			break;
		if (polls[3].revents != 0)
			*client_there = sg_session_send(s->client_out, &proxy->to_client);
		if (stalls(proxy, &sent_ms, polls[3].revents != 0))
			*client_there = false;
		if (polls[2].revents != 0)
			*server_there = sg_session_send(s->server_in, &proxy->to_server) && *server_there;
		if (polls[1].revents != 0)
			*server_there = read_some(server) && *server_there;
		if (polls[0].revents != 0)
			*client_there = read_some(client) && *client_there;
	}
	hand_over(server, proxy, true); /* what was said before a side ended */
	hand_over(client, proxy, true);
}

int
sg_session_run(struct sg_session *s, struct sg_proxy *proxy)
{
	struct side client = {.fd = s->client_in, .most = SG_MCP_CLIENT_LINE, .take = sg_proxy_client_line};
	struct side server = {.fd = s->server_out, .most = SG_MCP_SERVER_LINE, .take = sg_proxy_server_line};
	bool client_there = true, server_there = true;
	signal(SIGPIPE, SIG_IGN);
	sg_buf_init(&client.in, SG_MCP_CLIENT_LINE + 2 * READ_CHUNK);
	sg_buf_init(&server.in, SG_MCP_SERVER_LINE + 2 * READ_CHUNK);
	sg_session_unblock(s->server_in);
	sg_session_unblock(s->client_out);
	relay_lines(s, proxy, &client, &server, &client_there, &server_there);
	if (client_there)
		sg_proxy_server_gone(proxy);
	drain(s->client_out, &proxy->to_client);
	if (server_there && !proxy->broken) /* a task that has ended has nothing more done */
		drain(s->server_in, &proxy->to_server);
	sg_proxy_server_gone(proxy); /* what was still open when the client left: its outcome is not known */
	if (proxy->daemon != NULL)
		sg_daemon_tell_last(proxy->daemon);
	sg_buf_done(&client.in);
	sg_buf_done(&server.in);
	return sg_session_end(s);
}
