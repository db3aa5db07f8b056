/* SPDX-License-Identifier: Apache-2.0
 * A good module but for its constructor, which runs before anybody can ask. */
#include <stepgate/attest.h>
#include <stdlib.h>

__attribute__((constructor)) static void
crash(void)
{
	abort();
}

static enum sg_status
look(void *state, const struct sg_attest_in *in, struct sg_attest_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)out, (void)err;
	return SG_OK;
}

static const struct sg_attest_ops operations = {sizeof(operations), look};
SG_MODULE(attest, "early", .attest = &operations);
