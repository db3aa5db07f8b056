/* SPDX-License-Identifier: Apache-2.0
 * Connections and requests by their ids. */
#include "gate/desk/desk.h"

struct sg_conn *
sg_conn_find(const struct sg_gate *gate, uint64_t id)
{
	return sg_table_get(&gate->conns, sg_number_key(&id));
}

struct sg_request *
sg_request_find(struct sg_gate *gate, uint64_t id)
{
	return sg_table_get(&gate->requests, sg_number_key(&id));
}
