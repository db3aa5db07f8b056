/* SPDX-License-Identifier: Apache-2.0
 * Approvals as policy sees them, and the people behind them. Gate thread only. */
#ifndef SG_GATE_SIGHT_H
#define SG_GATE_SIGHT_H

#include "gate/decide/decide.h"

/* The approval that policy may be shown: live, granted, for exactly what is asked, of this task, and given by people who still may. The one that the
 * request names, or else any. NULL: none, or the request is judged without one. Owned by the state. */
struct sg_approval *sg_approval_in_sight(struct sg_gate *gate, const struct sg_request *request, const struct sg_task *task);

/* givers.c: may this admin say yes to it? SG_REASON_allowed, not_approver (nobody's admin, its human is gone) or self_approval (asked for it,
 * or answers for who asked: see core/gate/README.md). In mode dev nobody is oneself. */
enum sg_reason sg_may_give(const struct sg_gate *gate, const struct sg_approval *approval, const struct sg_admin *admin);
/* Everybody who said yes still may, in the group they said it for. */
bool sg_givers_stand(const struct sg_gate *gate, const struct sg_approval *approval);
/* That, and its task carries what it carried when it was opened: what the person was shown. */
bool sg_approval_stands(const struct sg_gate *gate, const struct sg_approval *approval);
/* It is no more delicate than it was, and every rule that asks now asked then; where the set of rules has changed in the same words (within one set a text may
 * change with the hour). */
bool sg_approval_says(const struct sg_gate *gate, const struct sg_approval *approval, const struct sg_request *request);
/* Records as void what was given by somebody who no longer may, and what was opened under another form of digest. After recovery, after each
 * reload, and when a human changed (people/review.c). Returns how much was done. */
size_t sg_approval_review(struct sg_gate *gate, struct sg_approval *approval);
/* Records an approval's end ("void"). */
bool sg_approval_record(struct sg_gate *gate, const struct sg_approval *approval, const char *event);

/* approval_leaf.c: the body of the leaf that opens the approval of a request (request->approval), for its task. */
void sg_approval_write_open(struct sg_buf *out, struct sg_gate *gate, const struct sg_request *request, const struct sg_task *task);
/* All that a person must see to judge it, canonical: what is in the digest is in there. It holds the arguments, so it is sealed beside the leaf and never
 * stands in it. */
void sg_approval_write_shown(struct sg_buf *out, const struct sg_request *request);

/* givers.c: the stanzas of admin and method are there, and the admin is who it was then. */
struct sg_enrolment;
bool sg_enrolment_stands(const struct sg_gate *gate, const struct sg_enrolment *enrolment);

#endif
