/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a policy file: they load or are refused, and what loads can be asked. */
#include "base/digest.h"
#include "base/str.h"
#include "policy/policy.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const struct sg_policy_limits limits = {.memory = 8 << 20, .steps = 100000, .load_steps = 1000000};
	struct sg_policy_source source = {SG_STR("fuzz.lua"), {(const char *)bytes, len}};
	struct sg_policy *policy = NULL;
	struct sg_buf out;
	sg_digest_start(NULL);
	sg_buf_init(&out, 8 << 20);
	enum sg_status status = sg_policy_load(&source, 1, &limits, &policy, &out);
	if ((status == SG_OK) != (policy != NULL))
		abort();
	sg_buf_clear(&out);
	if (policy != NULL &&
	    sg_policy_judge(policy, SG_STR("{\"action\":{\"name\":\"pay.transfer\"},\"args\":{}}"), &out) != SG_OK)
		abort();
	sg_policy_free(policy);
	sg_buf_done(&out);
	return 0;
}
