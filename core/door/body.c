/* SPDX-License-Identifier: Apache-2.0
 * Bodies: strict JSON (RFC 8259 within I-JSON), strict forms (RFC 7662 uses them), plain queries. Each becomes RFC 8785 bytes. */
#include "door/body.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/str.h"

enum { BUDGET = 4 << 20 };

static bool
type_is(struct sg_str type, const char *want)
{
	struct sg_str rest = type, name = sg_str_cut(&rest, ';');
	while (name.len > 0 && name.ptr[name.len - 1] == ' ')
		name.len--;
	if (!sg_str_is(name, want))
		return false;
	while (rest.len > 0 && rest.ptr[0] == ' ') {
		rest.ptr++;
		rest.len--;
	}
	return rest.ptr == NULL || sg_str_is(rest, "charset=utf-8") || sg_str_is(rest, "charset=UTF-8");
}

/* What a door sends and the gate cannot read ends the door, for all who are behind it: so it is read again, where it is not the very bytes that were read. */
static bool
can_be_read(struct sg_arena *arena, struct sg_str body, struct sg_str written)
{
	const struct sg_json *again = NULL;
	const struct sg_json_limits limits = {.bytes = written.len + 1, .depth = SG_BODY_DEPTH};
	return sg_str_eq(body, written) || sg_canon_parse(arena, written, &limits, &again, NULL) == SG_OK;
}

static enum sg_http_error
json_body(struct sg_str body, struct sg_buf *out, const char **why)
{
	struct sg_arena arena;
	struct sg_err err = {0};
	const struct sg_json *json = NULL;
	/* less deep than the gate reads, which writes the body into deeper objects */
	struct sg_json_limits limits = {.bytes = body.len + 1, .depth = SG_BODY_DEPTH};
	sg_arena_init(&arena, 2 * (BUDGET + 16 * body.len));
	size_t before = out->len;
	enum sg_status status = sg_json_parse(&arena, body, &limits, &json, &err);
	*why = status == SG_OK ? "json_not_object" : err.code;
	if (status == SG_OK && json->type == SG_JSON_OBJECT)
		sg_canon_write(out, json);
	else
		status = SG_MALFORMED;
	if (status == SG_OK && !out->failed && !can_be_read(&arena, body, (struct sg_str){out->ptr + before, out->len - before})) {
		*why = "json_not_canonical";
		status = SG_MALFORMED;
	}
	sg_arena_done(&arena);
	return status == SG_OK && !out->failed ? SG_HTTP_OK : SG_HTTP_http_body;
}

static int
hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Only what a token, a name or a number is made of: what can be seen of ASCII, or its escapes; in a query also a blank's, which names of units hold. */
static bool
decode(struct sg_str in, bool query, char *out, size_t *len)
{
	*len = 0;
	for (size_t i = 0; i < in.len; i++) {
		int c = (unsigned char)in.ptr[i];
		if (c == '%') {
			int high = i + 2 < in.len ? hex(in.ptr[i + 1]) : -1, low = i + 2 < in.len ? hex(in.ptr[i + 2]) : -1;
			if (i + 2 == in.len - 0 || high < 0 || low < 0)
				return false;
			c = high << 4 | low;
			i += 2;
		}
		bool blank = query && c == ' ' && in.ptr[i] != ' ';
		if (!blank && (c < '!' || c > '~'))
			return false;
		out[(*len)++] = (char)c;
	}
	return true;
}

struct member {
	struct sg_str name, value;
};

static bool
add_member(struct member *members, size_t *count, struct member one)
{
	if (*count == SG_FORM_MEMBERS || one.name.len == 0)
		return false;
	size_t at = *count;
	while (at > 0 && sg_str_cmp(members[at - 1].name, one.name) > 0) {
		members[at] = members[at - 1];
		at--;
	}
	if (at > 0 && sg_str_eq(members[at - 1].name, one.name))
		return false; /* twice */
	members[at] = one;
	(*count)++;
	return true;
}

static enum sg_http_error
form_body(struct sg_str body, struct sg_buf *out, enum sg_http_error bad)
{
	struct sg_arena arena;
	struct member members[SG_FORM_MEMBERS];
	size_t count = 0;
	bool good = true;
	sg_arena_init(&arena, BUDGET);
	for (struct sg_str rest = body; good && rest.ptr != NULL && body.len > 0;) {
		struct sg_str value = sg_str_cut(&rest, '&'), name = sg_str_cut(&value, '=');
		struct member one = {{sg_arena_alloc(&arena, name.len + 1), 0}, {sg_arena_alloc(&arena, value.len + 1), 0}};
		good = value.ptr != NULL && one.name.ptr != NULL && one.value.ptr != NULL &&
		       decode(name, false, (char *)one.name.ptr, &one.name.len) && decode(value, bad == SG_HTTP_http_query, (char *)one.value.ptr, &one.value.len) &&
		       add_member(members, &count, one);
	}
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	for (size_t i = 0; good && i < count; i++) {
		sg_jw_name_str(&w, members[i].name);
		sg_jw_str(&w, members[i].value);
	}
	sg_jw_end(&w);
	sg_arena_done(&arena);
	return good && !out->failed ? SG_HTTP_OK : bad;
}

enum sg_http_error
sg_body_canonical(const struct sg_route_row *route, const struct sg_http_head *head, struct sg_str body, struct sg_buf *out,
		  const char **why)
{
	*why = "";
	if (route->body == SG_BODY_NONE)
		return form_body(head->query.ptr == NULL ? SG_STR("") : head->query, out, SG_HTTP_http_query);
	if (head->query.ptr != NULL)
		return SG_HTTP_http_query;
	if (route->body == SG_BODY_FORM)
		return type_is(head->content_type, "application/x-www-form-urlencoded") ? form_body(body, out, SG_HTTP_http_form)
											: SG_HTTP_http_type;
	return type_is(head->content_type, "application/json") ? json_body(body, out, why) : SG_HTTP_http_type;
}
