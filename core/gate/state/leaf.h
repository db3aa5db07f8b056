/* SPDX-License-Identifier: Apache-2.0
 * What stands in the body of a leaf: one row a member, in the order of canonical JSON. What is asked of a leaf before it is folded, and the page
 * core/gate/LEAVES.md, are made of these rows; a test holds every leaf that a play appends to them.
 *
 *     X(member, form, need, what it says)
 *
 * need: must  a leaf without it is not folded
 *       may   left out where it says nothing, or unknown to leaves of before; of another form it is not folded
 *       told  for readers; the fold does not look at it */
#ifndef SG_GATE_LEAF_H
#define SG_GATE_LEAF_H

#include "base/json.h"
#include "gate/state/leaf_people.h"

/*     form      bytes at most  what is taken for it */
#define SG_MEMBER_FORMS(X)                                                                                                    \
	X(text,     0,           "a text")                                                                                    \
	X(word,     15,          "a text of at most 15 bytes")                                                                \
	X(hex,      16,          "a text of at most 16 bytes")                                                                \
	X(handle,   32,          "a text of at most 32 bytes")                                                                \
	X(id,       63,          "a text of at most 63 bytes")                                                                \
	X(digest,   64,          "a text of at most 64 bytes")                                                                \
	X(name,     79,          "a text of at most 79 bytes")                                                                \
	X(flag,     0,           "true or false")                                                                             \
	X(whole,    0,           "a whole number")                                                                            \
	X(time,     0,           "milliseconds from the year 1831 to 2109")                                                   \
	X(texts,    0,           "a list of texts")                                                                           \
	X(wholes,   0,           "a list of whole numbers")                                                                   \
	X(amounts,  0,           "whole numbers by name")                                                                     \
	X(charges,  0,           "a list of pairs: an account, an amount")                                                    \
	X(anything, 0,           "anything")

#define SG_LEAF_START(X)                                                                                                      \
	X(boot_id, id, told, "of the machine's run")                                                                          \
	X(key, text, must, "fingerprint of the state key")                                                                    \
	X(mode, text, told, "enforce or dev")                                                                                 \
	X(torn, whole, told, "bytes of a torn tail that were dropped")                                                        \
	X(version, text, told, "of the program")

#define SG_LEAF_STOP(X)

#define SG_LEAF_MOMENT_OF(X)                                                                                                  \
	X(boot, time, must, "since the machine began to run")                                                                 \
	X(boot_id, text, must, "of that run")                                                                                 \
	X(wall, time, must, "since 1970")

#define SG_LEAF_DOMAIN_OF(X)                                                                                                  \
	X(fade, whole, must, "milliseconds after which what it carries fades; below 0 never")                                 \
	X(id, id, must, "its id")                                                                                             \
	X(kind, text, must, "uid, cgroup, unit, process or session")                                                          \
	X(name, text, must, "what the kernel or an enforcer calls it")

#define SG_LEAF_GRANT_OF(X)                                                                                                   \
	X(actions, anything, told, "patterns of actions; without it all")                                                     \
	X(constraints, anything, told, "of arguments, by action pattern and path")                                            \
	X(hand_on, anything, told, "patterns of actions that may be handed on")                                               \
	X(max_depth, anything, told, "how much deeper it may be handed")                                                      \
	X(resources, anything, told, "patterns of resources; without it all")                                                 \
	X(sensitivity, anything, told, "highest level")

