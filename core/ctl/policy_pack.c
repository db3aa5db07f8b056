/* SPDX-License-Identifier: Apache-2.0
 * The first line of a file that `stepgate policy use` put there: "-- stepgate policy use NAME: shipped HEX, put HEX", two digests: of the shipped file, and of all behind that line. */
#include "ctl/policy_pack.h"

#include "base/digest.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char origin[] = "-- stepgate policy use ", group_line[] = "local approvers = \"";

/* A regular file, whole. False with errno: ENOENT there is none, EFBIG, EINVAL. */
static bool
read_file(struct sg_buf *out, const char *folder, const char *name)
{
	char path[SG_PACK_PATH], part[4096];
	struct stat st;
	ssize_t n = 0;
	sg_buf_init(out, SG_PACK_BYTES);
	snprintf(path, sizeof(path), "%s/%s.lua", folder, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return false;
	errno = EINVAL;
	bool good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	while (good && (n = read(fd, part, sizeof(part))) > 0)
		sg_buf_add(out, part, (size_t)n);
	int error = out->failed ? EFBIG : n < 0 ? errno : EINVAL;
	close(fd);
	errno = error;
	return good && n == 0 && !out->failed;
}

/* What stands in quotes behind the first `line`; {NULL, 0}: no such line. */
static struct sg_str
quoted_behind(struct sg_str text, const char *line)
{
	const char *at = text.len == 0 ? NULL : memmem(text.ptr, text.len, line, strlen(line));
	if (at == NULL)
		return (struct sg_str){NULL, 0};
	at += strlen(line);
	const char *end = memchr(at, '"', (size_t)(text.ptr + text.len - at));
	return end == NULL ? (struct sg_str){NULL, 0} : (struct sg_str){at, (size_t)(end - at)};
}

static void
write_text(struct sg_buf *out, const char *name, struct sg_str shipped, struct sg_str group)
{
	struct sg_str there = quoted_behind(shipped, group_line);
	char of_shipped[SG_SHA256_HEX], of_put[SG_SHA256_HEX];
	struct sg_buf body;
	sg_buf_init(&body, SG_PACK_BYTES);
	if (there.ptr == NULL || group.ptr == NULL) {
		sg_buf_str(&body, shipped);
	} else {
		const char *end = there.ptr + there.len;
		sg_buf_add(&body, shipped.ptr, (size_t)(there.ptr - shipped.ptr));
		sg_buf_str(&body, group);
		sg_buf_add(&body, end, (size_t)(shipped.ptr + shipped.len - end));
	}
	sg_sha256_hex(of_shipped, shipped);
	sg_sha256_hex(of_put, sg_buf_view(&body));
	sg_buf_printf(out, "%s%s: shipped %s, put %s\n", origin, name, of_shipped, of_put);
	sg_buf_str(out, sg_buf_view(&body));
	out->failed |= body.failed;
	sg_buf_done(&body);
}

/* The digests of its first line; false: it has none, or it is another file's. */
static bool
origin_of(struct sg_str text, const char *name, struct sg_str *shipped, struct sg_str *put, struct sg_str *body)
{
	char head[SG_PACK_NAME + 80];
	int len = snprintf(head, sizeof(head), "%s%s: shipped ", origin, name);
	struct sg_str rest = text, line = sg_str_cut(&rest, '\n');
	enum { HEX = SG_SHA256_HEX - 1 };
	if (line.len != (size_t)len + 2 * HEX + strlen(", put ") || memcmp(line.ptr, head, (size_t)len) != 0 || memcmp(line.ptr + len + HEX, ", put ", 6) != 0)
		return false;
	*shipped = (struct sg_str){line.ptr + len, HEX};
	*put = (struct sg_str){line.ptr + len + HEX + 6, HEX};
	*body = rest.ptr == NULL ? SG_STR("") : rest;
	return true;
}

static enum sg_pack_state
state_of(struct sg_str there, const char *name, struct sg_str now)
{
	struct sg_str shipped, put, body, shipped_now, put_now, body_now;
	char hex[SG_SHA256_HEX];
	if (!origin_of(there, name, &shipped, &put, &body) || !origin_of(now, name, &shipped_now, &put_now, &body_now))
		return SG_PACK_CHANGED;
	sg_sha256_hex(hex, body);
	if (!sg_str_is(put, hex))
		return SG_PACK_CHANGED;
	return sg_str_eq(put, put_now) ? SG_PACK_CURRENT : SG_PACK_OLDER;
}

bool
sg_pack_read(struct sg_pack *pack, const char *shipped, const char *folder, const char *name, const char *approvers)
{
	struct sg_buf text;
	snprintf(pack->name, sizeof(pack->name), "%s", name);
	sg_buf_init(&pack->text, SG_PACK_BYTES + 512);
	sg_buf_init(&pack->there, SG_PACK_BYTES);
	pack->state = SG_PACK_UNREADABLE;
	bool good = read_file(&text, shipped, name);
	bool is_there = good && read_file(&pack->there, folder, name);
	bool known = is_there || errno == ENOENT;
	struct sg_str group = approvers != NULL ? sg_str(approvers) : quoted_behind(sg_buf_view(&pack->there), group_line);
	if (good)
		write_text(&pack->text, name, sg_buf_view(&text), group);
	if (good && known && !pack->text.failed)
		pack->state = is_there ? state_of(sg_buf_view(&pack->there), name, sg_buf_view(&pack->text)) : SG_PACK_UNUSED;
	int error = errno;
	sg_buf_done(&text);
	errno = error;
	return good;
}

void
sg_pack_done(struct sg_pack *pack)
{
	sg_buf_done(&pack->text);
	sg_buf_done(&pack->there);
}

struct sg_str
sg_pack_group(const struct sg_pack *pack)
{
	return quoted_behind(sg_buf_view(&pack->text), group_line);
}

struct sg_str
sg_pack_description(const struct sg_pack *pack)
{
	struct sg_str text = quoted_behind(sg_buf_view(&pack->text), "description = \"");
	return text.ptr == NULL ? SG_STR("") : text;
}
