/* SPDX-License-Identifier: Apache-2.0
 * What a look at the letters of a text tells about its forms, before any of them is tried. */
#include "base/form.h"

#define AND(mark) SG_FORM_MARK_##mark

static const struct {
	unsigned all, any; /* a text that is another spelling has all of these, and one of those */
	size_t least;
} needs[SG_FORM_COUNT] = {
	[SG_FORM_email] = {AND(at), AND(upper) | AND(dot), 3},
	[SG_FORM_host] = {0, AND(upper) | AND(dot) | AND(colon), 1},
	[SG_FORM_iban] = {AND(digit), AND(lower) | AND(blank), 15},
	[SG_FORM_ip] = {0, AND(dot) | AND(colon), 2},
	[SG_FORM_name] = {0, AND(upper), 1},
	[SG_FORM_path] = {AND(slash), AND(slash), 2},
	[SG_FORM_relative] = {0, AND(slash), 2},
	[SG_FORM_uri] = {AND(colon) | AND(slash), AND(slash), 4},
	[SG_FORM_uuid] = {AND(minus), AND(upper), 36},
};

static unsigned
mark_of(char c)
{
	if (c >= 'a' && c <= 'z')
		return AND(lower);
	if (c >= 'A' && c <= 'Z')
		return AND(upper);
	if (c >= '0' && c <= '9')
		return AND(digit);
	switch (c) {
	case '.':
		return AND(dot);
	case ':':
		return AND(colon);
	case '/':
		return AND(slash);
	case '@':
		return AND(at);
	case '-':
		return AND(minus);
	case ' ':
		return AND(blank);
	default:
		return AND(other);
	}
}

unsigned
sg_form_marks(struct sg_str text)
{
	unsigned marks = 0;
	for (size_t i = 0; i < text.len; i++)
		marks |= mark_of(text.ptr[i]);
	return marks;
}

bool
sg_form_may_differ(enum sg_form form, unsigned marks, size_t len)
{
	return (unsigned)form < SG_FORM_COUNT && len >= needs[form].least && (marks & needs[form].all) == needs[form].all && (marks & needs[form].any) != 0;
}
