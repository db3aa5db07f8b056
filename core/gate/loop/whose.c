/* SPDX-License-Identifier: Apache-2.0
 * Whose question or call it is, so that one agent never stands before all others. */
#include "gate/loop/loop.h"
#include "gate/wire/wire.h"

uint64_t
sg_whose_agent(struct sg_str name)
{
	uint64_t tag = UINT64_C(14695981039346656037); /* FNV-1a; a collision only makes two share a share */
	for (size_t i = 0; i < name.len; i++)
		tag = (tag ^ (unsigned char)name.ptr[i]) * UINT64_C(1099511628211);
	return tag;
}

uint64_t
sg_whose(const struct sg_loop *loop, uint64_t id)
{
	const struct sg_request *r = sg_request_find(loop->gate, id);
	return r == NULL || r->agent == NULL ? 0 : sg_whose_agent(r->agent->name);
}
