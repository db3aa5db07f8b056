/* SPDX-License-Identifier: Apache-2.0
 * Whose processes nobody looks at now. */
#include "gate/loop/loop.h"

bool
sg_is_blamed(const struct sg_loop *loop, uid_t uid)
{
	sg_time now = loop->sys->boot_time(loop->sys);
	for (size_t i = 0; i < SG_BLAMED; i++)
		if (loop->blamed[i].until > now && loop->blamed[i].uid == uid)
			return true;
	return false;
}

bool
sg_looks_refuse(struct sg_loop *loop, const struct sg_conn *conn)
{
	if (!conn->peer.network && sg_is_blamed(loop, conn->peer.uid))
		return true;
	return loop->strangers_until > loop->sys->boot_time(loop->sys) && sg_is_stranger(loop, conn);
}
