/* SPDX-License-Identifier: Apache-2.0
 * Whole numbers in rules do not wrap: what does not fit is an error, wherever in a file it stands, and what fits is what it was. */
#include "unit/policy/world.h"

#include "policy/exact/exact.h"
#include "policy/exact/in.h"
#include "policy/vm.h"

#include <stdlib.h>
#include <string.h>

#define LARGE "{\"a\":9007199254740991,\"b\":4503599627370496,\"c\":4096,\"d\":-9007199254740991,\"f\":1125899906842624.5,\"l\":[9007199254740991,9007199254740991],\"n\":\"9223372036854775807\",\"t\":\"x\"}"

static void
too_large(void)
{
	static const char *const rows[] = {"r.args.b * r.args.c <= 1000", "r.args.c * r.args.b >= 0", "r.args.a * r.args.a < 0", "r.args.d * r.args.a < 0", "r.args.a * r.args.b * r.args.c > 0",
					   "r.args.a * 1025 > 0", "1025 * r.args.a > 0", "r.args.a * 4503599627370496 > 0", "tonumber(r.args.n) + 1 < 0", "1 + tonumber(r.args.n) < 0",
					   "tonumber(r.args.n) + r.args.c < 0", "-2 - tonumber(r.args.n) > 0", "r.args.d - tonumber(r.args.n) > 0", 
					   "(function(x) return (function() return x * x end)() end)(r.args.a) < 0", "math.abs(r.args.d * r.args.a) < 5", "r.args.l[1] * r.args.l[2] < 5",
					   "(r.args.a + 0.0 == r.args.a) and r.args.a * r.args.b < 1"};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char rule[512];
		snprintf(rule, sizeof(rule), WHEN("%s"), rows[i]);
		CU_ASSERT_TRUE(world_says(rule, LARGE, "\"code\":\"policy_error\""));
		CU_ASSERT_TRUE(world_says(rule, LARGE, "does not fit a whole number"));
	}
}

static void
sums(void)
{
	const char *rule = "rule{id='a',on='**',when=function(r) local sum = 0 for _, v in ipairs(r.args.l) do sum = sum + v end return sum <= 1000 end,effect=allow{}}";
	static char args[1 << 16];
	for (size_t n = 1024; n <= 1025; n++) {
		size_t len = (size_t)snprintf(args, sizeof(args), "{\"l\":[");
		for (size_t i = 0; i < n; i++)
			len += (size_t)snprintf(args + len, sizeof(args) - len, "%s9007199254740991", i > 0 ? "," : "");
		snprintf(args + len, sizeof(args) - len, "]}");
		CU_ASSERT_TRUE(world_says(rule, args, n == 1024 ? NO_MATCH : "\"code\":\"policy_error\""));
	}
	CU_ASSERT_TRUE(world_says(rule, "{\"l\":[400,600]}", MATCHES));
}

static void
what_fits(void)
{
	static const char *const rows[] = {"r.args.a + 1 == 9007199254740992", "r.args.a - 1 == 9007199254740990", "r.args.c * r.args.c == 16777216", "r.args.d + r.args.a == 0", "r.args.f * 2 == 2251799813685249.0",
					   "r.args.b * 1e300 > 1e300", "r.args.f * r.args.c > 1e18", "-r.args.c == -4096",
					   "r.args.c // 3 == 1365", "r.args.c % 5 == 1", "r.args.c / 8192 == 0.5", "r.args.c ^ 2 == 16777216", "-1 * r.args.c == -4096", "0.5 + 0.25 == 0.75", "'x' .. r.args.c == 'x4096'",
					   "'x' .. (r.args.c + 1) == 'x4097'", "#r.args.l + 1 == 3", "tonumber(r.args.n) - 1 == 9223372036854775806"};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char rule[512];
		snprintf(rule, sizeof(rule), WHEN("%s"), rows[i]);
		if (!world_says(rule, LARGE, MATCHES))
			fprintf(stderr, "%s: %s\n%s\n", rows[i], world_answer, world_report);
		CU_ASSERT_TRUE(world_says(rule, LARGE, MATCHES));
	}
}

