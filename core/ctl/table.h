/* SPDX-License-Identifier: Apache-2.0
 * stepgate(1) as data: every command once, as option_table.h has every option. The parser, the help, the manual page and the shell completions are all made from
 * these two tables. */
#ifndef SG_CTL_TABLE_H
#define SG_CTL_TABLE_H

#include "ctl/option_table.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* How a run ends. Stable for ever.
 *     name         number  meaning */
#define SG_CTL_EXITS(X)                                                                                                \
	X(OK,           0,  "done, or allowed")                                                                        \
	X(DENIED,       1,  "denied, or failed; audit verify: the journal was tampered with")                          \
	X(STEP_UP,      2,  "a person must approve first")                                                             \
	X(REFUSED,      3,  "a person said no, or the approval expired")                                               \
	X(USAGE,       64,  "the command line is wrong")                                                               \
	X(TORN,        65,  "audit verify: the end is cut inside a record, as a crash or a cut leave it; all before it is intact") \
	X(UNREADABLE,  66,  "a file cannot be read; audit verify: so nothing is known of the journal")                 \
	X(AWAY,        69,  "the daemon does not answer")                                                              \
	X(INTERNAL,    70,  "stepgate itself failed")                                                                  \
	X(CANNOT_MAKE, 73,  "a file or folder cannot be made")                                                         \
	X(PERMISSION,  77,  "you may not do this")                                                                     \
	X(CONFIG,      78,  "the configuration, the policy or the state is wrong")

enum sg_ctl_exit {
#define X(name, number, text) SG_CTL_##name = number,
	SG_CTL_EXITS(X)
#undef X
};

enum sg_ctl_option_index {
#define X(field, letter, name, argument, text) SG_CTL_OPTION_##field,
	SG_CTL_OPTIONS(X)
#undef X
	SG_CTL_OPTION_COUNT
};

struct sg_ctl_option {
	char letter; /* 0: none */
	const char *name, *argument, *text;
};

#define SG_CTL_BIT(field) (UINT64_C(1) << SG_CTL_OPTION_##field)
/* These may be given more than once. */
#define SG_CTL_REPEATED                                                                                                \
	(SG_CTL_BIT(action) | SG_CTL_BIT(arg) | SG_CTL_BIT(budget) | SG_CTL_BIT(input) | SG_CTL_BIT(resource) |        \
	 SG_CTL_BIT(used) | SG_CTL_BIT(value))
#define SG_CTL_TALK (SG_CTL_BIT(json) | SG_CTL_BIT(run))
#define SG_CTL_LEAVES (SG_CTL_BIT(action) | SG_CTL_BIT(agent) | SG_CTL_BIT(since) | SG_CTL_BIT(until) | SG_CTL_BIT(verdict))
#define SG_CTL_FILES (SG_CTL_BIT(json) | SG_CTL_BIT(config) | SG_CTL_BIT(vendor))

#define SG_CTL_SECRETS (SG_CTL_FILES | SG_CTL_BIT(issuer))

/* As `most`: everything behind the command's word is another program's to read; or what stands behind `--` is another program.
 * SG_CTL_ARGS_MOST: as many as a command line holds beside its own words (SG_CTL_ARGS). */
enum { SG_CTL_REST = 1000, SG_CTL_BEHIND = 999, SG_CTL_ARGS_MOST = 60 };

/* `[X]` may be left out. A command of two words whose second is `list` is also meant by its first word alone.
 *  function         words              arguments           least most  options                                          one line; more */
