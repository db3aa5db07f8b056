/* SPDX-License-Identifier: Apache-2.0
 * A verify module that answers whatever its token says. */
#include <stepgate/verify.h>

#include <stdlib.h>
#include <string.h>

static enum sg_status
verify(void *state, const struct sg_verify_in *in, struct sg_verify_out *out, struct sg_err *err)
{
	(void)state, (void)err;
	if (in->token.len == 5 && memcmp(in->token.ptr, "crash", 5) == 0)
		abort();
	if (in->token.len == 4 && memcmp(in->token.ptr, "none", 4) == 0)
		return SG_OK;
	out->claims = in->token;
	return SG_OK;
}

static const struct sg_verify_ops operations = {sizeof(operations), verify};
SG_MODULE(verify, "rogue", .verify = &operations);
