/* SPDX-License-Identifier: Apache-2.0
 * Any JSON as what a test asks: a canonical request that policy takes, or a mistake that is told. */
#include "base/canon.h"
#include "base/digest.h"
#include "base/str.h"
#include "policy/fixture/fixture.h"
#include "policy/policy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const char policy_text[] =
	"rule{id='x',on='**',needs={count={'pay.*',within='1h'},since='a',order={'a','b'}},effect=allow{}}";

static struct sg_policy *
load(struct sg_arena *arena, const struct sg_json **manifest)
{
	static struct sg_policy *policy;
	static struct sg_buf report;
	struct sg_policy_source source = {SG_STR("fuzz.lua"), SG_STR(policy_text)};
	if (policy == NULL) {
		sg_buf_init(&report, 1 << 20);
		sg_digest_start(NULL);
		if (sg_policy_load(&source, 1, NULL, &policy, &report) != SG_OK)
			abort();
	}
	if (sg_json_parse(arena, sg_buf_view(&report), NULL, manifest, NULL) != SG_OK)
		abort();
	return policy;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_fixture fixture = {.actions = NULL};
	struct sg_fixture_error error;
	struct sg_buf request, answer;
	struct sg_arena arena;
	sg_buf_init(&request, SG_POLICY_INPUT);
	sg_buf_init(&answer, 8 << 20);
	sg_arena_init(&arena, 64 << 20);
	struct sg_policy *policy = load(&arena, &fixture.manifest);
	if (sg_json_parse(&arena, (struct sg_str){(const char *)bytes, len}, NULL, &fixture.ask, NULL) == SG_OK) {
		enum sg_status status = sg_fixture_write(&fixture, &arena, &request, &error);
		if (status == SG_OK ? sg_policy_judge(policy, sg_buf_view(&request), &answer) != SG_OK : error.what[0] == '\0')
			abort();
	}
	sg_arena_done(&arena);
	sg_buf_done(&answer);
	sg_buf_done(&request);
	return 0;
}
