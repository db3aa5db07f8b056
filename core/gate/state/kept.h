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

enum {
	SG_KEPT_VALUES = 65536,  /* of one domain, whatever limits.values says */
	SG_KEPT_OF_TREES = 16,   /* limits.values, so many times */
	SG_KEPT_OF_REPORTS = 12, /* limits.values_per_report, so many times: 64 KiB of text in some language */
	SG_KEPT_OF_ACTION = 2048 /* of what one action names */
};

/* In a leaf: texts of 16 hex digits, one each; of SG_KEPT_MANY and SG_KEPT_CHARS characters each, many; SG_KEPT_CUT: there was more. */
#define SG_KEPT_CUT "cut"
#define SG_KEPT_MANY '*'
enum { SG_KEPT_CHARS = 8 /* RFC 4648, section 5 */ };
#define SG_KEPT_BITS ((UINT64_C(1) << 48) - 1)

struct sg_kept {
	uint64_t *slots; /* 0: nothing */
	size_t size, count; /* size: power of two */
	uint64_t sum;       /* of all digests, by xor: two with one count and one sum are the same (the digests are keyed: nobody makes two that are not) */
	size_t *holders; /* of the slots: domains that have met have one set, until one of them puts something into it */
	bool unseen; /* there was more: whatever comes back may be that, and is taken for trusted no more */
	bool over;   /* of several, joined: together they are too many, and it has some of them */
};

/* Of `digest` SG_KEPT_BITS count; 0 is none. */
bool sg_kept_has(const struct sg_kept *kept, uint64_t digest);
/* False on no memory; where it is full it is unseen from then on. */
bool sg_kept_put(struct sg_kept *kept, uint64_t digest);
/* All that `from` has, or, where that is too much, nothing, and it is over and unseen: in whatever order several are joined. False on no memory. */
bool sg_kept_join(struct sg_kept *kept, const struct sg_kept *from);
/* Takes what was joined, in which its own is; of what is over that it is unseen. */
void sg_kept_take(struct sg_kept *kept, const struct sg_kept *joined);
/* Those of one count and one sum have one set from now on. False: they are not the same. */
bool sg_kept_share(struct sg_kept *kept, const struct sg_kept *other);
/* There is something that it takes for trusted no more. */
bool sg_kept_any(const struct sg_kept *kept);
void sg_kept_free(struct sg_kept *kept);
/* As it stands among many in a leaf. */
void sg_kept_write(uint64_t digest, char out[SG_KEPT_CHARS]);

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
