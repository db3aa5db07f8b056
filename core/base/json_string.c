/* SPDX-License-Identifier: Apache-2.0
 * One JSON string, decoded in place: decoding never lengthens, so the write end never overtakes the read end. */
#include "base/json_scan.h"

static const struct sg_json_problem half_hex = {"json_syntax", "\\u needs four hexadecimal digits"},
				    half_pair = {"json_surrogate", "half of a surrogate pair"},
				    bad_escape = {"json_syntax", "unknown escape"},
				    not_closed = {"json_syntax", "the string is not closed"},
				    raw_control = {"json_control", "raw control character in a string"},
				    bad_utf8 = {"json_utf8", "not UTF-8"};

/* Four hexadecimal digits at `at`, or -1. Stops at the NUL behind the text. */
static int32_t
hex4(const char *at)
{
	int32_t value = 0;
	for (int i = 0; i < 4; i++) {
		char c = at[i];
		int digit = c >= '0' && c <= '9'                 ? c - '0'
			    : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
								 : -1;
		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

static char *
put_utf8(char *to, int32_t c)
{
	if (c < 0x80) {
		*to++ = (char)c;
		return to;
	}
	int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const int mark[] = {0, 0xC0, 0xE0, 0xF0};
	*to++ = (char)(mark[more] | c >> (6 * more));
	while (more-- > 0)
		*to++ = (char)(0x80 | (c >> (6 * more) & 0x3F));
	return to;
}

static const struct sg_json_problem *
read_unicode(struct sg_json_text *r, char **to)
{
	int32_t c = hex4(r->at + 2);
	if (c < 0)
		return &half_hex;
	if (c >= 0xD800 && c <= 0xDFFF) {
		int32_t low = c < 0xDC00 && r->at[6] == '\\' && r->at[7] == 'u' ? hex4(r->at + 8) : -1;
		if (low < 0xDC00 || low > 0xDFFF)
			return &half_pair;
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
		r->at += 6;
	}
	r->at += 6;
	*to = put_utf8(*to, c);
	return NULL;
}

static const struct sg_json_problem *
read_escape(struct sg_json_text *r, char **to)
{
	static const char from[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	char c = r->at[1];
	if (c == 'u')
		return read_unicode(r, to);
	const char *known = c == '\0' ? NULL : strchr(from, c);
	if (known == NULL)
		return &bad_escape;
	*(*to)++ = means[known - from];
	r->at += 2;
	return NULL;
}

/* Whatever is not plain within a string: escape, UTF-8 sequence, or an error. */
static const struct sg_json_problem *
read_special(struct sg_json_text *r, char **to)
{
	if (*r->at == '\\')
		return read_escape(r, to);
	if (r->at == r->end)
		return &not_closed;
	if ((unsigned char)*r->at < 0x20)
		return &raw_control;
	size_t len = sg_json_utf8(r->at, r->end);
	if (len == 0)
		return &bad_utf8;
	memmove(*to, r->at, len);
	*to += len;
	r->at += len;
	return NULL;
}

const struct sg_json_problem *
sg_json_text(struct sg_json_text *r)
{
	char *from = r->at, *to = from;
	for (;;) {
		size_t run = sg_json_plain(r->at, r->end);
		if (to != r->at)
			memmove(to, r->at, run);
		to += run;
		r->at += run;
		if (*r->at == '"')
			break;
		const struct sg_json_problem *problem = read_special(r, &to);
		if (problem != NULL)
			return problem;
	}
	r->at++;
	r->out = (struct sg_str){from, (size_t)(to - from)};
	return NULL;
}
