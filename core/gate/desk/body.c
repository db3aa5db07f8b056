/* SPDX-License-Identifier: Apache-2.0
 * Requests held against the table of what their routes take. */
#include "gate/desk/body.h"

#include "base/near.h"
#include "base/str.h"
#include "gate/desk/desk.h"

#include <stdio.h>

static const struct sg_body_row rows[] = {
#define X(route, member, kind, most, required) {SG_ROUTE_##route, member, SG_BODY_##kind, most, required},
	SG_BODIES(X)
#undef X
};

const struct sg_body_row *
sg_bodies(size_t *count)
{
	*count = sizeof(rows) / sizeof(rows[0]);
	return rows;
}

bool
sg_body_lenient(enum sg_route route)
{
	static const enum sg_route lenient[] = {
#define X(route) SG_ROUTE_##route,
		SG_BODY_LENIENT(X)
#undef X
	};
	for (size_t i = 0; i < sizeof(lenient) / sizeof(lenient[0]); i++)
		if (lenient[i] == route)
			return true;
	return false;
}

/* ---- what is said ---- */

/* A caller's own word is said back only if it is short and plain. */
static struct sg_str
shown(struct sg_str name)
{
	bool plain = name.len > 0 && name.len <= SG_NEAR_MAX;
	for (size_t i = 0; plain && i < name.len; i++)
		plain = name.ptr[i] >= ' ' && name.ptr[i] <= '~' && name.ptr[i] != '"' && name.ptr[i] != '\\';
	return plain ? name : SG_STR("(a name that cannot be shown)");
}

static bool
unknown(const char *what, struct sg_str name, const struct sg_near *near, char hint[SG_BODY_HINT])
{
	char mean[128];
	snprintf(hint, SG_BODY_HINT, "%s has no member \"%.*s\"; %s", what, SG_STR_ARG(shown(name)),
		 sg_near_hint(near, '"', "the reference lists what there is", mean, sizeof(mean)));
	return false;
}

bool
sg_members_known(const struct sg_json *object, const char *const *names, const char *what, char hint[SG_BODY_HINT])
{
	for (const struct sg_json *m = sg_json_first(object); m != NULL; m = sg_json_next(object, m)) {
		bool known = false;
		for (size_t i = 0; names[i] != NULL && !known; i++)
			known = sg_str_is(m->name, names[i]);
		if (known)
			continue;
		struct sg_near near = sg_near(m->name);
		for (size_t i = 0; names[i] != NULL; i++)
			sg_near_offer(&near, sg_str(names[i]));
		return unknown(what, m->name, &near, hint);
	}
	return true;
}

enum { SHORT = 6 }; /* bytes: a name below this has words of their own right one letter away (tool: pool, tools) */

/* `known` in other letters' case, or, if it is not short, one change away in any case. */
static bool
is_misspelt(struct sg_str name, const char *known)
{
	char low[SG_NEAR_MAX];
	if (name.len > sizeof(low) || sg_str_is(name, known))
		return false;
	for (size_t i = 0; i < name.len; i++)
		low[i] = name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? (char)(name.ptr[i] + ('a' - 'A')) : name.ptr[i];
	struct sg_near near = {.word = {low, name.len}, .distance = strlen(known) < SHORT ? 1 : 2};
	sg_near_offer(&near, sg_str(known));
	return near.best.len > 0;
}

/* A context is policy's own; only what is meant for the gate itself must not be missed by a letter. */
static bool
context_spelt(const struct sg_json *context, char hint[SG_BODY_HINT])
{
	static const char *const ours[] = {"approval", "tool"};
	for (const struct sg_json *m = sg_json_first(context); m != NULL; m = sg_json_next(context, m))
		for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
			if (is_misspelt(m->name, ours[i])) {
				snprintf(hint, SG_BODY_HINT, "\"context\" has \"%.*s\"; did you mean \"%s\"?", SG_STR_ARG(shown(m->name)), ours[i]);
				return false;
			}
	return true;
}

/* ---- kinds ---- */

