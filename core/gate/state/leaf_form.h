/* SPDX-License-Identifier: Apache-2.0
 * Whether a leaf is of its form (leaf.h): asked of all of it before the fold touches anything, so that what is not is refused whole. Any thread. */
#ifndef SG_GATE_LEAF_FORM_H
#define SG_GATE_LEAF_FORM_H

#include "base/buf.h"
#include "gate/state/leaf.h"

enum sg_member_form {
#define X(form, most, text) SG_MEMBER_##form,
	SG_MEMBER_FORMS(X)
#undef X
#define X(form, rows, text) SG_MEMBER_##form,
	SG_LEAF_PARTS(X)
#undef X
};

enum sg_member_need { SG_MEMBER_told, SG_MEMBER_may, SG_MEMBER_must };

struct sg_leaf_member {
	struct sg_str name; /* .ptr is NULL behind the last */
	enum sg_member_form form;
	enum sg_member_need need;
	const char *text;
};

/* The rows of that kind, and of that event where a kind has several bodies; NULL: no such kind. */
const struct sg_leaf_member *sg_leaf_members(struct sg_str kind, struct sg_str event);
/* The rows of a part; NULL: the form is none. */
const struct sg_leaf_member *sg_leaf_part(enum sg_member_form form);
/* The name of the first row that the body does not meet; NULL: it meets all. Its members stand in the order of canonical JSON; those that no row names are
 * passed over: a later version may have them. Costs one walk over the body. */
const char *sg_leaf_lacks(const struct sg_leaf_member *rows, const struct sg_json *body);
/* The first member that no row names, or that is told in another form than its row says, inside its parts as well; NULL: none. */
const struct sg_json *sg_leaf_stranger(const struct sg_leaf_member *rows, const struct sg_json *body);
/* leaf_page.c: core/gate/LEAVES.md, of all kinds. */
void sg_leaf_page(struct sg_buf *out);

#endif
