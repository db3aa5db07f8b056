/* SPDX-License-Identifier: Apache-2.0
 * What a request looks like, as one table: it drives the view that policies see, the check of misspelt fields, and the
 * reference. */
#ifndef SG_POLICY_FIELD_H
#define SG_POLICY_FIELD_H

#include <stddef.h>
#include <stepgate/types.h>

/* Shapes of a view. Those before OPEN have the fields of the table below. */
enum sg_shape {
	SG_SHAPE_NONE, /* a plain value */
	SG_SHAPE_REQUEST,
	SG_SHAPE_ACTION,
	SG_SHAPE_AGENT,
	SG_SHAPE_APPROVAL,
	SG_SHAPE_BUDGET, /* what is absent here is nil: unlimited */
	SG_SHAPE_INSTANCE,
	SG_SHAPE_LINK,   /* one element of CHAIN */
	SG_SHAPE_ORIGIN, /* one element of ORIGINS */
	SG_SHAPE_OUTCOME,
	SG_SHAPE_RESOURCE,
	SG_SHAPE_TASK,
	SG_SHAPE_TIME,
	SG_SHAPE_HERE,
	SG_SHAPE_OPEN, /* an object whose members are not known beforehand */
	SG_SHAPE_LIST,
	SG_SHAPE_CHAIN,   /* a list of LINK */
	SG_SHAPE_ORIGINS, /* a list of ORIGIN */
	SG_SHAPE_HISTORY,
	SG_SHAPE_COUNT, /* from here on one for each kind of need, in its order (need.h) */
	SG_SHAPE_DID,
	SG_SHAPE_NEVER_TOGETHER,
	SG_SHAPE_ORDER,
	SG_SHAPE_SINCE,
	SG_SHAPE_SUM,
};

/* The rows of a shape stand in canonical order: requests can be written by them.
 *     within    name           shape     type            meaning */
