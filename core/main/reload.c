/* SPDX-License-Identifier: Apache-2.0
 * Reload: configuration is read and policy compiled beside what is in force; then both are swapped, or both are kept and the reason is told. */
#include "main/supervisor.h"

#include "base/canon.h"
#include "base/hidden.h"
#include "base/sys.h"
#include "base/str.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { PREPARE_S = 15 }; /* the gate itself gives a module ten */

static void
tell_gate(struct sg_supervisor *s, const struct sg_buf *text)
{
	if (s->gate.fd >= 0)
		sg_link_queue(&s->gate, SG_FRAME_S_RELOADED, s->asked, sg_buf_view(text), -1, NULL);
}

static void
tell_failed(struct sg_supervisor *s, struct sg_str errors)
{
	struct sg_buf text;
	sg_buf_init(&text, SG_FRAME_MAX);
	sg_buf_printf(&text, "{\"errors\":%.*s}", (int)errors.len, errors.ptr);
	if (text.failed) { /* whoever waits is told, if not everything */
		sg_buf_done(&text);
		sg_buf_init(&text, SG_FRAME_MAX);
		sg_buf_text(&text, "{\"errors\":[{\"what\":\"more is wrong than fits; the daemon's log has it\"}]}");
	}
	tell_gate(s, &text);
	sg_buf_done(&text);
}

/* {"errors":[...],...} → [...] */
static void
failed_with(struct sg_supervisor *s, struct sg_str report)
{
	struct sg_arena arena;
	struct sg_buf list;
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = SG_FRAME_MAX, .nodes = 1 << 20};
	sg_arena_init(&arena, 64 << 20);
	sg_buf_init(&list, SG_FRAME_MAX);
	if (sg_canon_parse(&arena, report, &limits, &json, NULL) == SG_OK && sg_json_get(json, "errors") != NULL)
		sg_canon_write(&list, sg_json_get(json, "errors"));
	else
		sg_buf_text(&list, "[{\"what\":\"unknown\"}]");
	sg_reload_failed(s, sg_buf_view(&list));
	sg_buf_done(&list);
	sg_arena_done(&arena);
}

void
sg_reload_tell_policy(struct sg_supervisor *s)
{
	struct sg_str none = SG_STR("{\"digest\":\"\",\"files\":[],\"rules\":[]}");
	bool known = s->manifest.len > 0;
	if (s->gate.fd >= 0)
		sg_link_queue(&s->gate, SG_FRAME_S_POLICY, known ? s->generation : 0, known ? sg_buf_view(&s->manifest) : none, -1, NULL);
}

/* One mistake as people read it: where, what, what to do. What files hold makes no line of its own (log.h). */
static void
say_error(const struct sg_json *error)
{
	struct sg_str code = sg_json_text_at(error, "code"), file = sg_json_text_at(error, "file"), what = sg_json_text_at(error, "what"), hint = sg_json_text_at(error, "hint");
	int64_t line = 0;
	char line_of[8192];
	struct sg_buf text;
	sg_buf_init(&text, sizeof(line_of));
	sg_json_int(sg_json_get(error, "line"), &line);
	if (file.len > 0)
		sg_buf_printf(&text, "%.*s:%lld: ", SG_STR_ARG(file), (long long)line);
	sg_buf_printf(&text, "%.*s%s%.*s", SG_STR_ARG(what), hint.len > 0 ? "; " : "", SG_STR_ARG(hint));
	if (code.len > 0)
		sg_buf_printf(&text, " (%.*s)", SG_STR_ARG(code));
	sg_plain_line(line_of, sizeof(line_of), sg_buf_view(&text));
	fprintf(stderr, "stepgated: kept out: %s\n", line_of);
	sg_buf_done(&text);
}

static void
say_errors(struct sg_str errors)
{
	struct sg_arena arena;
	const struct sg_json *list = NULL;
	sg_arena_init(&arena, 16 << 20);
	if (sg_canon_parse(&arena, errors, NULL, &list, NULL) != SG_OK || list->type != SG_JSON_ARRAY)
		fprintf(stderr, "stepgated: kept out: %.*s\n", (int)errors.len, errors.ptr);
	else
		for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
			say_error(e);
	fprintf(stderr, "stepgated: policy and configuration stay as they were\n");
	sg_arena_done(&arena);
}

void
sg_reload_failed(struct sg_supervisor *s, struct sg_str errors)
{
	say_errors(errors);
	if (s->reloading)
		tell_failed(s, errors);
	s->reloading = s->preparing = false;
	sg_policy_files_done(&s->next_sources);
	if (s->manifest.len == 0) /* nothing was ever in force: the gate must know that, and deny */
		sg_reload_tell_policy(s);
}

