/* SPDX-License-Identifier: Apache-2.0
 * The catalogue: what exists. Read once from the configuration document, never changed; a reload builds another one. */
#ifndef SG_GATE_CATALOGUE_H
#define SG_GATE_CATALOGUE_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/office.h"
#include "conf/budget.h"
#include "gate/catalogue/stack.h"

#include <sys/types.h>

enum sg_sensitivity { SG_PUBLIC, SG_INTERNAL, SG_CONFIDENTIAL, SG_RESTRICTED };

struct sg_strings {
	const struct sg_str *items;
	size_t count;
};

struct sg_budgets {
	const struct sg_budget *items;
	size_t count;
};

struct sg_action {
	struct sg_str name, kind /* class */, effect, environment, credential;
	enum sg_sensitivity sensitivity;
	struct sg_strings taints;    /* labels the task carries once this was allowed */
	struct sg_strings narrow;    /* arguments that policy may narrow */
	struct sg_strings authority; /* arguments that bear authority */
	struct sg_strings unbound;   /* arguments that a yes does not hold to */
	struct sg_budgets budgets;
	const struct sg_cost *costs;
	size_t cost_count;
	const struct sg_argument *arguments; /* none: any */
	size_t argument_count;
	bool reads; /* its effect is "read" */
};

enum sg_autonomy { SG_READ_ONLY, SG_PROPOSE, SG_ACT_AND_TELL, SG_AUTONOMOUS };

struct sg_agent {
	struct sg_str name, id /* SPIFFE ID */, owner, escalate, environment, instance, approvers;
	struct sg_str domain;   /* "auto", or a kind of domain.h */
	int64_t fade_ms;        /* below 0: never */
	bool isolated;          /* the admin's word on its files */
	struct sg_str identity; /* weakest strength its identity may rest on: "boundary", "content", "hint" */
	enum sg_autonomy autonomy;
	struct sg_strings match, reach, intents, roles, delegates;
	struct sg_budgets budgets;
	int64_t review_ms;    /* when its review is due: the end of that day, UTC, since 1970; INT64_MAX: never */
	int64_t essential_ms; /* so long it may still read after its owner is gone */
	bool human_use;       /* a peer with a terminal may pass for it */
	uint64_t rests_on;    /* digest of what its identity rests on: the attest stack, its match and identity; never 0 */
};

struct sg_intent {
	struct sg_str name, environment;
	struct sg_strings actions, resources, roles;
	enum sg_sensitivity sensitivity;
	struct sg_budgets budgets, tree;
	int64_t ttl_ms, idle_ms, depth, children;
};

struct sg_human {
	struct sg_str name, id, admin;
	struct sg_strings agents, delegates;
	struct sg_budgets budgets;
	bool disabled;
};

struct sg_resource {
	struct sg_str name, type, environment, owner;
	struct sg_strings patterns, taints;
	enum sg_sensitivity sensitivity;
	struct sg_budgets budgets;
	bool memory;
	enum sg_form form; /* of all ids of its type */
	bool closed;       /* ids of its type that no row has are refused */
};

struct sg_task_role {
	struct sg_str name;
	struct sg_strings actions, hand_on, apart;
	bool other_owner, planned, signs;
};

struct sg_tool {
	struct sg_str name, action, server, tool, digest;
};

struct sg_enforcer {
	struct sg_str name;
	struct sg_strings match, for_agents, actions, resources, obligations;
};

struct sg_admin {
	struct sg_str name;
	uid_t uid;
	bool approves_only, watches_only;
	bool page; /* it speaks for whoever is signed in there */
	struct sg_strings groups; /* those named in the admin's stanza and those that list the admin */
};

struct sg_issuer {
	struct sg_str name, use;
	struct sg_strings audience;
	int64_t ttl_ms, unconfirmed_max; /* 0: nothing is held up by what it has not taken back */
};

