/* SPDX-License-Identifier: Apache-2.0
 * Errors: status, code and a text that is cut, never refused. */
#include "base/err.h"
#include "unit/cases.h"

#include <string.h>

static void
test_fail(void)
{
	struct sg_err err = {0};
	CU_ASSERT_FALSE(sg_err_is_set(&err));
	CU_ASSERT_EQUAL(sg_fail(&err, SG_LIMIT, "too_many", "%d of %d", 3, 2), SG_LIMIT);
	CU_ASSERT(sg_err_is_set(&err));
	CU_ASSERT_EQUAL(err.status, SG_LIMIT);
	CU_ASSERT_STRING_EQUAL(err.code, "too_many");
	CU_ASSERT_STRING_EQUAL(err.text, "3 of 2");
	CU_ASSERT(err.line > 0 && strstr(err.file, "test_err.c") != NULL);
	CU_ASSERT_EQUAL(sg_fail(NULL, SG_REFUSED, "no", "nothing to write to"), SG_REFUSED);
}

static void
test_cut(void)
{
	struct sg_err err = {0};
	char longer[400];
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	sg_fail(&err, SG_BUG, "long", "%s", longer);
	CU_ASSERT_EQUAL(strlen(err.text), sizeof(err.text) - 1);
}

static void
test_names(void)
{
	CU_ASSERT_STRING_EQUAL(sg_status_name(SG_OK), "ok");
	CU_ASSERT_STRING_EQUAL(sg_status_name(SG_REFUSED), "refused");
	CU_ASSERT_STRING_EQUAL(sg_status_name(SG_BUG), "bug");
	CU_ASSERT_STRING_EQUAL(sg_status_name((enum sg_status)7), "bug");
	CU_ASSERT_STRING_EQUAL(sg_status_name((enum sg_status) - 99), "bug");
}

SG_CASES("base.err", {"a failure is one line", test_fail}, {"long texts are cut", test_cut},
	 {"every status has a word", test_names})
