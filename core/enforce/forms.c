/* SPDX-License-Identifier: Apache-2.0
 * The four forms. Cooperative: one process between agent and server. Enforced: thin client, gateway and server under three uids. */
#include "base/canon.h"
#include "base/err.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/str.h"
#include "enforce/places.h"
#include "enforce/session.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EXIT_DENIED = 1, EXIT_USAGE = 64, EXIT_AWAY = 69, HELLO_MAX = 512, HELLO_SECONDS = 5, LAST_MS = 5000 /* a server that is asked to end is given four seconds */ };

static void
set_socket(struct sg_daemon *daemon, const struct sg_mcp_options *o, const char *face)
{
	snprintf(daemon->socket, sizeof(daemon->socket), "%.90s/%s.sock", o->run, face);
}

/* One task for this process's life. */
static int
open_task(struct sg_daemon *daemon, const struct sg_mcp_options *o)
{
	struct sg_err err = {0};
	char key[48];
	unsigned char bytes[16];
	char hex[33];
	if (sg_random(bytes, sizeof(bytes), &err) != SG_OK)
		return EXIT_AWAY;
	sg_hex(hex, bytes, sizeof(bytes));
	snprintf(key, sizeof(key), "mcp-%s", hex);
	enum sg_status status = sg_daemon_open(daemon, o->intent, key, &err);
	if (status == SG_OK)
		return 0;
	fprintf(stderr, "stepgate mcp: %s\n", err.text);
	return status == SG_REFUSED ? EXIT_DENIED : EXIT_AWAY;
}

int
sg_mcp_cooperate(const struct sg_mcp_options *o)
{
	struct sg_daemon daemon = {.peer_uid = -1};
	struct sg_session session = {.client_in = 0, .client_out = 1, .server_in = -1, .server_out = -1};
	struct sg_proxy proxy;
	set_socket(&daemon, o, "agent");
	int failed = open_task(&daemon, o);
	if (failed != 0)
		return failed;
	fprintf(stderr, "stepgate mcp: task %s, cooperative: the agent could also start the server itself\n", daemon.task);
	sg_proxy_init(&proxy, &daemon, o->name);
	proxy.instructions = o->instructions;
	int status = sg_session_start(&session, o->command) ? sg_session_run(&session, &proxy) : EXIT_AWAY;
	sg_proxy_done(&proxy);
	sg_daemon_close(&daemon);
	return status;
}

/* ---- serve: the server's side ---- */

static void
serve_one(int fd, char **command)
{
	struct sg_session session = {.client_in = fd, .client_out = fd, .server_in = -1, .server_out = -1};
	if (sg_session_start(&session, command))
		sg_session_relay(&session);
}

static void
serve_place(int fd, int desk, const struct sg_mcp_options *o)
{
	(void)desk; /* open for as long as this process is there */
	serve_one(fd, o->command);
}

/* The gateway keeps the agents apart; here all are one user, and there is only so much room. */
int
sg_mcp_serve(const struct sg_mcp_options *o)
{
	int listener = sg_mcp_listen(o->socket, 0666); /* who is admitted is decided by the kernel's word on the peer */
	return listener < 0 ? EXIT_AWAY : sg_places_run(listener, o->admit, serve_place, o);
}

/* ---- gateway ---- */

/* The thin client's first line: {"stepgate":{"task_token":"..."}}. Read byte by byte, so that nothing behind it is taken. */
static bool
read_hello(int fd, struct sg_daemon *daemon)
{
	char line[HELLO_MAX];
	size_t len = 0;
	alarm(HELLO_SECONDS); /* this process serves one client: if it does not even say hello, it ends */
	while (len < sizeof(line) && read(fd, line + len, 1) == 1 && line[len] != '\n')
		len++;
	alarm(0);
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_str token = {"", 0}, copy = token;
	sg_arena_init(&arena, 64 << 10);
	bool good = len < sizeof(line) && sg_json_parse(&arena, (struct sg_str){line, len}, NULL, &json, NULL) == SG_OK &&
		    sg_json_string(sg_json_get(sg_json_get(json, "stepgate"), "task_token"), &token) && token.len < sizeof(daemon->token);
	if (good) {
		snprintf(daemon->token, sizeof(daemon->token), "%.*s", SG_STR_ARG(token));
		copy = token;
		sg_str_cut(&copy, '.');
		struct sg_str id = sg_str_cut(&copy, '.');
		snprintf(daemon->task, sizeof(daemon->task), "%.*s", SG_STR_ARG(id));
	}
	sg_arena_done(&arena);
	return good;
}

