/* SPDX-License-Identifier: Apache-2.0
 * Match expressions: whatever the bytes, an expression or a reason. An expression written again from its parts is itself; `=` and `!=` never
 * agree. The part behind the first NUL is the value it is held against. */
#include "base/match.h"

#include "base/str.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition)                                                                                                \
	if (!(condition))                                                                                              \
	abort()

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const size_t marks[] = {[SG_MATCH_IS] = 1, [SG_MATCH_NOT] = 2, [SG_MATCH_LIKE] = 1, [SG_MATCH_HAS] = 0};
	struct sg_str value = {(const char *)bytes, len}, text = sg_str_cut(&value, '\0');
	struct sg_match m;
	const char *why = NULL;
	if (!sg_match_read(text, &m, &why)) {
		MUST(why != NULL);
		return 0;
	}
	MUST(m.step.len > 0 && m.name.len > m.step.len + 1);
	MUST(m.name.ptr == text.ptr && m.name.len + marks[m.op] + m.value.len == text.len);
	MUST(!m.narrows || m.op == SG_MATCH_IS || m.op == SG_MATCH_LIKE);
	struct sg_match other = m;
	other.op = m.op == SG_MATCH_NOT ? SG_MATCH_IS : SG_MATCH_NOT;
	if (value.ptr == NULL)
		value = (struct sg_str){"", 0};
	bool holds = sg_match_holds(&m, value);
	if (m.op == SG_MATCH_IS || m.op == SG_MATCH_NOT)
		MUST(holds != sg_match_holds(&other, value));
	return 0;
}
