/* SPDX-License-Identifier: Apache-2.0
 * Asking modules about their stanzas, as a start would. */
#include "main/would.h"

#include "base/canon.h"
#include "base/str.h"
#include "conf/grant.h"
#include "host/inspect.h"
#include "main/supervisor.h"
#include "main/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_ROOM = 1200 };

struct checking {
	const struct sg_would *would;
	struct sg_arena arena;
	bool whole; /* all of a start is tried */
	sg_time until; /* 0: without end */
};

/* ---- telling ---- */

struct asked {
	const char *section, *kind, *module; /* "attest"; "verify"; "jwt" */
	const struct sg_json *stanza;
};

/* Where the stanza says that member, or begins. */
static struct sg_conf_place
place_of(struct checking *c, const struct asked *a, const char *member, struct sg_conf_file *file)
{
	int64_t line = 0, column = 0;
	const char *whole = sg_arena_printf(&c->arena, "%s.%.*s", a->section, SG_STR_ARG(a->stanza->name)), *within = sg_arena_printf(&c->arena, "%s.%s", whole, member);
	const struct sg_json *at = within == NULL ? NULL : sg_json_get(c->would->origins, within);
	if (at == NULL && whole != NULL)
		at = sg_json_get(c->would->origins, whole);
	struct sg_str path = sg_arena_copy(&c->arena, sg_json_text_at(at, "file"));
	const char *text = sg_arena_printf(&c->arena, "%.*s", SG_STR_ARG(path));
	sg_json_int(sg_json_get(at, "line"), &line);
	sg_json_int(sg_json_get(at, "column"), &column);
	*file = (struct sg_conf_file){.path = text != NULL && text[0] != '\0' ? text : c->would->config, .text = {"", 0}};
	return (struct sg_conf_place){file, (uint32_t)line, (uint32_t)column};
}

static void
warn(const struct asked *a, const char *why)
{
	fprintf(stderr, "stepgated: %s.%.*s could not be looked at: %s\n", a->section, SG_STR_ARG(a->stanza->name), why);
}

static void
code_of(const char *line, char code[64])
{
	snprintf(code, 64, "%.*s", (int)strcspn(line + (line[0] != '\0'), ":"), line + (line[0] != '\0'));
}

/* What may be there when it starts, or was not to be reached from here, is no fault of the stanza's. */
static void
tell(struct checking *c, const struct asked *a, const char *line)
{
	struct sg_conf_file file;
	char code[64];
	code_of(line, code);
	if (line[0] == '-' || (line[0] == '?' && strcmp(code, "path_missing") == 0))
		sg_conf_error_add(c->would->errors, SG_CONF_E_module, place_of(c, a, "ttl", &file), sg_host_hint(code), "the module of %s.%.*s refuses it: %s", a->section, SG_STR_ARG(a->stanza->name), line + 1);
	else if (line[0] != '+')
		warn(a, line[0] == '?' ? line + 1 : "its module died, or did not answer");
}

/* ---- one stanza ---- */

static int
open_below(const struct checking *c, const char *middle, struct sg_str name, const char *end, int flags, char path[PATH_ROOM])
{
	snprintf(path, PATH_ROOM, "%.*s/%s%.*s%s", SG_STR_ARG(sg_json_text_at(c->would->document, "state_dir")), middle, SG_STR_ARG(name), end);
	return open(path, O_RDONLY | O_CLOEXEC | flags);
}

/* What the host of the stanza is handed beside its grants. Of a sink's the cursor is looked at, if it has one yet. */
struct handed {
	int key, journal, cursor;
	char journal_path[PATH_ROOM], cursor_path[PATH_ROOM];
};

static void
hand(const struct checking *c, const struct asked *a, struct handed *h)
{
	char path[PATH_ROOM];
	bool audit = strcmp(a->kind, "audit") == 0;
	h->key = strcmp(a->section, "issue") != 0 ? -1 : open_below(c, "issue/", a->stanza->name, ".pem", O_NOFOLLOW, path);
	h->journal = audit ? open_below(c, "journal", SG_STR(""), "", O_DIRECTORY, h->journal_path) : -1;
	h->cursor = audit ? open_below(c, "audit/", a->stanza->name, "", O_DIRECTORY | O_NOFOLLOW, h->cursor_path) : -1;
}

static void
let_go(const struct handed *h)
{
	int all[] = {h->key, h->journal, h->cursor};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] >= 0)
			close(all[i]);
}

static void
try_start(struct checking *c, const struct asked *a, struct sg_host_process *how)
{
	char line[SG_TRIAL_LINE], code[64];
	struct handed h;
	hand(c, a, &h);
	how->key = h.key;
	if (h.journal >= 0 && h.cursor >= 0) {
		how->journal = h.journal;
		how->cursor = h.cursor;
		how->journal_path = h.journal_path;
		how->cursor_path = h.cursor_path;
	}
	char run[PATH_ROOM];
	snprintf(run, sizeof(run), "%.*s", SG_STR_ARG(sg_json_text_at(c->would->document, "run_dir")));
	sg_trial_start(how, run, c->would->wait_ms, line);
	code_of(line, code);
	bool yet = c->would->draft != NULL && strcmp(a->section, "issue") == 0 && h.key < 0 && line[0] == '-' && sg_host_hint(code)[0] == '\0';
	yet ? warn(a, "it has no key yet: stepgate init makes it") : tell(c, a, line);
	let_go(&h);
}

