/* SPDX-License-Identifier: Apache-2.0
 * The options table. Defaults are on the side of refusing: what decides something and has no safe value must be given.
 */
#include "conf/table.h"

#include "base/str.h"

/* Where the build installs them. */
#ifndef SG_MODULE_DIR
#define SG_MODULE_DIR "/usr/lib/stepgate/modules"
#endif

#define MS(n) INT64_C(n)
#define SEC(n) (INT64_C(1000) * (n))
#define MIN(n) (INT64_C(60000) * (n))
#define HOUR(n) (INT64_C(3600000) * (n))
#define DAY(n) (INT64_C(86400000) * (n))
#define KIB(n) (INT64_C(1024) * (n))
#define MIB(n) (INT64_C(1048576) * (n))

#define CLASSES "infrastructure|secret|payment|data|code|web|other"
#define EFFECTS "read|write|execute|delegate"
#define LEVELS "public|internal|confidential|restricted"
#define CONTROLS "required|requisite|sufficient|optional"
#define STRENGTHS "boundary|content|hint"
#define INSTANCES "process|cgroup|unit"

const struct sg_conf_section sg_conf_sections[] = {
	{"actions", true, "what can be asked for"},
	{"admins", true, "who may operate and approve"},
	{"agents", true, "registered agents; none means that everything is denied"},
	{"attest", true, "steps that look at a peer, run in the order written unless after or before says otherwise"},
	{"audit", true, "where the record is carried to"},
	{"enforcers", true, "registered parties that ask on behalf of agents"},
	{"groups", true, "named groups of admins, for approvals"},
	{"intents", true, "named purposes of tasks"},
	{"issue", true, "issuers of credentials"},
	{"limits", false, "bounds; each has a name"},
	{"listen", true, "faces over the network, with TLS 1.3; none means that there is no such socket"},
};
const size_t sg_conf_section_count = sizeof(sg_conf_sections) / sizeof(sg_conf_sections[0]);

