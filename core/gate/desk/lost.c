/* SPDX-License-Identifier: Apache-2.0
 * The head is written behind syncs and is not synced itself: it may be old, never ahead of what was on disk. */
#include "gate/desk/lost.h"

#include "base/str.h"
#include "frame/beside.h"
#include "gate/journal/pulse.h"
#include "gate/desk/desk.h"
#include "gate/desk/owed.h"
#include "gate/state/ending.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

void
sg_head_follow(struct sg_gate *gate, bool now)
{
	const struct sg_journal *j = &gate->journal;
	if (gate->recovered && gate->loss_leaf != 0 && j->durable >= gate->loss_leaf && unlinkat(j->folder, SG_LOSS_FILE, 0) == 0)
		gate->loss_leaf = 0;
	bool slow = j->committing && gate->state.now.boot - gate->sync_since > SG_HEAD_SLOW_MS * SG_MSEC; /* this thread waits for no disk that may not answer */
	if (!gate->recovered || j->durable == gate->head_leaf || (!now && (slow || gate->state.now.boot < gate->head_at)))
		return;
	gate->head_at = gate->state.now.boot + SG_HEAD_EACH_S * SG_SEC;
	sg_pulse_disk(true);
	bool by_keys = sg_head_write(j->keys, j->durable, j->durable_chain), by_journal = sg_head_write(j->folder, j->durable, j->durable_chain);
	if (by_keys && by_journal)
		gate->head_leaf = j->durable;
	sg_pulse_disk(false);
}

/* ---- a loss that is taken ---- */

static bool
read_loss(int folder, char *text, size_t room, size_t *len)
{
	sg_pulse_disk(true);
	int fd = openat(folder, SG_LOSS_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t got = fd < 0 ? -1 : read(fd, text, room);
	if (fd >= 0)
		close(fd);
	sg_pulse_disk(false);
	*len = got > 0 ? (size_t)got : 0;
	return got > 0;
}

/* A state from a backup: whatever was stopped since is stopped again. */
static bool
kills(const struct sg_json *loss)
{
	bool kill = false;
	return sg_json_bool(sg_json_get(loss, "kill"), &kill) && kill;
}

static void
record_kill(struct sg_gate *gate, const struct sg_json *loss)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_text(&w, "agent", "");
	sg_jw_member_bool(&w, "all", true);
	sg_jw_member_str(&w, "by", sg_json_text_at(loss, "by"));
	sg_jw_member_bool(&w, "lift", false);
	sg_jw_member_text(&w, "reason", "restored from a backup");
	if (!sg_ends_at_once(&gate->state))
		sg_jw_member_bool(&w, "sliced", true);
	sg_jw_end(&w);
	if (sg_record(gate, "kill", sg_buf_view(&body), SG_STR(""), &gate->loss_leaf, NULL) != SG_OK)
		sg_owe_folded(gate, "kill", sg_buf_view(&body));
	sg_buf_done(&body);
}

static void
write_loss(struct sg_buf *body, const struct sg_json *loss)
{
	struct sg_json_writer w;
	int64_t ahead = 0, last = 0;
	sg_json_int(sg_json_get(loss, "ahead"), &ahead);
	sg_json_int(sg_json_get(loss, "last"), &last);
	sg_jw_begin(&w, body);
	sg_jw_object(&w);
	sg_jw_member_int(&w, "ahead", ahead);
	sg_jw_member_str(&w, "by", sg_json_text_at(loss, "by"));
	sg_jw_member_int(&w, "last", last);
	sg_jw_member_str(&w, "reason", sg_json_text_at(loss, "reason"));
	sg_jw_member_text(&w, "result", kills(loss) ? "restored" : "taken");
	sg_jw_member_text(&w, "verb", kills(loss) ? "restore" : "accept-loss");
	sg_jw_member_str(&w, "what", sg_json_text_at(loss, "what"));
	sg_jw_end(&w);
}

void
sg_lost_accepted(struct sg_gate *gate)
{
	char text[SG_LOSS_FILE_MOST];
	size_t len;
	struct sg_arena arena;
	struct sg_buf body;
	const struct sg_json *loss = NULL;
	if (!read_loss(gate->journal.folder, text, sizeof(text), &len))
		return;
	sg_arena_init(&arena, 1 << 20);
	sg_buf_init(&body, SG_LOSS_FILE_MOST * 8);
	if (sg_json_parse(&arena, (struct sg_str){text, len}, NULL, &loss, NULL) == SG_OK) {
		write_loss(&body, loss);
		sg_record(gate, "admin", sg_buf_view(&body), SG_STR(""), &gate->loss_leaf, NULL);
		if (kills(loss))
			record_kill(gate, loss);
	} else {
		fprintf(stderr, "stepgated: journal/" SG_LOSS_FILE " is not what stepgate audit accept writes; it is passed over\n");
	}
	sg_buf_done(&body);
	sg_arena_done(&arena);
}
