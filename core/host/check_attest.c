/* SPDX-License-Identifier: Apache-2.0
 * Steps about looks: at a process of ours that sleeps, at one that is gone. */
#include "host/check_step.h"

#include "base/err.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct peer {
	pid_t pid;
	int pidfd;
	unsigned long long start;
	unsigned uid, gid;
};

static unsigned long long
start_time(pid_t pid)
{
	char path[64], text[1024];
	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
	if (fd >= 0)
		close(fd);
	text[len > 0 ? len : 0] = '\0';
	char *at = strrchr(text, ')');
	for (int field = 2; at != NULL && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at != NULL ? strtoull(at, NULL, 10) : 0;
}

static struct peer
make_peer(void)
{
	struct peer p = {.pid = fork(), .uid = geteuid(), .gid = getegid()};
	if (p.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	p.pidfd = (int)syscall(SYS_pidfd_open, p.pid, 0);
	p.start = start_time(p.pid);
	return p;
}

static void
end_peer(const struct peer *p)
{
	kill(p->pid, SIGKILL);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static bool
look(struct sg_check *c, const struct peer *p, unsigned uid, struct sg_buf *answer, struct sg_err *why)
{
	char request[256];
	snprintf(request, sizeof(request), "{\"gid\":%u,\"pid\":%ld,\"start_time\":%llu,\"uid\":%u,\"verb\":\"look\"}", p->gid, (long)p->pid, p->start, uid);
	sg_check_at(c, "look");
	return sg_check_ask(c, sg_str(request), p->pidfd, answer, why);
}

static struct peer called; /* one for all calls of a child */

void
sg_check_before_call(struct sg_check *c)
{
	if (c->kind == SG_KIND_attest && called.pid == 0) {
		called = make_peer();
		c->kept[0] = called.pidfd;
	}
}

void
sg_check_attest_call(struct sg_check *c)
{
	struct sg_buf answer;
	struct sg_err why;
	sg_check_before_call(c);
	sg_buf_init(&answer, SG_ANSWER_MAX);
	look(c, &called, called.uid, &answer, &why);
	sg_buf_done(&answer);
}

bool
sg_check_attest_facts(struct sg_check *c)
{
	struct sg_buf answer;
	struct sg_err why = {0};
	if (!sg_check_begin(c))
		return false;
	struct peer p = make_peer();
	sg_buf_init(&answer, SG_ANSWER_MAX);
	bool ok = look(c, &p, p.uid, &answer, &why);
	bool good = ok || sg_check_in_bounds(c, "look", &why);
	if (good && fcntl(p.pidfd, F_GETFD) < 0)
		good = sg_check_fail(c, SG_PROMISE_borrowed, "look closes the pidfd");
	if (good && !ok)
		good = c->wish->no_facts != NULL ? sg_check_skip(c, "%s", c->wish->no_facts)
						 : sg_check_fail(c, SG_PROMISE_look, "look refuses an ordinary process: %s: %s; check it where processes run that have facts, or say --without facts=REASON",
								 why.code, why.text);
	end_peer(&p);
	sg_buf_done(&answer);
	sg_check_stop(c);
	return good;
}

bool
sg_check_attest_twice(struct sg_check *c)
{
	struct sg_buf first, second;
	struct sg_err why = {0}, again = {0};
	if (!sg_check_begin(c))
		return false;
	struct peer p = make_peer();
	sg_buf_init(&first, SG_ANSWER_MAX);
	sg_buf_init(&second, SG_ANSWER_MAX);
	bool ok = look(c, &p, p.uid, &first, &why);
	usleep(20000); /* what changes by itself, changes */
	bool good = look(c, &p, p.uid, &second, &again) == ok && sg_str_eq(sg_buf_view(&first), sg_buf_view(&second));
	if (!good)
		sg_check_fail(c, SG_PROMISE_same, "%.150s, then %.150s", first.len > 0 ? first.ptr : "nothing", second.len > 0 ? second.ptr : "nothing");
	end_peer(&p);
	sg_buf_done(&first);
	sg_buf_done(&second);
	sg_check_stop(c);
	return good;
}

bool
sg_check_attest_gone(struct sg_check *c)
{
	struct sg_buf answer;
	struct sg_err why = {0};
	if (!sg_check_begin(c))
		return false;
	struct peer p = make_peer();
	end_peer(&p);
	sg_buf_init(&answer, SG_ANSWER_MAX);
	bool good = !look(c, &p, p.uid, &answer, &why) || sg_check_fail(c, SG_PROMISE_look, "a process that has ended is given facts");
	good = good && sg_check_in_bounds(c, "look at a process that has ended", &why);
	sg_buf_done(&answer);
	sg_check_stop(c);
	return good;
}

bool
sg_check_attest_odd(struct sg_check *c)
{
	struct sg_buf answer;
	struct sg_err why = {0};
	if (!sg_check_begin(c))
		return false;
	struct peer p = make_peer(), odd = p;
	sg_buf_init(&answer, SG_ANSWER_MAX);
	odd.pid = INT32_MAX;
	odd.start = (1ULL << 53) - 1;
	bool good = look(c, &odd, UINT32_MAX, &answer, &why) || sg_check_in_bounds(c, "look with the largest numbers", &why);
	odd.pid = 1;
	odd.start = 1;
	good = good && (look(c, &odd, 0, &answer, &why) || sg_check_in_bounds(c, "look with the least numbers", &why));
	end_peer(&p);
	sg_buf_done(&answer);
	sg_check_stop(c);
	return good;
}