#define OPTION(section, key, type, standard, min, max, choices, help)                                                  \
	{section, key, SG_CONF_##type##_OPTION, standard, min, max, choices, help},

/* clang-format off */
const struct sg_conf_option sg_conf_options[] = {
/*     section      key            type       default     min  max    choices    what it is */
OPTION("actions", "class",         CHOICE,    "other",      0,   0, CLASSES,   "kind of thing the action touches")
OPTION("actions", "credential",    NAME,      "",           0,  63, NULL,      "issuer of the credential an allow hands out; empty: none")
OPTION("actions", "effect",        CHOICE,    NULL,         0,   0, EFFECTS,   "what the action does to it")
OPTION("actions", "environment",   NAME,      "",           0,  63, NULL,      "the one environment it belongs to; empty: any")
OPTION("actions", "name",          ACTION,    NULL,         1, 128, NULL,      "its name as asked for; unique")
OPTION("actions", "narrow",        PATHS,     "",           0,  32, NULL,      "arguments that policy may narrow")
OPTION("actions", "sensitivity",   CHOICE,    NULL,         0,   0, LEVELS,    "of what it reads or changes")
OPTION("actions", "taints",        STRINGS,   "",           0,  16, NULL,      "labels that an allow puts on the task")

OPTION("admins", "groups",         NAMES,     "",           0,  64, NULL,      "approval groups this admin belongs to, besides those that list the admin")
OPTION("admins", "uid",            INTEGER,   NULL,         0, INT32_MAX, NULL, "user id of the peer")

OPTION("agents", "environment",    NAME,      NULL,         1,  63, NULL,      "where it works, such as \"staging\"")
OPTION("agents", "escalate",       STRING,    NULL,         1, 254, NULL,      "whom to tell when something is wrong")
OPTION("agents", "identity",       CHOICE,    "content",    0,   0, STRENGTHS, "weakest strength its identity may rest on; with \"hint\" it gets no credentials")
OPTION("agents", "instance",       CHOICE,    "process",    0,   0, INSTANCES, "what counts as one incarnation")
OPTION("agents", "intents",        NAMES,     "",           0,  64, NULL,      "purposes it may open tasks for")
OPTION("agents", "match",          MATCHES,   NULL,         1,  16, NULL,      "facts that must all hold for a peer to be this agent")
OPTION("agents", "owner",          STRING,    NULL,         1, 254, NULL,      "the human who answers for it")
OPTION("agents", "reach",          ACTIONS,   NULL,         0, 256, NULL,      "actions it may ever be allowed")
OPTION("agents", "review_by",      DATE,      NULL,        10,  10, NULL,      "the day its registration must be looked at again")

OPTION("attest", "after",          NAME,      "",           0,  63, NULL,      "a step that runs before this one")
OPTION("attest", "before",         NAME,      "",           0,  63, NULL,      "a step that runs after this one")
OPTION("attest", "control",        CHOICE,    "required",   0,   0, CONTROLS,  "what its answer means for the others")
OPTION("attest", "grants",        GRANTS,    "",           0,   8, NULL,      "what its module may have, opened for it")
OPTION("attest", "kind",          CHOICE,    "attest",     0,   0, "attest|verify", "attest looks at the process, verify reads what the peer presents")
OPTION("attest", "options",        REST,      "",           0,   0, NULL,      "all other keys: the module's own options")
OPTION("attest", "order",          ORDER,     "0",          0,   0, NULL,      "its place in the stack")
OPTION("attest", "refresh",       DURATION,  "0ms",        0, DAY(30), NULL,   "so often its module is started anew, beside the one that runs: it then reads files and keys again; \"0ms\": never")
OPTION("attest", "use",            NAME,      NULL,         1,  63, NULL,      "the module")

OPTION("audit", "grants",         GRANTS,    "",           0,   8, NULL,      "what its module may have, opened for it")
OPTION("audit", "lag_leaves",     INTEGER,   "10000",      1, 100000000, NULL, "required: so many leaves not yet safe there, and everything is denied")
OPTION("audit", "lag_time",       DURATION,  "1m",    SEC(1), DAY(7), NULL,    "required: the oldest leaf not yet safe there is so old, and everything is denied")
OPTION("audit", "options",        REST,      "",           0,   0, NULL,      "all other keys: the module's own options")
OPTION("audit", "refresh",        DURATION,  "0ms",        0, DAY(30), NULL,   "so often its module is started anew, beside the one that runs: it then reads files and keys again; \"0ms\": never")
OPTION("audit", "required",       BOOL,      "false",      0,   0, NULL,      "deny when it lags beyond its bounds")
OPTION("audit", "use",            NAME,      NULL,         1,  63, NULL,      "the module")

OPTION("enforcers", "actions",     ACTIONS,   "**",         0, 256, NULL,      "actions it may ask for")
OPTION("enforcers", "for_agents",  AGENTS,    NULL,         0, 4096, NULL,     "agents it stands in front of; \"*\": all")
OPTION("enforcers", "match",       MATCHES,   NULL,         1,  16, NULL,      "facts that must all hold for a peer to be this enforcer")
OPTION("enforcers", "obligations", NAMES,     "",           0,  32, NULL,      "obligations it can carry out")
OPTION("enforcers", "resources",   RESOURCES, "**",         0, 256, NULL,      "resources it may ask for")

OPTION("groups", "members",        NAMES,     NULL,         0, 1024, NULL,     "admins in it")

OPTION("intents", "actions",       ACTIONS,   NULL,         0, 256, NULL,      "actions a task of this intent may be allowed")
OPTION("intents", "environment",   NAME,      "",           0,  63, NULL,      "the one environment it is for; empty: the agent's own")
OPTION("intents", "resources",     RESOURCES, "**",         0, 256, NULL,      "resources likewise")
OPTION("intents", "sensitivity",   CHOICE,    NULL,         0,   0, LEVELS,    "ceiling: nothing above it")
OPTION("intents", "ttl",           DURATION,  "1h",    SEC(1), DAY(7), NULL,   "longest life of a task")

OPTION("issue", "audience",        STRINGS,   "",           0,  32, NULL,      "whom its credentials may be made for")
OPTION("issue", "grants",         GRANTS,    "",           0,   8, NULL,      "what its module may have, opened for it; NAME.pem in state_dir/issue, if there, is \"key\" in any case")
OPTION("issue", "options",         REST,      "",           0,   0, NULL,      "all other keys: the module's own options")
OPTION("issue", "refresh",        DURATION,  "0ms",        0, DAY(30), NULL,   "so often its module is started anew, beside the one that runs: it then reads files and keys again; \"0ms\": never")
OPTION("issue", "ttl",             DURATION,  "60s",   SEC(1), HOUR(1), NULL,  "life of a credential, at most limits.credential_ttl_max")
OPTION("issue", "use",             NAME,      NULL,         1,  63, NULL,      "the module")

OPTION("limits", "approval_ttl",            DURATION, "15m",   SEC(10), HOUR(24), NULL, "life of an open approval")
OPTION("limits", "approvals_per_agent",     INTEGER,  "3",     1, 100, NULL,            "open approvals of one agent")
OPTION("limits", "attempts_per_task",       INTEGER,  "1000",  1, 1000000, NULL,        "attempts remembered for one task")
OPTION("limits", "body_timeout",            DURATION, "10s",   MS(100), MIN(5), NULL,   "from the head to the end of the body")
OPTION("limits", "burst",                   INTEGER,  "100",   1, 100000, NULL,         "requests at once above the rate, per agent and per user")
OPTION("limits", "connections",             INTEGER,  "4096",  16, 65536, NULL,         "open connections, all faces")
OPTION("limits", "credential_ttl_max",      DURATION, "60s",   SEC(1), HOUR(1), NULL,   "longest life of any credential")
OPTION("limits", "doors",                   INTEGER,  "64",    1, 1024, NULL,           "doors of the agent face, one per user")
OPTION("limits", "head_timeout",            DURATION, "5s",    MS(100), MIN(5), NULL,   "from the first byte to the end of the head")
OPTION("limits", "host_deadline",           DURATION, "1s",    MS(1), SEC(30), NULL,    "one call of a module")
OPTION("limits", "idle_timeout",            DURATION, "30s",   SEC(1), HOUR(1), NULL,   "a connection without a request")
OPTION("limits", "leases_per_agent",        INTEGER,  "1000",  1, 1000000, NULL,        "leases of one agent that are not dead")
OPTION("limits", "max_body",                SIZE,     "64KiB", KIB(1), MIB(1), NULL,    "a request's body")
OPTION("limits", "outcome_deadline",        DURATION, "5m",    SEC(1), DAY(1), NULL,    "until a missing outcome counts as unknown")
OPTION("limits", "policy_deadline",         DURATION, "50ms",  MS(1), SEC(5), NULL,     "one judgement; then the worker is killed")
OPTION("limits", "policy_load_deadline",    DURATION, "5s",    MS(100), MIN(1), NULL,   "compiling the policy")
OPTION("limits", "policy_memory",           SIZE,     "64MiB", MIB(1), MIB(1024), NULL, "one policy worker")
OPTION("limits", "policy_workers",          INTEGER,  "2",     1, 16, NULL,             "processes that judge")
OPTION("limits", "rate",                    INTEGER,  "20",    1, 100000, NULL,         "requests a second, per agent and per user")
OPTION("limits", "requests_per_connection", INTEGER,  "1000",  1, 1000000, NULL,        "then the connection closes")
OPTION("limits", "segment_bytes",           SIZE,     "64MiB", MIB(1), MIB(1024), NULL, "a journal segment; then a new one begins")
OPTION("limits", "task_ttl_max",            DURATION, "8h",    SEC(1), DAY(7), NULL,    "longest life of any task")
OPTION("limits", "tasks",                   INTEGER,  "100000", 1, 1000000, NULL,       "open tasks, all agents")
OPTION("limits", "tasks_per_agent",         INTEGER,  "100",   1, 100000, NULL,         "open tasks of one agent")
OPTION("limits", "uid_connections",         INTEGER,  "64",    1, 65536, NULL,          "open connections of one user")
OPTION("limits", "use_by",                  DURATION, "30s",   SEC(1), MIN(5), NULL,    "an allow must be used within this time")

OPTION("listen", "address",           ADDRESS,  NULL,    9, 47, NULL,              "where, such as \"127.0.0.1:8443\"")
OPTION("listen", "certificate",       PATH,     NULL,  1, 1024, NULL,              "the daemon's certificate and those between it and its CA, PEM")
OPTION("listen", "handshake_timeout", DURATION, "5s",  MS(100), MIN(1), NULL,      "from the connection to the end of the handshake")
OPTION("listen", "key",               PATH,     NULL,  1, 1024, NULL,              "its private key, PEM, readable by its owner alone")

OPTION("", "mode",         CHOICE, "enforce",                   0,    0, "enforce|dev", "dev lifts the rule that an admin is no agent, and marks everything")
OPTION("", "module_dir",   PATH,   SG_MODULE_DIR, 1, 1024, NULL, "where modules lie")
OPTION("", "policy_dir",   PATH,   "/etc/stepgate/policy.d",    1, 1024, NULL, "where *.lua policy lies")
OPTION("", "run_dir",      PATH,   "/run/stepgate",             1,   90, NULL, "where the sockets lie (a socket's path has 108 bytes)")
OPTION("", "state_dir",    PATH,   "/var/lib/stepgate",         1, 1024, NULL, "where journal and keys lie")
OPTION("", "trust_domain", DOMAIN, "localhost",                 1,  255, NULL, "SPIFFE trust domain of all agents")
};
/* clang-format on */
const size_t sg_conf_option_count = sizeof(sg_conf_options) / sizeof(sg_conf_options[0]);

const struct sg_conf_section *
sg_conf_section_find(struct sg_str name)
{
	for (size_t i = 0; i < sg_conf_section_count; i++)
		if (sg_str_is(name, sg_conf_sections[i].name))
			return &sg_conf_sections[i];
	return NULL;
}

static bool
settable(const struct sg_conf_option *option)
{
	return option->type != SG_CONF_REST_OPTION && option->type != SG_CONF_ORDER_OPTION;
}

const struct sg_conf_option *
sg_conf_option_find(const char *section, struct sg_str key)
{
	for (size_t i = 0; i < sg_conf_option_count; i++)
		if (strcmp(sg_conf_options[i].section, section) == 0 && sg_str_is(key, sg_conf_options[i].key) &&
		    settable(&sg_conf_options[i]))
			return &sg_conf_options[i];
	return NULL;
}

bool
sg_conf_section_takes_rest(const char *section)
{
	for (size_t i = 0; i < sg_conf_option_count; i++)
		if (strcmp(sg_conf_options[i].section, section) == 0 && sg_conf_options[i].type == SG_CONF_REST_OPTION)
			return true;
	return false;
}
