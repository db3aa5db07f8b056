/* SPDX-License-Identifier: Apache-2.0
 * Walking and reading a value that json.c has put on the tape. */
#include "base/json_scan.h"
#include "base/str.h"

const struct sg_json sg_json_no_members = {.type = SG_JSON_OBJECT, .span = 1, .sorted = true};
const struct sg_json sg_json_no_elements = {.type = SG_JSON_ARRAY, .span = 1};

const struct sg_json *
sg_json_first(const struct sg_json *container)
{
	return container == NULL || container->span == 1 ? NULL : container + 1;
}

const struct sg_json *
sg_json_next(const struct sg_json *container, const struct sg_json *member)
{
	const struct sg_json *next = member + member->span;
	return next < container + container->span ? next : NULL;
}

const struct sg_json *
sg_json_get_str(const struct sg_json *object, struct sg_str name)
{
	if (object == NULL || object->type != SG_JSON_OBJECT)
		return NULL;
	const struct sg_json *end = object + object->span;
	for (const struct sg_json *m = object + 1; m < end; m += m->span)
		if (m->name.len == name.len && sg_same_few(m->name.ptr, name.ptr, name.len))
			return m;
	return NULL;
}

const struct sg_json *
sg_json_get(const struct sg_json *object, const char *name)
{
	return sg_json_get_str(object, sg_str(name));
}

bool
sg_json_string(const struct sg_json *value, struct sg_str *out)
{
	if (value == NULL || value->type != SG_JSON_STRING)
		return false;
	*out = value->string;
	return true;
}

struct sg_str
sg_json_text_at(const struct sg_json *object, const char *name)
{
	struct sg_str out = SG_STR("");
	sg_json_string(sg_json_get(object, name), &out);
	return out;
}

bool
sg_json_int(const struct sg_json *value, int64_t *out)
{
	const double limit = (double)(SG_JSON_INTEGER_MAX - 1);
	if (value == NULL || value->type != SG_JSON_NUMBER || !(value->number >= -limit && value->number <= limit))
		return false;
	int64_t whole = (int64_t)value->number;
	if ((double)whole != value->number)
		return false;
	*out = whole;
	return true;
}

bool
sg_json_bool(const struct sg_json *value, bool *out)
{
	if (value == NULL || value->type != SG_JSON_BOOL)
		return false;
	*out = value->boolean;
	return true;
}

bool
sg_json_is(const struct sg_json *object, const char *name, const char *text)
{
	struct sg_str found;
	return sg_json_string(sg_json_get(object, name), &found) && sg_str_is(found, text);
}

/* Members of two objects in canonical order stand at the same places, so that the usual case looks nothing up. */
static bool
members_eq(const struct sg_json *a, const struct sg_json *b)
{
	bool in_step = a->type == SG_JSON_ARRAY || (a->sorted && b->sorted);
	const struct sg_json *y = sg_json_first(b);
	for (const struct sg_json *x = sg_json_first(a); x != NULL; x = sg_json_next(a, x)) {
		const struct sg_json *other = in_step ? y : sg_json_get_str(b, x->name);
		if (other == NULL || !sg_str_eq(x->name, other->name) || !sg_json_eq(x, other))
			return false;
		y = in_step ? sg_json_next(b, y) : y;
	}
	return true;
}

bool
sg_json_eq(const struct sg_json *a, const struct sg_json *b)
{
	if (a == NULL || b == NULL || a->type != b->type || a->count != b->count)
		return false;
	switch (a->type) {
	case SG_JSON_NULL:
		return true;
	case SG_JSON_BOOL:
		return a->boolean == b->boolean;
	case SG_JSON_NUMBER:
		return a->number == b->number;
	case SG_JSON_STRING:
		return sg_str_eq(a->string, b->string);
	case SG_JSON_ARRAY:
	case SG_JSON_OBJECT:
		return members_eq(a, b);
	}
	return false;
}
