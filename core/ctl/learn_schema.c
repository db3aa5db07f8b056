/* SPDX-License-Identifier: Apache-2.0
 * Which paths of an argument bear authority. A schema is looked into through its own references and branches; what cannot be looked into bears it whole,
 * for nobody knows what it takes. */
#include "ctl/learn.h"

#include "base/str.h"

enum { NAME_MOST = 64, AUTHORITY_MOST = SG_LEARN_ARGUMENTS, REF_MOST = 256 };

/* Into one argument; references may lead round and round, and each schema in many. */
struct look {
	const struct sg_json *root;
	size_t left; /* schemas that are looked at, at most: SG_SCHEMA_LOOKS */
	bool harmless; /* the name nearest above: a text below it says neither who nor where */
};

static bool
is_false(const struct sg_json *schema)
{
	bool flag = true;
	return sg_json_bool(schema, &flag) && !flag;
}

/* Names that can stand in quotes without further ado. */
bool
sg_learn_nameable(struct sg_str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
			return false;
	}
	return name.len > 0 && name.len <= NAME_MOST;
}

/* "#/$defs/Payment", and nothing richer. */
const struct sg_json *
sg_schema_referred(const struct sg_json *root, const struct sg_json *ref)
{
	struct sg_str path = {"", 0};
	if (!sg_json_string(ref, &path) || path.len > REF_MOST || !sg_str_is(sg_str_cut(&path, '/'), "#"))
		return NULL;
	const struct sg_json *at = root;
	while (at != NULL && path.len > 0) {
		struct sg_str name = sg_str_cut(&path, '/');
		at = memchr(name.ptr, '~', name.len) != NULL || memchr(name.ptr, '%', name.len) != NULL ? NULL : sg_json_get_str(at, name);
	}
	return at == root ? NULL : at;
}

/* Members that let in what no name in the schema says. */
bool
sg_schema_unnamed(const struct sg_json *schema, bool also_additional)
{
	static const char *const opaque[] = {"$dynamicRef", "$recursiveRef", "patternProperties", "dependentSchemas", "dependencies", "if", "then", "else", "contentSchema"};
	if (schema == NULL || schema->type != SG_JSON_OBJECT)
		return !is_false(schema);
	for (size_t i = 0; i < sizeof(opaque) / sizeof(opaque[0]); i++)
		if (sg_json_get(schema, opaque[i]) != NULL)
			return true;
	const struct sg_json *more = sg_json_get(schema, "additionalProperties");
	return also_additional && more != NULL && !is_false(more);
}

static bool
has_type(const struct sg_json *schema, const char *name)
{
	const struct sg_json *type = sg_json_get(schema, "type");
	bool has = sg_json_is(schema, "type", name);
	for (const struct sg_json *t = type != NULL && type->type == SG_JSON_ARRAY ? sg_json_first(type) : NULL; t != NULL && !has; t = sg_json_next(type, t))
		has = t->type == SG_JSON_STRING && sg_str_is(t->string, name);
	return has;
}

static bool
plain_values(const struct sg_json *schema)
{
	const struct sg_json *values = sg_json_get(schema, "enum"), *one = sg_json_get(schema, "const");
	bool plain = (values != NULL && values->type == SG_JSON_ARRAY) || one != NULL;
	for (const struct sg_json *v = sg_json_first(values); v != NULL; v = sg_json_next(values, v))
		plain &= v->type != SG_JSON_ARRAY && v->type != SG_JSON_OBJECT;
	return plain && (one == NULL || (one->type != SG_JSON_ARRAY && one->type != SG_JSON_OBJECT));
}

/* Does it say by itself what may stand there? */
static bool
says_type(const struct sg_json *schema)
{
	static const char *const known[] = {"string", "number", "integer", "boolean", "null", "array", "object"};
	const struct sg_json *type = sg_json_get(schema, "type");
	size_t count = 0;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		count += has_type(schema, known[i]);
	return type != NULL && count == (type->type == SG_JSON_ARRAY ? type->count : 1) && count > 0;
}

/* JSON Schema lets in what it does not name, unless it says that it does not. */
static bool
is_closed(const struct sg_json *schema)
{
	return is_false(sg_json_get(schema, "additionalProperties")) || is_false(sg_json_get(schema, "unevaluatedProperties"));
}

static bool bears_within(struct look *look, const struct sg_json *schema, int depth);

static bool
branch_bears(struct look *look, const struct sg_json *schema, int depth, bool *branched)
{
	static const char *const branches[] = {"allOf", "anyOf", "oneOf"};
	const struct sg_json *ref = sg_json_get(schema, "$ref");
	bool bears = ref != NULL && bears_within(look, sg_schema_referred(look->root, ref), depth - 1);
	*branched = ref != NULL;
	for (size_t i = 0; i < sizeof(branches) / sizeof(branches[0]); i++) {
		const struct sg_json *all = sg_json_get(schema, branches[i]);
		*branched |= all != NULL && all->type == SG_JSON_ARRAY && all->count > 0;
		for (const struct sg_json *b = sg_json_first(all); b != NULL && !bears; b = sg_json_next(all, b))
			bears = bears_within(look, b, depth - 1);
	}
	return bears;
}

