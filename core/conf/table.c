/* SPDX-License-Identifier: Apache-2.0
 * The options table. Defaults are on the side of refusing: what decides something and has no safe value must be given.
 */
#include "conf/table.h"

#include "base/office.h"
#include "base/str.h"
#include "conf/budget.h"
#include "conf/unit.h"

/* Where the build installs them. */
#ifndef SG_MODULE_PATH
#define SG_MODULE_PATH "/usr/lib/stepgate/modules"
#endif

#define MS(n) INT64_C(n)
#define SEC(n) (INT64_C(1000) * (n))
#define MIN(n) (INT64_C(60000) * (n))
#define HOUR(n) (INT64_C(3600000) * (n))
#define DAY(n) (INT64_C(86400000) * (n))
#define KIB(n) (INT64_C(1024) * (n))
#define MIB(n) (INT64_C(1048576) * (n))

#define CLASSES "infrastructure|secret|payment|data|code|web|api|other"
#define EFFECTS "read|write|execute|delegate"
#define LEVELS "public|internal|confidential|restricted"
#define LOG_LEVELS "error|warning|info|debug"
#define CONTROLS "required|requisite|sufficient|optional"
#define STRENGTHS "boundary|content|hint"
#define INSTANCES "process|cgroup|unit"
#define DOMAINS "auto|uid|cgroup|unit|process"
#define FORMS "exact|email|host|iban|ip|name|path|relative|uri|uuid"
#define CLOSED "auto|no|yes"
#define LEVELS_OF_AUTONOMY "read-only|propose|act-and-tell|autonomous"

const struct sg_conf_section sg_conf_sections[] = {
	{"actions", true, "what can be asked for"},
	{"admins", true, "who may operate and approve"},
	{"agents", true, "registered agents; none means that everything is denied"},
	{"attest", true, "steps that look at a peer, run in the order written unless after or before says otherwise"},
	{"audit", true, "where the record is carried to"},
	{"enforcers", true, "registered parties that ask on behalf of agents"},
	{"groups", true, "named groups of admins, for approvals"},
	{"humans", true, "people who own agents and whom agents act for; none means that owners are not looked up"},
	{"intents", true, "named purposes of tasks"},
	{"issue", true, "issuers of credentials"},
	{"limits", false, "bounds; each has a name"},
	{"listen", true, "faces over the network, with TLS 1.3; none means that there is no such socket"},
	{"office", false, "what time it is where the office is, and when it is open, for rules (r.time.here)"},
	{"prove", true, "by what people prove that it is they who approve: codes, passkeys; none means the operators' and approvers' sockets alone"},
	{"resources", true, "what actions are done to; none means that resources are not looked up, else an unknown one counts as restricted"},
	{"roles", true, "parts that agents take in a tree of tasks"},
	{"tools", true, "tools of servers, each pinned by the digest of its definition"},
	{"web", false, "the approvers' page (stepgate-web)"},
};
const size_t sg_conf_section_count = sizeof(sg_conf_sections) / sizeof(sg_conf_sections[0]);

