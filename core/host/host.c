/* SPDX-License-Identifier: Apache-2.0
 * The host's process: everything that opens a file first, then confinement, then calls. */
#include "host/host.h"

#include "base/err.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/spare.h"
#include "base/str.h"
#include "frame/link.h"
#include "host/call.h"
#include "host/life.h"
#include "host/load.h"
#include "host/note.h"
#include "host/sink.h"
#include "host/walls.h"
#include "token/jwk.h"

#include <stepgate/issue.h>
#include <stepgate/prove.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define FLUSH_AFTER (20 * SG_MSEC)

enum {
	EXIT_GONE = 0,
	EXIT_PROTOCOL = 1,
	EXIT_CONFINED = 70,
	EXIT_REFUSED = 78,
	READY_MAX = 128 << 10,
	STANZA_BUDGET = 1 << 20,
	DESCRIPTORS = 16384
};

struct running {
	const struct sg_host_process *how;
	struct sg_loaded loaded;
	struct sg_instance instance;
	struct sg_buf keys, answer;
	struct sg_link link;
	struct sg_sink sink;
	struct sg_arena arena; /* the stanza */
	const struct sg_json *stanza, *options, *granted; /* stanza: NULL where the options alone were given */
	unsigned layers;
	bool confined;
};

/* One line on stderr. */
static int
tell(const struct running *r, int code, const struct sg_err *err)
{
	char line[512];
	int len = snprintf(line, sizeof(line), "stepgate host %.95s: %s: %s\n", r->instance.stanza,
			   err->code != NULL ? err->code : "bug", err->text);
	if (len >= (int)sizeof(line)) {
		len = sizeof(line);
		line[len - 1] = '\n';
	}
	sg_log_line(line, (size_t)len);
	return code;
}

/* The gate shows it in `status`; that it could not be told changes nothing. */
static int
refuse(struct running *r, int code, const struct sg_err *err)
{
	struct sg_buf out;
	struct sg_json_writer w;
	sg_buf_init(&out, READY_MAX);
	sg_jw_begin(&w, &out);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "code", err->code != NULL ? err->code : "bug");
	sg_jw_member_bool(&w, "may_mend", err->status == SG_UNAVAILABLE || err->status == SG_TIMEOUT || r->instance.grants.met);
	sg_jw_member_text(&w, "text", err->text);
	sg_jw_end(&w);
	if (sg_jw_done(&w) && sg_link_queue(&r->link, SG_FRAME_H_REFUSED, 0, sg_buf_view(&out), -1, NULL) == SG_OK)
		sg_link_flush(&r->link, NULL);
	sg_buf_done(&out);
	return tell(r, code, err);
}

/* ---- before the module ---- */

/* As lines of the log say whose they are: "issue.token (jwt)". A step that reads what a peer presents stands in `attest`. */
static void
name_stanza(struct running *r)
{
	bool step = r->how->stanza.len > 0 && strcmp(r->how->kind, "verify") == 0;
	snprintf(r->instance.stanza, sizeof(r->instance.stanza), "%.7s.%.63s (%.20s)", step ? "attest" : r->how->kind, r->how->name, r->how->module);
	for (char *c = r->instance.stanza; *c != '\0'; c++) /* a line stays one */
		*c = (unsigned char)*c < ' ' || *c == 127 ? '?' : *c;
}

