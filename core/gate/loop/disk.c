/* SPDX-License-Identifier: Apache-2.0
 * The disk's thread: one group at a time, written and synced while the gate goes on deciding. No timer: the next group leaves when the last
 * has landed. */
#include "gate/loop/loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

static void *
write_groups(void *to)
{
	struct sg_loop *loop = to;
	pthread_mutex_lock(&loop->lock);
	while (!loop->ending) {
		if (loop->commit == NULL || loop->commit_done) {
			pthread_cond_wait(&loop->work, &loop->lock);
			continue;
		}
		struct sg_commit *commit = loop->commit;
		pthread_mutex_unlock(&loop->lock);
		sg_journal_write(&loop->gate->journal, commit);
		pthread_mutex_lock(&loop->lock);
		loop->commit_done = true;
		uint64_t one = 1;
		while (write(loop->commit_event, &one, sizeof(one)) != (ssize_t)sizeof(one)) {
		}
	}
	pthread_mutex_unlock(&loop->lock);
	return NULL;
}

bool
sg_disk_start(struct sg_loop *loop)
{
	loop->commit_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	loop->commit_source = (struct sg_source){SG_SOURCE_COMMIT, loop->commit_event};
	return loop->commit_event >= 0 && pthread_mutex_init(&loop->lock, NULL) == 0 && pthread_cond_init(&loop->work, NULL) == 0 &&
	       pthread_create(&loop->disk, NULL, write_groups, loop) == 0;
}

static bool
take_done(struct sg_loop *loop)
{
	uint64_t count;
	pthread_mutex_lock(&loop->lock);
	bool done = loop->commit != NULL && loop->commit_done;
	struct sg_commit *commit = loop->commit;
	if (done) {
		loop->commit = NULL;
		loop->commit_done = false;
	}
	pthread_mutex_unlock(&loop->lock);
	if (!done)
		return false;
	if (read(loop->commit_event, &count, sizeof(count)) < 0)
		count = 0;
	sg_journal_done(&loop->gate->journal, commit);
	sg_gate_synced(loop->gate);
	return true;
}

void
sg_disk_turn(struct sg_loop *loop)
{
	take_done(loop);
	if (loop->commit != NULL || !sg_journal_ready(&loop->gate->journal))
		return;
	struct sg_commit *commit = sg_journal_take(&loop->gate->journal);
	pthread_mutex_lock(&loop->lock);
	loop->commit = commit;
	pthread_cond_signal(&loop->work);
	pthread_mutex_unlock(&loop->lock);
}

/* Lets the group on its way land, then writes what is left itself. */
void
sg_disk_end(struct sg_loop *loop)
{
	pthread_mutex_lock(&loop->lock);
	loop->ending = true;
	pthread_cond_signal(&loop->work);
	pthread_mutex_unlock(&loop->lock);
	pthread_join(loop->disk, NULL);
	if (loop->commit != NULL && !loop->commit_done) {
		sg_journal_write(&loop->gate->journal, loop->commit);
		loop->commit_done = true;
	}
	take_done(loop);
	if (sg_journal_ready(&loop->gate->journal)) {
		struct sg_commit *commit = sg_journal_take(&loop->gate->journal);
		sg_journal_write(&loop->gate->journal, commit);
		sg_journal_done(&loop->gate->journal, commit);
		sg_gate_synced(loop->gate);
	}
}
