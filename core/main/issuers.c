/* SPDX-License-Identifier: Apache-2.0
 * Asking issuers' modules about their stanzas. A module may hang or die: it is asked in a child, and not for ever. */
#include "main/issuers.h"

#include "base/canon.h"
#include "base/str.h"
#include "conf/load.h"
#include "frame/link.h"
#include "host/inspect.h"
#include "host/trial.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ANSWER_MAX = 512, WAIT_MS = 10000, PATH_ROOM = 1024 };

struct checking {
	struct sg_arena arena;
	struct sg_buf document, places;
	const struct sg_json *json, *origins;
	struct sg_conf_errors errors;
};

/* ---- the child ---- */

/* "+" it takes it, "-CODE: TEXT" it refuses, "?CODE: TEXT" it could not be asked. */
static void
answer(int to, const struct sg_host_process *how)
{
	char line[ANSWER_MAX];
	struct sg_err err = {0};
	bool looked = false;
	enum sg_status status = sg_host_trial(how, to, &looked, &err);
	int len = snprintf(line, sizeof(line), "%c%s: %s", status == SG_OK ? '+' : looked ? '-' : '?', err.code != NULL ? err.code : "", err.text);
	len = len < (int)sizeof(line) ? len : (int)sizeof(line) - 1;
	_exit(write(to, line, (size_t)len) == len ? 0 : 1);
}

/* ---- asking ---- */

/* What the child said, NUL behind; "" if it died or did not answer in time. */
static void
hear(int from, char line[ANSWER_MAX])
{
	struct pollfd p = {from, POLLIN, 0};
	int ready;
	while ((ready = poll(&p, 1, WAIT_MS)) < 0 && errno == EINTR) {
	}
	ssize_t got = ready > 0 ? read(from, line, ANSWER_MAX - 1) : 0;
	line[got > 0 ? got : 0] = '\0';
}

static void
ask(const struct sg_host_process *how, char line[ANSWER_MAX])
{
	int ends[2];
	line[0] = '\0';
	if (pipe(ends) != 0)
		return;
	fflush(stdout);
	fflush(stderr);
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[0]);
		answer(ends[1], how);
	}
	close(ends[1]);
	if (pid > 0) {
		hear(ends[0], line);
		kill(pid, SIGKILL); /* it has said what it had to say, or never will */
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
		}
	}
	close(ends[0]);
}

/* ---- telling ---- */

/* Where the stanza says its ttl, or begins. */
static struct sg_conf_place
place_of(struct checking *c, struct sg_str name, struct sg_conf_file *file)
{
	int64_t line = 0, column = 0;
	const char *ttl = sg_arena_printf(&c->arena, "issue.%.*s.ttl", SG_STR_ARG(name)), *whole = sg_arena_printf(&c->arena, "issue.%.*s", SG_STR_ARG(name));
	const struct sg_json *at = ttl == NULL ? NULL : sg_json_get(c->origins, ttl);
	if (at == NULL && whole != NULL)
		at = sg_json_get(c->origins, whole);
	struct sg_str path = sg_arena_copy(&c->arena, sg_json_text_at(at, "file"));
	const char *text = sg_arena_printf(&c->arena, "%.*s", SG_STR_ARG(path));
	sg_json_int(sg_json_get(at, "line"), &line);
	sg_json_int(sg_json_get(at, "column"), &column);
	*file = (struct sg_conf_file){.path = text != NULL ? text : "", .text = {"", 0}};
	return (struct sg_conf_place){file, (uint32_t)line, (uint32_t)column};
}

static void
tell(struct checking *c, struct sg_str name, const char *line)
{
	struct sg_conf_file file;
	char code[64];
	if (line[0] == '+')
		return;
	snprintf(code, sizeof(code), "%.*s", (int)strcspn(line + (line[0] != '\0'), ":"), line + (line[0] != '\0'));
	if (line[0] == '-')
		sg_conf_error_add(&c->errors, SG_CONF_E_module, place_of(c, name, &file), sg_host_hint(code),
				  "the module of issue.%.*s refuses it: %s", SG_STR_ARG(name), line + 1);
	else
		fprintf(stderr, "stepgated: issue.%.*s could not be looked at: %s\n", SG_STR_ARG(name), line[0] == '?' ? line + 1 : "its module died, or did not answer");
}

static void
check_stanza(struct checking *c, const struct sg_json *stanza)
{
	char module[64], folder[PATH_ROOM], line[ANSWER_MAX];
	struct sg_buf text;
	snprintf(module, sizeof(module), "%.*s", SG_STR_ARG(sg_json_text_at(stanza, "use")));
	snprintf(folder, sizeof(folder), "%.*s", SG_STR_ARG(sg_json_text_at(c->json, "module_dir")));
	sg_buf_init(&text, 64 << 10);
	sg_canon_write(&text, stanza);
	struct sg_host_process how = {.kind = "issue", .module = module, .module_dir = folder, .stanza = sg_buf_view(&text)};
	ask(&how, line);
	tell(c, stanza->name, line);
	sg_buf_done(&text);
}

static void
print(const struct sg_conf_errors *errors, bool json)
{
	struct sg_buf text;
	if (!sg_conf_errors_any(errors))
		return;
	sg_buf_init(&text, 1 << 20);
	json ? sg_conf_errors_write(&text, errors) : sg_conf_errors_print(&text, errors);
	fprintf(json ? stdout : stderr, "%.*s%s", (int)text.len, text.ptr, json ? "\n" : "");
	sg_buf_done(&text);
}

bool
sg_issuers_check(const struct sg_main_options *options)
{
	struct sg_conf_source source = {.file = options->config, .vendor_dir = options->vendor};
	struct checking c = {.json = NULL};
	sg_conf_errors_init(&c.errors);
	sg_arena_init(&c.arena, 256 << 20);
	sg_buf_init(&c.document, SG_FRAME_MAX);
	sg_buf_init(&c.places, SG_CONF_MAX_ORIGINS);
	bool good = sg_conf_load_origins(&source, &c.document, &c.places, &c.errors) == SG_OK &&
		    sg_canon_parse(&c.arena, sg_buf_view(&c.document), &sg_conf_document_limits, &c.json, NULL) == SG_OK &&
		    sg_canon_parse(&c.arena, sg_buf_view(&c.places), &sg_conf_origins_limits, &c.origins, NULL) == SG_OK;
	const struct sg_json *issue = good ? sg_json_get(c.json, "issue") : NULL;
	for (const struct sg_json *s = sg_json_first(issue); s != NULL; s = sg_json_next(issue, s))
		check_stanza(&c, s);
	print(&c.errors, options->json != NULL);
	good = good && !sg_conf_errors_any(&c.errors);
	sg_conf_errors_done(&c.errors);
	sg_buf_done(&c.places);
	sg_buf_done(&c.document);
	sg_arena_done(&c.arena);
	return good;
}
