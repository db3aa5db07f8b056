/* SPDX-License-Identifier: Apache-2.0
 * A server for whoever scrapes, on this machine alone: one request a connection, and nobody who says nothing keeps others from being answered. */
#include "metrics/metrics.h"

#include "base/err.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_WRONG = 64, EXIT_AWAY = 69, BACKLOG = 128 };

/* "127.0.0.1:9464" or "[::1]:9464". False: no such form, or not this machine's own. */
static bool
read_address(const char *text, struct sockaddr_storage *out, socklen_t *len)
{
	char host[64];
	const char *colon = strrchr(text, ':');
	int64_t port = 0;
	if (colon == NULL || (size_t)(colon - text) >= sizeof(host) || !sg_str_int(sg_str(colon + 1), 0, 65535, &port))
		return false;
	snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
	memset(out, 0, sizeof(*out));
	if (strcmp(host, "[::1]") == 0) {
		struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
		*six = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port), .sin6_addr = in6addr_loopback};
		*len = sizeof(*six);
		return true;
	}
	struct sockaddr_in *four = (struct sockaddr_in *)out;
	*four = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	*len = sizeof(*four);
	return inet_pton(AF_INET, host, &four->sin_addr) == 1 && (ntohl(four->sin_addr.s_addr) >> 24) == 127;
}

static int64_t
now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What is asked, by the whole first line. */
static const char *
asked(const char *head)
{
	static const char *const paths[] = {"/metrics", "/healthz", "/readyz"};
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		char line[64];
		size_t len = (size_t)snprintf(line, sizeof(line), "GET %s HTTP/1.", paths[i]);
		if (strncmp(head, line, len) == 0 && (head[len] == '0' || head[len] == '1') && strncmp(head + len + 1, "\r\n", 2) == 0)
			return paths[i];
	}
	return NULL;
}

/* At once or not at all: an answer has room in what the kernel keeps for a connection, and nobody is waited for. */
static void
send_all(int fd, struct sg_str bytes)
{
	int room = SG_METRICS_TEXT;
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	while (bytes.len > 0) {
		ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent <= 0)
			return;
		bytes.ptr += sent;
		bytes.len -= (size_t)sent;
	}
}