#define SG_LEAF_TASK(X)                                                                                                       \
	X(agent, text, may, "whose it is")                                                                                    \
	X(asked, text, may, "names the body that opened it")                                                                  \
	X(asserted, flag, must, "its agent is an enforcer's word")                                                            \
	X(claimed, flag, may, "an instance has it; else it waits for one")                                                    \
	X(clock, moment, may, "when")                                                                                         \
	X(domain, domain_part, may, "what carries labels with it")                                                            \
	X(ends, moment, must, "when it ends by itself")                                                                       \
	X(enforcer, text, may, "who spoke for the agent")                                                                     \
	X(environment, text, may, "where it works")                                                                           \
	X(grant, grant_part, may, "what was handed to it; null: it stands alone")                                             \
	X(group, text, may, "control group of its instance")                                                                  \
	X(idle, whole, may, "milliseconds of silence that end it; 0 none")                                                    \
	X(inputs, texts, may, "keyed digests of what it was given to work on")                                                \
	X(instance, id, must, "the incarnation of the agent that has it")                                                     \
	X(intent, text, may, "what for")                                                                                      \
	X(key, text, told, "the opener's idempotency key")                                                                    \
	X(limits, amounts, may, "its own budget")                                                                             \
	X(on_behalf, text, may, "the person in whose name")                                                                   \
	X(opener, text, may, "who opened it")                                                                                 \
	X(opener_uid, whole, may, "as which user; -1: none of this machine")                                                  \
	X(parent, text, may, "the task above; \"\" none")                                                                     \
	X(pid, whole, may, "its process")                                                                                     \
	X(rests_on, text, may, "digest of match and attest stack it was found by")                                            \
	X(role, text, may, "its part in the work")                                                                            \
	X(start, whole, may, "the process's start time")                                                                      \
	X(strength, text, may, "how surely it was found")                                                                     \
	X(task, id, must, "its id")                                                                                           \
	X(uid, whole, must, "the process's user")

#define SG_LEAF_TASK_END(X)                                                                                                   \
	X(alone, flag, may, "thawed: it alone, and not those above it, as in leaves of before")                               \
	X(by, text, told, "who ended it")                                                                                     \
	X(how, text, must, "closed, frozen or thawed")                                                                        \
	X(sliced, flag, may, "what is below it ends by leaves `ended` behind it; else with this one")                         \
	X(task, id, must, "which")                                                                                            \
	X(why, text, told, "what for")

#define SG_LEAF_CLAIM(X)                                                                                                      \
	X(asserted, flag, may, "its agent is an enforcer's word")                                                             \
	X(clock, moment, may, "when")                                                                                         \
	X(domain, domain_part, may, "what carries labels with it")                                                            \
	X(generation, whole, may, "of its token from now on; not there: the token stays what it was")                         \
	X(group, text, may, "control group of its instance")                                                                  \
	X(instance, id, must, "who took it")                                                                                  \
	X(pid, whole, may, "its process")                                                                                     \
	X(rests_on, text, may, "digest of match and attest stack it was found by")                                            \
	X(start, whole, may, "the process's start time")                                                                      \
	X(strength, text, may, "how surely it was found")                                                                     \
	X(task, id, must, "which")                                                                                            \
	X(uid, whole, must, "the process's user")

#define SG_LEAF_SHOWN(X)                                                                                                      \
	X(agent, text, must, "as whom")                                                                                       \
	X(instance, id, must, "who")                                                                                          \
	X(rests_on, text, may, "digest of match and attest stack it was found by")                                            \
	X(strength, text, may, "how surely")

#define SG_LEAF_PLAN(X)                                                                                                       \
	X(any_order, flag, may, "its steps may come in any order")                                                            \
	X(digest, digest, must, "of what was signed")                                                                         \
	X(steps, texts, must, "digest of each step")                                                                          \
	X(task, id, must, "who signed")                                                                                       \
	X(times, wholes, may, "how often each step")

#define SG_LEAF_TOOL(X)                                                                                                       \
	X(action, text, must, "the tool's action")                                                                            \
	X(digest, digest, must, "of its definition as seen; \"\" not seen")                                                   \
	X(event, text, told, "quarantine")                                                                                    \
	X(pinned, text, told, "digest that the catalogue has; \"\" none")                                                     \
	X(server, text, told, "where it comes from")                                                                          \
	X(task, id, must, "for whose tree")

#define SG_LEAF_LEASE_OF(X)                                                                                                   \
	X(audience, text, must, "who takes the credential")                                                                   \
	X(by, text, may, "digest of issuer, module and options that made it")                                                 \
	X(confirm, flag, may, "it is dead only when its issuer has confirmed")                                                \
	X(ends, moment, must, "its end")                                                                                      \
	X(id, id, must, "its id")                                                                                             \
	X(issuer, text, must, "the stanza that makes it")                                                                     \
	X(level, text, may, "sensitivity of what it opens")