static bool
list_bears(struct look *look, const struct sg_json *schema, int depth)
{
	const struct sg_json *items = sg_json_get(schema, "items"), *first = sg_json_get(schema, "prefixItems");
	bool many = items != NULL && items->type == SG_JSON_ARRAY;
	const struct sg_json *contains = sg_json_get(schema, "contains"); /* what it fits is evaluated, wherever it stands (JSON Schema 2020-12, 10.3.1.3) */
	bool bears = (items == NULL || many) && !is_false(sg_json_get(schema, many ? "additionalItems" : "items")) &&
		     !is_false(sg_json_get(schema, "unevaluatedItems")); /* of anything, from some place on */
	bears |= contains != NULL && items == NULL && bears_within(look, contains, depth - 1);
	for (const struct sg_json *i = sg_json_first(first); i != NULL && !bears; i = sg_json_next(first, i))
		bears = bears_within(look, i, depth - 1);
	for (const struct sg_json *i = many ? sg_json_first(items) : NULL; i != NULL && !bears; i = sg_json_next(items, i))
		bears = bears_within(look, i, depth - 1);
	return bears || (items != NULL && !many && bears_within(look, items, depth - 1));
}

static bool
object_bears(struct look *look, const struct sg_json *schema, int depth)
{
	const struct sg_json *properties = sg_json_get(schema, "properties");
	bool bears = !is_closed(schema), harmless = look->harmless;
	for (const struct sg_json *p = sg_json_first(properties); p != NULL && !bears; p = sg_json_next(properties, p)) {
		look->harmless = sg_guess_harmless(p->name);
		bears = sg_guess_authority(p->name) || bears_within(look, p, depth - 1);
	}
	look->harmless = harmless;
	return bears;
}

/* Says itself who or where, whatever its name is (JSON Schema Validation 7.3). */
static bool
says_where(const struct sg_json *schema)
{
	static const char *const formats[] = {"email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri", "uri-reference", "iri", "iri-reference", "uri-template"};
	struct sg_str format = sg_json_text_at(schema, "format");
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (sg_str_is(format, formats[i]))
			return true;
	return false;
}

/* May anything below a value of this schema bear authority? */
static bool
bears_within(struct look *look, const struct sg_json *schema, int depth)
{
	bool branched = false;
	if (is_false(schema))
		return false;
	look->left -= look->left > 0;
	if (depth <= 0 || look->left == 0 || says_where(schema) || sg_schema_unnamed(schema, true) || branch_bears(look, schema, depth, &branched))
		return true;
	if (plain_values(schema))
		return false;
	bool object = has_type(schema, "object") || sg_json_get(schema, "properties") != NULL;
	bool list = has_type(schema, "array") || sg_json_get(schema, "items") != NULL || sg_json_get(schema, "prefixItems") != NULL;
	if ((!says_type(schema) && !branched && !object && !list) || (has_type(schema, "string") && !look->harmless))
		return true;
	return (object && !(branched && sg_json_get(schema, "properties") == NULL) && object_bears(look, schema, depth)) ||
	       (list && !(branched && sg_json_get(schema, "items") == NULL) && list_bears(look, schema, depth));
}

/* ---- paths ---- */

static void
add(struct sg_learn_tool *tool, const char *path)
{
	for (size_t i = 0; i < tool->authority_count; i++)
		if (strcmp(tool->authority[i], path) == 0)
			return;
	if (tool->authority_count < AUTHORITY_MOST)
		tool->authority[tool->authority_count++] = path;
	else
		tool->why_not = "too many of its arguments bear authority";
}

/* An object whose members all have names that a path can say, and nothing else. */
static bool
leads_on(const struct sg_json *schema)
{
	static const char *const elsewhere[] = {"$ref", "allOf", "anyOf", "oneOf", "items", "prefixItems"};
	const struct sg_json *properties = sg_json_get(schema, "properties");
	bool leads = sg_json_first(properties) != NULL && is_closed(schema) && !sg_schema_unnamed(schema, true) && !has_type(schema, "array");
	for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		leads &= sg_json_get(schema, elsewhere[i]) == NULL;
	for (const struct sg_json *p = sg_json_first(properties); p != NULL && leads; p = sg_json_next(properties, p))
		leads = sg_learn_nameable(p->name);
	return leads;
}

static void
walk(struct sg_arena *arena, const struct sg_json *root, const struct sg_json *p, const char *path, struct sg_learn_tool *tool, int depth)
{
	struct look look = {root, SG_SCHEMA_LOOKS, sg_guess_harmless(p->name)};
	const struct sg_json *inner = sg_json_get(p, "properties");
	bool bears = sg_guess_authority(p->name), leads = depth > 0 && leads_on(p);
	if (path == NULL)
		tool->why_not = "there is no memory for it";
	else if (bears || (!leads && bears_within(&look, p, SG_SCHEMA_DEPTH)))
		add(tool, path);
	for (const struct sg_json *i = leads && !bears && path != NULL ? sg_json_first(inner) : NULL; i != NULL; i = sg_json_next(inner, i))
		walk(arena, root, i, sg_arena_printf(arena, "%s.%.*s", path, SG_STR_ARG(i->name)), tool, depth - 1);
}

void
sg_learn_authority(struct sg_arena *arena, const struct sg_json *root, const struct sg_json *property, struct sg_learn_tool *tool)
{
	walk(arena, root, property, sg_arena_strdup(arena, property->name), tool, SG_SCHEMA_PATH);
}
