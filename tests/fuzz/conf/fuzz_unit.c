/* SPDX-License-Identifier: Apache-2.0
 * The unit readers on arbitrary bytes: what one accepts is in bounds and begins with a digit; at most one of them
 * accepts. */
#include "conf/unit.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_str text = {(const char *)bytes, len};
	int64_t value = 0;
	int takers = sg_conf_duration(text, &value) + sg_conf_size(text, &value) + sg_conf_mode(text, &value) +
		     sg_conf_date(text);
	if (takers > 1 || value < 0 || value > INT64_C(9007199254740992))
		abort();
	if (takers == 1 && (bytes[0] < '0' || bytes[0] > '9'))
		abort();
	return 0;
}