#define SG_LEAF_MEMORY_OF(X)                                                                                                  \
	X(id, handle, must, "keyed digest of the resource")                                                                   \
	X(write, flag, must, "it is written, not only read")

#define SG_LEAF_DECISION(X)                                                                                                   \
	X(action, text, may, "what was asked")                                                                                \
	X(agent, text, told, "who asked; \"\" nobody known")                                                                  \
	X(approval, id, must, "opened by it, or used by it")                                                                  \
	X(args_cut, flag, may, "more was named than stands here")                                                             \
	X(args_seen, texts, may, "keyed digests of values of the arguments")                                                  \
	X(asked, digest, must, "digest of what was asked")                                                                    \
	X(asker, name, must, "agent:NAME or enforcer:NAME")                                                                   \
	X(bound, text, told, "digest of what a yes is for, where it leaves arguments out")                                    \
	X(carried, texts, may, "labels of the arguments")                                                                     \
	X(charges, charges, may, "budgets beside the tasks' own")                                                             \
	X(class, whole, may, "number of the action's class; 0 none")                                                          \
	X(clock, moment, may, "when")                                                                                         \
	X(code, text, must, "why")                                                                                            \
	X(cost, amounts, may, "what it was expected to use")                                                                  \
	X(deny_code, text, told, "of the policy's deny")                                                                      \
	X(digest, digest, must, "digest of what is in force, narrowed")                                                       \
	X(domain, text, told, "what carries labels with it")                                                                  \
	X(file, text, told, "of the rule")                                                                                    \
	X(instance, text, told, "the incarnation of the agent")                                                               \
	X(intent, text, told, "of the task")                                                                                  \
	X(kept, texts, may, "keyed digests, of no tree, of values that no report places for its domain any more: 16 hex digits, or * and 8 characters each (48 bits); cut: there was more") \
	X(key, digest, must, "idempotency key, unique in its task")                                                           \
	X(lease, lease_part, may, "the credential of an allow")                                                               \
	X(line, whole, told, "of the rule")                                                                                   \
	X(memory, memory_part, may, "the memory it touches")                                                                  \
	X(named, texts, may, "keyed digests of short names that whoever has read chose, without their spelling")            \
	X(narrowed, flag, must, "less is allowed than was asked")                                                             \
	X(obligations, anything, must, "what who carries it out must do")                                                     \
	X(report_by, until, may, "until when an outcome is awaited; null: none is")                                           \
	X(resource_seen, texts, may, "keyed digests of values of the resource's name")                                        \
	X(resource_type, text, told, "of what")                                                                               \
	X(rule, text, told, "that decided")                                                                                   \
	X(same, text, may, "digest of what counts as the same again")                                                         \
	X(sensitivity, text, may, "level it brings to its task")                                                              \
	X(step, whole, may, "of the signed plan, from 1; 0 none")                                                             \
	X(strength, text, told, "how surely the agent was known")                                                             \
	X(tail, hex, must, "of the decision's id")                                                                            \
	X(taint, texts, may, "labels it brings to its task")                                                                  \
	X(task, text, must, "in which; \"\" none")                                                                            \
	X(use_by, moment, must, "until when an allow may be acted on")                                                        \
	X(verdict, text, must, "allow, deny, step_up or defer")

#define SG_LEAF_WITHHELD(X)                                                                                                   \
	X(code, text, must, "why")                                                                                            \
	X(decision, text, must, "which")                                                                                      \
	X(issuer, text, told, "what its issuer said")                                                                         \
	X(lease, text, must, "taken back with it; \"\" none")                                                                 \
	X(sensitivity, text, may, "level it brought to its task")                                                             \
	X(taint, texts, may, "labels it brought to its task")                                                                 \
	X(task, text, must, "in which")

#define SG_LEAF_MASK_OF(X)                                                                                                    \
	X(len, whole, may, "bytes of the secret")                                                                             \
	X(print, text, may, "keyed fingerprint of it")

#define SG_LEAF_LEASE(X)                                                                                                      \
	X(by, text, told, "who")                                                                                              \
	X(lease, text, must, "which")                                                                                         \
	X(mask, mask_part, may, "by which the secret is found in answers")                                                    \
	X(state, text, must, "active, revoking or dead")                                                                      \
	X(why, text, told, "what for")

