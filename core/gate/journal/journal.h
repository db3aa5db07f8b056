/* SPDX-License-Identifier: Apache-2.0
 * The journal, written: appending, group commit, recovery, and what happens when the disk fails. Form on disk: frame/segment.h.
 *
 * Appending puts a leaf into the pending group. A commit takes the pending group, writes it, syncs it: `take` and `done` belong to the
 * gate's thread, `write` may run on another. After a failed sync the journal is closed: nothing is appended until sg_journal_reopen has
 * started a new segment behind the last leaf that was synced. */
#ifndef SG_GATE_JOURNAL_H
#define SG_GATE_JOURNAL_H

#include "base/sys.h"
#include "frame/cut.h"
#include "frame/segment.h"

enum { SG_JOURNAL_PENDING_MAX = 32 << 20, SG_JOURNAL_MARK_EVERY = 64 /* leaves */, SG_JOURNAL_MARK_BYTES = 64 << 10 /* whichever comes first */ };

/* A group on its way to the disk. */
struct sg_commit {
	struct sg_buf bytes;
	int fd;
	off_t at;
	uint64_t last; /* highest leaf in it; 0 if it is empty */
	bool starts_segment;
	bool freed; /* of a trial: the reserve was let go, */
	uint64_t room; /* and the disk had so much left then */
	bool trial; /* no leaf: does the disk take anything again? */
	struct sg_segment_header header; /* of the segment that it starts: its own copy, the next one may be planned before this one is written */
	uint64_t segment;
	enum sg_status status;
	int error; /* errno of what failed */
};

struct sg_journal_mark {
	uint64_t number, segment;
	size_t at;
	uint64_t before;                      /* the leaf before that one; numbers in between were lost */
	unsigned char chain[SG_SHA256_BYTES]; /* of the leaf before it */
};

/* Verb of an admin leaf behind which leaf time goes on from its own, also backwards. */
#define SG_VERB_CLOCK "clock-accept"

struct sg_journal {
	const struct sg_sys *sys;
	int folder; /* state/journal; borrowed */
	int keys;   /* state/keys: one key a day; borrowed */
	int fd;
	uint64_t segment, segment_high;   /* the one written to; the highest number ever used for a file */
	uint64_t next, appended, durable; /* next leaf's number; last appended; last synced */
	off_t at; /* where the next group goes */
	off_t roll_at; /* a group that would start behind this starts a new segment */
	struct sg_segment_header header;
	unsigned char chain[SG_SHA256_BYTES];         /* of the last appended leaf */
	unsigned char durable_chain[SG_SHA256_BYTES]; /* of the last synced leaf */
	unsigned char seal_key[SG_KEY_BYTES];
	struct sg_buf pending;
	struct sg_commit commit;
	bool committing, closed;
	bool scarce; /* the disk is full, and the reserve was let go or could not be made: what cannot wait is recorded (gate/desk/scarce.h), */
	uint64_t room; /* and so many bytes were left on the disk for it, less what was appended since somebody looked */
	bool trying; /* closed, and about to be tried */
	uint64_t first; /* of the segment that a trial began: its first leaf */
	bool lost;   /* a group did not reach the disk, and nobody has asked sg_journal_void what was in it */
	bool pending_starts_segment; /* the pending group is the first of a new segment, whose salt is in `header` */
	int64_t last_at_ms; /* leaf time never decreases, but by an operator's word (SG_VERB_CLOCK) */
	int64_t cap_ms;     /* the wall clock is not believed further than this; 0: it is believed */
	struct sg_journal_mark *marks;
	size_t mark_count, mark_room;
	struct sg_cut base; /* what it goes on behind; segment 0: it has its first leaf still */
};

/* Called for each leaf while recovering, in order. Anything but SG_OK ends recovery with that error. */
typedef enum sg_status sg_journal_fold(void *to, const struct sg_record *record, struct sg_err *err);

/* A leaf up to which the state is known from elsewhere, with the chain hash behind it. */
struct sg_journal_from {
	uint64_t leaf; /* 0: from the beginning */
	int64_t at_ms;
	unsigned char chain[SG_SHA256_BYTES];
};

/* Recovers and starts a new segment. `folder` and `keys` must stay open. Leaves are folded in order. A torn tail is cut off (`*torn` bytes), what the last
 * segment keeps is written over itself and synced, so that what was read is what is on disk; nothing of it needs room there. With `from` (may be NULL) segments wholly behind it are not read, and leaves up to it
 * not folded. A journal whose beginning was deleted (frame/cut.h) goes on from its anchor, and needs a `from` that stands no earlier: SG_MALFORMED journal_base. SG_MALFORMED: journal_* when the middle is broken: refuse to start; snapshot_chain when leaf `from` is not there or is another.
 * SG_UNAVAILABLE: journal_io, the disk does not give or take what it should now. */
