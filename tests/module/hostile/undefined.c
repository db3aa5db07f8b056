/* SPDX-License-Identifier: Apache-2.0
 * Wants a function of the host's that it was not given. */
#include <stepgate/attest.h>

void sg_link_queue(void);

static enum sg_status
look(void *state, const struct sg_attest_in *in, struct sg_attest_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)out, (void)err;
	sg_link_queue();
	return SG_OK;
}

static const struct sg_attest_ops operations = {sizeof(operations), look};
SG_MODULE(attest, "undefined", .attest = &operations);
