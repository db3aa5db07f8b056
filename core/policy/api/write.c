/* SPDX-License-Identifier: Apache-2.0
 * The reference of the Lua surface, generated: markdown for people, stubs for lua-language-server. Nothing here is
 * written by hand twice. */
#include "policy/api/write.h"

#include "base/str.h"

void
sg_policy_api_write(struct sg_buf *out, enum sg_policy_format format)
{
	format == SG_POLICY_MARKDOWN ? sg_api_markdown(out) : sg_api_stubs(out);
}
