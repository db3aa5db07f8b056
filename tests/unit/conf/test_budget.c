/* SPDX-License-Identifier: Apache-2.0
 * Budgets, costs, arguments: what is taken and what it means, at each bound and one beyond. */
#include "base/str.h"
#include "conf/budget.h"
#include "unit/cases.h"

static void
budgets(void)
{
	static const struct {
		const char *text;
		bool good;
		enum sg_dimension dimension;
		int64_t amount, window_ms;
	} rows[] = {
		{"calls=10", true, SG_DIMENSION_calls, 10, 0},
		{"calls=0", true, SG_DIMENSION_calls, 0, 0},
		{"calls=9007199254740992", true, SG_DIMENSION_calls, INT64_C(9007199254740992), 0},
		{"calls=9007199254740993", false, 0, 0, 0},
		{"money=2000", true, SG_DIMENSION_money, 200000, 0},
		{"money=99.5/1d", true, SG_DIMENSION_money, 9950, 86400000},
		{"money=0.01/1h", true, SG_DIMENSION_money, 1, 3600000},
		{"money=1.001", false, 0, 0, 0},
		{"money=1.", false, 0, 0, 0},
		{"money=01", false, 0, 0, 0},
		{"money=-1", false, 0, 0, 0},
		{"bytes=64KiB/10m", true, SG_DIMENSION_bytes, 65536, 600000},
		{"bytes=100", true, SG_DIMENSION_bytes, 100, 0},
		{"tokens=1e3", false, 0, 0, 0},
		{"tokens=5/0s", false, 0, 0, 0},
		{"tokens=5/", false, 0, 0, 0},
		{"gold=5", false, 0, 0, 0},
		{"calls", false, 0, 0, 0},
		{"", false, 0, 0, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_budget b = {.amount = -7};
		CU_ASSERT_EQUAL(sg_budget_read(sg_str(rows[i].text), &b), rows[i].good);
		CU_ASSERT_EQUAL(b.amount, rows[i].good ? rows[i].amount : -7);
		CU_ASSERT(!rows[i].good || (b.dimension == rows[i].dimension && b.window_ms == rows[i].window_ms));
	}
}

static void
costs(void)
{
	struct sg_cost c = {.fixed = -7};
	CU_ASSERT(sg_cost_read(SG_STR("money=amount"), &c) && c.fixed == -1 && sg_str_is(c.argument, "amount") && c.dimension == SG_DIMENSION_money);
	CU_ASSERT(sg_cost_read(SG_STR("bytes=4KiB"), &c) && c.fixed == 4096);
	CU_ASSERT(sg_cost_read(SG_STR("tokens=options.max"), &c) && c.fixed == -1 && sg_str_is(c.argument, "options.max"));
	CU_ASSERT_FALSE(sg_cost_read(SG_STR("tokens=1.5"), &c));
	CU_ASSERT_FALSE(sg_cost_read(SG_STR("tokens="), &c));
	CU_ASSERT_FALSE(sg_cost_read(SG_STR("tokens=a b"), &c));
}

static void
arguments(void)
{
	struct sg_argument a;
	CU_ASSERT(sg_argument_read(SG_STR("amount:number(0..2000)"), &a) && !a.optional && a.ranged && a.least == 0 && a.most == 2000 && a.type == SG_ARGUMENT_number);
	CU_ASSERT(sg_argument_read(SG_STR("note?:string(0..200)"), &a) && a.optional && sg_str_is(a.name, "note") && a.type == SG_ARGUMENT_string);
	CU_ASSERT(sg_argument_read(SG_STR("t:integer(-5..5)"), &a) && a.least == -5);
	CU_ASSERT(sg_argument_read(SG_STR("to:array"), &a) && !a.ranged);
	CU_ASSERT(sg_argument_read(SG_STR("to:array"), &a) && a.form == SG_FORM_exact);
	CU_ASSERT(sg_argument_read(SG_STR("iban:iban"), &a) && a.form == SG_FORM_iban && a.type == SG_ARGUMENT_string && !a.ranged);
	CU_ASSERT(sg_argument_read(SG_STR("to?:email[](0..5)"), &a) && a.form == SG_FORM_email && a.type == SG_ARGUMENT_array && a.optional && a.ranged && a.most == 5);
	CU_ASSERT(sg_argument_read(SG_STR("p:path(1..255)"), &a) && a.form == SG_FORM_path && a.ranged);
	CU_ASSERT(sg_argument_read(SG_STR("x:exact"), &a) && a.form == SG_FORM_exact && a.type == SG_ARGUMENT_string);
	CU_ASSERT_FALSE(sg_argument_read(SG_STR("x:IBAN"), &a));
	CU_ASSERT_FALSE(sg_argument_read(SG_STR("x:[]"), &a));
	CU_ASSERT_FALSE(sg_argument_read(SG_STR("x:email[][]"), &a));
	CU_ASSERT_FALSE(sg_argument_read(SG_STR("x:email["), &a));
	CU_ASSERT_FALSE(sg_argument_read(SG_STR("x:string[]"), &a));
	CU_ASSERT_FALSE(sg_argument_read(SG_STR("x:number(5..1)"), &a));
	CU_ASSERT_FALSE(sg_argument_read(SG_STR("x:boolean(0..1)"), &a));
	CU_ASSERT_FALSE(sg_argument_read(SG_STR("x:float"), &a));
	CU_ASSERT_FALSE(sg_argument_read(SG_STR("x"), &a));
	CU_ASSERT_FALSE(sg_argument_read(SG_STR("?:string"), &a));
	CU_ASSERT_FALSE(sg_argument_read(SG_STR("x:number(0..2"), &a));
}

SG_CASES("conf.budget", {"budgets", budgets}, {"costs", costs}, {"arguments", arguments})
