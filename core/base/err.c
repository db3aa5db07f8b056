/* SPDX-License-Identifier: Apache-2.0
 * Errors: filling one, naming one. Deciding what to do about it is the caller's business. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

enum sg_status
sg_fail_at(struct sg_err *err, const char *file, int line, enum sg_status status, const char *code, const char *format,
	   ...)
{
	if (err == NULL)
		return status;
	err->status = status;
	err->file = file;
	err->line = line;
	err->code = code;

	va_list args;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return status;
}

bool
sg_err_is_set(const struct sg_err *err)
{
	return err->status != SG_OK;
}

const char *
sg_status_name(enum sg_status status)
{
	static const char *const names[] = {"ok",	 "again",   "not_found", "refused",	"malformed",
					    "limit", "timeout", "no_memory", "unavailable", "bug"};
	int index = -(int)status;
	return index >= 0 && index < (int)(sizeof(names) / sizeof(names[0])) ? names[index] : "bug";
}
