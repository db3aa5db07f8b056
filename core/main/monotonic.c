/* SPDX-License-Identifier: Apache-2.0
 * Time that stands still while the machine sleeps. */
#include "main/supervisor.h"

#include <time.h>

sg_time
sg_supervisor_monotonic(void)
{
	struct timespec now = {0};
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (sg_time)now.tv_sec * SG_SEC + now.tv_nsec;
}
