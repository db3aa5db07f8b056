/* SPDX-License-Identifier: Apache-2.0
 * What each route takes, as one table, and the one reader that holds every request against it before its route is run: a member that is misspelt or of a
 * wrong type is refused by its name and never taken as if it were not there. Private to gate/. */
#ifndef SG_GATE_BODY_H
#define SG_GATE_BODY_H

#include "base/json.h"
#include "frame/routes.h"

enum {
	SG_BODY_KEY = 4096,   /* bytes; a key's own bound is asked by its route, which says key_missing */
	SG_BODY_NAMES = 256,  /* names that are held against every pattern of a chain of tasks */
	SG_BODY_NAME = 2048,  /* bytes of a name, an id, a verb */
	SG_BODY_NOTE = 4096,
	SG_BODY_TOKEN = 8192,
	SG_BODY_MANY = 65536, /* elements; what one is worth is asked by its route */
	SG_BODY_HINT = 512,
	SG_BODY_RESPONSE = 16384,
};

/* What a member may be. A name is a text that is not empty: an empty one would be taken as none. `most`: bytes of a text, elements of a list, the
 * greatest number. No member of any route may be null. */
enum sg_body_kind {
	SG_BODY_NAMED,    /* a text, not empty */
	SG_BODY_TEXT,     /* a text, perhaps empty */
	SG_BODY_COUNT,    /* a whole number from 1 on */
	SG_BODY_NUMBER,   /* a whole number from 0 on */
	SG_BODY_FLAG,     /* true or false */
	SG_BODY_LIST,     /* a list */
	SG_BODY_VALUES,   /* a list or an object: the texts and numbers in it are what counts */
	SG_BODY_TEXTS,    /* a list of texts */
	SG_BODY_OBJECT,   /* an object */
	SG_BODY_LEVEL,    /* the name of a sensitivity */
	SG_BODY_RESOURCE, /* {"type","id","properties"} and nothing else; where the route is lenient, perhaps more */
	SG_BODY_CONTEXT,  /* an object whose reserved names are what they must be; a misspelt one only where the route is lenient */
	SG_BODY_SUBJECT,  /* AuthZEN: {"type","id","properties"} */
	SG_BODY_ACTION,   /* AuthZEN: {"name","properties"} */
	SG_BODY_DIGITS,   /* of a query: a number's digits */
	SG_BODY_YES,      /* of a query: yes or no */
	SG_BODY_SEGMENT,  /* a text that can stand in a path: [A-Za-z0-9._-] */
};

/* Routes whose standard says that what is not known is ignored (AuthZEN 1.0; RFC 7662 2.1; RFC 7517). Known members are held to their types there, too. */
#define SG_BODY_LENIENT(X) X(E_EVALUATION) X(E_INTROSPECT) X(E_JWKS)

