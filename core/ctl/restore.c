/* SPDX-License-Identifier: Apache-2.0
 * restore: a state put back from a backup. What happened behind the backup's last leaf is lost with it, kills and used approvals among it, unless the state that is
 * there says that nothing did: so it is told, and what is put back starts with everything killed. What was there is moved aside, never removed. A file `restoring`
 * stands in the state as long as it is neither the one nor the other; no daemon starts on that. */
#include "ctl/backup.h"

#include "base/hidden.h"
#include "base/str.h"
#include "ctl/loss.h"
#include "ctl/show.h"
#include "frame/loss.h"
#include "frame/restoring.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH = 1200, ASIDES = 1000 };

struct restore {
	const char *from, *reason;
	char to[PATH], copy[PATH], aside[64];
	int backup, state, lock;
	struct stat owner; /* of the state folder */
	struct sg_backup_point point;
	struct sg_verify_result there; /* what the state says that is replaced */
	bool loses;                    /* leaves that are not in the backup, or nobody knows */
};

static int
io(const struct sg_ctl *ctl, const char *path)
{
	return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "restore_io", "", "%s: %s", path, strerror(errno));
}

/* ---- what is put back ---- */

static bool
is_anchor(const struct sg_ctl *ctl, const struct restore *r)
{
	char noted[SG_SHA256_HEX + 32];
	const char *anchor = ctl->option[SG_CTL_OPTION_anchor];
	snprintf(noted, sizeof(noted), "%llu:%s", (unsigned long long)r->point.leaf, r->point.digest);
	return anchor == NULL || strcmp(anchor, noted) == 0;
}

