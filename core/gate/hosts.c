/* SPDX-License-Identifier: Apache-2.0
 * Hosts: calling modules, and what happens when a module is late or dead: its calls fail closed, it is killed, started again after a growing
 * pause. */
#include "gate/loop.h"

#include "base/canon.h"
#include "base/confine.h"
#include "base/str.h"
#include "gate/request.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BACKOFF_MAX_S = 60 };

struct sg_child *
sg_host_named(struct sg_loop *loop, const char *prefix, struct sg_str name)
{
	char full[80];
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
bool
sg_host_remember(struct sg_loop *loop, struct sg_child *host, uint64_t id, uint64_t look)
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
	struct sg_child *host = sg_str_is(name, "verify") ? sg_host_named(loop, "", name) : sg_host_named(loop, "issue.", name);
	return host != NULL && host->ready && sg_link_queue(&host->link, SG_FRAME_H_CALL, id, request, -1, NULL) == SG_OK &&
	       sg_host_remember(loop, host, id, 0);
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

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
	enum sg_profile profile = sg_json_is(json, "kind", "attest") ? SG_PROFILE_ATTEST : strncmp(host->name, "issue.", 6) == 0 ? SG_PROFILE_ISSUE : SG_PROFILE_VERIFY;
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
		sg_look_answered(loop, host, call->look, frame->payload);
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
			sg_look_answered(loop, host, call->look, (struct sg_str){NULL, 0});
		else if (call->id != 0)
			sg_gate_called(loop->gate, call->id, (struct sg_str){NULL, 0});
		free(call);
		call = next;
	}
}

static void
ensure(struct sg_loop *loop, const char *prefix, struct sg_str name)
{
	char full[80];
	struct sg_child *host = sg_host_named(loop, prefix, name);
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
