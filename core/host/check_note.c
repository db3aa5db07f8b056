/* SPDX-License-Identifier: Apache-2.0
 * What a step says: the first word counts. */
#include "host/check_step.h"

#include <stdarg.h>
#include <stdio.h>

static void
write_note(struct sg_check *c, enum sg_check_end end, const char *format, va_list args)
{
	if (c->note->end != SG_CHECK_NOTHING)
		return; /* the first word counts */
	vsnprintf(c->note->text, sizeof(c->note->text), format, args);
	c->note->end = end;
}

bool
sg_check_fail(struct sg_check *c, enum sg_promise promise, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (c->note->end == SG_CHECK_NOTHING)
		c->note->promise = promise;
	write_note(c, SG_CHECK_FAILED, format, args);
	va_end(args);
	return false;
}

bool
sg_check_skip(struct sg_check *c, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	write_note(c, SG_CHECK_SKIPPED, format, args);
	va_end(args);
	return false;
}

void
sg_check_at(struct sg_check *c, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(c->note->at, sizeof(c->note->at), format, args);
	va_end(args);
}
