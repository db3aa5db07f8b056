/* SPDX-License-Identifier: Apache-2.0
 * One JSON-RPC message of an MCP session. */
#ifndef SG_ENFORCE_MESSAGE_H
#define SG_ENFORCE_MESSAGE_H

#include "base/arena.h"
#include "base/canon.h"
#include "base/json_line.h"

enum { SG_MCP_CLIENT_LINE = 1 << 20, SG_MCP_SERVER_LINE = 32 << 20, SG_MCP_OPEN_CALLS = 1024, SG_MCP_CANCELLED_CALLS = 16384 /* that the other side has not answered */ };

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
	X(mcp_names,         -32600, "a name stands there in another case: some servers take it for the one it is like")     \
	X(mcp_params,        -32602, "the params are not what this method takes")                                      \
	X(mcp_method,        -32601, "this method is not known here, so it is refused")                                \
	X(mcp_era,           -32022, "this gateway speaks the initialize-based revisions only (2025-11-25 and before)") \
	X(mcp_decided,       -32001, "decided was something else than can be sent: rules narrow the uri to one that was not judged") \
	X(mcp_line,          -32600, "the line is longer than a message may be")                                       \
	X(mcp_too_many,      -32600, "too many calls are open")                                                        \
	X(mcp_answer,        -32600, "an answer to nothing that was asked")                                            \
	X(mcp_unreadable,    -32603, "the answer cannot be read as one message, so it is not passed on")                \
	X(mcp_said,          -32001, "mcp.NAME.said is not allowed: what the server says by the way does not go on")    \
	X(mcp_untold,        -32603, "stepgate does not say now which of the tools may be listed; ask again")          \
	X(mcp_words,         -32602, "what goes on undecided holds no words of the client's own: this is not what the server gave")  \
	X(mcp_server_gone,   -32603, "the server ended before it answered")

enum sg_mcp_error {
	SG_MCP_FINE,
#define X(code, number, text) SG_MCP_##code,
	SG_MCP_ERRORS(X)
#undef X
};

const char *sg_mcp_code(enum sg_mcp_error error);

/* An id that is text is no longer than this, decoded; one that is a number no longer as it is written. */
enum { SG_MCP_ID_BYTES = 256, SG_MCP_ID_DIGITS = 64 };

struct sg_mcp_message {
	struct sg_arena arena; /* everything below lives here */
	const struct sg_json *json, *id, *params;
	struct sg_str id_text; /* a good id as it is written again: its type and, of a number, its text as it came; else empty */
	struct sg_str method;
	bool request, notification, answer; /* one of them, if it is well formed */
};

/* Reads one line of at most `most` bytes. In every case: sg_arena_done(&message->arena). */
enum sg_mcp_error sg_mcp_read(struct sg_mcp_message *message, struct sg_str line, size_t most);
bool sg_mcp_id_fine(const struct sg_json *id);
/* Of the era whose requests are marked with their protocol version? */
bool sg_mcp_newer_era(const struct sg_mcp_message *message);

/* The only ways to write a line. None of them appends half a line: false, and nothing appended, if there is no room.
 * One message of ours, canonical JSON without an end of line. */
bool sg_mcp_put(struct sg_buf *to, struct sg_str json);
/* True if a message may have a member of this name; others are refused where there is a method, and do not go on with an answer. */
bool sg_mcp_member(struct sg_str name);
/* True if it is one that goes on: an answer has no params (JSON-RPC 2.0, section 5). */
bool sg_mcp_goes_on(const struct sg_json *message, struct sg_str name);
/* A message that passes, written anew: strings canonical, numbers as they came, one line for every reader of lines. `id`: JSON text that stands for its
 * id, or empty: its own. */
bool sg_mcp_pass(struct sg_buf *to, const struct sg_json *message, struct sg_str id);
/* An error in answer to `id`, JSON text (empty: not known). */
void sg_mcp_write_error(struct sg_buf *to, struct sg_str id, enum sg_mcp_error error);

#endif
