/* SPDX-License-Identifier: Apache-2.0
 * What was denied because nobody had written it down, grouped and counted. */
#ifndef SG_CTL_LEARN_DENIALS_H
#define SG_CTL_LEARN_DENIALS_H

#include "ctl/ctl.h"

/* catalogue learn --denials. */
int sg_learn_denials(struct sg_ctl *ctl);

enum { SG_DENIALS_GROUPS = 256, SG_DENIALS_LEAVES = 1000000, SG_DENIALS_LOOKS = 256 };

/* What the catalogue would have to say for a denial to be none.
 *     code               what the text says */
#define SG_DENIALS(X)                                                                                                  \
	X(unknown_action,   action)                                                                                    \
	X(outside_reach,    reach)                                                                                     \
	X(outside_intent,   intent)                                                                                    \
	X(unknown_resource, resource)

/* Denials that are alike. Texts live in the arena of the reading. */
struct sg_denial {
	const char *code;
	struct sg_str agent, action, intent, type, id;
	int64_t count, first, last; /* leaves */
};

/* learn_proposal.c: appends one line of configuration for it; nothing if what it names cannot stand in one. `document`: what is in force. */
void sg_denial_proposal(struct sg_buf *out, struct sg_arena *arena, const struct sg_denial *denial, const struct sg_json *document);

#endif
