/* SPDX-License-Identifier: Apache-2.0
 * The journal's files: names, whole writes, finding leaves in bytes this process wrote itself. Private to journal.c and recover.c. */
#ifndef SG_GATE_JOURNAL_FILES_H
#define SG_GATE_JOURNAL_FILES_H

#include "gate/journal/journal.h"

enum { SG_SEGMENT_NAME = 32, SG_SEGMENTS_MAX = 1 << 16 };

/* "00000042.seg" */
void sg_segment_name(char out[SG_SEGMENT_NAME], uint64_t segment);

/* Writes everything at `at`, going on after short writes. 0, or -1 with *error. */
int sg_write_all(const struct sg_sys *sys, int fd, struct sg_str bytes, off_t at, int *error);

enum { SG_RECORD_BUDGET = 8 << 20 /* bytes of memory for one leaf that is read */ };

/* A new segment: file, header, both synced, the folder too. The descriptor, or -1 with *error and no file. */
int sg_segment_create(const struct sg_sys *sys, int folder, const struct sg_segment_header *header, int *error);
/* One that nothing durable stands in. */
void sg_segment_drop(int folder, uint64_t segment);

/* Segment numbers in the folder, ascending; at most `room`. Returns how many there are, or -1 with *error. */
int sg_segment_list(int folder, uint64_t *segments, size_t room, int *error);

/* The whole file in `out`. 0, or -1 with *error; EFBIG: it does not fit. */
int sg_segment_read(const struct sg_sys *sys, int folder, uint64_t segment, struct sg_buf *out, int *error);

/* The header of a segment alone. `*torn`: it is none, and the file no longer than one, so that it was never synced. SG_MALFORMED: journal_header; SG_UNAVAILABLE. */
enum sg_status sg_journal_header(const struct sg_journal *journal, uint64_t segment, struct sg_segment_header *out, bool *torn, struct sg_err *err);
/* SG_UNAVAILABLE, journal_io: what the disk did not give or take, by errno. */
enum sg_status sg_journal_io(struct sg_err *err, const char *what, int error);

/* The next leaf in records that this process wrote: start with record->end = 0; false at the end. Fills leaf, sealed and end. */
bool sg_records_next_leaf(struct sg_str records, struct sg_record *record);

/* The chain hash of the last leaf of a commit. */
void sg_commit_chain(const struct sg_commit *commit, unsigned char chain[SG_SHA256_BYTES]);

/* Remembers that leaf `number` starts at `at`, behind the leaf that `durable_chain` belongs to; sparse. */
void sg_journal_mark(struct sg_journal *journal, uint64_t number, uint64_t segment, size_t at);

/* The key of a day, from state/keys/DAY.key; made and synced if `create`. SG_NOT_FOUND (day_key_gone) if it was destroyed or never was,
 * SG_MALFORMED (day_key) if it is none, SG_UNAVAILABLE (journal_io). */
enum sg_status sg_day_key(const struct sg_journal *journal, uint64_t day, bool create, unsigned char key[SG_KEY_BYTES],
			  struct sg_err *err);

/* Makes the next group start a new segment, under today's key. SG_MALFORMED: day_key; SG_UNAVAILABLE: no_randomness, journal_io. */
enum sg_status sg_journal_plan_segment(struct sg_journal *journal, struct sg_err *err);

#endif
