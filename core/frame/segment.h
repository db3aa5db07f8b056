/* SPDX-License-Identifier: Apache-2.0
 * The journal's form on disk, for all who read it: gate, command line, index, publisher. Only the gate writes.
 *
 * A segment is a header of 160 bytes, then groups. A group is what one write and one sync made durable: a group record, then records.
 *   header  "SGJOURN2" | u64 segment | u64 previous segment | u64 last | u64 first | chain[32] | salt[32] | u64 day | key name[16] | SHA-256[32] of all before
 *           `last` and `chain`: the last durable leaf before this segment. Numbers between `last` and `first` are void: they were
 *           appended behind a sync that failed and never counted. `day` (days since 1970, UTC) names the key of what is sealed, `key name` tells it from
 *           another of that day (seal_key.h; zero in segments of before).
 *   record  u32 length | u8 type | u8[3] zero | body | for a leaf: chain[32]
 *   types   1 leaf: RFC 8785 JSON, at most 65535 bytes, {"at","body","config","kind","n","policy","sealed","v"}
 *           2 sealed: AES-256-GCM of the canonical input of the leaf behind it; key = HKDF(day key, salt), nonce = leaf number, AAD = SHA-256 of the leaf;
 *             the leaf's `sealed` is the SHA-256 of the ciphertext without its tag
 *           3 group: "SGGROUP1" | u64 number of the next leaf | u64 last durable leaf | first 8 bytes of SHA-256(salt | the 24 before)
 * chain = SHA-256(chain before | SHA-256(leaf)). All integers little-endian. */
#ifndef SG_FRAME_SEGMENT_H
#define SG_FRAME_SEGMENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/json.h"

/* The last character of the magic. It rises where an older program would take a leaf for less than it says; segments of before are read.
 * 2: leaves say what a domain takes from no report any more (`kept`). */
enum { SG_JOURNAL_FORMAT = 2, SG_JOURNAL_FORMAT_LEAST = 1 };

enum {
	SG_SEGMENT_HEADER = 160,
	SG_SEGMENT_MAX = 512 << 20,
	SG_KEY_NAME = 16,
	SG_RECORD_HEAD = 8,
	SG_GROUP_BODY = 32,
	SG_LEAF_MAX = 65535,
	SG_SEALED_MAX = 4 << 20 /* what was asked, of policy and in the end, each as long as limits.max_body lets a request be */
};

enum sg_record_type { SG_RECORD_LEAF = 1, SG_RECORD_SEALED = 2, SG_RECORD_GROUP = 3 };

struct sg_segment_header {
	uint64_t segment, previous, last, first, day;
	unsigned char chain[SG_SHA256_BYTES], salt[32], key_name[SG_KEY_NAME];
};

/* What a leaf says of itself, and what it holds. Borrowed. */
struct sg_leaf_head {
	struct sg_str kind, config, policy;
	int64_t at_ms;
	uint64_t number;
	const struct sg_json *body;
};

/* One leaf with what was sealed beside it. Views into the bytes that are read. */
struct sg_record {
	struct sg_leaf_head head; /* of one that was just written; else .body is NULL, and it stands in `json` */
	uint64_t number;
	size_t at, end; /* offsets in the segment: its sealed record or itself, and what follows */
	struct sg_str leaf, sealed; /* sealed: {NULL, 0} if none */
	const struct sg_json *json;
	unsigned char chain[SG_SHA256_BYTES];
};

struct sg_segment_reader {
	struct sg_str bytes;
	size_t at;
	struct sg_segment_header header;
	uint64_t next; /* number of the next leaf */
	unsigned char chain[SG_SHA256_BYTES];
};

void sg_segment_header_write(unsigned char out[SG_SEGMENT_HEADER], const struct sg_segment_header *header);
void sg_record_write(struct sg_buf *out, enum sg_record_type type, struct sg_str body);
void sg_group_write(struct sg_buf *out, const unsigned char salt[32], uint64_t next, uint64_t durable);
/* chain = SHA-256(chain | SHA-256(leaf)); `leaf_hash` may be NULL. */
void sg_chain_next(unsigned char chain[SG_SHA256_BYTES], struct sg_str leaf, unsigned char leaf_hash[SG_SHA256_BYTES]);

/* Starts reading a whole segment. SG_MALFORMED: journal_newer (of a format that this program does not know), journal_header (too short, wrong magic, wrong hash). */
enum sg_status sg_segment_begin(struct sg_segment_reader *reader, struct sg_str bytes, struct sg_err *err);

/* Checks that `header` continues what was read before: segment numbers, last leaf, chain. SG_MALFORMED: journal_gap. */
enum sg_status sg_segment_follows(const struct sg_segment_header *header, uint64_t segment, uint64_t last,
				  const unsigned char chain[SG_SHA256_BYTES], struct sg_err *err);

/* The next leaf, parsed into `arena`. SG_OK, SG_NOT_FOUND at the clean end, SG_MALFORMED: journal_length, journal_type, journal_reserved,
 * journal_group, journal_sealed, journal_leaf (no JSON or not its form), journal_number, journal_chain, journal_cut. The reader stays where the
 * last good record ended. */
enum sg_status sg_segment_next(struct sg_segment_reader *reader, struct sg_arena *arena, struct sg_record *record,
			       struct sg_err *err);

/* After SG_MALFORMED: true if a group that was begun later can be found behind, which means that what is broken had been synced, so this is
 * damage and not a torn write. */
bool sg_segment_broken_middle(const struct sg_segment_reader *reader);

#endif