static enum sg_log_level
log_level(const struct sg_json *stanza)
{
	static const char *const words[] = {"error", "warning", "info", "debug"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (sg_json_is(stanza, "log_level", words[i]))
			return (enum sg_log_level)i;
	return SG_LOG_INFO;
}

static enum sg_status
read_stanza(struct running *r, struct sg_err *err)
{
	const struct sg_json *json = NULL;
	enum sg_status status = r->how->stanza.len == 0 ? SG_OK : sg_canon_parse(&r->arena, r->how->stanza, NULL, &json, err);
	bool whole = json != NULL && sg_json_get(json, "use") != NULL;
	r->stanza = whole ? json : NULL;
	r->options = whole ? sg_json_get(json, "options") : json;
	r->granted = whole ? sg_json_get(json, "grants") : NULL;
	r->instance.log_level = log_level(r->stanza);
	return status;
}

static enum sg_status
take_secrets(struct running *r, struct sg_err *err)
{
	struct sg_open_grants *grants = &r->instance.grants;
	enum sg_status status = r->how->key <= 0 ? SG_OK : sg_instance_secret(&r->instance, "key", r->how->key, err);
	for (size_t i = 0; status == SG_OK && i < grants->count; i++) {
		if (grants->list[i].kind != SG_GRANT_secret)
			continue;
		status = sg_instance_secret(&r->instance, grants->list[i].name, grants->list[i].fd, err);
		close(grants->list[i].fd);
		grants->list[i].fd = -1;
	}
	return status;
}

/* Some keep a descriptor for each process they know. */
static void
allow_descriptors(const struct running *r)
{
	struct rlimit limit;
	if (strcmp(r->how->kind, "attest") != 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= DESCRIPTORS)
		return;
	limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
	setrlimit(RLIMIT_NOFILE, &limit); /* where that cannot be they make do with what there is */
}

/* Everything that needs to open something, or a capability. The module's bytes are copied, not yet run. */
static enum sg_status
prepare(struct running *r, struct sg_err *err)
{
	sg_process_undumpable(); /* before there is a key to dump */
	allow_descriptors(r);
	enum sg_status status = r->how->parent > 0 ? sg_die_with_parent(r->how->parent, err) : SG_OK;
	if (status == SG_OK)
		status = sg_jwk_start(err); /* OpenSSL loads what it needs now, while files can be opened */
	if (status == SG_OK)
		status = read_stanza(r, err);
	if (status == SG_OK)
		status = sg_grants_open(&r->instance.grants, r->granted, r->how->trial, err);
	if (status == SG_OK)
		status = take_secrets(r, err);
	return status == SG_OK ? sg_load_open(r->how->module_dir, r->how->kind, r->how->module, &r->loaded, err) : status;
}

static void
walls_around(const struct running *r, struct sg_walls *walls)
{
	sg_walls_of(walls, sg_kind_named(r->how->kind), &r->instance.grants);
	sg_walls_keep(walls, r->how->gate);
	sg_walls_keep(walls, r->loaded.fd);
	if (r->how->journal_path == NULL)
		return;
	sg_walls_keep(walls, r->how->journal);
	sg_walls_keep(walls, r->how->cursor);
	sg_walls_folder(walls, r->how->journal_path, false);
	sg_walls_folder(walls, r->how->cursor_path, true);
}

/* Which bytes will run and behind which walls: told before they do, since whatever this process says later the module may have said. */
static enum sg_status
say_loading(struct running *r, struct sg_err *err)
{
	struct sg_buf out;
	struct sg_json_writer w;
	sg_buf_init(&out, READY_MAX);
	sg_jw_begin(&w, &out);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "digest", r->loaded.digest);
	sg_jw_member_text(&w, "kind", r->how->kind);
	sg_jw_member_int(&w, "layers", r->layers);
	sg_jw_end(&w);
	enum sg_status status = sg_jw_done(&w) ? sg_link_queue(&r->link, SG_FRAME_H_LOADING, 0, sg_buf_view(&out), -1, err)
					       : sg_fail(err, SG_BUG, "host_loading", "a name cannot be written down");
	sg_buf_done(&out);
	return status == SG_OK ? sg_link_flush(&r->link, err) : status;
}

/* The first wall stands before a byte of the file runs, the second when the module has started. */
static enum sg_status
start_module(struct running *r, struct sg_err *err)
{
	struct sg_walls walls;
	walls_around(r, &walls);
	enum sg_status status = sg_confine(&walls.how, &r->layers, err);
	r->confined = status == SG_OK;
	if (status == SG_OK)
		status = say_loading(r, err);
	if (status == SG_OK)
		status = sg_load_run(&r->loaded, r->how->kind, r->how->module, err);
	if (status == SG_OK)
		status = sg_issue_life(&r->arena, r->loaded.module, r->stanza, err);
	if (status == SG_OK)
		status = sg_instance_start(&r->instance, r->loaded.module, r->options, err);
	if (status == SG_OK)
		status = sg_call_keys(&r->instance, &r->keys, err);
	if (status == SG_OK && r->how->journal_path != NULL)
		status = sg_sink_open(&r->sink, &r->instance, r->how->journal, r->how->cursor, err);
	if (status != SG_OK)
		return status;
	r->confined = false;
	status = sg_confine_further(&walls.how, err);
	r->confined = status == SG_OK;
	return status;
}

/* ---- talking to the gate ---- */

static const char *
revocation_of(const struct sg_module *module)
{
	static const char *const words[] = {NULL, "instant", "next_use", "expiry"};
	return module->issue != NULL ? words[module->issue->revocation] : NULL;
}

static int64_t
revocations_of(const struct sg_issue_ops *ops)
{
	return ops->revocations < INT32_MAX ? (int64_t)ops->revocations : INT32_MAX;
}

static const char *
format_of(const struct sg_module *module)
{
	static const char *const words[] = {NULL, "jwt", "x509", "ssh", "opaque"}, *const forms[] = {NULL, "code", "webauthn"};
	return module->issue != NULL ? words[module->issue->format] : module->prove != NULL ? forms[module->prove->form] : NULL;
}

