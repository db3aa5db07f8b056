/* SPDX-License-Identifier: Apache-2.0
 * Readers of budgets, costs and arguments: everything is said in one short text, so that a stanza stays a list of lines. */
#include "conf/budget.h"
#include "conf/path.h"

#include "base/str.h"
#include "conf/unit.h"

enum { MOST_DIGITS = 16 };
#define MOST (INT64_C(1) << 53)

static const char *const dimensions[] = {
#define X(name, unit) #name,
	SG_DIMENSIONS_TABLE(X)
#undef X
};

const char *
sg_dimension_name(enum sg_dimension dimension)
{
	return (unsigned)dimension < SG_DIMENSIONS ? dimensions[dimension] : "calls";
}

bool
sg_dimension_named(struct sg_str word, enum sg_dimension *dimension)
{
	for (size_t i = 0; i < SG_DIMENSIONS; i++)
		if (sg_str_is(word, dimensions[i])) {
			*dimension = (enum sg_dimension)i;
			return true;
		}
	return false;
}

static bool
digits_only(struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
	return text.len > 0 && text.len <= MOST_DIGITS;
}

bool
sg_money_read(struct sg_str text, int64_t *hundredths)
{
	struct sg_str rest = text;
	struct sg_str whole = sg_str_cut(&rest, '.');
	int64_t units = 0, parts = 0;
	if (!digits_only(whole) || (whole.len > 1 && whole.ptr[0] == '0') || !sg_str_int(whole, 0, MOST / 100 - 1, &units))
		return false;
	if (rest.ptr != NULL) {
		if (!digits_only(rest) || rest.len > 2)
			return false;
		for (size_t i = 0; i < 2; i++)
			parts = parts * 10 + (i < rest.len ? rest.ptr[i] - '0' : 0);
	}
	*hundredths = units * 100 + parts;
	return true;
}

static bool
amount_read(enum sg_dimension dimension, struct sg_str text, int64_t *amount)
{
	if (dimension == SG_DIMENSION_money)
		return sg_money_read(text, amount);
	if (dimension == SG_DIMENSION_bytes && sg_conf_size(text, amount))
		return true;
	return digits_only(text) && (text.len == 1 || text.ptr[0] != '0') && sg_str_int(text, 0, MOST, amount);
}

bool
sg_budget_read(struct sg_str text, struct sg_budget *budget)
{
	struct sg_str rest = text, name = sg_str_cut(&rest, '=');
	struct sg_budget out = {.window_ms = 0};
	if (rest.ptr == NULL || !sg_dimension_named(name, &out.dimension))
		return false;
	struct sg_str amount = sg_str_cut(&rest, '/');
	if (!amount_read(out.dimension, amount, &out.amount))
		return false;
	if (rest.ptr != NULL && (!sg_conf_duration(rest, &out.window_ms) || out.window_ms == 0))
		return false;
	*budget = out;
	return true;
}

bool
sg_cost_read(struct sg_str text, struct sg_cost *cost)
{
	struct sg_str rest = text, name = sg_str_cut(&rest, '=');
	struct sg_cost out = {.fixed = -1};
	if (rest.ptr == NULL || !sg_dimension_named(name, &out.dimension))
		return false;
	if (!amount_read(out.dimension, rest, &out.fixed)) {
		if (!sg_path_valid(rest) || (rest.ptr[0] >= '0' && rest.ptr[0] <= '9'))
			return false;
		out.fixed = -1;
		out.argument = rest;
	}
	*cost = out;
	return true;
}

static const char *const types[] = {"any", "string", "number", "integer", "boolean", "array", "object"};

static bool
bound_read(struct sg_str text, double *out)
{
	bool negative = text.len > 0 && text.ptr[0] == '-';
	struct sg_str digits = negative ? (struct sg_str){text.ptr + 1, text.len - 1} : text;
	int64_t number = 0;
	if (!digits_only(digits) || !sg_str_int(digits, 0, MOST, &number))
		return false;
	*out = negative ? -(double)number : (double)number;
	return true;
}

/* "0..200)" */
static bool
range_read(struct sg_str text, struct sg_argument *out)
{
	if (text.len < 5 || text.ptr[text.len - 1] != ')')
		return false;
	for (size_t i = 0; i + 2 < text.len; i++) {
		if (text.ptr[i] != '.' || text.ptr[i + 1] != '.')
			continue;
		out->ranged = true;
		return bound_read((struct sg_str){text.ptr, i}, &out->least) &&
		       bound_read((struct sg_str){text.ptr + i + 2, text.len - i - 3}, &out->most) && out->least <= out->most;
	}
	return false;
}

/* A type of JSON, or a form of a text: "email", and "email[]" for an array of them. */
static bool
type_read(struct sg_str word, struct sg_argument *out)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (sg_str_is(word, types[i])) {
			out->type = (enum sg_argument_type)i;
			return true;
		}
	bool list = word.len > 2 && memcmp(word.ptr + word.len - 2, "[]", 2) == 0;
	out->type = list ? SG_ARGUMENT_array : SG_ARGUMENT_string;
	return sg_form_named((struct sg_str){word.ptr, word.len - (list ? 2 : 0)}, &out->form);
}

bool
sg_argument_read(struct sg_str text, struct sg_argument *argument)
{
	struct sg_str rest = text, name = sg_str_cut(&rest, ':');
	struct sg_argument out = {.optional = name.len > 1 && name.ptr[name.len - 1] == '?'};
	if (rest.ptr == NULL)
		return false;
	out.name = (struct sg_str){name.ptr, name.len - out.optional};
	struct sg_str type = sg_str_cut(&rest, '(');
	bool known = type_read(type, &out);
	bool may_range = out.type == SG_ARGUMENT_string || out.type == SG_ARGUMENT_number || out.type == SG_ARGUMENT_integer || out.type == SG_ARGUMENT_array;
	if (!known || !sg_path_valid(out.name) || memchr(out.name.ptr, '?', out.name.len) != NULL || (rest.ptr != NULL && (!may_range || !range_read(rest, &out))))
		return false;
	*argument = out;
	return true;
}
