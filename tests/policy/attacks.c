/* SPDX-License-Identifier: Apache-2.0
 * Runs each attack as the daemon would: a zygote loads it, a worker judges with it, this process plays supervisor and
 * gate and kills the worker at the deadline. Whatever happens, the next worker of the same zygote must answer another
 * request. */
#include "attack_sources.h"

#include "base/digest.h"
#include "base/json.h"
#include "base/str.h"
#include "frame/link.h"
#include "policy/policy.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* 50 ms is the daemon's idea of a deadline; the rest is for noisy machines. Loading has the supervisor's deadline. */
enum { DEADLINE = 50 * 20, LOAD_DEADLINE = 20000, REQUESTS = 2, LOAD_STEPS = 20000000 };

static const char request_form[] =
	"{\"action\":{\"authority\":[],\"class\":\"data\",\"effect\":\"read\",\"environment\":\"\",\"name\":\"%s\","
	"\"sensitivity\":\"internal\"},"
	"\"agent\":{\"autonomy\":\"autonomous\",\"environment\":\"staging\",\"id\":\"spiffe://acme.example/a\","
	"\"name\":\"a\",\"owner\":\"mira\",\"review_left\":1,\"strength\":\"boundary\"},\"approval\":null,"
	"\"args\":{\"amount\":100,\"big\":\"%s\",\"list\":[1,2,3],\"method\":\"upper\",\"name\":\"trusted\","
	"\"text\":\"hello\"},\"context\":{},\"enforcer\":null,\"history\":{},"
	"\"instance\":{\"facts\":{},\"id\":\"i1\",\"labels\":[],\"sensitivity\":\"internal\"},"
	"\"outcome\":null,\"provenance\":[{\"labels\":[],\"origin\":\"task\",\"source\":\"\",\"value\":100},"
	"{\"labels\":[\"web\"],\"origin\":\"web.get\",\"source\":\"url:x\",\"value\":\"hello\"},"
	"{\"labels\":[],\"origin\":\"task\",\"source\":\"\",\"value\":\"upper\"}],"
	"\"resource\":{\"environment\":\"\",\"id\":\"acct-7\",\"known\":true,\"owner\":\"\",\"properties\":{},"
	"\"sensitivity\":\"internal\",\"type\":\"account\"},\"sensitivity\":\"internal\",\"task\":{\"age\":5000,"
	"\"budget\":{},\"chain\":[],\"classes\":[],\"denied\":0,\"depth\":0,\"environment\":\"staging\","
	"\"id\":\"t1\",\"intent\":\"fix-bug\",\"labels\":[],\"left\":60000,\"on_behalf_of\":null,\"parent\":null,"
	"\"role\":null,\"root\":\"t1\",\"sensitivity\":\"internal\",\"step_ups\":0,\"steps\":0,"
	"\"tainted\":false},\"time\":{\"hour\":9,\"minute\":30,\"unix\":1790000000,\"weekday\":1}}";

struct world {
	struct sg_link zygote, worker;
	pid_t pid; /* of the zygote */
	int pidfd; /* of the worker; -1 if none */
	const char *name;
	char result[64];
	int slowest; /* ms until a result was known */
};