/* What stands on this machine has to be there. */
static void
check_grant(struct checking *c, const struct asked *a, struct sg_str text)
{
	struct sg_grant grant;
	struct sg_conf_file file;
	char path[PATH_ROOM];
	if (!sg_grant_read(text, &grant))
		return;
	bool here = grant.kind == SG_GRANT_file || grant.kind == SG_GRANT_secret || grant.kind == SG_GRANT_folder || grant.kind == SG_GRANT_run;
	snprintf(path, sizeof(path), "%.*s", SG_STR_ARG(grant.rest));
	if (here && access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
		sg_conf_error_add(c->would->errors, SG_CONF_E_module, place_of(c, a, "grants", &file), sg_host_hint("path_missing"), "%s.%.*s grants what is not there: path_missing: %s", a->section,
				  SG_STR_ARG(a->stanza->name), path);
}

/* For who is neither root nor the daemon's user: what is there, and how the module takes its options. */
static void
try_options(struct checking *c, const struct asked *a, const struct sg_host_process *how)
{
	char line[SG_TRIAL_LINE];
	struct sg_str text;
	size_t before = c->would->errors->count;
	const struct sg_json *grants = sg_json_get(a->stanza, "grants");
	for (const struct sg_json *g = sg_json_first(grants); g != NULL; g = sg_json_next(grants, g))
		if (sg_json_string(g, &text))
			check_grant(c, a, text);
	if (c->would->errors->count > before)
		return;
	sg_trial_options(how, c->would->wait_ms, line);
	tell(c, a, line);
}

static void
check_stanza(struct checking *c, const struct asked *a)
{
	char folder[PATH_ROOM], name[64];
	struct sg_buf text;
	snprintf(folder, sizeof(folder), "%.*s", SG_STR_ARG(sg_json_text_at(c->would->document, "module_dir")));
	snprintf(name, sizeof(name), "%.*s", SG_STR_ARG(a->stanza->name));
	sg_buf_init(&text, 64 << 10);
	sg_canon_write(&text, a->stanza);
	struct sg_host_process how = {.kind = a->kind, .name = name, .module = a->module, .module_dir = folder, .stanza = sg_buf_view(&text), .key = -1};
	c->whole ? try_start(c, a, &how) : try_options(c, a, &how);
	sg_buf_done(&text);
}

/* The gate starts it before the document is in force, and says what came of it; a sink it does not. */
static bool
is_started(const struct checking *c, const struct asked *a)
{
	const struct sg_json *running = c->would->running, *sections = sg_json_get(running, a->section);
	if (running == NULL || strcmp(a->section, "audit") == 0)
		return false;
	for (const struct sg_json *s = sg_json_first(sections); s != NULL; s = sg_json_next(sections, s))
		if (sg_str_eq(s->name, a->stanza->name) && sg_json_eq(s, a->stanza))
			return !sg_str_eq(sg_json_text_at(running, "module_dir"), sg_json_text_at(c->would->document, "module_dir"));
	return true;
}

/* Of a draft only its own stanzas are. */
static bool
is_asked(struct checking *c, const struct asked *a)
{
	struct sg_conf_file file;
	if (is_started(c, a))
		return false;
	place_of(c, a, "use", &file);
	const char *slash = strrchr(file.path, '/');
	return c->would->draft == NULL || strcmp(slash != NULL ? slash + 1 : file.path, c->would->draft) == 0;
}

static void
check_section(struct checking *c, const char *section)
{
	const struct sg_json *stanzas = sg_json_get(c->would->document, section);
	for (const struct sg_json *s = sg_json_first(stanzas); s != NULL; s = sg_json_next(stanzas, s)) {
		char kind[16], module[64];
		struct sg_str use = s->name, given = sg_str(section);
		sg_json_string(sg_json_get(s, "use"), &use);
		sg_json_string(sg_json_get(s, "kind"), &given);
		snprintf(kind, sizeof(kind), "%.*s", SG_STR_ARG(given));
		snprintf(module, sizeof(module), "%.*s", SG_STR_ARG(use));
		struct asked a = {section, kind, module, s};
		bool late = c->until != 0 && sg_supervisor_monotonic() >= c->until;
		if (is_asked(c, &a))
			late ? warn(&a, "those before it took all the time that there is") : check_stanza(c, &a);
	}
}

void
sg_would_modules(const struct sg_would *w)
{
	static const char *const sections[] = {"attest", "issue", "audit", "prove"};
	struct checking c = {.would = w, .whole = sg_would_look(w), .until = w->all_ms == 0 ? 0 : sg_supervisor_monotonic() + w->all_ms * SG_MSEC};
	sg_arena_init(&c.arena, 1 << 20);
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		check_section(&c, sections[i]);
	sg_arena_done(&c.arena);
}
