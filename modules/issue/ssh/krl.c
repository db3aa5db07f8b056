/* SPDX-License-Identifier: Apache-2.0
 * Keeping the list: read under a lock, changed, written beside, synced, renamed. Two instances may do so for a moment. */
#include "krl.h"

#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = KRL_MAX * 8 + 8192, COMMENT_MAX = 4096, MINUTE = 60, GROUPS = 128 };
enum { SECTION_CERTIFICATES = 1, SECTION_SERIALS = 0x20, FORMAT = 1 };

static const char magic[] = "SSHKRL\n", first_word[] = "stepgate 1";

/* ---- the list ---- */

static bool
has(const struct krl *krl, uint64_t serial)
{
	for (size_t i = 0; i < krl->count; i++)
		if (krl->serials[i] == serial)
			return true;
	return false;
}

/* The group of this minute, made in its place if there is none. A list that has as many groups as it may puts it into a later one: it stays longer. */
static size_t
group_of(struct krl *krl, int64_t until)
{
	size_t at = 0;
	while (at < krl->group_count && krl->groups[at].until < until)
		at++;
	bool there = at < krl->group_count && (krl->groups[at].until == until || krl->group_count == GROUPS);
	if (there)
		return at;
	if (krl->group_count == GROUPS) { /* later than all: the last one becomes later */
		krl->groups[--at].until = until;
		return at;
	}
	memmove(krl->groups + at + 1, krl->groups + at, (krl->group_count - at) * sizeof(krl->groups[0]));
	krl->groups[at].until = until;
	krl->groups[at].count = 0;
	krl->group_count++;
	return at;
}

static void
add(struct krl *krl, uint64_t serial, int64_t until)
{
	size_t group = group_of(krl, (until + MINUTE - 1) / MINUTE * MINUTE), at = 0;
	for (size_t i = 0; i <= group; i++)
		at += krl->groups[i].count;
	memmove(krl->serials + at + 1, krl->serials + at, (krl->count - at) * sizeof(*krl->serials));
	krl->serials[at] = serial;
	krl->groups[group].count++;
	krl->count++;
}

static bool
forget(struct krl *krl, int64_t now)
{
	size_t over = 0, gone = 0;
	while (over < krl->group_count && krl->groups[over].until <= now)
		gone += krl->groups[over++].count;
	memmove(krl->serials, krl->serials + gone, (krl->count - gone) * sizeof(*krl->serials));
	memmove(krl->groups, krl->groups + over, (krl->group_count - over) * sizeof(krl->groups[0]));
	krl->count -= gone;
	krl->group_count -= over;
	return over > 0;
}

/* ---- its bytes ---- */

static void
write_comment(struct wire *w, const struct krl *krl)
{
	char text[48];
	size_t comment = wire_open(w);
	wire_raw(w, first_word, sizeof(first_word) - 1);
	for (size_t i = 0; i < krl->group_count; i++) {
		int len = snprintf(text, sizeof(text), " %lld:%zu", (long long)krl->groups[i].until, krl->groups[i].count);
		wire_raw(w, text, (size_t)len);
	}
	wire_close(w, comment);
}

static void
write_serials(struct wire *w, const struct krl *krl)
{
	wire_byte(w, SECTION_CERTIFICATES);
	size_t section = wire_open(w);
	wire_string(w, krl->ca, krl->ca_len);
	wire_text(w, "");
	wire_byte(w, SECTION_SERIALS);
	size_t list = wire_open(w);
	for (size_t i = 0; i < krl->count; i++)
		wire_u64(w, krl->serials[i]);
	wire_close(w, list);
	wire_close(w, section);
}

static void
write_all(struct wire *w, const struct krl *krl, int64_t now)
{
	wire_raw(w, magic, sizeof(magic));
	wire_u32(w, FORMAT);
	wire_u64(w, krl->version);
	wire_u64(w, (uint64_t)now);
	wire_u64(w, 0);
	wire_text(w, "");
	write_comment(w, krl);
	if (krl->count > 0)
		write_serials(w, krl);
}

