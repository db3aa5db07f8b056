/* SPDX-License-Identifier: Apache-2.0
 * Arguments against what the catalogue says of them: known, there, of their type, within their range. */
#include "gate/decide/decide.h"
#include "base/hidden.h"
#include "base/names.h"
#include "base/str.h"
#include "gate/state/grant.h"
#include "gate/desk/spell.h"

#include <math.h>

static bool
size_of(const struct sg_json *value, double *out)
{
	struct sg_str text;
	if (sg_json_string(value, &text))
		*out = (double)text.len;
	else if (value->type == SG_JSON_NUMBER)
		*out = value->number;
	else if (value->type == SG_JSON_ARRAY)
		*out = (double)value->count;
	else
		return false;
	return true;
}

static bool
has_type(const struct sg_json *value, enum sg_argument_type type)
{
	bool flag;
	struct sg_str text;
	switch (type) {
	case SG_ARGUMENT_any:
		return true;
	case SG_ARGUMENT_string:
		return sg_json_string(value, &text);
	case SG_ARGUMENT_number:
		return value->type == SG_JSON_NUMBER;
	case SG_ARGUMENT_integer:
		return value->type == SG_JSON_NUMBER && floor(value->number) == value->number;
	case SG_ARGUMENT_boolean:
		return sg_json_bool(value, &flag);
	case SG_ARGUMENT_array:
		return value->type == SG_JSON_ARRAY;
	case SG_ARGUMENT_object:
		return value->type == SG_JSON_OBJECT;
	}
	return false;
}

static bool
fits(const struct sg_argument *argument, const struct sg_json *args)
{
	const struct sg_json *value = sg_json_get_str(args, argument->name);
	double size = 0;
	if (value == NULL)
		return argument->optional;
	if (!has_type(value, argument->type) || !sg_spell_argument_fits(argument->form, value))
		return false;
	return !argument->ranged || (size_of(value, &size) && size >= argument->least && size <= argument->most);
}

static const struct sg_json *
shadow_of_any(const struct sg_strings *paths, const struct sg_json *args, size_t *left)
{
	const struct sg_json *found = NULL;
	for (size_t i = 0; i < paths->count && found == NULL; i++)
		found = sg_argument_shadow(paths->items[i], args, left);
	return found;
}

static const struct sg_json *
shadowed(const struct sg_action *action, const struct sg_json *args, size_t *left)
{
	const struct sg_json *found = shadow_of_any(&action->narrow, args, left);
	if (found == NULL)
		found = shadow_of_any(&action->authority, args, left);
	for (size_t i = 0; i < action->cost_count && found == NULL; i++)
		found = action->costs[i].argument.len > 0 ? sg_argument_shadow(action->costs[i].argument, args, left) : NULL;
	return found;
}

static bool
is_declared(const struct sg_action *action, struct sg_str name)
{
	for (size_t i = 0; i < action->argument_count; i++)
		if (sg_str_eq(name, action->arguments[i].name))
			return true;
	return action->argument_count == 0;
}

static bool
is_half_seen(struct sg_str name)
{
	return sg_has_blank_end(name) || sg_has_hidden(name);
}

/* The first member, at whatever depth, whose name holds what nobody sees: beside a name of the catalogue, or in its stead, it is that name to many who execute. */
static const struct sg_json *
half_seen(const struct sg_json *value)
{
	const struct sg_json *found = NULL;
	if (value->type != SG_JSON_OBJECT && value->type != SG_JSON_ARRAY)
		return NULL;
	for (const struct sg_json *m = sg_json_first(value); m != NULL && found == NULL; m = sg_json_next(value, m))
		found = value->type == SG_JSON_OBJECT && is_half_seen(m->name) ? m : half_seen(m);
	return found;
}

bool
sg_properties_fit(const struct sg_json *resource, const char **why)
{
	const struct sg_json *properties = sg_json_get(resource, "properties");
	if (properties != NULL && half_seen(properties) != NULL)
		*why = "the name of a property holds what nobody sees, or a blank at an end";
	else if (properties != NULL && sg_names_collide(properties))
		*why = "the names of two properties differ in case alone";
	else
		return true;
	return false;
}

enum sg_reason
sg_arguments_fit(const struct sg_action *action, const struct sg_json *args, size_t *left, struct sg_str *which)
{
	const struct sg_json *wrong = half_seen(args);
	wrong = wrong != NULL ? wrong : shadowed(action, args, left);
	wrong = wrong != NULL || args == NULL ? wrong : sg_names_colliding(args);
	for (const struct sg_json *m = sg_json_first(args); m != NULL && wrong == NULL; m = sg_json_next(args, m))
		wrong = is_declared(action, m->name) ? NULL : m;
	if (wrong != NULL) {
		*which = wrong->name;
		return SG_REASON_arguments_form;
	}
	for (size_t i = 0; i < action->argument_count; i++)
		if (!fits(&action->arguments[i], args)) {
			*which = action->arguments[i].name;
			return SG_REASON_arguments_form;
		}
	return SG_REASON_allowed;
}
