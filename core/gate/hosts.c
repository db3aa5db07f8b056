/* SPDX-License-Identifier: Apache-2.0
 * Hosts: calling modules, gathering the stack's facts, and what happens when a module is late or dead: its calls fail closed, it is killed,
 * started again after a growing pause. */
#include "gate/loop.h"

#include "base/canon.h"
#include "base/confine.h"
#include "base/str.h"
#include "gate/request.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FACTS_MAX = 16 << 10, BACKOFF_MAX_S = 60 };

static struct sg_child *
host_named(struct sg_loop *loop, const char *prefix, struct sg_str name)
{
	char full[64];
	snprintf(full, sizeof(full), "%s%.*s", prefix, SG_STR_ARG(name));
	for (size_t i = 0; i < SG_CHILDREN; i++) {
		struct sg_child *c = &loop->children[i];
		if (c->used && c->role == SG_ROLE_HOST && strcmp(c->name, full) == 0)
			return c;
	}
	return NULL;
}

/* gcc 12's analyzer loses the list that hangs on an element of loop->children when it inlines this into a caller that found the element by name, and
 * takes the call for leaked. It is freed in take_call's callers and in sg_host_gone. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif
static bool
remember(struct sg_loop *loop, struct sg_child *host, uint64_t id, uint64_t look)
{
	struct sg_call *call = calloc(1, sizeof(*call));
	if (call == NULL)
		return false;
	*call = (struct sg_call){.id = id, .look = look};
	call->deadline = loop->sys->boot_time(loop->sys) + loop->gate->catalogue->limits.host_deadline * SG_MSEC;
	call->next = host->calls; /* newest first: the oldest, whose deadline ends first, is the last */
	host->calls = call;
	return true;
}

bool
sg_hosts_call(void *self, uint64_t id, struct sg_str name, struct sg_str request)
{
	struct sg_loop *loop = self;
	struct sg_child *host = sg_str_is(name, "verify") ? host_named(loop, "", name) : host_named(loop, "issue.", name);
	return host != NULL && host->ready && sg_link_queue(&host->link, SG_FRAME_H_CALL, id, request, -1, NULL) == SG_OK &&
	       remember(loop, host, id, 0);
}

/* ---- facts ---- */

static void
end_look(struct sg_loop *loop, struct sg_look *look)
{
	for (struct sg_look **at = &loop->looks; *at != NULL; at = &(*at)->next)
		if (*at == look) {
			*at = look->next;
			break;
		}
	struct sg_buf all;
	sg_buf_init(&all, FACTS_MAX);
	sg_buf_text(&all, "{");
	for (size_t i = 0; i < look->count; i++) {
		if (look->facts[i].len > 0 && all.len > 1)
			sg_buf_text(&all, ",");
		sg_buf_str(&all, sg_buf_view(&look->facts[i]));
	}
	sg_buf_text(&all, "}");
	bool good = !look->failed && !all.failed;
	sg_gate_looked(loop->gate, look->id, good ? sg_buf_view(&all) : (struct sg_str){NULL, 0});
	sg_buf_done(&all);
	for (size_t i = 0; i < look->count; i++)
		sg_buf_done(&look->facts[i]);
	free(look);
}

static const char *
control_of(const struct sg_loop *loop, struct sg_str step)
{
	const struct sg_json *stanza = sg_json_get_str(sg_json_get(loop->gate->catalogue->document, "attest"), step);
	return sg_json_is(stanza, "control", "optional") || sg_json_is(stanza, "control", "sufficient") ? "optional" : "required";
}

