/* SPDX-License-Identifier: Apache-2.0
 * backup: a copy of the state, made while the daemon runs. Segments are appended to and never changed, so that what was copied of them is right as far as it goes;
 * what it goes to is then cut at the last whole leaf, and waited for until that is on disk where it came from. Keys come behind the journal: each that a leaf needs
 * is there. */
#include "ctl/backup.h"

#include "base/str.h"
#include "base/sys.h"
#include "ctl/show.h"
#include "frame/beside.h"
#include "frame/loss.h"
#include "frame/restoring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 1200, WAITS = 150, WAIT_MS = 200 };

struct backup {
	const char *to;
	char from[PATH], copy[PATH], run[PATH];
	int state, folder, copied;
	bool runs; /* a daemon holds the state, or did while it was copied */
	struct sg_verify_result found;
};

static int
io(const struct sg_ctl *ctl, const char *path)
{
	return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "backup_io", "", "%s: %s", path, strerror(errno));
}

static bool
is_held(const struct backup *b)
{
	int lock = openat(b->state, "lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	bool held = lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) != 0;
	if (lock >= 0)
		close(lock);
	return held;
}

static int
begin(const struct sg_ctl *ctl, struct backup *b)
{
	if ((b->state = open(b->from, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return io(ctl, b->from);
	b->runs = is_held(b);
	/* what no leaf tells of would not be in the copy */
	if (faccessat(b->state, SG_RESTORING, F_OK, AT_SYMLINK_NOFOLLOW) == 0 || faccessat(b->state, "journal/" SG_LOSS_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return sg_ctl_fail(ctl, SG_CTL_DENIED, "state_unsettled", "give stepgate restore again if it was cut off; start the daemon, which records what an operator said", "%s is half restored, or waits for a start", b->from);
	int code = sg_backup_folder(ctl, b->to, b->state, b->from, &b->folder);
	if (code != SG_CTL_OK)
		return code;
	if (mkdirat(b->folder, SG_BACKUP_STATE, 0700) != 0 || (b->copied = openat(b->folder, SG_BACKUP_STATE, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return io(ctl, b->copy);
	snprintf(b->copy, sizeof(b->copy), "/proc/self/fd/%d", b->copied); /* whatever is put in its place by name meanwhile */
	return SG_CTL_OK;
}

/* ---- copying ---- */

static bool
ends_with(const char *path, const char *end)
{
	size_t len = strlen(path), tail = strlen(end);
	return len >= tail && strcmp(path + len - tail, end) == 0;
}

static bool
is_journals(const char *path)
{
	return strcmp(path, "journal") == 0 || strcmp(path, "journal/" SG_CUT_FILE) == 0 || (strncmp(path, "journal/", 8) == 0 && ends_with(path, ".seg"));
}

static bool
is_snapshot(const char *path)
{
	return strcmp(path, "journal") == 0 || (strncmp(path, "journal/snapshot-", 17) == 0 && ends_with(path, ".jsonl"));
}

/* What was deleted is known from snapshots alone. They come first, so that none stands behind a leaf that is not copied. */
static bool
copy_snapshots(struct sg_copying *copying, const struct backup *b)
{
	bool cut = faccessat(b->state, "journal/" SG_CUT_FILE, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	return !cut || sg_backup_copy(copying, b->state, b->copied);
}

/* Heads and snapshots are made from the journal; a lock is the daemon's; what begins with a dot is not finished. */
static bool
is_others(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	return name[0] != '.' && strcmp(path, SG_RESTORING) != 0 && strcmp(path, "journal") != 0 && strncmp(path, "journal/", 8) != 0 && strcmp(path, "lock") != 0 && strcmp(path, "keys/" SG_HEAD_FILE) != 0 && strncmp(path, "before-", 7) != 0;
}

static int
copy(const struct sg_ctl *ctl, struct backup *b)
{
	struct sg_copying snapshots = {.wanted = is_snapshot, .uid = -1}, journal = {.wanted = is_journals, .uid = -1}, others = {.wanted = is_others, .uid = -1};
	if (!copy_snapshots(&snapshots, b))
		return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "backup_io", "", "%s/%s", b->from, snapshots.wrong);
	if (!sg_backup_copy(&journal, b->state, b->copied))
		return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "backup_io", "", "%s/%s", b->from, journal.wrong);
	if (!sg_backup_copy(&others, b->state, b->copied))
		return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "backup_io", "", "%s/%s", b->from, others.wrong);
	b->runs |= is_held(b); /* it may have been started meanwhile */
	if (others.passed_over > 0)
		fprintf(stderr, "stepgate: %zu links or sockets in %s are not copied\n", others.passed_over, b->from);
	return SG_CTL_OK;
}

/* ---- where it ends ---- */

/* The record that was being written goes from the copy. */
static bool
cut(const struct backup *b)
{
	struct stat is;
	int journal = openat(b->copied, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	int fd = journal < 0 ? -1 : openat(journal, b->found.file, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (journal >= 0)
		close(journal);
	bool good = fd >= 0 && fstat(fd, &is) == 0 && is.st_size >= (off_t)b->found.torn && ftruncate(fd, is.st_size - (off_t)b->found.torn) == 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

static int
verify(const struct sg_ctl *ctl, struct backup *b)
{
	sg_verify_journal(b->copy, NULL, NULL, NULL, &b->found);
	if (b->found.verdict == SG_VERIFY_TORN && cut(b))
		sg_verify_journal(b->copy, NULL, NULL, NULL, &b->found);
	if (b->found.verdict == SG_VERIFY_INTACT && b->found.based)
		return SG_CTL_OK;
	if (b->found.verdict == SG_VERIFY_INTACT || strcmp(b->found.err.code, "journal_anchor") == 0)
		return sg_ctl_fail(ctl, SG_CTL_DENIED, "backup_cut", "give it again; nothing was backed up", "%s: the oldest part of the journal was deleted meanwhile, or no snapshot stands behind it", b->from);
	return sg_ctl_fail(ctl, SG_CTL_DENIED, b->found.err.code, "stepgate audit verify says what is wrong; nothing was backed up", "%s: %s", b->from, b->found.err.text);
}

/* Leaves that were written and not yet synced may still come to nothing: a backup holds none of those. */
static int
wait_for_disk(const struct sg_ctl *ctl, const struct backup *b)
{
	struct sg_ctl quiet = *ctl;
	quiet.json = false;
	quiet.option[SG_CTL_OPTION_run] = ctl->option[SG_CTL_OPTION_run] != NULL ? ctl->option[SG_CTL_OPTION_run] : b->run;
	for (int i = 0; b->runs && i < WAITS; i++) {
		struct sg_ctl_answer answer;
		int code = sg_ctl_ask(&quiet, SG_FACE_ADMIN, "GET", "/v1/status", NULL, NULL, &answer);
		bool synced = code == SG_CTL_OK && (uint64_t)sg_show_int(answer.json, "durable") >= b->found.last;
		sg_ctl_answer_done(&answer);
		if (code != SG_CTL_OK || synced)
			return code;
		usleep(WAIT_MS * 1000);
	}
	return !b->runs ? SG_CTL_OK : sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "disk_late", "give it again", "leaf %llu does not come to the disk of %s", (unsigned long long)b->found.last, b->from);
}

static int
finish(const struct sg_ctl *ctl, const struct backup *b, struct sg_backup_point *point)
{
	char wrong[SG_BACKUP_NAME];
	int journal = openat(b->copied, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC), keys = openat(b->copied, "keys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool heads = journal >= 0 && keys >= 0 && sg_head_write(journal, b->found.last, b->found.chain) && sg_head_write(keys, b->found.last, b->found.chain);
	if (journal >= 0)
		close(journal);
	if (keys >= 0)
		close(keys);
	if (!heads)
		return io(ctl, b->copy);
	*point = (struct sg_backup_point){.leaf = b->found.last, .made_ms = sg_sys_real.wall_time(&sg_sys_real) / SG_MSEC};
	sg_hex(point->chain, b->found.chain, SG_SHA256_BYTES);
	if (!sg_backup_write(b->folder, point, wrong) || !sg_backup_check(b->folder, point, wrong))
		return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "backup_io", "", "%s/%s", b->to, wrong);
	return SG_CTL_OK;
}

static void
tell(const struct sg_ctl *ctl, const struct backup *b, const struct sg_backup_point *point)
{
	if (ctl->json)
		printf("{\"chain\":\"%s\",\"digest\":\"%s\",\"leaf\":%llu,\"result\":\"backed_up\"}\n", point->chain, point->digest, (unsigned long long)point->leaf);
	else
		printf("backed up: %s has the state up to leaf %llu\nnote it elsewhere: %llu:%s\nit holds keys: keep it as safe as the state itself\n", b->to, (unsigned long long)point->leaf,
		       (unsigned long long)point->leaf, point->digest);
}

int
sg_ctl_backup(struct sg_ctl *ctl)
{
	struct sg_backup_point point;
	struct backup b = {.to = ctl->args[0], .state = -1, .folder = -1, .copied = -1};
	snprintf(b.copy, sizeof(b.copy), "%s/" SG_BACKUP_STATE, b.to);
	umask(077);
	int code = sg_backup_folders(ctl, b.from, b.run, PATH);
	if (code == SG_CTL_OK)
		code = begin(ctl, &b);
	if (code == SG_CTL_OK)
		code = copy(ctl, &b);
	if (code == SG_CTL_OK)
		code = verify(ctl, &b);
	if (code == SG_CTL_OK)
		code = wait_for_disk(ctl, &b);
	if (code == SG_CTL_OK)
		code = finish(ctl, &b, &point);
	if (code == SG_CTL_OK)
		tell(ctl, &b, &point);
	int all[] = {b.state, b.folder, b.copied};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i] >= 0)
			close(all[i]);
	return code;
}
