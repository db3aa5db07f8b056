/* SPDX-License-Identifier: Apache-2.0
 * The unit readers on arbitrary bytes, against a second reading that knows nothing of theirs: digits by strtoull, units
 * by a list. What one accepts is in bounds, begins with a digit and is written back as something that means the same;
 * at most one of them accepts. */
#include "conf/unit.h"
#include "conf/written.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition)                                                                                                \
	if (!(condition))                                                                                              \
	abort()

static const struct {
	const char *name;
	bool size;
	uint64_t factor;
} units[] = {{"ms", false, 1},
	     {"s", false, 1000},
	     {"m", false, 60000},
	     {"h", false, 3600000},
	     {"d", false, 86400000},
	     {"B", true, 1},
	     {"KiB", true, UINT64_C(1) << 10},
	     {"MiB", true, UINT64_C(1) << 20},
	     {"GiB", true, UINT64_C(1) << 30}};

/* What it means by the second reading; -1: nothing. */
static int64_t
meant(const char *text, size_t len, bool size)
{
	char copy[64], *end;
	if (len == 0 || len >= sizeof(copy) || memchr(text, '\0', len) != NULL || text[0] < '0' || text[0] > '9' ||
	    (text[0] == '0' && len > 1 && text[1] >= '0' && text[1] <= '9'))
		return -1;
	memcpy(copy, text, len);
	copy[len] = '\0';
	errno = 0;
	uint64_t number = strtoull(copy, &end, 10);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].size == size && strcmp(end, units[i].name) == 0 && errno == 0 &&
		    number <= (UINT64_C(1) << 53) / units[i].factor)
			return (int64_t)(number * units[i].factor);
	return -1;
}

static void
check(struct sg_str text, bool size)
{
	char written[32];
	int64_t value = -1, again = -1;
	bool (*read)(struct sg_str, int64_t *) = size ? sg_conf_size : sg_conf_duration;
	bool taken = read(text, &value);
	MUST(taken == (value >= 0) && value == meant(text.ptr, text.len, size));
	if (!taken)
		return;
	sg_conf_number_write(written, size ? SG_CONF_SIZE_OPTION : SG_CONF_DURATION_OPTION, value);
	MUST(read((struct sg_str){written + 1, strlen(written) - 2}, &again) && again == value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_str text = {(const char *)bytes, len};
	int64_t value = 0;
	int takers = sg_conf_duration(text, &value) + sg_conf_size(text, &value) + sg_conf_mode(text, &value) +
		     sg_conf_date(text);
	MUST(takers <= 1 && value >= 0 && value <= INT64_C(9007199254740992));
	MUST(takers == 0 || (bytes[0] >= '0' && bytes[0] <= '9'));
	check(text, false);
	check(text, true);
	return 0;
}
