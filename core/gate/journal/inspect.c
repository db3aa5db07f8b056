/* SPDX-License-Identifier: Apache-2.0
 * From a header back to the segment before it: that one must end with the leaf, and the chain, that the header says. */
#include "gate/journal/inspect.h"

#include "base/err.h"
#include "base/str.h"
#include "frame/cut.h"
#include "gate/journal/journal_files.h"

#include <errno.h>
#include <string.h>

static enum sg_status
read_segment(const struct sg_sys *sys, int folder, uint64_t segment, struct sg_buf *bytes, struct sg_segment_reader *reader, struct sg_err *err)
{
	int error = 0;
	sg_buf_clear(bytes);
	if (sg_segment_read(sys, folder, segment, bytes, &error) == 0)
		return sg_segment_begin(reader, sg_buf_view(bytes), err);
	if (error == ENOENT || error == EFBIG)
		return sg_fail(err, SG_MALFORMED, "journal_gap", "it is missing, or longer than any can be");
	return sg_journal_io(err, "it cannot be read", error);
}

/* Leaves up to `after->last`; what stands behind that was never synced. */
static enum sg_status
read_leaves(struct sg_segment_reader *reader, const struct sg_segment_header *after, struct sg_err *err)
{
	enum sg_status status = SG_OK;
	while (status == SG_OK && reader->next <= after->last) {
		struct sg_arena arena;
		struct sg_record record;
		sg_arena_init(&arena, SG_RECORD_BUDGET);
		status = sg_segment_next(reader, &arena, &record, err);
		sg_arena_done(&arena);
	}
	if (status == SG_NOT_FOUND)
		return sg_fail(err, SG_MALFORMED, "journal_gap", "it ends before leaf %llu", (unsigned long long)after->last);
	if (status == SG_OK && memcmp(reader->chain, after->chain, SG_SHA256_BYTES) != 0)
		return sg_fail(err, SG_MALFORMED, "journal_chain", "leaf %llu is not the one that was there", (unsigned long long)after->last);
	return status;
}

/* Retention may have deleted more since. */
static bool
begins_there(int folder, const struct sg_segment_header *header)
{
	struct sg_cut anchor;
	return sg_cut_read(folder, &anchor) && (sg_cut_ends_at(&anchor, header) || header->segment <= anchor.segment);
}

static enum sg_status
inspect(const struct sg_sys *sys, int folder, uint64_t last, struct sg_buf *bytes, struct sg_err *err)
{
	struct sg_segment_reader reader;
	enum sg_status status = read_segment(sys, folder, last, bytes, &reader, err);
	while (status == SG_OK && reader.header.previous != 0 && !begins_there(folder, &reader.header)) {
		struct sg_segment_header after = reader.header;
		struct sg_err why = {0};
		status = read_segment(sys, folder, after.previous, bytes, &reader, &why);
		if (status == SG_OK)
			status = read_leaves(&reader, &after, &why);
		if (status != SG_OK)
			sg_fail(err, status, why.code, "segment %llu: %s", (unsigned long long)after.previous, why.text);
	}
	return status;
}

enum sg_status
sg_journal_inspect(const struct sg_sys *sys, int folder, uint64_t last, struct sg_err *err)
{
	struct sg_buf bytes;
	sg_buf_init(&bytes, SG_SEGMENT_MAX);
	enum sg_status status = inspect(sys, folder, last, &bytes, err);
	sg_buf_done(&bytes);
	return status;
}
