/* SPDX-License-Identifier: Apache-2.0
 * The check from outside: a child for each step, a bound on it, one line for what came of it. */
#include "host/check_step.h"

#include "base/err.h"
#include "base/str.h"
#include "host/inspect.h"
#include "host/note.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct sg_check_step steps[] = {
#define X(function, kinds, text) {text, kinds, sg_check_##function},
	SG_CHECK_STEPS(X)
#undef X
};
enum { STEPS = sizeof(steps) / sizeof(steps[0]), BEFORE = 2 };

/* ---- the child ---- */

static void
be_child(struct sg_check *c, const struct sg_check_step *step, pid_t parent)
{
	struct sg_err err = {0};
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	if (step != &steps[0] && step != &steps[1] && step->run != sg_check_walls) { /* these load it by themselves */
		sg_check_at(c, "loading");
		if (sg_load_file(c->fd, c->kind_name, c->name, &c->loaded, &err) != SG_OK || sg_load_run(&c->loaded, c->kind_name, c->name, &err) != SG_OK) {
			sg_check_skip(c, "it does not load");
			_exit(0);
		}
	}
	if (step->run(c) && c->note->end == SG_CHECK_NOTHING)
		c->note->end = SG_CHECK_OK;
	_exit(0); /* no last words of the module's libraries */
}

/* The wait status, or -1 after it was killed for taking too long. */
static int
await(pid_t child, unsigned seconds)
{
	int status = 0, fd = (int)syscall(SYS_pidfd_open, child, 0);
	struct pollfd gone = {.fd = fd, .events = POLLIN};
	bool ended = fd >= 0 && poll(&gone, 1, (int)seconds * 1000) == 1;
	kill(-child, SIGKILL); /* and what it left behind in its group */
	kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (fd >= 0)
		close(fd);
	return ended ? status : -1;
}

static void
run_step(struct sg_check *c, const struct sg_check_step *step)
{
	*c->note = (struct sg_check_note){.at = "loading"};
	pid_t parent = getpid(), child = fork();
	if (child == 0)
		be_child(c, step, parent);
	int status = child < 0 ? 0 : await(child, c->wish->seconds);
	if (status == -1)
		sg_check_fail(c, SG_PROMISE_deadline, "hangs: no end of %s within %u s", c->note->at, c->wish->seconds);
	else if (WIFSIGNALED(status))
		sg_check_fail(c, SG_PROMISE_life, "crashes (signal %d, %s) in %s", WTERMSIG(status), strsignal(WTERMSIG(status)), c->note->at);
	else if (c->note->end == SG_CHECK_NOTHING)
		sg_check_fail(c, SG_PROMISE_life, "ends the process in %s", c->note->at);
}

/* ---- TAP ---- */

/* A line stays a line, and '#' would begin a directive. */
static void
print_plain(FILE *to, const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '#')
			fputs("\\#", to);
		else
			fputc(*text < ' ' || *text == 127 ? '?' : *text, to);
}

static void
print_step(FILE *to, unsigned number, const struct sg_check_step *step, const struct sg_check_note *note)
{
	const struct sg_promise_row *promise = &sg_promises[note->promise];
	bool failed = note->end == SG_CHECK_FAILED;
	fprintf(to, "%s %u - ", failed ? "not ok" : "ok", number);
	print_plain(to, step->name);
	if (note->end == SG_CHECK_SKIPPED) {
		fputs(" # SKIP ", to);
		print_plain(to, note->text);
	} else if (failed) {
		fputs(": ", to);
		print_plain(to, note->text);
		fprintf(to, " (stepgate/%s:%u: \"", promise->header, sg_promise_line(note->promise));
		print_plain(to, promise->phrase);
		fputs("\")", to);
	}
	fputc('\n', to);
	fflush(to);
}

static unsigned
planned(const struct sg_check *c)
{
	unsigned count = 0;
	for (size_t i = 0; i < STEPS; i++)
		count += (steps[i].kinds & 1U << c->kind) != 0;
	return count;
}

