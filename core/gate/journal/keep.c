/* SPDX-License-Identifier: Apache-2.0
 * Deleting begins with the anchor: whatever ends behind it, the next start finds where the journal goes on, and deletes what was left. */
#include "gate/journal/keep.h"

#include "base/folder.h"
#include "base/str.h"
#include "gate/journal/journal_files.h"
#include "gate/journal/pulse.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- the gate's side ---- */

/* From `segment` back to `to` there are segments without a leaf alone, such as one whose making a kill cut short, so that `last` is the last leaf behind each. */
static bool
leads_back(const struct sg_journal *journal, uint64_t segment, uint64_t to, uint64_t last)
{
	struct sg_segment_header empty;
	bool torn;
	while (segment > to) {
		if (sg_journal_header(journal, segment, &empty, &torn, NULL) != SG_OK || empty.last != last || empty.previous >= segment)
			return false;
		segment = empty.previous;
	}
	return segment == to;
}

/* The header of the first segment behind `own` that says that there was a leaf before it. */
static bool
next_behind(const struct sg_journal *journal, const struct sg_segment_header *own, struct sg_segment_header *after)
{
	bool torn;
	uint64_t looked = own->segment;
	for (size_t i = 0; i < journal->mark_count; i++) {
		uint64_t segment = journal->marks[i].segment;
		if (segment <= looked)
			continue;
		looked = segment;
		if (sg_journal_header(journal, segment, after, &torn, NULL) != SG_OK)
			return false;
		if (after->last >= own->first)
			return leads_back(journal, after->previous, own->segment, after->last);
	}
	return false;
}

bool
sg_journal_oldest(const struct sg_journal *journal, struct sg_oldest *out)
{
	struct sg_segment_header own, after;
	bool torn;
	if (journal->marks == NULL || journal->mark_count == 0 || sg_journal_header(journal, journal->marks[0].segment, &own, &torn, NULL) != SG_OK ||
	    !leads_back(journal, own.previous, journal->base.segment, own.last) || !next_behind(journal, &own, &after))
		return false;
	*out = (struct sg_oldest){.cut = {.segment = after.previous, .last = after.last}, .first = own.first, .until_ms = ((int64_t)own.day + 1) * SG_DAY_MS};
	memcpy(out->cut.chain, after.chain, sizeof(out->cut.chain));
	return true;
}

unsigned
sg_journal_segments(const struct sg_journal *journal)
{
	if (journal->marks == NULL || journal->mark_count == 0)
		return 0;
	return journal->marks[0].segment == journal->marks[journal->mark_count - 1].segment ? 1 : 2;
}

int64_t
sg_journal_bytes(const struct sg_journal *journal)
{
	struct stat is;
	int64_t sum = 0;
	sg_pulse_disk(true);
	DIR *dir = sg_folder_list(journal->folder);
	for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;)
		if (strstr(entry->d_name, ".seg") != NULL && fstatat(journal->folder, entry->d_name, &is, AT_SYMLINK_NOFOLLOW) == 0)
			sum += is.st_size;
	if (dir != NULL)
		closedir(dir);
	sg_pulse_disk(false);
	return sum;
}

void
sg_journal_forget(struct sg_journal *journal, const struct sg_cut *cut)
{
	size_t gone = 0;
	while (gone < journal->mark_count && journal->marks[gone].segment <= cut->segment)
		gone++;
	if (gone > 0)
		memmove(journal->marks, journal->marks + gone, (journal->mark_count - gone) * sizeof(*journal->marks));
	journal->mark_count -= gone;
	if (cut->segment > journal->base.segment)
		journal->base = *cut;
}

/* ---- the other thread's ---- */

static uint64_t
number_of(const char *name, const char *end)
{
	char *rest = NULL;
	uint64_t number = strtoull(name, &rest, 10);
	return rest != name && strcmp(rest, end) == 0 ? number : 0;
}

/* Calls `each` for every file NUMBER`end` of a folder, in no order. 0, or errno. */
static int
list(int folder, const char *end, bool (*each)(struct sg_discard *d, uint64_t number, void *to), struct sg_discard *d, void *to)
{
	DIR *dir = sg_folder_list(folder);
	bool good = dir != NULL;
	for (struct dirent *entry; good && (entry = readdir(dir)) != NULL;) {
		uint64_t number = number_of(entry->d_name, end);
		good = number == 0 || each(d, number, to);
	}
	int error = good ? 0 : errno != 0 ? errno : EIO;
	if (dir != NULL)
		closedir(dir);
	return error;
}

static bool
drop(struct sg_discard *d, uint64_t segment, void *to)
{
	char name[SG_SEGMENT_NAME];
	(void)to;
	sg_segment_name(name, segment);
	return segment > d->cut.segment || unlinkat(d->folder, name, 0) == 0 || errno == ENOENT;
}

/* A segment whose making was torn is none; one that cannot be read keeps every key. */
static bool
note_day(struct sg_discard *d, uint64_t segment, void *to)
{
	char name[SG_SEGMENT_NAME], bytes[SG_SEGMENT_HEADER];
	uint64_t *first = to;
	struct sg_segment_reader reader;
	sg_segment_name(name, segment);
	int fd = openat(d->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t got = fd < 0 ? -1 : pread(fd, bytes, sizeof(bytes), 0);
	if (fd >= 0)
		close(fd);
	if (got >= 0 && got < SG_SEGMENT_HEADER)
		return true;
	if (got < 0 || sg_segment_begin(&reader, (struct sg_str){bytes, sizeof(bytes)}, NULL) != SG_OK)
		return false;
	*first = reader.header.day < *first ? reader.header.day : *first;
	return true;
}

static bool
destroy(const struct sg_discard *d, uint64_t day)
{
	static const char nothing[SG_KEY_BYTES];
	char name[32];
	snprintf(name, sizeof(name), "%" PRIu64 ".key", day);
	int fd = openat(d->keys, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	bool good = fd >= 0 && pwrite(fd, nothing, sizeof(nothing), 0) == (ssize_t)sizeof(nothing) && fdatasync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return good && unlinkat(d->keys, name, 0) == 0;
}

static bool
destroy_unused(struct sg_discard *d, uint64_t day, void *to)
{
	const uint64_t *first = to;
	return day == d->today || day >= *first || destroy(d, day);
}

/* A key of a day before those of all segments that are left. */
static int
destroy_keys(struct sg_discard *d)
{
	uint64_t first = UINT64_MAX;
	int error = list(d->folder, ".seg", note_day, d, &first);
	if (error == 0 && first != UINT64_MAX)
		error = list(d->keys, ".key", destroy_unused, d, &first);
	return error == 0 && fsync(d->keys) != 0 ? errno : error;
}

void
sg_journal_discard(struct sg_discard *discard)
{
	struct sg_cut anchor;
	errno = 0;
	discard->error = 0;
	if (!sg_cut_read(discard->folder, &anchor) || anchor.segment < discard->cut.segment || (anchor.segment == discard->cut.segment && anchor.leaf != discard->cut.leaf))
		discard->error = sg_cut_write(discard->folder, &discard->cut);
	if (discard->error == 0)
		discard->error = list(discard->folder, ".seg", drop, discard, NULL);
	if (discard->error == 0 && fsync(discard->folder) != 0)
		discard->error = errno;
	if (discard->error == 0)
		discard->error = destroy_keys(discard);
}
