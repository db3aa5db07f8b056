/* SPDX-License-Identifier: Apache-2.0
 * A journal that failed is tried before it is trusted: what would be lost again costs its gate a fold of all that it has. */
#include "gate/journal/journal_files.h"
#include "gate/journal/reserve.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define TRIAL_FILE "trial.tmp"

/* As much as one group, synced, in a file that is no part of the journal. */
static bool
takes_something(const struct sg_journal *journal, int *error)
{
	static const char zeros[SG_JOURNAL_TRIAL];
	const struct sg_sys *sys = journal->sys;
	int fd = sys->openat(sys, journal->folder, TRIAL_FILE, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
	bool good = fd >= 0 && sg_write_all(sys, fd, (struct sg_str){zeros, sizeof(zeros)}, 0, error) == 0;
	if (fd < 0)
		*error = errno;
	if (good && sys->fdatasync(sys, fd) != 0) {
		*error = errno;
		good = false;
	}
	if (fd >= 0)
		sys->close(sys, fd);
	unlinkat(journal->folder, TRIAL_FILE, 0);
	return good;
}

static bool
is_full(int error)
{
	return error == ENOSPC || error == EDQUOT;
}

/* Where it is full the reserve goes, once. */
static bool
takes(const struct sg_journal *journal, struct sg_commit *commit)
{
	if (takes_something(journal, &commit->error))
		return true;
	commit->freed = is_full(commit->error) && sg_reserve_free(journal->folder);
	commit->room = commit->freed ? sg_reserve_room(journal->folder) : 0;
	return commit->freed && takes_something(journal, &commit->error);
}

void
sg_journal_write_trial(const struct sg_journal *journal, struct sg_commit *commit)
{
	commit->fd = takes(journal, commit) ? sg_segment_create(journal->sys, journal->folder, &commit->header, &commit->error) : -1;
	commit->status = commit->fd >= 0 ? SG_OK : SG_UNAVAILABLE;
}