static bool
run_all(struct sg_check *c, FILE *to)
{
	bool good = true;
	unsigned number = 0;
	fprintf(to, "TAP version 14\n1..%u\n", planned(c));
	fflush(to);
	for (size_t i = 0; i < STEPS; i++) {
		if ((steps[i].kinds & 1U << c->kind) == 0)
			continue;
		if (i >= BEFORE && !good && number == BEFORE)
			c->fd = -1; /* nothing more can be said of it */
		c->step = number + 1;
		if (c->fd >= 0 || i < BEFORE)
			run_step(c, &steps[i]);
		else
			*c->note = (struct sg_check_note){.end = SG_CHECK_SKIPPED, .text = "the loader does not take it"};
		good = good && c->note->end != SG_CHECK_FAILED;
		print_step(to, ++number, &steps[i], c->note);
	}
	return good;
}

/* ---- before and after ---- */

/* NAME=VALUE, or NAME:=JSON, as an object's members. */
static enum sg_status
read_pairs(struct sg_check *c, const struct sg_check_list *list, const struct sg_json **json, struct sg_err *err)
{
	struct sg_buf text;
	sg_buf_init(&text, 1 << 20);
	sg_buf_text(&text, "{");
	sg_check_members(&text, list, false);
	sg_buf_text(&text, "}");
	enum sg_status status = text.failed ? sg_fail(err, SG_MALFORMED, "option_form", "a value is not UTF-8") : sg_json_parse(&c->arena, sg_buf_view(&text), NULL, json, err);
	sg_buf_done(&text);
	return status;
}

static enum sg_status
prepare(struct sg_check *c, struct sg_err *err)
{
	char folder[PATH_MAX];
	if (!sg_module_file_name(c->wish->file, folder, c->kind_name, c->name) || (c->kind = sg_kind_named(c->kind_name)) == 0)
		return sg_fail(err, SG_REFUSED, "module_name", "%.100s is not named KIND-NAME.so: %s", c->wish->file, sg_host_hint("module_name"));
	c->fd = open(c->wish->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (c->fd < 0)
		return sg_fail(err, SG_UNAVAILABLE, "file_unreadable", "%.100s: %s", c->wish->file, strerror(errno));
	const char *temporary = getenv("TMPDIR");
	snprintf(c->folder, sizeof(c->folder), "%.1000s/stepgate-check-XXXXXX", temporary != NULL && temporary[0] == '/' ? temporary : "/tmp");
	c->note = mmap(NULL, sizeof(*c->note), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c->note == MAP_FAILED || mkdtemp(c->folder) == NULL)
		return sg_fail(err, SG_UNAVAILABLE, "no_folder", "%.100s: %s", c->folder, strerror(errno));
	return read_pairs(c, &c->wish->options, &c->options, err);
}

/* One folder deep, two at most: what stand-ins are. */
static void
remove_below(const char *path, int depth)
{
	char one[PATH_MAX + 256];
	DIR *folder = opendir(path);
	for (const struct dirent *e; folder != NULL && (e = readdir(folder)) != NULL;) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(one, sizeof(one), "%s/%s", path, e->d_name);
		if (unlink(one) != 0 && depth > 0)
			remove_below(one, depth - 1);
	}
	if (folder != NULL)
		closedir(folder);
	rmdir(path);
}

bool
sg_check_run(const struct sg_check_wish *wish, FILE *to)
{
	static struct sg_check c; /* large; zero but for this */
	struct sg_err err = {0};
	c = (struct sg_check){.wish = wish, .fd = -1, .note = MAP_FAILED};
	sg_arena_init(&c.arena, 16 << 20);
	bool good = prepare(&c, &err) == SG_OK;
	if (good)
		good = run_all(&c, to);
	else
		fprintf(to, "TAP version 14\n1..1\nnot ok 1 - the file can be looked at: %s: %s (stepgate/module.h:%u: \"%s\")\n", err.code, err.text,
			sg_promise_line(SG_PROMISE_descriptor), sg_promises[SG_PROMISE_descriptor].phrase);
	if (c.note != MAP_FAILED)
		munmap(c.note, sizeof(*c.note));
	if (strstr(c.folder, "XXXXXX") == NULL && c.folder[0] != '\0')
		remove_below(c.folder, 3);
	if (c.fd >= 0)
		close(c.fd);
	sg_arena_done(&c.arena);
	return good;
}
