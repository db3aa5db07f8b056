/* SPDX-License-Identifier: Apache-2.0
 * Connections and requests by their ids. */
#include "gate/desk/desk.h"

#include "base/str.h"

struct sg_conn *
sg_conn_find(struct sg_gate *gate, uint64_t id)
{
	char key[17];
	sg_hex_number(key, id);
	return sg_table_get(&gate->conns, (struct sg_str){key, 16});
}

struct sg_request *
sg_request_find(struct sg_gate *gate, uint64_t id)
{
	char key[17];
	sg_hex_number(key, id);
	return sg_table_get(&gate->requests, (struct sg_str){key, 16});
}
