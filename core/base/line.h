/* SPDX-License-Identifier: Apache-2.0
 * A short text made of parts, where printf would be most of the work: keys of tables, ids, what is hashed. */
#ifndef SG_BASE_LINE_H
#define SG_BASE_LINE_H

#include "base/str.h"

/* Borrows its bytes. After each step they end with NUL; what does not fit is cut off, as snprintf does, and `cut` says so. */
struct sg_line {
	char *ptr;
	size_t room, len; /* room: at least 1 */
	bool cut;
};

static inline void
sg_line_str(struct sg_line *line, struct sg_str text)
{
	size_t fits = line->room - 1 - line->len, take = text.len < fits ? text.len : fits;
	if (take > 0)
		memcpy(line->ptr + line->len, text.ptr, take);
	line->len += take;
	line->ptr[line->len] = '\0';
	line->cut |= take < text.len;
}

static inline void
sg_line_text(struct sg_line *line, const char *text)
{
	sg_line_str(line, (struct sg_str){text, strlen(text)});
}

static inline struct sg_line
sg_line_begin(char *out, size_t room, const char *text)
{
	struct sg_line line = {out, room, 0, false};
	sg_line_text(&line, text);
	return line;
}

static inline void
sg_line_number(struct sg_line *line, int64_t number)
{
	char room[SG_DECIMAL];
	sg_line_str(line, sg_decimal(room, number));
}

static inline struct sg_str
sg_line_view(const struct sg_line *line)
{
	return (struct sg_str){line->ptr, line->len};
}

/* Two parts, cut where they do not fit. */
static inline void
sg_line_join(char *out, size_t room, const char *first, struct sg_str second)
{
	struct sg_line line = sg_line_begin(out, room, first);
	sg_line_str(&line, second);
}

#endif
