/* SPDX-License-Identifier: Apache-2.0
 * Takes every token for good. */
#include <stepgate/verify.h>

static enum sg_status
identify(void *state, const struct sg_identify_in *in, struct sg_attest_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)err;
	sg_fact(out, "sub", "anybody", SG_FACT_BOUNDARY);
	return SG_OK;
}

static const struct sg_verify_ops operations = {.size = sizeof(operations), .identify = identify};
SG_MODULE(verify, "careless", .verify = &operations);
