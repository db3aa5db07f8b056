/* SPDX-License-Identifier: Apache-2.0
 * Hosts: calling modules and hearing from them. */
#include "gate/loop/loop.h"

#include "base/canon.h"
#include "base/confine.h"
#include "base/str.h"
#include "gate/desk/revoking.h"
#include "gate/wire/wire.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static size_t
under_way(const struct sg_child *host)
{
	size_t count = 0;
	for (const struct sg_call *call = host->calls; call != NULL; call = call->next)
		count += call->look == 0;
	return count;
}

/* As many as took no time in a row, one after the other: what a single slow one undoes. */
static bool
is_full(const struct sg_child *host)
{
	unsigned at_once = host->quick < SG_CALLS_AT_ONCE ? SG_CALLS_AT_ONCE : host->quick;
	return under_way(host) >= at_once;
}

static bool
ask_now(struct sg_loop *loop, struct sg_child *host, uint64_t id, struct sg_str request)
{
	if (sg_link_queue(&host->link, SG_FRAME_H_CALL, id, request, -1, NULL) != SG_OK)
		return false;
	if (host->calls == NULL)
		host->busy_since = loop->sys->boot_time(loop->sys);
	host->asked++;
	return sg_host_remember(loop, host, id, 0);
}

/* Whose request has ended meanwhile is asked for no more, nor is what was taken back meanwhile. */
static void
ask_next(struct sg_loop *loop, struct sg_child *host)
{
	while (host->linked && !is_full(host)) {
		struct sg_lined *l = sg_line_next(&host->line);
		if (l == NULL)
			return;
		bool wanted = l->id == 0 ? sg_revoke_in_turn(loop->gate, (struct sg_str){l->request, l->len}, false) : sg_gate_wants(loop->gate, l->id);
		uint64_t id = !wanted || !ask_now(loop, host, l->id, (struct sg_str){l->request, l->len}) ? l->id : 0;
		free(l);
		if (id != 0)
			sg_gate_called(loop->gate, id, (struct sg_str){NULL, 0});
	}
}

static enum sg_called
call(struct sg_loop *loop, struct sg_child *host, enum sg_lined_kind kind, uint64_t id, uint64_t whose, struct sg_str request)
{
	if (host == NULL || !host->ready)
		return SG_CALL_AWAY;
	if (host->line.count > 0 || is_full(host))
		return sg_line_add(&host->line, kind, id, whose, request) ? SG_CALL_TAKEN : SG_CALL_BUSY;
	return ask_now(loop, host, id, request) ? SG_CALL_TAKEN : SG_CALL_AWAY;
}

enum sg_called
sg_hosts_call(void *self, uint64_t id, const char *kind, struct sg_str name, uint64_t by, struct sg_str request)
{
	struct sg_loop *loop = self;
	struct sg_child *host = by != 0 ? sg_host_maker(loop, name, by) : sg_host_named(loop, strcmp(kind, "verify") == 0 ? "verify." : strcmp(kind, "prove") == 0 ? "prove." : "issue.", name);
	return call(loop, host, SG_LINED_CALL, id, sg_whose(loop, id), request);
}

enum sg_called
sg_hosts_take_back(void *self, struct sg_str issuer, uint64_t by, struct sg_str agent, bool first, struct sg_str request)
{
	struct sg_loop *loop = self;
	struct sg_child *maker = sg_host_maker(loop, issuer, by), *host = maker != NULL ? maker : sg_host_named(loop, "issue.", issuer);
	size_t before = host != NULL ? host->line.count : 0;
	enum sg_called called = call(loop, host, first ? SG_LINED_FIRST : SG_LINED_BACK, 0, sg_whose_agent(agent), request);
	return called == SG_CALL_TAKEN && host->line.count > before ? SG_CALL_LINED : called;
}

/* ---- frames ---- */

enum { READY_MAX = 256 << 10 };

static struct sg_call *
take_call(struct sg_child *host, uint64_t id, bool look)
{
	for (struct sg_call **at = &host->calls; *at != NULL; at = &(*at)->next)
		if ((look ? (*at)->look : (*at)->id) == id && ((*at)->look != 0) == look) {
			struct sg_call *found = *at;
			*at = found->next;
			return found;
		}
	return NULL;
}