static bool
read_groups(struct krl *krl, struct wire_view comment)
{
	char text[COMMENT_MAX], *at = text + sizeof(first_word) - 1;
	int64_t before = 0;
	if (comment.len >= sizeof(text) || comment.len < sizeof(first_word) - 1 || memcmp(comment.ptr, first_word, sizeof(first_word) - 1) != 0)
		return false;
	memcpy(text, comment.ptr, comment.len);
	text[comment.len] = '\0';
	krl->group_count = 0;
	while (*at == ' ' && krl->group_count < GROUPS) {
		char *end, *stop;
		long long until = strtoll(at + 1, &end, 10);
		unsigned long long count = *end == ':' ? strtoull(end + 1, &stop, 10) : 0;
		if (count == 0 || count > KRL_MAX || until < before)
			return false;
		krl->groups[krl->group_count].until = before = until;
		krl->groups[krl->group_count++].count = (size_t)count;
		at = stop;
	}
	return *at == '\0';
}

static bool
read_serials(struct krl *krl, struct wire_view section, bool *foreign)
{
	struct wire_view ca, reserved, kind, list;
	if (!wire_take_string(&section, &ca) || !wire_take_string(&section, &reserved) || reserved.len != 0 || !wire_take(&section, 1, &kind) ||
	    kind.ptr[0] != SECTION_SERIALS || !wire_take_string(&section, &list) || section.len != 0 || list.len > KRL_MAX * 8)
		return false;
	*foreign = ca.len != krl->ca_len || memcmp(ca.ptr, krl->ca, ca.len) != 0;
	for (krl->count = 0; list.len > 0; krl->count++)
		if (!wire_take_u64(&list, &krl->serials[krl->count]))
			return false;
	return true;
}

/* Only what write_all writes. */
static bool
read_all(struct krl *krl, struct wire_view file, bool *foreign)
{
	struct wire_view head, comment, reserved, kind, section;
	uint32_t format;
	uint64_t made, flags;
	krl->count = krl->group_count = 0;
	if (!wire_take(&file, sizeof(magic), &head) || memcmp(head.ptr, magic, sizeof(magic)) != 0 || !wire_take_u32(&file, &format) ||
	    format != FORMAT || !wire_take_u64(&file, &krl->version) || !wire_take_u64(&file, &made) || !wire_take_u64(&file, &flags) ||
	    !wire_take_string(&file, &reserved) || !wire_take_string(&file, &comment) || !read_groups(krl, comment))
		return false;
	if (file.len > 0 && (!wire_take(&file, 1, &kind) || kind.ptr[0] != SECTION_CERTIFICATES || !wire_take_string(&file, &section) ||
			     !read_serials(krl, section, foreign) || file.len != 0))
		return false;
	size_t sum = 0;
	for (size_t i = 0; i < krl->group_count; i++)
		sum += krl->groups[i].count;
	return sum == krl->count;
}

/* ---- its file ---- */

static enum sg_status
take(struct krl *krl, bool may_miss, bool *missed, struct sg_err *err)
{
	bool foreign = false;
	unsigned char *bytes = malloc(FILE_MAX + 1);
	int fd = openat(krl->folder, krl->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	*missed = fd < 0 && errno == ENOENT;
	ssize_t got = -1;
	size_t len = 0;
	while (fd >= 0 && bytes != NULL && len <= FILE_MAX && (got = read(fd, bytes + len, FILE_MAX + 1 - len)) > 0)
		len += (size_t)got;
	enum sg_status status = SG_OK;
	if (*missed && may_miss)
		krl->count = krl->group_count = 0;
	else if (fd < 0 || bytes == NULL || got < 0)
		status = sg_refuse(err, SG_UNAVAILABLE, "ssh_krl_read", "%s: %s", krl->name, strerror(errno));
	else if (!read_all(krl, (struct wire_view){bytes, len}, &foreign))
		status = sg_refuse(err, SG_MALFORMED, "ssh_krl_form", "%s was not written by this module", krl->name);
	else if (foreign)
		status = sg_refuse(err, SG_REFUSED, "ssh_krl_ca", "%s revokes for another key: take another krl_file, or this one away an hour after its last "
				   "certificate", krl->name);
	if (fd >= 0)
		close(fd);
	free(bytes);
	return status;
}

static bool
put_bytes(int fd, const unsigned char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);
		if (n < 0 && errno != EINTR)
			return false;
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) == 0;
}

