/* SPDX-License-Identifier: Apache-2.0
 * Reading what stands beside a journal. A snapshot's name carries its digest, its first line the leaf that it stands behind. */
#include "frame/beside.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/folder.h"
#include "base/str.h"
#include "frame/loss.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_MOST = 512, LINE_BUDGET = 1 << 20 };

static const char pending[] = ".head.new";

void
sg_snapshot_name(char out[SG_BESIDE_NAME], uint64_t leaf, const char digest[SG_SHA256_HEX])
{
	snprintf(out, SG_BESIDE_NAME, "snapshot-%020" PRIu64 "-%s.jsonl", leaf, digest);
}

bool
sg_snapshot_name_read(const char *name, uint64_t *leaf, char digest[SG_SHA256_HEX])
{
	char again[SG_BESIDE_NAME];
	if (sscanf(name, "snapshot-%20" SCNu64 "-%64[0-9a-f].jsonl", leaf, digest) != 2 || *leaf == 0)
		return false;
	sg_snapshot_name(again, *leaf, digest);
	return strcmp(name, again) == 0;
}

static bool
takes_mark(struct sg_beside *b, struct sg_str line)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	int64_t leaf = 0;
	struct sg_str hex = {"", 0};
	sg_arena_init(&arena, LINE_BUDGET);
	bool good = sg_json_parse(&arena, line, NULL, &json, NULL) == SG_OK && sg_json_int(sg_json_get(json, "leaf"), &leaf) && leaf > 0 &&
		    sg_json_string(sg_json_get(json, "chain"), &hex) && sg_unhex(b->chain, sizeof(b->chain), hex);
	sg_arena_done(&arena);
	good = good && (b->leaf == 0 || b->leaf == (uint64_t)leaf);
	b->leaf = good ? (uint64_t)leaf : b->leaf;
	return good;
}

/* The line of a snapshot that says what was deleted, if there is one. */
static void
takes_cut(struct sg_beside *b, struct sg_str text)
{
	static const char mark[] = "\"k\":\"cut\"";
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	const char *at = memmem(text.ptr, text.len, mark, sizeof(mark) - 1);
	if (at == NULL)
		return;
	const char *from = memrchr(text.ptr, '\n', (size_t)(at - text.ptr)), *to = memchr(at, '\n', (size_t)(text.ptr + text.len - at));
	from = from == NULL ? text.ptr : from + 1;
	to = to == NULL ? text.ptr + text.len : to;
	sg_arena_init(&arena, LINE_BUDGET);
	if (sg_json_parse(&arena, (struct sg_str){from, (size_t)(to - from)}, NULL, &json, NULL) != SG_OK || !sg_cut_of_object(json, &b->cut))
		b->cut = (struct sg_cut){.segment = 0};
	sg_arena_done(&arena);
}

static bool
checks(struct sg_beside *b, struct sg_str text, const char *digest)
{
	char own[SG_SHA256_HEX];
	struct sg_str line = text;
	const char *end = memchr(text.ptr, '\n', text.len);
	if (digest[0] != '\0')
		sg_sha256_hex(own, text);
	if (digest[0] != '\0' && strcmp(own, digest) != 0)
		return sg_fail(&b->err, SG_MALFORMED, "beside_digest", "%s is not what it was", b->name), false;
	line.len = end == NULL ? text.len : (size_t)(end - text.ptr);
	if (!takes_mark(b, line))
		return sg_fail(&b->err, SG_MALFORMED, "beside_form", "%s does not say which leaf it stands behind", b->name), false;
	if (digest[0] != '\0')
		takes_cut(b, text);
	return true;
}

/* False if there is no such file. */
static bool
read_one(int folder, struct sg_beside *b, const char *digest)
{
	struct stat status;
	int fd = openat(folder, b->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK); /* a pipe would wait for who writes it */
	bool readable = fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 && (digest[0] != '\0' || status.st_size <= HEAD_MOST);
	void *bytes = readable ? mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	bool there = fd >= 0 || errno != ENOENT;
	if (bytes == MAP_FAILED)
		sg_fail(&b->err, SG_UNAVAILABLE, "beside_io", "%s cannot be read", b->name);
	else
		b->good = checks(b, (struct sg_str){bytes, (size_t)status.st_size}, digest);
	if (bytes != MAP_FAILED)
		munmap(bytes, (size_t)status.st_size);
	if (fd >= 0)
		close(fd);
	return there;
}

