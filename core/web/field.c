/* SPDX-License-Identifier: Apache-2.0
 * Fields of a form. */
#include "web/web.h"

#include "base/str.h"

#include <string.h>

struct sg_str
sg_web_field(const struct sg_web_request *r, const char *name)
{
	for (size_t i = 0; i < r->field_count; i++)
		if (strcmp(r->fields[i].name, name) == 0 && r->fields[i].value.len > 0)
			return r->fields[i].value;
	return SG_STR("");
}
