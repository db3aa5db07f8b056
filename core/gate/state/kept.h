/* SPDX-License-Identifier: Apache-2.0
 * What a domain that carries labels has read with labels, or named where nobody could place it: no report places that for it any more, in whatever tree. A
 * value that somebody wrote down in one task and reads back in another is still the one it was. Kept as keyed digests that hang on no tree, of the value
 * without case, blanks and marks: who acts on it may write it otherwise. It is over with the labels of the domain. */
#ifndef SG_GATE_STATE_KEPT_H
#define SG_GATE_STATE_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sg_fold;
struct sg_task;

enum { SG_KEPT_VALUES = 65536 /* of one domain, whatever limits.values says */, SG_KEPT_OF_TREES = 16 /* limits.values, so many times */ };

#define SG_KEPT_CUT "cut" /* among those that a leaf names: there was more */

struct sg_kept {
	uint64_t *slots; /* 0: nothing */
	size_t size, count; /* size: power of two */
	uint64_t sum;       /* of all digests, by xor: two with one count and one sum are the same (the digests are keyed: nobody makes two that are not) */
	bool unseen; /* there was more: whatever comes back may be that, and is taken for trusted no more */
};

/* `digest` 0 is none. */
bool sg_kept_has(const struct sg_kept *kept, uint64_t digest);
/* False on no memory; where it is full it is unseen from then on. */
bool sg_kept_put(struct sg_kept *kept, uint64_t digest);
/* All that `from` has. False on no memory. */
bool sg_kept_join(struct sg_kept *kept, const struct sg_kept *from);
/* There is something that it takes for trusted no more. */
bool sg_kept_any(const struct sg_kept *kept);
void sg_kept_free(struct sg_kept *kept);

/* ---- of all domains that work in the tree of a task: what one of them knows the others may have from it ---- */

bool sg_task_keeps_any(const struct sg_task *task);
bool sg_task_keeps(const struct sg_task *task, uint64_t digest);
/* Of so many values (limits.values): how many more its own domain takes. */
size_t sg_task_keep_room(const struct sg_task *task, size_t most);
/* Member `kept` of the leaf. */
void sg_fold_kept(struct sg_fold *f, struct sg_task *task);
/* Its domain has come to its tree: what it keeps and what the others there keep is of them all. */
void sg_fold_kept_meet(struct sg_fold *f, struct sg_task *task);

#endif
