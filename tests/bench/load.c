/* SPDX-License-Identifier: Apache-2.0
 * A load on a UNIX socket: each of CONNS connections sends its next request when the last was answered. One process, so
 * one instance and one task. In path and body @TASK@ is the task opened first, @N@ a number never used before. Every
 * answer must have the status and hold the text that is expected: others are counted apart, and more than one in a
 * thousand ends the load. Prints one line of JSON; CPU is that of the processes below --root, by name. load SOCKET -c
 * CONNS -s SECONDS --path PATH [--body-file FILE] [--expect TEXT] [--open BODY] [--root PID] */
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 65536, CONNS_MAX = 1024, SAMPLES_MAX = 1 << 22, PROCESSES_MAX = 128, TASK_SIZE = 64, REFUSED_MIN = 5 };

static const double WARM = 0.2; /* seconds before counting begins */

struct conn {
	int fd;
	size_t have;
	uint64_t sent;
	char in[BUFFER];
};

struct usage {
	int pid;
	char name[32];
	uint64_t ns;
};

static struct {
	const char *socket, *path, *expect, *open;
	char body[BUFFER], task[TASK_SIZE];
	bool has_body;
	int conns, root;
	double seconds;
	uint64_t number;
} load = {.path = "/v1/ping", .expect = "", .conns = 1, .seconds = 1};

static uint32_t *samples; /* microseconds times 16 */
static size_t sampled, answered, refused;

static void
fail(const char *what, const char *more)
{
	fprintf(stderr, "load: %s: %.400s\n", what, more);
	exit(EXIT_FAILURE);
}

static uint64_t
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* ---- CPU of others ---- */

static int
parent_of(int pid, char name[32])
{
	char path[64], line[512] = "";
	int parent = 0;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return 0;
	char *got = fgets(line, sizeof(line), f);
	fclose(f);
	char *from = strchr(line, '('), *to = strrchr(line, ')');
	if (got == NULL || from == NULL || to == NULL || sscanf(to + 1, " %*c %d", &parent) != 1)
		return 0;
	snprintf(name, 32, "%.*s", (int)(to - from - 1), from + 1);
	return parent;
}

static bool
below(int pid, int root)
{
	char name[32];
	for (int depth = 0; depth < 8 && pid > 1; depth++) {
		if (pid == root)
			return true;
		pid = parent_of(pid, name);
	}
	return false;
}

/* All threads: the journal has one of its own. */
static uint64_t
time_of(int pid)
{
	char path[300];
	uint64_t sum = 0, one;
	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	DIR *d = opendir(path);
	for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
		snprintf(path, sizeof(path), "/proc/%d/task/%.20s/schedstat", pid, e->d_name);
		FILE *f = e->d_name[0] == '.' ? NULL : fopen(path, "r");
		if (f == NULL)
			continue;
		if (fscanf(f, "%" SCNu64, &one) == 1)
			sum += one;
		fclose(f);
	}
	if (d != NULL)
		closedir(d);
	return sum;
}

/* Processes come and go: a worker retires in the middle. What one used that is gone at the end is not counted. */
static size_t
usage_now(struct usage *list)
{
	size_t count = 0;
	DIR *d = load.root > 0 ? opendir("/proc") : NULL;
	for (struct dirent *e; d != NULL && count < PROCESSES_MAX && (e = readdir(d)) != NULL;) {
		struct usage u = {.pid = atoi(e->d_name)};
		if (u.pid <= 0 || parent_of(u.pid, u.name) == 0 || !below(u.pid, load.root))
			continue;
		u.ns = time_of(u.pid);
		list[count++] = u;
	}
	if (d != NULL)
		closedir(d);
	return count;
}

static uint64_t
used_by(const struct usage *u, const struct usage *before, size_t had)
{
	for (size_t i = 0; i < had; i++)
		if (before[i].pid == u->pid)
			return u->ns - before[i].ns;
	return u->ns;
}

/* ---- requests ---- */

