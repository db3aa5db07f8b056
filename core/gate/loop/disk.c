/* SPDX-License-Identifier: Apache-2.0
 * The disk's thread: one group at a time, written and synced while the gate goes on deciding. No timer: the next group leaves when the last
 * has landed. */
#include "gate/loop/loop.h"
#include "gate/desk/scarce.h"
#include "gate/journal/reserve.h"
#include "gate/wire/keep.h"

#include <sys/eventfd.h>
#include <unistd.h>

static void
write_group(struct sg_loop *loop)
{
	const uint64_t one = 1;
	sg_journal_write(&loop->gate->journal, loop->commit);
	atomic_store(&loop->commit_done, true);
	while (write(loop->commit_event, &one, sizeof(one)) != (ssize_t)sizeof(one)) {
	}
}

/* `commit` is the gate's until the semaphore is posted, the disk's until it is done, and then the gate's again. */
static void *
write_groups(void *to)
{
	struct sg_loop *loop = to;
	for (;;) {
		while (sem_wait(&loop->work) != 0) {
		}
		if (atomic_load(&loop->ending))
			return NULL;
		if (atomic_exchange(&loop->commit_given, false))
			write_group(loop);
		if (atomic_exchange(&loop->discard_given, false)) {
			sg_journal_discard(&loop->discard);
			atomic_store(&loop->discard_done, true);
		}
		if (atomic_exchange(&loop->reserve.given, false)) {
			loop->reserve.made = sg_reserve_make(loop->gate->journal.sys, loop->gate->journal.folder, &loop->reserve.error);
			loop->reserve.room = sg_reserve_room(loop->gate->journal.folder);
			atomic_store(&loop->reserve.done, true);
		}
	}
}

bool
sg_disk_start(struct sg_loop *loop)
{
	loop->commit_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	loop->commit_source = (struct sg_source){SG_SOURCE_COMMIT, loop->commit_event};
	return loop->commit_event >= 0 && sem_init(&loop->work, 0, 0) == 0 && pthread_create(&loop->disk, NULL, write_groups, loop) == 0;
}

static bool
take_done(struct sg_loop *loop)
{
	uint64_t count;
	struct sg_commit *commit = loop->commit;
	if (commit == NULL || !atomic_load(&loop->commit_done))
		return false;
	loop->commit = NULL;
	atomic_store(&loop->commit_done, false);
	if (read(loop->commit_event, &count, sizeof(count)) < 0)
		count = 0;
	sg_journal_done(&loop->gate->journal, commit);
	sg_gate_synced(loop->gate);
	return true;
}

/* Segments that retention deletes: a long one takes a moment, which no gate waits for. */
static void
discard_turn(struct sg_loop *loop)
{
	const struct sg_journal *journal = &loop->gate->journal;
	if (loop->discarding && atomic_exchange(&loop->discard_done, false)) {
		loop->discarding = false;
		sg_gate_kept(loop->gate, loop->discard.error);
	}
	if (loop->discarding || loop->gate->keep.due.segment == 0)
		return;
	loop->discard = (struct sg_discard){.sys = journal->sys, .folder = journal->folder, .keys = journal->keys, .cut = loop->gate->keep.due, .today = journal->header.day};
	loop->discarding = true;
	atomic_store(&loop->discard_given, true);
	sem_post(&loop->work);
}

/* At the start, and while there is none. A journal that is closed is tried first. */
static void
reserve_turn(struct sg_loop *loop)
{
	sg_time now = loop->gate->state.now.boot;
	if (loop->reserve.making && atomic_exchange(&loop->reserve.done, false)) {
		loop->reserve.making = false;
		sg_gate_reserved(loop->gate, loop->reserve.made, loop->reserve.error, loop->reserve.room);
	}
	if (loop->reserve.making || loop->gate->journal.closed || now < loop->reserve.next)
		return;
	if (loop->reserve.made && !loop->gate->journal.scarce)
		return;
	loop->reserve.next = now + SG_RESERVE_S * SG_SEC;
	loop->reserve.making = true;
	atomic_store(&loop->reserve.given, true);
	sem_post(&loop->work);
}

void
sg_disk_turn(struct sg_loop *loop)
{
	take_done(loop);
	reserve_turn(loop);
	discard_turn(loop);
	if (loop->commit != NULL || !sg_journal_ready(&loop->gate->journal))
		return;
	loop->commit = sg_journal_take(&loop->gate->journal);
	atomic_store(&loop->commit_given, true);
	sem_post(&loop->work);
}

/* Lets the group on its way land, then writes what is left itself. */
void
sg_disk_end(struct sg_loop *loop)
{
	atomic_store(&loop->ending, true);
	sem_post(&loop->work);
	pthread_join(loop->disk, NULL);
	if (loop->commit != NULL && !atomic_load(&loop->commit_done)) { /* handed over, and not begun */
		sg_journal_write(&loop->gate->journal, loop->commit);
		atomic_store(&loop->commit_done, true);
	}
	take_done(loop);
	if (sg_journal_ready(&loop->gate->journal)) {
		struct sg_commit *commit = sg_journal_take(&loop->gate->journal);
		sg_journal_write(&loop->gate->journal, commit);
		sg_journal_done(&loop->gate->journal, commit);
		sg_gate_synced(loop->gate);
	}
}