static bool
ask_step(struct sg_loop *loop, struct sg_look *look, struct sg_str step, const struct sg_conn *conn)
{
	struct sg_child *host = host_named(loop, "attest.", step);
	struct sg_buf request;
	int pidfd = fcntl(conn->peer.pidfd, F_DUPFD_CLOEXEC, 3);
	if (host == NULL || !host->ready || pidfd < 0) {
		if (pidfd >= 0)
			close(pidfd);
		return false;
	}
	sg_buf_init(&request, 1024);
	sg_buf_printf(&request, "{\"gid\":%u,\"pid\":%d,\"start_time\":%llu,\"uid\":%u,\"verb\":\"look\"}", (unsigned)conn->peer.gid,
		      (int)conn->peer.pid, (unsigned long long)conn->peer.start_time, (unsigned)conn->peer.uid);
	bool asked = sg_link_queue(&host->link, SG_FRAME_H_LOOK, look->number, sg_buf_view(&request), pidfd, NULL) == SG_OK &&
		     remember(loop, host, 0, look->number);
	sg_buf_done(&request);
	return asked;
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/* Descriptors in transit are bounded per link; a burst is sent in parts. */
static void
make_room(struct sg_loop *loop)
{
	for (size_t i = 0; i < SG_CHILDREN; i++) {
		struct sg_child *c = &loop->children[i];
		if (c->used && c->linked && c->link.out_fd_count >= SG_LINK_FDS - 1)
			sg_link_flush(&c->link, NULL);
	}
}

bool
sg_hosts_look(void *self, uint64_t id, uint64_t conn_id)
{
	struct sg_loop *loop = self;
	struct sg_conn *conn = sg_conn_find(loop->gate, conn_id);
	const struct sg_strings *steps = &loop->gate->catalogue->attest;
	struct sg_look *look = conn == NULL || steps->count == 0 || steps->count > 16 ? NULL : calloc(1, sizeof(*look));
	if (look == NULL)
		return false;
	look->number = ++loop->next_look;
	look->id = id;
	look->conn = conn_id;
	look->count = steps->count;
	look->next = loop->looks;
	loop->looks = look;
	for (size_t i = 0; i < steps->count; i++)
		sg_buf_init(&look->facts[i], FACTS_MAX);
	make_room(loop);
	for (size_t i = 0; i < steps->count; i++)
		if (ask_step(loop, look, steps->items[i], conn))
			look->waiting++;
		else if (strcmp(control_of(loop, steps->items[i]), "required") == 0)
			look->failed = true;
	if (look->waiting > 0)
		return true;
	loop->looks = look->next;
	for (size_t i = 0; i < look->count; i++)
		sg_buf_done(&look->facts[i]);
	free(look);
	return false;
}

/* {"cgroup":{...},...} becomes "STEP:cgroup":{...},... */
static void
write_facts(struct sg_buf *out, struct sg_str step, const struct sg_json *facts)
{
	for (const struct sg_json *f = sg_json_first(facts); f != NULL; f = sg_json_next(facts, f)) {
		char name[160];
		snprintf(name, sizeof(name), "%.*s:%.*s", SG_STR_ARG(step), SG_STR_ARG(f->name));
		if (out->len > 0)
			sg_buf_text(out, ",");
		sg_canon_string(out, sg_str(name));
		sg_buf_text(out, ":");
		sg_canon_write(out, f);
	}
}

static void
look_answered(struct sg_loop *loop, const struct sg_child *host, uint64_t number, struct sg_str payload)
{
	struct sg_look *look = loop->looks;
	while (look != NULL && look->number != number)
		look = look->next;
	if (look == NULL)
		return;
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	bool ok = false;
	struct sg_str step = sg_str(host->name + strlen("attest."));
	sg_arena_init(&arena, 256 << 10);
	if (payload.len > 0 && sg_canon_parse(&arena, payload, NULL, &json, NULL) == SG_OK)
		sg_json_bool(sg_json_get(json, "ok"), &ok);
	const struct sg_strings *steps = &loop->gate->catalogue->attest;
	for (size_t i = 0; ok && i < steps->count && i < look->count; i++)
		if (sg_str_eq(steps->items[i], step))
			write_facts(&look->facts[i], step, sg_json_get(json, "facts"));
	if (!ok && strcmp(control_of(loop, step), "required") == 0)
		look->failed = true;
	sg_arena_done(&arena);
	if (--look->waiting == 0)
		end_look(loop, look);
}

/* ---- frames ---- */

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
host_ready(struct sg_loop *loop, struct sg_child *host, struct sg_str payload)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 256 << 10);
	bool good = sg_canon_parse(&arena, payload, NULL, &json, NULL) == SG_OK;
	const struct sg_json *jwks = sg_json_get(json, "jwks");
	if (good && jwks != NULL && jwks->type == SG_JSON_OBJECT && strncmp(host->name, "issue.", 6) == 0) { /* nobody else has keys to tell */
		struct sg_buf keys;
		sg_buf_init(&keys, 64 << 10);
		sg_canon_write(&keys, jwks);
		sg_gate_keys(loop->gate, sg_buf_view(&keys));
		sg_buf_done(&keys);
	}
	int64_t layers = 0;
	enum sg_profile profile = strncmp(host->name, "attest.", 7) == 0 ? SG_PROFILE_ATTEST : strncmp(host->name, "issue.", 6) == 0 ? SG_PROFILE_ISSUE : SG_PROFILE_VERIFY;
	sg_json_int(sg_json_get(json, "layers"), &layers);
	if ((sg_profile_layers(profile) & ~(unsigned)layers) != 0)
		sg_gate_unconfined(loop->gate, host->name, "Landlock");
	sg_arena_done(&arena);
	host->ready = good;
	return good;
}