static void
what_is_no_number(void)
{
	CU_ASSERT_TRUE(world_says(WHEN("r.args.t + 1 > 0"), LARGE, "+: a number is needed, not a string"));
	CU_ASSERT_TRUE(world_says(WHEN("1 - r.args.t > 0"), LARGE, "-: a number is needed, not a string"));
	CU_ASSERT_TRUE(world_says(WHEN("r.args.l * 2 > 0"), LARGE, "*: a number is needed, not a table"));
	CU_ASSERT_TRUE(world_says(WHEN("r.args:get('none') + 2 > 0"), LARGE, "+: a number is needed, not a nil"));
}

/* A file with everything that a compiled one may hold; what is behind it is reached, too. */
static void
anywhere_in_a_file(void)
{
	static char file[1 << 15];
	size_t len = (size_t)snprintf(file, sizeof(file), "local many = {");
	for (int i = 0; i < 300; i++)
		len += (size_t)snprintf(file + len, sizeof(file) - len, "\"k%d\", %d.5, ", i, i);
	len += (size_t)snprintf(file + len, sizeof(file) - len, "nil, true, false, \"%0200d\"}\n\n\n", 0);
	snprintf(file + len, sizeof(file) - len,
		 "local function apply(f, ...) local n <const> = 1 return f(...) end\n"
		 "local times = 0\n"
		 "rule{id='a',on='**',when=function(r)\n local product = 1\n for i = 1, 2 do\n  product = apply(function(x, y) return x * y end, product, r.args.a)\n end\n"
		 " while product > 5 do break end\n return product > 0 and many[1] == 'k0' end,effect=allow{}}");
	struct sg_policy *policy = world_load(file);
	CU_ASSERT_PTR_NOT_NULL_FATAL(policy);
	world_ask(policy, false, "pay.transfer", LARGE, "{}");
	CU_ASSERT_PTR_NOT_NULL(strstr(world_answer, "does not fit a whole number"));
	CU_ASSERT_PTR_NOT_NULL(strstr(world_answer, "\"line\":9"));
	sg_policy_free(policy);
}

/* Shifts, too, which rules may not use with each Lua (sg_vm_bits_broken). */
static void
tried_at_load(void)
{
	CU_ASSERT_TRUE(sg_exact_works());
}

/* Whatever the bytes of a dump, nothing is read or written behind it, and what is no dump of this Lua is refused. */
static int
keep(lua_State *L, const void *bytes, size_t len, void *to)
{
	struct sg_buf *out = to;
	(void)L;
	sg_buf_add(out, bytes, len);
	return 0;
}

static void
broken_dumps(void)
{
	lua_State *L = luaL_newstate();
	struct sg_buf out;
	sg_buf_init(&out, 1 << 16);
	CU_ASSERT_EQUAL(luaL_loadstring(L, "local a, b = ... local function f(x) return x + a * 2.5, 'text' end return f(b), -7, {a, b, c = 1 << 3}"), LUA_OK);
	CU_ASSERT_EQUAL(lua_dump(L, keep, &out, 0), 0);
	struct sg_str dump = sg_buf_view(&out);
	for (size_t len = 0; len <= dump.len; len++) {
		unsigned char *copy = malloc(len + 1);
		memcpy(copy, dump.ptr, len);
		CU_ASSERT_EQUAL(sg_exact_change(copy, len), len == dump.len);
		free(copy);
	}
	for (size_t i = 0; i < 17; i++) {
		unsigned char *copy = malloc(dump.len);
		memcpy(copy, dump.ptr, dump.len);
		copy[i] ^= 1;
		CU_ASSERT_FALSE(sg_exact_change(copy, dump.len));
		free(copy);
	}
	for (size_t i = 31; i < dump.len; i++)
		for (unsigned b = 0; b < 256; b++) {
			unsigned char *copy = malloc(dump.len);
			memcpy(copy, dump.ptr, dump.len);
			copy[i] = (unsigned char)b;
			(void)sg_exact_change(copy, dump.len); /* whatever it says, not behind its end */
			free(copy);
		}
	sg_buf_done(&out);
	lua_close(L);
}

SG_CASES("policy.exact", {"what does not fit", too_large}, {"a sum over a list", sums}, {"what fits is what it was", what_fits}, {"what is no number", what_is_no_number},
	 {"anywhere in a file", anywhere_in_a_file}, {"tried at load", tried_at_load}, {"broken dumps", broken_dumps})