/* ---- the folder ---- */

static int
newest_first(const void *one, const void *other)
{
	const struct sg_beside *a = one, *b = other;
	return a->leaf > b->leaf ? -1 : a->leaf < b->leaf;
}

/* Names alone: the oldest makes room. */
static void
note(struct sg_beside *out, size_t *count, const char *name, uint64_t leaf)
{
	if (*count == SG_BESIDE_MAX) {
		qsort(out, *count, sizeof(*out), newest_first);
		if (out[*count - 1].leaf > leaf)
			return;
		(*count)--;
	}
	out[*count] = (struct sg_beside){.leaf = leaf};
	snprintf(out[(*count)++].name, SG_BESIDE_NAME, "%s", name);
}

bool
sg_head_read(int folder, struct sg_beside *out)
{
	*out = (struct sg_beside){.leaf = 0};
	snprintf(out->name, sizeof(out->name), "%s", SG_HEAD_FILE);
	return read_one(folder, out, "");
}

static size_t
read_journal(int folder, struct sg_beside *out)
{
	DIR *dir = sg_folder_list(folder);
	size_t count = 0;
	uint64_t leaf;
	char digest[SG_SHA256_HEX];
	for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;)
		if (strcmp(entry->d_name, SG_HEAD_FILE) == 0)
			note(out, &count, SG_HEAD_FILE, UINT64_MAX); /* never the one that makes room */
		else if (sg_snapshot_name_read(entry->d_name, &leaf, digest))
			note(out, &count, entry->d_name, leaf);
	if (dir != NULL)
		closedir(dir);
	for (size_t i = 0; i < count; i++) {
		digest[0] = '\0';
		if (!sg_snapshot_name_read(out[i].name, &leaf, digest))
			out[i].leaf = 0; /* the head says it itself */
		read_one(folder, &out[i], digest);
	}
	return count;
}

size_t
sg_beside_read(int journal, int keys, struct sg_beside *out)
{
	size_t count = read_journal(journal, out);
	qsort(out, count, sizeof(*out), newest_first);
	count -= count == SG_BESIDE_MAX; /* the oldest makes room */
	if (keys >= 0 && sg_head_read(keys, &out[count]))
		snprintf(out[count++].name, SG_BESIDE_NAME, "%s", SG_HEAD_BY_KEYS);
	qsort(out, count, sizeof(*out), newest_first);
	return count;
}

/* ---- what an anchor rests on ---- */

/* A head knows the number alone; a snapshot that knows better counts for more than it. */
static bool
knew(int journal, int keys, const struct sg_cut *anchor)
{
	struct sg_beside beside[SG_BESIDE_MAX];
	size_t count = sg_beside_read(journal, keys, beside);
	bool any = false, other = false;
	for (size_t i = 0; i < count; i++) {
		bool behind = beside[i].good && beside[i].leaf >= anchor->leaf, head = strcmp(beside[i].name, SG_HEAD_FILE) == 0 || strcmp(beside[i].name, SG_HEAD_BY_KEYS) == 0;
		any |= behind;
		other |= behind && !head && !sg_cut_bears_out(&beside[i].cut, anchor);
	}
	return any && !other;
}

bool
sg_cut_borne_out(int journal, int keys, const struct sg_cut *said, uint64_t last, const struct sg_cut *anchor)
{
	struct sg_cut taken;
	if (sg_cut_bears_out(said, anchor))
		return true;
	return anchor->leaf > last && ((sg_loss_cut(journal, &taken) && sg_cut_bears_out(&taken, anchor)) || knew(journal, keys, anchor));
}

/* ---- the head ---- */

bool
sg_head_write(int folder, uint64_t leaf, const unsigned char chain[SG_SHA256_BYTES])
{
	char hex[SG_SHA256_HEX], line[160];
	sg_hex(hex, chain, SG_SHA256_BYTES);
	int len = snprintf(line, sizeof(line), "{\"chain\":\"%s\",\"leaf\":%" PRIu64 "}\n", hex, leaf);
	int fd = openat(folder, pending, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good = fd >= 0 && write(fd, line, (size_t)len) == len;
	if (fd >= 0)
		close(fd);
	good = good && renameat(folder, pending, folder, SG_HEAD_FILE) == 0;
	if (!good && fd >= 0)
		unlinkat(folder, pending, 0);
	return good;
}