/* Nothing is started or passed for a client whose token the daemon does not know as this uid's, or whose agent has its share of the sessions. */
static bool
let_in(struct sg_daemon *daemon, int desk)
{
	struct sg_place_wish wish = {.agents = 0};
	enum sg_stands stands = sg_daemon_stands(daemon, wish.agent, sizeof(wish.agent), &wish.agents);
	if (stands == SG_STANDS)
		return sg_place_ask(desk, &wish);
	fprintf(stderr, "stepgate mcp gateway: %s uid %ld\n", stands == SG_STANDS_NO_MORE ? "the task token is not one for" : "stepgate cannot say now whether the task token is one for", daemon->peer_uid);
	return false;
}

/* The client is told first; its place is free once the server's is. */
static void
end_both(int client, int server)
{
	char bytes[4096];
	int64_t until = sg_mcp_now_ms() + LAST_MS;
	struct pollfd wait = {server, POLLIN, 0};
	shutdown(client, SHUT_RDWR);
	shutdown(server, SHUT_WR);
	for (int64_t left; (left = until - sg_mcp_now_ms()) > 0 && poll(&wait, 1, (int)left) > 0 && read(server, bytes, sizeof(bytes)) > 0;)
		;
}

static void
gateway_one(int fd, int desk, const struct sg_mcp_options *o)
{
	struct sg_daemon daemon = {.enforcer = true, .peer_uid = sg_mcp_peer_uid(fd)};
	struct sg_proxy proxy;
	set_socket(&daemon, o, "enforcer");
	if (daemon.peer_uid < 0 || !read_hello(fd, &daemon)) {
		fprintf(stderr, "stepgate mcp gateway: a client without a task token\n");
		return;
	}
	if (!let_in(&daemon, desk))
		return;
	int server = sg_mcp_reach(o->server);
	if (server < 0)
		return;
	struct sg_session session = {.client_in = fd, .client_out = fd, .server_in = server, .server_out = dup(server)};
	sg_proxy_init(&proxy, &daemon, o->name);
	proxy.instructions = o->instructions;
	sg_session_run(&session, &proxy);
	sg_proxy_done(&proxy);
	end_both(fd, session.server_out);
}

int
sg_mcp_gateway(const struct sg_mcp_options *o)
{
	sg_log_begin(); /* whoever reads what a gateway says keeps no session waiting */
	int listener = sg_mcp_listen(o->listen, 0666);
	return listener < 0 ? EXIT_AWAY : sg_places_run(listener, -1, gateway_one, o);
}

/* ---- the thin client ---- */

int
sg_mcp_connect(const struct sg_mcp_options *o)
{
	struct sg_daemon daemon = {.peer_uid = -1};
	char hello[HELLO_MAX];
	set_socket(&daemon, o, "agent");
	int failed = open_task(&daemon, o);
	if (failed != 0)
		return failed;
	int fd = sg_mcp_reach(o->gateway);
	if (fd < 0)
		return EXIT_AWAY;
	int len = snprintf(hello, sizeof(hello), "{\"stepgate\":{\"task_token\":\"%s\"}}\n", daemon.token);
	bool sent = write(fd, hello, (size_t)len) == len;
	struct sg_session session = {.client_in = 0, .client_out = 1, .server_in = fd, .server_out = fd};
	int status = sent ? sg_session_relay(&session) : EXIT_AWAY;
	sg_daemon_close(&daemon);
	return status;
}