/* Bounds, in milliseconds, bytes or counts; see conf/table.c for defaults and ranges. */
#define SG_LIMITS(X)                                                                                                   \
	X(max_body) X(connections) X(uid_connections) X(head_timeout) X(body_timeout) X(idle_timeout)                  \
	X(requests_per_connection) X(rate) X(burst) X(policy_deadline) X(policy_workers) X(policy_memory)              \
	X(policy_load_deadline) X(host_deadline) X(tasks_per_agent) X(tasks) X(leases_per_agent)                       \
	X(approvals_per_agent) X(attempts_per_task) X(use_by) X(approval_ttl) X(credential_ttl_max) X(task_ttl_max)    \
	X(doors) X(outcome_deadline) X(segment_bytes)

/* Bounds that a document of before may lack; each with what it then is. */
#define SG_LIMITS_MORE(X)                                                                                              \
	X(children_burst, 50) X(clock_jump, 86400000) X(denials, 50) X(denials_within, 600000) X(domain_denials, 500)             \
	X(domain_step_ups, 120) X(enforcer_connections, 1024) X(gate_hang, 2000) X(hang_refusal, 60000) X(keep_bytes, 0) X(keep_days, 0) X(memories, 20000)      \
	X(party_burst, 5000) X(party_rate, 1000) X(policy_kills, 5) X(proof_rest, 60000) X(proof_tries, 5) X(review_grace, 604800000)                         \
	X(session_idle, 3600000) X(snapshot_leaves, 100000) X(step_ups, 12) X(step_ups_within, 300000) X(values, 4096) X(values_per_report, 512)

struct sg_limits {
#define X(name) int64_t name;
	SG_LIMITS(X)
#undef X
#define X(name, standard) int64_t name;
	SG_LIMITS_MORE(X)
#undef X
};

struct sg_catalogue {
	struct sg_catalogue *older; /* the gate's list of those no longer in force */
	uint64_t number;            /* the gate's count of configurations */
	size_t users;               /* requests that may point into it, or into a newer one */
	struct sg_arena arena;
	const struct sg_json *document;
	struct sg_str text; /* the canonical document */
	char digest[SG_SHA256_HEX];
	struct sg_str trust_domain;
	bool dev;
	struct sg_limits limits;
	struct sg_office office; /* of a document of before: UTC, never open */
	struct {
		struct sg_str origin; /* where browsers find it; "": nobody signs in */
		int64_t idle_ms, total_ms;
	} web; /* the approvers' page */
	bool keep_hold; /* nothing of the journal is deleted */
	struct sg_action *actions;
	struct sg_agent *agents;
	struct sg_intent *intents;
	struct sg_enforcer *enforcers;
	struct sg_admin *admins;
	struct sg_issuer *issuers;
	struct sg_human *humans;
	struct sg_resource *resources;
	struct sg_task_role *task_roles;
	struct sg_tool *tools;
	struct sg_strings methods; /* stanzas of prove */
	struct sg_strings attest; /* names of the attestation steps, in the stack's order */
	uint64_t stack;           /* digest of all that says what is found out about a process, and what it means; never 0 */
	struct sg_step *steps;    /* the same, attest.count of them */
	bool looks, reads;        /* some step looks at processes; some step reads what is presented */
	size_t action_count, agent_count, intent_count, enforcer_count, admin_count, issuer_count, human_count, resource_count, task_role_count, tool_count;
};

/* Builds a catalogue from the configuration document (see conf/load.h for its form). SG_MALFORMED (json_*, catalogue_form) leaves
 * nothing behind. The caller owns it and ends it with sg_catalogue_destroy. */
/* Inside: fills rests_on of all agents. */
void sg_agents_rest_on(struct sg_catalogue *catalogue);
enum sg_status sg_catalogue_create(struct sg_catalogue **out, struct sg_str document, struct sg_err *err);
/* With those that are older. NULL is allowed. */
void sg_catalogue_destroy(struct sg_catalogue *catalogue);

