/* SPDX-License-Identifier: Apache-2.0
 * A look begins: it stands in line at every step that can apply. */
#include "gate/loop/loop.h"

#include "base/str.h"

#include <stdlib.h>

enum { LOOK_BUDGET = 8 << 20 };

/* They may answer at once, so the look itself is not touched any more. */
static void
ask_all(struct sg_loop *loop)
{
	const struct sg_strings *steps = &loop->gate->catalogue->attest;
	for (size_t i = 0; i < steps->count; i++) {
		struct sg_child *host = sg_host_named(loop, "attest.", steps->items[i]);
		if (host != NULL)
			sg_looks_next(loop, host);
	}
}

bool
sg_hosts_look(void *self, uint64_t id, uint64_t conn_id)
{
	struct sg_loop *loop = self;
	const struct sg_catalogue *c = loop->gate->catalogue;
	struct sg_conn *conn = sg_conn_find(loop->gate, conn_id);
	struct sg_look *look = conn == NULL || c->attest.count == 0 || c->attest.count > SG_STEPS_MAX ? NULL : calloc(1, sizeof(*look));
	if (look == NULL || sg_looks_refuse(loop, conn)) {
		free(look);
		return false;
	}
	*look = (struct sg_look){.id = id, .conn = conn_id};
	sg_arena_init(&look->arena, LOOK_BUDGET);
	if (!sg_look_line_up(loop, look, conn)) {
		sg_arena_done(&look->arena);
		free(look);
		return false;
	}
	look->next = loop->looks;
	loop->looks = look;
	ask_all(loop);
	return true;
}
