/* SPDX-License-Identifier: Apache-2.0
 * The ttl of an issuer's stanza against the option with which its module says how long it makes any. */
#include "host/life.h"

#include "base/err.h"

#include <string.h>

/* The row that says it; SG_OPTIONS_MAX: there is none. */
static size_t
life_row(const struct sg_option *table)
{
	for (size_t i = 0; table != NULL && i < SG_OPTIONS_MAX && table[i].name != NULL; i++)
		if (strcmp(table[i].name, "lifetime_max") == 0 && table[i].type == SG_OPTION_INTEGER)
			return i;
	return SG_OPTIONS_MAX;
}

enum sg_status
sg_issue_life(struct sg_arena *arena, const struct sg_module *module, const struct sg_json *stanza, struct sg_err *err)
{
	struct sg_options options;
	int64_t ttl_ms = 0;
	size_t row = life_row(module->options);
	if (module->kind != SG_KIND_issue || row == SG_OPTIONS_MAX || !sg_json_int(sg_json_get(stanza, "ttl"), &ttl_ms))
		return SG_OK;
	enum sg_status status = sg_options_read(arena, module->options, sg_json_get(stanza, "options"), &options, err);
	if (status != SG_OK)
		return status;
	int64_t most = options.values[row].number;
	if (ttl_ms / 1000 < most || (ttl_ms / 1000 == most && ttl_ms % 1000 == 0))
		return SG_OK;
	return sg_fail(err, SG_REFUSED, "issue_ttl", "ttl is %lld ms, and issue/%s makes nothing that lives longer than lifetime_max, %lld s: lower ttl, or raise lifetime_max (at most %lld)",
		       (long long)ttl_ms, module->name, (long long)most, (long long)module->options[row].max);
}
