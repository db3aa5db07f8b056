/* SPDX-License-Identifier: Apache-2.0
 * An MCP session seen from the middle: lines from the client, lines from the server, and a decision before anything that does something. Only the
 * `initialize`-based era is spoken; a message of the newer one is refused and said to be.
 *
 * What passes goes byte for byte. A decided call is written anew from the very arguments that were decided. */
#ifndef SG_ENFORCE_PROXY_H
#define SG_ENFORCE_PROXY_H

#include "base/buf.h"
#include "base/table.h"
#include "enforce/daemon.h"
#include "enforce/method.h"

enum { SG_MCP_CLIENT_LINE = 1 << 20, SG_MCP_SERVER_LINE = 32 << 20, SG_MCP_OPEN_CALLS = 1024 };

/* Why a line was refused; stable.
 *     code                 JSON-RPC  what the other side is told */
#define SG_MCP_ERRORS(X)                                                                                               \
	X(mcp_json,          -32700, "the line is not strict JSON")                                                    \
	X(mcp_batch,         -32600, "batches are not spoken here")                                                    \
	X(mcp_not_object,    -32600, "a message is one JSON object")                                                   \
	X(mcp_jsonrpc,       -32600, "jsonrpc must be \"2.0\"")                                                        \
	X(mcp_id,            -32600, "an id is a string or a whole number")                                            \
	X(mcp_id_used,       -32600, "this id is still in use")                                                        \
	X(mcp_shape,         -32600, "neither request, notification nor answer")                                       \
	X(mcp_params,        -32602, "the params are not what this method takes")                                      \
	X(mcp_method,        -32601, "this method is not known here, so it is refused")                                \
	X(mcp_era,           -32022, "this gateway speaks the initialize-based revisions only (2025-11-25 and before)") \
	X(mcp_line,          -32600, "the line is longer than a message may be")                                       \
	X(mcp_too_many,      -32600, "too many calls are open")                                                        \
	X(mcp_answer,        -32600, "an answer to nothing that was asked")                                            \
	X(mcp_server_gone,   -32603, "the server ended before it answered")

enum sg_mcp_error {
	SG_MCP_FINE,
#define X(code, number, text) SG_MCP_##code,
	SG_MCP_ERRORS(X)
#undef X
};

struct sg_proxy {
	struct sg_daemon *daemon;
	char name[64];              /* of the server: mcp.NAME.tools.TOOL */
	struct sg_buf to_client, to_server; /* lines to be written */
	struct sg_table open;       /* requests to the server that wait for their answer, by canonical id */
	struct sg_table from_server; /* requests of the server that wait for the client */
	struct sg_table tools;      /* tool name → digest of its definition */
	uint64_t refused;           /* lines that were not let through */
};

void sg_proxy_init(struct sg_proxy *proxy, struct sg_daemon *daemon, const char *name);
void sg_proxy_done(struct sg_proxy *proxy);
/* One line without its end. Fills to_client, to_server. */
void sg_proxy_client_line(struct sg_proxy *proxy, struct sg_str line);
void sg_proxy_server_line(struct sg_proxy *proxy, struct sg_str line);
/* The server is gone: every open call is answered and its outcome is unknown. */
void sg_proxy_server_gone(struct sg_proxy *proxy);

const char *sg_mcp_code(enum sg_mcp_error error);

#endif