#define SG_LEAF_OUTCOME(X)                                                                                                    \
	X(by, text, may, "who says so")                                                                                       \
	X(decision, text, must, "of which; \"\" of none: a hook's word")                                                      \
	X(happened, flag, may, "or may have: of what failed nothing is given back then; absent: what failed did not")         \
	X(hook, text, may, "due, over or failed")                                                                             \
	X(kept, texts, may, "keyed digests, of no tree, of values that no report places for its domain any more: 16 hex digits, or * and 8 characters each (48 bits); cut: there was more") \
	X(of, text, may, "the decision whose hook it was")                                                                    \
	X(result, word, must, "ok, failed, partial or unknown")                                                               \
	X(self, flag, may, "the agent's own word")                                                                            \
	X(sensitivity, text, may, "level of what came back")                                                                  \
	X(taint, texts, may, "labels of what came back")                                                                      \
	X(task, text, must, "in which")                                                                                       \
	X(used, amounts, may, "what was used")                                                                                \
	X(values, texts, may, "keyed digests of values of what came back")

#define SG_LEAF_ENDED(X)                                                                                                      \
	X(approvals, texts, may, "that are void")                                                                             \
	X(leases, texts, may, "that are to be taken back")                                                                    \
	X(of, text, must, "which ending: all, agent:NAME or task:ID")                                                         \
	X(over, flag, must, "nothing is left of it")                                                                          \
	X(tasks, texts, may, "that have ended")

#define SG_LEAF_KILL(X)                                                                                                       \
	X(agent, text, must, "whom; \"\" with all")                                                                           \
	X(all, flag, must, "everything")                                                                                      \
	X(by, text, told, "who")                                                                                              \
	X(lift, flag, must, "it is let go again")                                                                             \
	X(reason, text, told, "what for")                                                                                     \
	X(sliced, flag, may, "what it ends is said by leaves `ended` behind it; else it ends with this one")

#define SG_LEAF_AGENT(X)                                                                                                      \
	X(agent, text, must, "which")                                                                                         \
	X(by, text, told, "who")                                                                                              \
	X(event, text, must, "suspended, resumed, retired, registered, owner_gone or owner_back")                             \
	X(sliced, flag, may, "as with a kill")

#define SG_LEAF_HUMAN(X)                                                                                                      \
	X(admin, text, may, "the person's stanza among the admins")                                                           \
	X(by, text, told, "who")                                                                                              \
	X(disabled, flag, must, "or enabled again")                                                                           \
	X(human, text, must, "the person's id")

#define SG_LEAF_GAP(X)                                                                                                        \
	X(count, whole, told, "how many")                                                                                     \
	X(from, whole, told, "milliseconds")                                                                                  \
	X(reason, text, told, "why")                                                                                          \
	X(to, whole, told, "milliseconds")

#define SG_LEAF_ADMIN(X)                                                                                                      \
	X(ahead, whole, told, "leaves that a snapshot had more")                                                              \
	X(by, text, told, "who")                                                                                              \
	X(clock, moment, may, "when")                                                                                         \
	X(digest, text, told, "of a module's file")                                                                           \
	X(from_ms, whole, told, "of a clock that was taken")                                                                  \
	X(last, whole, told, "leaf that was there")                                                                           \
	X(module, text, told, "its name")                                                                                     \
	X(pid, whole, told, "of a connection")                                                                                \
	X(reason, text, told, "what for")                                                                                     \
	X(result, text, told, "what came of it")                                                                              \
	X(stanza, text, told, "a module's")                                                                                   \
	X(to_ms, whole, told, "of a clock that was taken")                                                                    \
	X(uid, whole, told, "of a connection")                                                                                \
	X(verb, text, told, "reload, module, connection, clock-accept, accept-loss, hold or release")                                       \
	X(what, text, told, "was lost")

