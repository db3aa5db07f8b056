/* SPDX-License-Identifier: Apache-2.0
 * The readers of budgets, costs and arguments on arbitrary bytes: what they take is in bounds and within the text, what they refuse they leave alone. */
#include "conf/budget.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition) ((condition) ? (void)0 : abort())
#define MOST (INT64_C(1) << 53)

static bool
within(struct sg_str whole, struct sg_str part)
{
	return part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_str text = {(const char *)bytes, len};
	struct sg_budget budget = {.amount = -7, .window_ms = -7};
	struct sg_cost cost = {.fixed = -7};
	struct sg_argument argument = {.least = -7};
	int64_t money = -7;
	if (sg_budget_read(text, &budget))
		MUST(budget.amount >= 0 && budget.amount <= MOST && budget.window_ms >= 0 && budget.window_ms <= MOST && (unsigned)budget.dimension < SG_DIMENSIONS);
	else
		MUST(budget.amount == -7 && budget.window_ms == -7);
	if (sg_cost_read(text, &cost))
		MUST((cost.fixed >= 0 && cost.fixed <= MOST) || (cost.fixed == -1 && cost.argument.len > 0 && within(text, cost.argument)));
	else
		MUST(cost.fixed == -7);
	if (sg_argument_read(text, &argument))
		MUST(argument.name.len > 0 && within(text, argument.name) && (!argument.ranged || argument.least <= argument.most));
	else
		MUST(argument.least == -7);
	MUST(!sg_money_read(text, &money) ? money == -7 : money >= 0 && money <= MOST);
	return 0;
}
