/* SPDX-License-Identifier: Apache-2.0
 * Reading and writing the journal's records. Trusts nothing it reads. */
#include "frame/segment.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/octets.h"
#include "base/str.h"

#include <string.h>

static const char segment_magic[] = "SGJOURN", group_magic[] = "SGGROUP1";
enum { MAGIC = 8, FORMAT = 7 /* where its digit stands */, HASHED = SG_SEGMENT_HEADER - SG_SHA256_BYTES };

void
sg_segment_header_write(unsigned char out[SG_SEGMENT_HEADER], const struct sg_segment_header *header)
{
	memset(out, 0, SG_SEGMENT_HEADER);
	memcpy(out, segment_magic, FORMAT);
	out[FORMAT] = '0' + SG_JOURNAL_FORMAT;
	sg_octets_put(out + 8, header->segment, 8);
	sg_octets_put(out + 16, header->previous, 8);
	sg_octets_put(out + 24, header->last, 8);
	sg_octets_put(out + 32, header->first, 8);
	memcpy(out + 40, header->chain, SG_SHA256_BYTES);
	memcpy(out + 72, header->salt, sizeof(header->salt));
	sg_octets_put(out + 104, header->day, 8);
	memcpy(out + 112, header->key_name, SG_KEY_NAME);
	sg_sha256(out + HASHED, (struct sg_str){(char *)out, HASHED});
}

void
sg_record_write(struct sg_buf *out, enum sg_record_type type, struct sg_str body)
{
	unsigned char head[SG_RECORD_HEAD] = {0};
	sg_octets_put(head, body.len, 4);
	head[4] = (unsigned char)type;
	sg_buf_add(out, head, sizeof(head));
	sg_buf_str(out, body);
}

static void
group_mark(unsigned char out[8], const unsigned char salt[32], const char *body)
{
	unsigned char hash[SG_SHA256_BYTES];
	sg_sha256_two(hash, (struct sg_str){(const char *)salt, 32}, (struct sg_str){body, 24});
	memcpy(out, hash, 8);
}

void
sg_group_write(struct sg_buf *out, const unsigned char salt[32], uint64_t next, uint64_t durable)
{
	unsigned char body[SG_GROUP_BODY];
	memcpy(body, group_magic, MAGIC);
	sg_octets_put(body + 8, next, 8);
	sg_octets_put(body + 16, durable, 8);
	group_mark(body + 24, salt, (const char *)body);
	sg_record_write(out, SG_RECORD_GROUP, (struct sg_str){(char *)body, sizeof(body)});
}

static bool
group_good(const struct sg_segment_reader *reader, const char *body)
{
	unsigned char mark[8];
	group_mark(mark, reader->header.salt, body);
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): a body points into a segment that had room for its whole head */
	return memcmp(body, group_magic, MAGIC) == 0 && memcmp(mark, body + 24, sizeof(mark)) == 0;
}

void
sg_chain_next(unsigned char chain[SG_SHA256_BYTES], struct sg_str leaf, unsigned char leaf_hash[SG_SHA256_BYTES])
{
	unsigned char hash[SG_SHA256_BYTES], before[SG_SHA256_BYTES];
	memcpy(before, chain, sizeof(before));
	sg_sha256(hash, leaf);
	sg_sha256_two(chain, (struct sg_str){(char *)before, sizeof(before)}, (struct sg_str){(char *)hash, sizeof(hash)});
	if (leaf_hash != NULL)
		memcpy(leaf_hash, hash, sizeof(hash));
}

