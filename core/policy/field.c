/* SPDX-License-Identifier: Apache-2.0
 * The table of request fields, looked up. */
#include "policy/field.h"

#include "base/str.h"
#include "base/near.h"

const struct sg_field sg_fields[] = {
#define X(within, name, shape, type, meaning) {SG_SHAPE_##within, name, SG_SHAPE_##shape, type, meaning},
	SG_REQUEST_FIELDS(X)
#undef X
};
const size_t sg_field_count = sizeof(sg_fields) / sizeof(sg_fields[0]);

const struct sg_field *
sg_field_find(enum sg_shape within, struct sg_str name)
{
	for (size_t i = 0; i < sg_field_count; i++)
		if (sg_fields[i].within == within && sg_str_is(name, sg_fields[i].name))
			return &sg_fields[i];
	return NULL;
}

const char *
sg_field_hint(enum sg_shape within, struct sg_str name, char *out, size_t room)
{
	struct sg_near near = sg_near(name);
	for (size_t i = 0; i < sg_field_count; i++)
		if (sg_fields[i].within == within)
			sg_near_offer(&near, sg_str(sg_fields[i].name));
	return sg_near_hint(&near, '\'', NULL, out, room);
}

enum sg_shape
sg_shape_element(enum sg_shape list)
{
	return list == SG_SHAPE_CHAIN ? SG_SHAPE_LINK : list == SG_SHAPE_ORIGINS ? SG_SHAPE_ORIGIN : SG_SHAPE_NONE;
}

const char *
sg_shape_name(enum sg_shape shape)
{
	static const char *const names[] = {
		[SG_SHAPE_NONE] = "value",       [SG_SHAPE_REQUEST] = "the request",   [SG_SHAPE_ACTION] = "action",
		[SG_SHAPE_AGENT] = "agent",      [SG_SHAPE_APPROVAL] = "approval",     [SG_SHAPE_BUDGET] = "task.budget",
		[SG_SHAPE_INSTANCE] = "instance", [SG_SHAPE_LINK] = "task.chain[i]",   [SG_SHAPE_ORIGIN] = "provenance[i]",
		[SG_SHAPE_OUTCOME] = "outcome",  [SG_SHAPE_RESOURCE] = "resource",     [SG_SHAPE_TASK] = "task",
		[SG_SHAPE_TIME] = "time",        [SG_SHAPE_HERE] = "time.here",   [SG_SHAPE_OPEN] = "object",           [SG_SHAPE_LIST] = "list",
		[SG_SHAPE_CHAIN] = "task.chain", [SG_SHAPE_ORIGINS] = "provenance",    [SG_SHAPE_HISTORY] = "history",
		[SG_SHAPE_COUNT] = "history.count", [SG_SHAPE_DID] = "history.did",   [SG_SHAPE_SINCE] = "history.since",
		[SG_SHAPE_ORDER] = "history.order", [SG_SHAPE_SUM] = "history.sum",
		[SG_SHAPE_NEVER_TOGETHER] = "history.never_together",
	};
	return names[shape];
}