#define SG_CTL_COMMANDS(X)                                                                                             \
	X(init,          "init",            "[DIR]",            0, 1, SG_CTL_FILES | SG_CTL_BIT(admin) | SG_CTL_BIT(trust_domain), \
	  "make the state folder and its keys, and say whose agents these are",                                                                        \
	  "With --trust-domain it first writes conf.d/00-site.conf: the domain, the first operators (root, and --admin USER) as the group operators, and the system's groups "  \
	  "stepgate-admin and stepgate-approver for those who may connect, where there are such. What is configured already is not said again. "  \
	  "Reads the configuration and makes what it names: state with journal, keys and policy, the state key, one P-256 key for each "      \
	  "issuer that uses jwt, ssh or x509, store and store key for secret. What exists is kept; a key is never written over. With DIR it writes a whole private set-up below "  \
	  "that folder first (mode dev), with you as agent, enforcer and admin, example policy and a catalogue to try it on.")                   \
	X(dev,           "dev",             "DIR",              1, 1, 0,                                                        \
	  "run a private daemon below a folder, in the foreground",                                                    \
	  "Makes the set-up of `stepgate init DIR` if it is not there, then runs the daemon on it: agent.sock, enforcer.sock, admin.sock, "  \
	  "conf.d, policy.d and state lie in DIR. Policy is loaded again whenever a file in policy.d is saved; each decision is one line. "   \
	  "Agent and approver share your uid here: this shows how things work, it is not a boundary.")                                          \
	X(status,        "status",          "",                 0, 0, SG_CTL_TALK,                                              \
	  "what the daemon does, and what is missing around it",                                                       \
	  "One screen: mode, journal, policy, what is open, layers of confinement the kernel lacks. Exit 1 when the journal is closed, "      \
	  "everything is killed or the face over the network cannot be opened.")                                                                                      \
	X(watch,         "watch",           "",                 0, 0, SG_CTL_TALK | SG_CTL_BIT(count) | SG_CTL_BIT(interval),                                             \
	  "decisions a second, and what is open, as it changes",                                                        \
	  "On a terminal one screen, drawn again each second until q or Ctrl-C; else one line a second, with --json one object. Rates by verdict and reason, approvals that wait, open tasks and "  \
	  "credentials, the slowest request, how far sinks are behind, who is killed. A daemon that began anew is said to be restarted, and has rates again from the next sample on.") \
	X(doctor,        "doctor",          "",                 0, 0, SG_CTL_FILES | SG_CTL_BIT(run),                          \
	  "what is wrong with this set-up, and what to do about it",                                                    \
	  "Looks at kernel, clock, disk, files and their modes, the unit, the daemon and its modules, policy and its tests, approver groups and reviews. One line a finding, what to do below it. "  \
	  "Nothing is changed and root is not needed: what cannot be looked at is said (unseen). Exit 0 nothing is wrong, 1 warnings alone, 78 errors.") \
	X(metrics,       "metrics",         "[--listen ADDRESS] [--run DIR]", 0, SG_CTL_REST, 0,                                 \
	  "what the status says, as Prometheus reads it",                                                               \
	  "Runs stepgate-metrics: once, or with --listen as a server for /metrics, /healthz and /readyz on this machine alone. No label names an "   \
	  "agent, a task, a resource or a user. The user that runs it is an admin with may = \"watch\".")                    \
	X(web,           "web",             "--listen ADDRESS ...", 0, SG_CTL_REST, 0,   \
	  "the page on which people approve",                                                                           \
	  "Runs stepgate-web: people sign in there by a device that they enrolled, read what an agent asks, and say yes or no. The user that runs it is an admin with "   \
	  "may = \"page\", and web.origin says where browsers find it. stepgate-web --help: its certificate and more.")                                                 \
	X(people_in,     "people sessions",  "",                0, 0, SG_CTL_TALK, "who is signed in on the page", "")         \
	X(people_out,    "people end",      "ID",               1, 1, SG_CTL_TALK, "one of them is signed out", "At once. ID as people sessions shows it.") \
	X(why,           "why",             "ID",               1, 1, SG_CTL_TALK,                                              \
	  "one decision, from its record, judged again",                                                               \
	  "Shows verdict, code, rule and its line, the facts about the process, task and ceilings, what was asked and what is effective, "    \
	  "approval and lease. The recorded question is put to policy again: `same` means that the answer follows from the record.")           \
	X(audit_tail,    "audit tail",      "",                 0, 0, SG_CTL_TALK | SG_CTL_LEAVES | SG_CTL_BIT(after) | SG_CTL_BIT(follow) | SG_CTL_BIT(file), \
	  "the newest leaves of the journal",                                                                          \
	  "One line a leaf; with --json the leaf itself. --file reads without the daemon. With --since, or with --until, --agent, --verdict or --action, all of the journal is looked through; "   \
	  "of several --action any will do.")                                                                          \
	X(audit_export,  "audit export",    "[DIR]",            0, 1, SG_CTL_LEAVES | SG_CTL_BIT(format),                        \
	  "the record as other systems read it, offline",                                                              \
	  "DIR is a state folder (default /var/lib/stepgate), which a daemon may be writing. One line a leaf on standard output: jsonl the leaf as it is, ocsf an event of the Open "  \
	  "Cybersecurity Schema Framework (decisions are API Activity), ecs one of the Elastic Common Schema, cef one of ArcSight. What has no place there stands in unmapped or stepgate. "   \
	  "The chain is checked on the way: exit as audit verify.")                                                     \
	X(audit_verify,  "audit verify",    "[DIR]",            0, 1, SG_CTL_BIT(json) | SG_CTL_BIT(anchor),                     \
	  "check the journal's chain, offline",                                                                        \
	  "DIR is a state folder (default /var/lib/stepgate). Reads every leaf, prints the number of the last one and the head of the "     \
	  "chain. Note both somewhere else: --anchor then tells whether what was noted is still in the journal. Head and snapshots beside the "    \
	  "journal tell so too, as long as they are not gone with its end. Sealed inputs are opened where their day key still exists. Exit 0 intact, 1 tampered, "      \
	  "65 torn end, 66 unreadable.")                                                                                \
	X(audit_accept, "audit accept", "[DIR]",      0, 1, SG_CTL_BIT(json) | SG_CTL_BIT(reason),                     \
	  "start again although leaves are gone",                                                                      \
	  "DIR is a state folder (default /var/lib/stepgate). For a daemon that does not start because its journal ends before a leaf that was on "   \
	  "disk (journal_lost): what was lost stays lost, a kill too. Put the journal back from where it went if you can. Else, with the daemon "     \
	  "stopped, this moves head and snapshots that know more out of the way (lost-*) and has the next start record who took the loss and why. "   \
	  "Needs --reason. Exit 1 if nothing is lost.")                                                                \
	X(audit_hold,   "audit hold",   "",           0, 0, SG_CTL_TALK | SG_CTL_BIT(reason),                               \
	  "keep the whole record, whatever retention says",                                                            \
	  "Needs --reason (256 bytes): what it is kept for. From then on nothing of the record is deleted (but what a leaf of kind keep said before), through restarts and reloads, "   \
	  "until `stepgate audit release`. Your word is recorded; status and doctor show it. A second one has its reason in place of the first.")                     \
	X(audit_release, "audit release", "",         0, 0, SG_CTL_TALK | SG_CTL_BIT(reason),                               \
	  "let retention go on",                                                                                       \
	  "Needs --reason. Takes `stepgate audit hold` back; limits.keep_hold holds by itself. Your word is recorded.") \
	X(version,       "version",         "",                 0, 0, SG_CTL_BIT(json),                                          \
	  "the version, and the forms it reads and writes", "What each number promises stands in packaging/CHANGELOG.md.") \
	X(backup,        "backup",          "DIR",              1, 1, SG_CTL_FILES | SG_CTL_BIT(run),                          \
	  "a copy of the state, also while the daemon runs",                                                            \
	  "DIR must be empty or not there. Journal, keys, issuers' keys and recorded configurations, up to a leaf that was on disk: every decision that was answered before the "   \
	  "command began is in it. Prints that leaf and the digest of the backup's manifest: note both elsewhere. The backup holds keys: keep it as safe as the state. Exit 0, or nothing is to be relied on.") \
	X(restore,       "restore",         "DIR",              1, 1, SG_CTL_FILES | SG_CTL_BIT(anchor) | SG_CTL_BIT(older) | SG_CTL_BIT(reason), \
	  "put a backup's state back, with the daemon stopped",                                                         \
	  "Each file is held against the backup's manifest, the journal against its chain, and with --anchor N:HEX against what was noted. What is there is moved aside, to "   \
	  "before-TIME. Unless all that is there stands in the backup, --older and --reason are needed: what happened since is lost, so it starts with everything killed, approvals "   \
	  "void, credentials revoked and new keys for tokens, and the record names both. Exit 1: refused, nothing was changed.")                       \
	X(approvals_list, "approvals list", "",                 0, 0, SG_CTL_TALK | SG_CTL_BIT(all),                            \
	  "what waits for a person", "With --all also what is settled. Whoever may not connect to the operators' socket is asked for by the approvers'.")                                               \
	X(approvals_watch, "approvals watch", "",              0, 0, SG_CTL_TALK | SG_CTL_BIT(count) | SG_CTL_BIT(interval),   \
	  "each approval as it comes to wait", "Whole, with the terminal's bell, until q or Ctrl-C; then that it waits no longer. With --json an object a line: {\"approval\"} or {\"over\":ID}.") \
	X(approvals_show, "approvals show", "ID",               1, 1, SG_CTL_TALK | SG_CTL_BIT(wait),                           \
	  "everything a person needs to judge one", "Text from agents is shown with control, escape and direction characters made visible.")        \
	X(approvals_approve, "approvals approve", "ID",         1, 1, SG_CTL_TALK | SG_CTL_BIT(comment) | SG_CTL_BIT(method) | SG_CTL_BIT(answer) | SG_CTL_BIT(device), \
	  "say yes", "With --method proven by a device that you enrolled (stepgate people). Good for exactly the action shown, once. The action is judged again when the agent redeems it.") \
	X(approvals_deny, "approvals deny", "ID",               1, 1, SG_CTL_TALK | SG_CTL_BIT(comment),                                              \
	  "say no", "Also takes back a yes that was not used yet.")                                                    \
	X(people_list,   "people list",     "",                 0, 0, SG_CTL_TALK, "people's devices, by which they prove who approves", "")      \
	X(people_begin,  "people begin",    "ADMIN METHOD",     2, 2, SG_CTL_TALK,                                              \
	  "begin to enrol a device", "ADMIN is the stanza in admins, METHOD the one in prove. What is printed goes to that person, by a way that you trust: it serves once, for ten minutes.") \
	X(people_offer,  "people offer",    "ID CODE",          2, 2, SG_CTL_TALK,                                              \
	  "what your device is to be told", "For the person, on their own account: the link or secret for an authenticator application. It is shown here and nowhere else.") \
	X(people_finish, "people finish",   "ID CODE [ANSWER]", 2, 3, SG_CTL_TALK,                                              \
	  "show that your device is there", "For the person. ANSWER is what the device shows; without it, it is asked for. Read the fingerprint that is printed to an operator.") \
	X(people_confirm, "people confirm", "ID FINGERPRINT",   2, 2, SG_CTL_TALK,                                              \
	  "a device is this person's", "FINGERPRINT as the person reads it to you, not as people list shows it: before that it proves nothing.") \
	X(people_revoke, "people revoke",   "ID",               1, 1, SG_CTL_TALK | SG_CTL_BIT(reason), "a device proves nothing any more", "At once.") \
	X(tasks_list,    "tasks list",      "",                 0, 0, SG_CTL_TALK | SG_CTL_BIT(all) | SG_CTL_BIT(agent),                            \
	  "tasks that are open or frozen", "With --all also those that have ended; with --agent those of one agent.")                                             \
	X(tasks_show,    "tasks show",      "ID",               1, 1, SG_CTL_TALK, "one task", "")                          \
	X(tasks_close,   "tasks close",     "ID",               1, 1, SG_CTL_TALK,                                              \
	  "end a task", "Its credentials are revoked, its approvals void, and everything below it ends with it.")      \
	X(tasks_thaw,    "tasks thaw",      "ID",               1, 1, SG_CTL_TALK,                                              \
	  "let a frozen task go on", "Somebody has looked at it: see stepgate task tree ID and the record. One above it that stands still is thawed " \
	  "for itself; the answer names it.")                                                                          \
	X(task_tree,     "task tree",       "ID",               1, 1, SG_CTL_TALK | SG_CTL_BIT(svg),                            \
	  "the tree that a task stands in, from its root",                                                             \
	  "Who holds which task, in which role, what it was given, what is left, what was decided. The task asked for is marked. --svg "      \
	  "writes a picture to standard output.")                                                                       \
	X(agents_list,   "agents list",     "",                 0, 0, SG_CTL_TALK,                                              \
	  "agents, their states and who answers for them", "")                                                         \
	X(agents_suspend, "agents suspend", "NAME",             1, 1, SG_CTL_TALK,                                              \
	  "stop an agent until it is resumed", "Its tasks end and its credentials are revoked.")                       \
	X(agents_resume, "agents resume",   "NAME",             1, 1, SG_CTL_TALK, "let a suspended agent work again", "")   \
	X(agents_retire, "agents retire",   "NAME",             1, 1, SG_CTL_TALK,                                              \
	  "end an agent for good", "Its name is not used again, unless it is registered as another one.")              \
	X(agents_register, "agents register", "NAME",           1, 1, SG_CTL_TALK,                                              \
	  "use the name of a retired agent for another one", "It gets an id of its own: no old token or policy line fits it.") \
	X(humans_disable, "humans disable", "NAME",             1, 1, SG_CTL_TALK,                                              \
	  "this person is gone: the agents they own fall at once", "NAME is the stanza in humans.")                    \
	X(humans_enable, "humans enable",   "NAME",             1, 1, SG_CTL_TALK, "this person is back", "NAME is the stanza in humans.") \
	X(domains_list,  "domains list",    "",                 0, 0, SG_CTL_TALK | SG_CTL_BIT(of),                                                \
	  "what shares a boundary of the kernel and carries labels or a freeze", "")                                   \
	X(domains_thaw,  "domains thaw",    "ID",               1, 1, SG_CTL_TALK | SG_CTL_BIT(reason),                         \
	  "let a frozen domain go on", "Needs --reason. What stood still with it goes on; what a rule stopped for itself does not.") \
	X(domains_cleanse, "domains cleanse", "ID",             1, 1, SG_CTL_TALK | SG_CTL_BIT(reason),                         \
	  "take the labels from a domain", "Needs --reason. Its open tasks keep theirs; what is opened from now on begins clean.") \
	X(leases_list,   "leases list",     "",                 0, 0, SG_CTL_TALK | SG_CTL_BIT(all) | SG_CTL_BIT(agent),                            \
	  "credentials that are out", "With --all also those that are dead; with --agent those of one agent. Those whose issuer does not take them back stand first.")                                          \
	X(leases_revoke, "leases revoke",   "ID",               1, 1, SG_CTL_TALK, "take a credential back", "")            \
	X(leases_forget, "leases forget",   "ID",               1, 1, SG_CTL_TALK | SG_CTL_BIT(reason),                         \
	  "end a credential that nobody can confirm to be gone",                                                       \
	  "Needs --reason. Its issuer was told to take it back and has not said that it did: `stepgate leases list` says why. Make sure by hand " \
	  "that it is gone. Your word is recorded.")                                                                   \
	X(memories_list, "memories list",   "",                 0, 0, SG_CTL_TALK,                                              \
	  "how many resources with memory carry what which agent wrote", "Each agent has its share of limits.memories.") \
	X(memories_forget, "memories forget", "NAME",           1, 1, SG_CTL_TALK | SG_CTL_BIT(reason),                         \
	  "take from resources with memory what the agent NAME alone left in them",                                    \
	  "Needs --reason. Who reads them from now on takes nothing over; who read them before keeps it. What another agent wrote to as well keeps all its " \
	  "labels, and counts for nobody's share. For notes that are gone, or that somebody has cleaned.") \
	X(clock_accept,  "clock accept",    "",                 0, 0, SG_CTL_TALK | SG_CTL_BIT(reason),                         \
	  "say that the clock is right",                                                                               \
	  "Needs --reason. While the wall clock stands further ahead than the time that passed (clock_ahead), or behind the record (clock_behind), "  \
	  "nothing is allowed. Set the clock right if it is wrong. If it is right, and the record was written by a clock that was not, this has the "   \
	  "record go on from now. Your word is recorded.")                                                             \
	X(kill,          "kill",            "",                 0, 0, SG_CTL_TALK | SG_CTL_BIT(all) | SG_CTL_BIT(agent) | SG_CTL_BIT(reason), \
	  "stop an agent, or all of them, now",                                                                        \
	  "Needs --all or --agent. Everything is denied and every credential revoked until `stepgate lift`. Works also when nothing can be "   \
	  "recorded; the answer then says effective_not_durable.")                                                      \
	X(lift,          "lift",            "",                 0, 0, SG_CTL_TALK | SG_CTL_BIT(all) | SG_CTL_BIT(agent) | SG_CTL_BIT(reason), \
	  "end a kill", "Needs --all or --agent. What was revoked stays revoked.")                                     \
	X(reload,        "reload",          "",                 0, 0, SG_CTL_TALK,                                              \
	  "load configuration and policy again",                                                                       \
	  "Waits for the result. What is wrong is printed and kept out, and what was in force stays (exit 78). Works also "  \
	  "when nothing can be recorded, and says so.")                                                                 \
	X(try,           "try",             "REQUEST.json",     1, 1, SG_CTL_TALK | SG_CTL_BIT(task),                           \
	  "judge a request; nothing is spent or recorded",                                                             \
	  "The file (- is standard input) holds the body of POST /v1/act without `key`. --task puts it into that task. Exit as for act.")   \
	X(policy_check,  "policy check",    "[DIR]",            0, 1, SG_CTL_BIT(json) | SG_CTL_BIT(config),                     \
	  "check policy files",                                                                                        \
	  "All mistakes at once, each with file, line and a hint. Without DIR: the folder that the configuration names. With the configuration (-c, or "  \
	  "without DIR) also what loads and is likely a mistake: patterns that no action fits, groups nobody is in, quorums nobody can meet, .trusted of "  \
	  "an argument without a type, :ends and :starts of one that has a form.")       \
	X(policy_test,   "policy test",     "[OPTION...] [PATH...]", 0, SG_CTL_REST,                                            \
	  SG_CTL_BIT(json) | SG_CTL_BIT(config) | SG_CTL_BIT(tap),                                                             \
	  "ask a policy set what its tests expect of it",                                                              \
	  "Tests stand in NAME_test.lua beside the policy files; the daemon does not load those. PATH is a folder, such a file, or a policy file "  \
	  "(then the files given are the set). Without PATH: the folder that the configuration names. Each test runs in the sandbox of policies, "  \
	  "and its verdict is made by the gate's own merge; ceilings of the gate are not asked. --config takes what is known of "  \
	  "actions, agents and resources from a configuration. Exit 0 all as expected, 1 something is not, 78 the set does not load.")        \
	X(policy_use,    "policy use",      "[PACK]...",        0, SG_CTL_ARGS_MOST, SG_CTL_BIT(json) | SG_CTL_BIT(config) | SG_CTL_BIT(all) | SG_CTL_BIT(approvers) | SG_CTL_BIT(replace) | SG_CTL_BIT(from), \
	  "put shipped policy files into the policy folder",                                                            \
	  "Without PACK: what is shipped, and what became of it here. With it (or --all) file and tests are copied, --approvers set as the group that is asked, and all "   \
	  "that is then in the folder is checked and tested first, and somebody of that group has to be able to approve; exit 78: nothing was put in place. What is there and differs from what is shipped, since an upgrade "  \
	  "brought another or somebody changed it, is shown as a difference (exit 1) and written over with --replace alone. Nothing comes into force before "  \
	  "`stepgate reload`.")                                                                                           \
	X(config_check,  "config check",    "[FILE]",           0, 1, SG_CTL_BIT(json) | SG_CTL_BIT(vendor),                    \
	  "check configuration and policy", "All mistakes at once, each with file, line and a hint. What a start looks at is looked at (as root or who owns the state: state and keys, the sockets' folder, " \
	  "the TLS face and whether this machine has its address, each module with what stands in for others); what cannot be from here is named. Of the journal only the newest header is: a chain that breaks is found by a start, and by audit verify.")                                                                  \
	X(config_show,   "config show",     "",                 0, 0, SG_CTL_FILES | SG_CTL_BIT(changed) | SG_CTL_BIT(for),      \
	  "what the files come to, each value with its place",                                                         \
	  "One line a value: KEY = VALUE # FILE:LINE:COLUMN, or # default. -n leaves out defaults. --for agent=NAME leaves its stanza, the "   \
	  "steps that look at it, its intents, the actions in its reach and the issuers of their credentials, the enforcers in front of it, " \
	  "and the groups.")                                                                                            \
	X(config_explain, "config explain", "[KEY]",            0, 1, SG_CTL_FILES | SG_CTL_BIT(man),                                             \
	  "what an option is, and where it is set now",                                                                \
	  "KEY is limits.rate, agents.owner, agents.NAME.owner, or mode. A section's name lists its options, nothing lists the sections. A "   \
	  "misspelt key is answered with the nearest one (exit 1). With --man and no KEY: stepgate.conf(5), every option there is.")                                                     \
	X(config_diff,   "config diff",     "",                 0, 0, SG_CTL_FILES | SG_CTL_BIT(running) | SG_CTL_BIT(run),      \
	  "what a reload would change", "Needs --running. Exit 0 when the files say what is in force, 1 when they differ.") \
	X(config_add,    "config add",      "KIND NAME [OPTION=VALUE]...", 2, SG_CTL_ARGS_MOST, SG_CTL_FILES,                      \
	  "write a stanza into conf.d; only what is good gets in",                                                     \
	  "KIND is action, admin, agent, attest, enforcer, group, human, intent, issuer, resource, role, sink or tool; stepgate config explain lists "  \
	  "the options of each. An option that is a list takes several, with commas or said again. user=NAME is uid=NUMBER of an admin and "  \
	  "match=peer:uid=NUMBER of an agent or enforcer; without review_by an agent is looked at again within half a year. The stanza is checked with the whole "  \
	  "configuration and stands in conf.d/50-KIND-NAME.conf, or (exit 78) nowhere.")                                  \
	X(config_edit,   "config edit",     "NAME",             1, 1, SG_CTL_FILES,                                             \
	  "edit a file of conf.d; only what is good gets in",                                                          \
	  "Runs $VISUAL, $EDITOR or vi on a copy of conf.d/NAME.conf (which need not exist), checks the whole configuration with the new text "  \
	  "and puts it in place in one step, with the mode and owner of the old file. With a mistake nothing changes (exit 78); on a terminal "  \
	  "it asks whether to edit again.")                                                                              \
	X(catalogue_show, "catalogue show", "[KIND [NAME]]",    0, 2, SG_CTL_FILES | SG_CTL_BIT(run) | SG_CTL_BIT(running),      \
	  "what exists, and who may",                                                                                  \
	  "KIND is actions, tools, resources, intents, roles, agents, humans, groups, admins or enforcers; NAME is a stanza's, an action's name, "  \
	  "a tool's action or a person's id, and shows it whole. As the files say; with --running as the daemon has it.")                          \
	X(catalogue_diff, "catalogue diff", "",                 0, 0, SG_CTL_FILES | SG_CTL_BIT(run),                            \
	  "what the files would add, take away and change, and what of it widens",                                     \
	  "Against what the daemon has in force. A change that is not known to be harmless counts as one that widens. Exit 0 when there is "  \
	  "none, 1 when there are some.")                                                                                \
	X(catalogue_learn, "catalogue learn", "[-- SERVER...]", 0, SG_CTL_BEHIND,                                               \
	  SG_CTL_TALK | SG_CTL_BIT(denials) | SG_CTL_BIT(mcp) | SG_CTL_BIT(since),                                              \
	  "propose stanzas, from an MCP server's tools or from what was denied; nothing is put in force",              \
	  "--mcp NAME runs SERVER, asks for its tools and prints actions and tools for a file of conf.d, each pinned by the digest of its "   \
	  "definition. What is guessed is guessed on the side of refusing; a server that says too much or names what no file can hold is refused "  \
	  "(exit 1). --denials reads the record and prints, as comments, what would have to be added for what was unknown or out of reach, the most "  \
	  "frequent first.")                                                                                             \
	X(secret_put,    "secret put",      "NAME",             1, 1, SG_CTL_SECRETS,                                           \
	  "put a secret into the store, from standard input",                                                          \
	  "For issuers that use secret. UTF-8 of 1 to 4096 bytes; one line end at its end is not part of it; what was there is replaced. On a "   \
	  "terminal what is typed is not shown. The daemon need not run.")                                               \
	X(secret_list,   "secret list",     "",                 0, 0, SG_CTL_SECRETS, "the names in the store", "Names only.") \
	X(secret_remove, "secret remove",   "NAME",             1, 1, SG_CTL_SECRETS, "take a secret out of the store", "")    \
	X(agent,         "agent",           "",                 0, 0, SG_CTL_TALK,                                              \
	  "be an agent: one process that reads commands from its input",                                               \
	  "A task belongs to the process that opened it, so one process must do it all. `help` at its prompt lists the commands.")         \
	X(mcp,           "mcp",             "[FORM] [OPTION...] -- SERVER...", 0, SG_CTL_REST, 0,                               \
	  "stand between an agent and an MCP server",                                                                  \
	  "Runs stepgate-mcp, which decides each call before the server sees it; stepgate-mcp --help lists its forms.")                \
	X(module_new,    "module new",      "KIND NAME [DIR]",  2, 3, SG_CTL_BIT(json),                                         \
	  "write a new module: a project that builds and tests by itself",                                             \
	  "KIND is attest, issue, verify or audit. DIR (default NAME) must be empty or not there. Needs neither root nor daemon; its README "   \
	  "says the three commands that build and test it.")                                                            \
	X(module_info,   "module info",     "FILE",             0, SG_CTL_REST, SG_CTL_BIT(json),                                          \
	  "what a module's file says it is; nothing of it is run",                                                     \
	  "Note, kind, name, ABI, SHA-256, exported names, needed libraries, and whether the loader would take it, as it would when the daemon " \
	  "ran as you; if not, its code and what to do. Exit 0 it would, 1 it would not.")                                \
	X(module_check,  "module check",    "FILE [--option NAME=VALUE]... [--grant NAME=KIND[:WHAT]|WORD]...", 0, SG_CTL_REST, 0,   \
	  "whether a module keeps what the headers promise",                                                           \
	  "Runs the module in processes of its own, each step with a bound, one behind the walls that its grants leave, and prints TAP version 14: a step that fails names the "  \
	  "promise and its line in the headers. A grant without WHAT is a stand-in that the check makes: secret (a P-256 key in PEM), folder, "   \
	  "unix (a datagram socket), tcp, file. --claim/--argument NAME=VALUE say what an issuer is asked for, its --help also of which resource; --seconds N bounds a step. "  \
	  "Exit 0 nothing is broken, 1 something is.")                                                                  \
	X(task_open,     "task open",       "INTENT",           1, 1,                                                           \
	  SG_CTL_TALK | SG_CTL_BIT(agent) | SG_CTL_BIT(input) | SG_CTL_BIT(key) | SG_CTL_BIT(on_behalf) | SG_CTL_BIT(role) | SG_CTL_BIT(ttl), \
	  "open a task as the agent that this process is",                                                             \
	  "The task is this process's, which ends here, and the task with it: see `stepgate agent`. Its token is for an enforcer: see act. "  \
	  "With --agent an operator opens it on the admin's socket for that agent, which then takes it: see task claim.")                       \
	X(task_claim,    "task claim",      "TOKEN",            1, 1, SG_CTL_TALK | SG_CTL_BIT(key),                            \
	  "take a task that was opened for this agent",                                                                \
	  "TOKEN - reads it from standard input.")                                                                     \
	X(task_delegate, "task delegate",   "TASK",             1, 1,                                                           \
	  SG_CTL_TALK | SG_CTL_BIT(action) | SG_CTL_BIT(budget) | SG_CTL_BIT(excess) | SG_CTL_BIT(input) | SG_CTL_BIT(key) |    \
	  SG_CTL_BIT(resource) | SG_CTL_BIT(role) | SG_CTL_BIT(to) | SG_CTL_BIT(ttl),                                           \
	  "hand a part of a task on",                                                                                  \
	  "Each hop may only narrow; what is refused names its rule. Without --to it is a subtask of the agent itself, where what is beyond "  \
	  "is cut off and shown; else it is refused, unless --excess says otherwise.")                                                          \
	X(task_plan,     "task plan",       "TASK FILE",        2, 2, SG_CTL_TALK | SG_CTL_BIT(order),                                              \
	  "sign the plan of a tree",                                                                                   \
	  "For a role with signs. FILE (- is standard input) is a JSON list of steps: {\"action\",\"resource\":{\"id\",\"type\"}}, and "  \
	  "perhaps \"arguments\", the resource's \"properties\", and \"times\" (1 where it is not said). Tasks whose role is planned do these steps and no "  \
	  "others, so often and in this order.")                                                 \
	X(act,           "act",             "TASK ACTION",      2, 2,                                                           \
	  SG_CTL_TALK | SG_CTL_BIT(resource) | SG_CTL_BIT(arg) | SG_CTL_BIT(key) | SG_CTL_BIT(approval) | SG_CTL_BIT(audience) | SG_CTL_BIT(peer) | SG_CTL_BIT(token), \
	  "ask for one action",                                                                                        \
	  "Exit 0 allowed, 1 denied, 2 a person must approve, 3 a person refused or the approval expired. With --token on the enforcer's "  \
	  "socket (TASK may then be -), else on the agent's; --peer then says whose process showed that token.")                                                          \
	X(outcome,       "outcome",         "ID RESULT",        2, 2, SG_CTL_TALK | SG_CTL_BIT(used) | SG_CTL_BIT(value),        \
	  "say what became of an allowed action",                                                                      \
	  "RESULT is ok, failed, partial or unknown. On the enforcer's socket. --value tells what came back, so that policy knows where an "  \
	  "argument was first seen.")                                                                                   \
	X(introspect,    "introspect",      "TOKEN",            1, 1, SG_CTL_TALK,                                              \
	  "whether a credential still stands for anything (RFC 7662)",                                                 \
	  "On the enforcer's socket. TOKEN - reads it from standard input. Exit 1 when it is not active.")

