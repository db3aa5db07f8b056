/* SPDX-License-Identifier: Apache-2.0
 * An approval: what it was asked for, who said yes, how it stands. */
#ifndef SG_GATE_STATE_APPROVAL_H
#define SG_GATE_STATE_APPROVAL_H

#include "base/ring.h"
#include "frame/segment.h"
#include "gate/catalogue/catalogue.h"
#include "gate/state/bounds.h"
#include "gate/state/deadline.h"

struct sg_holder;
struct sg_task;

enum {
	SG_APPROVAL_METHODS = 4,   /* that a requirement may name */
	SG_APPROVAL_METHOD = 64,   /* bytes of a method's name, with its NUL */
	SG_APPROVAL_COMMENT = 512, /* bytes of what a person says with a yes or no */
};

enum sg_approval_state {
	SG_APPROVAL_OPEN,
	SG_APPROVAL_GRANTED,
	SG_APPROVAL_CONSUMED,
	SG_APPROVAL_DENIED,
	SG_APPROVAL_VOID,
	SG_APPROVAL_EXPIRED,
};

struct sg_requirement {
	struct {
		char group[64];
		int64_t quorum;
	} groups[SG_APPROVAL_GROUPS];
	size_t count;
	char methods[SG_APPROVAL_METHODS][SG_APPROVAL_METHOD]; /* proofs that count: "admin", or stanzas of prove */
	size_t method_count;                                   /* 0: any */
	int64_t ttl_ms; /* 0: not set */
};

struct sg_approval {
	char id[SG_ID_MAX], asked[SG_SHA256_HEX], digest[SG_SHA256_HEX];
	char config[SG_SHA256_HEX], policy[SG_SHA256_HEX]; /* digests in force when it was opened */
	struct sg_requirement requirement;
	struct {
		char human[64], group[64]; /* human: the admin's stanza */
		int64_t at_ms;
		int64_t uid;     /* of the admin then; -1: not recorded */
		uint64_t person; /* sg_person_tag of the human that the admin was; 0: none */
		char method[SG_APPROVAL_METHOD]; /* how it was proven who said it: "admin", or a stanza of prove */
		char *device;    /* the enrolment that proved it; NULL: the socket alone */
		char *comment;   /* the person's words; NULL: none */
	} proofs[SG_APPROVAL_PROOFS];
	size_t proof_count;
	char *agent, *owner, *opener, *say;
	char *refusal;     /* the words of who said no; NULL: none */
	char *asker;       /* who asked for the action: "agent:NAME", "enforcer:NAME"; "" where an older leaf does not say */
	int64_t asker_uid; /* of the process that asked; -1: none on this machine, or not recorded */
	int64_t v;         /* form of its digests */
	int64_t life_ms;   /* of the credential, as the digest binds it; 0: none */
	uint64_t rule;     /* sg_person_tag of the rule that asked; 0: an older leaf does not say */
	struct sg_reason_told {
		uint64_t rule, words; /* sg_person_tag of a rule that asked, and sg_words_tag of what it told; words 0: nothing */
	} *reasons;
	size_t reason_count;
	bool reasons_known; /* an older leaf does not say */
	int64_t level;     /* of what it is for, then; -1: likewise */
	uint64_t labels;   /* sg_taint_tag of its task when it was opened: what the person was shown */
	uint64_t leaf; /* where it was opened; what the human sees is sealed beside that leaf */
	char *action;  /* the same, canonical JSON, once it was read; NULL before */
	struct sg_task *task;
	struct sg_approval *next; /* others of its task */
	struct sg_holder *holder;
	struct sg_ring of_holder; /* while it is open or granted (holder.h) */
	enum sg_approval_state state;
	int64_t opened_ms;
	struct sg_deadline ends;
};

#endif
