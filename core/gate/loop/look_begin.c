/* SPDX-License-Identifier: Apache-2.0
 * A look begins: it stands in line at every step that can apply. It is asked for at the end of the turn, once for all who came in it from one process. */
#include "gate/loop/loop.h"

#include "base/str.h"

#include <stdlib.h>

enum { LOOK_BUDGET = 8 << 20 };

void
sg_looks_ask(struct sg_loop *loop)
{
	const struct sg_strings *steps = &loop->gate->catalogue->attest;
	if (!loop->looks_new)
		return;
	loop->looks_new = false;
	for (size_t i = 0; i < steps->count; i++) {
		struct sg_child *host = sg_host_named(loop, "attest.", steps->items[i]);
		if (host != NULL)
			sg_looks_next(loop, host);
	}
}

/* What the kernel said of both when they connected is the same, and neither has shown anything else. */
static bool
is_same_process(const struct sg_conn *one, const struct sg_conn *other)
{
	const struct sg_peer *a = &one->peer, *b = &other->peer;
	bool bare = one->presented[0].ptr == NULL && one->presented[1].ptr == NULL && other->presented[0].ptr == NULL && other->presented[1].ptr == NULL;
	return bare && !a->network && !b->network && a->start_time != 0 && a->start_time == b->start_time && a->pid == b->pid && a->uid == b->uid && a->gid == b->gid;
}

/* A look that has not begun answers everybody of that process who has come by then. */
static struct sg_look *
not_begun(struct sg_loop *loop, const struct sg_conn *conn)
{
	for (struct sg_look *look = loop->looks; look != NULL; look = look->next) {
		const struct sg_conn *other = look->asked || look->whom_count == SG_LOOK_SHARED || look->stack != loop->gate->catalogue->stack ? NULL : sg_look_conn(loop, look);
		if (other != NULL && is_same_process(other, conn))
			return look;
	}
	return NULL;
}

static struct sg_look *
begin(struct sg_loop *loop, const struct sg_conn *conn)
{
	struct sg_look *look = calloc(1, sizeof(*look));
	if (look == NULL)
		return NULL;
	sg_arena_init(&look->arena, LOOK_BUDGET);
	if (!sg_look_line_up(loop, look, conn)) {
		sg_arena_done(&look->arena);
		free(look);
		return NULL;
	}
	look->next = loop->looks;
	loop->looks = look;
	loop->looks_new = true;
	return look;
}

bool
sg_hosts_look(void *self, uint64_t id, uint64_t conn_id)
{
	struct sg_loop *loop = self;
	const struct sg_catalogue *c = loop->gate->catalogue;
	struct sg_conn *conn = sg_conn_find(loop->gate, conn_id);
	if (conn == NULL || c->attest.count == 0 || c->attest.count > SG_STEPS_MAX || sg_looks_refuse(loop, conn))
		return false;
	struct sg_look *look = not_begun(loop, conn);
	if (look == NULL && (look = begin(loop, conn)) == NULL)
		return false;
	look->whom[look->whom_count++] = (struct sg_look_for){id, conn_id};
	return true;
}
