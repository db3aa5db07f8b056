/* SPDX-License-Identifier: Apache-2.0
 * The id of a line that cannot be read: whatever the bytes, none or one that is JSON on its own, that no reader can split, and that every reader finds
 * where the line is good. */
#include "base/str.h"
#include "enforce/stray.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition)                                                                                                \
	if (!(condition))                                                                                              \
	abort()

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_mcp_stray stray;
	struct sg_mcp_message m;
	struct sg_buf out;
	struct sg_str line = {(const char *)bytes, len};
	sg_mcp_stray(&stray, line);
	for (const char *c = stray.id; *c != '\0'; c++)
		MUST((unsigned char)*c >= 0x20 && *c != 0x7f);
	sg_buf_init(&out, 64 << 10);
	sg_mcp_write_error(&out, sg_str(stray.id), SG_MCP_mcp_json);
	MUST(!out.failed && memchr(out.ptr, '\n', out.len) == out.ptr + out.len - 1);
	if (sg_mcp_read(&m, line, 1 << 20) == SG_MCP_FINE && m.id_text.len > 0)
		MUST(sg_str_is(m.id_text, stray.id));
	sg_arena_done(&m.arena);
	sg_buf_done(&out);
	return 0;
}
