/* SPDX-License-Identifier: Apache-2.0
 * What a request looks like, as one table: it drives the view that policies see, the check of misspelt fields, and the
 * reference. */
#ifndef SG_POLICY_FIELD_H
#define SG_POLICY_FIELD_H

#include <stddef.h>
#include <stepgate/types.h>

/* Shapes of a view. */
enum sg_shape {
	SG_SHAPE_NONE, /* a plain value */
	SG_SHAPE_REQUEST,
	SG_SHAPE_ACTION,
	SG_SHAPE_AGENT,
	SG_SHAPE_APPROVAL,
	SG_SHAPE_INSTANCE,
	SG_SHAPE_OUTCOME,
	SG_SHAPE_RESOURCE,
	SG_SHAPE_TASK,
	SG_SHAPE_TIME,
	SG_SHAPE_OPEN, /* an object whose members are not known beforehand */
	SG_SHAPE_LIST,
	SG_SHAPE_HISTORY,
	SG_SHAPE_COUNT,
	SG_SHAPE_DID,
};

/*     within    name           shape     type            meaning */
#define SG_REQUEST_FIELDS(X)                                                                                           \
	X(REQUEST, "action", ACTION, "sg.action", "what was asked for, as the catalogue knows it")                     \
	X(REQUEST, "agent", AGENT, "sg.agent", "who asks")                                                             \
	X(REQUEST, "approval", APPROVAL, "sg.approval?", "the approval that came with the request; nil without one")   \
	X(REQUEST, "args", OPEN, "sg.open", "the arguments. Untrusted: whoever steers the agent wrote them")           \
	X(REQUEST, "context", OPEN, "sg.open", "what the asker adds; it may only raise risk")                          \
	X(REQUEST, "enforcer", NONE, "string?", "the enforcer that asks for the agent; nil if it asks itself")         \
	X(REQUEST, "history", HISTORY, "sg.history", "what the rule declared in needs")                                \
	X(REQUEST, "instance", INSTANCE, "sg.instance", "the running incarnation of the agent")                        \
	X(REQUEST, "outcome", OUTCOME, "sg.outcome?", "what really happened; in after hooks only, else nil")           \
	X(REQUEST, "resource", RESOURCE, "sg.resource", "what the action is done to")                                  \
	X(REQUEST, "task", TASK, "sg.task", "the task this action belongs to")                                         \
	X(REQUEST, "time", TIME, "sg.time", "when it was asked: the only clock there is")                              \
	X(ACTION, "class", NONE, "string", "class in the catalogue")                                                   \
	X(ACTION, "effect", NONE, "string", "read, write, execute ... in the catalogue")                               \
	X(ACTION, "name", NONE, "string", "dotted name")                                                               \
	X(ACTION, "sensitivity", NONE, "string", "public, internal, confidential, restricted")                         \
	X(AGENT, "environment", NONE, "string", "environment it is registered for")                                    \
	X(AGENT, "id", NONE, "string", "SPIFFE ID")                                                                    \
	X(AGENT, "name", NONE, "string", "name of its stanza")                                                         \
	X(AGENT, "owner", NONE, "string", "who answers for it")                                                        \
	X(AGENT, "strength", NONE, "string", "how well it is proven: boundary, content, hint")                         \
	X(APPROVAL, "groups", LIST, "string[]", "groups that approved")                                                \
	X(APPROVAL, "id", NONE, "string", "its id")                                                                    \
	X(INSTANCE, "facts", OPEN, "sg.open", "what attestation modules stated")                                       \
	X(INSTANCE, "id", NONE, "string", "opaque id")                                                                 \
	X(OUTCOME, "result", NONE, "string", "ok, failed, partial, unknown")                                           \
	X(RESOURCE, "id", NONE, "string", "its id")                                                                    \
	X(RESOURCE, "properties", OPEN, "sg.open", "further properties, from the asker")                               \
	X(RESOURCE, "type", NONE, "string", "its type")                                                                \
	X(TASK, "age", NONE, "integer", "milliseconds since it was opened")                                            \
	X(TASK, "depth", NONE, "integer", "0 for a task no other task made")                                           \
	X(TASK, "environment", NONE, "string", "environment it works in")                                              \
	X(TASK, "id", NONE, "string", "its id")                                                                        \
	X(TASK, "intent", NONE, "string", "its purpose in the catalogue")                                              \
	X(TASK, "labels", LIST, "string[]", "taint it gathered")                                                       \
	X(TASK, "left", NONE, "integer", "milliseconds until it ends")                                                 \
	X(TASK, "sensitivity", NONE, "string", "the highest sensitivity it has touched")                               \
	X(TASK, "tainted", NONE, "boolean", "true if labels is not empty")                                             \
	X(TIME, "hour", NONE, "integer", "0 to 23, UTC")                                                               \
	X(TIME, "minute", NONE, "integer", "0 to 59")                                                                  \
	X(TIME, "unix", NONE, "integer", "seconds since 1970")                                                         \
	X(TIME, "weekday", NONE, "integer", "1 is Monday, 7 is Sunday")                                                \
	X(HISTORY, "count", COUNT, "table<string, integer>", "how often, per pattern of needs.count")                  \
	X(HISTORY, "did", DID, "table<string, boolean>", "whether at all, per pattern of needs.did")

struct sg_field {
	enum sg_shape within;
	const char *name;
	enum sg_shape shape;
	const char *type, *meaning;
};

extern const struct sg_field sg_fields[];
extern const size_t sg_field_count;

/* The row, or NULL. */
const struct sg_field *sg_field_find(enum sg_shape within, struct sg_str name);

/* "did you mean 'NAME'?" or "" into `out`. */
const char *sg_field_hint(enum sg_shape within, struct sg_str name, char *out, size_t room);

/* What errors call a shape: "request", "task"; never NULL. */
const char *sg_shape_name(enum sg_shape shape);

#endif
