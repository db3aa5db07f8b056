/* SPDX-License-Identifier: Apache-2.0
 * audit accept: an operator's word that a journal goes on without leaves that are gone. First it is judged what would be left; a refusal changes nothing. Then the
 * word is written, and then what proves the loss is moved away: whatever ends in between, the daemon still refuses, and the command can be given again. */
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
	struct sg_verify_result found; /* at first what is, then what would be left */
	uint64_t from;                 /* the plan: what stands behind this leaf or a later one is moved away */
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
	struct sg_loss loss = {.ahead = l->found.ahead, .last = l->found.last, .reason = l->reason, .cut = l->found.cut};
	loss.what = l->another ? "other leaves stand where some were on disk" : "leaves that were on disk are gone";
	return sg_loss_write(l->journal, &loss);
}

static bool
move_one(int folder, const char *name)
{
	char to[SG_BESIDE_NAME + 8];
	snprintf(to, sizeof(to), "lost-%.*s", SG_BESIDE_NAME - 1, name);
	return renameat(folder, name, folder, to) == 0 && fsync(folder) == 0;
}

/* All that says more than the journal has, or something else. The farthest goes last: as long as the loss is not taken, it is known how far it goes. */
static bool
move_away(const struct loss *l, int keys)
{
	struct sg_beside beside[SG_BESIDE_MAX];
	bool good = true, more = true;
	while (good && more) { /* no more than so many are seen at once */
		size_t left = sg_beside_read(l->journal, keys, beside);
		more = false;
		while (good && left-- > 0) {
			bool by_keys = strcmp(beside[left].name, SG_HEAD_BY_KEYS) == 0;
			if (beside[left].leaf < l->from)
				continue;
			good = by_keys ? move_one(keys, SG_HEAD_FILE) : move_one(l->journal, beside[left].name);
			more = true;
		}
	}
	if (good && l->found.segments == 0 && !move_one(l->journal, SG_CUT_FILE))
		good = errno == ENOENT;
	return good;
}

static int
carry_out(const struct sg_ctl *ctl, const char *folder, const struct loss *l)
{
	int keys = openat(l->state, "keys", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	bool good = write_word(l) && move_away(l, keys);
	int code = good ? SG_CTL_OK : sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "journal_io", "it is not taken yet; give it again", "%s/journal: %s", folder, strerror(errno));
	if (keys >= 0)
		close(keys);
	return code;
}

static bool
is_lost(const struct sg_verify_result *found)
{
	return found->verdict == SG_VERIFY_TAMPERED && found->ahead != 0 && strcmp(found->err.code, "journal_lost") == 0;
}

/* Whether what is wrong is a loss, and nothing else is: what was changed in the middle is nobody's to take. Looks only. */
static int
judge(const struct sg_ctl *ctl, const char *folder, struct loss *l)
{
	struct sg_verify_result *found = &l->found;
	sg_verify_journal(folder, NULL, NULL, NULL, found);
	if (found->verdict != SG_VERIFY_TAMPERED && found->verdict != SG_VERIFY_UNREADABLE)
		return sg_ctl_fail(ctl, SG_CTL_DENIED, "nothing_lost", "", "%s: nothing that stands beside the journal knows more than it", folder);
	l->from = UINT64_MAX;
	for (unsigned rounds = 0; is_lost(found) && rounds < SG_BESIDE_MAX; rounds++) {
		l->another |= is_another(l);
		l->from = is_another(l) ? found->ahead : found->last + 1;
		sg_verify_without(folder, l->from, found);
	}
	bool none = l->from != UINT64_MAX && found->verdict == SG_VERIFY_UNREADABLE && found->segments == 0; /* all of it is gone, and taken */
	if (!none && (found->verdict == SG_VERIFY_TAMPERED || found->verdict == SG_VERIFY_UNREADABLE))
		return sg_ctl_fail(ctl, SG_CTL_DENIED, found->err.code, "this is no loss at its end, and nothing was changed; stepgate audit verify says what is wrong", "%s: %s", folder, found->err.text);
	if (!found->based)
		return sg_ctl_fail(ctl, SG_CTL_DENIED, "journal_base", "restore a backup; nothing was changed",
				   "%s: leaves up to %llu were deleted by retention, and no snapshot behind them would be left: no daemon starts on that", folder, (unsigned long long)found->cut.last);
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
		code = judge(ctl, folder, &l);
	if (code == SG_CTL_OK)
		code = carry_out(ctl, folder, &l);
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