static void
answer(int fd, const char *status, const char *type, struct sg_str body)
{
	struct sg_buf out;
	sg_buf_init(&out, SG_METRICS_TEXT + 4096);
	sg_buf_printf(&out, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n", status, type, body.len);
	sg_buf_str(&out, body);
	send_all(fd, sg_buf_view(&out));
	sg_buf_done(&out);
}

static void
answer_state(int fd, const char *why)
{
	struct sg_buf text;
	sg_buf_init(&text, 1024);
	sg_buf_printf(&text, "%s\n", why == NULL ? "ok" : why);
	answer(fd, why == NULL ? "200 OK" : "503 Service Unavailable", "text/plain; charset=utf-8", sg_buf_view(&text));
	sg_buf_done(&text);
}

/* What was asked last, good for a second: whoever asks more often costs the daemon nothing. */
static struct {
	int64_t at; /* 0: nothing */
	bool there;
	const char *unready;
	char why[256];
	struct sg_buf text;
} last;

static void
look(const char *run)
{
	struct sg_arena arena;
	struct sg_err err = {0};
	if (last.at != 0 && now_ms() - last.at < SG_METRICS_KEEP_MS)
		return;
	sg_arena_init(&arena, 64 << 20);
	sg_buf_clear(&last.text);
	const struct sg_json *status = sg_metrics_ask(run, &arena, &err);
	sg_metrics_write(&last.text, status);
	last.there = status != NULL;
	last.unready = sg_metrics_unready(status);
	snprintf(last.why, sizeof(last.why), "%s", status != NULL || err.text[0] == '\0' ? "" : err.text);
	last.at = now_ms();
	sg_arena_done(&arena);
}

static void
serve_path(int fd, const char *path, const char *run)
{
	look(run);
	if (strcmp(path, "/metrics") == 0)
		answer(fd, "200 OK", "text/plain; version=0.0.4; charset=utf-8", sg_buf_view(&last.text));
	else
		answer_state(fd, !last.there ? last.why : strcmp(path, "/readyz") == 0 ? last.unready : NULL);
}

/* ---- connections ---- */

/* All that speak at once; where there are more, who has said nothing for the longest gives way. */
static struct conn {
	int fd; /* -1: free */
	int64_t since;
	uint64_t order; /* of coming */
	size_t len;
	char head[SG_METRICS_HEAD_MAX + 1];
} conns[SG_METRICS_CONNS];
static uint64_t came;

static void
hang_up(struct conn *c)
{
	close(c->fd);
	c->fd = -1;
}

static struct conn *
take(int fd)
{
	struct conn *place = &conns[0];
	for (size_t i = 0; i < SG_METRICS_CONNS && place->fd >= 0; i++)
		if (conns[i].fd < 0 || conns[i].order < place->order)
			place = &conns[i];
	if (place->fd >= 0)
		hang_up(place);
	place->fd = fd;
	place->since = now_ms();
	place->order = ++came;
	place->len = 0;
	return place;
}

static void
serve(struct conn *c, const char *run)
{
	ssize_t got = recv(c->fd, c->head + c->len, SG_METRICS_HEAD_MAX - c->len, MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	c->len += got > 0 ? (size_t)got : 0;
	c->head[c->len] = '\0';
	bool whole = strstr(c->head, "\r\n\r\n") != NULL;
	if (got > 0 && !whole && c->len < SG_METRICS_HEAD_MAX)
		return;
	const char *path = whole ? asked(c->head) : NULL;
	if (path != NULL)
		serve_path(c->fd, path, run);
	else if (whole)
		answer(c->fd, "404 Not Found", "text/plain; charset=utf-8", SG_STR("GET /metrics, /healthz or /readyz\n"));
	hang_up(c);
}

static void
turn(int listener, const char *run)
{
	struct pollfd ready[SG_METRICS_CONNS + 1] = {{.fd = listener, .events = POLLIN}};
	for (size_t i = 0; i < SG_METRICS_CONNS; i++)
		ready[i + 1] = (struct pollfd){.fd = conns[i].fd, .events = POLLIN};
	if (poll(ready, SG_METRICS_CONNS + 1, 1000) < 0)
		return;
	for (size_t i = 0; i < SG_METRICS_CONNS; i++)
		if (conns[i].fd >= 0 && ready[i + 1].revents != 0)
			serve(&conns[i], run);
		else if (conns[i].fd >= 0 && now_ms() - conns[i].since > SG_METRICS_HEAD_MS)
			hang_up(&conns[i]);
	int fd = 0;
	for (size_t i = 0; (ready[0].revents & POLLIN) != 0 && i < SG_METRICS_CONNS && fd >= 0; i++)
		if ((fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
			serve(take(fd), run); /* what has come with it is answered before anybody has to give way */
}

static volatile sig_atomic_t ended;

static void
end(int number)
{
	(void)number;
	ended = 1;
}

int
sg_metrics_serve(const char *address, const char *run)
{
	struct sockaddr_storage at;
	struct sigaction ending = {.sa_handler = end}; /* no SA_RESTART: poll comes back */
	socklen_t len = 0;
	int on = 1;
	if (!read_address(address, &at, &len)) {
		fprintf(stderr, "stepgate metrics: %s: an address of this machine's own and a port, such as 127.0.0.1:9464 or [::1]:9464\n", address);
		return EXIT_WRONG;
	}
	int listener = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 || bind(listener, (struct sockaddr *)&at, len) != 0 || listen(listener, BACKLOG) != 0) {
		fprintf(stderr, "stepgate metrics: %s: %s\n", address, strerror(errno));
		return EXIT_AWAY;
	}
	sigaction(SIGTERM, &ending, NULL);
	sigaction(SIGINT, &ending, NULL);
	fprintf(stderr, "stepgate metrics: http://%s/metrics\n", address);
	sg_buf_init(&last.text, SG_METRICS_TEXT);
	for (size_t i = 0; i < SG_METRICS_CONNS; i++)
		conns[i].fd = -1;
	while (!ended)
		turn(listener, run);
	close(listener);
	sg_buf_done(&last.text);
	return 0;
}
