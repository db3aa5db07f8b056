/* SPDX-License-Identifier: Apache-2.0
 * What comes from the supervisor: processes, sockets, configuration and policy. */
#include "gate/loop/loop.h"

#include "base/canon.h"
#include "base/confine.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

static void
link_child(struct sg_loop *loop, const struct sg_json *json, int fd)
{
	int64_t slot = 0, generation = 0, pid = 0;
	sg_json_int(sg_json_get(json, "slot"), &slot);
	sg_json_int(sg_json_get(json, "pid"), &pid);
	sg_json_int(sg_json_get(json, "generation"), &generation);
	struct sg_child *child = sg_child_slot(loop, (uint64_t)slot);
	if (child == NULL || child->linked) {
		close(fd);
		return;
	}
	sg_link_init(&child->link, fd, SG_ROLE_GATE, child->role);
	child->linked = true;
	child->asked_at = 0;
	child->pid = (int)pid;
	child->visible = pid > 0 && sg_confined_lists((int)pid) >= 0;
	child->generation = (uint64_t)generation;
	child->source.fd = fd;
	child->events = EPOLLIN;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	sg_loop_watch(loop, &child->source, EPOLLIN, true);
	if (child->role == SG_ROLE_DOOR)
		sg_door_linked(loop, child);
	else if (child->role == SG_ROLE_WORKER)
		sg_pool_pump(loop);
}

static void
add_listener(struct sg_loop *loop, const struct sg_json *json, int fd)
{
	struct sg_str face = {"", 0};
	sg_json_string(sg_json_get(json, "face"), &face);
	if (loop->listener_count == SG_LISTENERS || sg_face_named(face) == SG_FACE_NONE) {
		close(fd);
		return;
	}
	size_t i = loop->listener_count++;
	loop->gate->tls_open |= sg_str_is(face, "tls");
	loop->listeners[i].source = (struct sg_source){SG_SOURCE_LISTEN, fd};
	loop->listeners[i].face = sg_face_named(face);
	if (loop->accepting || (loop->admin_since != 0 && loop->listeners[i].face == SG_FACE_ADMIN)) /* the others are open already */
		sg_loop_watch(loop, &loop->listeners[i].source, EPOLLIN, true);
}

static void
take_policy(struct sg_loop *loop, struct sg_str manifest, uint64_t generation)
{
	sg_gate_policy(loop->gate, manifest, generation);
	loop->policy_known = true;
	sg_pool_fill(loop);
}

/* Configuration and policy change in the same step, so that nothing is decided by one of the new and one of the old. `text` is scratch. */
static enum sg_status
swap_in(struct sg_loop *loop, const struct sg_json *json, struct sg_buf *text, struct sg_err *err)
{
	int64_t generation = 0;
	sg_canon_write(text, sg_json_get(json, "document"));
	enum sg_status status = sg_gate_configure(loop->gate, sg_buf_view(text), err);
	sg_buf_clear(text);
	sg_canon_write(text, sg_json_get(json, "policy"));
	if (sg_json_int(sg_json_get(json, "generation"), &generation))
		take_policy(loop, sg_buf_view(text), (uint64_t)generation);
	sg_buf_clear(text);
	return status;
}

static void
reloaded(struct sg_loop *loop, uint64_t id, const struct sg_json *json)
{
	const struct sg_json *errors = sg_json_get(json, "errors"), *document = sg_json_get(json, "document");
	struct sg_buf text;
	struct sg_err err = {0};
	sg_buf_init(&text, SG_FRAME_MAX);
	bool good = errors != NULL && errors->count == 0 && document != NULL && document->type == SG_JSON_OBJECT;
	if (good && swap_in(loop, json, &text, &err) != SG_OK)
		sg_buf_printf(&text, "[{\"what\":\"%s\"}]", err.code);
	else if (!good && errors != NULL && errors->count > 0)
		sg_canon_write(&text, errors);
	else if (!good)
		sg_buf_text(&text, "[{\"what\":\"reload failed\"}]");
	sg_doors_limits(loop);
	sg_instances_settled(loop);
	sg_hosts_fill(loop); /* what was prepared is in use before anything is decided by the new document */
	sg_sinks_turn(loop); /* and a sink that must not lag from now on counts */
	sg_gate_reloaded(loop->gate, id, text.len == 0 ? (struct sg_str){NULL, 0} : sg_buf_view(&text));
	sg_buf_done(&text);
}

static bool
take_frame(struct sg_loop *loop, struct sg_frame *frame)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = SG_FRAME_MAX, .nodes = 1 << 20};
	bool good = true;
	if (frame->type == SG_FRAME_S_STOP) {
		loop->stop = true;
		return true;
	}
	sg_arena_init(&arena, 64 << 20);
	if (sg_canon_parse(&arena, frame->payload, &limits, &json, NULL) != SG_OK)
		good = false;
	else if (frame->type == SG_FRAME_S_CHILD)
		link_child(loop, json, frame->fd);
	else if (frame->type == SG_FRAME_S_LISTEN)
		add_listener(loop, json, frame->fd);
	else if (frame->type == SG_FRAME_S_POLICY)
		take_policy(loop, frame->payload, frame->id);
	else if (frame->type == SG_FRAME_S_RELOADED)
		reloaded(loop, frame->id, json);
	else if (frame->type == SG_FRAME_S_HELD)
		good = sg_gate_held(loop->gate, json);
	else if (frame->type == SG_FRAME_S_PREPARE)
		sg_instances_prepare(loop, frame->id, sg_json_get(json, "document"));
	sg_arena_done(&arena);
	return good;
}

bool
sg_supervisor_read(struct sg_loop *loop)
{
	struct sg_frame frame;
	enum sg_status filled = sg_link_fill(&loop->supervisor, NULL), status;
	while ((status = sg_link_next(&loop->supervisor, &frame, NULL)) == SG_OK)
		if (!take_frame(loop, &frame))
			return false;
	return status == SG_AGAIN && (filled == SG_OK || filled == SG_AGAIN);
}