enum sg_status
sg_segment_begin(struct sg_segment_reader *reader, struct sg_str bytes, struct sg_err *err)
{
	unsigned char hash[SG_SHA256_BYTES];
	if (bytes.len < SG_SEGMENT_HEADER || memcmp(bytes.ptr, segment_magic, FORMAT) != 0 || bytes.ptr[FORMAT] < '0' + SG_JOURNAL_FORMAT_LEAST || bytes.ptr[FORMAT] > '9')
		return sg_fail(err, SG_MALFORMED, "journal_header", "not a journal segment, or cut inside its header");
	sg_sha256(hash, (struct sg_str){bytes.ptr, HASHED});
	if (memcmp(hash, bytes.ptr + HASHED, sizeof(hash)) != 0)
		return sg_fail(err, SG_MALFORMED, "journal_header", "the segment's header was changed");
	if (bytes.ptr[FORMAT] > '0' + SG_JOURNAL_FORMAT)
		return sg_fail(err, SG_MALFORMED, "journal_newer", "a newer version wrote it (format %c, and this one knows %d at most): install that one again, or restore a backup of before", bytes.ptr[FORMAT], SG_JOURNAL_FORMAT);

	*reader = (struct sg_segment_reader){.bytes = bytes, .at = SG_SEGMENT_HEADER};
	reader->header.segment = sg_octets_get(bytes.ptr + 8, 8);
	reader->header.previous = sg_octets_get(bytes.ptr + 16, 8);
	reader->header.last = sg_octets_get(bytes.ptr + 24, 8);
	reader->header.first = sg_octets_get(bytes.ptr + 32, 8);
	reader->header.day = sg_octets_get(bytes.ptr + 104, 8);
	memcpy(reader->header.chain, bytes.ptr + 40, SG_SHA256_BYTES);
	memcpy(reader->header.salt, bytes.ptr + 72, sizeof(reader->header.salt));
	memcpy(reader->header.key_name, bytes.ptr + 112, SG_KEY_NAME);
	memcpy(reader->chain, reader->header.chain, SG_SHA256_BYTES);
	reader->next = reader->header.first;
	return SG_OK;
}

enum sg_status
sg_segment_follows(const struct sg_segment_header *header, uint64_t segment, uint64_t last,
		   const unsigned char chain[SG_SHA256_BYTES], struct sg_err *err)
{
	if (header->previous != segment || header->segment <= segment || header->last != last || header->first <= last ||
	    memcmp(header->chain, chain, SG_SHA256_BYTES) != 0)
		return sg_fail(err, SG_MALFORMED, "journal_gap", "segment %llu does not follow segment %llu at leaf %llu",
			       (unsigned long long)header->segment, (unsigned long long)segment, (unsigned long long)last);
	return SG_OK;
}

struct raw {
	enum sg_record_type type;
	struct sg_str body;
	size_t end;
};

static enum sg_status
read_raw(const struct sg_segment_reader *reader, size_t at, struct raw *out, struct sg_err *err)
{
	size_t left = reader->bytes.len - at;
	const char *head = reader->bytes.ptr + at;
	if (reader->bytes.ptr == NULL || left < SG_RECORD_HEAD)
		return sg_fail(err, SG_MALFORMED, "journal_cut", "cut inside a record at offset %zu", at);
	uint64_t len = sg_octets_get(head, 4);
	out->type = (enum sg_record_type)(unsigned char)head[4];
	if (head[5] != 0 || head[6] != 0 || head[7] != 0)
		return sg_fail(err, SG_MALFORMED, "journal_reserved", "reserved bytes are set at offset %zu", at);
	if (out->type < SG_RECORD_LEAF || out->type > SG_RECORD_GROUP)
		return sg_fail(err, SG_MALFORMED, "journal_type", "no record has this type at offset %zu", at);
	size_t most = out->type == SG_RECORD_LEAF ? SG_LEAF_MAX : out->type == SG_RECORD_SEALED ? SG_SEALED_MAX : SG_GROUP_BODY;
	if (len == 0 || len > most || (out->type == SG_RECORD_GROUP && len != SG_GROUP_BODY))
		return sg_fail(err, SG_MALFORMED, "journal_length", "a record of %llu bytes at offset %zu", (unsigned long long)len, at);
	size_t tail = out->type == SG_RECORD_LEAF ? SG_SHA256_BYTES : 0;
	if (left - SG_RECORD_HEAD < len + tail)
		return sg_fail(err, SG_MALFORMED, "journal_cut", "cut inside a record at offset %zu", at);
	out->body = (struct sg_str){head + SG_RECORD_HEAD, (size_t)len};
	out->end = at + SG_RECORD_HEAD + (size_t)len + tail;
	return SG_OK;
}

