/* SPDX-License-Identifier: Apache-2.0
 * What the frame D_LIMITS says: X(option of limits, member of struct sg_door_limits), each as u64, in this order. */
#ifndef SG_FRAME_LIMITS_H
#define SG_FRAME_LIMITS_H

#define SG_DOOR_LIMITS(X)              \
	X(max_body, max_body)          \
	X(connections, connections)    \
	X(head_timeout, head_ms)       \
	X(body_timeout, body_ms)       \
	X(idle_timeout, idle_ms)       \
	X(requests_per_connection, requests)

#endif
