/* SPDX-License-Identifier: Apache-2.0
 * Which files are segments, and which of them count: from the newest back. The rules are those of the daemon's
 * recovery. */
#include "ctl/walk.h"

#include "base/err.h"
#include "base/folder.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool
sg_walk_wrong(struct sg_walk *w, enum sg_verify verdict, const char *file)
{
	w->result->verdict = verdict;
	snprintf(w->result->file, sizeof(w->result->file), "%s", file);
	return false;
}

bool
sg_walk_unreadable(struct sg_walk *w, const char *file, int error)
{
	sg_fail(&w->result->err, SG_UNAVAILABLE, "journal_io", "%s: %s", file, strerror(error));
	return sg_walk_wrong(w, SG_VERIFY_UNREADABLE, file);
}

void
sg_walk_name(char out[SG_WALK_NAME], uint64_t segment)
{
	snprintf(out, SG_WALK_NAME, "%08" PRIu64 ".seg", segment);
}

/* ---- files ---- */

static int
by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

/* "00000042.seg" is 42; anything else is no segment. */
static uint64_t
number_of(const char *name)
{
	char again[32];
	char *end = NULL;
	uint64_t number = strtoull(name, &end, 10);
	sg_walk_name(again, number);
	return end != name && strcmp(again, name) == 0 ? number : 0;
}

bool
sg_walk_list(struct sg_walk *w)
{
	DIR *dir = sg_folder_list(w->journal);
	if (dir == NULL)
		return sg_walk_unreadable(w, "journal", errno);
	for (struct dirent *entry; w->count < SG_WALK_SEGMENTS && (entry = readdir(dir)) != NULL;)
		if (number_of(entry->d_name) != 0)
			w->all[w->count++] = number_of(entry->d_name);
	closedir(dir);
	qsort(w->all, w->count, sizeof(*w->all), by_number);
	if (w->count == 0 && w->beside_count == 0)
		return sg_walk_unreadable(w, "journal", ENOENT); /* a daemon that ever ran has written one */
	return true;
}

int
sg_walk_read(struct sg_walk *w, const char *name, struct sg_buf *out, size_t most)
{
	int fd = openat(w->journal, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : 1;
	while (n > 0 && out->len < most) {
		size_t chunk = most - out->len < 1 << 20 ? most - out->len : 1 << 20;
		char *to = sg_buf_reserve(out, chunk);
		if (to == NULL) {
			errno = EFBIG;
			n = -1;
			break;
		}
		n = read(fd, to, chunk);
		out->len += n > 0 ? (size_t)n : 0;
		n = n < 0 && errno == EINTR ? 1 : n;
	}
	int error = errno;
	if (fd >= 0)
		close(fd);
	return n < 0 ? error : 0;
}

/* ---- which segments count ---- */

/* A file no longer than a header whose header is bad was never synced: its making was torn. */
bool
sg_walk_header(struct sg_walk *w, uint64_t segment, struct sg_segment_header *out, bool *torn)
{
	char name[32];
	struct sg_buf bytes;
	struct sg_segment_reader reader;
	sg_walk_name(name, segment);
	sg_buf_init(&bytes, SG_SEGMENT_HEADER + 1);
	int error = sg_walk_read(w, name, &bytes, SG_SEGMENT_HEADER + 1);
	struct sg_str head = {bytes.ptr, bytes.len < SG_SEGMENT_HEADER ? bytes.len : SG_SEGMENT_HEADER};
	enum sg_status status = error != 0 ? SG_UNAVAILABLE : sg_segment_begin(&reader, head, &w->result->err);
	*torn = error == 0 && status != SG_OK && bytes.len <= SG_SEGMENT_HEADER;
	sg_buf_done(&bytes);
	if (error != 0)
		return sg_walk_unreadable(w, name, error);
	if (status == SG_OK && reader.header.segment != segment)
		status = sg_fail(&w->result->err, SG_MALFORMED, "journal_header", "%s calls itself segment %" PRIu64,
				 name, reader.header.segment);
	if (status != SG_OK) /* what a newer version wrote is nobody's tampering */
		return sg_walk_wrong(w, strcmp(w->result->err.code, "journal_newer") == 0 ? SG_VERIFY_UNREADABLE : SG_VERIFY_TAMPERED, name);
	*out = reader.header;
	return true;
}

/* From the newest good header back along `previous`; the others were behind a sync that failed. */
bool
sg_walk_choose(struct sg_walk *w)
{
	size_t chosen = 0, at = w->count;
	uint64_t want = 0;
	bool cut = false;
	sg_cut_read(w->journal, &w->result->cut);
	uint64_t *path = malloc(w->count * sizeof(*path));
	bool good = path != NULL;
	while (good && at-- > 0) {
		struct sg_segment_header header;
		bool torn = false;
		if (want != 0 && w->all[at] != want)
			continue;
		good = sg_walk_header(w, w->all[at], &header, &torn);
		if (!good && torn && want == 0) {
			w->result->torn = 1;
			good = true;
			continue;
		}
		if (good) {
			path[chosen++] = w->all[at];
			want = sg_cut_ends_at(&w->result->cut, &header) ? 0 : header.previous;
			cut = want != header.previous;
		}
		if (good && want == 0)
			break;
	}
	char name[32];
	sg_walk_name(name, want);
	if (good && (want != 0 || chosen == 0)) {
		sg_fail(&w->result->err, SG_MALFORMED, "journal_gap", "segment %" PRIu64 " is missing", want);
		good = sg_walk_wrong(w, chosen == 0 ? SG_VERIFY_TORN : SG_VERIFY_TAMPERED, name);
	}
	if (!cut)
		w->result->cut = (struct sg_cut){.segment = 0};
	size_t left = 0; /* deleted, and still there */
	while (left < w->count && w->all[left] <= w->result->cut.segment)
		left++;
	w->result->void_segments = w->count - chosen - left;
	for (size_t i = 0; good && i < chosen; i++)
		w->all[i] = path[chosen - 1 - i];
	w->count = chosen;
	free(path);
	return good;
}
