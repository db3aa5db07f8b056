/* SPDX-License-Identifier: Apache-2.0
 * audit accept: an operator's word that a journal goes on without leaves that are gone. Written first, then what proves the loss is moved away: whatever
 * ends in between, the daemon still refuses, and the command can be given again. */
#include "ctl/loss.h"
#include "ctl/segments.h"
#include "ctl/show.h"

#include "base/str.h"
#include "frame/beside.h"
#include "frame/loss.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

struct loss {
	int state, lock, journal;
	struct sg_verify_result found;
	const char *reason;
	bool another; /* some of it was */
};

/* The lock is the daemon's: while it runs, nothing is moved under it. */
static int
open_all(const struct sg_ctl *ctl, const char *folder, struct loss *l)
{
	l->state = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	l->journal = l->state < 0 ? -1 : openat(l->state, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	l->lock = l->journal < 0 ? -1 : openat(l->state, "lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (l->lock < 0)
		return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "state_unreadable", "give the state folder; its owner may write it", "%s: %s", folder, strerror(errno));
	if (flock(l->lock, LOCK_EX | LOCK_NB) != 0)
		return sg_ctl_fail(ctl, SG_CTL_DENIED, "daemon_runs", "stop it first", "%s is held by a daemon", folder);
	return SG_CTL_OK;
}

/* Not fewer leaves than were on disk, but others: a journal that was put back and grew, or one that somebody wrote. The record says which of the two it is. */
static bool
is_another(const struct loss *l)
{
	return l->found.ahead <= l->found.last;
}

static bool
write_word(const struct loss *l)
{
	struct sg_loss loss = {.ahead = l->found.ahead, .last = l->found.last, .reason = l->reason};
	loss.what = is_another(l) ? "other leaves stand where some were on disk" : "leaves that were on disk are gone";
	return sg_loss_write(l->journal, &loss);
}

/* All that says more than the journal has, or something else. */
static bool
move_away(const struct loss *l)
{
	struct sg_beside beside[SG_BESIDE_MAX];
	size_t count = sg_beside_read(l->journal, beside);
	bool good = true;
	for (size_t i = 0; i < count; i++) {
		char to[SG_BESIDE_NAME + 8];
		snprintf(to, sizeof(to), "lost-%.*s", SG_BESIDE_NAME - 1, beside[i].name);
		if (beside[i].leaf >= l->found.ahead || beside[i].leaf > l->found.last)
			good &= renameat(l->journal, beside[i].name, l->journal, to) == 0;
	}
	int keys = openat(l->state, "keys", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (keys >= 0 && sg_head_read(keys, &beside[0]) && (beside[0].leaf >= l->found.ahead || beside[0].leaf > l->found.last))
		good &= renameat(keys, SG_HEAD_FILE, keys, "lost-" SG_HEAD_FILE) == 0 && fsync(keys) == 0;
	if (keys >= 0)
		close(keys);
	if (l->found.segments == 0 && renameat(l->journal, SG_CUT_FILE, l->journal, "lost-" SG_CUT_FILE) != 0)
		good &= errno == ENOENT;
	return good && fsync(l->journal) == 0;
}

/* Whether what is wrong is a loss, and nothing else is: what was changed in the middle is nobody's to take. */
static int
take(const struct sg_ctl *ctl, const char *folder, struct loss *l)
{
	unsigned rounds = 0;
	sg_verify_journal(folder, NULL, NULL, NULL, &l->found);
	uint64_t ahead = l->found.ahead;
	if (l->found.verdict != SG_VERIFY_TAMPERED && l->found.verdict != SG_VERIFY_UNREADABLE)
		return sg_ctl_fail(ctl, SG_CTL_DENIED, "nothing_lost", "", "%s: nothing that stands beside the journal knows more than it", folder);
	while (l->found.verdict == SG_VERIFY_TAMPERED && ahead != 0 && strcmp(l->found.err.code, "journal_lost") == 0 && rounds++ < SG_BESIDE_MAX) {
		l->another |= is_another(l);
		if (!write_word(l) || !move_away(l))
			return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "journal_io", "nothing is taken yet; give it again", "%s/journal: %s", folder, strerror(errno));
		sg_verify_journal(folder, NULL, NULL, NULL, &l->found);
		l->found.ahead = l->found.ahead != 0 ? l->found.ahead : ahead;
	}
	bool none = rounds > 0 && l->found.verdict == SG_VERIFY_UNREADABLE && l->found.segments == 0; /* all of it is gone, and taken */
	if (!none && (l->found.verdict == SG_VERIFY_TAMPERED || l->found.verdict == SG_VERIFY_UNREADABLE))
		return sg_ctl_fail(ctl, SG_CTL_DENIED, l->found.err.code, "this is no loss at its end; stepgate audit verify says what is wrong", "%s: %s", folder, l->found.err.text);
	l->found.ahead = ahead;
	return SG_CTL_OK;
}

int
sg_ctl_audit_accept(struct sg_ctl *ctl)
{
	char folder[1200];
	struct loss l = {.state = -1, .lock = -1, .journal = -1, .reason = ctl->option[SG_CTL_OPTION_reason]};
	if (l.reason == NULL || l.reason[0] == '\0' || strlen(l.reason) > SG_LOSS_REASON_MOST)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "say why: --reason TEXT, %d bytes at most", SG_LOSS_REASON_MOST);
	sg_ctl_state_folder(ctl, folder, sizeof(folder));
	int code = open_all(ctl, folder, &l);
	if (code == SG_CTL_OK)
		code = take(ctl, folder, &l);
	if (code == SG_CTL_OK && l.another)
		fprintf(stderr, "stepgate: these are not the leaves that were on disk: whoever wrote them wrote them; the record says so\n");
	if (code == SG_CTL_OK && ctl->json)
		printf("{\"ahead\":%llu,\"last\":%llu,\"result\":\"taken\"}\n", (unsigned long long)l.found.ahead, (unsigned long long)l.found.last);
	else if (code == SG_CTL_OK)
		printf("taken: the journal goes on behind leaf %llu; something stood behind leaf %llu. The next start records it.\n",
		       (unsigned long long)l.found.last, (unsigned long long)l.found.ahead);
	int all[] = {l.state, l.lock, l.journal};
	for (size_t i = 0; i < 3; i++)
		if (all[i] >= 0)
			close(all[i]);
	return code;
}
