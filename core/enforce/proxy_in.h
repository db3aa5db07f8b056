/* SPDX-License-Identifier: Apache-2.0
 * Inside the session: what its files call of each other. */
#ifndef SG_ENFORCE_PROXY_IN_H
#define SG_ENFORCE_PROXY_IN_H

#include "enforce/calls.h"
#include "enforce/proxy.h"

/* proxy.c: answers the sender with an error and notes it on stderr. */
void sg_proxy_refuse(struct sg_proxy *proxy, enum sg_side sender, struct sg_str id, enum sg_mcp_error error);

/* lost.c: what can be done for whoever waits when a line cannot be read. */
void sg_proxy_lost_client(struct sg_proxy *proxy, const struct sg_mcp_message *message, struct sg_str line, enum sg_mcp_error error);
void sg_proxy_lost_server(struct sg_proxy *proxy, const struct sg_mcp_message *message, struct sg_str line, enum sg_mcp_error error);
/* Is it an answer with a list of tools some of which cannot be read? Then `rest` is the line without them, to be taken instead. */
bool sg_proxy_mended(struct sg_proxy *proxy, struct sg_str line, struct sg_buf *rest);
/* Ends a call whose answer does not come in a form that may be passed on. */
void sg_proxy_spoil(struct sg_proxy *proxy, struct sg_mcp_call *call, enum sg_mcp_error error);

/* cancel.c: one side takes back what it asked: it gets no answer, and what was decided ends as unknown, at once. False: nothing that is open
 * was taken back. */
bool sg_proxy_cancelled(struct sg_proxy *proxy, struct sg_mcp_calls *calls, const struct sg_mcp_message *message);

/* barrier.c: the ping behind which the server will not have what is taken back now before it. */
uint64_t sg_barrier_behind(const struct sg_proxy *proxy);
/* Sends it, where one is due. */
void sg_barrier_next(struct sg_proxy *proxy);
/* The answer to the last one came, or something that cannot be read in its place. */
void sg_barrier_answered(struct sg_proxy *proxy);

/* decide.c: "mcp.files.tools.read_file"; what a catalogue cannot name is asked under a name that no catalogue has. */
struct sg_str sg_proxy_action(const struct sg_proxy *proxy, const struct sg_method *method, struct sg_str subject, struct sg_arena *arena);
/* What the daemon says of that one action, as /v1/ceiling answers; in `arena`. NULL: it could not be asked. */
const struct sg_json *sg_proxy_ceiling(const struct sg_proxy *proxy, struct sg_arena *arena, struct sg_str action);
/* Decides a call and passes it on or answers it. */
void sg_proxy_decide(struct sg_proxy *proxy, struct sg_mcp_message *message, const struct sg_method *method);
/* "mcp-" and 32 random hex digits. */
void sg_proxy_key(char key[48]);

/* forward.c: to the server, with the decided arguments. */
struct sg_proxy_call {
	const struct sg_method *method;
	struct sg_str subject, resource_id; /* as the client named it, and as the gate was asked */
};
void sg_proxy_forward(struct sg_proxy *proxy, const struct sg_mcp_message *message, const struct sg_proxy_call *call, const struct sg_reply *reply);

/* tools.c: the digest of the tool's definition as it was last listed, "twice" if one listing had several of its name, else "". */
struct sg_str sg_tool_digest(const struct sg_proxy *proxy, const struct sg_method *method, struct sg_str subject);
/* Learns from a page of tools that `call` asked for; `last`: nothing stands behind it. A first page begins a listing; a name that comes twice in one
 * (unless the same page was asked for again) is nobody's until the next. */
void sg_tools_learn(struct sg_proxy *proxy, const struct sg_mcp_call *call, const struct sg_json *tools, bool last);
/* Its digest as the page that was learned last shows it; "": that page has several, or it was not learned. */
struct sg_str sg_tools_shown(const struct sg_proxy *proxy, struct sg_str name);
/* The server says that they have changed: no digest is known any more. */
void sg_tools_forget(struct sg_proxy *proxy);
void sg_tools_done(struct sg_proxy *proxy);

/* tools_show.c: is the answer a list of tools? */
bool sg_tools_are(const struct sg_mcp_message *message);
/* Passes a page that `call` asked for on, without what may not be shown. mcp_line: there was no room for it; mcp_untold: the daemon does not say what that is. */
enum sg_mcp_error sg_tools_show(struct sg_proxy *proxy, const struct sg_mcp_call *call, struct sg_mcp_message *message);

/* capabilities.c: passes what `side` says in `initialize`, or in answer to it, on to the other without what is not carried. `pin`: digest of the
 * server's instructions, without which they do not go on; NULL: none is known. False: there was no room. */
bool sg_capabilities_pass(struct sg_buf *to, enum sg_side side, const struct sg_mcp_message *message, struct sg_str id, const char *pin);

/* passing.c: writes what is not decided on its way to the server. mcp_words: something in it is not what it may be; mcp_line: there was no room. */
enum sg_mcp_error sg_passing_write(struct sg_proxy *proxy, const struct sg_mcp_message *message);
#define SG_GIVEN_CURSOR "c"
#define SG_GIVEN_TOKEN "t"
#define SG_GIVEN_URI "u"
/* From now on the client may say this; NULL, or neither text nor number: nothing. */
void sg_given_note(struct sg_proxy *proxy, const char *kind, const struct sg_json *value);

/* said.c: may what the server says by the way go on? Decided once in a session. */
bool sg_said_pass(struct sg_proxy *proxy);
/* May this message of the server go on, an answer to `method` or itself of it? */
bool sg_said_passes(struct sg_proxy *proxy, const struct sg_method *method, const struct sg_mcp_message *message);

/* lined.c: true if the client's line is a call that waits until fewer are open: no more than SG_MCP_AT_ONCE of those that were decided are unanswered. It is kept,
 * or refused where too many wait. */
enum { SG_MCP_AT_ONCE = 16 };
bool sg_lined_hold(struct sg_proxy *proxy, const struct sg_mcp_message *message, const struct sg_method *method);
/* Something was answered: those whose turn it is are decided. */
void sg_lined_next(struct sg_proxy *proxy);

/* held.c: true if the client's line has to wait, because it calls a tool whose definition is not known and that may be allowed; it is kept, and the server
 * is asked. Nothing waits longer than SG_HELD_MS, however many pages there are. */
enum { SG_HELD_MS = 10000 };
bool sg_held_hold(struct sg_proxy *proxy, struct sg_mcp_message *message, const struct sg_method *method);
/* The server's answer to that. */
void sg_held_answer(struct sg_proxy *proxy, const struct sg_mcp_call *call, const struct sg_mcp_message *message);
/* The server's answer to that cannot be read: it counts as a list without tools. */
void sg_held_spoilt(struct sg_proxy *proxy);
/* By this time it should have been there. */
void sg_held_late(struct sg_proxy *proxy);
/* The client takes a request back: true if it waits here; then it is nobody's any more, and the server never hears of it. */
bool sg_held_cancel(struct sg_proxy *proxy, const struct sg_mcp_message *cancel);
/* The server is gone: what waits is answered. */
void sg_held_gone(struct sg_proxy *proxy);

/* tick.c. What is known of the task is a second old at most, from now on. */
void sg_proxy_look_for_words(struct sg_proxy *proxy);

#endif
