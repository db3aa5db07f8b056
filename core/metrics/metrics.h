/* SPDX-License-Identifier: Apache-2.0
 * What the daemon's status says, as metrics in the text format of Prometheus (exposition format 0.0.4). Read by a process of its own, so that the daemon
 * needs no network and what scrapes it reaches nothing but this. */
#ifndef SG_METRICS_METRICS_H
#define SG_METRICS_METRICS_H

#include "base/buf.h"
#include "base/json.h"

enum { SG_METRICS_TEXT = 1 << 20, SG_METRICS_HEAD_MAX = 4096, SG_METRICS_HEAD_MS = 2000, SG_METRICS_CONNS = 64, SG_METRICS_KEEP_MS = 1000 /* a status is good for so long */ };

/* Each metric once: X(name, type, the members of the status it is, what it is). No label names an agent, a task, a resource or a user: those are many, and
 * somebody's. */
#define SG_METRICS(X)                                                                                                  \
	X("stepgate_agents",                    "gauge",   "agents",                   "agents in the catalogue")              \
	X("stepgate_connections",               "gauge",   "connections",              "connections of agents, enforcers and operators") \
	X("stepgate_connections_limit",         "gauge",   "connections_most",         "of these there is room for")           \
	X("stepgate_credentials_live",          "gauge",   "leases",                   "credentials that are out")             \
	X("stepgate_journal_durable_leaf",      "gauge",   "durable",                  "number of the last leaf that is on disk") \
	X("stepgate_policy_generation",         "gauge",   "policy_generation",        "policies that were put in force since the start") \
	X("stepgate_revocations_failing",       "gauge",   "revoking.failing",         "credentials that an issuer does not take back") \
	X("stepgate_revocations_pending",       "gauge",   "revoking.open",            "credentials that are being taken back") \
	X("stepgate_stepup_pending",            "gauge",   "approvals",                "approvals that wait for a person")     \
	X("stepgate_tasks_open",                "gauge",   "tasks",                    "tasks that are open or frozen")        \
	X("stepgate_turned_out_total",          "counter", "turned_out",               "connections ended for want of room")   \
	X("stepgate_shut_out_total",            "counter", "shut_out",                 "times that a user who only connects was shut out for a moment") \
	X("stepgate_gate_hangs_total",          "counter", "work.hangs",               "gates that were ended because they did not turn")

/* Writes all of them. `status`: the answer of GET /v1/status, NULL: the daemon did not answer (stepgate_up 0, and nothing else). */
void sg_metrics_write(struct sg_buf *out, const struct sg_json *status);

/* Whether it can be asked for decisions now: NULL, or what is in the way, static. */
const char *sg_metrics_unready(const struct sg_json *status);

/* An instance of that name is in use: a reload starts the next one beside it. */
bool sg_metrics_module_ready(const struct sg_json *modules, struct sg_str name);

/* Asks the daemon whose sockets are in `run`. The status, in `arena`, or NULL with why in `err`. */
const struct sg_json *sg_metrics_ask(const char *run, struct sg_arena *arena, struct sg_err *err);

/* Answers GET /metrics, /healthz and /readyz (RFC 9112, one request a connection, SG_METRICS_CONNS of them at once) at `address` ("127.0.0.1:9464"), which is this machine's own, until a signal ends it.
 * The exit status. */
int sg_metrics_serve(const char *address, const char *run);

#endif
