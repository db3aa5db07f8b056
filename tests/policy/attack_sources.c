/* SPDX-License-Identifier: Apache-2.0
 * Generated attacks. */
#include "attack_sources.h"

#define WHEN(body) "rule{id='x',on='pay.transfer',when=function(r) " body " end,effect=allow{}}\n"

static void
repeat(struct sg_buf *out, const char *before, const char *unit, int times, const char *behind)
{
	sg_buf_text(out, before);
	for (int i = 0; i < times; i++)
		sg_buf_text(out, unit);
	sg_buf_text(out, behind);
}

/* What string.dump would have given: must be refused by its first byte. */
static void
bytecode(struct sg_buf *out)
{
	sg_buf_add(out, "\x1bLua\x54\x00\x19\x93\r\n\x1a\n\x04\x08\x08", 15);
}

/* Naming the failed index is quadratic in 5.4.4, in one C call that no hook sees. */
static void
long_chain(struct sg_buf *out)
{
	repeat(out, "rule{id='x',on='pay.transfer',when=function(r) local a = {} return a", ".b", 60000,
	       " end,effect=allow{}}\n");
}

static void
deep_parentheses(struct sg_buf *out)
{
	repeat(out, WHEN("return true") "local x = ", "(", 50000, "1");
}

static void
deep_tables(struct sg_buf *out)
{
	repeat(out, WHEN("return true") "local x = ", "{", 50000, "1");
}

static void
deep_functions(struct sg_buf *out)
{
	repeat(out, WHEN("return true"), "local function f() ", 50000, "");
}

static void
many_rules(struct sg_buf *out)
{
	sg_buf_text(out, "for i = 1, 30000 do rule{id='r'..i,on='pay.transfer',effect=allow{}} end\n");
}

static void
long_string(struct sg_buf *out)
{
	repeat(out, "local x = '", "xxxxxxxxxxxxxxxx", 70000, "'\n");
}

/* Each line is a mistake of its own: the report stays bounded. */
static void
many_mistakes(struct sg_buf *out)
{
	repeat(out, "", "rule{}\n", 20000, "");
}

static void
not_utf8(struct sg_buf *out)
{
	sg_buf_text(out, "local \xff\xfe = 1\n");
}

const struct attack_source attack_sources[] = {
	{"(bytecode)", "load_refused", bytecode},
	{"(long chain)", "policy_error|killed", long_chain},
	{"(deep parentheses)", "load_refused", deep_parentheses},
	{"(deep tables)", "load_refused", deep_tables},
	{"(deep functions)", "load_refused", deep_functions},
	{"(many rules)", "load_refused", many_rules},
	{"(long string)", "load_refused", long_string},
	{"(many mistakes)", "load_refused", many_mistakes},
	{"(not UTF-8)", "load_refused", not_utf8},
};
const size_t attack_source_count = sizeof(attack_sources) / sizeof(attack_sources[0]);
