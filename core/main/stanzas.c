/* SPDX-License-Identifier: Apache-2.0
 * Asking modules about their stanzas, as a start would. */
#include "main/stanzas.h"

#include "base/canon.h"
#include "base/str.h"
#include "conf/grant.h"
#include "conf/load.h"
#include "frame/table.h"
#include "host/inspect.h"
#include "main/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_MS = 10000, RELOAD_WAIT_MS = 2000, PATH_ROOM = 1024 };

struct checking {
	struct sg_arena arena;
	struct sg_buf document, places;
	const struct sg_json *json, *origins;
	struct sg_conf_errors *errors;
	int wait_ms; /* for each module */
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
	const struct sg_json *at = within == NULL ? NULL : sg_json_get(c->origins, within);
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
warn(const struct asked *a, const char *why)
{
	fprintf(stderr, "stepgated: %s.%.*s could not be looked at: %s\n", a->section, SG_STR_ARG(a->stanza->name), why);
}

/* What may be there when it starts, or was not to be reached from here, is no fault of the stanza's. */
static void
tell(struct checking *c, const struct asked *a, const char *line)
{
	struct sg_conf_file file;
	char code[64];
	snprintf(code, sizeof(code), "%.*s", (int)strcspn(line + (line[0] != '\0'), ":"), line + (line[0] != '\0'));
	if (line[0] == '-' || (line[0] == '?' && strcmp(code, "path_missing") == 0))
		sg_conf_error_add(c->errors, SG_CONF_E_module, place_of(c, a, "ttl", &file), sg_host_hint(code), "the module of %s.%.*s refuses it: %s", a->section, SG_STR_ARG(a->stanza->name), line + 1);
	else if (line[0] != '+')
		warn(a, line[0] == '?' ? line + 1 : "its module died, or did not answer");
}

/* ---- one stanza ---- */

/* What stands on this machine has to be there; whether it may be read is for the start to say where this is not root. */
static void
check_grant(struct checking *c, const struct asked *a, struct sg_str text, bool *far)
{
	struct sg_grant grant;
	struct sg_conf_file file;
	char path[PATH_ROOM];
	if (!sg_grant_read(text, &grant))
		return;
	*far |= grant.kind != SG_GRANT_file && grant.kind != SG_GRANT_secret;
	bool here = grant.kind == SG_GRANT_file || grant.kind == SG_GRANT_secret || grant.kind == SG_GRANT_folder || grant.kind == SG_GRANT_run;
	snprintf(path, sizeof(path), "%.*s", SG_STR_ARG(grant.rest));
	if (here && access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
		sg_conf_error_add(c->errors, SG_CONF_E_module, place_of(c, a, "grants", &file), sg_host_hint("path_missing"), "%s.%.*s grants what is not there: path_missing: %s", a->section, SG_STR_ARG(a->stanza->name), path);
}

static bool
is_far(struct checking *c, const struct asked *a)
{
	bool far = false;
	struct sg_str text;
	const struct sg_json *grants = sg_json_get(a->stanza, "grants");
	for (const struct sg_json *g = sg_json_first(grants); g != NULL; g = sg_json_next(grants, g))
		if (sg_json_string(g, &text))
			check_grant(c, a, text, &far);
	return far;
}

static int
open_key(struct checking *c, const struct asked *a)
{
	const char *path = sg_arena_printf(&c->arena, "%.*s/issue/%.*s.pem", SG_STR_ARG(sg_json_text_at(c->json, "state_dir")), SG_STR_ARG(a->stanza->name));
	return path == NULL || strcmp(a->kind, "issue") != 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

/* As root all of a start is tried where files are all that is granted; else how the module takes its options: nobody else is reached, and no folder is written to that the daemon's own module writes. */
static void
check_stanza(struct checking *c, const struct asked *a)
{
	char folder[PATH_ROOM], name[64], line[SG_TRIAL_LINE];
	struct sg_buf text;
	size_t before = c->errors->count;
	bool far = is_far(c, a) || strcmp(a->kind, "audit") == 0 || geteuid() != 0;
	if (c->errors->count > before)
		return;
	snprintf(folder, sizeof(folder), "%.*s", SG_STR_ARG(sg_json_text_at(c->json, "module_dir")));
	snprintf(name, sizeof(name), "%.*s", SG_STR_ARG(a->stanza->name));
	sg_buf_init(&text, 64 << 10);
	sg_canon_write(&text, a->stanza);
	int key = far ? -1 : open_key(c, a);
	struct sg_host_process how = {.kind = a->kind, .name = name, .module = a->module, .module_dir = folder, .stanza = sg_buf_view(&text), .key = key};
	far ? sg_trial_options(&how, c->wait_ms, line) : sg_trial_start(&how, c->wait_ms, line);
	if (key >= 0)
		close(key);
	tell(c, a, line);
	sg_buf_done(&text);
}

static void
check_section(struct checking *c, const char *section)
{
	const struct sg_json *stanzas = sg_json_get(c->json, section);
	for (const struct sg_json *s = sg_json_first(stanzas); s != NULL; s = sg_json_next(stanzas, s)) {
		char kind[16], module[64];
		struct sg_str use = s->name, given = sg_str(section);
		sg_json_string(sg_json_get(s, "use"), &use);
		sg_json_string(sg_json_get(s, "kind"), &given);
		snprintf(kind, sizeof(kind), "%.*s", SG_STR_ARG(given));
		snprintf(module, sizeof(module), "%.*s", SG_STR_ARG(use));
		check_stanza(c, &(struct asked){section, kind, module, s});
	}
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
sg_stanzas_check(const struct sg_main_options *options)
{
	struct sg_conf_source source = {.file = options->config, .vendor_dir = options->vendor};
	struct sg_conf_errors errors;
	struct checking c = {.json = NULL, .errors = &errors, .wait_ms = WAIT_MS};
	sg_conf_errors_init(&errors);
	sg_arena_init(&c.arena, 256 << 20);
	sg_buf_init(&c.document, SG_FRAME_MAX);
	sg_buf_init(&c.places, SG_CONF_MAX_ORIGINS);
	bool good = sg_conf_load_origins(&source, &c.document, &c.places, &errors) == SG_OK &&
		    sg_canon_parse(&c.arena, sg_buf_view(&c.document), &sg_conf_document_limits, &c.json, NULL) == SG_OK &&
		    sg_canon_parse(&c.arena, sg_buf_view(&c.places), &sg_conf_origins_limits, &c.origins, NULL) == SG_OK;
	static const char *const sections[] = {"attest", "issue", "audit"};
	for (size_t i = 0; good && i < sizeof(sections) / sizeof(sections[0]); i++)
		check_section(&c, sections[i]);
	print(&errors, options->json != NULL);
	good = good && !sg_conf_errors_any(&errors);
	sg_conf_errors_done(&errors);
	sg_buf_done(&c.places);
	sg_buf_done(&c.document);
	sg_arena_done(&c.arena);
	return good;
}

void
sg_stanzas_sinks(const struct sg_json *document, struct sg_conf_errors *errors)
{
	struct checking c = {.json = document, .errors = errors, .wait_ms = RELOAD_WAIT_MS};
	sg_arena_init(&c.arena, 1 << 20);
	check_section(&c, "audit");
	sg_arena_done(&c.arena);
}