/* The policy files of the next document: they are what it names, not what the one in force does. */
static bool
read_sources(struct sg_supervisor *s, struct sg_buf *report)
{
	char folder[1024];
	if (!sg_supervisor_may_follow(s, sg_buf_view(&s->next_document), folder, report))
		return false;
	sg_policy_files_done(&s->next_sources);
	return sg_policy_files_read(&s->next_sources, folder, true, report) == SG_OK;
}

static void
begin(struct sg_supervisor *s)
{
	struct sg_buf report;
	s->reloading = true;
	sg_buf_init(&report, SG_FRAME_MAX);
	sg_buf_clear(&s->next_document);
	if (!sg_supervisor_config(s->options, &s->next_document, &report) || !read_sources(s, &report))
		failed_with(s, sg_buf_view(&report));
	else if (!sg_role_zygote(s, &s->next_sources, sg_buf_view(&s->next_document)))
		sg_reload_failed(s, SG_STR("[{\"what\":\"no process for policy\"}]"));
	sg_buf_done(&report);
}

void
sg_reload_begin(struct sg_supervisor *s, uint64_t asked)
{
	s->again = true;
	s->asked_again = asked != 0 ? asked : s->asked_again;
	sg_reload_turn(s);
}

void
sg_reload_turn(struct sg_supervisor *s)
{
	if (!s->again || s->reloading || s->candidate_pid != 0)
		return;
	s->again = false;
	s->asked = s->asked_again;
	s->asked_again = 0;
	s->reloads++;
	begin(s);
}

/* Workers die with their zygote, so an old one stays for as long as any of its questions can take. */
void
sg_reload_retire(struct sg_supervisor *s, bool now)
{
	if (s->retired_pid == 0 || (!now && sg_sys_real.boot_time(&sg_sys_real) - s->retired_at < 10 * SG_SEC))
		return;
	sg_link_done(&s->retired);
	kill(s->retired_pid, SIGKILL);
	s->retired_pid = 0;
}

static void
promote_zygote(struct sg_supervisor *s)
{
	sg_reload_retire(s, true);
	s->retired = s->zygote;
	s->retired_pid = s->zygote_pid;
	s->retired_at = sg_sys_real.boot_time(&sg_sys_real);
	s->zygote = s->candidate;
	s->zygote_pid = s->candidate_pid;
	s->candidate_pid = 0;
	s->candidate = (struct sg_link){.fd = -1}; /* its buffers went along */
	s->generation++;
}

static void
drop_candidate(struct sg_supervisor *s)
{
	pid_t pid = s->candidate_pid;
	s->candidate_pid = 0;
	sg_link_done(&s->candidate);
	if (pid > 0)
		kill(pid, SIGKILL);
}

static void
give_up(struct sg_supervisor *s, struct sg_str errors)
{
	s->preparing = false;
	drop_candidate(s);
	sg_reload_failed(s, errors);
}

/* Policy and configuration go to the gate in one frame; the gate swaps both in one step. */
static void
swap_both(struct sg_supervisor *s, struct sg_str manifest)
{
	struct sg_buf text;
	sg_buf_init(&text, SG_FRAME_MAX);
	sg_buf_printf(&text, "{\"document\":%.*s,\"errors\":[],\"generation\":%llu,\"policy\":%.*s}", (int)s->next_document.len,
		      s->next_document.ptr, (unsigned long long)s->generation + 1, (int)manifest.len, manifest.ptr);
	if (text.failed) {
		drop_candidate(s);
		sg_reload_failed(s, SG_STR("[{\"file\":\"\",\"hint\":\"make them smaller\",\"line\":0,\"what\":\"configuration and policy together are too large\"}]"));
	} else {
		promote_zygote(s);
		sg_buf_clear(&s->manifest);
		sg_buf_str(&s->manifest, manifest);
		fprintf(stderr, "stepgated: configuration and policy were taken anew\n");
		tell_gate(s, &text);
		sg_link_flush(&s->gate, NULL); /* now: what follows waits for the disk, and whoever asked need not */
		sg_supervisor_adopt(s, sg_buf_view(&s->next_document));
		sg_policy_files_done(&s->sources);
		s->sources = s->next_sources;
		s->next_sources = (struct sg_policy_files){0};
		s->reloading = false;
		sg_supervisor_keep(s);
	}
	sg_buf_done(&text);
}

