/* SPDX-License-Identifier: Apache-2.0
 * Every MCP method is decided, passed, filtered or refused, for a reason that is written down; one that is not in the table is refused. */
#include "unit/cases.h"

#include "base/str.h"
#include "enforce/method.h"

#include <string.h>

static void
test_rows(void)
{
	size_t count = 0;
	const struct sg_method *rows = sg_methods(&count);
	CU_ASSERT_TRUE(count > 30);
	for (size_t i = 0; i < count; i++) {
		bool decided = rows[i].treatment == SG_METHOD_DECIDED;
		CU_ASSERT_TRUE(strlen(rows[i].why) >= 10);
		CU_ASSERT_EQUAL(decided, rows[i].action[0] != '\0');
		CU_ASSERT_EQUAL(decided, rows[i].subject[0] != '\0');
		CU_ASSERT_PTR_EQUAL(sg_method_find(rows[i].side, sg_str(rows[i].name)), &rows[i]); /* once only */
	}
}

static void
treated(enum sg_side side, const char *name, enum sg_treatment treatment)
{
	const struct sg_method *row = sg_method_find(side, sg_str(name));
	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	CU_ASSERT_EQUAL(row->treatment, treatment);
}

static void
test_treatment(void)
{
	static const char *const unknown[] = {"", "tools/Call", "tools/call ", "tools", "tasks/new", "resources/write", "rpc.discover", "notifications/message"};
	treated(SG_SIDE_CLIENT, "completion/complete", SG_METHOD_DECIDED);
	treated(SG_SIDE_CLIENT, "tools/list", SG_METHOD_FILTERED);
	treated(SG_SIDE_CLIENT, "resources/list", SG_METHOD_PASSED);
	treated(SG_SIDE_CLIENT, "resources/templates/list", SG_METHOD_PASSED);
	treated(SG_SIDE_CLIENT, "prompts/list", SG_METHOD_PASSED);
	treated(SG_SIDE_CLIENT, "logging/setLevel", SG_METHOD_PASSED);
	treated(SG_SIDE_CLIENT, "tasks/get", SG_METHOD_REFUSED);
	treated(SG_SIDE_CLIENT, "tasks/result", SG_METHOD_REFUSED);
	treated(SG_SIDE_CLIENT, "tasks/list", SG_METHOD_REFUSED);
	treated(SG_SIDE_CLIENT, "tasks/cancel", SG_METHOD_REFUSED);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		CU_ASSERT_PTR_NULL(sg_method_find(SG_SIDE_CLIENT, sg_str(unknown[i])));
}

SG_CASES("enforce.method", {"every row has a reason", test_rows}, {"what is decided, passed, refused", test_treatment})
