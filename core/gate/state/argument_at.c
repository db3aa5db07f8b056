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

/* "o.lim" beside, or instead of, o: {lim}: many who read JSON take a name with dots for the path. */
static bool
is_path(struct sg_str name, struct sg_str path)
{
	if (name.len == 0 || name.len > path.len || memchr(name.ptr, '.', name.len) == NULL || (name.len < path.len && path.ptr[name.len] != '.'))
		return false;
	struct sg_str head = {path.ptr, name.len};
	return sg_str_eq(name, head) || sg_names_alike(name, head);
}

/* "limit[]", "o[lim]", "o.lim[]", "[limit]": many who read forms and queries take brackets for the path, and one in front for nothing. */
static bool
is_bracketed(struct sg_str name, struct sg_str whole, struct sg_str all)
{
	struct sg_str path = whole, rest = name, head = sg_str_cut(&rest, '['), first = sg_str_cut(&path, '.');
	while (rest.ptr != NULL && head.len == 0 && rest.len > 0)
		head = sg_str_cut(&rest, rest.ptr[0] == '[' ? '[' : ']');
	return (rest.ptr != NULL || head.len < name.len) && head.len > 0 && (sg_str_eq(head, first) || sg_names_alike(head, first) || is_path(head, whole) || is_path(head, all));
}

static bool
is_place(struct sg_str name)
{
	size_t len = 0;
	while (len < name.len && name.ptr[len] >= '0' && name.ptr[len] <= '9')
		len++;
	return len > 0 && len == name.len;
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

/* What stands there would be taken for the list, or for what is beside it: which of the two nobody says. */
static bool
is_beside(const struct sg_json *place, struct sg_str whole, const struct sg_json *named)
{
	return named != NULL && sg_argument_at(place, whole) != NULL;
}

static const struct sg_json *
shadow_in_object(struct sg_str rest, struct sg_str path, const struct sg_json *at)
{
	struct sg_str whole = rest, name = sg_str_cut(&rest, '.');
	const struct sg_json *found = NULL, *named = sg_json_get_str(at, name);
	for (const struct sg_json *m = sg_json_first(at); m != NULL; m = sg_json_next(at, m))
		if (sg_names_alike(m->name, name) || is_path(m->name, whole) || is_path(m->name, path) || is_bracketed(m->name, whole, path))
			return m;
	for (const struct sg_json *m = sg_json_first(at); m != NULL && found == NULL; m = sg_json_next(at, m))
		if (is_place(m->name) && !sg_str_eq(m->name, name))
			found = is_beside(m, whole, named) ? m : shadow_at(whole, path, m);
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
