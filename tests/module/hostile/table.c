/* SPDX-License-Identifier: Apache-2.0
 * A table of options without an end within its bound. */
#include <stepgate/attest.h>

static const struct sg_option many[] = {
#define ROW                                                                                                            \
	{                                                                                                              \
		"a", SG_OPTION_BOOL, "true"                                                                            \
	}
#define FOUR ROW, ROW, ROW, ROW
	FOUR, FOUR, FOUR, FOUR, FOUR, FOUR, FOUR, FOUR, ROW, {NULL}};

static enum sg_status
look(void *state, const struct sg_attest_in *in, struct sg_attest_out *out, struct sg_err *err)
{
	(void)state, (void)in, (void)out, (void)err;
	return SG_OK;
}

static const struct sg_attest_ops operations = {sizeof(operations), look};
SG_MODULE(attest, "table", .options = many, .attest = &operations);
