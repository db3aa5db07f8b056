/* SPDX-License-Identifier: Apache-2.0
 * Forms of arbitrary values: bounded in number and length, the same each time, and none of them longer than what a digest takes. */
#include "gate/state/values.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition) ((condition) ? (void)0 : abort())

struct seen {
	size_t count;
	uint64_t sum;
	bool whole_first;
};

static bool
each(void *to, struct sg_str form, enum sg_form_kind kind)
{
	struct seen *s = to;
	MUST(form.len >= SG_FORM_LEAST && form.len <= SG_FORM_MAX);
	for (size_t i = 0; i < form.len; i++)
		s->sum = s->sum * 31 + (unsigned char)form.ptr[i];
	s->sum = s->sum * 31 + kind;
	s->count++;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct seen one = {.count = 0}, two = {.count = 0};
	struct sg_str text = {(const char *)bytes, len};
	sg_value_forms(text, each, &one);
	sg_value_forms(text, each, &two);
	MUST(one.count <= SG_FORMS_OF_VALUE && one.count == two.count && one.sum == two.sum);
	return 0;
}
