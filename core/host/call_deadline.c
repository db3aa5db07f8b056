/* SPDX-License-Identifier: Apache-2.0
 * Until when a call may take. */
#include "host/call.h"

sg_time
sg_call_deadline(const struct sg_instance *instance)
{
	return instance->host.now(&instance->host) + instance->call_limit;
}
