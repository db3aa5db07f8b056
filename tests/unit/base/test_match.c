/* SPDX-License-Identifier: Apache-2.0
 * Match expressions: what is one, what is none, what holds. */
#include "base/match.h"

#include "base/str.h"
#include "unit/cases.h"

#include <stdio.h>

static void
reading(void)
{
	static const struct {
		const char *text;
		enum sg_match_op op;
		const char *name, *value;
		bool narrows;
	} rows[] = {
		{"peer:uid=1001", SG_MATCH_IS, "peer:uid", "1001", true},
		{"peer:uid!=0", SG_MATCH_NOT, "peer:uid", "0", false},
		{"peer:exe~/usr/lib/agents/*", SG_MATCH_LIKE, "peer:exe", "/usr/lib/agents/*", true},
		{"id:spiffe_id~spiffe://acme.example/gw/**", SG_MATCH_LIKE, "id:spiffe_id", "spiffe://acme.example/gw/**", true},
		{"peer:exe~**", SG_MATCH_LIKE, "peer:exe", "**", false},
		{"peer:exe~/*/**", SG_MATCH_LIKE, "peer:exe", "/*/**", false},
		{"unit:unit", SG_MATCH_HAS, "unit:unit", "", false},
		{"a.b-c_2:f_1=x=y~z!=w", SG_MATCH_IS, "a.b-c_2:f_1", "x=y~z!=w", true},
		{"peer:uid=!=", SG_MATCH_IS, "peer:uid", "!=", true},
		{"peer:uid=a:b", SG_MATCH_IS, "peer:uid", "a:b", true},
		{"9:f=\xc3\xa9", SG_MATCH_IS, "9:f", "\xc3\xa9", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_match m;
		CU_ASSERT_TRUE_FATAL(sg_match_read(sg_str(rows[i].text), &m, NULL));
		CU_ASSERT_EQUAL(m.op, rows[i].op);
		CU_ASSERT_TRUE(sg_str_is(m.name, rows[i].name));
		CU_ASSERT_TRUE(sg_str_is(m.value, rows[i].value));
		CU_ASSERT_EQUAL(m.narrows, rows[i].narrows);
		CU_ASSERT_TRUE(sg_str_eq(m.step, (struct sg_str){m.name.ptr, m.step.len}) && m.name.ptr[m.step.len] == ':');
	}
}

static void
refusing(void)
{
	static const char *const rows[] = {
		"", ":", "peer", "peer:", ":uid=1", "peer:=1", "peer=1", "Peer:uid=1", "peer:Uid=1", "peer:9uid=1", "peer:_u=1", "-peer:uid=1",
		".peer:uid=1", "_peer:uid=1", "peer:uid=", "peer:uid!=", "peer:uid~", "peer:uid!1", "peer:uid!", "peer:uid==", "peer:uid =1", " peer:uid=1",
		"peer :uid=1", "peer:uid<5", "peer:uid>5", "peer:uid|x=1", "!peer:uid=1", "peer:uid=a\tb", "peer:uid=a\x7f", "peer:exe~/usr/**/x",
		"peer:exe~/usr/a*", "peer:exe~/usr/***", "peer:u\xc3\xa9=1", "peer::uid=1", "peer:uid:x=1",
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_match m = {.op = SG_MATCH_HAS, .name = {"untouched", 9}};
		const char *why = NULL;
		bool read = sg_match_read(sg_str(rows[i]), &m, &why);
		if (read && strcmp(rows[i], "peer:uid==") != 0)
			fprintf(stderr, "  taken: %s\n", rows[i]);
		if (strcmp(rows[i], "peer:uid==") == 0) {
			CU_ASSERT_TRUE(read && sg_str_is(m.value, "=")); /* a value is bytes: "=" is one */
			continue;
		}
		CU_ASSERT_FALSE(read);
		CU_ASSERT_TRUE(why != NULL && why[0] != '\0' && sg_str_is(m.name, "untouched"));
	}
	struct sg_match m;
	CU_ASSERT_FALSE(sg_match_read((struct sg_str){"peer:uid=1\0", 11}, &m, NULL));
	CU_ASSERT_FALSE(sg_match_read((struct sg_str){"peer:\0id=1", 10}, &m, NULL));
	CU_ASSERT_FALSE(sg_match_read((struct sg_str){NULL, 0}, &m, NULL));
}

static void
limits(void)
{
	static const struct {
		const char *form;
		int limit;
	} rows[] = {{"%s:uid=1", SG_MATCH_STEP_MAX}, {"peer:%s=1", SG_MATCH_FACT_MAX}, {"peer:%s", SG_MATCH_FACT_MAX},
		    {"peer:uid=%s", SG_MATCH_VALUE_MAX}, {"peer:uid!=%s", SG_MATCH_VALUE_MAX}, {"peer:uid~%s", SG_MATCH_VALUE_MAX}};
	char part[512], text[1024];
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (int extra = 0; extra <= 1; extra++) {
			struct sg_match m;
			memset(part, 'x', sizeof(part));
			part[rows[i].limit + extra] = '\0';
			snprintf(text, sizeof(text), rows[i].form, part);
			CU_ASSERT_EQUAL(sg_match_read(sg_str(text), &m, NULL), extra == 0);
		}
}

static void
holding(void)
{
	static const struct {
		const char *text, *value;
		bool holds;
	} rows[] = {
		{"a:f=x", "x", true}, {"a:f=x", "X", false}, {"a:f=x", "xx", false}, {"a:f!=x", "x", false}, {"a:f!=x", "y", true},
		{"a:f", "anything", true}, {"a:f~/usr/lib/agents/*", "/usr/lib/agents/one", true},
		{"a:f~/usr/lib/agents/*", "/usr/lib/agents/one/two", false}, {"a:f~/usr/lib/agents/*", "/usr/lib/agents/..", false},
		{"a:f~/usr/lib/agents/*", "/usr/lib/agents/", false}, {"a:f~/usr/**", "/usr/a/../b", false},
		{"a:f~spiffe://acme.example/gw/**", "spiffe://acme.example/gw/eu/1", true},
		{"a:f~spiffe://acme.example/gw/**", "spiffe://acme.example/gw", false},
		{"a:f~spiffe://acme.example/*", "spiffe://evil.example/gw", false}, {"a:f~main", "main", true}, {"a:f~*", "main", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_match m;
		CU_ASSERT_TRUE_FATAL(sg_match_read(sg_str(rows[i].text), &m, NULL));
		if (sg_match_holds(&m, sg_str(rows[i].value)) != rows[i].holds)
			fprintf(stderr, "  %s against %s\n", rows[i].text, rows[i].value);
		CU_ASSERT_EQUAL(sg_match_holds(&m, sg_str(rows[i].value)), rows[i].holds);
	}
}

SG_CASES("base.match", {"what is read", reading}, {"what is refused", refusing}, {"bounds", limits}, {"what holds", holding})
