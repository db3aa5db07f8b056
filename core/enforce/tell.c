/* SPDX-License-Identifier: Apache-2.0
 * So many lines in a time, and how many more there were. */
#include "enforce/tell.h"

#include "enforce/proxy.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static struct {
	int64_t since_ms;
	unsigned lines;
	unsigned long left_out;
} told;

static bool
may_tell(void)
{
	int64_t now = sg_mcp_now_ms();
	if (told.since_ms == 0 || now - told.since_ms >= SG_TELL_WITHIN_MS) {
		if (told.left_out > 0)
			fprintf(stderr, "stepgate mcp: %lu lines like these were left out\n", told.left_out);
		told.since_ms = now;
		told.lines = 0;
		told.left_out = 0;
	}
	bool may = told.lines < SG_TELL_LINES;
	may ? told.lines++ : told.left_out++;
	return may;
}

void
sg_mcp_tell(const char *format, ...)
{
	char text[512];
	va_list args;
	if (!may_tell())
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(stderr, "stepgate mcp: %s\n", text);
}