bool
sg_host_frame(struct sg_loop *loop, struct sg_child *host, const struct sg_frame *frame)
{
	if (frame->type == SG_FRAME_H_READY)
		return host_ready(loop, host, frame->payload);
	bool look = strncmp(host->name, "attest.", 7) == 0;
	struct sg_call *call = take_call(host, frame->id, look);
	if (frame->type != SG_FRAME_H_ANSWER || call == NULL)
		return false; /* an answer nobody asked for */
	host->failures = 0;
	if (look)
		look_answered(loop, host, call->look, frame->payload);
	else
		sg_gate_called(loop->gate, call->id, frame->payload);
	free(call);
	return true;
}

void
sg_host_gone(struct sg_loop *loop, struct sg_child *host)
{
	struct sg_call *call = host->calls;
	host->calls = NULL;
	host->ready = false;
	host->failures++;
	unsigned pause = host->failures < 6 ? 1U << (host->failures - 1) : BACKOFF_MAX_S;
	host->respawn_at = loop->sys->boot_time(loop->sys) + (host->failures == 1 ? 0 : (sg_time)pause * SG_SEC);
	while (call != NULL) {
		struct sg_call *next = call->next;
		if (call->look != 0)
			look_answered(loop, host, call->look, (struct sg_str){NULL, 0});
		else if (call->id != 0)
			sg_gate_called(loop->gate, call->id, (struct sg_str){NULL, 0});
		free(call);
		call = next;
	}
}

static void
ensure(struct sg_loop *loop, const char *prefix, struct sg_str name)
{
	char full[64];
	struct sg_child *host = host_named(loop, prefix, name);
	snprintf(full, sizeof(full), "%s%.*s", prefix, SG_STR_ARG(name));
	if (host == NULL) {
		sg_child_spawn(loop, SG_ROLE_HOST, SG_FACE_NONE, 0, full);
		return;
	}
	if (host->linked || host->respawn_at == 0 || loop->sys->boot_time(loop->sys) < host->respawn_at)
		return;
	unsigned failures = host->failures;
	host->used = false;
	host = sg_child_spawn(loop, SG_ROLE_HOST, SG_FACE_NONE, 0, full);
	if (host != NULL)
		host->failures = failures;
}

void
sg_hosts_fill(struct sg_loop *loop)
{
	const struct sg_catalogue *c = loop->gate->catalogue;
	if (loop->stop)
		return;
	for (size_t i = 0; i < c->attest.count; i++)
		ensure(loop, "attest.", c->attest.items[i]);
	for (size_t i = 0; i < c->issuer_count; i++)
		ensure(loop, "issue.", c->issuers[i].name);
	if (c->issuer_count > 0)
		ensure(loop, "", SG_STR("verify"));
}

static bool
is_late(const struct sg_child *host, sg_time now)
{
	for (const struct sg_call *call = host->calls; call != NULL; call = call->next)
		if (now > call->deadline)
			return true;
	return false;
}

void
sg_hosts_deadlines(struct sg_loop *loop)
{
	sg_time now = loop->sys->boot_time(loop->sys);
	for (size_t i = 0; i < SG_CHILDREN; i++) {
		struct sg_child *c = &loop->children[i];
		if (c->used && c->role == SG_ROLE_HOST && c->linked && is_late(c, now))
			sg_child_kill(loop, c);
	}
}

bool
sg_hosts_attest_ready(const struct sg_loop *loop)
{
	const struct sg_strings *steps = &loop->gate->catalogue->attest;
	for (size_t i = 0; i < steps->count; i++) {
		struct sg_child *host = host_named((struct sg_loop *)loop, "attest.", steps->items[i]);
		if (host == NULL || !host->ready)
			return false;
	}
	return true;
}