static bool
is_kind(const struct sg_child *host, const char *prefix)
{
	return strncmp(host->name, prefix, strlen(prefix)) == 0;
}

/* A step of the attest stack may be a verify module. */
static enum sg_profile
profile_of(const struct sg_child *host, const struct sg_json *loading)
{
	return is_kind(host, "attest.") && sg_json_is(loading, "kind", "attest") ? SG_PROFILE_ATTEST
	       : is_kind(host, "issue.") ? SG_PROFILE_ISSUE
	       : is_kind(host, "audit.") ? SG_PROFILE_AUDIT
					 : SG_PROFILE_VERIFY;
}

/* Which bytes run is part of the record: one leaf each time an instance begins to be used. */
static void
record_module(struct sg_loop *loop, const struct sg_child *host)
{
	struct sg_buf body;
	sg_buf_init(&body, 1024);
	sg_buf_printf(&body, "{\"by\":\"stepgate\",\"digest\":\"%s\",\"module\":\"%s\",\"result\":\"ready\",\"stanza\":\"%s\",\"verb\":\"module\"}", host->digest,
		      host->name, host->stanza);
	sg_record_or_owe(loop->gate, "admin", sg_buf_view(&body));
	sg_buf_done(&body);
}

static bool
take_ready(struct sg_loop *loop, struct sg_child *host, const struct sg_json *json)
{
	struct sg_str name = sg_str(host->name);
	sg_str_cut(&name, '.');
	if (host->digest[0] == '\0')
		return false; /* it did not say what it would run */
	if (is_kind(host, "audit.") && !sg_sink_told(loop, host, json))
		return false;
	if (is_kind(host, "issue.") && !sg_gate_issuer(loop->gate, name, json))
		return false;
	return true;
}

/* Once, and before the module runs: a second one is the module's own. */
static bool
host_loading(struct sg_loop *loop, struct sg_child *host, struct sg_str payload)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_str digest;
	int64_t layers;
	sg_arena_init(&arena, 64 << 10);
	bool good = host->digest[0] == '\0' && sg_canon_parse(&arena, payload, NULL, &json, NULL) == SG_OK &&
		    sg_json_string(sg_json_get(json, "digest"), &digest) && digest.len == SG_SHA256_HEX - 1 &&
		    sg_json_int(sg_json_get(json, "layers"), &layers);
	if (good)
		memcpy(host->digest, digest.ptr, digest.len);
	const char *lacks = good ? sg_profile_lacks(profile_of(host, json), (unsigned)layers) : NULL;
	if (lacks != NULL)
		sg_gate_unconfined(loop->gate, host->name, lacks);
	sg_arena_done(&arena);
	return good;
}

bool
sg_host_enter(struct sg_loop *loop, struct sg_child *host)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 256 << 10);
	host->entered = sg_canon_parse(&arena, sg_buf_view(&host->said), NULL, &json, NULL) == SG_OK && take_ready(loop, host, json);
	sg_arena_done(&arena);
	sg_buf_done(&host->said);
	if (host->entered && is_kind(host, "issue."))
		host->made_by = sg_issuer_tag(loop->gate, sg_str(strchr(host->name, '.') + 1));
	if (host->entered)
		record_module(loop, host);
	host->hung = host->hung && !host->entered;
	if (host->entered && is_kind(host, "attest."))
		sg_looks_next(loop, host);
	return host->entered;
}

/* Who says READY may be the module, which never returned from its start: whether the second wall stands is the kernel's to say. The gate has one
 * list on, a host two, over what all of them began with. */
static bool
is_walled(struct sg_loop *loop, struct sg_child *host)
{
	int lists = sg_confined_lists(host->pid), own = sg_confined_lists(0);
	if (lists > own && own > 0)
		return true;
	if (own < 0 || !host->visible) { /* nothing that a module could bring about */
		sg_gate_unconfined(loop->gate, host->name, "anybody seeing whether its second wall stands (/proc is hidden from the gate, or the kernel is old)");
		return true;
	}
	snprintf(host->why, sizeof(host->why), "module_unwalled: it says that it is ready and has not been confined");
	return false;
}

