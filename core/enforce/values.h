/* SPDX-License-Identifier: Apache-2.0
 * What came back from a call, as values that the gate remembers: so policy can ask of an argument where it was first seen. */
#ifndef SG_ENFORCE_VALUES_H
#define SG_ENFORCE_VALUES_H

#include "base/buf.h"
#include "base/json.h"

/* A report must fit a request; what is beyond stays unknown to the gate, which is not the same as trusted. */
enum { SG_MCP_VALUES_BYTES = 40 << 10, SG_MCP_VALUES = 1024, SG_MCP_VALUE_BYTES = 16 << 10, SG_MCP_VALUES_DEPTH = 16 };

/* Appends texts and numbers of an answer's `result` (or `error`) as one canonical JSON array: structured content first, then texts, those that are
 * JSON as what they say. Images, sound and blobs are left out, and so are names of members. `[]` if there are none. */
void sg_mcp_values(struct sg_buf *out, const struct sg_json *answer);

#endif
