/* SPDX-License-Identifier: Apache-2.0
 * A server for whoever scrapes: one connection after the other, one request each, on this machine alone. */
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

enum { EXIT_USAGE_ = 64, EXIT_AWAY = 69, BACKLOG = 16 };

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

/* A whole head within its time and size; its length, 0: there is none. */
static size_t
read_head(int fd, char head[SG_METRICS_HEAD_MAX + 1])
{
	int64_t until = now_ms() + SG_METRICS_HEAD_MS;
	size_t len = 0;
	while (len < SG_METRICS_HEAD_MAX) {
		int64_t left = until - now_ms();
		struct pollfd ready = {.fd = fd, .events = POLLIN};
		ssize_t got = left > 0 && poll(&ready, 1, (int)left) == 1 ? recv(fd, head + len, SG_METRICS_HEAD_MAX - len, MSG_DONTWAIT) : 0;
		if (got <= 0)
			return 0;
		len += (size_t)got;
		head[len] = '\0';
		if (strstr(head, "\r\n\r\n") != NULL)
			return len;
	}
	return 0;
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

static void
send_all(int fd, struct sg_str bytes)
{
	int64_t until = now_ms() + SG_METRICS_HEAD_MS;
	while (bytes.len > 0) {
		struct pollfd ready = {.fd = fd, .events = POLLOUT};
		int64_t left = until - now_ms();
		ssize_t sent = left > 0 && poll(&ready, 1, (int)left) == 1 ? send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;
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

static void
serve_path(int fd, const char *path, const char *run)
{
	struct sg_arena arena;
	struct sg_buf text;
	struct sg_err err = {0};
	sg_arena_init(&arena, 64 << 20);
	sg_buf_init(&text, SG_METRICS_TEXT);
	const struct sg_json *status = sg_metrics_ask(run, &arena, &err);
	if (strcmp(path, "/metrics") == 0) {
		sg_metrics_write(&text, status);
		answer(fd, "200 OK", "text/plain; version=0.0.4; charset=utf-8", sg_buf_view(&text));
	} else {
		answer_state(fd, status == NULL ? err.text : strcmp(path, "/readyz") == 0 ? sg_metrics_unready(status) : NULL);
	}
	sg_buf_done(&text);
	sg_arena_done(&arena);
}

static void
serve_one(int fd, const char *run)
{
	char head[SG_METRICS_HEAD_MAX + 1];
	if (read_head(fd, head) == 0)
		return;
	const char *path = asked(head);
	if (path != NULL)
		serve_path(fd, path, run);
	else
		answer(fd, "404 Not Found", "text/plain; charset=utf-8", SG_STR("GET /metrics, /healthz or /readyz\n"));
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
	struct sigaction ending = {.sa_handler = end}; /* no SA_RESTART: accept comes back */
	socklen_t len = 0;
	int on = 1;
	if (!read_address(address, &at, &len)) {
		fprintf(stderr, "stepgate metrics: %s: an address of this machine's own and a port, such as 127.0.0.1:9464 or [::1]:9464\n", address);
		return EXIT_USAGE_;
	}
	int listener = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 || bind(listener, (struct sockaddr *)&at, len) != 0 || listen(listener, BACKLOG) != 0) {
		fprintf(stderr, "stepgate metrics: %s: %s\n", address, strerror(errno));
		return EXIT_AWAY;
	}
	sigaction(SIGTERM, &ending, NULL);
	sigaction(SIGINT, &ending, NULL);
	fprintf(stderr, "stepgate metrics: http://%s/metrics\n", address);
	while (!ended) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		serve_one(fd, run);
		close(fd);
	}
	close(listener);
	return 0;
}
