/* SPDX-License-Identifier: Apache-2.0
 * Letters and digits of ASCII. */
#include "base/form_in.h"

bool
sg_form_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
sg_form_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

void
sg_form_lower(struct sg_str text, struct sg_buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? (char)(text.ptr[i] - 'A' + 'a') : text.ptr[i];
		sg_buf_add(out, &c, 1);
	}
}