static bool
text_within(const struct sg_json *value, int64_t least, int64_t most)
{
	struct sg_str text;
	return sg_json_string(value, &text) && (int64_t)text.len >= least && (int64_t)text.len <= most;
}

static bool
number_within(const struct sg_json *value, int64_t least, int64_t most)
{
	int64_t number;
	return sg_json_int(value, &number) && number >= least && number <= most;
}

static bool
texts_within(const struct sg_json *value, int64_t most)
{
	bool good = value->type == SG_JSON_ARRAY && value->count <= most;
	for (const struct sg_json *e = good ? sg_json_first(value) : NULL; e != NULL; e = sg_json_next(value, e))
		good &= e->type == SG_JSON_STRING;
	return good;
}

/* Absent, or a text. */
static bool
text_if_any(const struct sg_json *object, const char *name)
{
	const struct sg_json *member = sg_json_get(object, name);
	return member == NULL || member->type == SG_JSON_STRING;
}

static bool
object_if_any(const struct sg_json *object, const char *name)
{
	const struct sg_json *member = sg_json_get(object, name);
	return member == NULL || member->type == SG_JSON_OBJECT;
}

static bool
is_thing(const struct sg_json *value)
{
	return value->type == SG_JSON_OBJECT && text_if_any(value, "type") && text_if_any(value, "id") && object_if_any(value, "properties");
}

static bool
is_context(const struct sg_json *value)
{
	const struct sg_json *uid = sg_json_get(value, "peer_uid");
	return value->type == SG_JSON_OBJECT && text_if_any(value, "approval") && text_if_any(value, "key") && text_if_any(value, "task") &&
	       text_if_any(value, "tool") && (uid == NULL || number_within(uid, 0, UINT32_MAX));
}

static bool
is_level(const struct sg_json *value)
{
	struct sg_str text;
	return sg_json_string(value, &text) && sg_str_is(text, sg_sensitivity_name(sg_sensitivity_named(text)));
}

static bool
is_digits(const struct sg_json *value, int64_t most)
{
	struct sg_str text;
	int64_t number;
	return sg_json_string(value, &text) && sg_str_int(text, 0, most, &number);
}

static bool
is_segment(const struct sg_json *value, int64_t most)
{
	struct sg_str text;
	bool good = sg_json_string(value, &text) && text.len > 0 && (int64_t)text.len <= most;
	good = good && !sg_str_is(text, ".") && !sg_str_is(text, ".."); /* no path has such a name, and what cannot be named can never be ended */
	for (size_t i = 0; good && i < text.len; i++) {
		char c = text.ptr[i];
		good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
	}
	return good;
}

static const char *const kinds[] = {
	[SG_BODY_NAMED] = "a text that is not empty", [SG_BODY_TEXT] = "a text", [SG_BODY_COUNT] = "a whole number from 1 on",
	[SG_BODY_NUMBER] = "a whole number from 0 on", [SG_BODY_FLAG] = "true or false", [SG_BODY_LIST] = "a list", [SG_BODY_VALUES] = "a list or an object", [SG_BODY_TEXTS] = "a list of texts",
	[SG_BODY_OBJECT] = "an object", [SG_BODY_LEVEL] = "public, internal, confidential or restricted",
	[SG_BODY_RESOURCE] = "{\"type\":text,\"id\":text,\"properties\":object}",
	[SG_BODY_CONTEXT] = "an object; in it approval, key, task, tool are texts and peer_uid is a uid",
	[SG_BODY_SUBJECT] = "{\"type\":text,\"id\":text,\"properties\":object}", [SG_BODY_ACTION] = "{\"name\":text,\"properties\":object}",
	[SG_BODY_DIGITS] = "a number's digits", [SG_BODY_YES] = "yes or no", [SG_BODY_SEGMENT] = "letters, digits, dots, dashes and underscores, and neither . nor ..",
};

