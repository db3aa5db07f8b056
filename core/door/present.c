/* SPDX-License-Identifier: Apache-2.0
 * What a peer presented, told to the gate. */
#include "door/conn.h"

#include "base/octets.h"

#include <stepgate/verify.h>

bool
sg_door_present(struct sg_door *door, struct sg_door_conn *conn, unsigned form, struct sg_str bytes)
{
	struct sg_buf payload;
	unsigned char head[2];
	sg_buf_init(&payload, SG_PRESENTED_MAX + sizeof(head));
	sg_octets_put(head, form, sizeof(head));
	sg_buf_add(&payload, head, sizeof(head));
	sg_buf_str(&payload, bytes);
	bool good = !payload.failed && sg_link_queue(&door->gate, SG_FRAME_D_PRESENTED, conn->id, sg_buf_view(&payload), -1, NULL) == SG_OK;
	sg_buf_done(&payload);
	return good;
}
