/* SPDX-License-Identifier: Apache-2.0
 * What can be asked, on which face, as one table: the door routes by it, the gate refuses by it, the documentation is made from it. */
#ifndef SG_FRAME_ROUTES_H
#define SG_FRAME_ROUTES_H

#include <stdbool.h>
#include <stepgate/types.h>

/* TLS: the enforcer face over the network; its routes are the enforcer's. APPROVER: a socket of its own for those of the admin's routes that
 * sg_route_approves names. */
enum sg_face { SG_FACE_NONE, SG_FACE_AGENT, SG_FACE_ENFORCER, SG_FACE_ADMIN, SG_FACE_TLS, SG_FACE_APPROVER };

enum sg_body {
	SG_BODY_NONE,  /* GET and DELETE: the query becomes the body object, values as strings */
	SG_BODY_JSON,  /* application/json, an object */
	SG_BODY_FORM,  /* application/x-www-form-urlencoded, turned into an object of strings */
};

/* `{}` in a path takes one segment of [A-Za-z0-9._-]{1,128} and becomes the argument.
 *     name          number face      method    path                          body */
#define SG_ROUTES(X)                                                                                                   \
	X(A_TASK_OPEN,   1,  AGENT,    "POST",   "/v1/tasks",                  JSON) /* open a task under an intent */        \
	X(A_TASK_SHOW,   2,  AGENT,    "GET",    "/v1/tasks/{}",               NONE) /* a task of this instance */            \
	X(A_TASK_CLOSE,  3,  AGENT,    "DELETE", "/v1/tasks/{}",               NONE) /* end a task and everything below it */ \
	X(A_ACT,         4,  AGENT,    "POST",   "/v1/act",                    JSON) /* decide one action */                  \
	X(A_OUTCOME,     5,  AGENT,    "POST",   "/v1/decisions/{}/outcome",   JSON) /* say what really happened */           \
	X(A_APPROVAL,    6,  AGENT,    "GET",    "/v1/approvals/{}",           NONE) /* state of an own approval; wait=S */   \
	X(A_CEILING,     7,  AGENT,    "POST",   "/v1/ceiling",                JSON) /* which of these actions can ever be allowed */ \
	X(A_DELEGATE,    8,  AGENT,    "POST",   "/v1/tasks/{}/delegate",      JSON) /* hand a part of a task on */            \
	X(A_PLAN,        9,  AGENT,    "POST",   "/v1/tasks/{}/plan",          JSON) /* sign the plan of a tree */             \
	X(A_TREE,        10, AGENT,    "GET",    "/v1/tasks/{}/tree",          NONE) /* a task of this instance, with all below it */ \
	X(E_TASK_OPEN,   20, ENFORCER, "POST",   "/v1/tasks",                  JSON) /* open a task for an agent it speaks for */ \
	X(E_TASK_SHOW,   21, ENFORCER, "GET",    "/v1/tasks/{}",               NONE)                                          \
	X(E_TASK_CLOSE,  22, ENFORCER, "DELETE", "/v1/tasks/{}",               NONE)                                          \
	X(E_ACT,         23, ENFORCER, "POST",   "/v1/act",                    JSON)                                          \
	X(E_OUTCOME,     24, ENFORCER, "POST",   "/v1/decisions/{}/outcome",   JSON)                                          \
	X(E_APPROVAL,    25, ENFORCER, "GET",    "/v1/approvals/{}",           NONE)                                          \
	X(E_EVALUATION,  26, ENFORCER, "POST",   "/access/v1/evaluation",      JSON) /* AuthZEN 1.0 */                        \
	X(E_INTROSPECT,  27, ENFORCER, "POST",   "/oauth2/introspect",         FORM) /* RFC 7662 */                           \
	X(E_JWKS,        28, ENFORCER, "GET",    "/oauth2/jwks",               NONE) /* RFC 7517 key set of the issuers */    \
	X(E_CEILING,     29, ENFORCER, "POST",   "/v1/ceiling",                JSON) /* which of these actions can ever be allowed */ \
	X(E_SESSION_END, 30, ENFORCER, "POST",   "/v1/sessions/{}/end",        JSON) /* a session that it named is over: its tasks end */ \
	X(O_STATUS,      40, ADMIN,    "GET",    "/v1/status",                 NONE)                                          \
	X(O_DECISION,    41, ADMIN,    "GET",    "/v1/decisions/{}",           NONE) /* one decision, judged again from its record */ \
	X(O_APPROVALS,   42, ADMIN,    "GET",    "/v1/approvals",              NONE)                                          \
	X(O_APPROVAL,    43, ADMIN,    "GET",    "/v1/approvals/{}",           NONE)                                          \
	X(O_APPROVE,     44, ADMIN,    "POST",   "/v1/approvals/{}/approve",   JSON)                                          \
	X(O_REFUSE,      45, ADMIN,    "POST",   "/v1/approvals/{}/deny",      JSON)                                          \
	X(O_TASKS,       46, ADMIN,    "GET",    "/v1/tasks",                  NONE)                                          \
	X(O_TASK,        47, ADMIN,    "GET",    "/v1/tasks/{}",               NONE)                                          \
	X(O_TASK_CLOSE,  48, ADMIN,    "DELETE", "/v1/tasks/{}",               NONE)                                          \
	X(O_LEASES,      49, ADMIN,    "GET",    "/v1/leases",                 NONE)                                          \
	X(O_LEASE_REVOKE,50, ADMIN,    "POST",   "/v1/leases/{}/revoke",       JSON)                                          \
	X(O_KILL,        51, ADMIN,    "POST",   "/v1/kill",                   JSON) /* {"all":true} or {"agent":name} */     \
	X(O_LIFT,        52, ADMIN,    "POST",   "/v1/kill/lift",              JSON)                                          \
	X(O_RELOAD,      53, ADMIN,    "POST",   "/v1/reload",                 JSON)                                          \
	X(O_TRY,         54, ADMIN,    "POST",   "/v1/try",                    JSON) /* judge, spend and record nothing */     \
	X(O_EVENTS,      55, ADMIN,    "GET",    "/v1/events",                 NONE) /* leaves after a number: after=N */         \
	X(O_CONFIG,      56, ADMIN,    "GET",    "/v1/config",                 NONE) /* the configuration in force */          \
	X(O_TASK_OPEN,   57, ADMIN,    "POST",   "/v1/tasks",                  JSON) /* open a task for an agent, which then claims it */ \
	X(O_TREE,        58, ADMIN,    "GET",    "/v1/tasks/{}/tree",          NONE) /* a task, what is above and below it */   \
	X(O_THAW,        59, ADMIN,    "POST",   "/v1/tasks/{}/thaw",          JSON) /* a frozen task may go on; those above it are thawed for themselves: {"still":id of one that is not, "task"} */ \
	X(O_AGENTS,      60, ADMIN,    "GET",    "/v1/agents",                 NONE) /* agents with their states and owners */  \
	X(O_AGENT,       61, ADMIN,    "POST",   "/v1/agents/{}",              JSON) /* {"event":"suspend|resume|retire|register"} */ \
	X(O_HUMAN,       62, ADMIN,    "POST",   "/v1/humans/{}",              JSON) /* {"disabled":bool} */                  \
	X(O_DOMAINS,     63, ADMIN,    "GET",    "/v1/domains",                NONE) /* those that carry labels or a freeze */ \
	X(O_DOMAIN,      64, ADMIN,    "POST",   "/v1/domains/{}",             JSON) /* {"event":"thaw|cleanse","reason"} */ \
	X(O_CLOCK_ACCEPT,65, ADMIN,    "POST",   "/v1/clock/accept",           JSON) /* {"reason"}: the wall clock is right */ \
	X(O_LEASE_FORGET,66, ADMIN,    "POST",   "/v1/leases/{}/forget",       JSON) /* {"reason"}: one that nobody can confirm */ \
	X(O_MEMORIES,    67, ADMIN,    "GET",    "/v1/memories",               NONE) /* how many resources with memory which agent wrote */ \
	X(O_MEMORY_FORGET,68,ADMIN,    "POST",   "/v1/memories/{}/forget",     JSON) /* {"reason"}: what that agent alone wrote carries nothing any more */ \
	X(O_CHALLENGE,   69, ADMIN,    "POST",   "/v1/approvals/{}/challenge", JSON) /* {"method"}: what a proof for it must be over, and what the device is asked with */ \
	X(O_ENROLMENTS,  70, ADMIN,    "GET",    "/v1/enrolments",             NONE) /* people's devices */                 \
	X(O_ENROL,       71, ADMIN,    "POST",   "/v1/enrolments",             JSON) /* {"admin","method"}: answers a code that serves once */ \
	X(O_ENROL_OFFER, 72, ADMIN,    "POST",   "/v1/enrolments/{}/offer",    JSON) /* {"code"}: the person's; what the device is asked with */ \
	X(O_ENROL_FINISH,73, ADMIN,    "POST",   "/v1/enrolments/{}/finish",   JSON) /* {"code","response"}: the device is there */ \
	X(O_ENROL_CONFIRM,74,ADMIN,    "POST",   "/v1/enrolments/{}/confirm",  JSON) /* {"fingerprint"}: it is this person's */ \
	X(O_ENROL_REVOKE,75, ADMIN,    "POST",   "/v1/enrolments/{}/revoke",   JSON) /* {"reason"}: it proves nothing any more */ \
	X(O_SIGN_IN,     77, ADMIN,    "POST",   "/v1/sign-ins",               JSON) /* {"admin","method","response"}: of the page alone; answers a token */ \
	X(O_SIGN_INS,    78, ADMIN,    "GET",    "/v1/sign-ins",               NONE) /* who is signed in; on the page, one's own */ \
	X(O_SIGN_OUT,    79, ADMIN,    "POST",   "/v1/sign-ins/{}/end",        JSON) /* one of them ends; on the page, one's own, "this" among them */ \
	X(O_SIGN_ASK,    81, ADMIN,    "POST",   "/v1/sign-ins/challenge",     JSON) /* {"admin","method"}: of the page alone; what a device must sign to sign in */ \
	X(O_PAGE,        80, ADMIN,    "GET",    "/v1/page",                   NONE) /* what the page must know: where it is, the methods */ \
	X(O_AUDIT_HOLD,  76, ADMIN,    "POST",   "/v1/audit/hold",             JSON) /* {"event":"hold|release","reason"}: nothing of the record is deleted */

enum sg_route {
	SG_ROUTE_NONE,
#define X(name, number, face, method, path, body) SG_ROUTE_##name = number,
	SG_ROUTES(X)
#undef X
};

struct sg_route_row {
	const char *name;
	enum sg_route route;
	enum sg_face face;
	const char *method, *path;
	enum sg_body body;
};

/* The table and its length. */
const struct sg_route_row *sg_routes(size_t *count);
/* The row of a route, or NULL. */
const struct sg_route_row *sg_route_row(unsigned route);
/* True for the routes of the admin's face that somebody has who may approve and nothing else: what waits, and yes or no to it. */
bool sg_route_approves(unsigned route);
/* The face whose routes a listener's connections speak: TLS is the enforcer's, APPROVER the admin's. */
enum sg_face sg_face_spoken(enum sg_face listener);
/* "agent", "enforcer", "admin", "tls", "approver" and back (SG_FACE_NONE if unknown). */
const char *sg_face_name(enum sg_face face);
enum sg_face sg_face_named(struct sg_str name);

#endif
