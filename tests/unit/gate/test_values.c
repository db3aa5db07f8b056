/* SPDX-License-Identifier: Apache-2.0
 * Where values come from: which forms a value has, which of them stand for the whole of it, and which limits on arguments are narrower than which. */
#include "base/canon.h"
#include "base/str.h"
#include "gate/state/grant.h"
#include "gate/state/values.h"
#include "unit/cases.h"

#include <stdio.h>

struct wanted {
	const char *form;
	bool whole, found;
	size_t count;
};

static bool
look(void *to, struct sg_str form, enum sg_form_kind kind)
{
	struct wanted *w = to;
	w->count++;
	if (sg_str_is(form, w->form) && (kind == SG_FORM_WHOLE) == w->whole)
		w->found = true;
	return true;
}

static bool
has(const char *value, const char *form, bool whole)
{
	struct wanted w = {form, whole, false, 0};
	sg_value_forms(sg_str(value), look, &w);
	return w.found;
}

/* value, a form of it, whether that stands for the whole */
static void
forms(void)
{
	static const struct {
		const char *value, *form;
		bool whole, there;
	} rows[] = {
		{"DE89 3704", "DE89 3704", true, true},
		{"DE89 3704", "de89 3704", true, false}, /* case and blanks may matter to whoever acts, so these are parts */
		{"DE89 3704", "de89 3704", false, true},
		{"DE89 3704", "de893704", true, false},
		{"DE89 3704", "de893704", false, true},
		{"DE89-3704", "de893704", false, true},
		{"DE89-3704", "de893704", true, false},
		{"DE75 5121 0800 1245 1261 99", "iban DE75512108001245126199", false, true},
		{"pay DE75 5121 0800 1245 1261 99 now", "iban DE75512108001245126199", false, true},
		{"DE75512108001245126199", "iban DE75512108001245126199", false, false}, /* as it is */
		{"invoice 4711 0815", "name 47110815", false, false}, /* blanks are the same in an account alone */
		{"A1B2 C3D4", "relative a1b2c3d4", false, false},
		{"DE76 5121 0800 1245 1261 99", "iban DE76512108001245126199", false, false},
		{"  Bob@Evil.Example ", "bob@evil.example", true, false},
		{"Bob@Evil.Example", "email bob@evil.example", false, true},
		{"write to Bob@Evil.Example, please", "email bob@evil.example", false, true},
		{"/srv//docs/", "path /srv/docs", false, true},
		{"HTTPS://Evil.Example", "uri https://evil.example/", false, true},
		{"https://Evil.Example/x", "host evil.example", false, true},
		{"bob@evil.example", "evil.example", false, true},
		{"https://u:p@Evil.Example:8443/pay?id=7", "Evil.Example", false, true},
		{"https://u:p@Evil.Example:8443/pay?id=7", "evil.example", false, true},
		{"https://evil.example", "evil.example", true, false},
		{"fix/812", "fix812", true, false},
		{"rm -rf / tmp/x", "rm-rf/tmp/x", true, false},
		{"REU4OTM3MDQwMDQ0", "DE8937040044", false, true},
		{"%44%45%38%39", "DE89", false, true},
		{"44453839333730343030", "DE89370400", false, true},
		{"please pay DE89 3704 0044 now", "de8937040044", false, true},
		{"please pay DE89 3704 0044 now", "now", false, true},
		{"pay to evil, (evil.example).", "evil.example", false, true},
		{"x", "x", true, false}, /* one byte says nothing */
		{"xy", "xy", true, true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool got = has(rows[i].value, rows[i].form, rows[i].whole);
		if (got != rows[i].there)
			printf("\n    row %zu: %s, %s\n", i, rows[i].value, rows[i].form);
		CU_ASSERT_EQUAL(got, rows[i].there);
	}
}

static void
form_bounds(void)
{
	char text[SG_FORM_MAX + 2];
	struct wanted w = {"", true, false, 0};
	memset(text, 'a', sizeof(text));
	text[SG_FORM_MAX] = '\0';
	CU_ASSERT(has(text, text, true));
	text[SG_FORM_MAX] = 'a';
	text[SG_FORM_MAX + 1] = '\0';
	CU_ASSERT_FALSE(has(text, text, true)); /* a longer one has no form as a whole */
	struct sg_buf many;
	sg_buf_init(&many, 1 << 20);
	for (int i = 0; i < 5000; i++)
		sg_buf_printf(&many, "w%d ", i);
	sg_value_forms(sg_buf_view(&many), look, &w);
	CU_ASSERT_EQUAL(w.count, SG_FORMS_OF_VALUE);
	sg_buf_done(&many);
	size_t count = 0;
	const struct sg_value_form *table = sg_value_forms_table(&count);
	for (size_t i = 0; i < count; i++)
		CU_ASSERT(table[i].name[0] != '\0' && table[i].what[0] != '\0');
}

/* ---- limits ---- */

static struct sg_arena arena;

static const struct sg_json *
json(const char *text)
{
	const struct sg_json *out = NULL;
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(text), NULL, &out, NULL), SG_OK);
	return out;
}

