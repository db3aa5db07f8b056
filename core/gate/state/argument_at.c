/* SPDX-License-Identifier: Apache-2.0
 * An argument at a dotted path, and what another reader would take for it. */
#include "gate/state/grant.h"

#include "base/hidden.h"
#include "base/names.h"
#include "base/str.h"
#include "conf/path.h"

#include <string.h>

/* A search: how much may still be looked at. Where that is nothing, what stands there is taken for a shadow: nesting multiplies what has to be looked at. */
struct look {
	struct sg_str path;
	size_t *left;
};

static const struct sg_json *shadow_at(const struct look *l, struct sg_str rest, const struct sg_json *at);

/* Something that may stand beside a name, or be taken away from its end. */
static bool
is_beside(char c)
{
	return c <= ' ' || c > '~' || c == '-' || c == '$' || c == '@' || c == '#';
}

/* One step to every reader. What is empty, stands for others or has something beside it is read as a path. */
static bool
is_plain(struct sg_str name)
{
	if (name.len == 0 || is_beside(name.ptr[0]) || is_beside(name.ptr[name.len - 1]))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (sg_steps_part(name.ptr[i]) || name.ptr[i] == '*')
			return false;
	return !sg_step_is_place(name);
}

/* A name is held against one step; one that is read as a path against all of it, twice, from its beginning and from where the search is, and each time by its ends and
 * step by step. False: it is no longer looked for. */
static bool
goes_on(const struct look *l, struct sg_str name, bool plain)
{
	enum { BYTES_OF_NAME = 16 };
	size_t cost = plain ? 1 + name.len / BYTES_OF_NAME : 4 + name.len + l->path.len;
	*l->left = *l->left > cost ? *l->left - cost : 0;
	return *l->left > 0;
}

const struct sg_json *
sg_argument_at(const struct sg_json *args, struct sg_str path)
{
	const struct sg_json *at = args;
	for (struct sg_str rest = path; rest.ptr != NULL && at != NULL;)
		at = at->type == SG_JSON_OBJECT ? sg_json_get_str(at, sg_str_cut(&rest, '.')) : NULL;
	return at;
}

static const struct sg_json *
shadow_in_list(const struct look *l, struct sg_str rest, const struct sg_json *list)
{
	const struct sg_json *found = NULL;
	for (const struct sg_json *e = sg_json_first(list); e != NULL && found == NULL; e = sg_json_next(list, e))
		found = goes_on(l, (struct sg_str){NULL, 0}, true) ? shadow_at(l, rest, e) : e;
	return found;
}

/* Without blanks, and what is written beside a name ("o->lim", "lim@"), at its ends. */
static struct sg_str
bare(struct sg_str step)
{
	static const char beside[] = "-$@#*";
	step = sg_without_blank_ends(step);
	for (; step.len > 0 && strchr(beside, step.ptr[0]) != NULL && step.ptr[0] != '\0'; step.len--)
		step.ptr++;
	while (step.len > 0 && strchr(beside, step.ptr[step.len - 1]) != NULL && step.ptr[step.len - 1] != '\0')
		step.len--;
	return step;
}

/* The next step of a name that many read as a path ("o.lim", "o[lim]", "[o][0][lim]", "o['lim']", "o . lim", "/o/lim", "$.o.lim", "o?.lim"): empty ones and places say nothing. {NULL, 0}: no more. */
static struct sg_str
step_of(struct sg_str *name)
{
	while (name->len > 0) {
		size_t from = 0, to;
		while (from < name->len && sg_steps_part(name->ptr[from]))
			from++;
		for (to = from; to < name->len && !sg_steps_part(name->ptr[to]);)
			to++;
		struct sg_str step = bare((struct sg_str){name->ptr + from, to - from});
		*name = (struct sg_str){name->ptr + to, name->len - to};
		if (step.len > 0 && !sg_step_is_place(step))
			return step;
	}
	return (struct sg_str){NULL, 0};
}

static bool
is_step(struct sg_str one, struct sg_str other)
{
	return sg_str_eq(one, other) || sg_names_alike(one, other);
}

/* "*.lim", "**.lim", "o*.lim", "..lim": whatever stands for others ends as the path does. */
static bool
ends_alike(struct sg_str name, struct sg_str path)
{
	struct sg_str last = {NULL, 0}, end = {NULL, 0};
	for (struct sg_str step; (step = step_of(&name)).ptr != NULL;)
		last = step;
	for (struct sg_str step; (step = step_of(&path)).ptr != NULL;)
		end = step;
	return last.ptr == NULL || is_step(last, end);
}

