/* SPDX-License-Identifier: Apache-2.0
 * The child that reads, the pipe it answers on, the deadline it has. The answer is one letter ('D' document, 'E'
 * errors) and canonical JSON, behind a document and a line end the origins if they were asked for; whatever else comes
 * through the pipe is a crash. */
#include "conf/load.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "conf/compose.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

const struct sg_json_limits sg_conf_document_limits = {
	.bytes = SG_CONF_MAX_DOCUMENT, .depth = SG_JSON_MAX_DEPTH, .nodes = SG_CONF_MAX_DOCUMENT_NODES};

const struct sg_json_limits sg_conf_origins_limits = {
	.bytes = SG_CONF_MAX_ORIGINS, .depth = SG_JSON_MAX_DEPTH, .nodes = 4 * SG_CONF_MAX_DOCUMENT_NODES};

enum { PARSE_ARENA = 64 * 1024 * 1024 };

/* What the answers go to. */
struct wanted {
	struct sg_buf *document, *origins; /* origins: NULL if nobody asked */
	struct sg_conf_errors *errors;
};

/* The child: libconfig may print and exit, so it has no output but the pipe, and leaves without running the caller's
 * atexit. */
static void
child(const struct sg_conf_source *source, bool with_origins, int out)
{
	struct sg_conf_errors errors;
	struct sg_buf document, origins, report;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGIO, SIG_IGN); /* somebody waits for a file that is being read: see source.c */
	if (null >= 0) {
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
	sg_conf_errors_init(&errors);
	sg_buf_init(&document, SG_CONF_MAX_DOCUMENT);
	sg_buf_init(&report, SG_CONF_MAX_DOCUMENT);
	sg_buf_init(&origins, SG_CONF_MAX_ORIGINS);
	bool good = sg_conf_compose(source, &document, with_origins ? &origins : NULL, &errors);
	if (!good)
		sg_conf_errors_write(&report, &errors);
	bool told = sg_write_whole(out, good ? SG_STR("D") : SG_STR("E")) &&
		    sg_write_whole(out, sg_buf_view(good ? &document : &report)) &&
		    (!good || !with_origins ||
		     (sg_write_whole(out, SG_STR("\n")) && sg_write_whole(out, sg_buf_view(&origins))));
	_exit(told ? 0 : 1);
}

static int64_t
now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Reads until the child closes its end; false at the deadline or when the answer is too long. */
static bool
read_answer(int fd, int64_t deadline, struct sg_buf *answer)
{
	for (;;) {
		int64_t left = deadline - now_ms();
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		int ready = left <= 0 ? 0 : poll(&wait, 1, (int)left);
		if (ready < 0 && errno == EINTR)
			continue;
		char *to = ready <= 0 ? NULL : sg_buf_reserve(answer, 4096);
		if (to == NULL)
			return false;
		ssize_t n = read(fd, to, 4096);
		if (n == 0)
			return true;
		if (n > 0)
			answer->len += (size_t)n;
		else if (errno != EINTR)
			return true; /* what is missing will be noticed */
	}
}

static int
reap(pid_t pid)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return status;
}

static bool
is_json(struct sg_str text, const struct sg_json_limits *limits, struct sg_arena *arena, const struct sg_json **json)
{
	return sg_canon_parse(arena, text, limits, json, NULL) == SG_OK;
}

/* All or nothing: a buffer that is too small for its part leaves both as they were. */
static bool
take_document(struct sg_str text, const struct wanted *wanted, struct sg_arena *arena)
{
	const struct sg_json *json;
	struct sg_str origins = text, document = sg_str_cut(&origins, '\n');
	bool asked = wanted->origins != NULL;
	size_t before = wanted->document->len;
	if ((origins.ptr != NULL) != asked || !is_json(document, &sg_conf_document_limits, arena, &json) ||
	    (asked && !is_json(origins, &sg_conf_origins_limits, arena, &json)))
		return false;
	sg_buf_str(wanted->document, document);
	if (asked && !wanted->document->failed)
		sg_buf_str(wanted->origins, origins);
	if (wanted->document->failed || (asked && wanted->origins->failed)) {
		wanted->document->len = wanted->document->len > before ? before : wanted->document->len;
		return false;
	}
	return true;
}

/* Whether the answer is one; then it is where it was wanted. */
static bool
take_answer(struct sg_str answer, const struct wanted *wanted)
{
	struct sg_arena arena;
	const struct sg_json *json;
	struct sg_str body = {answer.ptr + 1, answer.len - 1};
	bool good = false;
	if (answer.len <= 1)
		return false;
	sg_arena_init(&arena, wanted->origins == NULL ? PARSE_ARENA : 4 * PARSE_ARENA);
	if (answer.ptr[0] == 'E')
		good = is_json(body, &sg_conf_document_limits, &arena, &json) &&
		       sg_conf_errors_read(wanted->errors, json);
	else if (answer.ptr[0] == 'D')
		good = take_document(body, wanted, &arena);
	sg_arena_done(&arena);
	return good;
}

static void
report_death(const struct sg_conf_source *source, int status, bool late, struct sg_conf_errors *errors)
{
	struct sg_conf_file file = {.path = source->file};
	struct sg_conf_place place = {&file, 0, 0};
	if (late)
		sg_conf_error_add(errors, SG_CONF_E_timeout, place, "take away what is large",
				  "the files were not read within %u ms",
				  source->deadline_ms == 0 ? SG_CONF_DEADLINE_MS : source->deadline_ms);
	else if (WIFSIGNALED(status))
		sg_conf_error_add(errors, SG_CONF_E_crashed, place, "report this as a bug",
				  "the process that read the files died of signal %d", WTERMSIG(status));
	else
		sg_conf_error_add(errors, SG_CONF_E_crashed, place, "report this as a bug",
				  "the process that read the files gave no answer (exit %d)", WEXITSTATUS(status));
}

static pid_t
start(const struct sg_conf_source *source, bool with_origins, int *in)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		child(source, with_origins, ends[1]);
	}
	close(ends[1]);
	if (pid < 0)
		close(ends[0]);
	*in = ends[0];
	return pid;
}

static enum sg_status
load(const struct sg_conf_source *source, const struct wanted *wanted)
{
	struct sg_buf answer;
	int in, status = 0;
	int64_t deadline = now_ms() + (source->deadline_ms == 0 ? SG_CONF_DEADLINE_MS : source->deadline_ms);
	size_t before = wanted->errors->count;
	pid_t pid = start(source, wanted->origins != NULL, &in);
	bool late = false, good = false;
	sg_buf_init(&answer, SG_CONF_MAX_DOCUMENT + 8192 + (wanted->origins == NULL ? 0 : SG_CONF_MAX_ORIGINS));
	if (pid > 0) {
		late = !read_answer(in, deadline, &answer);
		if (late)
			kill(pid, SIGKILL);
		close(in);
		status = reap(pid);
		good = !late && take_answer(sg_buf_view(&answer), wanted);
	}
	sg_buf_done(&answer);
	if (!good)
		report_death(source, status, late, wanted->errors);
	return good && wanted->errors->count == before ? SG_OK : SG_MALFORMED;
}

enum sg_status
sg_conf_load(const struct sg_conf_source *source, struct sg_buf *document, struct sg_conf_errors *errors)
{
	return load(source, &(struct wanted){document, NULL, errors});
}

enum sg_status
sg_conf_load_origins(const struct sg_conf_source *source, struct sg_buf *document, struct sg_buf *origins,
		     struct sg_conf_errors *errors)
{
	return load(source, &(struct wanted){document, origins, errors});
}
