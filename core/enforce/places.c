/* SPDX-License-Identifier: Apache-2.0
 * Places, kept by the process that accepts. Each client's process has a line to it (the desk): it asks for its place there, and that the line ends tells
 * that the process has. */
#include "enforce/places.h"

#include "base/shares.h"
#include "base/str.h"
#include "base/sys.h"
#include "enforce/pace.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_AWAY = 69, ROWS = SG_PLACES + SG_PLACES_LOBBY };

struct place {
	pid_t pid; /* 0: free */
	int desk;
	long uid;
	unsigned long came; /* the how-manyth it was */
	bool given;
	char agent[SG_PLACES_NAME];
};

struct places {
	struct place rows[ROWS];
	unsigned long came;
	long admit;
	int listener;
	struct sg_pace pace;
	int64_t told_ms; /* when it was last said that somebody is not let in */
};

static void
set_free(struct place *p)
{
	kill(p->pid, SIGKILL);
	waitpid(p->pid, NULL, 0);
	close(p->desk);
	*p = (struct place){0};
}

/* ---- who gets one ---- */

static size_t
count_given(const struct places *places)
{
	size_t given = 0;
	for (int i = 0; i < ROWS; i++)
		given += places->rows[i].pid != 0 && places->rows[i].given;
	return given;
}

static size_t
has(const struct places *places, const char *agent)
{
	size_t its = 0;
	for (int i = 0; i < ROWS; i++)
		its += places->rows[i].given && strcmp(places->rows[i].agent, agent) == 0;
	return its;
}

/* What all agents have beyond their shares: each place counts whose agent has got its share in the rows before it. */
static size_t
beyond(const struct places *places, size_t share)
{
	size_t over = 0;
	for (int i = 0; i < ROWS; i++) {
		size_t before = 0;
		for (int j = 0; places->rows[i].given && j < i; j++)
			before += places->rows[j].given && strcmp(places->rows[j].agent, places->rows[i].agent) == 0;
		over += places->rows[i].given && before >= share;
	}
	return over;
}

static bool
may_have(const struct places *places, const struct sg_place_wish *wish)
{
	struct sg_shares s = sg_shares_of(SG_PLACES, wish->agents);
	return count_given(places) < s.room && sg_shares_admit(&s, has(places, wish->agent), beyond(places, s.share));
}

/* Its process asks, or has ended. */
static void
hear(struct places *places, struct place *p)
{
	struct sg_place_wish wish;
	ssize_t got = recv(p->desk, &wish, sizeof(wish), MSG_DONTWAIT);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got != sizeof(wish) || p->given || memchr(wish.agent, '\0', sizeof(wish.agent)) == NULL) {
		set_free(p);
		return;
	}
	sg_pace_known(&places->pace, p->uid);
	bool given = may_have(places, &wish);
	char answer = given ? 1 : 0;
	if (!given)
		fprintf(stderr, "stepgate mcp: agent %s has its share of the sessions here\n", wish.agent);
	snprintf(p->agent, sizeof(p->agent), "%s", wish.agent);
	p->given = given;
	if (send(p->desk, &answer, 1, MSG_NOSIGNAL) != 1 || !given)
		shutdown(p->desk, SHUT_WR); /* it ends by itself, which is heard */
}

/* ---- who comes in ---- */

static struct place *
silent_for_longest(struct places *places)
{
	struct place *oldest = NULL;
	for (int i = 0; i < ROWS; i++)
		if (places->rows[i].pid != 0 && !places->rows[i].given && (oldest == NULL || places->rows[i].came < oldest->came))
			oldest = &places->rows[i];
	return oldest;
}