/* "*", or "..": at whatever depth. */
static bool
stands_for_others(struct sg_str name)
{
	bool found = false;
	for (size_t i = 0; i < name.len && !found; i++)
		found = name.ptr[i] == '*' || (name.ptr[i] == '.' && i + 1 < name.len && name.ptr[i + 1] == '.');
	return found;
}

/* It has steps, and they are the first of the path's, or the path, and behind it what is to be done with it ("lim[$gt]"). */
static bool
leads(struct sg_str name, struct sg_str path)
{
	bool any = false;
	const char *begin = name.ptr;
	if (stands_for_others(name) && ends_alike(name, path))
		return true;
	for (struct sg_str step; (step = step_of(&name)).ptr != NULL; any = true) {
		struct sg_str other = step_of(&path);
		if (other.ptr == NULL || !is_step(step, other))
			return any && other.ptr == NULL && step.ptr > begin && step.ptr[-1] == '$';
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
reaches(const struct look *l, const struct sg_json *at, struct sg_str rest)
{
	struct sg_str behind = rest, name = sg_str_cut(&behind, '.');
	bool found = rest.ptr == NULL;
	if (at->type != SG_JSON_ARRAY && at->type != SG_JSON_OBJECT)
		return found;
	for (const struct sg_json *m = sg_json_first(at); m != NULL && !found; m = sg_json_next(at, m)) {
		bool named = at->type == SG_JSON_OBJECT;
		if (!goes_on(l, m->name, is_plain(m->name)))
			found = true;
		else if (named && (sg_str_eq(m->name, name) || sg_names_alike(m->name, name)))
			found = reaches(l, m, behind);
		else if (!named || is_nowhere(m->name))
			found = reaches(l, m, rest);
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
	while (rest.ptr != NULL && sg_step_is_place(sg_str_cut(&behind, '.')))
		rest = behind;
	return rest;
}

/* A member that some reader takes for the one at this step, or for something below it; or that leads, by places, to another of what the path means, beside one. */
static bool
is_taken_for(const struct look *l, const struct sg_json *member, struct sg_str rest, bool beside)
{
	struct sg_str behind = rest, name = sg_str_cut(&behind, '.');
	bool plain = is_plain(member->name);
	if (!goes_on(l, member->name, plain))
		return true;
	if (plain)
		return sg_names_alike(member->name, name);
	if (sg_step_is_place(member->name))
		return beside && (reaches(l, member, rest) || (stands_for_others(member->name) && reaches(l, member, behind)));
	return leads(member->name, rest) || leads(member->name, l->path) || (is_nowhere(member->name) && reaches(l, member, rest));
}

static const struct sg_json *
shadow_in_object(const struct look *l, struct sg_str rest, const struct sg_json *at)
{
	struct sg_str whole = rest, name = sg_str_cut(&rest, '.');
	const struct sg_json *found = NULL, *named = sg_json_get_str(at, name);
	for (const struct sg_json *m = sg_json_first(at); m != NULL; m = sg_json_next(at, m))
		if (m != named && is_taken_for(l, m, whole, named != NULL))
			return m;
	for (const struct sg_json *m = sg_json_first(at); m != NULL && found == NULL; m = sg_json_next(at, m))
		if (m != named && sg_step_is_place(m->name))
			found = shadow_at(l, whole, m);
	return found != NULL ? found : shadow_at(l, rest, named);
}

/* At each step of a path that the catalogue names: a member that differs from it in case alone. Many who read JSON take the one for the other. Paths go
 * through lists, as authority does. */
static const struct sg_json *
shadow_at(const struct look *l, struct sg_str rest, const struct sg_json *at)
{
	if (rest.ptr == NULL || at == NULL || (at->type != SG_JSON_ARRAY && at->type != SG_JSON_OBJECT))
		return NULL;
	struct sg_str behind = behind_places(rest);
	if (at->type == SG_JSON_ARRAY)
		return behind.ptr == NULL ? NULL : shadow_in_list(l, behind, at);
	const struct sg_json *found = shadow_in_object(l, rest, at);
	return found == NULL && behind.ptr != NULL && behind.ptr != rest.ptr ? shadow_in_object(l, behind, at) : found;
}

const struct sg_json *
sg_argument_shadow(struct sg_str path, const struct sg_json *args, size_t *left)
{
	struct look l = {path, left};
	return shadow_at(&l, path, args);
}