static enum sg_status
say_ready(struct running *r, struct sg_err *err)
{
	struct sg_buf out;
	struct sg_json_writer w;
	sg_buf_init(&out, READY_MAX);
	sg_jw_begin(&w, &out);
	sg_jw_object(&w);
	sg_jw_member_int(&w, "durable", (int64_t)r->sink.durable);
	sg_jw_member_bool(&w, "enforcer_only", r->loaded.module->issue != NULL && r->loaded.module->issue->enforcer_only);
	sg_jw_member_text(&w, "format", format_of(r->loaded.module));
	sg_jw_member_raw(&w, "jwks", sg_buf_view(&r->keys));
	sg_jw_member_text(&w, "kind", r->how->kind);
	sg_jw_member_text(&w, "module", r->how->module);
	sg_jw_member_text(&w, "name", r->how->name);
	sg_jw_member_text(&w, "revocation", revocation_of(r->loaded.module));
	sg_jw_member_int(&w, "revocations", r->loaded.module->issue != NULL ? revocations_of(r->loaded.module->issue) : 0);
	sg_jw_end(&w);
	enum sg_status status = sg_jw_done(&w)
					? sg_link_queue(&r->link, SG_FRAME_H_READY, 0, sg_buf_view(&out), -1, err)
					: sg_fail(err, SG_BUG, "host_ready", "a name cannot be written down");
	sg_buf_done(&out);
	return status == SG_OK ? sg_link_flush(&r->link, err) : status;
}

static enum sg_status
send_answer(struct running *r, uint64_t id, struct sg_err *err)
{
	enum sg_status status = sg_link_queue(&r->link, SG_FRAME_H_ANSWER, id, sg_buf_view(&r->answer), -1, err);
	sg_buf_clear(&r->answer); /* it may hold a credential */
	return status;
}

static enum sg_status
serve_one(struct running *r, const struct sg_frame *frame, struct sg_err *err)
{
	r->instance.look_more = false;
	sg_call(&r->instance, frame->payload, frame->fd, &r->answer);
	if (frame->fd >= 0)
		close(frame->fd);
	if (r->instance.look_more) { /* who else waits is the gate's to know */
		sg_buf_clear(&r->answer);
		sg_buf_text(&r->answer, SG_LOOK_MORE);
	}
	return send_answer(r, frame->id, err);
}

/* Answers of one read leave together, unless that would keep the gate waiting: it takes silence for a hang. */
static enum sg_status
serve_batch(struct running *r, struct sg_err *err)
{
	struct sg_frame frame;
	enum sg_status status = sg_link_fill(&r->link, err);
	sg_time flushed = r->instance.host.now(&r->instance.host);
	while (status == SG_OK && (status = sg_link_next(&r->link, &frame, err)) == SG_OK) {
		status = serve_one(r, &frame, err);
		if (status == SG_OK && r->instance.host.now(&r->instance.host) - flushed > FLUSH_AFTER) {
			status = sg_link_flush(&r->link, err);
			flushed = r->instance.host.now(&r->instance.host);
		}
	}
	if (status != SG_AGAIN)
		return status;
	return sg_link_flush(&r->link, err);
}

static int
serve(struct running *r)
{
	struct sg_err err = {0};
	fcntl(r->how->gate, F_SETFL, fcntl(r->how->gate, F_GETFL) & ~O_NONBLOCK);
	sg_buf_init(&r->answer, SG_ANSWER_MAX);
	r->instance.takes_turns = true;
	enum sg_status status = say_ready(r, &err);
	if (status == SG_OK && r->how->trial != NULL)
		return EXIT_GONE;
	while (status == SG_OK) {
		status = r->how->journal_path != NULL ? sg_sink_serve(&r->sink, &r->link, &err) : serve_batch(r, &err);
	}
	int code = err.code != NULL && strcmp(err.code, "link_closed") == 0 ? EXIT_GONE : refuse(r, EXIT_PROTOCOL, &err);
	sg_sink_done(&r->sink);
	sg_buf_done(&r->answer);
	sg_link_done(&r->link);
	return code;
}

int
sg_host_run(const struct sg_host_process *how)
{
	struct running r = {.how = how, .sink = {.tail = {.fd = -1}}};
	struct sg_err err = {0};
	sg_spare_keep(SG_SPARE_FEW);
	sg_instance_init(&r.instance);
	name_stanza(&r);
	sg_buf_init(&r.keys, SG_JSON_MAX_BYTES);
	if (how->call_limit > 0)
		r.instance.call_limit = how->call_limit;
	sg_arena_init(&r.arena, STANZA_BUDGET);
	sg_link_init(&r.link, how->gate, SG_ROLE_HOST, SG_ROLE_GATE);
	if (prepare(&r, &err) != SG_OK)
		return refuse(&r, EXIT_REFUSED, &err);
	if (start_module(&r, &err) != SG_OK)
		return refuse(&r, r.confined ? EXIT_REFUSED : EXIT_CONFINED, &err);
	int code = serve(&r);
	sg_instance_done(&r.instance);
	sg_buf_done(&r.keys);
	return code;
}
