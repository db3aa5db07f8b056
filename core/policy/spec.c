/* SPDX-License-Identifier: Apache-2.0
 * test{}: a table of a spec becomes JSON. What its members mean is for fixture.c and for those who compare. */
#include "policy/spec.h"

#include "base/canon.h"
#include "base/str.h"
#include "policy/api/api.h"
#include "policy/set.h"
#include "policy/take.h"

#include <stdlib.h>

#define FORM "test { id = \"small-ones-pass\", ask = { action = \"pay.transfer\" }, expect = \"allow\" }"

const struct sg_expect_row sg_expects[SG_EXPECT_COUNT] = {
#define X(member, type, meaning) {#member, type, meaning},
	SG_EXPECTS(X)
#undef X
};

bool
sg_spec_named(struct sg_str file)
{
	size_t end = sizeof(SG_SPEC_ENDING) - 1;
	return file.len >= end && memcmp(file.ptr + file.len - end, SG_SPEC_ENDING, end) == 0;
}

static bool write_value(lua_State *L, struct sg_buf *out, int depth);

static int
by_name(const void *left, const void *right)
{
	return sg_json_name_cmp(*(const struct sg_str *)left, *(const struct sg_str *)right);
}

/* The names of the table's members, sorted, in memory that Lua owns and that is pushed; NULL if some are no texts. */
static struct sg_str *
push_names(lua_State *L, int table, size_t count)
{
	struct sg_str *names = lua_newuserdatauv(L, (count + 1) * sizeof(*names), 0);
	size_t i = 0;
	lua_pushnil(L);
	for (; lua_next(L, table) != 0; lua_pop(L, 1))
		if (!sg_take_string(L, -2, &names[i++]))
			return NULL;
	qsort(names, count, sizeof(*names), by_name);
	return names;
}

static size_t
count_members(lua_State *L, int table)
{
	size_t count = 0;
	lua_pushnil(L);
	for (; lua_next(L, table) != 0; lua_pop(L, 1)) {
		sg_vm_charge(L, 1);
		count++;
	}
	return count;
}

static bool
write_object(lua_State *L, struct sg_buf *out, int table, size_t count, int depth)
{
	struct sg_str *names = push_names(L, table, count);
	sg_buf_text(out, "{");
	for (size_t i = 0; names != NULL && i < count; i++) {
		sg_buf_text(out, i == 0 ? "" : ",");
		sg_canon_string(out, names[i]);
		sg_buf_text(out, ":");
		lua_pushlstring(L, names[i].ptr, names[i].len);
		lua_rawget(L, table);
		if (!write_value(L, out, depth + 1))
			return false;
		lua_settop(L, table + 1);
	}
	sg_buf_text(out, "}");
	return names != NULL;
}

static bool
write_list(lua_State *L, struct sg_buf *out, int table, size_t count, int depth)
{
	sg_buf_text(out, "[");
	for (size_t i = 1; i <= count; i++) {
		sg_buf_text(out, i == 1 ? "" : ",");
		lua_rawgeti(L, table, (lua_Integer)i);
		if (!write_value(L, out, depth + 1))
			return false;
		lua_settop(L, table);
	}
	sg_buf_text(out, "]");
	return true;
}

/* The value at the top of the stack, which is left there. */
static bool
write_value(lua_State *L, struct sg_buf *out, int depth)
{
	int table = lua_gettop(L);
	const lua_Integer most = INT64_C(9007199254740991);
	struct sg_str text;
	sg_vm_charge(L, 1);
	if (out->failed || depth > SG_SPEC_DEPTH || !lua_checkstack(L, 8))
		return false;
	if (lua_isboolean(L, -1))
		sg_buf_text(out, lua_toboolean(L, -1) ? "true" : "false");
	else if (sg_take_string(L, -1, &text))
		sg_canon_string(out, text);
	else if (lua_isinteger(L, -1) && (lua_tointeger(L, -1) > most || lua_tointeger(L, -1) < -most))
		return false;
	else if (lua_type(L, -1) == LUA_TNUMBER)
		sg_canon_number(out, lua_tonumber(L, -1));
	else if (!sg_take_table(L, -1))
		return false;
	else {
		size_t count = count_members(L, table);
		bool list = count > 0 && lua_rawlen(L, table) == count;
		bool good = list ? write_list(L, out, table, count, depth) : write_object(L, out, table, count, depth);
		lua_settop(L, table);
		return good && !out->failed;
	}
	return !out->failed;
}

static bool
add_member(lua_State *L, struct sg_buf *out, const char *name)
{
	if (lua_getfield(L, 1, name) == LUA_TNIL) {
		sg_take_problem(L, FORM, "a test has id, ask and expect");
		return false;
	}
	sg_buf_printf(out, "\"%s\":", name);
	bool good = write_value(L, out, 0);
	if (!good)
		sg_take_problem(L, "texts in UTF-8, numbers that JSON has, true, false, and lists or tables of those by name",
				"a test holds something that no request could hold, or too much");
	lua_settop(L, 1);
	return good;
}

static bool
good_id(lua_State *L)
{
	struct sg_str id;
	lua_getfield(L, 1, "id");
	bool good = sg_take_string(L, -1, &id) && id.len >= 1 && id.len <= SG_POLICY_ID;
	for (size_t i = 0; good && i < id.len; i++)
		good = id.ptr[i] > 0x20 && id.ptr[i] <= 0x7E;
	if (!good)
		sg_take_problem(L, FORM, "a test needs an id: 1 to 100 printable ASCII characters, no blanks");
	lua_settop(L, 1);
	return good;
}

static void
keep(struct sg_policy *policy, const struct sg_buf *test, int line)
{
	sg_buf_printf(&policy->tests, "%s{%.*s,\"line\":%d}", policy->test_count++ == 0 ? "" : ",", SG_STR_ARG(sg_buf_view(test)),
		      line);
}

int
sg_spec_test(lua_State *L)
{
	static const char *const names[] = {"ask", "expect", "id", NULL};
	struct sg_policy *policy = sg_policy_of(L);
	struct sg_buf *test = &policy->scratch; /* an abort leaves nothing behind there */
	if (lua_gettop(L) != 1 || !sg_take_table(L, 1)) {
		sg_take_problem(L, FORM, "test takes one table");
		return 0;
	}
	if (policy->test_count >= SG_SPEC_TESTS)
		return sg_vm_raise(L, SG_CODE_MEMORY, NULL, "more than %d tests", SG_SPEC_TESTS);
	if (!sg_take_members(L, 1, "test", names, 0) || !good_id(L))
		return 0;
	sg_buf_clear(test);
	test->max = SG_SPEC_BYTES;
	bool good = add_member(L, test, "ask");
	sg_buf_text(test, ",");
	good = good && add_member(L, test, "expect");
	sg_buf_text(test, ",");
	good = good && add_member(L, test, "id");
	if (good && !test->failed)
		keep(policy, test, sg_policy_line(L));
	return 0;
}
