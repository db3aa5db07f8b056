/* SPDX-License-Identifier: Apache-2.0
 * A JSON schema as the `arguments` of a stanza: names, types, ranges. What such a list cannot say is left out, and a call with it is then refused. */
#include "ctl/learn.h"

#include "base/str.h"
#include "conf/budget.h"

enum { TEXT_MOST = 65536 };

static const char *const types[] = {"string", "number", "integer", "boolean", "array", "object"};

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

/* Properties of the whole schema, wherever it keeps them. */
struct collected {
	struct sg_arena *arena;
	const struct sg_json *root;
	struct sg_learn_tool *tool;
	const struct sg_json *named[SG_LEARN_ARGUMENTS];
	size_t left; /* schemas that are looked at, at most */
};

static bool
is_named(const struct collected *c, struct sg_str name, size_t *at)
{
	for (*at = 0; *at < c->tool->argument_count; ++*at)
		if (sg_str_eq(c->named[*at]->name, name))
			return true;
	return false;
}

/* A name of two schemas is of any type: which of them counts is not known here. */
static void
collect_one(struct collected *c, const struct sg_json *schema, const struct sg_json *p)
{
	struct sg_argument again;
	size_t at;
	bool known = sg_learn_nameable(p->name) && is_named(c, p->name, &at), direct = schema == c->root;
	const char *type = known ? "any" : type_of(p), *range = known ? "" : range_of(c->arena, p, type);
	const char *text = sg_arena_printf(c->arena, "%.*s%s:%s%s", SG_STR_ARG(p->name), direct && is_required(schema, p->name) ? "" : "?", type, range != NULL ? range : "");
	if (!sg_learn_nameable(p->name) || text == NULL || !sg_argument_read(sg_str(text), &again) || (!known && c->tool->argument_count == SG_LEARN_ARGUMENTS)) {
		c->tool->left_out++;
		return;
	}
	if (!known)
		at = c->tool->argument_count++;
	c->named[at] = p;
	c->tool->arguments[at] = text;
	sg_learn_authority(c->arena, c->root, p, c->tool);
}

/* False: it has arguments whose names do not stand in it. */
static bool
collect(struct collected *c, const struct sg_json *schema, int depth)
{
	static const char *const branches[] = {"allOf", "anyOf", "oneOf"};
	const struct sg_json *properties = sg_json_get(schema, "properties"), *ref = sg_json_get(schema, "$ref");
	bool whole = depth > 0 && c->left > 0 && !sg_schema_unnamed(schema, sg_json_first(properties) == NULL);
	c->left -= c->left > 0;
	for (const struct sg_json *p = sg_json_first(properties); p != NULL; p = sg_json_next(properties, p))
		collect_one(c, schema, p);
	if (whole && ref != NULL)
		whole = sg_schema_referred(c->root, ref) != NULL && collect(c, sg_schema_referred(c->root, ref), depth - 1);
	for (size_t i = 0; i < sizeof(branches) / sizeof(branches[0]); i++) {
		const struct sg_json *all = sg_json_get(schema, branches[i]);
		for (const struct sg_json *b = sg_json_first(all); b != NULL && whole; b = sg_json_next(all, b))
			whole = collect(c, b, depth - 1);
	}
	return whole;
}

void
sg_learn_arguments(struct sg_arena *arena, const struct sg_json *schema, struct sg_learn_tool *tool)
{
	struct collected c = {.arena = arena, .root = schema, .tool = tool, .left = SG_SCHEMA_LOOKS};
	if (!collect(&c, schema, SG_SCHEMA_DEPTH) && tool->argument_count == 0)
		tool->why_not = "the names of its arguments do not stand in its inputSchema"; /* and any would be let through */
	if (tool->argument_count == 0 && tool->left_out > 0) /* a stanza without arguments would let any through */
		tool->why_not = "none of its arguments can be named";
}