#define SG_REQUEST_FIELDS(X)                                                                                           \
	X(REQUEST, "action", ACTION, "sg.action", "what was asked for, as the catalogue knows it")              \
	X(REQUEST, "agent", AGENT, "sg.agent", "who asks")                                                      \
	X(REQUEST, "approval", APPROVAL, "sg.approval?", "the granted approval of exactly this action, from people who still may give it; nil without one. An allow is its one use wherever a rule looked at it") \
	X(REQUEST, "args", OPEN, "sg.open", "the arguments. Untrusted: whoever steers the agent wrote them")    \
	X(REQUEST, "context", OPEN, "sg.open", "what the asker adds; it may only raise risk")                   \
	X(REQUEST, "enforcer", NONE, "string?", "the enforcer that asks for the agent; nil if it asks itself")  \
	X(REQUEST, "history", HISTORY, "sg.history", "what the rule declared in needs")                         \
	X(REQUEST, "instance", INSTANCE, "sg.instance", "the running incarnation of the agent")                 \
	X(REQUEST, "outcome", OUTCOME, "sg.outcome?", "what really happened; in after hooks only, else nil")    \
	X(REQUEST, "provenance", ORIGINS, "sg.origin[]", "where the values in args were first seen; r.args.NAME.trusted is the short way") \
	X(REQUEST, "resource", RESOURCE, "sg.resource", "what the action is done to")                           \
	X(REQUEST, "sensitivity", NONE, "string", "the effective level: the higher one of action and resource") \
	X(REQUEST, "task", TASK, "sg.task", "the task this action belongs to")                                  \
	X(REQUEST, "time", TIME, "sg.time", "when it was asked: the only clock there is")                       \
	X(ACTION, "authority", LIST, "string[]", "paths of the arguments that bear authority: payees, recipients, hosts ...") \
	X(ACTION, "class", NONE, "string", "class in the catalogue")                                            \
	X(ACTION, "effect", NONE, "string", "read, write, execute ... in the catalogue")                        \
	X(ACTION, "environment", NONE, "string", "environment it belongs to; empty for any")                    \
	X(ACTION, "name", NONE, "string", "dotted name")                                                        \
	X(ACTION, "sensitivity", NONE, "string", "public, internal, confidential, restricted")                  \
	X(AGENT, "autonomy", NONE, "string", "read-only, propose, act-and-tell, autonomous")                    \
	X(AGENT, "environment", NONE, "string", "environment it is registered for")                             \
	X(AGENT, "id", NONE, "string", "SPIFFE ID")                                                             \
	X(AGENT, "name", NONE, "string", "name of its stanza")                                                  \
	X(AGENT, "owner", NONE, "string", "who answers for it")                                                 \
	X(AGENT, "review_left", NONE, "integer", "milliseconds until its review is due; negative when overdue") \
	X(AGENT, "strength", NONE, "string", "how well it is proven: boundary, content, hint")                  \
	X(APPROVAL, "at", NONE, "integer", "seconds since 1970 at which the last of them said yes")             \
	X(APPROVAL, "by", LIST, "string[]", "stanzas of the admins who said yes, the first one first")          \
	X(APPROVAL, "comment", NONE, "string", "the words of the last of them who said some; \"\" if nobody did") \
	X(APPROVAL, "groups", LIST, "string[]", "groups that approved")                                         \
	X(APPROVAL, "id", NONE, "string", "its id")                                                             \
	X(BUDGET, "bytes", NONE, "integer?", "bytes left; nil: unlimited")                                      \
	X(BUDGET, "calls", NONE, "integer?", "allowed actions left; nil: unlimited")                            \
	X(BUDGET, "money", NONE, "integer?", "money left, in hundredths; nil: unlimited")                       \
	X(BUDGET, "tokens", NONE, "integer?", "model tokens left; nil: unlimited")                              \
	X(INSTANCE, "facts", OPEN, "sg.open", "what attestation modules stated")                                \
	X(INSTANCE, "id", NONE, "string", "opaque id")                                                          \
	X(INSTANCE, "labels", LIST, "string[]", "taint the instance gathered in all its tasks")                 \
	X(INSTANCE, "sensitivity", NONE, "string", "the highest sensitivity it has touched")                    \
	X(LINK, "agent", NONE, "string", "name of the agent that works in this task")                           \
	X(LINK, "intent", NONE, "string", "its purpose")                                                        \
	X(LINK, "narrowed", LIST, "string[]", "what delegation took away here")                                 \
	X(LINK, "role", NONE, "string?", "its role in the tree; nil: none")                                     \
	X(LINK, "task", NONE, "string", "id of the task")                                                       \
	X(ORIGIN, "labels", LIST, "string[]", "taint of what brought the value")                                \
	X(ORIGIN, "origin", NONE, "string", "task (another party said it), self (its own agent said it, before anything from outside had reached it), unknown, or the action whose outcome brought it")            \
	X(ORIGIN, "source", NONE, "string", "decision that brought it; may be empty")                     \
	X(ORIGIN, "value", NONE, "string|number", "the value")                                                  \
	X(OUTCOME, "labels", LIST, "string[]", "taint that came with the outcome")                              \
	X(OUTCOME, "result", NONE, "string", "ok, failed, partial, unknown (also where nobody said anything in time)") \
	X(RESOURCE, "environment", NONE, "string", "environment it belongs to; empty for any")                  \
	X(RESOURCE, "id", NONE, "string", "its id")                                                             \
	X(RESOURCE, "known", NONE, "boolean", "does the catalogue have it?")                                    \
	X(RESOURCE, "owner", NONE, "string", "who answers for it; empty if nobody is named")                    \
	X(RESOURCE, "properties", OPEN, "sg.open", "further properties, from the asker")                        \
	X(RESOURCE, "sensitivity", NONE, "string", "its level in the catalogue")                                \
	X(RESOURCE, "type", NONE, "string", "its type")                                                         \
	X(TASK, "age", NONE, "integer", "milliseconds since it was opened")                                     \
	X(TASK, "budget", BUDGET, "sg.budget", "what is left to spend")                                         \
	X(TASK, "chain", CHAIN, "sg.link[]", "the tasks from the root down to this one")                        \
	X(TASK, "classes", LIST, "string[]", "classes of actions that its tree has used")                       \
	X(TASK, "denied", NONE, "integer", "attempts denied so far in the tree that it belongs to, but for outages of stepgate's own; a new task of the agent begins at 0")                                            \
	X(TASK, "depth", NONE, "integer", "0 for a task no other task made")                                    \
	X(TASK, "environment", NONE, "string", "environment it works in")                                       \
	X(TASK, "id", NONE, "string", "its id")                                                                 \
	X(TASK, "intent", NONE, "string", "its purpose in the catalogue")                                       \
	X(TASK, "labels", LIST, "string[]", "taint it gathered")                                                \
	X(TASK, "left", NONE, "integer", "milliseconds until it ends")                                          \
	X(TASK, "on_behalf_of", NONE, "string?", "the human it works for; nil: none named")                     \
	X(TASK, "parent", NONE, "string?", "id of the task that made it; nil for a root")                       \
	X(TASK, "role", NONE, "string?", "its role in the tree; nil: none")                                     \
	X(TASK, "root", NONE, "string", "id of the first task of its tree")                                     \
	X(TASK, "sensitivity", NONE, "string", "the highest sensitivity it has touched")                        \
	X(TASK, "step_ups", NONE, "integer", "step-ups it was asked for so far")                                \
	X(TASK, "steps", NONE, "integer", "allowed actions of the tree since the last human input; a new task of the agent begins at 0")                         \
	X(TASK, "tainted", NONE, "boolean", "true if labels is not empty")                                      \
	X(HERE, "date", NONE, "string", "the day there, such as \"2026-12-25\"")                                \
	X(HERE, "holiday", NONE, "boolean", "is it one of office.holidays?")                                    \
	X(HERE, "hour", NONE, "integer", "0 to 23, by the clock on the wall there")                             \
	X(HERE, "minute", NONE, "integer", "0 to 59")                                                           \
	X(HERE, "office", NONE, "boolean", "is it within office.hours, and no holiday? Without hours never")    \
	X(HERE, "offset", NONE, "integer", "seconds that the clock there is ahead of UTC")                      \
	X(HERE, "weekday", NONE, "integer", "1 is Monday, 7 is Sunday, there")                                  \
	X(HERE, "zone", NONE, "string", "office.zone of the configuration; \"UTC\" where it says nothing")      \
	X(TIME, "here", HERE, "sg.here", "the same where the office is (office in the configuration). Its name stands in a file of the set, or it is not asked with") \
	X(TIME, "hour", NONE, "integer", "0 to 23, UTC")                                                        \
	X(TIME, "minute", NONE, "integer", "0 to 59")                                                           \
	X(TIME, "unix", NONE, "integer", "seconds since 1970")                                                  \
	X(TIME, "weekday", NONE, "integer", "1 is Monday, 7 is Sunday")                                         \
	X(HISTORY, "count", COUNT, "table<string, integer>", "how often, per pattern of needs.count")           \
	X(HISTORY, "did", DID, "table<string, boolean>", "whether at all, per pattern of needs.did")            \
	X(HISTORY, "never_together", NEVER_TOGETHER, "table<string, boolean>", "whether, with this action, all would have happened: \"web.** + pay.**\"") \
	X(HISTORY, "order", ORDER, "table<string, boolean>", "whether they happened in that order: \"plan.write > plan.sign\"") \
	X(HISTORY, "since", SINCE, "table<string, integer?>", "milliseconds since the last one, nil if never, per pattern of needs.since") \
	X(HISTORY, "sum", SUM, "table<string, integer>", "how much was spent: \"money:pay.*\"; money in hundredths")

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

/* The shape of the elements of a list of this shape; SG_SHAPE_NONE for plain ones. */
enum sg_shape sg_shape_element(enum sg_shape list);

/* What errors call a shape: "request", "task"; never NULL. */
const char *sg_shape_name(enum sg_shape shape);

#endif