/* A free row for who may come in, or NULL. */
static struct place *
row_for(struct places *places, long uid)
{
	struct place *row = NULL;
	int waiting = 0, its = 0;
	for (int i = 0; i < ROWS; i++) {
		bool waits = places->rows[i].pid != 0 && !places->rows[i].given;
		waiting += waits;
		its += waits && places->rows[i].uid == uid;
		row = places->rows[i].pid == 0 ? &places->rows[i] : row;
	}
	if (places->admit >= 0)
		return uid == places->admit && count_given(places) < SG_PLACES ? row : NULL;
	if (its >= SG_PLACES_UID)
		return NULL;
	if (waiting < SG_PLACES_LOBBY)
		return row;
	row = silent_for_longest(places);
	set_free(row);
	return row;
}

static void
begin(struct places *places, struct place *row, int client, sg_place_serve *serve, const struct sg_mcp_options *o)
{
	int desk[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, desk) != 0)
		return;
	pid_t pid = fork();
	if (pid == 0) {
		for (int i = 0; i < ROWS; i++)
			if (places->rows[i].pid != 0)
				close(places->rows[i].desk);
		close(desk[0]);
		close(places->listener);
		serve(client, desk[1], o);
		_exit(0);
	}
	close(desk[1]);
	if (pid < 0)
		close(desk[0]);
	else
		*row = (struct place){.pid = pid, .desk = desk[0], .uid = sg_mcp_peer_uid(client), .came = ++places->came, .given = places->admit >= 0};
}

/* One line a second, whoever comes. */
static void
tell_out(struct places *places, long uid, const char *why)
{
	int64_t now = sg_sys_real.boot_time(&sg_sys_real) / SG_MSEC;
	if (now - places->told_ms < 1000)
		return;
	places->told_ms = now;
	fprintf(stderr, "stepgate mcp: uid %ld is not let in: %s\n", uid, why);
}

/* In front of agents nobody comes without end. What is refused costs no process. */
static bool
may_come(struct places *places, long uid)
{
	int64_t now = sg_sys_real.boot_time(&sg_sys_real) / SG_MSEC;
	if (places->admit >= 0 || sg_pace_take(&places->pace, uid, now))
		return true;
	tell_out(places, uid, "it comes too often");
	return false;
}

/* False: nobody can be let in any more. */
static bool
let_in(struct places *places, sg_place_serve *serve, const struct sg_mcp_options *o)
{
	int client = accept4(places->listener, NULL, NULL, SOCK_CLOEXEC);
	if (client < 0)
		return errno == EINTR || errno == ECONNABORTED || errno == EAGAIN;
	if (!may_come(places, sg_mcp_peer_uid(client))) {
		close(client);
		return true;
	}
	struct place *row = row_for(places, sg_mcp_peer_uid(client));
	if (row != NULL)
		begin(places, row, client, serve, o);
	else
		tell_out(places, sg_mcp_peer_uid(client), "it is not admitted, or its places are taken");
	close(client);
	return true;
}

int
sg_places_run(int listener, long admit, sg_place_serve *serve, const struct sg_mcp_options *o)
{
	static struct places places;
	struct pollfd polls[ROWS + 1];
	places = (struct places){.admit = admit, .listener = listener};
	signal(SIGCHLD, SIG_DFL);
	for (;;) {
		for (int i = 0; i < ROWS; i++)
			polls[i] = (struct pollfd){places.rows[i].pid != 0 ? places.rows[i].desk : -1, POLLIN, 0};
		polls[ROWS] = (struct pollfd){listener, POLLIN, 0};
		if (poll(polls, ROWS + 1, -1) < 0 && errno != EINTR)
			return EXIT_AWAY;
		for (int i = 0; i < ROWS; i++) /* first who has ended: its place is for who comes now */
			if (polls[i].fd >= 0 && polls[i].revents != 0)
				hear(&places, &places.rows[i]);
		if (polls[ROWS].revents != 0 && !let_in(&places, serve, o))
			return EXIT_AWAY;
	}
}

bool
sg_place_ask(int desk, const struct sg_place_wish *wish)
{
	char answer = 0;
	return send(desk, wish, sizeof(*wish), MSG_NOSIGNAL) == sizeof(*wish) && recv(desk, &answer, 1, 0) == 1 && answer == 1;
}