static bool
host_ready(struct sg_loop *loop, struct sg_child *host, struct sg_str payload)
{
	if (!is_walled(loop, host))
		return false;
	sg_buf_init(&host->said, READY_MAX);
	sg_buf_str(&host->said, payload);
	host->ready = host->started = !host->said.failed;
	host->why[0] = '\0';
	return host->ready && (!sg_instance_is_current(loop, host) || sg_host_enter(loop, host));
}

/* Why it will not start, in its own words: for the operator. */
static bool
host_refused(struct sg_child *host, struct sg_str payload)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_str code, text;
	sg_arena_init(&arena, 64 << 10);
	bool good = sg_canon_parse(&arena, payload, NULL, &json, NULL) == SG_OK && sg_json_string(sg_json_get(json, "code"), &code) &&
		    sg_json_string(sg_json_get(json, "text"), &text) && sg_json_bool(sg_json_get(json, "may_mend"), &host->may_mend);
	if (good)
		snprintf(host->why, sizeof(host->why), "%.*s: %.*s", SG_STR_ARG(code), SG_STR_ARG(text));
	sg_arena_done(&arena);
	return good;
}

static bool
host_cursor(struct sg_loop *loop, struct sg_child *host, struct sg_str payload)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 64 << 10);
	bool good = is_kind(host, "audit.") && sg_canon_parse(&arena, payload, NULL, &json, NULL) == SG_OK && sg_sink_told(loop, host, json);
	sg_arena_done(&arena);
	return good;
}

/* An issuer whose last call failed for its own reasons is not well, whatever it said when it started. What was wrong with one request says nothing. */
static void
note_answer(struct sg_loop *loop, struct sg_child *host, struct sg_str payload)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	bool ok = false;
	sg_arena_init(&arena, 1 << 20);
	bool read = is_kind(host, "issue.") && sg_canon_parse(&arena, payload, NULL, &json, NULL) == SG_OK && sg_json_bool(sg_json_get(json, "ok"), &ok);
	if (read && ok) {
		host->faults = 0;
		host->why[0] = '\0';
	} else if (read && sg_json_is(json, "fault", "module")) {
		host->faults++;
		snprintf(host->why, sizeof(host->why), "%.*s: %.*s", SG_STR_ARG(sg_json_text_at(json, "code")), SG_STR_ARG(sg_json_text_at(json, "text")));
		if (host->faults == 1)
			fprintf(stderr, "stepgated: %s: %s\n", host->name, host->why);
	}
	if (host->faults >= SG_FAULTS && host->entered && loop->sys->boot_time(loop->sys) - host->since > SG_FAULTS_REST_S * SG_SEC)
		host->stanza[0] = '-'; /* one of an earlier stanza from now on: another takes over once it is ready */
	sg_arena_done(&arena);
}

bool
sg_host_frame(struct sg_loop *loop, struct sg_child *host, const struct sg_frame *frame)
{
	if (frame->type == SG_FRAME_H_READY)
		return host_ready(loop, host, frame->payload);
	if (frame->type == SG_FRAME_H_LOADING)
		return host_loading(loop, host, frame->payload);
	if (frame->type == SG_FRAME_H_REFUSED)
		return host_refused(host, frame->payload);
	if (frame->type == SG_FRAME_H_CURSOR)
		return host_cursor(loop, host, frame->payload);
	bool look = strncmp(host->name, "attest.", 7) == 0;
	struct sg_call *call = take_call(host, frame->id, look);
	if (frame->type != SG_FRAME_H_ANSWER || call == NULL)
		return false; /* an answer nobody asked for */
	host->failures = 0;
	note_answer(loop, host, frame->payload);
	sg_time now = loop->sys->boot_time(loop->sys), began = host->answered > host->busy_since ? host->answered : host->busy_since;
	bool quick = now - began < SG_CALL_QUICK_MS * SG_MSEC;
	host->quick = !quick ? 0 : host->quick < SG_CALLS_QUICK ? host->quick + 1 : SG_CALLS_QUICK;
	host->answered = now;
	if (look)
		sg_look_answered(loop, host, call->look, frame->payload);
	else
		call->id != 0 ? sg_gate_called(loop->gate, call->id, frame->payload)
			      : sg_gate_confirmed(loop->gate, sg_str(strchr(host->name, '.') + 1), host->made_by, frame->payload);
	free(call);
	if (look && host->calls == NULL)
		sg_looks_done(loop, host);
	ask_next(loop, host);
	return true;
}
