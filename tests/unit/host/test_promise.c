/* SPDX-License-Identifier: Apache-2.0
 * Every promise that the conformance check can name stands in one line of its header, as the source tree has it. */
#include "host/promise.h"

#include "unit/cases.h"

#include <stdio.h>
#include <string.h>

static void
each_stands_in_its_line(void)
{
	char path[512], line[512];
	for (int i = 0; i < SG_PROMISE_COUNT; i++) {
		unsigned wanted = sg_promise_line((enum sg_promise)i), at = 0;
		snprintf(path, sizeof(path), SG_SOURCE_DIR "/core/include/stepgate/%s", sg_promises[i].header);
		FILE *file = fopen(path, "r");
		CU_ASSERT_PTR_NOT_NULL_FATAL(file);
		if (wanted == 0)
			printf("\n%s: \"%s\" stands in no line of %s, or in two\n", sg_promises[i].name, sg_promises[i].phrase, sg_promises[i].header);
		CU_ASSERT(wanted > 0);
		while (at < wanted && fgets(line, sizeof(line), file) != NULL)
			at++;
		CU_ASSERT(at == wanted && (wanted == 0 || strstr(line, sg_promises[i].phrase) != NULL));
		fclose(file);
	}
	CU_ASSERT(SG_PROMISE_COUNT > 30);
}

SG_CASES("host.promise", {"each stands in its line", each_stands_in_its_line})
