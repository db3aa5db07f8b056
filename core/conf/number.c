/* SPDX-License-Identifier: Apache-2.0
 * Numbers of the document with their units. */
#include "conf/unit.h"
#include "conf/written.h"

#include <stdio.h>

void
sg_conf_number_write(char out[32], enum sg_conf_type type, int64_t number)
{
	static const struct {
		enum sg_conf_type type;
		int64_t factor;
		const char *unit;
	} scales[] = {
		{SG_CONF_DURATION_OPTION, 86400000, "d"},
		{SG_CONF_DURATION_OPTION, 3600000, "h"},
		{SG_CONF_DURATION_OPTION, 60000, "m"},
		{SG_CONF_DURATION_OPTION, 1000, "s"},
		{SG_CONF_DURATION_OPTION, 1, "ms"},
		{SG_CONF_SIZE_OPTION, 1 << 30, "GiB"},
		{SG_CONF_SIZE_OPTION, 1 << 20, "MiB"},
		{SG_CONF_SIZE_OPTION, 1 << 10, "KiB"},
		{SG_CONF_SIZE_OPTION, 1, "B"},
	};
	if (type == SG_CONF_LIFE_OPTION && number == SG_CONF_NEVER) {
		snprintf(out, 32, "\"never\"");
		return;
	}
	if (type == SG_CONF_LIFE_OPTION)
		type = SG_CONF_DURATION_OPTION;
	snprintf(out, 32, type == SG_CONF_MODE_OPTION ? "\"%04llo\"" : "%lld", (long long)number);
	for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
		if (scales[i].type != type || number % scales[i].factor != 0 || (number == 0 && scales[i].factor > 1))
			continue;
		snprintf(out, 32, "\"%lld%s\"", (long long)(number / scales[i].factor), scales[i].unit);
		return;
	}
}