static enum sg_status
check_sealed(const struct sg_record *record, struct sg_err *err)
{
	struct sg_str named = {NULL, 0};
	char hash[SG_SHA256_HEX] = "";
	bool has = sg_json_string(sg_json_get(record->json, "sealed"), &named) && named.len > 0;
	if (record->sealed.ptr != NULL && record->sealed.len > SG_SEAL_OVERHEAD)
		sg_sha256_hex(hash, (struct sg_str){record->sealed.ptr, record->sealed.len - SG_SEAL_OVERHEAD});
	if (has != (record->sealed.ptr != NULL) || (has && !sg_str_is(named, hash)))
		return sg_fail(err, SG_MALFORMED, "journal_sealed", "leaf %llu and its sealed input do not belong together",
			       (unsigned long long)record->number);
	return SG_OK;
}

static enum sg_status
check_leaf(struct sg_segment_reader *reader, struct sg_arena *arena, struct sg_record *record, struct sg_err *err)
{
	unsigned char chain[SG_SHA256_BYTES];
	int64_t number = 0, version = 0;
	struct sg_str kind;
	memcpy(chain, reader->chain, sizeof(chain));
	sg_chain_next(chain, record->leaf, NULL);
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): as above; the caller has counted the hash behind the leaf */
	if (memcmp(chain, record->leaf.ptr + record->leaf.len, sizeof(chain)) != 0)
		return sg_fail(err, SG_MALFORMED, "journal_chain", "the chain breaks at leaf %llu", (unsigned long long)reader->next);
	if (sg_canon_parse(arena, record->leaf, NULL, &record->json, NULL) != SG_OK ||
	    !sg_json_int(sg_json_get(record->json, "n"), &number) || !sg_json_int(sg_json_get(record->json, "v"), &version) ||
	    version != 1 || !sg_json_string(sg_json_get(record->json, "kind"), &kind))
		return sg_fail(err, SG_MALFORMED, "journal_leaf", "leaf %llu is not one", (unsigned long long)reader->next);
	if ((uint64_t)number != reader->next)
		return sg_fail(err, SG_MALFORMED, "journal_number", "leaf %lld where %llu should be", (long long)number,
			       (unsigned long long)reader->next);
	record->number = reader->next;
	memcpy(record->chain, chain, sizeof(chain));
	return check_sealed(record, err);
}

enum sg_status
sg_segment_next(struct sg_segment_reader *reader, struct sg_arena *arena, struct sg_record *record, struct sg_err *err)
{
	struct sg_record found = {.at = reader->at};
	struct raw raw = {0};
	size_t at = reader->at;
	if (reader->bytes.ptr == NULL)
		return SG_NOT_FOUND;
	for (;;) {
		if (at == reader->bytes.len && found.sealed.ptr == NULL)
			return SG_NOT_FOUND;
		enum sg_status status = read_raw(reader, at, &raw, err);
		if (status != SG_OK)
			return status;
		at = raw.end;
		if (raw.type == SG_RECORD_LEAF)
			break;
		if (found.sealed.ptr != NULL)
			return sg_fail(err, SG_MALFORMED, "journal_sealed", "a sealed input without its leaf at offset %zu", found.at);
		if (raw.type == SG_RECORD_SEALED)
			found.sealed = raw.body;
		else if (!group_good(reader, raw.body.ptr) || sg_octets_get(raw.body.ptr + 8, 8) != reader->next)
			return sg_fail(err, SG_MALFORMED, "journal_group", "a group that is none at offset %zu", found.at);
	}
	found.leaf = raw.body;
	enum sg_status status = check_leaf(reader, arena, &found, err);
	if (status != SG_OK)
		return status;
	found.end = reader->at = at;
	reader->next++;
	memcpy(reader->chain, found.chain, sizeof(found.chain));
	*record = found;
	return SG_OK;
}

bool
sg_segment_broken_middle(const struct sg_segment_reader *reader)
{
	/* the group that holds the broken record starts with number <= next; a good group with a larger number came after a sync */
	const char *at = reader->bytes.ptr + reader->at, *end = reader->bytes.ptr + reader->bytes.len;
	while ((size_t)(end - at) >= SG_GROUP_BODY) {
		at = memmem(at, (size_t)(end - at), group_magic, MAGIC);
		if (at == NULL || (size_t)(end - at) < SG_GROUP_BODY)
			return false;
		if (group_good(reader, at) && sg_octets_get(at + 8, 8) > reader->next)
			return true;
		at++;
	}
	return false;
}
