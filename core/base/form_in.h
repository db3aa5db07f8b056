/* SPDX-License-Identifier: Apache-2.0
 * One writer a form. For form*.c only. Each appends the normal form, or says what is wrong; then it may have appended something. */
#ifndef SG_BASE_FORM_IN_H
#define SG_BASE_FORM_IN_H

#include "base/form.h"

/* NULL: it is written. The text has 1 to SG_SPELLING_MAX bytes and no control character, but for exact. */
#define X(name, meaning) const char *sg_form_##name(struct sg_str text, struct sg_buf *out);
SG_FORMS(X)
#undef X

/* Small letters of ASCII. */
void sg_form_lower(struct sg_str text, struct sg_buf *out);
bool sg_form_is_letter(char c);
bool sg_form_is_digit(char c);

#endif
