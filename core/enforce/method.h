/* SPDX-License-Identifier: Apache-2.0
 * MCP methods as one table: what is decided, what passes, what is refused. A method that is not here is refused.
 * What passes from the server and holds words is decided as one action beside this table: said.c. What passes from the client holds none: passing.c.
 * Source: Model Context Protocol, revisions with `initialize` (up to 2025-11-25). */
#ifndef SG_ENFORCE_METHOD_H
#define SG_ENFORCE_METHOD_H

#include <stepgate/types.h>

enum sg_side { SG_SIDE_CLIENT, SG_SIDE_SERVER }; /* who sends it */
enum sg_treatment { SG_METHOD_REFUSED, SG_METHOD_PASSED, SG_METHOD_DECIDED, SG_METHOD_FILTERED, SG_METHOD_INTRODUCED };

/* A method of a later revision is not here, and so refused until somebody has thought about it.
 *     method                                    sender  treatment  action (decided)  its subject  why */
#define SG_METHODS(X) \
	X("initialize",                             CLIENT, INTRODUCED, "",           "",      "versions, and those capabilities that are carried; nothing is done") \
	X("notifications/initialized",              CLIENT, PASSED,   "",             "",      "says that the beginning is over") \
	X("ping",                                   CLIENT, PASSED,   "",             "",      "is anybody there") \
	X("tools/list",                             CLIENT, FILTERED, "",             "",      "what there is, without what can never be allowed or is not what was pinned") \
	X("tools/call",                             CLIENT, DECIDED,  "tools",        "name",  "does something") \
	X("resources/list",                         CLIENT, PASSED,   "",             "",      "names of what there is; reading one is decided") \
	X("resources/templates/list",               CLIENT, PASSED,   "",             "",      "patterns of such names; reading one is decided") \
	X("resources/read",                         CLIENT, DECIDED,  "resources",    "uri",   "takes in what somebody wrote") \
	X("resources/subscribe",                    CLIENT, DECIDED,  "resources",    "uri",   "goes on reading") \
	X("resources/unsubscribe",                  CLIENT, PASSED,   "",             "",      "reads no longer") \
	X("prompts/list",                           CLIENT, PASSED,   "",             "",      "names of what there is; taking one in is decided") \
	X("prompts/get",                            CLIENT, DECIDED,  "prompts",      "name",  "takes in what somebody wrote") \
	X("completion/complete",                    CLIENT, DECIDED,  "completions",  "ref",   "looks values up by what the agent typed: a reading, and a way out for words") \
	X("logging/setLevel",                       CLIENT, PASSED,   "",             "",      "how much of its own log the server sends; nothing else") \
	X("notifications/cancelled",                CLIENT, PASSED,   "",             "",      "takes back what was asked; what was decided ends as unknown, and no answer to it passes") \
	X("notifications/progress",                 CLIENT, PASSED,   "",             "",      "of something the server asked for") \
	X("notifications/roots/list_changed",       CLIENT, PASSED,   "",             "",      "the server may ask again; the client answers") \
	X("tasks/get",                              CLIENT, REFUSED,  "",             "",      "a call goes on without its `task`, so that its answer and its outcome are one: there is none to ask for") \
	X("tasks/result",                           CLIENT, REFUSED,  "",             "",      "as tasks/get: what comes later would come past its decision") \
	X("tasks/list",                             CLIENT, REFUSED,  "",             "",      "as tasks/get; it would show those of others") \
	X("tasks/cancel",                           CLIENT, REFUSED,  "",             "",      "as tasks/get; notifications/cancelled does it") \
	X("server/discover",                        CLIENT, REFUSED,  "",             "",      "of the newer revisions, which are not spoken here") \
	X("ping",                                   SERVER, PASSED,   "",             "",      "is anybody there") \
	X("roots/list",                             SERVER, PASSED,   "",             "",      "the client answers what it will") \
	X("sampling/createMessage",                 SERVER, PASSED,   "",             "",      "the client's model and its person answer; what comes of it is decided as calls are") \
	X("elicitation/create",                     SERVER, PASSED,   "",             "",      "the client's person answers") \
	X("notifications/cancelled",                SERVER, PASSED,   "",             "",      "the server no longer wants what it asked; no answer to it passes") \
	X("notifications/progress",                 SERVER, PASSED,   "",             "",      "of a call that was decided") \
	X("notifications/message",                  SERVER, PASSED,   "",             "",      "the server's log") \
	X("notifications/tools/list_changed",       SERVER, PASSED,   "",             "",      "what was known of its tools is forgotten") \
	X("notifications/resources/list_changed",   SERVER, PASSED,   "",             "",      "the client may ask again") \
	X("notifications/resources/updated",        SERVER, PASSED,   "",             "",      "the client may read again, which is decided") \
	X("notifications/prompts/list_changed",     SERVER, PASSED,   "",             "",      "the client may ask again") \
	X("notifications/elicitation/complete",     SERVER, PASSED,   "",             "",      "a question to a person is over") \
	X("notifications/tasks/status",             SERVER, REFUSED,  "",             "",      "no call has a task here")

struct sg_method {
	const char *name;
	enum sg_side side;
	enum sg_treatment treatment;
	const char *action;  /* middle of the action's name: mcp.SERVER.<action>.<subject> */
	const char *subject; /* member of params that names what it is about */
	const char *why;     /* it is treated so */
};

const struct sg_method *sg_methods(size_t *count);
/* The row, or NULL: refused. */
const struct sg_method *sg_method_find(enum sg_side side, struct sg_str name);

#endif