/*     route           member           kind       most                required */
#define SG_BODIES(X)                                                                                                   \
	X(A_TASK_OPEN,   "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_TASK_OPEN,   "inputs",        VALUES,    SG_BODY_MANY,       false)                                        \
	X(A_TASK_OPEN,   "intent",        NAMED,     SG_BODY_NAME,       false) /* or a task_token */                  \
	X(A_TASK_OPEN,   "key",           TEXT,      SG_BODY_KEY,        false) /* its absence is key_missing */       \
	X(A_TASK_OPEN,   "on_behalf_of",  NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_TASK_OPEN,   "role",          NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_TASK_OPEN,   "task_token",    NAMED,     SG_BODY_TOKEN,      false) /* claims what was opened; alone with key and agent */ \
	X(A_TASK_OPEN,   "ttl",           COUNT,     31536000,           false) /* seconds */                          \
	X(A_TASK_SHOW,   "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_TASK_CLOSE,  "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_ACT,         "action",        NAMED,     SG_BODY_NAME,       true)                                         \
	X(A_ACT,         "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_ACT,         "arguments",     OBJECT,    0,                  false)                                        \
	X(A_ACT,         "audience",      NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_ACT,         "context",       CONTEXT,   0,                  false)                                        \
	X(A_ACT,         "key",           TEXT,      SG_BODY_KEY,        false)                                        \
	X(A_ACT,         "resource",      RESOURCE,  0,                  false)                                        \
	X(A_ACT,         "task",          NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_OUTCOME,     "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_OUTCOME,     "happened",      FLAG,      0,                  false) /* it failed, and may have happened all the same */ \
	X(A_OUTCOME,     "labels",        LIST,      SG_BODY_MANY,       false)                                        \
	X(A_OUTCOME,     "result",        NAMED,     SG_BODY_NAME,       true)                                         \
	X(A_OUTCOME,     "used",          OBJECT,    0,                  false)                                        \
	X(A_OUTCOME,     "values",        VALUES,    SG_BODY_MANY,       false)                                        \
	X(A_APPROVAL,    "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_APPROVAL,    "wait",          DIGITS,    3600,               false) /* seconds */                          \
	X(A_CEILING,     "actions",       TEXTS,     SG_BODY_NAMES,      true)                                         \
	X(A_CEILING,     "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_CEILING,     "task",          NAMED,     SG_BODY_NAME,       true)                                         \
	X(A_CEILING,     "tools",         TEXTS,     SG_BODY_NAMES,      false) /* one a name: its definition's digest */ \
	X(A_DELEGATE,    "actions",       TEXTS,     SG_BODY_MANY,       false)                                        \
	X(A_DELEGATE,    "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_DELEGATE,    "budgets",       OBJECT,    0,                  false)                                        \
	X(A_DELEGATE,    "constraints",   OBJECT,    0,                  false)                                        \
	X(A_DELEGATE,    "depth",         NUMBER,    1000,               false)                                        \
	X(A_DELEGATE,    "excess",        NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_DELEGATE,    "hand_on",       TEXTS,     SG_BODY_MANY,       false)                                        \
	X(A_DELEGATE,    "inputs",        VALUES,    SG_BODY_MANY,       false)                                        \
	X(A_DELEGATE,    "intent",        NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_DELEGATE,    "key",           TEXT,      SG_BODY_KEY,        false)                                        \
	X(A_DELEGATE,    "resources",     TEXTS,     SG_BODY_MANY,       false)                                        \
	X(A_DELEGATE,    "role",          NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_DELEGATE,    "sensitivity",   LEVEL,     0,                  false)                                        \
	X(A_DELEGATE,    "to",            NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_DELEGATE,    "ttl",           COUNT,     31536000,           false)                                        \
	X(A_PLAN,        "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(A_PLAN,        "order",         NAMED,     SG_BODY_NAME,       false) /* given or any */                     \
	X(A_PLAN,        "plan",          LIST,      SG_BODY_MANY,       true)                                         \
	X(A_TREE,        "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(E_TASK_OPEN,   "agent",         NAMED,     SG_BODY_NAME,       true)                                         \
	X(E_TASK_OPEN,   "inputs",        VALUES,    SG_BODY_MANY,       false)                                        \
	X(E_TASK_OPEN,   "intent",        NAMED,     SG_BODY_NAME,       true)                                         \
	X(E_TASK_OPEN,   "key",           TEXT,      SG_BODY_KEY,        false)                                        \
	X(E_TASK_OPEN,   "on_behalf_of",  NAMED,     SG_BODY_NAME,       false)                                        \
	X(E_TASK_OPEN,   "role",          NAMED,     SG_BODY_NAME,       false)                                        \
	X(E_TASK_OPEN,   "session",       SEGMENT,   128,                false) /* whom it speaks for: a domain of its own */ \
	X(E_TASK_OPEN,   "ttl",           COUNT,     31536000,           false)                                        \
	X(E_ACT,         "action",        NAMED,     SG_BODY_NAME,       true)                                         \
	X(E_ACT,         "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(E_ACT,         "arguments",     OBJECT,    0,                  false)                                        \
	X(E_ACT,         "audience",      NAMED,     SG_BODY_NAME,       false)                                        \
	X(E_ACT,         "context",       CONTEXT,   0,                  false)                                        \
	X(E_ACT,         "key",           TEXT,      SG_BODY_KEY,        false)                                        \
	X(E_ACT,         "peer_uid",      NUMBER,    4294967295,         false)                                        \
	X(E_ACT,         "resource",      RESOURCE,  0,                  false)                                        \
	X(E_ACT,         "task",          NAMED,     SG_BODY_NAME,       false)                                        \
	X(E_ACT,         "task_token",    NAMED,     SG_BODY_TOKEN,      false)                                        \
	X(E_OUTCOME,     "happened",      FLAG,      0,                  false) /* it failed, and may have happened all the same */ \
	X(E_OUTCOME,     "labels",        LIST,      SG_BODY_MANY,       false)                                        \
	X(E_OUTCOME,     "result",        NAMED,     SG_BODY_NAME,       true)                                         \
	X(E_OUTCOME,     "used",          OBJECT,    0,                  false)                                        \
	X(E_OUTCOME,     "values",        VALUES,    SG_BODY_MANY,       false)                                        \
	X(E_APPROVAL,    "wait",          DIGITS,    3600,               false)                                        \
	X(E_EVALUATION,  "action",        ACTION,    0,                  true)                                         \
	X(E_EVALUATION,  "context",       CONTEXT,   0,                  false)                                        \
	X(E_EVALUATION,  "resource",      RESOURCE,  0,                  true)                                         \
	X(E_EVALUATION,  "subject",       SUBJECT,   0,                  true)                                         \
	X(E_INTROSPECT,  "token",         TEXT,      1048576,            false) /* one that cannot be is not active */ \
	X(E_INTROSPECT,  "token_type_hint", TEXT,    SG_BODY_NAME,       false)                                        \
	X(E_CEILING,     "actions",       TEXTS,     SG_BODY_NAMES,      true)                                         \
	X(E_CEILING,     "peer_uid",      NUMBER,    4294967295,         false)                                        \
	X(E_CEILING,     "task_token",    NAMED,     SG_BODY_TOKEN,      true)                                         \
	X(E_CEILING,     "tools",         TEXTS,     SG_BODY_NAMES,      false)                                        \
	X(O_APPROVALS,   "again",         YES,       0,                  false) /* of a page that fetches itself: no use of the sign-in */ \
	X(O_APPROVALS,   "all",           YES,       0,                  false)                                        \
	X(O_APPROVALS,   "session",       NAMED,     63,                 false)                                        \
	X(O_APPROVAL,    "wait",          DIGITS,    3600,               false)                                        \
	X(O_APPROVAL,    "session",       NAMED,     63,                 false)                                        \
	X(O_APPROVE,     "comment",       TEXT,      SG_BODY_HINT,       false) /* the person's words, for the record */ \
	X(O_APPROVE,     "device",        NAMED,     63,                 false) /* an enrolment; left out: the one confirmed last */ \
	X(O_APPROVE,     "method",        NAMED,     63,                 false) /* a stanza of prove; left out: the socket is proof */ \
	X(O_APPROVE,     "response",      NAMED,     SG_BODY_RESPONSE,   false) /* what the person's device shows or answers */ \
	X(O_APPROVE,     "session",       NAMED,     63,                 false)                                        \
	X(O_CHALLENGE,   "device",        NAMED,     63,                 false)                                        \
	X(O_CHALLENGE,   "method",        NAMED,     63,                 true)                                         \
	X(O_CHALLENGE,   "session",       NAMED,     63,                 false)                                        \
	X(O_ENROL,       "admin",         NAMED,     63,                 true)                                         \
	X(O_ENROL,       "method",        NAMED,     63,                 true)                                         \
	X(O_ENROL_OFFER, "code",          NAMED,     SG_BODY_HINT,       true)                                         \
	X(O_ENROL_FINISH,"code",          NAMED,     SG_BODY_HINT,       true)                                         \
	X(O_ENROL_FINISH,"response",      NAMED,     SG_BODY_RESPONSE,   true)                                         \
	X(O_ENROL_CONFIRM,"fingerprint",  NAMED,     SG_BODY_HINT,       true)                                         \
	X(O_ENROL_REVOKE,"reason",        TEXT,      SG_BODY_HINT,       false)                                        \
	X(O_PAGE,        "session",       NAMED,     63,                 false) /* who pays for it */                  \
	X(O_REFUSE,      "freeze",        FLAG,      0,                  false) /* the whole tree of the task, too */  \
	X(O_REFUSE,      "comment",       TEXT,      SG_BODY_HINT,       false) /* likewise, and for the agent */       \
	X(O_REFUSE,      "session",       NAMED,     63,                 false)                                        \
	X(O_SIGN_IN,     "admin",         NAMED,     63,                 true)  /* whose stanza */                       \
	X(O_SIGN_IN,     "device",        NAMED,     63,                 false)                                        \
	X(O_SIGN_IN,     "method",        NAMED,     63,                 true)                                         \
	X(O_SIGN_IN,     "response",      NAMED,     SG_BODY_RESPONSE,   true)                                         \
	X(O_SIGN_ASK,    "admin",         NAMED,     63,                 true)                                         \
	X(O_SIGN_ASK,    "device",        NAMED,     63,                 false)                                        \
	X(O_SIGN_ASK,    "method",        NAMED,     63,                 true)                                         \
	X(O_SIGN_INS,    "session",       NAMED,     63,                 false) /* the token; the page's */             \
	X(O_SIGN_OUT,    "session",       NAMED,     63,                 false)                                        \
	X(O_TASKS,       "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(O_DOMAINS,     "name",          NAMED,     SG_BODY_NAME,       false)                                        \
	X(O_LEASES,      "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(O_LEASES,      "all",           YES,       0,                  false)                                        \
	X(O_CLOCK_ACCEPT, "reason",       NAMED,     SG_BODY_NOTE,       true)                                         \
	X(O_LEASE_FORGET, "reason",       NAMED,     SG_BODY_NOTE,       true)                                         \
	X(O_MEMORY_FORGET, "reason",      NAMED,     SG_BODY_NOTE,       true)                                         \
	X(O_AUDIT_HOLD,  "event",         NAMED,     SG_BODY_NAME,       true)                                         \
	X(O_AUDIT_HOLD,  "reason",        NAMED,     256,                true)                                         \
	X(O_KILL,        "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(O_KILL,        "all",           FLAG,      0,                  false)                                        \
	X(O_KILL,        "reason",        TEXT,      SG_BODY_NOTE,       false)                                        \
	X(O_LIFT,        "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(O_LIFT,        "all",           FLAG,      0,                  false)                                        \
	X(O_LIFT,        "reason",        TEXT,      SG_BODY_NOTE,       false)                                        \
	X(O_TRY,         "action",        NAMED,     SG_BODY_NAME,       true)                                         \
	X(O_TRY,         "agent",         NAMED,     SG_BODY_NAME,       false)                                        \
	X(O_TRY,         "arguments",     OBJECT,    0,                  false)                                        \
	X(O_TRY,         "context",       CONTEXT,   0,                  false)                                        \
	X(O_TRY,         "resource",      RESOURCE,  0,                  false)                                        \
	X(O_TRY,         "task",          NAMED,     SG_BODY_NAME,       false)                                        \
	X(O_EVENTS,      "after",         DIGITS,    INT64_MAX,          false) /* the number of a leaf */             \
	X(O_TASK_OPEN,   "agent",         NAMED,     SG_BODY_NAME,       true)                                         \
	X(O_TASK_OPEN,   "inputs",        VALUES,    SG_BODY_MANY,       false)                                        \
	X(O_TASK_OPEN,   "intent",        NAMED,     SG_BODY_NAME,       true)                                         \
	X(O_TASK_OPEN,   "key",           TEXT,      SG_BODY_KEY,        false)                                        \
	X(O_TASK_OPEN,   "role",          NAMED,     SG_BODY_NAME,       false)                                        \
	X(O_TASK_OPEN,   "ttl",           COUNT,     31536000,           false)                                        \
	X(O_AGENT,       "event",         NAMED,     SG_BODY_NAME,       true)                                         \
	X(O_HUMAN,       "disabled",      FLAG,      0,                  true)                                         \
	X(O_DOMAIN,      "event",         NAMED,     SG_BODY_NAME,       true) /* thaw or cleanse */                   \
	X(O_DOMAIN,      "reason",        NAMED,     SG_BODY_NOTE,       true)

struct sg_body_row {
	enum sg_route route;
	const char *member;
	enum sg_body_kind kind;
	int64_t most;
	bool required;
};

/* The table, for its test. */
const struct sg_body_row *sg_bodies(size_t *count);
bool sg_body_lenient(enum sg_route route);

/* True if `body` is what this route takes. Else `hint` says which member is wrong, and which name was perhaps meant. */
bool sg_body_fits(enum sg_route route, const struct sg_json *body, char hint[SG_BODY_HINT]);

/* True if `object` has no members but these (names, NULL last). Else `hint` names the first other one; `what` says what it stands in. */
bool sg_members_known(const struct sg_json *object, const char *const *names, const char *what, char hint[SG_BODY_HINT]);

#endif