/* The lines that `stepgate agent` reads: commands of the same form. */
#define SG_CTL_SESSION(X)                                                                                              \
	X(session_open,  "open",            "INTENT",           1, 1,                                                           \
	  SG_CTL_BIT(input) | SG_CTL_BIT(key) | SG_CTL_BIT(on_behalf) | SG_CTL_BIT(role) | SG_CTL_BIT(ttl), "open a task and work in it", "") \
	X(session_claim, "claim",           "TOKEN",            1, 1, SG_CTL_BIT(key), "take a task that was opened for this agent, and work in it", "") \
	X(session_delegate, "delegate",     "",                 0, 0,                                                           \
	  SG_CTL_BIT(action) | SG_CTL_BIT(budget) | SG_CTL_BIT(excess) | SG_CTL_BIT(input) | SG_CTL_BIT(key) | SG_CTL_BIT(resource) | \
	  SG_CTL_BIT(role) | SG_CTL_BIT(to) | SG_CTL_BIT(ttl), "hand a part of the task on", "")                                \
	X(session_use,   "use",             "TASK",             1, 1, 0, "work in another task of this process", "")              \
	X(session_plan,  "plan",            "FILE",             1, 1, SG_CTL_BIT(order), "sign the plan of the tree", "")                         \
	X(session_tree,  "tree",            "",                 0, 0, 0, "show the task and all below it", "")                    \
	X(session_act,   "act",             "ACTION",           1, 1,                                                           \
	  SG_CTL_BIT(resource) | SG_CTL_BIT(arg) | SG_CTL_BIT(key) | SG_CTL_BIT(approval) | SG_CTL_BIT(audience), "ask for one action", "") \
	X(session_outcome, "outcome",       "ID RESULT",        2, 2, SG_CTL_BIT(used) | SG_CTL_BIT(value), "say what became of it: ok, failed, partial, unknown", "")     \
	X(session_approval, "approval",     "ID",               1, 1, SG_CTL_BIT(wait), "the state of an own approval", "")      \
	X(session_task,  "task",            "",                 0, 0, 0, "show the task", "")                                     \
	X(session_close, "close",           "",                 0, 0, 0, "end the task", "")                                     \
	X(session_help,  "help",            "",                 0, 0, 0, "print these lines", "")                                \
	X(session_quit,  "quit",            "",                 0, 0, 0, "end", "")

