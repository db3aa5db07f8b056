/* SPDX-License-Identifier: Apache-2.0
 * A JSON schema as the `arguments` of a stanza: names, types, ranges. What such a list cannot say is left out, and a call with it is then refused. */
#include "ctl/learn.h"

#include "base/str.h"
#include "conf/budget.h"

enum { NAME_MOST = 64, DEPTH_MOST = 3, TEXT_MOST = 65536, AUTHORITY_MOST = 32 };

static const char *const types[] = {"string", "number", "integer", "boolean", "array", "object"};

/* Names that can stand in quotes without further ado. */
static bool
nameable(struct sg_str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
			return false;
	}
	return name.len > 0 && name.len <= NAME_MOST;
}

static bool
is_required(const struct sg_json *schema, struct sg_str name)
{
	const struct sg_json *required = sg_json_get(schema, "required");
	for (const struct sg_json *r = sg_json_first(required); r != NULL; r = sg_json_next(required, r)) {
		struct sg_str word;
		if (sg_json_string(r, &word) && sg_str_eq(word, name))
			return true;
	}
	return false;
}

/* One known word; anything richer is any. */
static const char *
type_of(const struct sg_json *property)
{
	struct sg_str type = {"", 0};
	sg_json_string(sg_json_get(property, "type"), &type);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (sg_str_is(type, types[i]))
			return types[i];
	return "any";
}

/* One that is no whole number is none here; the server still knows it. */
static bool
bound(const struct sg_json *property, const char *name, int64_t *out)
{
	return sg_json_int(sg_json_get(property, name), out);
}

/* "(0..200)", or nothing where the schema has no bounds. A text has one in any case. */
static const char *
range_of(struct sg_arena *arena, const struct sg_json *property, const char *type)
{
	int64_t least = 0, most = TEXT_MOST;
	bool text = strcmp(type, "string") == 0, array = strcmp(type, "array") == 0, number = strcmp(type, "number") == 0 || strcmp(type, "integer") == 0;
	bool low = bound(property, text ? "minLength" : array ? "minItems" : "minimum", &least), high = bound(property, text ? "maxLength" : array ? "maxItems" : "maximum", &most);
	most = text && most > TEXT_MOST ? TEXT_MOST : most; /* a schema counts characters, a stanza bytes: never more of these */
	bool has = text || (array && high) || (number && low && high);
	if (!has || least > most || (!number && least < 0))
		return "";
	return sg_arena_printf(arena, "(%lld..%lld)", (long long)least, (long long)most);
}

/* ---- authority ---- */

static void
add_authority(struct sg_arena *arena, struct sg_learn_tool *tool, const char *before, struct sg_str name)
{
	const char *path = sg_arena_printf(arena, "%s%s%.*s", before, before[0] != '\0' ? "." : "", SG_STR_ARG(name));
	if (path != NULL && tool->authority_count < AUTHORITY_MOST)
		tool->authority[tool->authority_count++] = path;
	else
		tool->why_not = "too many of its arguments bear authority";
}

static bool
within(const struct sg_json *schema, int depth)
{
	const struct sg_json *properties = sg_json_get(schema, "properties");
	for (const struct sg_json *p = sg_json_first(properties); p != NULL && depth > 0; p = sg_json_next(properties, p))
		if (sg_guess_authority(p->name) || within(p, depth - 1))
			return true;
	return false;
}

/* Objects are looked into; of a list, which no path leads into, the whole bears authority. */
static void
authority(struct sg_arena *arena, struct sg_learn_tool *tool, const char *before, const struct sg_json *property, int depth)
{
	const struct sg_json *inner = sg_json_get(property, "properties");
	if (!nameable(property->name))
		return;
	if (sg_guess_authority(property->name) || within(sg_json_get(property, "items"), DEPTH_MOST)) {
		add_authority(arena, tool, before, property->name);
		return;
	}
	const char *path = sg_arena_printf(arena, "%s%s%.*s", before, before[0] != '\0' ? "." : "", SG_STR_ARG(property->name));
	for (const struct sg_json *p = sg_json_first(inner); p != NULL && depth > 0 && path != NULL; p = sg_json_next(inner, p))
		authority(arena, tool, path, p, depth - 1);
}

void
sg_learn_arguments(struct sg_arena *arena, const struct sg_json *schema, struct sg_learn_tool *tool)
{
	const struct sg_json *properties = sg_json_get(schema, "properties");
	for (const struct sg_json *p = sg_json_first(properties); p != NULL; p = sg_json_next(properties, p)) {
		struct sg_argument again;
		const char *type = type_of(p), *range = range_of(arena, p, type);
		const char *text = sg_arena_printf(arena, "%.*s%s:%s%s", SG_STR_ARG(p->name), is_required(schema, p->name) ? "" : "?", type, range != NULL ? range : "");
		if (!nameable(p->name) || text == NULL || !sg_argument_read(sg_str(text), &again) || tool->argument_count == SG_LEARN_ARGUMENTS) {
			tool->left_out++;
			continue;
		}
		tool->arguments[tool->argument_count++] = text;
		authority(arena, tool, "", p, DEPTH_MOST);
	}
	if (tool->argument_count == 0 && tool->left_out > 0) /* a stanza without arguments would let any through */
		tool->why_not = "none of its arguments can be named";
}
