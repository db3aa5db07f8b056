/* SPDX-License-Identifier: Apache-2.0
 * Members of leaves about what people are asked, and about their devices: rows of leaf.h. */
#ifndef SG_GATE_LEAF_PEOPLE_H
#define SG_GATE_LEAF_PEOPLE_H

#define SG_LEAF_APPROVAL_OPEN(X)                                                                                              \
	X(agent, text, must, "for whose action")                                                                              \
	X(approval, id, must, "its id")                                                                                       \
	X(asked, digest, must, "digest of what was asked")                                                                    \
	X(asker, text, may, "agent:NAME or enforcer:NAME")                                                                    \
	X(asker_uid, whole, may, "its user")                                                                                  \
	X(clock, moment, may, "when")                                                                                         \
	X(digest, digest, must, "of what a yes allows")                                                                       \
	X(ends, moment, must, "until when a yes counts")                                                                      \
	X(event, text, must, "open")                                                                                          \
	X(groups, amounts, must, "how many of each group must say yes")                                                       \
	X(level, whole, may, "highest sensitivity a yes is for")                                                              \
	X(life, whole, may, "milliseconds that a credential lives")                                                           \
	X(methods, texts, may, "proofs that count: admin, or stanzas of prove; none: any")                                    \
	X(opener, text, must, "who opened the task")                                                                          \
	X(owner, text, must, "the agent's owner")                                                                             \
	X(reasons, texts, may, "digests of rule and words, in pairs")                                                         \
	X(rule, text, may, "that asks")                                                                                       \
	X(say, text, must, "its words")                                                                                       \
	X(task, id, must, "in which")                                                                                         \
	X(v, whole, may, "form of the digest")

#define SG_LEAF_APPROVAL_PROOF(X)                                                                                             \
	X(approval, id, must, "which")                                                                                        \
	X(comment, text, may, "the person's words")                                                                           \
	X(counter, whole, may, "of the device that proved it")                                                                \
	X(enrolment, id, may, "of that device")                                                                               \
	X(event, text, must, "proof")                                                                                         \
	X(group, id, must, "for which group")                                                                                 \
	X(human, id, must, "the admin's stanza")                                                                              \
	X(method, id, may, "how it was proven who says so: admin, or a stanza of prove")                                      \
	X(person, text, may, "the person's id")                                                                               \
	X(uid, whole, may, "the person's user")

#define SG_LEAF_APPROVAL(X)                                                                                                   \
	X(approval, id, must, "which")                                                                                        \
	X(comment, text, may, "the person's words")                                                                           \
	X(event, text, must, "denied, void or expired")                                                                       \
	X(group, text, told, "for which group")                                                                               \
	X(human, text, told, "the admin's stanza")                                                                            \
	X(method, text, told, "how it was said")                                                                              \
	X(person, text, told, "the person's id")                                                                              \
	X(uid, whole, told, "the person's user")

#define SG_LEAF_ENROLMENT_BEGUN(X)                                                                                            \
	X(admin, id, must, "whose: a stanza of admins")                                                                       \
	X(by, text, may, "who begins it: not who confirms it")                                                                                    \
	X(code, digest, must, "of the code that serves once")                                                                 \
	X(ends, moment, must, "until when it serves")                                                                         \
	X(enrolment, id, must, "its id")                                                                                      \
	X(event, text, must, "begun")                                                                                         \
	X(method, id, must, "a stanza of prove")                                                                              \
	X(person, text, may, "the person's id")                                                                               \
	X(uid, whole, must, "the person's user")

#define SG_LEAF_ENROLMENT_DONE(X)                                                                                             \
	X(counter, whole, must, "of the device")                                                                              \
	X(enrolment, id, must, "which")                                                                                       \
	X(event, text, must, "enrolled")                                                                                      \
	X(fingerprint, text, must, "what an operator compares")                                                               \
	X(key, text, must, "what the device is known by; public")                                                             \
	X(own, flag, may, "the person showed it, by their own user; else whoever had the code")

#define SG_LEAF_ENROLMENT(X)                                                                                                  \
	X(by, text, told, "who confirms or revokes it, or signs in by it")                                                    \
	X(counter, whole, may, "of the device")                                                                               \
	X(enrolment, id, must, "which")                                                                                       \
	X(event, text, must, "confirmed, used or revoked")                                                                    \
	X(reason, text, told, "why it is revoked")

#endif