static int
check_backup(const struct sg_ctl *ctl, struct restore *r)
{
	char wrong[SG_BACKUP_NAME];
	struct sg_verify_result found;
	struct sg_verify_anchor anchor = {.number = 0};
	if ((r->backup = open(r->from, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return io(ctl, r->from);
	if (!sg_backup_check(r->backup, &r->point, wrong))
		return sg_ctl_fail(ctl, SG_CTL_DENIED, "backup_tampered", "nothing was restored", "%s: %s", r->from, wrong);
	anchor.number = r->point.leaf;
	bool read = sg_unhex(anchor.chain, sizeof(anchor.chain), sg_str(r->point.chain));
	sg_verify_journal(r->copy, &anchor, NULL, NULL, &found);
	if (!read || found.verdict != SG_VERIFY_INTACT || found.last != r->point.leaf)
		return sg_ctl_fail(ctl, SG_CTL_DENIED, "backup_tampered", "nothing was restored", "%s: its journal is not the one that its manifest names", r->from);
	if (!is_anchor(ctl, r))
		return sg_ctl_fail(ctl, SG_CTL_DENIED, "backup_tampered", "nothing was restored", "%s is %llu:%s, which is not what was noted", r->from, (unsigned long long)r->point.leaf, r->point.digest);
	return SG_CTL_OK;
}

/* ---- what is replaced ---- */

/* What restore makes belongs to whoever the state belongs to. */
static bool
give(const struct restore *r, int fd)
{
	return geteuid() != 0 || fchown(fd, r->owner.st_uid, r->owner.st_gid) == 0;
}

static int
open_state(const struct sg_ctl *ctl, struct restore *r)
{
	if (mkdir(r->to, 0700) != 0 && errno != EEXIST)
		return io(ctl, r->to);
	if ((r->state = open(r->to, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 || (r->lock = openat(r->state, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		return io(ctl, r->to);
	if (flock(r->lock, LOCK_EX | LOCK_NB) != 0)
		return sg_ctl_fail(ctl, SG_CTL_DENIED, "daemon_runs", "stop it first", "%s is held by a daemon", r->to);
	return fstat(r->state, &r->owner) == 0 && give(r, r->lock) ? SG_CTL_OK : io(ctl, r->to);
}

/* Nothing is lost if all that is there stands in the backup: its last leaf is one of those, with the same chain behind it. */
static void
compare(struct restore *r)
{
	struct sg_verify_result found;
	/* half a state; or an operator's word, such as that of a restore before this one, that no start has recorded yet and no leaf tells of */
	bool half = faccessat(r->state, SG_RESTORING, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || faccessat(r->state, "journal/" SG_LOSS_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	sg_verify_journal(r->to, NULL, NULL, NULL, &r->there);
	r->loses = true;
	if (half || (r->there.verdict != SG_VERIFY_INTACT && r->there.verdict != SG_VERIFY_TORN) || r->there.last == 0 || r->there.last > r->point.leaf)
		return;
	struct sg_verify_anchor anchor = {.number = r->there.last};
	memcpy(anchor.chain, r->there.chain, sizeof(anchor.chain));
	sg_verify_journal(r->copy, &anchor, NULL, NULL, &found);
	r->loses = found.verdict != SG_VERIFY_INTACT || !found.anchored;
}

static int
may_lose(const struct sg_ctl *ctl, struct restore *r)
{
	compare(r);
	r->reason = ctl->option[SG_CTL_OPTION_reason];
	if (r->reason != NULL && (strlen(r->reason) > SG_LOSS_REASON_MOST || sg_has_hidden(sg_str(r->reason)))) /* before anything is moved */
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "--reason is UTF-8 that can be seen, %d bytes at most", SG_LOSS_REASON_MOST);
	if (!r->loses || (ctl->option[SG_CTL_OPTION_older] != NULL && r->reason != NULL && r->reason[0] != '\0'))
		return SG_CTL_OK;
	return sg_ctl_fail(ctl, SG_CTL_DENIED, "restore_older",
			   "if that is so: --older --reason TEXT. It then starts with everything killed, approvals void, credentials revoked, new keys for tokens",
			   "what happened behind leaf %llu is not in %s: kills, revocations and used approvals would be undone", (unsigned long long)r->point.leaf, r->from);
}

/* ---- putting it back ---- */

static bool
mark(const struct restore *r, bool on)
{
	int fd = on ? openat(r->state, SG_RESTORING, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
	bool good = on ? fd >= 0 && fsync(fd) == 0 : unlinkat(r->state, SG_RESTORING, 0) == 0;
	if (fd >= 0)
		close(fd);
	return good && fsync(r->state) == 0;
}

static int
not_kept(const struct dirent *entry)
{
	static const char *const kept[] = {".", "..", "lock", SG_RESTORING};
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (strcmp(entry->d_name, kept[i]) == 0)
			return false;
	return strncmp(entry->d_name, "before-", 7) != 0;
}

/* One of its own each time. */
static int
make_aside(struct restore *r)
{
	int made = -1;
	for (unsigned i = 0; made != 0 && i < ASIDES; i++) {
		snprintf(r->aside, sizeof(r->aside), "before-%lld%s%.*u", (long long)time(NULL), i > 0 ? "-" : "", i > 0 ? 1 : 0, i);
		if ((made = mkdirat(r->state, r->aside, 0700)) != 0 && errno != EEXIST)
			return -1;
	}
	int aside = made == 0 ? openat(r->state, r->aside, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) : -1;
	if (aside >= 0 && give(r, aside))
		return aside;
	if (aside >= 0)
		close(aside);
	return -1;
}

static bool
move_aside(struct restore *r)
{
	struct dirent **names = NULL;
	int count = scandirat(r->state, ".", &names, not_kept, alphasort), aside = count > 0 ? make_aside(r) : -1;
	bool good = count == 0 || aside >= 0;
	for (int i = 0; i < count; i++) {
		good = good && renameat(r->state, names[i]->d_name, aside, names[i]->d_name) == 0;
		free(names[i]);
	}
	free(names);
	if (aside >= 0)
		close(aside);
	return good && count >= 0 && fsync(r->state) == 0;
}

/* The next start records it and kills (frame/loss.h). */
static bool
write_word(const struct restore *r)
{
	char what[512], there[SG_SHA256_HEX] = "";
	struct sg_loss loss = {.ahead = r->there.last, .last = r->point.leaf, .reason = r->reason, .what = what, .kill = true};
	if (r->there.last > 0)
		sg_hex(there, r->there.chain, SG_SHA256_BYTES);
	snprintf(what, sizeof(what), "restored from a backup that ends at leaf %llu (%s), over %s%s%s", (unsigned long long)r->point.leaf, r->point.chain,
		 there[0] != '\0' ? "a state that ended at the leaf of " : "no state", there, there[0] != '\0' ? "" : " that can be read");
	int journal = openat(r->state, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	bool good = journal >= 0 && sg_loss_write(journal, &loss);
	if (journal >= 0)
		close(journal);
	return good;
}

static int
put_back(const struct sg_ctl *ctl, struct restore *r)
{
	int copy = openat(r->backup, SG_BACKUP_STATE, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	struct sg_copying copying = {.uid = -1};
	if (copy < 0 || !mark(r, true) || !move_aside(r)) {
		if (copy >= 0)
			close(copy);
		return io(ctl, r->to);
	}
	if (geteuid() == 0)
		copying = (struct sg_copying){.uid = (long)r->owner.st_uid, .gid = (long)r->owner.st_gid};
	bool good = sg_backup_copy(&copying, copy, r->state);
	close(copy);
	if (!good)
		return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "restore_io", "give it again; no daemon starts on half a state", "%s/%s", r->to, copying.wrong);
	return !r->loses || write_word(r) ? SG_CTL_OK : io(ctl, r->to);
}

static void
tell(const struct sg_ctl *ctl, const struct restore *r)
{
	if (ctl->json) {
		printf("{\"killed\":%s,\"leaf\":%llu,\"result\":\"restored\"}\n", r->loses ? "true" : "false", (unsigned long long)r->point.leaf);
		return;
	}
	printf("restored: %s goes on behind leaf %llu\n", r->to, (unsigned long long)r->point.leaf);
	if (r->aside[0] != '\0')
		printf("what was there lies in %s/%s\n", r->to, r->aside);
	if (r->loses)
		printf("it starts with everything killed: look at stepgate status, then stepgate lift --all\n");
}

int
sg_ctl_restore(struct sg_ctl *ctl)
{
	char run[PATH];
	struct restore r = {.from = ctl->args[0], .backup = -1, .state = -1, .lock = -1};
	snprintf(r.copy, sizeof(r.copy), "%s/" SG_BACKUP_STATE, r.from);
	umask(077);
	int code = sg_backup_folders(ctl, r.to, run, PATH);
	int (*const steps[])(const struct sg_ctl *, struct restore *) = {check_backup, open_state, may_lose, put_back};
	for (size_t i = 0; code == SG_CTL_OK && i < sizeof(steps) / sizeof(steps[0]); i++)
		code = steps[i](ctl, &r);
	if (code == SG_CTL_OK && r.loses)
		code = sg_restore_keys(ctl, r.state, r.to, &r.owner);
	if (code == SG_CTL_OK && !mark(&r, false))
		code = io(ctl, r.to);
	if (code == SG_CTL_OK)
		tell(ctl, &r);
	int all[] = {r.backup, r.state, r.lock};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] >= 0)
			close(all[i]);
	return code;
}
