/* SPDX-License-Identifier: Apache-2.0
 * JSON for protocols where a line is a message: one value on one line that every reader takes for one line, whatever it splits at. */
#ifndef SG_BASE_JSON_LINE_H
#define SG_BASE_JSON_LINE_H

#include "base/buf.h"
#include "base/json.h"

/* Appends `value` without white space: names and strings canonical and escaped as below, numbers as their texts came, members in the order in which
 * they came. Failure is the buffer's sticky `failed`. Not for what is digested: that is base/canon.h. */
void sg_json_line(struct sg_buf *out, const struct sg_json *value);

/* Appends JSON text without white space (as sg_json_line and base/canon.h write it) with every character escaped at which some reader of lines
 * splits: Python's text files at CR, its splitlines also at VT, FF, FS, GS, RS, NEL, LS, PS; Node's readline at CR, LS, PS; Java's Scanner at CR, NEL, LS,
 * PS; .NET's at CR. So all of C0, DEL, C1, U+2028, U+2029. What stands raw below U+0020 cannot be escaped (it is white space or no JSON): `failed`. */
void sg_json_line_text(struct sg_buf *out, struct sg_str json);

#endif
