/* SPDX-License-Identifier: Apache-2.0
 * An argument at a dotted path, and what another reader would take for it. */
#include "gate/state/grant.h"

#include "base/names.h"
#include "base/str.h"

static const struct sg_json *shadow_at(struct sg_str rest, struct sg_str path, const struct sg_json *at);

const struct sg_json *
sg_argument_at(const struct sg_json *args, struct sg_str path)
{
	const struct sg_json *at = args;
	for (struct sg_str rest = path; rest.ptr != NULL && at != NULL;)
		at = at->type == SG_JSON_OBJECT ? sg_json_get_str(at, sg_str_cut(&rest, '.')) : NULL;
	return at;
}

static const struct sg_json *
shadow_in_list(struct sg_str rest, struct sg_str path, const struct sg_json *list)
{
	const struct sg_json *found = NULL;
	for (const struct sg_json *e = sg_json_first(list); e != NULL && found == NULL; e = sg_json_next(list, e))
		found = shadow_at(rest, path, e);
	return found;
}

static bool
is_place(struct sg_str name)
{
	size_t len = 0;
	while (len < name.len && name.ptr[len] >= '0' && name.ptr[len] <= '9')
		len++;
	return len > 0 && len == name.len;
}

static bool
separates(char c)
{
	return c == '.' || c == '[' || c == ']';
}

/* The next step of a name that many read as a path ("o.lim", "o[lim]", "[o][0][lim]", "o.lim[]"): empty ones and places in lists say nothing. {NULL, 0}: no more. */
static struct sg_str
step_of(struct sg_str *name)
{
	while (name->len > 0) {
		size_t from = 0, to;
		while (from < name->len && separates(name->ptr[from]))
			from++;
		for (to = from; to < name->len && !separates(name->ptr[to]);)
			to++;
		struct sg_str step = {name->ptr + from, to - from};
		*name = (struct sg_str){name->ptr + to, name->len - to};
		if (step.len > 0 && !is_place(step))
			return step;
	}
	return (struct sg_str){NULL, 0};
}

static bool
is_plain(struct sg_str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (separates(name.ptr[i]))
			return false;
	return !is_place(name);
}

/* It has steps, and they are the first of the path's. */
static bool
leads(struct sg_str name, struct sg_str path)
{
	bool any = false;
	for (struct sg_str step; (step = step_of(&name)).ptr != NULL; any = true) {
		struct sg_str other = step_of(&path);
		if (other.ptr == NULL || (!sg_str_eq(step, other) && !sg_names_alike(step, other)))
			return false;
	}
	return any;
}

/* Nothing but places, dots and brackets. */
static bool
is_nowhere(struct sg_str name)
{
	return step_of(&name).ptr == NULL;
}

/* Some reader finds something at that path in it. */
static bool
reaches(const struct sg_json *at, struct sg_str rest)
{
	struct sg_str behind = rest, name = sg_str_cut(&behind, '.');
	bool found = rest.ptr == NULL;
	if (at->type != SG_JSON_ARRAY && at->type != SG_JSON_OBJECT)
		return found;
	for (const struct sg_json *m = sg_json_first(at); m != NULL && !found; m = sg_json_next(at, m)) {
		bool named = at->type == SG_JSON_OBJECT;
		if (named && (sg_str_eq(m->name, name) || sg_names_alike(m->name, name)))
			found = reaches(m, behind);
		else if (!named || is_nowhere(m->name))
			found = reaches(m, rest);
		else
			found = leads(m->name, rest);
	}
	return found;
}

/* A place in a path leads into a list, and a list stands for all its elements, whatever place it is; also where it is written as an object. */
static struct sg_str
behind_places(struct sg_str rest)
{
	struct sg_str behind = rest;
	while (rest.ptr != NULL && is_place(sg_str_cut(&behind, '.')))
		rest = behind;
	return rest;
}

/* A member that some reader takes for the one at this step, or for something below it; or that leads, by places, to another of what the path means, beside one. */
static bool
is_taken_for(const struct sg_json *member, struct sg_str rest, struct sg_str path, bool beside)
{
	struct sg_str behind = rest, name = sg_str_cut(&behind, '.');
	if (is_plain(member->name))
		return sg_names_alike(member->name, name);
	if (is_place(member->name))
		return beside && reaches(member, rest);
	return leads(member->name, rest) || leads(member->name, path) || (is_nowhere(member->name) && reaches(member, rest));
}

static const struct sg_json *
shadow_in_object(struct sg_str rest, struct sg_str path, const struct sg_json *at)
{
	struct sg_str whole = rest, name = sg_str_cut(&rest, '.');
	const struct sg_json *found = NULL, *named = sg_json_get_str(at, name);
	for (const struct sg_json *m = sg_json_first(at); m != NULL; m = sg_json_next(at, m))
		if (m != named && is_taken_for(m, whole, path, named != NULL))
			return m;
	for (const struct sg_json *m = sg_json_first(at); m != NULL && found == NULL; m = sg_json_next(at, m))
		if (m != named && is_place(m->name))
			found = shadow_at(whole, path, m);
	return found != NULL ? found : shadow_at(rest, path, named);
}

/* At each step of a path that the catalogue names: a member that differs from it in case alone. Many who read JSON take the one for the other. Paths go
 * through lists, as authority does. */
static const struct sg_json *
shadow_at(struct sg_str rest, struct sg_str path, const struct sg_json *at)
{
	if (rest.ptr == NULL || at == NULL || (at->type != SG_JSON_ARRAY && at->type != SG_JSON_OBJECT))
		return NULL;
	struct sg_str behind = behind_places(rest);
	if (at->type == SG_JSON_ARRAY)
		return behind.ptr == NULL ? NULL : shadow_in_list(behind, path, at);
	const struct sg_json *found = shadow_in_object(rest, path, at);
	return found == NULL && behind.ptr != NULL && behind.ptr != rest.ptr ? shadow_in_object(behind, path, at) : found;
}

const struct sg_json *
sg_argument_shadow(struct sg_str path, const struct sg_json *args)
{
	return shadow_at(path, path, args);
}

bool
sg_argument_shadowed(struct sg_str path, const struct sg_json *args)
{
	return sg_argument_shadow(path, args) != NULL;
}
