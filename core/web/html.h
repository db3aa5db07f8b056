/* SPDX-License-Identifier: Apache-2.0
 * Text as HTML. Whatever was written by somebody else goes through sg_html_text: it is inert, and every character of it is seen. */
#ifndef SG_WEB_HTML_H
#define SG_WEB_HTML_H

#include "base/buf.h"
#include "base/json.h"

/* Markup of ours, as it is. */
void sg_html(struct sg_buf *out, const char *markup);
/* Escaped. What is not seen where it stands (control, bidirectional, zero width, odd blanks) is its number in a mark; letters beyond ASCII, which look like others, are
 * underlined; the ends of lines are shown and kept. */
void sg_html_text(struct sg_buf *out, struct sg_str text);
/* In an attribute's quotes: escaped, and nothing else. */
void sg_html_attribute(struct sg_buf *out, struct sg_str text);
/* A JSON value as rows of names and values, nested. */
void sg_html_value(struct sg_buf *out, const struct sg_json *value);
/* "<dt>name</dt><dd>text</dd>"; nothing where the text is empty. */
void sg_html_row(struct sg_buf *out, const char *name, struct sg_str text);

#endif