#define SG_LEAF_DOMAIN(X)                                                                                                     \
	X(by, text, told, "who")                                                                                              \
	X(domain, text, must, "which")                                                                                        \
	X(event, text, must, "frozen, thaw, cleanse or faded")                                                                \
	X(kind, text, told, "uid, cgroup, unit, process or session")                                                          \
	X(name, text, told, "what the kernel or an enforcer calls it")                                                        \
	X(why, text, told, "what for")

#define SG_LEAF_MEMORY(X)                                                                                                     \
	X(agent, text, must, "whose writing")                                                                                 \
	X(alone, flag, may, "what it alone wrote; in leaves of before all that it was the first to write to")                  \
	X(by, text, told, "who")                                                                                              \
	X(event, text, must, "forgotten")                                                                                     \
	X(reason, text, told, "what for")

#define SG_LEAF_ALERT(X)                                                                                                      \
	X(agent, text, told, "about whom")                                                                                    \
	X(task, text, told, "about what")                                                                                     \
	X(what, text, told, "happened")                                                                                       \
	X(who, text, told, "was told")

#define SG_LEAF_SNAPSHOT(X)                                                                                                   \
	X(digest, text, told, "of the file")                                                                                  \
	X(leaf, whole, told, "the last one in it")

#define SG_LEAF_KEEP(X)                                                                                                       \
	X(chain, digest, must, "hash behind the last leaf that is deleted")                                                   \
	X(event, text, must, "deleted")                                                                                       \
	X(first, whole, told, "leaf of it")                                                                                   \
	X(last, whole, must, "leaf of it")                                                                                    \
	X(segment, whole, must, "all up to this one")                                                                         \
	X(why, text, told, "age, size, or loss: the leaf that said so is among those that an operator gave up")

#define SG_LEAF_CHECKPOINT(X)

/*     kind, of which event ("": any), its rows; of a kind the first that fits */
#define SG_LEAF_BODIES(X)                                                                                                     \
	X(start, "", START)                                                                                                   \
	X(stop, "", STOP)                                                                                                     \
	X(task, "", TASK)                                                                                                     \
	X(task_end, "", TASK_END)                                                                                             \
	X(ended, "", ENDED)                                                                                                   \
	X(claim, "", CLAIM)                                                                                                   \
	X(shown, "", SHOWN)                                                                                                   \
	X(plan, "", PLAN)                                                                                                     \
	X(tool, "", TOOL)                                                                                                     \
	X(decision, "", DECISION)                                                                                             \
	X(withheld, "", WITHHELD)                                                                                             \
	X(lease, "", LEASE)                                                                                                   \
	X(approval, "open", APPROVAL_OPEN)                                                                                    \
	X(approval, "proof", APPROVAL_PROOF)                                                                                  \
	X(approval, "", APPROVAL)                                                                                             \
	X(enrolment, "begun", ENROLMENT_BEGUN)                                                                                \
	X(enrolment, "enrolled", ENROLMENT_DONE)                                                                              \
	X(enrolment, "", ENROLMENT)                                                                                           \
	X(outcome, "", OUTCOME)                                                                                               \
	X(kill, "", KILL)                                                                                                     \
	X(agent, "", AGENT)                                                                                                   \
	X(human, "", HUMAN)                                                                                                   \
	X(gap, "", GAP)                                                                                                       \
	X(admin, "", ADMIN)                                                                                                   \
	X(domain, "", DOMAIN)                                                                                                 \
	X(memory, "", MEMORY)                                                                                                 \
	X(alert, "", ALERT)                                                                                                   \
	X(snapshot, "", SNAPSHOT)                                                                                             \
	X(keep, "", KEEP)                                                                                                     \
	X(checkpoint, "", CHECKPOINT)

/*     form         its rows   what is taken for it */
#define SG_LEAF_PARTS(X)                                                                                                      \
	X(moment, MOMENT_OF, "a point in time by both clocks")                                                                \
	X(until, MOMENT_OF, "such a point, or null")                                                                          \
	X(domain_part, DOMAIN_OF, "a domain, or null")                                                                        \
	X(grant_part, GRANT_OF, "a grant, or null")                                                                           \
	X(lease_part, LEASE_OF, "a lease, or null")                                                                           \
	X(memory_part, MEMORY_OF, "a memory, or null")                                                                        \
	X(mask_part, MASK_OF, "a mask")

#endif
