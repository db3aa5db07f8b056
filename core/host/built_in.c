/* SPDX-License-Identifier: Apache-2.0
 * The table of modules that are part of this program. */
#include "host/built_in.h"

#include "base/err.h"
#include "base/str.h"
#include "host/call.h"
#include "host/leaf.h"
#include "host/load.h"

#include <unistd.h>

const struct sg_module *
sg_built_in(enum sg_kind kind, const char *name)
{
	static const struct sg_module *const modules[] = {&sg_verify_jwt, &sg_verify_x509, &sg_leaf_ssh, &sg_leaf_x509};
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		if (modules[i]->kind == kind && strcmp(modules[i]->name, name) == 0)
			return modules[i];
	return NULL;
}
