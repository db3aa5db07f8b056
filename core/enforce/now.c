/* SPDX-License-Identifier: Apache-2.0
 * Time that passes. */
#include "enforce/proxy.h"

#include "base/sys.h"

int64_t
sg_mcp_now_ms(void)
{
	return (int64_t)(sg_sys_real.boot_time(&sg_sys_real) / SG_MSEC);
}
