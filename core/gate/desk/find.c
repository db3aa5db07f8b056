/* SPDX-License-Identifier: Apache-2.0
 * Connections and requests by their ids. */
#include "gate/desk/desk.h"

#include "base/str.h"

#include <inttypes.h>
#include <stdio.h>

static void
id_key(char out[24], uint64_t id)
{
	snprintf(out, 24, "%" PRIx64, id);
}

struct sg_conn *
sg_conn_find(struct sg_gate *gate, uint64_t id)
{
	char key[24];
	id_key(key, id);
	return sg_table_get(&gate->conns, sg_str(key));
}

struct sg_request *
sg_request_find(struct sg_gate *gate, uint64_t id)
{
	char key[24];
	id_key(key, id);
	return sg_table_get(&gate->requests, sg_str(key));
}
