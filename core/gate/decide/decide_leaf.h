/* SPDX-License-Identifier: Apache-2.0
 * Parts of the leaf of a decision that are made apart from it. */
#ifndef SG_GATE_DECIDE_LEAF_H
#define SG_GATE_DECIDE_LEAF_H

#include "gate/decide/decide.h"

/* What a decision brings into its tree of values, each an array of keyed digests as JSON. Together no more than the tree has room for. */
struct sg_leaf_seen {
	struct sg_buf named;    /* short names under which something is looked up (named.h) */
	struct sg_buf args;     /* forms of arguments that nobody could place yet */
	struct sg_buf resource; /* of what it is done to */
	struct sg_buf kept;     /* what its domain keeps of all three (kept.h); empty: it has read nothing */
	bool cut;               /* not all of them: nothing that comes back in the tree is taken for trusted any more */
};
/* `task`: NULL where the decision belongs to none. Done by sg_leaf_seen_done. */
void sg_leaf_seen(struct sg_leaf_seen *seen, const struct sg_gate *gate, const struct sg_request *request, const struct sg_task *task);
void sg_leaf_seen_done(struct sg_leaf_seen *seen);

/* seal.c: an object of answer, effective arguments, input and request. */
void sg_decision_write_seal(struct sg_buf *out, const struct sg_request *request);

#endif
