/* SPDX-License-Identifier: Apache-2.0
 * A line that is no message: whose is it? Every request gets an answer, so what cannot be read is searched for the one thing that matters, its id. */
#ifndef SG_ENFORCE_STRAY_H
#define SG_ENFORCE_STRAY_H

#include "enforce/message.h"

struct sg_mcp_stray {
	char id[8 * SG_MCP_ID_BYTES]; /* JSON text, safe to write again; "" if none was found, or two that differ */
	bool object;                  /* begins as an object does */
	bool method, outcome;         /* has such a member; one of "result", "error" */
};

/* Looks at names and ids of the outermost objects alone, whatever the bytes; never fails. */
void sg_mcp_stray(struct sg_mcp_stray *stray, struct sg_str line);

#endif