static enum sg_status
put(struct krl *krl, int64_t now, struct sg_err *err)
{
	char beside[KRL_NAME_MAX + 8];
	unsigned char *bytes = malloc(FILE_MAX);
	struct wire w = {bytes, 0, bytes == NULL ? 0 : FILE_MAX, false};
	krl->version++;
	write_all(&w, krl, now);
	snprintf(beside, sizeof(beside), ".%s.new", krl->name);
	int fd = w.failed ? -1 : openat(krl->folder, beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	bool good = fd >= 0 && put_bytes(fd, bytes, w.len);
	if (fd >= 0)
		close(fd);
	good = good && renameat(krl->folder, beside, krl->folder, krl->name) == 0 && fsync(krl->folder) == 0;
	enum sg_status status = good ? SG_OK : sg_refuse(err, SG_UNAVAILABLE, "ssh_krl_write", "%s: %s", krl->name, strerror(errno));
	free(bytes);
	return status;
}

/* A file that nobody else may open: whoever may read the list could hold a lock on its folder, and no serial would come into it. */
static int
open_lock(const struct krl *krl)
{
	char name[KRL_NAME_MAX + 8];
	snprintf(name, sizeof(name), ".%s.lock", krl->name);
	return openat(krl->folder, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

enum sg_status
krl_start(struct krl *krl, int64_t now, struct sg_err *err)
{
	bool missed;
	krl->serials = calloc(KRL_MAX, sizeof(*krl->serials));
	krl->lock = open_lock(krl);
	if (krl->serials == NULL || krl->lock < 0 || flock(krl->lock, LOCK_EX) != 0)
		return sg_refuse(err, SG_UNAVAILABLE, "ssh_krl_read", "%s: %s", krl->name, strerror(errno));
	enum sg_status status = take(krl, true, &missed, err);
	if (status == SG_OK && missed)
		status = put(krl, now, err);
	flock(krl->lock, LOCK_UN);
	return status;
}

void
krl_done(struct krl *krl)
{
	if (krl->serials != NULL && krl->lock >= 0)
		close(krl->lock);
	free(krl->serials);
	krl->serials = NULL;
}

enum sg_status
krl_revoke(struct krl *krl, uint64_t serial, int64_t exp, int64_t now, struct sg_err *err)
{
	bool missed;
	int64_t until = exp <= 0 ? now + KRL_KEEP_S : exp + MINUTE; /* however far ahead the clock stood that it was made by */
	if (flock(krl->lock, LOCK_EX) != 0)
		return sg_refuse(err, SG_UNAVAILABLE, "ssh_krl_read", "%s: %s", krl->name, strerror(errno));
	enum sg_status status = take(krl, false, &missed, err);
	if (status == SG_OK && !has(krl, serial)) {
		forget(krl, krl->count < KRL_LIVE ? now - KRL_KEEP_S : now); /* while there is room, what is over by one clock may not be by another's */
		if (krl->count == KRL_MAX)
			status = sg_refuse(err, SG_LIMIT, "ssh_krl_full", "%d serials of certificates that live", KRL_MAX);
		else {
			add(krl, serial, until);
			status = put(krl, now, err);
		}
	}
	flock(krl->lock, LOCK_UN);
	return status;
}
