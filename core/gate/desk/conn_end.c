/* SPDX-License-Identifier: Apache-2.0
 * The end of a connection, and of what only waits there. */
#include "gate/desk/desk.h"

#include "base/peer.h"
#include "base/secret.h"
#include "base/str.h"

#include <stdlib.h>

void
sg_conn_free(struct sg_conn *conn)
{
	sg_peer_done(&conn->peer);
	sg_facts_done(&conn->facts);
	for (size_t i = 0; i < 2; i++) {
		sg_wipe((char *)conn->presented[i].ptr, conn->presented[i].len);
		free((char *)conn->presented[i].ptr);
	}
	free(conn);
}

void
sg_gate_disconnect(struct sg_gate *gate, uint64_t id)
{
	struct sg_conn *conn = sg_conn_find(gate, id);
	if (conn == NULL)
		return;
	struct sg_request *request = sg_request_find(gate, conn->request);
	sg_table_take(&gate->conns, sg_number_key(&conn->id));
	sg_conn_leaves(gate, conn);
	sg_conn_free(conn);
	/* what is already committed goes its way and is withheld; what only waits has nobody left to wait */
	if (request != NULL && (request->stage == SG_STAGE_POLL || request->stage == SG_STAGE_LOOK || request->stage == SG_STAGE_SLOWED || request->stage == SG_STAGE_LIST))
		sg_request_end(gate, request);
}