/* Policy is compiled; now the modules that the next document needs are started beside those that run. */
static void
prepare(struct sg_supervisor *s, struct sg_str manifest)
{
	struct sg_buf text;
	sg_buf_clear(&s->next_manifest);
	sg_buf_str(&s->next_manifest, manifest);
	sg_buf_init(&text, SG_FRAME_MAX);
	sg_buf_printf(&text, "{\"document\":%.*s}", (int)s->next_document.len, s->next_document.ptr);
	s->preparing = !text.failed && s->gate.fd >= 0 &&
		       sg_link_queue(&s->gate, SG_FRAME_S_PREPARE, ++s->preparation, sg_buf_view(&text), -1, NULL) == SG_OK;
	s->preparing_since = sg_sys_real.boot_time(&sg_sys_real);
	sg_buf_done(&text);
	if (!s->preparing)
		give_up(s, SG_STR("[{\"what\":\"the gate cannot be asked\"}]"));
}

/* The gate is not open and a module that is listed cannot be used: there is nothing to fall back on. */
static void
refuse_start(struct sg_supervisor *s, struct sg_str payload)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_str what = {"a module does not start", 23};
	sg_arena_init(&arena, 1 << 20);
	if (sg_canon_parse(&arena, payload, NULL, &json, NULL) == SG_OK)
		sg_json_string(sg_json_get(sg_json_first(sg_json_get(json, "errors")), "what"), &what);
	fprintf(stderr, "stepgated: %.*s\n\thint: mend it, or take its stanza out; stepgated -t checks the rest\n", SG_STR_ARG(what));
	sg_arena_done(&arena);
	s->refused = true;
}

void
sg_reload_prepared(struct sg_supervisor *s, const struct sg_frame *frame)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL, *errors;
	struct sg_buf list;
	if (frame->id == 0 && !s->came_up && !s->preparing)
		refuse_start(s, frame->payload);
	if (!s->preparing || frame->id != s->preparation)
		return; /* word of one that was given up */
	s->preparing = false;
	sg_arena_init(&arena, 1 << 20);
	sg_buf_init(&list, SG_FRAME_MAX);
	bool good = sg_canon_parse(&arena, frame->payload, NULL, &json, NULL) == SG_OK && (errors = sg_json_get(json, "errors")) != NULL &&
		    errors->type == SG_JSON_ARRAY && errors->count == 0;
	if (json != NULL && sg_json_get(json, "errors") != NULL)
		sg_canon_write(&list, sg_json_get(json, "errors"));
	if (good)
		swap_both(s, sg_buf_view(&s->next_manifest));
	else
		give_up(s, list.len > 0 ? sg_buf_view(&list) : SG_STR("[{\"what\":\"unknown\"}]"));
	sg_buf_done(&list);
	sg_arena_done(&arena);
}

void
sg_reload_gate_gone(struct sg_supervisor *s)
{
	if (s->preparing)
		give_up(s, SG_STR("[{\"what\":\"the gate died while modules were started\"}]"));
}

/* The first policy of all, or the same one again in a new zygote. */
static void
swap_policy(struct sg_supervisor *s, struct sg_str manifest)
{
	promote_zygote(s);
	sg_buf_clear(&s->manifest);
	sg_buf_str(&s->manifest, manifest);
	if (s->gate.fd >= 0)
		sg_link_queue(&s->gate, SG_FRAME_S_POLICY, s->generation, sg_buf_view(&s->manifest), -1, NULL);
	sg_supervisor_keep(s);
}

void
sg_reload_zygote_said(struct sg_supervisor *s, const struct sg_frame *frame)
{
	if (frame->type == SG_FRAME_Z_READY) {
		struct sg_str copy = {malloc(frame->payload.len + 1), frame->payload.len};
		if (copy.ptr == NULL)
			return;
		memcpy((char *)copy.ptr, frame->payload.ptr, copy.len);
		s->reloading ? prepare(s, copy) : swap_policy(s, copy);
		free((char *)copy.ptr);
	} else if (frame->type == SG_FRAME_Z_FAILED) {
		failed_with(s, frame->payload); /* the payload lives in the link */
		drop_candidate(s);
	}
}

void
sg_reload_deadline(struct sg_supervisor *s)
{
	if (s->preparing && sg_sys_real.boot_time(&sg_sys_real) - s->preparing_since > PREPARE_S * SG_SEC)
		give_up(s, SG_STR("[{\"what\":\"modules took too long to start\"}]"));
	if (s->preparing || s->candidate_pid == 0 || sg_sys_real.boot_time(&sg_sys_real) - s->candidate_since < s->candidate_most)
		return;
	drop_candidate(s);
	sg_reload_failed(s, SG_STR("[{\"file\":\"\",\"hint\":\"\",\"line\":0,\"what\":\"compiling policy took longer than policy_load_deadline\"}]"));
}
