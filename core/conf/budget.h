/* SPDX-License-Identifier: Apache-2.0
 * Budgets, costs and arguments as stanzas write them. One strict reader each, for the check of the configuration and for the gate. */
#ifndef SG_CONF_BUDGET_H
#define SG_CONF_BUDGET_H

#include "base/form.h"

#include <stdbool.h>
#include <stepgate/types.h>

enum { SG_BUDGETS_MAX = 16 }; /* of one stanza */

/* X(name, what one of it is); in canonical order. */
#define SG_DIMENSIONS_TABLE(X)                                                                                         \
	X(bytes, "one byte")                                                                                           \
	X(calls, "one allowed action")                                                                                 \
	X(money, "a hundredth of the currency's unit")                                                                 \
	X(tokens, "one token of a model")

enum sg_dimension {
#define X(name, unit) SG_DIMENSION_##name,
	SG_DIMENSIONS_TABLE(X)
#undef X
	SG_DIMENSIONS
};

/* "calls", "bytes", "money", "tokens". */
const char *sg_dimension_name(enum sg_dimension dimension);
/* False (output untouched) for any other word. */
bool sg_dimension_named(struct sg_str word, enum sg_dimension *dimension);

struct sg_budget {
	enum sg_dimension dimension;
	int64_t amount;    /* in units of the dimension, at most 2^53 */
	int64_t window_ms; /* a sliding window; 0: over the whole life of what has the budget */
};

/* "money=2000", "money=99.50/1d", "bytes=64KiB", "calls=10/1h". False (output untouched) on any other form. */
bool sg_budget_read(struct sg_str text, struct sg_budget *budget);

/* "1840" or "18.40" to 184000 or 1840 hundredths. At most two decimals, no sign. */
bool sg_money_read(struct sg_str text, int64_t *hundredths);

struct sg_cost {
	enum sg_dimension dimension;
	int64_t fixed;          /* -1: read from the argument */
	struct sg_str argument; /* its path */
};

/* "bytes=4096" (fixed) or "money=amount" (what the argument says). False (output untouched) on any other form. */
bool sg_cost_read(struct sg_str text, struct sg_cost *cost);

enum sg_argument_type { SG_ARGUMENT_any, SG_ARGUMENT_string, SG_ARGUMENT_number, SG_ARGUMENT_integer, SG_ARGUMENT_boolean, SG_ARGUMENT_array, SG_ARGUMENT_object };

struct sg_argument {
	struct sg_str name;
	bool optional;
	enum sg_argument_type type;
	enum sg_form form; /* of a string, or of each element of an array */
	bool ranged;
	double least, most; /* of a number its value, of a string its bytes, of an array its elements */
};

/* "amount:number(0..2000)", "note?:string(0..200)", "tags:array", "iban:iban", "to:email[]" (an array of such). False (output untouched) on any other form. */
bool sg_argument_read(struct sg_str text, struct sg_argument *argument);

#endif