static void
limits(void)
{
	static const struct {
		const char *outer, *inner, *value;
		bool covers, admits; /* outer covers inner; outer admits value */
	} rows[] = {
		{"{\"exact\":1}", "{\"exact\":1}", "1", true, true},
		{"{\"exact\":1}", "{\"exact\":2}", "2", false, false},
		{"{\"one_of\":[1,2]}", "{\"exact\":2}", "2", true, true},
		{"{\"one_of\":[1,2]}", "{\"one_of\":[2,3]}", "3", false, false},
		{"{\"range\":[0,10]}", "{\"range\":[2,3]}", "10", true, true},
		{"{\"range\":[0,10]}", "{\"range\":[2,11]}", "10.5", false, false},
		{"{\"range\":[0,10]}", "{\"one_of\":[0,10]}", "\"5\"", true, false},
		{"{\"range\":[0,10]}", "{\"max_len\":5}", "5", false, true}, /* not comparable */
		{"{\"cidr\":\"10.0.0.0/8\"}", "{\"cidr\":\"10.9.0.0/16\"}", "\"10.200.0.1\"", true, true},
		{"{\"cidr\":\"10.0.0.0/8\"}", "{\"cidr\":\"0.0.0.0/0\"}", "\"11.0.0.1\"", false, false},
		{"{\"cidr\":\"10.0.0.0/8\"}", "{\"exact\":\"10.1.1.1\"}", "\"::ffff:10.1.1.1\"", true, true},
		{"{\"cidr\":\"fd00::/8\"}", "{\"cidr\":\"fd12::/16\"}", "\"10.0.0.1\"", true, false},
		{"{\"subpath\":\"/srv\"}", "{\"subpath\":\"/srv/a\"}", "\"/srv\"", true, true},
		{"{\"subpath\":\"/srv\"}", "{\"subpath\":\"/srvx\"}", "\"/srvx/a\"", false, false},
		{"{\"subpath\":\"/srv\"}", "{\"exact\":\"/srv/../etc\"}", "\"/srv/a/../../etc\"", false, false},
		{"{\"subpath\":\"/\"}", "{\"subpath\":\"/srv\"}", "\"//srv\"", true, false},
		{"{\"max_len\":5}", "{\"max_len\":4}", "\"12345\"", true, true},
		{"{\"max_len\":5}", "{\"max_len\":6}", "[1,2,3,4,5,6]", false, false},
		{"{\"rate\":{\"count\":5,\"within\":1000}}", "{\"rate\":{\"count\":4,\"within\":2000}}", "1", true, true},
		{"{\"rate\":{\"count\":5,\"within\":1000}}", "{\"rate\":{\"count\":4,\"within\":500}}", "1", false, true},
		{"{\"regex\":\"a\"}", "{\"exact\":\"a\"}", "\"a\"", false, false},
		{"{\"exact\":1,\"range\":[0,1]}", "{\"exact\":1}", "1", false, false},
		{"{\"one_of\":[]}", "{\"exact\":1}", "1", false, false},
		{"{\"range\":[2,1]}", "{\"exact\":1}", "1", false, false},
		{"{\"cidr\":\"10.0.0.0/33\"}", "{\"exact\":\"10.0.0.1\"}", "\"10.0.0.1\"", false, false},
	};
	sg_arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool covers = sg_constraint_covers(json(rows[i].outer), json(rows[i].inner)), admits = sg_constraint_admits(json(rows[i].outer), json(rows[i].value), SG_FORM_exact);
		if (covers != rows[i].covers || admits != rows[i].admits)
			printf("\n    row %zu: covers %d, admits %d\n", i, covers, admits);
		CU_ASSERT_EQUAL(covers, rows[i].covers);
		CU_ASSERT_EQUAL(admits, rows[i].admits);
		CU_ASSERT(sg_constraint_admits(json(rows[i].outer), NULL, SG_FORM_exact) == (strstr(rows[i].outer, "rate") != NULL)); /* an argument that is not there fits no limit */
	}
	sg_arena_done(&arena);
}

SG_CASES("gate.values", {"forms of values", forms}, {"bounds of forms", form_bounds}, {"limits on arguments", limits})
