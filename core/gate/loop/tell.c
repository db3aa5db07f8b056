/* SPDX-License-Identifier: Apache-2.0
 * Words to the supervisor. */
#include "gate/loop/loop.h"

#include <stdarg.h>
#include <stdio.h>

bool
sg_supervisor_send(struct sg_loop *loop, enum sg_frame_type type, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	int len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return len >= 0 && (size_t)len < sizeof(text) &&
	       sg_link_queue(&loop->supervisor, type, 0, (struct sg_str){text, (size_t)len}, -1, NULL) == SG_OK;
}
