/* SPDX-License-Identifier: Apache-2.0
 * Requests that wait for their answer. */
#ifndef SG_ENFORCE_CALLS_H
#define SG_ENFORCE_CALLS_H

#include "base/table.h"
#include "enforce/message.h"
#include "enforce/method.h"

struct sg_mcp_call {
	char *id;    /* canonical: the key */
	char *asked; /* as the asker wrote it */
	char decision[64];
	const struct sg_method *method;
	bool own; /* the gateway itself asked */
};

/* SG_MCP_FINE, or mcp_too_many, mcp_id_used. */
enum sg_mcp_error sg_mcp_remember(struct sg_table *table, const struct sg_mcp_message *message, const struct sg_method *method, struct sg_str decision);
/* A request of the gateway's own. */
enum sg_mcp_error sg_mcp_remember_own(struct sg_table *table, const struct sg_mcp_message *message);
bool sg_mcp_in_use(const struct sg_table *table, const struct sg_json *id);
/* The call that waits under this id, taken out: sg_mcp_call_free. NULL: none. */
struct sg_mcp_call *sg_mcp_take(struct sg_table *table, const struct sg_json *id);
/* The same for an id as JSON text, as enforce/stray.h finds it; empty: the one call that waits, if it is one. */
struct sg_mcp_call *sg_mcp_take_text(struct sg_table *table, struct sg_str id);
void sg_mcp_call_free(struct sg_mcp_call *call);
/* Frees all of them. */
void sg_mcp_calls_done(struct sg_table *table);

#endif