const struct sg_action *sg_catalogue_action(const struct sg_catalogue *catalogue, struct sg_str name);
const struct sg_agent *sg_catalogue_agent(const struct sg_catalogue *catalogue, struct sg_str name);
/* By SPIFFE ID. */
const struct sg_agent *sg_catalogue_agent_id(const struct sg_catalogue *catalogue, struct sg_str id);
const struct sg_intent *sg_catalogue_intent(const struct sg_catalogue *catalogue, struct sg_str name);
const struct sg_enforcer *sg_catalogue_enforcer(const struct sg_catalogue *catalogue, struct sg_str name);
const struct sg_issuer *sg_catalogue_issuer(const struct sg_catalogue *catalogue, struct sg_str name);
/* Fills `methods` from the document; a document of before has none. False: no memory. */
bool sg_catalogue_methods(struct sg_catalogue *catalogue);
const struct sg_admin *sg_catalogue_admin(const struct sg_catalogue *catalogue, struct sg_str name);
const struct sg_admin *sg_catalogue_admin_uid(const struct sg_catalogue *catalogue, uid_t uid);
const struct sg_human *sg_catalogue_human(const struct sg_catalogue *catalogue, struct sg_str name);
/* By the id that `owner` and `on_behalf_of` write. */
const struct sg_human *sg_catalogue_human_id(const struct sg_catalogue *catalogue, struct sg_str id);
/* Reads `web` of the document. */
void sg_catalogue_web(struct sg_catalogue *catalogue);
/* The human that an admin's stanza is, or NULL. */
const struct sg_human *sg_catalogue_human_admin(const struct sg_catalogue *catalogue, struct sg_str admin);
const struct sg_task_role *sg_catalogue_role(const struct sg_catalogue *catalogue, struct sg_str name);
const struct sg_tool *sg_catalogue_tool(const struct sg_catalogue *catalogue, struct sg_str action);
/* The stanza whose type and patterns fit, or NULL; of several the most sensitive, of several such the first by name. */
const struct sg_resource *sg_catalogue_resource(const struct sg_catalogue *catalogue, struct sg_str type, struct sg_str id);
/* The next stanza that has it, what stands before its query (sg_resource_bare), or, of a type with a form, all below it; all of them hold, and none of the latter two makes it known. `before` NULL:
 * the first; NULL: no more. */
const struct sg_resource *sg_catalogue_next_resource(const struct sg_catalogue *catalogue, struct sg_str type, struct sg_str id, const struct sg_resource *before);
/* What is in it, at most: of all stanzas that hold, and as much as there can be where none has it. */
enum sg_sensitivity sg_catalogue_level(const struct sg_catalogue *catalogue, struct sg_str type, struct sg_str id);
/* What the stanzas that hold say of a resource: whose it is by the most sensitive of them, and the first environment that one names; "" if none says. */
struct sg_resource_told {
	struct sg_str environment, owner;
	enum sg_sensitivity level; /* sg_catalogue_level */
	bool known;                /* some stanza has this very id */
};
struct sg_resource_told sg_catalogue_told(const struct sg_catalogue *catalogue, struct sg_str type, struct sg_str id);
/* The id of a URI without its query, which asks something of the same thing; any other id as it is. Within `id`. */
struct sg_str sg_resource_bare(struct sg_str id);
/* A row of that type, for what is the same in all of them: its form; NULL: there is none. */
const struct sg_resource *sg_catalogue_type(const struct sg_catalogue *catalogue, struct sg_str type);
/* Ids of that type that no row has are refused. */
bool sg_catalogue_closed(const struct sg_catalogue *catalogue, struct sg_str type);
const char *sg_autonomy_name(enum sg_autonomy autonomy);
bool sg_admin_in(const struct sg_admin *admin, struct sg_str group);

/* "public" ... "restricted"; an unknown word is the highest. */
enum sg_sensitivity sg_sensitivity_named(struct sg_str word);
const char *sg_sensitivity_name(enum sg_sensitivity level);

/* Classes of actions as numbers from 1 on, for sets of them. 0: unknown. */
int sg_class_number(struct sg_str name);
const char *sg_class_name(int number);

/* True if one of the patterns fits. */
bool sg_strings_match(const struct sg_strings *patterns, struct sg_str text, char separator);
bool sg_strings_have(const struct sg_strings *list, struct sg_str text);

#endif
