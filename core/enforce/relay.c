/* SPDX-License-Identifier: Apache-2.0
 * Bytes from one side to the other, without a look at them. Who leaves is noticed also while the other side does not read, so that nobody's place is
 * kept by a server that is busy. */
#include "enforce/session.h"

#include "base/str.h"
#include "enforce/places.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

enum { CHUNK = 64 << 10, LAST_MS = 1000 };

/* One way: what was read and not yet written. Nothing more is read meanwhile. */
struct way {
	int from, to;
	struct sg_buf held;
	bool ended; /* nothing more comes */
	bool left;  /* whoever wrote is gone; what it wrote may still be there */
};

static bool
is_over(const struct way *way)
{
	return way->ended && way->held.len == 0;
}

static void
read_once(struct way *way)
{
	char *to = sg_buf_reserve(&way->held, CHUNK);
	ssize_t got = to == NULL ? 0 : read(way->from, to, CHUNK);
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	way->ended = got <= 0;
	way->held.len += got > 0 ? (size_t)got : 0;
}

/* Its two descriptors, as far as there is something to hear of them. */
static void
ask(const struct way *way, struct pollfd polls[2])
{
	bool reads = !way->ended && way->held.len == 0;
	polls[0] = (struct pollfd){reads || !way->left ? way->from : -1, (short)((reads ? POLLIN : 0) | (way->left ? 0 : POLLRDHUP)), 0};
	polls[1] = (struct pollfd){way->held.len > 0 ? way->to : -1, POLLOUT, 0};
}

/* False: nobody reads on the other side any more. */
static bool
move(struct way *way, const struct pollfd polls[2])
{
	if ((polls[0].revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0)
		way->left = true;
	if ((polls[0].events & POLLIN) != 0 && polls[0].revents != 0)
		read_once(way);
	return polls[1].revents == 0 || sg_session_send(way->to, &way->held);
}

/* Milliseconds that are left; -1: without end. */
static int
time_left(const struct way ways[2], int64_t *until)
{
	if (!ways[0].left && !ways[0].ended && !ways[1].left && !ways[1].ended)
		return -1;
	if (*until == 0)
		*until = sg_mcp_now_ms() + LAST_MS;
	int64_t left = *until - sg_mcp_now_ms();
	return left > 0 ? (int)left : 0;
}

static void
relay(struct way ways[2])
{
	int64_t until = 0;
	for (bool going = true; going && !is_over(&ways[0]) && !is_over(&ways[1]);) {
		struct pollfd polls[4];
		int left = time_left(ways, &until);
		if (left == 0)
			return;
		ask(&ways[0], polls);
		ask(&ways[1], polls + 2);
		if (poll(polls, 4, left) < 0) {
			if (errno != EINTR)
				return;
			continue;
		}
		going = move(&ways[0], polls);
		going = move(&ways[1], polls + 2) && going;
	}
}

int
sg_session_relay(struct sg_session *s)
{
	struct way ways[2] = {{.from = s->client_in, .to = s->server_in}, {.from = s->server_out, .to = s->client_out}};
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < 2; i++) {
		sg_buf_init(&ways[i].held, 2 * CHUNK);
		sg_session_unblock(ways[i].to);
	}
	relay(ways);
	for (int i = 0; i < 2; i++)
		sg_buf_done(&ways[i].held);
	return sg_session_end(s);
}
