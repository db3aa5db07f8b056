/* SPDX-License-Identifier: Apache-2.0
 * MCP methods as one table: what is decided, what passes, what is refused. A method that is not here is refused.
 * Source: Model Context Protocol, revisions with `initialize` (up to 2025-11-25). */
#ifndef SG_ENFORCE_METHOD_H
#define SG_ENFORCE_METHOD_H

#include <stepgate/types.h>

enum sg_side { SG_SIDE_CLIENT, SG_SIDE_SERVER }; /* who sends it */
enum sg_treatment { SG_METHOD_REFUSED, SG_METHOD_PASSED, SG_METHOD_DECIDED, SG_METHOD_FILTERED };

/*     method                                sender  treatment  action (decided)  where its subject is named */
#define SG_METHODS(X)                                                                                                  \
	X("initialize",                            CLIENT, PASSED,   "", "")                                           \
	X("notifications/initialized",             CLIENT, PASSED,   "", "")                                           \
	X("ping",                                  CLIENT, PASSED,   "", "")                                           \
	X("tools/list",                            CLIENT, FILTERED, "", "")                                           \
	X("tools/call",                            CLIENT, DECIDED,  "tools", "name")                                  \
	X("resources/list",                        CLIENT, PASSED,   "", "")                                           \
	X("resources/templates/list",              CLIENT, PASSED,   "", "")                                           \
	X("resources/read",                        CLIENT, DECIDED,  "resources", "uri")                               \
	X("resources/subscribe",                   CLIENT, DECIDED,  "resources", "uri")                               \
	X("resources/unsubscribe",                 CLIENT, PASSED,   "", "")                                           \
	X("prompts/list",                          CLIENT, PASSED,   "", "")                                           \
	X("prompts/get",                           CLIENT, DECIDED,  "prompts", "name")                                \
	X("completion/complete",                   CLIENT, PASSED,   "", "")                                           \
	X("logging/setLevel",                      CLIENT, PASSED,   "", "")                                           \
	X("notifications/cancelled",               CLIENT, PASSED,   "", "")                                           \
	X("notifications/progress",                CLIENT, PASSED,   "", "")                                           \
	X("notifications/roots/list_changed",      CLIENT, PASSED,   "", "")                                           \
	X("server/discover",                       CLIENT, REFUSED,  "", "")                                           \
	X("ping",                                  SERVER, PASSED,   "", "")                                           \
	X("roots/list",                            SERVER, PASSED,   "", "")                                           \
	X("sampling/createMessage",                SERVER, PASSED,   "", "")                                           \
	X("elicitation/create",                    SERVER, PASSED,   "", "")                                           \
	X("notifications/cancelled",               SERVER, PASSED,   "", "")                                           \
	X("notifications/progress",                SERVER, PASSED,   "", "")                                           \
	X("notifications/message",                 SERVER, PASSED,   "", "")                                           \
	X("notifications/tools/list_changed",      SERVER, PASSED,   "", "")                                           \
	X("notifications/resources/list_changed",  SERVER, PASSED,   "", "")                                           \
	X("notifications/resources/updated",       SERVER, PASSED,   "", "")                                           \
	X("notifications/prompts/list_changed",    SERVER, PASSED,   "", "")                                           \
	X("notifications/elicitation/complete",    SERVER, PASSED,   "", "")

struct sg_method {
	const char *name;
	enum sg_side side;
	enum sg_treatment treatment;
	const char *action;  /* middle of the action's name: mcp.SERVER.<action>.<subject> */
	const char *subject; /* member of params that names what it is about */
};

/* The row, or NULL: refused. */
const struct sg_method *sg_method_find(enum sg_side side, struct sg_str name);

#endif
