/* SPDX-License-Identifier: Apache-2.0
 * Forms: every spelling of the table, and that a normal form is its own. */
#include "unit/base/spellings.h"
#include "unit/cases.h"

#include "base/str.h"

static bool
written(enum sg_form form, struct sg_str text, const char *normal)
{
	struct sg_buf out;
	const char *why = NULL;
	sg_buf_init(&out, 64 << 10);
	sg_buf_text(&out, "x");
	enum sg_spelling got = sg_form_write(form, text, &out, &why);
	struct sg_str rest = {out.ptr + 1, out.len - 1};
	enum sg_spelling want = normal == NULL ? SG_SPELLING_REFUSED : sg_str_is(text, normal) ? SG_SPELLING_NORMAL : SG_SPELLING_OTHER;
	bool good = got == want && (normal == NULL ? rest.len == 0 && why != NULL && why[0] != '\0' : sg_str_is(rest, normal) && why == NULL);
	if (!good)
		fprintf(stderr, "  %s '%.*s': %d '%.*s' %s\n", sg_form_word(form), SG_STR_ARG(text), got, SG_STR_ARG(rest), why == NULL ? "" : why);
	sg_buf_done(&out);
	return good;
}

static void
table(void)
{
	size_t count[SG_FORM_COUNT] = {0};
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		const struct spelling *s = &spellings[i];
		count[s->form]++;
		CU_ASSERT_TRUE(written(s->form, sg_str(s->text), s->normal));
		if (s->normal != NULL)
			CU_ASSERT_TRUE(written(s->form, sg_str(s->normal), s->normal));
	}
	for (int i = 0; i < SG_FORM_COUNT; i++)
		CU_ASSERT_TRUE(count[i] >= 40);
}

static void
bytes(void)
{
	static char text[SG_SPELLING_MAX + 2];
	memset(text, 'a', sizeof(text) - 1);
	text[0] = '/';
	CU_ASSERT_TRUE(written(SG_FORM_path, (struct sg_str){text, SG_SPELLING_MAX + 1}, NULL));
	text[SG_SPELLING_MAX] = '\0';
	CU_ASSERT_TRUE(written(SG_FORM_path, sg_str(text), text));
	for (int form = SG_FORM_exact + 1; form < SG_FORM_COUNT; form++) {
		CU_ASSERT_TRUE(written((enum sg_form)form, ((struct sg_str){"a\0", 2}), NULL));
		CU_ASSERT_TRUE(written((enum sg_form)form, ((struct sg_str){"/srv/key\0.txt", 13}), NULL));
	}
	CU_ASSERT_TRUE(written(SG_FORM_COUNT, SG_STR("a"), NULL));
}

static void
names(void)
{
	enum sg_form form = SG_FORM_uuid;
	for (int i = 0; i < SG_FORM_COUNT; i++) {
		CU_ASSERT_TRUE(sg_form_named(sg_str(sg_form_word((enum sg_form)i)), &form) && (int)form == i);
		CU_ASSERT_TRUE(strlen(sg_form_meaning((enum sg_form)i)) > 8);
	}
	CU_ASSERT_FALSE(sg_form_named(SG_STR("IBAN"), &form) || sg_form_named(SG_STR(""), &form));
	CU_ASSERT_STRING_EQUAL(sg_form_word(SG_FORM_COUNT), "");
}

/* A text that is another spelling of something has the marks that say it may be. True: nothing was passed over. */
static bool
marked(struct sg_str text, size_t *others)
{
	bool good = true;
	for (int form = SG_FORM_exact + 1; form < SG_FORM_COUNT; form++) {
		struct sg_buf out;
		sg_buf_init(&out, 64 << 10);
		bool other = sg_form_write((enum sg_form)form, text, &out, NULL) == SG_SPELLING_OTHER;
		good &= !other || sg_form_may_differ((enum sg_form)form, sg_form_marks(text), text.len);
		if (!good)
			fprintf(stderr, "  %s: '%.*s' becomes '%.*s'\n", sg_form_word((enum sg_form)form), SG_STR_ARG(text), (int)out.len, out.ptr);
		*others += other;
		sg_buf_done(&out);
	}
	return good;
}

/* One letter of a spelling exchanged, left out or put in: near to what the forms look at, and each time other. */
static void
marks(void)
{
	static const char letters[] = "aAzZ09.:/@-_ %[]?=&+\xc3\t~e";
	uint64_t seed = 7;
	size_t others = 0, wrong = 0;
	for (size_t n = 0; n < 200000; n++) {
		char text[512];
		const char *from = spellings[n % (sizeof(spellings) / sizeof(spellings[0]))].text;
		size_t len = strnlen(from, sizeof(text) - 2);
		memcpy(text, from, len);
		for (int k = 0; k < 2; k++) {
			seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
			size_t at = (size_t)(seed >> 33) % (len + 1);
			char letter = letters[(seed >> 20) % (sizeof(letters) - 1)];
			if ((seed >> 59) % 3 == 0 && at < len)
				memmove(text + at, text + at + 1, --len - at);
			else if (at < len)
				text[at] = letter;
			else
				text[len++] = letter;
		}
		wrong += !marked((struct sg_str){text, len}, &others);
	}
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
		wrong += !marked(sg_str(spellings[i].text), &others);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_TRUE(others > 10000);
	CU_ASSERT_FALSE(sg_form_may_differ(SG_FORM_COUNT, ~0U, 100));
	CU_ASSERT_FALSE(sg_form_may_differ(SG_FORM_exact, ~0U, 100));
}

/* The page for operators has the table. */
static void
page(void)
{
	static char text[1 << 17];
	FILE *file = fopen(SG_SOURCE_DIR "/conf.d/README.md", "rb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_TRUE(fread(text, 1, sizeof(text) - 1, file) > 1000);
	fclose(file);
	for (int i = 0; i < SG_FORM_COUNT; i++) {
		char row[512];
		snprintf(row, sizeof(row), "| `%s` | %s |", sg_form_word((enum sg_form)i), sg_form_meaning((enum sg_form)i));
		CU_ASSERT_PTR_NOT_NULL(strstr(text, row));
	}
}

SG_CASES("base.form", {"every spelling", table}, {"bytes and bounds", bytes}, {"names", names}, {"marks", marks}, {"the page", page})