static int
now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int)(t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

/* The next frame within `most` ms. SG_TIMEOUT, SG_UNAVAILABLE when the peer is gone. */
static enum sg_status
receive(struct sg_link *link, struct sg_frame *frame, int most)
{
	int end = now_ms() + most;
	enum sg_status status;
	while ((status = sg_link_next(link, frame, NULL)) == SG_AGAIN) {
		struct pollfd wait = {link->fd, POLLIN, 0};
		int left = end - now_ms();
		if (left <= 0 || poll(&wait, 1, left) == 0)
			return SG_TIMEOUT;
		if ((status = sg_link_fill(link, NULL)) != SG_OK)
			return status;
	}
	return status;
}

static bool
start_zygote(struct world *w, struct sg_str text)
{
	int pair[2];
	struct sg_policy_source sources[] = {{SG_STR("attack.lua"), text},
					     {SG_STR("ok.lua"), SG_STR("rule{id='ok',on='ok.check',effect=allow{}}")}};
	struct sg_policy_limits limits = {.load_steps = LOAD_STEPS};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	fflush(stdout);
	w->pid = fork();
	if (w->pid == 0) {
		close(pair[0]);
		_exit(sg_policy_zygote(pair[1], sources, 2, &limits));
	}
	close(pair[1]);
	sg_link_init(&w->zygote, pair[0], SG_ROLE_SUPERVISOR, SG_ROLE_ZYGOTE);
	return w->pid > 0;
}

static bool
start_worker(struct world *w)
{
	int pair[2];
	struct sg_frame frame;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	sg_link_init(&w->worker, pair[0], SG_ROLE_GATE, SG_ROLE_WORKER);
	if (sg_link_queue(&w->zygote, SG_FRAME_Z_SPAWN, 1, SG_STR(""), pair[1], NULL) != SG_OK ||
	    sg_link_flush(&w->zygote, NULL) != SG_OK || receive(&w->zygote, &frame, LOAD_DEADLINE) != SG_OK)
		return false;
	w->pidfd = frame.fd;
	return frame.type == SG_FRAME_Z_SPAWNED;
}

/* Ends the worker and waits until the kernel says it is gone. */
static bool
stop_worker(struct world *w)
{
	struct pollfd gone = {w->pidfd, POLLIN, 0};
	syscall(SYS_pidfd_send_signal, w->pidfd, SIGKILL, NULL, 0);
	bool dead = poll(&gone, 1, LOAD_DEADLINE) == 1;
	close(w->pidfd);
	w->pidfd = -1;
	sg_link_done(&w->worker);
	return dead;
}

static void
send_requests(struct world *w, const char *action)
{
	static char big[30001], request[40000];
	memset(big, 'x', sizeof(big) - 1);
	snprintf(request, sizeof(request), request_form, action, big);
	for (int i = 0; i < REQUESTS; i++)
		sg_link_queue(&w->worker, SG_FRAME_P_JUDGE, (uint64_t)i, sg_str(request), -1, NULL);
	sg_link_flush(&w->worker, NULL);
}

/* The code of an answer, or "allow"-like kind of its first effect, or "no_effect". */
static void
read_answer(struct world *w, struct sg_str payload)
{
	struct sg_arena arena;
	const struct sg_json *root;
	struct sg_str text = SG_STR("no_effect");
	sg_arena_init(&arena, 8 << 20);
	struct sg_json_limits limits = {.bytes = 4 << 20};
	if (sg_json_parse(&arena, payload, &limits, &root, NULL) != SG_OK)
		text = SG_STR("not_json");
	else if (!sg_json_string(sg_json_get(sg_json_get(root, "error"), "code"), &text))
		sg_json_string(sg_json_get(sg_json_get(sg_json_first(sg_json_get(root, "effects")), "effect"), "kind"),
			       &text);
	snprintf(w->result, sizeof(w->result), "%.*s", SG_STR_ARG(text));
	sg_arena_done(&arena);
}

/* The first answer that is an error counts, else the last. */
static void
judge(struct world *w, const char *action)
{
	struct sg_frame frame;
	int begin = now_ms();
	send_requests(w, action);
	for (int i = 0; i < REQUESTS; i++) {
		enum sg_status status = receive(&w->worker, &frame, DEADLINE);
		if (status != SG_OK) {
			snprintf(w->result, sizeof(w->result), status == SG_TIMEOUT ? "killed" : "crashed");
			break;
		}
		read_answer(w, frame.payload);
		if (strncmp(w->result, "policy_", 7) == 0)
			break;
	}
	w->slowest = now_ms() - begin;
}

/* A frame of the zygote decides; one that says nothing in time is killed. */
static bool
loaded(struct world *w)
{
	struct sg_frame frame;
	enum sg_status status = receive(&w->zygote, &frame, LOAD_DEADLINE);
	if (status == SG_OK && frame.type == SG_FRAME_Z_READY)
		return true;
	if (status == SG_OK && frame.type == SG_FRAME_Z_FAILED && frame.payload.len < (64 << 10))
		snprintf(w->result, sizeof(w->result), "load_refused");
	else
		snprintf(w->result, sizeof(w->result), status == SG_TIMEOUT ? "load_killed" : "load_crashed");
	if (getenv("VERBOSE") != NULL && status == SG_OK)
		printf("%.*s\n", SG_STR_ARG(frame.payload));
	return false;
}

static bool
stop_zygote(struct world *w)
{
	int how;
	sg_link_done(&w->zygote);
	kill(w->pid, strncmp(w->result, "load_", 5) == 0 ? SIGKILL : 0);
	return waitpid(w->pid, &how, 0) == w->pid &&
	       (strncmp(w->result, "load_", 5) == 0 || (WIFEXITED(how) && WEXITSTATUS(how) == 0));
}

static bool
matches(const char *expect, const char *result)
{
	for (struct sg_str rest = sg_str(expect); rest.ptr != NULL;)
		if (sg_str_is(sg_str_cut(&rest, '|'), result))
			return true;
	return false;
}

/* True if the attack ended as it must and nobody else was hurt. */
static bool
run(const char *name, const char *expect, struct sg_str text)
{
	struct world w = {.name = name, .pidfd = -1};
	char result[64];
	bool fine = start_zygote(&w, text);
	if (fine && loaded(&w)) {
		fine = start_worker(&w);
		if (fine)
			judge(&w, "pay.transfer");
		fine = stop_worker(&w) && fine;
		snprintf(result, sizeof(result), "%s", w.result);
		int slowest = w.slowest;
		fine = start_worker(&w) && fine;
		judge(&w, "ok.check");
		fine = strcmp(w.result, "allow") == 0 && fine;
		fine = stop_worker(&w) && fine;
		snprintf(w.result, sizeof(w.result), "%s", result);
		w.slowest = slowest;
	}
	fine = stop_zygote(&w) && fine;
	bool as_said = matches(expect, w.result);
	printf("%s %-28s %-22s %4d ms%s\n", fine && as_said ? "ok  " : "FAIL", name, w.result, w.slowest,
	       fine ? "" : "  (others were hurt)");
	if (!as_said)
		printf("     expected %s\n", expect);
	return fine && as_said;
}

static bool
run_file(const char *folder, const char *name)
{
	static const char mark[] = "-- expect: ";
	char path[4096], expect[128];
	static char text[1 << 20];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "rb");
	size_t len = file == NULL ? 0 : fread(text, 1, sizeof(text), file);
	if (file != NULL)
		fclose(file);
	const char *end = len == 0 ? NULL : memchr(text, '\n', len);
	if (end == NULL || strncmp(text, mark, sizeof(mark) - 1) != 0) {
		printf("FAIL %s: the first line must be \"-- expect: CODE\"\n", name);
		return false;
	}
	snprintf(expect, sizeof(expect), "%.*s", (int)(end - text) - (int)sizeof(mark) + 1, text + sizeof(mark) - 1);
	return run(name, expect, (struct sg_str){text, len});
}

static int
is_lua(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	return len > 4 && strcmp(entry->d_name + len - 4, ".lua") == 0;
}

int
main(int argc, char **argv)
{
	struct dirent **names;
	int count = argc >= 2 ? scandir(argv[1], &names, is_lua, alphasort) : -1, failed = 0, done = 0;
	if (count <= 0 || sg_digest_start(NULL) != SG_OK) {
		fprintf(stderr, "usage: %s FOLDER [NAME]\n", argv[0]);
		return 2;
	}
	for (int i = 0; i < count; i++) {
		if (argc == 2 || strcmp(argv[2], names[i]->d_name) == 0) {
			failed += !run_file(argv[1], names[i]->d_name);
			done++;
		}
		free(names[i]);
	}
	free(names);
	for (size_t i = 0; argc == 2 && i < attack_source_count; i++, done++) {
		struct sg_buf text;
		sg_buf_init(&text, 8 << 20);
		attack_sources[i].write(&text);
		failed += !run(attack_sources[i].name, attack_sources[i].expect, sg_buf_view(&text));
		sg_buf_done(&text);
	}
	printf("%d attacks, %d failed\n", done, failed);
	return failed > 0;
}