static void
fill(char *out, size_t size, const char *form)
{
	size_t at = 0;
	while (*form != '\0' && at + TASK_SIZE < size) {
		if (strncmp(form, "@TASK@", 6) == 0) {
			at += (size_t)snprintf(out + at, size - at, "%s", load.task);
			form += 6;
		} else if (strncmp(form, "@N@", 3) == 0) {
			at += (size_t)snprintf(out + at, size - at, "%" PRIu64, ++load.number);
			form += 3;
		} else {
			out[at++] = *form++;
		}
	}
	out[at] = '\0';
}

static void
send_request(struct conn *c, const char *method, const char *path, const char *form)
{
	char body[BUFFER], out[BUFFER * 2];
	int len;
	if (form != NULL) {
		fill(body, sizeof(body), form);
		len = snprintf(
			out, sizeof(out),
			"%s %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
			method, path, strlen(body), body);
	} else {
		len = snprintf(out, sizeof(out), "%s %s HTTP/1.1\r\nHost: x\r\n\r\n", method, path);
	}
	c->have = 0;
	c->sent = now();
	if (send(c->fd, out, (size_t)len, MSG_NOSIGNAL) != len)
		fail("send", strerror(errno));
}

/* True when the answer is whole; its body then ends with a NUL. */
static bool
receive(struct conn *c, char **body)
{
	ssize_t n = recv(c->fd, c->in + c->have, sizeof(c->in) - 1 - c->have, 0);
	if (n <= 0)
		fail("the connection ended", n == 0 ? "" : strerror(errno));
	c->have += (size_t)n;
	c->in[c->have] = '\0';
	char *end = strstr(c->in, "\r\n\r\n"), *length = strcasestr(c->in, "\r\nContent-Length:");
	if (end == NULL)
		return false;
	if (length == NULL || length > end)
		fail("no length", c->in);
	*body = end + 4;
	return c->have >= (size_t)(*body - c->in) + strtoul(length + 17, NULL, 10);
}

/* A fast refusal is no result: it is counted apart, and many of them end the load. */
static bool
check(struct conn *c, const char *body, const char *status, const char *expect)
{
	if (strncmp(c->in + 9, status, 3) == 0 && strstr(body, expect) != NULL)
		return true;
	if (refused++ == 0)
		fprintf(stderr, "load: not what was expected: %.400s\n", body);
	if (refused > REFUSED_MIN && refused > answered / 1000)
		fail("more than one in a thousand is not what was expected", "");
	return false;
}

static int
dial(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", load.socket);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		fail(load.socket, strerror(errno));
	return fd;
}

static void
ask(struct conn *c, const char *method, const char *path, const char *form, const char *status)
{
	char *body;
	send_request(c, method, path, form);
	while (!receive(c, &body))
		;
	if (!check(c, body, status, ""))
		exit(EXIT_FAILURE);
	char *id = strstr(body, "\"id\":\"");
	if (id != NULL && load.task[0] == '\0')
		snprintf(load.task, sizeof(load.task), "%.*s", (int)strcspn(id + 6, "\""), id + 6);
}

/* ---- the run ---- */

static void
run(struct conn *conns, int poll, uint64_t count_from, uint64_t until)
{
	struct epoll_event events[CONNS_MAX];
	const char *form = load.has_body ? load.body : NULL, *method = load.has_body ? "POST" : "GET";
	for (int i = 0; i < load.conns; i++)
		send_request(&conns[i], method, load.path, form);
	for (int open = load.conns; open > 0;) {
		int ready = epoll_wait(poll, events, CONNS_MAX, 20000);
		if (ready <= 0)
			fail("no answer for 20 seconds", "");
		for (int i = 0; i < ready; i++) {
			struct conn *c = events[i].data.ptr;
			char *body;
			if (!receive(c, &body))
				continue;
			uint64_t at = now();
			bool good = check(c, body, "200", load.expect);
			answered += good;
			if (good && at >= count_from && at < until && sampled < SAMPLES_MAX)
				samples[sampled++] = (uint32_t)((at - c->sent) * 16 / 1000);
			if (at < until)
				send_request(c, method, load.path, form);
			else
				open--;
		}
	}
}

