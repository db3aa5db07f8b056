/* SPDX-License-Identifier: Apache-2.0
 * Time in which the gate itself stood still is nobody's: what was answered meanwhile is not read yet, what was asked is not sent. */
#include "gate/loop/loop.h"

enum { NOTICED_MS = 20 };

static void
move_child(struct sg_child *c, sg_time stood)
{
	c->since += stood;
	c->head_since += stood;
	c->answered += stood;
	c->progress_at += stood;
	c->asked_about.since += stood;
	for (struct sg_call *call = c->calls; call != NULL; call = call->next)
		call->deadline += stood;
}

sg_time
sg_loop_stood(struct sg_loop *loop, sg_time from)
{
	sg_time now = loop->sys->boot_time(loop->sys), stood = now - from;
	if (stood < NOTICED_MS * SG_MSEC)
		return now;
	for (size_t i = 0; i < loop->children_top; i++)
		if (loop->children[i].used)
			move_child(&loop->children[i], stood);
	for (struct sg_look *look = loop->looks; look != NULL; look = look->next)
		look->since += stood;
	for (struct sg_question *q = loop->queue; q != NULL; q = q->next)
		q->since += stood;
	return now;
}
