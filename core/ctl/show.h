/* SPDX-License-Identifier: Apache-2.0
 * Showing text to people. What agents, outsiders or files wrote may hold escape sequences, characters that turn the
 * direction of writing, and invisible ones: each is shown as \u and its number, so that what is read is what is there.
 */
#ifndef SG_CTL_SHOW_H
#define SG_CTL_SHOW_H

#include "ctl/ctl.h"

/* Appends `text` with everything invisible or steering made visible: \n, \t, \u202e, \u{e0041}, \xff for bytes that are
 * no UTF-8; a backslash becomes \\, so that no text can look like an escape. */
void sg_show_text(struct sg_buf *out, struct sg_str text);
/* The same for JSON bytes, where a backslash already is an escape: stays JSON that means the same. */
void sg_show_json(struct sg_buf *out, struct sg_str json);

/* One JSON value, or a line for another program, as a line on stdout, shown as above. It may end with a line feed. False: it was not written, or not all of it. */
bool sg_show_line(struct sg_str json);
/* The same, at once: the only way by which --json prints anything. */
void sg_show_answer(struct sg_str json);

/* "  name        value" on stdout, shown as above. An absent or empty value prints nothing. */
void sg_show_row(const char *name, struct sg_str value);
void sg_show_rowf(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A member of `object`: a string as text, anything else as JSON. */
void sg_show_member(const char *name, const struct sg_json *object, const char *member);
int64_t sg_show_int(const struct sg_json *object, const char *member);
bool sg_show_bool(const struct sg_json *object, const char *member);
/* Escaped, on stdout, padded to `width` with spaces. */
void sg_show_cell(struct sg_str text, int width);

/* "2026-08-01 12:00:00Z" */
void sg_show_time(char out[32], int64_t unix_seconds);

/* A verdict or a state in its colour, padded to `width`. */
void sg_show_verdict(const struct sg_ctl *ctl, struct sg_str verdict, int width);

/* One leaf as one line on stdout. */
void sg_show_leaf(const struct sg_ctl *ctl, const struct sg_json *leaf);

/* approvals.c: one approval, as approvals show prints it. */
void sg_ctl_approval_show(const struct sg_ctl *ctl, const struct sg_json *approval);

#endif
