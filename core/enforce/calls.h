/* SPDX-License-Identifier: Apache-2.0
 * Requests that wait for their answer. */
#ifndef SG_ENFORCE_CALLS_H
#define SG_ENFORCE_CALLS_H

#include "base/digest.h"
#include "base/table.h"
#include "enforce/message.h"
#include "enforce/method.h"

struct sg_mcp_call {
	char *id;    /* canonical: the key */
	char *asked; /* as the asker wrote it */
	char decision[64];
	char page[SG_SHA256_HEX]; /* of a list: digest of the cursor it is asked with; "": its first page */
	const struct sg_method *method;
	bool own;       /* the gateway itself asked */
	bool cancelled; /* the asker took it back: it gets no answer, and its id is in use until one comes */
	bool aside;     /* cancelled, and not counted among those that are open */
	uint64_t behind; /* cancelled: the ping (barrier.c) behind whose answer the server does not have it before it any more; 0: it is past */
};

/* One side's requests, by canonical id. At most SG_MCP_OPEN_CALLS of them and SG_MCP_CANCELLED_CALLS aside. */
struct sg_mcp_calls {
	struct sg_table table;
	size_t aside;
};

void sg_mcp_calls_init(struct sg_mcp_calls *calls, uint64_t seed);

/* SG_MCP_FINE, or mcp_too_many, mcp_id_used. */
enum sg_mcp_error sg_mcp_remember(struct sg_mcp_calls *calls, const struct sg_mcp_message *message, const struct sg_method *method, struct sg_str decision);
/* A request of the gateway's own. */
enum sg_mcp_error sg_mcp_remember_own(struct sg_mcp_calls *calls, const struct sg_mcp_message *message);
/* How many that were decided the server may still have before it: no answer has come, nor, where they were taken back, that to a ping sent after them. */
size_t sg_mcp_decided(const struct sg_mcp_calls *calls);
/* The answer to this ping came. True: calls that were taken back later wait for another. */
bool sg_mcp_pinged(struct sg_mcp_calls *calls, uint64_t ping);
bool sg_mcp_in_use(const struct sg_mcp_calls *calls, const struct sg_json *id);
/* The call that waits under this id, taken out: sg_mcp_call_free. NULL: none. */
struct sg_mcp_call *sg_mcp_take(struct sg_mcp_calls *calls, const struct sg_json *id);
/* The same for an id as JSON text, as enforce/stray.h finds it; empty: the one call that waits, if it is one. */
struct sg_mcp_call *sg_mcp_take_text(struct sg_mcp_calls *calls, struct sg_str id);
/* The call that waits under such an id, which stays. NULL: none. */
const struct sg_mcp_call *sg_mcp_find_text(const struct sg_mcp_calls *calls, struct sg_str id);
/* Any of them, taken out; NULL: there is none. */
struct sg_mcp_call *sg_mcp_take_any(struct sg_mcp_calls *calls);
/* Its asker takes the request with this id back. The call, which stays; NULL: there is none (id may be NULL), it was taken back before, or it cannot
 * be: `initialize`, and the gateway's own. It is held to be before the server until the answer to ping `behind`. Where SG_MCP_CANCELLED_CALLS are aside it counts as open, as before. */
struct sg_mcp_call *sg_mcp_cancel(struct sg_mcp_calls *calls, const struct sg_json *id, uint64_t behind);
void sg_mcp_call_free(struct sg_mcp_call *call);
/* Frees all of them. */
void sg_mcp_calls_done(struct sg_mcp_calls *calls);

#endif
