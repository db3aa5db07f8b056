/* SPDX-License-Identifier: Apache-2.0
 * SPIFFE IDs: good ones are cut, bad ones named. */
#include "token/spiffe.h"

#include "base/str.h"
#include "unit/cases.h"

static void
good_ones_are_cut(void)
{
	static const struct {
		const char *id, *domain, *path;
	} good[] = {
		{"spiffe://a", "a", ""},
		{"spiffe://acme.example/agent/code-helper", "acme.example", "/agent/code-helper"},
		{"spiffe://a_b-1.c/X/._-/...", "a_b-1.c", "/X/._-/..."},
		{"spiffe://9/9", "9", "/9"},
	};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct sg_str domain, path;
		CU_ASSERT(sg_spiffe_read(sg_str(good[i].id), &domain, &path, NULL) == SG_OK);
		CU_ASSERT(sg_str_is(domain, good[i].domain) && sg_str_is(path, good[i].path));
	}
}

static void
bad_ones_are_named(void)
{
	static const struct {
		const char *id, *code;
	} bad[] = {
		{"", "spiffe_scheme"},
		{"spiffe:/a", "spiffe_scheme"},
		{"SPIFFE://a", "spiffe_scheme"},
		{"https://a", "spiffe_scheme"},
		{" spiffe://a", "spiffe_scheme"},
		{"spiffe://", "spiffe_domain"},
		{"spiffe:///x", "spiffe_domain"},
		{"spiffe://Acme", "spiffe_domain"},
		{"spiffe://a:8080/x", "spiffe_domain"},
		{"spiffe://u@a/x", "spiffe_domain"},
		{"spiffe://a?q", "spiffe_domain"},
		{"spiffe://a#f", "spiffe_domain"},
		{"spiffe://a%41", "spiffe_domain"},
		{"spiffe://\xc3\xa9", "spiffe_domain"},
		{"spiffe://a/", "spiffe_path"},
		{"spiffe://a//b", "spiffe_path"},
		{"spiffe://a/b/", "spiffe_path"},
		{"spiffe://a/./b", "spiffe_path"},
		{"spiffe://a/..", "spiffe_path"},
		{"spiffe://a/b?q", "spiffe_path"},
		{"spiffe://a/b#f", "spiffe_path"},
		{"spiffe://a/%62", "spiffe_path"},
		{"spiffe://a/b c", "spiffe_path"},
		{"spiffe://a/\xc3\xa9", "spiffe_path"},
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sg_err err = {0};
		struct sg_str domain, path;
		CU_ASSERT(sg_spiffe_read(sg_str(bad[i].id), &domain, &path, &err) == SG_MALFORMED);
		CU_ASSERT_STRING_EQUAL(err.code != NULL ? err.code : "", bad[i].code);
	}
}

static void
bounds(void)
{
	static char text[SG_SPIFFE_MAX + 2] = "spiffe://";
	struct sg_str domain, path;
	struct sg_err err = {0};
	memset(text + 9, 'a', SG_TRUST_DOMAIN_MAX + 1);
	CU_ASSERT(sg_spiffe_read((struct sg_str){text, 9 + SG_TRUST_DOMAIN_MAX}, &domain, &path, NULL) == SG_OK);
	CU_ASSERT(sg_spiffe_read((struct sg_str){text, 9 + SG_TRUST_DOMAIN_MAX + 1}, &domain, &path, NULL) ==
		  SG_MALFORMED);
	memset(text + 9, 'a', sizeof(text) - 9);
	text[10] = '/';
	CU_ASSERT(sg_spiffe_read((struct sg_str){text, SG_SPIFFE_MAX}, &domain, &path, NULL) == SG_OK);
	CU_ASSERT(sg_spiffe_read((struct sg_str){text, SG_SPIFFE_MAX + 1}, &domain, &path, &err) == SG_MALFORMED);
	CU_ASSERT_STRING_EQUAL(err.code, "spiffe_size");
}

SG_CASES("token.spiffe", {"good ones are cut", good_ones_are_cut}, {"bad ones are named", bad_ones_are_named},
	 {"bounds", bounds})
