/* SPDX-License-Identifier: Apache-2.0
 * Looking at a peer: every step of the attestation stack is asked at once, and what they say becomes one set of facts. */
#include "gate/loop.h"

#include "base/canon.h"
#include "base/str.h"
#include "gate/request.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FACTS_MAX = 16 << 10 };

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
	struct sg_child *host = sg_host_named(loop, "attest.", step);
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
		     sg_host_remember(loop, host, 0, look->number);
	sg_buf_done(&request);
	return asked;
}
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

void
sg_look_answered(struct sg_loop *loop, const struct sg_child *host, uint64_t number, struct sg_str payload)
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

bool
sg_hosts_attest_ready(const struct sg_loop *loop)
{
	const struct sg_strings *steps = &loop->gate->catalogue->attest;
	for (size_t i = 0; i < steps->count; i++) {
		struct sg_child *host = sg_host_named((struct sg_loop *)loop, "attest.", steps->items[i]);
		if (host == NULL || !host->ready)
			return false;
	}
	return true;
}
