/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a grant: whatever is taken names what it is and lies within the bytes. */
#include "conf/grant.h"

#include "base/str.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
within(struct sg_str part, const char *from, size_t size)
{
	if (part.len > 0 && (part.ptr < from || part.ptr + part.len > from + size))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sg_grant g = {.kind = SG_GRANT_none};
	const char *from = (const char *)data;
	if (!sg_grant_read((struct sg_str){from, size}, &g))
		return 0;
	if (g.kind == SG_GRANT_none || g.name.len == 0 || (g.rest.len == 0) != sg_grant_is_permission(g.kind) || (g.kind == SG_GRANT_tcp) != (g.port.len > 0))
		abort();
	within(g.name, from, size);
	within(g.rest, from, size);
	within(g.host, from, size);
	within(g.port, from, size);
	return 0;
}
