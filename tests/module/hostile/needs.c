/* SPDX-License-Identifier: Apache-2.0
 * A module in good order that has another library loaded, from elsewhere: how, says the linker's line. */
#include <stepgate/attest.h>

static enum sg_status
look(void *state, const struct sg_attest_in *in, struct sg_attest_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)err;
	sg_fact(out, "a", "b", SG_FACT_HINT);
	return SG_OK;
}

static const struct sg_attest_ops operations = {sizeof(operations), look};

SG_MODULE(attest, NEEDS, .attest = &operations);
