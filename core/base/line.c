/* SPDX-License-Identifier: Apache-2.0
 * Digits without printf. */
#include "base/line.h"

#include <stdint.h>

void
sg_line_number(struct sg_line *line, int64_t number)
{
	char text[24], *at = text + sizeof(text);
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
	do
		*--at = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (number < 0)
		*--at = '-';
	sg_line_str(line, (struct sg_str){at, (size_t)(text + sizeof(text) - at)});
}
