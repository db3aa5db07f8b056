/* SPDX-License-Identifier: Apache-2.0
 * audit verify: each byte changed is seen, each cut is told, what is missing is missed. */
#include "unit/cases.h"

#include "base/secret.h"
#include "base/str.h"
#include "ctl/segments.h"
#include "frame/seal_key.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static bool unnamed; /* segments as releases before wrote them */
static unsigned char day_key[SG_KEY_BYTES] = {7, 7, 7}, salt[32] = {1, 2, 3};
enum { DAY = 20000 };

static void
write_file(const char *name, struct sg_str bytes)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
	fclose(file);
}

/* Changes one byte where it lies: nothing is written anew thousands of times. */
static void
write_byte(const char *name, size_t at, char byte)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	CU_ASSERT_EQUAL_FATAL(pwrite(fd, &byte, 1, (off_t)at), 1);
	close(fd);
}

static void
cut_file(const char *name, size_t len)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	CU_ASSERT_EQUAL_FATAL(truncate(path, (off_t)len), 0);
}

static void
remove_file(const char *name)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	unlink(path);
}

static void
start(void)
{
	char path[128];
	snprintf(folder, sizeof(folder), "/tmp/unit-verify.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/journal", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/keys", folder);
	mkdir(path, 0700);
	write_file("keys/20000.key", (struct sg_str){(char *)day_key, sizeof(day_key)});
}

static void
end(void)
{
	static const char *const names[] = {"journal/00000001.seg", "journal/00000002.seg", "journal/00000003.seg",
					    "keys/20000.key"};
	char path[128];
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		remove_file(names[i]);
	snprintf(path, sizeof(path), "%s/journal", folder);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/keys", folder);
	rmdir(path);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

/* ---- writing a small journal ---- */

struct journal {
	struct sg_buf bytes;
	uint64_t next, durable;
	unsigned char chain[SG_SHA256_BYTES], key[SG_KEY_BYTES];
};

static void
begin_segment(struct journal *j, uint64_t segment, uint64_t previous)
{
	unsigned char head[SG_SEGMENT_HEADER];
	struct sg_segment_header header = {
		.segment = segment, .previous = previous, .last = j->next - 1, .first = j->next, .day = DAY};
	memcpy(header.chain, j->chain, sizeof(header.chain));
	memcpy(header.salt, salt, sizeof(header.salt));
	if (!unnamed)
		sg_seal_key_name(&header, day_key);
	sg_segment_header_write(head, &header);
	sg_derive(j->key, day_key, (struct sg_str){(char *)salt, sizeof(salt)}, "sealed frames");
	sg_buf_clear(&j->bytes);
	sg_buf_add(&j->bytes, head, sizeof(head));
}

static void
add_leaf(struct journal *j, const char *input)
{
	char leaf[512], sealed[256], hex[SG_SHA256_HEX] = "";
	unsigned char hash[SG_SHA256_BYTES];
	size_t len = strlen(input);
	int n = 0;
	/* the ciphertext does not depend on what is bound to it, its tag does: seal once for the digest, once for good
	 */
	for (int pass = 0; pass < 2 && len > 0; pass++) {
		n = snprintf(leaf, sizeof(leaf),
			     "{\"at\":1,\"body\":{},\"config\":\"\",\"kind\":\"start\",\"n\":%d,\"policy\":\"\","
			     "\"sealed\":\"%s\",\"v\":1}",
			     (int)j->next, hex);
		sg_sha256(hash, (struct sg_str){leaf, (size_t)n});
		CU_ASSERT_EQUAL(sg_seal(sealed, j->key, j->next, (struct sg_str){(char *)hash, sizeof(hash)},
					sg_str(input), NULL),
				SG_OK);
		sg_sha256_hex(hex, (struct sg_str){sealed, len});
	}
	n = snprintf(leaf, sizeof(leaf),
		     "{\"at\":1,\"body\":{},\"config\":\"\",\"kind\":\"start\",\"n\":%d,\"policy\":\"\",\"sealed\":\"%"
		     "s\",\"v\":1}",
		     (int)j->next, hex);
	if (len > 0)
		sg_record_write(&j->bytes, SG_RECORD_SEALED, (struct sg_str){sealed, len + SG_SEAL_OVERHEAD});
	sg_record_write(&j->bytes, SG_RECORD_LEAF, (struct sg_str){leaf, (size_t)n});
	sg_chain_next(j->chain, (struct sg_str){leaf, (size_t)n}, NULL);
	sg_buf_add(&j->bytes, j->chain, sizeof(j->chain));
	j->next++;
}

static void
add_group(struct journal *j)
{
	sg_group_write(&j->bytes, salt, j->next, j->durable);
	j->durable = j->next - 1;
}

/* Four leaves in two groups, one with a sealed input. */
static void
small(struct journal *j)
{
	*j = (struct journal){.next = 1};
	sg_buf_init(&j->bytes, 1 << 20);
	begin_segment(j, 1, 0);
	add_group(j);
	add_leaf(j, "");
	add_leaf(j, "{\"input\":null}");
	add_group(j);
	add_leaf(j, "");
	add_leaf(j, "");
}

static enum sg_verify
verify(const struct sg_verify_anchor *anchor, struct sg_verify_result *result)
{
	sg_verify_journal(folder, anchor, NULL, NULL, result);
	return result->verdict;
}

/* ---- one segment ---- */

static void
test_intact(void)
{
	struct journal j;
	struct sg_verify_result r;
	start();
	small(&j);
	write_file("journal/00000001.seg", sg_buf_view(&j.bytes));
	CU_ASSERT_EQUAL(verify(NULL, &r), SG_VERIFY_INTACT);
	CU_ASSERT_EQUAL(r.leaves, 4);
	CU_ASSERT_EQUAL(r.last, 4);
	CU_ASSERT_EQUAL(r.sealed, 1);
	CU_ASSERT_EQUAL(r.opened, 1);
	CU_ASSERT_EQUAL(memcmp(r.chain, j.chain, sizeof(r.chain)), 0);
	remove_file("keys/20000.key");
	CU_ASSERT_EQUAL(verify(NULL, &r), SG_VERIFY_INTACT);
	CU_ASSERT_EQUAL(r.opened, 0);
	sg_buf_done(&j.bytes);
	end();
}

static void
test_each_byte(void)
{
	struct journal j;
	struct sg_verify_result r;
	size_t unseen = 0, tampered = 0;
	start();
	small(&j);
	write_file("journal/00000001.seg", sg_buf_view(&j.bytes));
	for (size_t at = 0; at < j.bytes.len; at++) {
		for (unsigned bit = 1; bit < 256; bit <<= 1) {
			write_byte("journal/00000001.seg", at, (char)(j.bytes.ptr[at] ^ (char)bit));
			enum sg_verify verdict = verify(NULL, &r);
			unseen += verdict == SG_VERIFY_INTACT || verdict == SG_VERIFY_UNREADABLE;
			tampered += verdict == SG_VERIFY_TAMPERED;
		}
		write_byte("journal/00000001.seg", at, j.bytes.ptr[at]);
	}
	CU_ASSERT_EQUAL(verify(NULL, &r), SG_VERIFY_INTACT);
	CU_ASSERT_EQUAL(unseen, 0);
	/* a length near the end may look like a cut; nearly everything else cannot */
	CU_ASSERT_TRUE(tampered > 8 * j.bytes.len * 9 / 10);
	sg_buf_done(&j.bytes);
	end();
}

/* ---- day keys ---- */

/* Where the last byte of the first sealed record stands: of its tag. */
static size_t
tag_end(const struct journal *j)
{
	size_t at = SG_SEGMENT_HEADER;
	for (;;) {
		const unsigned char *head = (const unsigned char *)j->bytes.ptr + at;
		size_t len = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16;
		at += SG_RECORD_HEAD + len + (head[4] == SG_RECORD_LEAF ? SG_SHA256_BYTES : 0);
		if (head[4] == SG_RECORD_SEALED)
			return at - 1;
	}
}

/* What became of the day's key, whether one tag was changed, and what may be said then. */
static void
test_day_keys(void)
{
	static const char huge[4096];
	static const unsigned char other[SG_KEY_BYTES] = {9};
	static const struct {
		bool unnamed, changed;
		enum { OWN, GONE, OTHER, CUT, EMPTY, HUGE_OTHER, FOLDER } key;
		enum sg_verify verdict;
		uint64_t opened;
	} rows[] = {
		{false, false, OWN, SG_VERIFY_INTACT, 2}, {false, true, OWN, SG_VERIFY_TAMPERED, 0},  {false, false, GONE, SG_VERIFY_INTACT, 0},
		{false, true, GONE, SG_VERIFY_INTACT, 0}, {false, false, OTHER, SG_VERIFY_INTACT, 0}, {false, true, OTHER, SG_VERIFY_INTACT, 0},
		{false, false, CUT, SG_VERIFY_INTACT, 0}, {false, false, EMPTY, SG_VERIFY_INTACT, 0}, {false, false, HUGE_OTHER, SG_VERIFY_INTACT, 0},
		{false, false, FOLDER, SG_VERIFY_INTACT, 0}, {true, false, OWN, SG_VERIFY_INTACT, 2}, {true, true, OWN, SG_VERIFY_TAMPERED, 1},
		{true, false, GONE, SG_VERIFY_INTACT, 0}, {true, false, OTHER, SG_VERIFY_INTACT, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct journal j;
		struct sg_verify_result r;
		char path[128];
		unnamed = rows[i].unnamed;
		start();
		small(&j);
		add_leaf(&j, "{\"input\":1}");
		j.bytes.ptr[tag_end(&j)] ^= (char)(rows[i].changed ? 1 : 0);
		write_file("journal/00000001.seg", sg_buf_view(&j.bytes));
		snprintf(path, sizeof(path), "%s/keys/20000.key", folder);
		if (rows[i].key == GONE || rows[i].key == FOLDER)
			remove_file("keys/20000.key");
		if (rows[i].key == FOLDER)
			mkdir(path, 0700);
		if (rows[i].key == OTHER)
			write_file("keys/20000.key", (struct sg_str){(const char *)other, sizeof(other)});
		if (rows[i].key == CUT || rows[i].key == EMPTY)
			cut_file("keys/20000.key", rows[i].key == CUT ? SG_KEY_BYTES - 1 : 0);
		if (rows[i].key == HUGE_OTHER)
			write_file("keys/20000.key", (struct sg_str){huge, sizeof(huge)});
		CU_ASSERT_EQUAL(verify(NULL, &r), rows[i].verdict);
		if (r.verdict != rows[i].verdict || (r.verdict == SG_VERIFY_INTACT && r.opened != rows[i].opened))
			fprintf(stderr, "  row %zu: %s, %d opened\n", i, sg_verify_name(r.verdict), (int)r.opened);
		if (r.verdict == SG_VERIFY_INTACT)
			CU_ASSERT_EQUAL(r.opened, rows[i].opened);
		if (rows[i].key == FOLDER)
			rmdir(path);
		sg_buf_done(&j.bytes);
		end();
	}
	unnamed = false;
}

/* A cut shows as torn, or as an earlier end; with what was noted elsewhere, always. */
static void
test_each_cut(void)
{
	struct journal j;
	struct sg_verify_result r, whole;
	struct sg_verify_anchor anchor = {.number = 4};
	size_t untold = 0, torn = 0;
	start();
	small(&j);
	memcpy(anchor.chain, j.chain, sizeof(anchor.chain));
	write_file("journal/00000001.seg", sg_buf_view(&j.bytes));
	CU_ASSERT_EQUAL(verify(&anchor, &whole), SG_VERIFY_INTACT);
	for (size_t len = j.bytes.len; len-- > 0;) {
		cut_file("journal/00000001.seg", len);
		enum sg_verify verdict = verify(NULL, &r);
		untold += verdict == SG_VERIFY_INTACT && r.last == whole.last;
		torn += verdict == SG_VERIFY_TORN;
		untold += verify(&anchor, &r) == SG_VERIFY_INTACT;
	}
	CU_ASSERT_EQUAL(untold, 0);
	CU_ASSERT_TRUE(torn > j.bytes.len - 10); /* all but the few places between records */
	sg_buf_done(&j.bytes);
	end();
}

static void
test_holes(void)
{
	struct journal j;
	struct sg_verify_result r;
	static const char zeros[2048];
	start();
	small(&j);
	size_t len = j.bytes.len;
	sg_buf_add(&j.bytes, zeros, sizeof(zeros));
	write_file("journal/00000001.seg", sg_buf_view(&j.bytes));
	CU_ASSERT_EQUAL(verify(NULL, &r), SG_VERIFY_TORN);
	CU_ASSERT_EQUAL(r.last, 4);
	CU_ASSERT_EQUAL(r.torn, sizeof(zeros));
	memset(j.bytes.ptr + len, 'x', sizeof(zeros));
	write_file("journal/00000001.seg", sg_buf_view(&j.bytes));
	CU_ASSERT_EQUAL(verify(NULL, &r), SG_VERIFY_TAMPERED);
	sg_buf_done(&j.bytes);
	end();
}

static void
test_anchor(void)
{
	struct journal j;
	struct sg_verify_result r;
	struct sg_verify_anchor anchor = {.number = 4};
	start();
	small(&j);
	write_file("journal/00000001.seg", sg_buf_view(&j.bytes));
	CU_ASSERT_EQUAL(verify(&anchor, &r), SG_VERIFY_TAMPERED);
	CU_ASSERT_STRING_EQUAL(r.err.code, "journal_anchor");
	memcpy(anchor.chain, j.chain, sizeof(anchor.chain));
	CU_ASSERT_EQUAL(verify(&anchor, &r), SG_VERIFY_INTACT);
	anchor.number = 5;
	CU_ASSERT_EQUAL(verify(&anchor, &r), SG_VERIFY_TAMPERED);
	sg_buf_done(&j.bytes);
	end();
}

/* ---- several segments ---- */

static void
three(struct journal *j)
{
	small(j);
	write_file("journal/00000001.seg", sg_buf_view(&j->bytes));
	for (uint64_t segment = 2; segment <= 3; segment++) {
		char name[64];
		begin_segment(j, segment, segment - 1);
		add_group(j);
		add_leaf(j, "");
		snprintf(name, sizeof(name), "journal/%08d.seg", (int)segment);
		write_file(name, sg_buf_view(&j->bytes));
	}
}

static void
test_segments(void)
{
	struct journal j;
	struct sg_verify_result r;
	start();
	three(&j);
	CU_ASSERT_EQUAL(verify(NULL, &r), SG_VERIFY_INTACT);
	CU_ASSERT_EQUAL(r.segments, 3);
	CU_ASSERT_EQUAL(r.last, 6);
	remove_file("journal/00000002.seg");
	CU_ASSERT_EQUAL(verify(NULL, &r), SG_VERIFY_TAMPERED);
	CU_ASSERT_STRING_EQUAL(r.err.code, "journal_gap");
	sg_buf_done(&j.bytes);
	three(&j);
	remove_file("journal/00000001.seg");
	CU_ASSERT_EQUAL(verify(NULL, &r), SG_VERIFY_TAMPERED);
	sg_buf_done(&j.bytes);
	three(&j);
	remove_file("journal/00000003.seg"); /* nothing in the journal tells: what was noted elsewhere does */
	CU_ASSERT_EQUAL(verify(NULL, &r), SG_VERIFY_INTACT);
	CU_ASSERT_EQUAL(r.last, 5);
	struct sg_verify_anchor anchor = {.number = 6};
	memcpy(anchor.chain, j.chain, sizeof(anchor.chain));
	CU_ASSERT_EQUAL(verify(&anchor, &r), SG_VERIFY_TAMPERED);
	sg_buf_done(&j.bytes);
	end();
}

/* A cut in a segment that another one follows is never a crash. */
static void
test_middle_cut(void)
{
	struct journal j, first;
	struct sg_verify_result r;
	size_t wrong = 0;
	start();
	three(&j);
	small(&first);
	for (size_t len = first.bytes.len; len-- > 0;) {
		cut_file("journal/00000001.seg", len);
		wrong += verify(NULL, &r) != SG_VERIFY_TAMPERED;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	sg_buf_done(&first.bytes);
	sg_buf_done(&j.bytes);
	end();
}

/* After a sync that failed the segment begins again from the last leaf that counted: the one behind is no part of the
 * record. */
static void
test_void_segment(void)
{
	struct journal j, lost;
	struct sg_verify_result r;
	start();
	small(&j);
	write_file("journal/00000001.seg", sg_buf_view(&j.bytes));
	lost = j;
	sg_buf_init(&lost.bytes, 1 << 20);
	begin_segment(&lost, 2, 1);
	write_file("journal/00000002.seg", sg_buf_view(&lost.bytes));
	begin_segment(&j, 3, 1);
	add_group(&j);
	add_leaf(&j, "");
	write_file("journal/00000003.seg", sg_buf_view(&j.bytes));
	CU_ASSERT_EQUAL(verify(NULL, &r), SG_VERIFY_INTACT);
	CU_ASSERT_EQUAL(r.void_segments, 1);
	CU_ASSERT_EQUAL(r.last, 5);
	sg_buf_done(&lost.bytes);
	sg_buf_done(&j.bytes);
	end();
}

static void
test_unreadable(void)
{
	struct sg_verify_result r;
	start();
	CU_ASSERT_EQUAL(verify(NULL, &r), SG_VERIFY_UNREADABLE); /* no segment at all */
	char path[128];
	snprintf(path, sizeof(path), "%s/journal/00000001.seg", folder);
	CU_ASSERT_EQUAL(symlink("/etc/passwd", path), 0); /* never through a link */
	CU_ASSERT_EQUAL(verify(NULL, &r), SG_VERIFY_UNREADABLE);
	end();
	CU_ASSERT_EQUAL(verify(NULL, &r), SG_VERIFY_UNREADABLE); /* no folder */
}

SG_CASES("ctl.verify", {"an intact journal, with and without its day key", test_intact},
	 {"every bit of a segment changed: seen", test_each_byte},
	 {"a day key that was lost, or is another one now: not reproducible, never tampered", test_day_keys}, {"cut at every place: told", test_each_cut},
	 {"a hole that lost power leaves is torn, other bytes are tampering", test_holes},
	 {"what was noted elsewhere must be there", test_anchor}, {"segments taken out", test_segments},
	 {"cut in the middle at every place: tampered", test_middle_cut},
	 {"segments behind failed syncs do not count", test_void_segment},
	 {"nothing there, a link, no folder: unreadable", test_unreadable})
