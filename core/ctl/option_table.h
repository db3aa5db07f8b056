/* SPDX-License-Identifier: Apache-2.0
 * The options of stepgate(1), once for all commands. */
#ifndef SG_CTL_OPTION_TABLE_H
#define SG_CTL_OPTION_TABLE_H

/*        field      letter long          argument       what it does */
#define SG_CTL_OPTIONS(X)                                                                                              \
	X(action,    0,   "action",     "PATTERN",     "an action that is handed on; may be repeated (default: all that may be)") \
	X(admin,     0,   "admin",      "USER",        "a user of this system who may operate, beside root")          \
	X(after,     0,   "after",      "N",           "leaves behind number N (default: the last twenty)")           \
	X(agent,     0,   "agent",      "NAME",        "this agent alone")                                            \
	X(all,       'a', "all",        NULL,          "everything: all agents, or also what has ended")              \
	X(answer,    0,   "answer",     "TEXT",        "what your device shows (default: it is asked for)")           \
	X(anchor,    0,   "anchor",     "N:HEX",       "leaf N must be there with this chain hash, as noted earlier") \
	X(approvers, 0,   "approvers",  "GROUP",       "the group that is asked")                                     \
	X(approval,  0,   "approval",   "ID",          "redeem this approval")                                        \
	X(arg,       0,   "arg",        "NAME=VALUE",  "an argument; NAME:=JSON for anything but text; may be repeated") \
	X(audience,  0,   "audience",   "NAME",        "whom the credential is for")                                  \
	X(budget,    0,   "budget",     "DIM=AMOUNT",  "at most so much of what is left above: calls, bytes, money, tokens; may be repeated") \
	X(changed,   'n', "changed",   NULL,          "only what is not the default")                                \
	X(completion, 0,  "completion", "SHELL",       "print the completion of bash, zsh or fish")                         \
	X(config,    'c', "config",     "FILE",        "configuration file (default " SG_CONFIG_FILE ")")             \
	X(count,     0,   "count",      "N",           "end after so many samples (default: never)")                  \
	X(denials,   0,   "denials",    NULL,          "from what was denied")                                         \
	X(device,    0,   "device",     "ID",          "which of your devices (default: the one confirmed last)")     \
	X(excess,    0,   "excess",     "narrow|refuse", "what is asked beyond what may be handed on is cut off, or refused") \
	X(file,      0,   "file",       "DIR",         "read the journal of this state folder, without the daemon")   \
	X(format,    0,   "format",     "FORMAT",      "jsonl, ocsf, ecs or cef (default jsonl)")                     \
	X(follow,    'f', "follow",     NULL,          "go on as new leaves come")                                    \
	X(for,       0,   "for",        "agent=NAME",  "only what concerns this agent")                               \
	X(from,      0,   "from",       "DIR",         "shipped policy files (default " SG_SHIPPED_POLICY_DIR ")")     \
	X(help,      'h', "help",       NULL,          "print help")                                                  \
	X(input,     0,   "input",      "NAME=VALUE",  "a value the task is given, so that policy knows its origin; may be repeated") \
	X(interval,  0,   "interval",   "SECONDS",     "so often, 1 to 3600 (default 1)")                             \
	X(issuer,    0,   "issuer",     "NAME",        "the stanza of this name, where several would do")              \
	X(json,      'j', "json",       NULL,          "print the answer as canonical JSON")                          \
	X(key,       'k', "key",        "KEY",         "name of this attempt; a repeat with it does nothing twice (default: random)") \
	X(man,       0,   "man",        NULL,          "print the manual page")                                       \
	X(method,    0,   "method",     "NAME",        "by which you prove that it is you: a stanza of prove (default: the socket)") \
	X(mcp,       0,   "mcp",        "NAME",        "from an MCP server, called NAME as in stepgate mcp --name NAME") \
	X(of,        0,   "of",         "NAME",        "what this user, unit, group or session is called")            \
	X(older,     0,   "older",     NULL,          "also where what happened since is lost: with everything killed") \
	X(on_behalf, 0,   "on-behalf",  "HUMAN",       "for this person, who must have delegated what is done")       \
	X(order,     0,   "order",      "given|any",     "whether the steps of a plan are done in the order given (as they are without it), or in any") \
	X(peer,      0,   "peer",       "USER",        "whose process showed the token to this enforcer: a name or a number (default: your own)") \
	X(comment,   0,   "comment",    "TEXT",        "your words, for the record; with a no also for the agent") \
	X(reason,    0,   "reason",     "TEXT",        "why; it stands in the record")                                \
	X(replace,   0,   "replace",    NULL,          "in the place of what is there")                               \
	X(resource,  'r', "resource",   "TYPE:ID",     "the resource; of a delegation: a pattern of ids, may be repeated") \
	X(role,      0,   "role",       "ROLE",        "the role that is taken in the tree")                          \
	X(run,       0,   "run",        "DIR",         "folder of the sockets (default $STEPGATE_RUN, then /run/stepgate)") \
	X(running,   0,   "running",    NULL,          "with what the daemon has in force")                           \
	X(since,     0,   "since",      "WHEN",        "only what stands behind leaf N; of audit also from a time on: 2h (before now), 2026-11-30, 2026-11-30T12:00Z") \
	X(svg,       0,   "svg",        NULL,          "as a picture")                                                \
	X(tap,       0,   "tap",        NULL,          "print the results as TAP version 14")                         \
	X(task,      't', "task",       "ID",          "judge as within this task")                                   \
	X(to,        0,   "to",         "AGENT",       "who gets it (default: the agent itself, as a subtask)")       \
	X(token,     0,   "token",      "TOKEN",       "ask as an enforcer, for the task of this task token")         \
	X(trust_domain, 0, "trust-domain", "DOMAIN",   "whose agents these are, such as acme.example")                 \
	X(ttl,       0,   "ttl",        "SECONDS",     "how long, at most what the intent allows")                    \
	X(until,     0,   "until",      "TIME",        "only what is from before then")                               \
	X(used,      0,   "used",       "DIM=AMOUNT",  "what was used: bytes, calls, money, tokens; may be repeated") \
	X(value,     0,   "value",      "TEXT",        "a value that came back; may be repeated")                     \
	X(vendor,    0,   "vendor",     "DIR",         "vendor configuration, masked by name in conf.d")              \
	X(verdict,   0,   "verdict",    "VERDICT",     "only decisions that ended so: allow, deny, step_up, defer")   \
	X(version,   'V', "version",    NULL,          "print the version")                                           \
	X(wait,      'w', "wait",       "SECONDS",     "wait until it is settled, at most 60")

#endif
