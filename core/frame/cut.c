/* SPDX-License-Identifier: Apache-2.0
 * The anchor: {"at","chain","last","leaf","segment"}, canonical, one line. */
#include "frame/cut.h"

#include "base/canon.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 512, BUDGET = 64 << 10 };

static const char pending[] = ".anchor.new";

static bool
take(const struct sg_json *json, struct sg_cut *cut)
{
	int64_t last = 0, segment = 0;
	struct sg_str hex = {"", 0};
	bool good = sg_json_int(sg_json_get(json, "last"), &last) && sg_json_int(sg_json_get(json, "segment"), &segment) && last > 0 && segment > 0 &&
		    sg_json_string(sg_json_get(json, "chain"), &hex) && sg_unhex(cut->chain, sizeof(cut->chain), hex);
	cut->last = (uint64_t)last;
	cut->segment = (uint64_t)segment;
	return good;
}

static bool
named(const struct sg_json *json, const char *number, struct sg_cut *cut)
{
	int64_t leaf = 0;
	bool good = sg_json_int(sg_json_get(json, number), &leaf) && sg_json_int(sg_json_get(json, "at"), &cut->at_ms) && (uint64_t)leaf > cut->last;
	cut->leaf = (uint64_t)leaf;
	return good;
}

bool
sg_cut_of_object(const struct sg_json *json, struct sg_cut *cut)
{
	return take(json, cut) && named(json, "leaf", cut);
}

static bool
parse(struct sg_str text, struct sg_cut *cut)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, BUDGET);
	bool good = text.len > 0 && text.ptr[text.len - 1] == '\n' && sg_canon_parse(&arena, (struct sg_str){text.ptr, text.len - 1}, NULL, &json, NULL) == SG_OK &&
		    sg_cut_of_object(json, cut);
	sg_arena_done(&arena);
	return good;
}

bool
sg_cut_read(int folder, struct sg_cut *cut)
{
	char text[MOST];
	int fd = openat(folder, SG_CUT_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text));
	if (fd >= 0)
		close(fd);
	if (got > 0 && parse((struct sg_str){text, (size_t)got}, cut))
		return true;
	*cut = (struct sg_cut){.segment = 0};
	return false;
}

void
sg_cut_object(struct sg_buf *out, const struct sg_cut *cut)
{
	char hex[SG_SHA256_HEX];
	sg_hex(hex, cut->chain, sizeof(cut->chain));
	sg_buf_printf(out, "{\"at\":%" PRId64 ",\"chain\":\"%s\",\"last\":%" PRIu64 ",\"leaf\":%" PRIu64 ",\"segment\":%" PRIu64 "}", cut->at_ms, hex, cut->last, cut->leaf,
		      cut->segment);
}

int
sg_cut_write(int folder, const struct sg_cut *cut)
{
	struct sg_buf line;
	sg_buf_init(&line, MOST);
	sg_cut_object(&line, cut);
	sg_buf_text(&line, "\n");
	int fd = openat(folder, pending, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600), error = 0;
	bool good = fd >= 0 && !line.failed && write(fd, line.ptr, line.len) == (ssize_t)line.len && fsync(fd) == 0;
	if (!good || renameat(folder, pending, folder, SG_CUT_FILE) != 0 || fsync(folder) != 0)
		error = errno != 0 ? errno : EIO;
	if (fd >= 0)
		close(fd);
	sg_buf_done(&line);
	return error;
}

bool
sg_cut_of_leaf(const struct sg_json *leaf, struct sg_cut *cut)
{
	const struct sg_json *body = sg_json_get(leaf, "body");
	return sg_json_is(leaf, "kind", SG_CUT_KIND) && sg_json_is(body, "event", SG_CUT_EVENT) && take(body, cut) && named(leaf, "n", cut);
}

bool
sg_cut_ends_at(const struct sg_cut *cut, const struct sg_segment_header *header)
{
	return cut->segment != 0 && header->previous == cut->segment && header->last == cut->last && memcmp(header->chain, cut->chain, sizeof(cut->chain)) == 0;
}

bool
sg_cut_bears_out(const struct sg_cut *said, const struct sg_cut *anchor)
{
	if (anchor->segment == 0 || said->segment > anchor->segment)
		return said->last >= anchor->last;
	return said->segment == anchor->segment && said->last == anchor->last && memcmp(said->chain, anchor->chain, sizeof(said->chain)) == 0;
}