static int
by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static void
print(const struct usage *before, size_t had, const struct usage *after, size_t have)
{
	qsort(samples, sampled, sizeof(samples[0]), by_value);
	printf("{\"requests\":%zu,\"refused\":%zu,\"rps\":%.1f,\"p50_us\":%.2f,\"p99_us\":%.2f,\"cpu_us\":{", sampled,
	       refused, (double)sampled / load.seconds, samples[sampled / 2] / 16.0,
	       samples[sampled * 99 / 100] / 16.0);
	for (size_t i = 0, said = 0; i < have; i++) {
		uint64_t ns = 0;
		bool first = true;
		for (size_t k = 0; k < have; k++) {
			if (strcmp(after[k].name, after[i].name) != 0)
				continue;
			first = first && k >= i;
			ns += used_by(&after[k], before, had);
		}
		if (first)
			printf("%s\"%s\":%.2f", said++ == 0 ? "" : ",", after[i].name,
			       (double)ns / 1000.0 / (double)answered);
	}
	printf("}}\n");
}

static void
options(int argc, char **argv)
{
	static const struct option longs[] = {{"path", 1, NULL, 'p'},   {"body-file", 1, NULL, 'b'},
					      {"expect", 1, NULL, 'e'}, {"open", 1, NULL, 'o'},
					      {"root", 1, NULL, 'r'},   {NULL, 0, NULL, 0}};
	for (int o; (o = getopt_long(argc, argv, "c:s:", longs, NULL)) != -1;) {
		if (o == 'c')
			load.conns = atoi(optarg);
		else if (o == 's')
			load.seconds = atof(optarg);
		else if (o == 'p')
			load.path = optarg;
		else if (o == 'e')
			load.expect = optarg;
		else if (o == 'o')
			load.open = optarg;
		else if (o == 'r')
			load.root = atoi(optarg);
		else if (o == 'b') {
			FILE *f = fopen(optarg, "r");
			load.has_body = f != NULL && fread(load.body, 1, sizeof(load.body) - 1, f) > 0;
			if (!load.has_body || fclose(f) != 0)
				fail(optarg, "cannot be read");
		} else {
			fail("options", "see the head of load.c");
		}
	}
	if (optind + 1 != argc || load.conns < 1 || load.conns > CONNS_MAX || load.seconds <= 0)
		fail("options", "see the head of load.c");
	load.socket = argv[optind];
}

int
main(int argc, char **argv)
{
	static struct usage before[PROCESSES_MAX], after[PROCESSES_MAX];
	options(argc, argv);
	struct conn *conns = calloc((size_t)load.conns, sizeof(*conns));
	samples = malloc(sizeof(samples[0]) * SAMPLES_MAX);
	int poll = epoll_create1(0);
	if (conns == NULL || samples == NULL || poll < 0)
		fail("start", strerror(errno));
	for (int i = 0; i < load.conns; i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = &conns[i]};
		conns[i].fd = dial();
		if (epoll_ctl(poll, EPOLL_CTL_ADD, conns[i].fd, &event) != 0)
			fail("epoll", strerror(errno));
	}
	if (load.open != NULL)
		ask(&conns[0], "POST", "/v1/tasks", load.open, "201");
	size_t had = usage_now(before); /* the warm time is in it, as its requests are in `answered` */
	uint64_t begin = now() + (uint64_t)(WARM * 1e9);
	run(conns, poll, begin, begin + (uint64_t)(load.seconds * 1e9));
	size_t have = usage_now(after);
	if (sampled == 0)
		fail("nothing was answered", "");
	print(before, had, after, have);
	char path[TASK_SIZE + 16];
	snprintf(path, sizeof(path), "/v1/tasks/%s", load.task);
	if (load.open != NULL)
		ask(&conns[0], "DELETE", path, NULL, "200");
	return 0;
}
