/* SPDX-License-Identifier: Apache-2.0
 * Arguments against what the catalogue says of them: known, there, of their type, within their range. */
#include "base/str.h"
#include "gate/grant.h"
#include "gate/request.h"

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
	if (!has_type(value, argument->type))
		return false;
	return !argument->ranged || (size_of(value, &size) && size >= argument->least && size <= argument->most);
}

enum sg_reason
sg_arguments_fit(const struct sg_action *action, const struct sg_json *args)
{
	if (action->argument_count == 0)
		return SG_REASON_allowed;
	for (const struct sg_json *m = sg_json_first(args); m != NULL; m = sg_json_next(args, m)) {
		bool known = false;
		for (size_t i = 0; i < action->argument_count && !known; i++)
			known = sg_str_eq(m->name, action->arguments[i].name);
		if (!known)
			return SG_REASON_arguments_form;
	}
	for (size_t i = 0; i < action->argument_count; i++)
		if (!fits(&action->arguments[i], args))
			return SG_REASON_arguments_form;
	return SG_REASON_allowed;
}