/* What people say is kept and shown as C strings: behind a NUL it would be recorded and not be seen. */
static bool
is_whole(const struct sg_body_row *row, struct sg_str text)
{
	return text.len == 0 || memchr(text.ptr, '\0', text.len) == NULL || sg_route_row(row->route)->face != SG_FACE_ADMIN;
}

static bool
is_kind(const struct sg_body_row *row, const struct sg_json *value)
{
	switch (row->kind) {
	case SG_BODY_NAMED:
		return text_within(value, 1, row->most) && is_whole(row, value->string);
	case SG_BODY_TEXT:
		return text_within(value, 0, row->most) && is_whole(row, value->string);
	case SG_BODY_COUNT:
		return number_within(value, 1, row->most);
	case SG_BODY_NUMBER:
		return number_within(value, 0, row->most);
	case SG_BODY_FLAG:
		return value->type == SG_JSON_BOOL;
	case SG_BODY_LIST:
		return value->type == SG_JSON_ARRAY && value->count <= row->most;
	case SG_BODY_VALUES:
		return (value->type == SG_JSON_ARRAY || value->type == SG_JSON_OBJECT) && value->count <= row->most;
	case SG_BODY_TEXTS:
		return texts_within(value, row->most);
	case SG_BODY_OBJECT:
		return value->type == SG_JSON_OBJECT;
	case SG_BODY_LEVEL:
		return is_level(value);
	case SG_BODY_RESOURCE:
	case SG_BODY_SUBJECT:
		return is_thing(value);
	case SG_BODY_CONTEXT:
		return is_context(value);
	case SG_BODY_ACTION:
		return value->type == SG_JSON_OBJECT && text_if_any(value, "name") && object_if_any(value, "properties");
	case SG_BODY_DIGITS:
		return is_digits(value, row->most);
	case SG_BODY_YES:
		return value->type == SG_JSON_STRING && (sg_str_is(value->string, "yes") || sg_str_is(value->string, "no"));
	case SG_BODY_SEGMENT:
		return is_segment(value, row->most);
	}
	return false;
}

/* ---- the reader ---- */

static bool
member_fits(const struct sg_body_row *row, const struct sg_json *value, char hint[SG_BODY_HINT])
{
	static const char *const of_resource[] = {"type", "id", "properties", NULL};
	if (!is_kind(row, value)) {
		char most[64] = "";
		if (row->most > 0)
			snprintf(most, sizeof(most), ", at most %lld", (long long)row->most);
		snprintf(hint, SG_BODY_HINT, "\"%s\" is %s%s", row->member, kinds[row->kind], most);
		return false;
	}
	if (sg_body_lenient(row->route))
		return true;
	if (row->kind == SG_BODY_CONTEXT)
		return context_spelt(value, hint);
	return row->kind != SG_BODY_RESOURCE || sg_members_known(value, of_resource, "\"resource\"", hint);
}

static const struct sg_body_row *
row_of(enum sg_route route, struct sg_str name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].route == route && sg_str_is(name, rows[i].member))
			return &rows[i];
	return NULL;
}

static bool
refuse_unknown(enum sg_route route, struct sg_str name, char hint[SG_BODY_HINT])
{
	struct sg_near near = sg_near(name);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].route == route)
			sg_near_offer(&near, sg_str(rows[i].member));
	return unknown("this request", name, &near, hint);
}

bool
sg_body_fits(enum sg_route route, const struct sg_json *body, char hint[SG_BODY_HINT])
{
	bool lenient = sg_body_lenient(route);
	for (const struct sg_json *m = sg_json_first(body); m != NULL; m = sg_json_next(body, m)) {
		const struct sg_body_row *row = row_of(route, m->name);
		if (row == NULL && !lenient)
			return refuse_unknown(route, m->name, hint);
		if (row != NULL && !member_fits(row, m, hint))
			return false;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].route == route && rows[i].required && sg_json_get(body, rows[i].member) == NULL) {
			snprintf(hint, SG_BODY_HINT, "\"%s\" is missing: %s", rows[i].member, kinds[rows[i].kind]);
			return false;
		}
	return true;
}
