/* SPDX-License-Identifier: Apache-2.0
 * JSON that a test is about. */
#include "main/stepgate_policy.h"

enum { NODES = 1 << 20 };

const struct sg_json *
sg_try_parse(struct sg_try *try, struct sg_str text)
{
	static const struct sg_json_limits limits = {.bytes = 4 << 20, .nodes = NODES};
	const struct sg_json *root = NULL;
	return sg_json_parse(&try->arena, text, &limits, &root, NULL) == SG_OK ? root : NULL;
}
