/* SPDX-License-Identifier: Apache-2.0
 * Text for a manual page. */
#include "ctl/ctl.h"

void
sg_ctl_man_text(FILE *to, const char *from)
{
	if (from[0] == '.' || from[0] == '\'')
		fputs("\\&", to);
	for (; *from != '\0'; from++)
		if (*from == '\\')
			fputs("\\e", to);
		else if (*from == '-')
			fputs("\\-", to);
		else
			fputc(*from, to);
}
