/* SPDX-License-Identifier: Apache-2.0
 * One value out of JSON bytes, for modules that have no reader of their own. */
#include "base/canon.h"
#include "base/str.h"
#include "host/instance.h"

enum { MEMBER_BUDGET = 1 << 20 };

static const struct sg_json *
element(const struct sg_json *array, struct sg_str number)
{
	int64_t index;
	const struct sg_json *e = sg_json_first(array);
	if (!sg_str_int(number, 0, UINT32_MAX, &index))
		return NULL;
	while (e != NULL && index-- > 0)
		e = sg_json_next(array, e);
	return e;
}

static const struct sg_json *
walk(const struct sg_json *json, struct sg_str path)
{
	while (json != NULL && path.ptr != NULL) {
		struct sg_str part = sg_str_cut(&path, '.');
		json = json->type == SG_JSON_ARRAY ? element(json, part) : sg_json_get_str(json, part);
	}
	return json;
}

/* Numbers as RFC 8785 writes them. */
static enum sg_status
write_scalar(const struct sg_host *host, const struct sg_json *json, struct sg_str *text)
{
	struct sg_buf out;
	if (json == NULL || json->type == SG_JSON_NULL || json->type == SG_JSON_ARRAY || json->type == SG_JSON_OBJECT)
		return SG_NOT_FOUND;
	sg_buf_init(&out, SG_JSON_MAX_BYTES);
	if (json->type == SG_JSON_STRING)
		sg_buf_str(&out, json->string);
	else
		sg_canon_write(&out, json);
	char *copy = out.failed ? NULL : host->alloc(host, out.len + 1);
	if (copy != NULL && out.len > 0)
		memcpy(copy, out.ptr, out.len);
	size_t len = out.len;
	sg_buf_done(&out);
	if (copy == NULL)
		return SG_NOMEM;
	*text = (struct sg_str){copy, len};
	return SG_OK;
}

enum sg_status
sg_instance_member(const struct sg_host *host, struct sg_str json, const char *path, struct sg_str *text)
{
	struct sg_arena arena;
	const struct sg_json *root = NULL;
	sg_arena_init(&arena, MEMBER_BUDGET);
	enum sg_status status = sg_json_parse(&arena, json, NULL, &root, NULL);
	if (status == SG_OK)
		status = write_scalar(host, walk(root, sg_str(path)), text);
	else if (status != SG_NOMEM)
		status = SG_MALFORMED;
	sg_arena_done(&arena);
	return status;
}