enum sg_status sg_journal_open(struct sg_journal *journal, const struct sg_sys *sys, int folder, int keys,
			       off_t segment_bytes, const struct sg_journal_from *from, sg_journal_fold *fold, void *to, size_t *torn,
			       struct sg_err *err);
/* Frees; does not sync. */
void sg_journal_close(struct sg_journal *journal);

/* What one leaf says. `body` is canonical JSON; `input` (may be {NULL, 0}) is sealed beside it. */
struct sg_leaf {
	const char *kind;
	struct sg_str body, input;
	const char *config, *policy; /* digests, hex */
	struct sg_arena *arena;      /* with `json`: the leaf as it was read back, which stands here before it is appended; NULL: not needed */
	const struct sg_json **json;
};

/* Appends to the pending group. A leaf that could not be read again is none: it would end every later recovery. `*text` (may be NULL) is the leaf as written, borrowed until the next append or take.
 * SG_UNAVAILABLE (audit_unavailable) when closed; SG_LIMIT (leaf_size, journal_backlog); SG_BUG. */
enum sg_status sg_journal_append(struct sg_journal *journal, const struct sg_leaf *leaf, uint64_t *number,
				 struct sg_str *text, struct sg_err *err);

/* Where the pending group stands, to take back the one leaf that is appended next. */
struct sg_journal_point {
	size_t pending;
	uint64_t next, appended;
	int64_t last_at_ms;
	unsigned char chain[SG_SHA256_BYTES];
};
struct sg_journal_point sg_journal_here(const struct sg_journal *journal);
/* Nothing may have been appended, taken or reopened in between but that one leaf. */
void sg_journal_back(struct sg_journal *journal, const struct sg_journal_point *point);

/* True if leaves wait, or a trial, and no commit is on its way: then take, write, done. */
bool sg_journal_ready(const struct sg_journal *journal);
struct sg_commit *sg_journal_take(struct sg_journal *journal);
/* Writes and syncs; touches nothing but the commit and the files. Never retries a sync. */
void sg_journal_write(const struct sg_journal *journal, struct sg_commit *commit);
/* Takes note of the result; on failure the journal is closed, behind a trial that went well it is open. */
void sg_journal_done(struct sg_journal *journal, struct sg_commit *commit);

enum { SG_JOURNAL_TRIAL = 65536 /* bytes that the disk must take before anything is trusted to it again */ };
/* After a failure: plans a new segment behind the last synced leaf, whose beginning is a commit of its own, a trial (journal_trial.c). The journal is open only
 * once that is done; the caller then appends again what must not be lost. Numbers already used stay void. SG_UNAVAILABLE (journal_io, no_randomness)
 * if there can be no segment at all. */
enum sg_status sg_journal_try(struct sg_journal *journal, struct sg_err *err);
/* Private to the journal: writes a trial. Fills status and error. */
void sg_journal_write_trial(const struct sg_journal *journal, struct sg_commit *commit);

/* While closed, before reopening: every leaf that was appended and not synced and has a number above `after`, in order. */
enum sg_status sg_journal_void(const struct sg_journal *journal, uint64_t after, sg_journal_fold *fold, void *to, struct sg_err *err);

/* Leaves `first` to `last` in their order, each file part read once, without what is sealed, and none that a failed sync made void; stops when `each` says false, or behind `most` bytes read. The
 * number of the last one that was told, first - 1 if none. */
uint64_t sg_journal_leaves(const struct sg_journal *journal, uint64_t first, uint64_t last, size_t most, bool (*each)(void *to, const struct sg_record *record), void *to);
/* The wall clock in milliseconds, as far as it is believed. */
int64_t sg_journal_wall(const struct sg_journal *journal);
/* Milliseconds the wall clock stands behind the last leaf; 0 if it does not. */
int64_t sg_journal_clock_behind(const struct sg_journal *journal);

/* Reads a synced leaf again, with what was sealed beside it if its key is there (`input` {NULL, 0} else). Everything in `arena`.
 * SG_NOT_FOUND; SG_MALFORMED journal_*; SG_UNAVAILABLE. */
enum sg_status sg_journal_read(const struct sg_journal *journal, uint64_t number, struct sg_arena *arena,
			       struct sg_record *record, struct sg_str *input, struct sg_err *err);

#endif