struct sg_ctl;

struct sg_ctl_command {
	const char *words, *arguments;
	unsigned least, most; /* arguments */
	uint64_t options;     /* bits; help is taken by all */
	const char *text, *more;
	int (*run)(struct sg_ctl *ctl); /* the exit code */
};

extern const struct sg_ctl_option sg_ctl_options[SG_CTL_OPTION_COUNT];
extern const struct sg_ctl_command sg_ctl_commands[];
extern const size_t sg_ctl_command_count;
extern const struct sg_ctl_command sg_ctl_session[];
extern const size_t sg_ctl_session_count;

/* Texts made from the tables. */
void sg_ctl_help(FILE *to);
/* Under which title of the help it stands; beyond the last: under none of its own. */
size_t sg_ctl_reader_of(const struct sg_ctl_command *command);
void sg_ctl_help_session(FILE *to, const struct sg_ctl_command *session, size_t count);
/* One line of it. */
void sg_ctl_help_line(FILE *to, const struct sg_ctl_command *command);
void sg_ctl_help_command(FILE *to, const struct sg_ctl_command *command);
void sg_ctl_man(FILE *to);
/* Writes stepgate.conf(5) in man(7). */
void sg_ctl_man_conf(FILE *to);
/* Text as roff shows it: it reads '.' and ''' at the start of a line, '\' and '-' anywhere. */
void sg_ctl_man_text(FILE *to, const char *from);
/* False: no such shell. */
bool sg_ctl_completion(FILE *to, const char *shell);

#endif
