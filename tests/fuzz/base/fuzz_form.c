/* SPDX-License-Identifier: Apache-2.0
 * Forms of arbitrary texts: the first byte names the form. What is written is its own normal form, and nothing in it was refused in the text. */
#include "base/form.h"
#include "base/str.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition) ((condition) ? (void)0 : abort())

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_buf out, again;
	const char *why = NULL;
	if (len == 0)
		return 0;
	enum sg_form form = (enum sg_form)(bytes[0] % SG_FORM_COUNT);
	struct sg_str text = {(const char *)bytes + 1, len - 1};
	sg_buf_init(&out, 1 << 20);
	sg_buf_init(&again, 1 << 20);
	enum sg_spelling got = sg_form_write(form, text, &out, &why);
	MUST((got == SG_SPELLING_REFUSED) == (why != NULL));
	MUST(got != SG_SPELLING_REFUSED || out.len == 0);
	MUST((got == SG_SPELLING_NORMAL) == (got != SG_SPELLING_REFUSED && sg_str_eq(sg_buf_view(&out), text)));
	if (got != SG_SPELLING_REFUSED)
		MUST(sg_form_write(form, sg_buf_view(&out), &again, NULL) == SG_SPELLING_NORMAL);
	sg_buf_done(&out);
	sg_buf_done(&again);
	return 0;
}
