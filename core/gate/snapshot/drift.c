/* SPDX-License-Identifier: Apache-2.0
 * Both states as lines of a snapshot; a line that only one has is told. */
#include "gate/snapshot/drift.h"

#include "base/str.h"
#include "gate/snapshot/snapshot.h"
#include "gate/state/leaf_form.h"

enum { ROOM = 256 << 20, LINE_TOLD = 1000 };

static bool
add_line(void *to, struct sg_str line)
{
	sg_buf_str(to, line);
	sg_buf_text(to, "\n");
	return !((struct sg_buf *)to)->failed;
}

static bool
write_lines(struct sg_state *state, struct sg_buf *out)
{
	struct sg_snapshot_head head = {.leaf = 1};
	sg_state_sweep(state, SG_KEPT_MS);
	return sg_snapshot_write(state, &head, add_line, out, NULL) == SG_OK;
}

static void
tell(struct sg_buf *told, const char *who, struct sg_str text, struct sg_str other)
{
	while (text.len > 0) {
		struct sg_str line = sg_str_cut(&text, '\n');
		if (memmem(other.ptr, other.len, line.ptr, line.len) == NULL && told->len + LINE_TOLD + 64 < SG_DRIFT_TOLD)
			sg_buf_printf(told, "%s alone: %.*s\n", who, (int)(line.len < LINE_TOLD ? line.len : LINE_TOLD), line.ptr);
	}
}

struct named {
	struct sg_buf *told;
	bool all;
};

/* What is written has its row. */
static bool
is_named(void *to, const struct sg_record *record)
{
	struct named *n = to;
	const struct sg_json *body = sg_json_get(record->json, "body");
	struct sg_str kind = sg_json_text_at(record->json, "kind");
	const struct sg_leaf_member *rows = sg_leaf_members(kind, sg_json_text_at(body, "event"));
	const struct sg_json *stranger = rows != NULL ? sg_leaf_stranger(rows, body) : body;
	if (stranger != NULL)
		sg_buf_printf(n->told, "leaf %llu (%.*s): %.*s is not as gate/state/leaf.h says\n", (unsigned long long)record->number, SG_STR_ARG(kind),
			      SG_STR_ARG(stranger->name));
	n->all &= stranger == NULL;
	return n->all;
}

static bool
are_named(const struct sg_journal *journal, struct sg_buf *told)
{
	struct named n = {told, true};
	if (journal->durable > 0)
		sg_journal_leaves(journal, 1, journal->durable, SIZE_MAX, is_named, &n);
	return n.all;
}

bool
sg_state_is_fold(struct sg_state *state, const struct sg_journal *journal, struct sg_buf *told)
{
	struct sg_state again;
	struct sg_buf live, folded;
	struct sg_err err = {0};
	sg_buf_init(&live, ROOM);
	sg_buf_init(&folded, ROOM);
	bool good = sg_refold(&again, state, journal, journal->base.last == 0 ? 0 : journal->durable, &err) == SG_OK;
	if (!good)
		sg_buf_printf(told, "the journal does not fold: %s (%s)\n", err.text, err.code);
	good = good && write_lines(state, &live) && write_lines(&again, &folded);
	bool same = good && sg_str_eq(sg_buf_view(&live), sg_buf_view(&folded));
	if (good && !same) {
		tell(told, "memory", sg_buf_view(&live), sg_buf_view(&folded));
		tell(told, "journal", sg_buf_view(&folded), sg_buf_view(&live));
	}
	sg_state_done(&again);
	sg_buf_done(&live);
	sg_buf_done(&folded);
	return are_named(journal, told) && same;
}
