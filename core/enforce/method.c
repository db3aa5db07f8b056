/* SPDX-License-Identifier: Apache-2.0
 * The method table, looked up. */
#include "enforce/method.h"

#include "base/str.h"

static const struct sg_method rows[] = {
#define X(name, side, treatment, action, subject, why) {name, SG_SIDE_##side, SG_METHOD_##treatment, action, subject, why},
	SG_METHODS(X)
#undef X
};

const struct sg_method *
sg_methods(size_t *count)
{
	*count = sizeof(rows) / sizeof(rows[0]);
	return rows;
}

const struct sg_method *
sg_method_find(enum sg_side side, struct sg_str name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].side == side && sg_str_is(name, rows[i].name))
			return &rows[i];
	return NULL;
}
