/* SPDX-License-Identifier: Apache-2.0
 * The head is written behind syncs and is not synced itself: it may be old, never ahead of what was on disk. */
#include "gate/desk/lost.h"

#include "base/str.h"
#include "frame/beside.h"
#include "gate/journal/pulse.h"
#include "gate/desk/desk.h"
#include "gate/desk/record.h"

#include <errno.h>
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

/* Bytes read; 0: no such file; -1: there is one that cannot be read, or is more than was ever written. */
static ssize_t
read_loss(int folder, char text[SG_LOSS_FILE_MOST])
{
	sg_pulse_disk(true);
	int fd = openat(folder, SG_LOSS_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t got = fd < 0 && errno == ENOENT ? 0 : -1;
	if (fd >= 0) {
		ssize_t len = read(fd, text, SG_LOSS_FILE_MOST);
		got = len > 0 && len < SG_LOSS_FILE_MOST ? len : -1;
		close(fd);
	}
	sg_pulse_disk(false);
	return got;
}

/* A state from a backup: whatever was stopped since is stopped again. */
static bool
kills(const struct sg_json *loss)
{
	bool kill = false;
	return sg_json_bool(sg_json_get(loss, "kill"), &kill) && kill;
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
	sg_jw_member_text(&w, "verb", kills(loss) ? SG_VERB_RESTORE : SG_VERB_ACCEPT_LOSS);
	sg_jw_member_str(&w, "what", sg_json_text_at(loss, "what"));
	sg_jw_end(&w);
}

/* What retention had deleted, which no leaf that is left says. False: it has to be said, and could not. */
static bool
record_cut(struct sg_gate *gate)
{
	const struct sg_cut *base = &gate->journal.base;
	return sg_cut_bears_out(&gate->state.cut, base) || sg_record_cut(gate, base, 0, "loss");
}

/* The kill first, which is in force also without a disk. The file goes once both are on disk, else the next start takes it up again. */
static void
record(struct sg_gate *gate, const struct sg_json *loss, const char *why)
{
	struct sg_buf body;
	uint64_t killed = 0, told = 0;
	bool kill = loss == NULL || kills(loss);
	sg_buf_init(&body, SG_LOSS_FILE_MOST * 8);
	if (loss != NULL)
		write_loss(&body, loss);
	if (kill)
		sg_record_kill(gate, SG_STR(""), false, loss == NULL ? SG_STR("stepgate") : sg_json_text_at(loss, "by"), sg_str(why), &killed);
	bool both = loss != NULL && record_cut(gate) && sg_record(gate, "admin", sg_buf_view(&body), SG_STR(""), &told, NULL) == SG_OK && (!kill || killed != 0);
	gate->loss_leaf = both ? told : 0;
	sg_buf_done(&body);
}

void
sg_lost_accepted(struct sg_gate *gate)
{
	char text[SG_LOSS_FILE_MOST];
	struct sg_arena arena;
	const struct sg_json *loss = NULL;
	ssize_t len = read_loss(gate->journal.folder, text);
	if (len == 0)
		return;
	sg_arena_init(&arena, 1 << 20);
	bool good = len > 0 && sg_json_parse(&arena, (struct sg_str){text, (size_t)len}, NULL, &loss, NULL) == SG_OK && loss->type == SG_JSON_OBJECT;
	if (!good) /* it may have said that this is a state from a backup */
		fprintf(stderr, "stepgated: journal/" SG_LOSS_FILE " is none that stepgate wrote: all is killed\n\thint: look at the record, remove the file, then stepgate lift --all\n");
	record(gate, good ? loss : NULL, good ? "restored from a backup" : "journal/" SG_LOSS_FILE " cannot be read");
	sg_arena_done(&arena);
}