#define OPTION(section, key, type, standard, min, max, choices, help)                                                  \
	{section, key, SG_CONF_##type##_OPTION, standard, min, max, choices, help},

/* clang-format off */
const struct sg_conf_option sg_conf_options[] = {
/*     section      key            type       default     min  max    choices    what it is */
OPTION("actions", "arguments",     ARGUMENTS, "",           0,  64, NULL,      "its arguments; none: any. With some, an argument that is not among them is refused")
OPTION("actions", "authority",     PATHS,     "",           0,  64, NULL,      "arguments that bear authority: payees, recipients, hosts, accounts, branches")
OPTION("actions", "budgets",       BUDGETS,   "",           0, SG_BUDGETS_MAX, NULL,      "what all agents together may spend on it")
OPTION("actions", "class",         CHOICE,    "other",      0,   0, CLASSES,   "kind of thing the action touches")
OPTION("actions", "costs",         COSTS,     "",           0,   8, NULL,      "what one of it costs, beside one call")
OPTION("actions", "credential",    NAME,      "",           0,  63, NULL,      "issuer of the credential an allow hands out; empty: none")
OPTION("actions", "effect",        CHOICE,    NULL,         0,   0, EFFECTS,   "what the action does to it")
OPTION("actions", "environment",   NAME,      "",           0,  63, NULL,      "the one environment it belongs to; empty: any")
OPTION("actions", "name",          ACTION,    NULL,         1, 128, NULL,      "its name as asked for; unique")
OPTION("actions", "narrow",        PATHS,     "",           0,  32, NULL,      "arguments that policy may narrow")
OPTION("actions", "sensitivity",   CHOICE,    NULL,         0,   0, LEVELS,    "of what it reads or changes")
OPTION("actions", "taints",        STRINGS,   "",           0,  16, NULL,      "labels that an allow puts on the task")
OPTION("actions", "unbound",       STRINGS,   "",           0,  16, NULL,      "arguments without effect, such as a description: a yes is good for the action whatever they say. None that bears authority, has a form, is narrowed or costs, and none of an action with a credential")

OPTION("admins", "groups",         NAMES,     "",           0,  64, NULL,      "approval groups this admin belongs to, besides those that list the admin")
OPTION("admins", "may",            CHOICE,    "operate",    0,   0, "operate|approve|watch|page", "approve: says yes or no where one of its groups is asked; watch: reads the status, for metrics; page: the user of stepgate-web, which speaks for whoever is signed in there; none of them can do anything else")
OPTION("admins", "uid",            INTEGER,   NULL,         0, INT32_MAX, NULL, "user id of the peer")

OPTION("agents", "approvers",      NAME,      "",           0,  63, NULL,      "group that is asked where a ceiling asks a person: autonomy \"propose\", an overdue review; empty: then it is denied")
OPTION("agents", "autonomy",       CHOICE,    "autonomous", 0,   0, LEVELS_OF_AUTONOMY, "read-only: reads alone; propose: a person for all else; act-and-tell: the owner is told; autonomous")
OPTION("agents", "budgets",        BUDGETS,   "",           0, SG_BUDGETS_MAX, NULL,      "what all its tasks together may spend")
OPTION("agents", "delegates",      AGENTS,    "",           0, 256, NULL,      "agents it may hand tasks to; \"*\": all")
OPTION("agents", "domain",         CHOICE,    "auto",       0,   0, DOMAINS,   "what the kernel keeps apart, so that what was read in one is not carried into another; auto: uid, in mode dev process; of stanzas that name one uid the coarsest counts")
OPTION("agents", "environment",    NAME,      NULL,         1,  63, NULL,      "where it works, such as \"staging\"")
OPTION("agents", "escalate",       STRING,    NULL,         1, 254, NULL,      "whom to tell when something is wrong")
OPTION("agents", "essential",      DURATION,  "0ms",        0, DAY(30), NULL,  "so long it may still read after its owner is gone")
OPTION("agents", "fade",           LIFE,      "1h",         0, SG_CONF_NEVER, NULL, "so long after the last open task of its domain is gone, labels, freezes and counts of that domain stay; a patient agent can wait that long")
OPTION("agents", "human_use",      CHOICE,    "refuse",     0,   0, "refuse|allow", "a peer with a terminal or a login session that passes for it")
OPTION("agents", "identity",       CHOICE,    "content",    0,   0, STRENGTHS, "weakest strength its identity may rest on; with \"hint\" it gets no credentials")
OPTION("agents", "instance",       CHOICE,    "process",    0,   0, INSTANCES, "what counts as one incarnation")
OPTION("agents", "intents",        NAMES,     "",           0,  64, NULL,      "purposes it may open tasks for")
OPTION("agents", "isolated_files", BOOL,      "false",      0,   0, NULL,      "the admin's word that its control group cannot reach files that another of that uid can read; domain = \"cgroup\" needs it")
OPTION("agents", "match",          MATCHES,   NULL,         1,  16, NULL,      "facts that must all hold for a peer to be this agent")
OPTION("agents", "owner",          STRING,    NULL,         1, 254, NULL,      "the human who answers for it")
OPTION("agents", "reach",          ACTIONS,   NULL,         0, 256, NULL,      "actions it may ever be allowed")
OPTION("agents", "review_by",      DATE,      NULL,        10,  10, NULL,      "the day its registration must be looked at again; from then on a person is asked for all but reads, and limits.review_grace later it is denied")
OPTION("agents", "roles",          NAMES,     "",           0,  16, NULL,      "roles it may take in a tree of tasks")

OPTION("attest", "after",          NAME,      "",           0,  63, NULL,      "a step that runs before this one")
OPTION("attest", "before",         NAME,      "",           0,  63, NULL,      "a step that runs after this one")
OPTION("attest", "control",        CHOICE,    "required",   0,   0, CONTROLS,  "what its answer means for the others")
OPTION("attest", "grants",        GRANTS,    "",           0,   8, NULL,      "what its module may have, opened for it")
OPTION("attest", "kind",          CHOICE,    "attest",     0,   0, "attest|verify", "attest looks at the process, verify reads what the peer presents")
OPTION("attest", "log_level",      CHOICE,    "info",       0,   0, LOG_LEVELS, "of what its module says the log has what is at least so grave")
OPTION("attest", "options",        REST,      "",           0,   0, NULL,      "all other keys: the module's own options")
OPTION("attest", "order",          ORDER,     "0",          0,   0, NULL,      "its place in the stack")
OPTION("attest", "refresh",       DURATION,  "0ms",        0, DAY(30), NULL,   "so often its module is started anew, beside the one that runs: it then reads files and keys again; \"0ms\": never")
OPTION("attest", "use",            NAME,      NULL,         1,  63, NULL,      "the module")

OPTION("audit", "grants",         GRANTS,    "",           0,   8, NULL,      "what its module may have, opened for it")
OPTION("audit", "lag_leaves",     INTEGER,   "10000",      1, 100000000, NULL, "required: so many leaves not yet safe there, and everything is denied")
OPTION("audit", "lag_time",       DURATION,  "1m",    SEC(1), DAY(7), NULL,    "required: the oldest leaf not yet safe there is so old, and everything is denied")
OPTION("audit", "log_level",      CHOICE,    "info",       0,   0, LOG_LEVELS, "of what its module says the log has what is at least so grave")
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

OPTION("humans", "admin",          NAME,      "",           0,  63, NULL,      "the stanza in admins that is this person; empty: none")
OPTION("humans", "agents",         AGENTS,    "",           0, 256, NULL,      "agents that may act for this person; \"*\": all")
OPTION("humans", "budgets",        BUDGETS,   "",           0, SG_BUDGETS_MAX, NULL,      "what all agents of this owner together may spend")
OPTION("humans", "delegates",      ACTIONS,   "",           0, 256, NULL,      "actions that this person hands to agents that act for them")
OPTION("humans", "disabled",       BOOL,      "false",      0,   0, NULL,      "gone: their agents fall at once")
OPTION("humans", "id",             STRING,    NULL,         1, 254, NULL,      "as owner, escalate and on_behalf_of write it; unique")
OPTION("humans", "quota",          INTEGER,   "100",        0, 100000, NULL,   "agents this person may own")

OPTION("intents", "actions",       ACTIONS,   NULL,         0, 256, NULL,      "actions a task of this intent may be allowed")
OPTION("intents", "budgets",       BUDGETS,   "",           0, SG_BUDGETS_MAX, NULL,      "what one task of it may spend, its children's part included")
OPTION("intents", "children",      INTEGER,   "16",         0, 100000, NULL,   "open tasks right below one of it")
OPTION("intents", "depth",         INTEGER,   "3",          0,   8, NULL,      "how deep its tree may grow; 0: no children")
OPTION("intents", "environment",   NAME,      "",           0,  63, NULL,      "the one environment it is for; empty: the agent's own")
OPTION("intents", "idle",          DURATION,  "0ms",        0, DAY(7), NULL,   "a task without a request for so long ends; \"0ms\": only its ttl counts")
OPTION("intents", "resources",     RESOURCES, "**",         0, 256, NULL,      "resources likewise")
OPTION("intents", "roles",         NAMES,     "",           0,  16, NULL,      "roles its tree knows; the first is the role of who opens it; none: no roles")
OPTION("intents", "sensitivity",   CHOICE,    NULL,         0,   0, LEVELS,    "ceiling: nothing above it")
OPTION("intents", "tree",          BUDGETS,   "",           0, SG_BUDGETS_MAX, NULL,      "what a whole tree whose root is of it may spend")
OPTION("intents", "ttl",           DURATION,  "1h",    SEC(1), DAY(7), NULL,   "longest life of a task")

OPTION("issue", "audience",        STRINGS,   "",           0,  32, NULL,      "whom its credentials may be made for")
OPTION("issue", "grants",         GRANTS,    "",           0,   8, NULL,      "what its module may have, opened for it; NAME.pem in state_dir/issue, if there, is \"key\" in any case")
OPTION("issue", "log_level",      CHOICE,    "info",       0,   0, LOG_LEVELS, "of what its module says the log has what is at least so grave")
OPTION("issue", "options",         REST,      "",           0,   0, NULL,      "all other keys: the module's own options")
OPTION("issue", "refresh",        DURATION,  "0ms",        0, DAY(30), NULL,   "so often its module is started anew, beside the one that runs: it then reads files and keys again; \"0ms\": never")
OPTION("issue", "ttl",             DURATION,  "60s",   SEC(1), HOUR(1), NULL,  "life of a credential, at most limits.credential_ttl_max and what its module makes (its option lifetime_max)")
OPTION("issue", "unconfirmed_max", INTEGER,    "0",          0, 1000000, NULL,   "credentials that it was told twice to take back, and has not: that many, and it gives no other; 0: it goes on")
OPTION("issue", "use",             NAME,      NULL,         1,  63, NULL,      "the module")

OPTION("limits", "approval_ttl",            DURATION, "15m",   SEC(10), HOUR(24), NULL, "life of an open approval")
OPTION("limits", "approvals_per_agent",     INTEGER,  "3",     1, 100, NULL,            "open approvals of one agent")
OPTION("limits", "attempts_per_task",       INTEGER,  "1000",  1, 1000000, NULL,        "attempts remembered for one task")
OPTION("limits", "body_timeout",            DURATION, "10s",   MS(100), MIN(5), NULL,   "from the head to the end of the body")
OPTION("limits", "burst",                   INTEGER,  "100",   1, 100000, NULL,         "units at once above the rate, per agent and per user")
OPTION("limits", "children_burst",          INTEGER,  "50",    1, 100000, NULL,         "tasks opened below one task within ten seconds; that many, and it is frozen")
OPTION("limits", "clock_jump",              DURATION, "24h",   MIN(1), DAY(30), NULL,    "the wall clock is believed so far ahead of the last leaf and the time that passed since; further, and nothing is allowed (clock_ahead)")
OPTION("limits", "connections",             INTEGER,  "4096",  32, 65536, NULL,         "open connections, all faces; a quarter may be of local users whom no stanza names and nobody knows yet")
OPTION("limits", "credential_ttl_max",      DURATION, "60s",   SEC(1), HOUR(1), NULL,   "longest life of any credential")
OPTION("limits", "denials",                 INTEGER,  "50",    1,  64, NULL,             "denials in one tree of tasks within limits.denials_within; that many, and it is frozen")
OPTION("limits", "denials_within",          DURATION, "10m",   SEC(1), DAY(1), NULL,    "see denials")
OPTION("limits", "domain_denials",          INTEGER,  "500",   1, 1024, NULL,           "denials of agents of one domain, over all trees that an agent opened itself, within denials_within; that many, and the domain is frozen. So it is where a tree of theirs is frozen for what they were refused themselves")
OPTION("limits", "domain_step_ups",         INTEGER,  "120",   1, 1024, NULL,           "as domain_denials, for step-ups within step_ups_within")
OPTION("limits", "doors",                   INTEGER,  "64",    1, 1024, NULL,           "doors of the agent face, one per user; users whom a stanza names (STEP:uid=N) have place before others")
OPTION("limits", "enforcer_connections",    INTEGER,  "1024",  1, 65536, NULL,          "open connections of one user whom a stanza of enforcers names, who speaks for many (half of connections at most); of enforcers at one address")
OPTION("limits", "gate_hang",               DURATION, "2s",    MS(200), MIN(10), NULL,   "the gate answers nobody for so long, and it is ended and starts again from the journal")
OPTION("limits", "hang_refusal",            DURATION, "1m",    0, HOUR(24), NULL,       "callers whose requests were in hand at a hang of the gate are refused for so long, and users whose process an attest module hung on are not looked at")
OPTION("limits", "head_timeout",            DURATION, "5s",    MS(100), MIN(5), NULL,   "from the first byte to the end of the head")
OPTION("limits", "host_deadline",           DURATION, "1s",    MS(1), SEC(30), NULL,    "one call of a module")
OPTION("limits", "idle_timeout",            DURATION, "30s",   SEC(1), HOUR(1), NULL,   "a connection without a request")
OPTION("limits", "keep_bytes",              SIZE,     "0B",    0, INT64_C(1) << 50, NULL, "of journal segments; more, and the oldest are deleted (stepgate audit verify says from where on it knows), so that whoever fills the record decides how far back it reaches: a sink is what keeps; \"0B\": no bound")
OPTION("limits", "keep_days",               INTEGER,  "0",     0, 36500, NULL,          "so many days behind its last leaf a journal segment is deleted, its day key with it; 0: never")
OPTION("limits", "keep_hold",               BOOL,     "false", 0,   0, NULL,            "nothing is deleted, whatever keep_days and keep_bytes say; for a while, with a reason: stepgate audit hold")
OPTION("limits", "leases_per_agent",        INTEGER,  "1000",  1, 1000000, NULL,        "leases of one agent that are not dead")
OPTION("limits", "max_body",                SIZE,     "64KiB", KIB(1), MIB(1), NULL,    "a request's body")
OPTION("limits", "memories",                INTEGER,  "20000", 1, 1000000, NULL,      "resources with memory whose labels are kept, half of them in equal shares by agent; one more that would carry something is not written to (memory_full; stepgate memories)")
OPTION("limits", "outcome_deadline",        DURATION, "5m",    SEC(1), DAY(1), NULL,    "until a missing outcome counts as unknown")
OPTION("limits", "party_burst",             INTEGER,  "5000",  1, 1000000, NULL,        "units at once above party_rate")
OPTION("limits", "party_rate",              INTEGER,  "1000",  1, 1000000, NULL,        "units a second of an enforcer, and of an operator; what it asks for an agent is that agent's")
OPTION("limits", "policy_deadline",         DURATION, "50ms",  MS(1), SEC(5), NULL,     "one judgement; then the worker is killed")
OPTION("limits", "policy_kills",            INTEGER,  "5",     1,  64, NULL,             "judgements of one task that had to be killed within a minute; that many, and it is frozen")
OPTION("limits", "policy_load_deadline",    DURATION, "5s",    MS(100), MIN(1), NULL,   "compiling the policy")
OPTION("limits", "policy_memory",           SIZE,     "64MiB", MIB(1), MIB(1024), NULL, "one policy worker")
OPTION("limits", "policy_workers",          INTEGER,  "2",     1, 16, NULL,             "processes that judge")
OPTION("limits", "proof_rest",              DURATION, "1m",    SEC(1), HOUR(24), NULL,   "a device with proof_tries behind it is asked for no proof for so long from the last of them on; signing in and saying yes rest apart")
OPTION("limits", "proof_tries",             INTEGER,  "5",     1, 64, NULL,             "tries of one device that proved nothing; that many, and it rests")
OPTION("limits", "rate",                    INTEGER,  "20",    1, 100000, NULL,         "units a second, per agent and per user: a small request is one; each further 4 KiB or 64 values of a body is one more")
OPTION("limits", "requests_per_connection", INTEGER,  "1000",  1, 1000000, NULL,        "then the connection closes")
OPTION("limits", "review_grace",            DURATION, "7d",    0, DAY(365), NULL,         "from the day a review was due until everything is denied")
OPTION("limits", "segment_bytes",           SIZE,     "64MiB", MIB(1), MIB(1024), NULL, "a journal segment; then a new one begins")
OPTION("limits", "session_idle",            DURATION, "1h",    SEC(1), DAY(7), NULL,    "an enforcer's session in which nothing was asked, by none of its agents, for so long: its open tasks end")
OPTION("limits", "snapshot_leaves",         INTEGER,  "100000", 100, 100000000, NULL,   "leaves behind the newest snapshot; that many, and another is made")
OPTION("limits", "step_ups",                INTEGER,  "12",    1,  64, NULL,             "step-ups in one tree of tasks within limits.step_ups_within; that many, and it is frozen")
OPTION("limits", "step_ups_within",         DURATION, "5m",    SEC(1), DAY(1), NULL,    "see step_ups")
OPTION("limits", "task_ttl_max",            DURATION, "8h",    SEC(1), DAY(7), NULL,    "longest life of any task")
OPTION("limits", "tasks",                   INTEGER,  "100000", 1, 1000000, NULL,       "open tasks, all agents")
OPTION("limits", "tasks_per_agent",         INTEGER,  "100",   1, 100000, NULL,         "open tasks of one agent")
OPTION("limits", "uid_connections",         INTEGER,  "64",    1, 65536, NULL,          "open connections of one user; from far, of one address, those that have shown no certificate: one more closes the oldest of them")
OPTION("limits", "use_by",                  DURATION, "30s",   SEC(1), MIN(5), NULL,    "an allow must be used within this time")
OPTION("limits", "values",                  INTEGER,  "4096",  0, 65536, NULL,          "values of one tree of tasks whose origin is remembered")
OPTION("limits", "values_per_report",       INTEGER,  "512",   0, 1024, NULL,           "values taken from one report or one opening")

OPTION("listen", "address",           ADDRESS,  NULL,    9, 47, NULL,              "where, such as \"127.0.0.1:8443\"")
OPTION("listen", "certificate",       PATH,     NULL,  1, 1024, NULL,              "the daemon's certificate and those between it and its CA, PEM")
OPTION("listen", "handshake_timeout", DURATION, "5s",  MS(100), MIN(1), NULL,      "from the connection to the end of the handshake")
OPTION("listen", "key",               PATH,     NULL,  1, 1024, NULL,              "its private key, PEM, readable by its owner alone")

OPTION("office", "holidays",          DATES,    "",      0, SG_OFFICE_HOLIDAYS, NULL, "days, as they are in the zone, on which it is closed from their first to their last second")
OPTION("office", "hours",             HOURS,    "",      0, SG_OFFICE_HOURS, NULL,  "when it is open, by the clock on its wall, up to the minute that ends them; hours that end before they begin are of the night that begins on that day; none: never")
OPTION("office", "offsets",           OFFSETS,  "",      0,  0, NULL,              "the zone's offsets from UTC, found when the configuration was read")
OPTION("office", "zone",              ZONE,     "UTC",   1, 63, NULL,              "where it is, as the system's zone data calls it; its offsets are read for this year, the one before and ten to come, behind which the last one holds: a reload reads them again, also after an update of that data")

OPTION("prove", "grants",         GRANTS,    "",           0,   8, NULL,      "what its module may have, opened for it")
OPTION("prove", "log_level",      CHOICE,    "info",       0,   0, LOG_LEVELS, "of what its module says the log has what is at least so grave")
OPTION("prove", "options",        REST,      "",           0,   0, NULL,      "all other keys: the module's own options")
OPTION("prove", "refresh",        DURATION,  "0ms",        0, DAY(30), NULL,   "so often its module is started anew, beside the one that runs: it then reads files and keys again; \"0ms\": never")
OPTION("prove", "use",            NAME,      NULL,         1,  63, NULL,      "the module")

OPTION("resources", "budgets",        BUDGETS,   "",       0, SG_BUDGETS_MAX, NULL,             "what all agents together may spend on it")
OPTION("resources", "closed",         CHOICE,  "auto",   0,   0, CLOSED,           "whether ids of its type that no stanza has are refused; auto: if its form is exact and a stanza of it has an environment, a budget, taints, memory or a sensitivity above internal")
OPTION("resources", "environment",    NAME,      "",       0,  63, NULL,             "the one environment it belongs to; empty: any")
OPTION("resources", "form",           CHOICE,  "exact",  0,   0, FORMS,            "how ids of its type are written, the same in all stanzas of it; other spellings of an id are brought into it, or refused")
OPTION("resources", "memory",         BOOL,      "false",  0,   0, NULL,             "what is written there carries the writer's taint to whoever does anything with it")
OPTION("resources", "owner",          STRING,    "",       0, 254, NULL,             "who answers for it")
OPTION("resources", "patterns",       RESOURCES, NULL,     1, 256, NULL,             "ids of it, slashed")
OPTION("resources", "sensitivity",    CHOICE,    NULL,     0,   0, LEVELS,           "of what it holds")
OPTION("resources", "taints",         STRINGS,   "",       0,  16, NULL,             "labels that whatever is done with it puts on the task")
OPTION("resources", "type",           STRING,    NULL,     1, 128, NULL,             "type as asked for")

OPTION("roles", "actions",            ACTIONS,   "",       0, 256, NULL,             "actions it may be allowed itself")
OPTION("roles", "apart",              NAMES,     "",       0,  16, NULL,             "roles whose holders in one tree must be other agents, instances and users")
OPTION("roles", "hand_on",            ACTIONS,   "",       0, 256, NULL,             "actions it may hand to tasks below it, whether or not it may use them")
OPTION("roles", "other_owner",        BOOL,      "false",  0,   0, NULL,             "holders of the roles in apart must have other owners, too")
OPTION("roles", "planned",            BOOL,      "false",  0,   0, NULL,             "it acts only on steps of a plan that was signed in its tree")
OPTION("roles", "signs",              BOOL,      "false",  0,   0, NULL,             "it may sign its tree's plan")

OPTION("tools", "action",             ACTION,    NULL,     1, 128, NULL,             "the action that a call of it is")
OPTION("tools", "digest",             DIGEST,    NULL,    64,  64, NULL,             "SHA-256 of the RFC 8785 form of its definition")
OPTION("tools", "server",             STRING,    NULL,     1, 254, NULL,             "the server it belongs to")
OPTION("tools", "tool",               STRING,    NULL,     1, 128, NULL,             "its name there")

OPTION("web", "idle",         DURATION, "10m",   SEC(10), HOUR(12), NULL,              "who does nothing on the page for so long is signed out")
OPTION("web", "origin",       ORIGIN,   "",      0, 254, NULL,                       "where people's browsers find the page, such as \"https://approve.acme.example\"; empty: nobody signs in")
OPTION("web", "total",        DURATION, "8h",    MIN(1), DAY(7), NULL,               "so long after signing in one is signed out")

OPTION("", "admin_group",  STRING, "",                         0,   64, NULL, "system group, by name or number, that may connect to admin.sock beside root; empty: nobody but the daemon's user and group. Who may do what is said in admins")
OPTION("", "approver_group", STRING, "",                       0,   64, NULL, "the same for approver.sock")
OPTION("", "mode",         CHOICE, "enforce",                   0,    0, "enforce|dev", "dev lifts the rule that an admin is no agent, and marks everything")
OPTION("", "module_dir",   FOLDERS, SG_MODULE_PATH, 1, 1023, NULL, "where modules lie: one folder, or several with a : between them, of which the first that has the module counts")
OPTION("", "policy_dir",   PATH,   SG_POLICY_DIR,    1, 1024, NULL, "where *.lua policy lies")
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
	return option->type != SG_CONF_REST_OPTION && option->type != SG_CONF_ORDER_OPTION && option->type != SG_CONF_OFFSETS_OPTION;
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
