/* SPDX-License-Identifier: Apache-2.0
 * Processes the gate talks to: asked for, linked, read from, gone. */
#include "gate/loop/loop.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

static const char *
role_name(enum sg_role role)
{
	return role == SG_ROLE_DOOR ? "door" : role == SG_ROLE_WORKER ? "worker" : "host";
}

struct sg_child *
sg_child_spawn(struct sg_loop *loop, enum sg_role role, enum sg_face face, uid_t uid, const char *name, bool next)
{
	for (size_t i = 0; i < SG_CHILDREN; i++) {
		struct sg_child *child = &loop->children[i];
		if (child->used)
			continue;
		loop->children_top = i + 1 > loop->children_top ? i + 1 : loop->children_top;
		*child = (struct sg_child){.used = true, .role = role, .face = face, .uid = uid, .slot = ++loop->next_slot};
		child->source = (struct sg_source){SG_SOURCE_CHILD, -1};
		child->link.fd = -1;
		child->asked_at = loop->sys->boot_time(loop->sys);
		snprintf(child->name, sizeof(child->name), "%s", name);
		bool asked = sg_supervisor_send(loop, SG_FRAME_G_SPAWN,
						"{\"face\":\"%s\",\"name\":\"%s\",\"next\":%s,\"role\":\"%s\",\"slot\":%llu,\"uid\":%u}",
						sg_face_name(face), name, next ? "true" : "false", role_name(role), (unsigned long long)child->slot,
						(unsigned)uid);
		child->used = asked;
		return asked ? child : NULL;
	}
	return NULL;
}

struct sg_child *
sg_child_slot(struct sg_loop *loop, uint64_t slot)
{
	for (size_t i = 0; i < loop->children_top; i++)
		if (loop->children[i].used && loop->children[i].slot == slot)
			return &loop->children[i];
	return NULL;
}

void
sg_child_kill(struct sg_loop *loop, struct sg_child *child)
{
	sg_supervisor_send(loop, SG_FRAME_G_KILL, "{\"slot\":%llu}", (unsigned long long)child->slot);
	sg_child_gone(loop, child);
}

void
sg_child_gone(struct sg_loop *loop, struct sg_child *child)
{
	if (!child->used)
		return;
	if (child->link.fd >= 0)
		epoll_ctl(loop->epoll, EPOLL_CTL_DEL, child->link.fd, NULL);
	if (child->linked)
		sg_link_done(&child->link);
	child->linked = false;
	child->asked_at = 0;
	child->source.fd = -1;
	loop->parts[child->role].gone(loop, child);
}

/* The supervisor hands over what it was asked for within its next turn. What does not come is given up: else whoever waits for it waits for ever. */
void
sg_children_due(struct sg_loop *loop)
{
	sg_time now = loop->sys->boot_time(loop->sys);
	for (size_t i = 0; i < loop->children_top; i++) {
		struct sg_child *child = &loop->children[i];
		if (!child->used || child->asked_at == 0 || now - child->asked_at < SG_CHILD_COMES_S * SG_SEC)
			continue;
		if (loop->parts[child->role].missed != NULL)
			loop->parts[child->role].missed(loop, child);
		sg_child_kill(loop, child);
	}
}

void
sg_child_event(struct sg_loop *loop, struct sg_child *child, uint32_t events)
{
	uint64_t slot = child->slot;
	if (!child->linked)
		return;
	if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0)
		return;
	enum sg_status status = sg_link_fill(&child->link, NULL);
	struct sg_frame frame;
	enum sg_status got = SG_OK;
	while (child->used && child->slot == slot && child->linked && (got = sg_link_next(&child->link, &frame, NULL)) == SG_OK)
		if (!loop->parts[child->role].frame(loop, child, &frame)) {
			got = SG_MALFORMED;
			break;
		}
	if (!child->used || child->slot != slot || !child->linked)
		return;
	if (got == SG_MALFORMED) { /* a process that breaks the frame table is not asked again, it is killed */
		fprintf(stderr, "stepgated: gate: the process of %s sent what it may not send: it is ended, and begins anew\n", child->name[0] != '\0' ? child->name : role_name(child->role));
		sg_child_kill(loop, child);
	} else if (status != SG_OK && status != SG_AGAIN)
		sg_child_gone(loop, child);
}

bool
sg_loop_watch(struct sg_loop *loop, struct sg_source *source, uint32_t events, bool fresh)
{
	struct epoll_event event = {.events = events, .data.ptr = source};
	return epoll_ctl(loop->epoll, fresh ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, source->fd, &event) == 0;
}

/* One batched send per peer per turn; what does not fit waits for the socket to drain. */
void
sg_loop_flush(struct sg_loop *loop)
{
	while (loop->children_top > 0 && !loop->children[loop->children_top - 1].used)
		loop->children_top--;
	for (size_t i = 0; i < loop->children_top; i++) {
		struct sg_child *child = &loop->children[i];
		if (!child->used || !child->linked)
			continue;
		enum sg_status status = sg_link_pending(&child->link) ? sg_link_flush(&child->link, NULL) : SG_OK;
		uint32_t want = EPOLLIN | (status == SG_AGAIN ? EPOLLOUT : 0);
		if (status != SG_OK && status != SG_AGAIN)
			sg_child_gone(loop, child);
		else if (want != child->events && sg_loop_watch(loop, &child->source, want, false))
			child->events = want;
	}
	if (sg_link_pending(&loop->supervisor))
		sg_link_flush(&loop->supervisor, NULL);
}
