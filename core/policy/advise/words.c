/* SPDX-License-Identifier: Apache-2.0
 * Words that rules compare with: where the vocabulary is known, one that is not in it never fits, and what hangs on it never speaks. */
#include "policy/advise/in.h"
#include "policy/fixture/fixture.h"

#include "base/near.h"
#include "base/str.h"

/* A field of the request whose words are known: those of its kind, or the names in a section of the configuration. */
static const struct {
	const char *of, *name;
	const char *section; /* NULL: sg_fixture_words */
} fields[] = {
	{"action", "class", NULL}, {"action", "effect", NULL}, {"agent", "name", "agents"}, {"outcome", "result", NULL}, {"task", "intent", "intents"}, {"task", "role", "roles"},
};

/* The row of the chain that ends at token `i`; -1: none. */
static int
row_at(const struct sg_lint *lint, size_t i)
{
	const struct sg_token *t = lint->tokens;
	for (size_t r = 0; i >= 4 && r < sizeof(fields) / sizeof(fields[0]); r++)
		if (sg_lint_is(&t[i], fields[r].name) && sg_lint_is(&t[i - 1], ".") && sg_lint_is(&t[i - 2], fields[r].of) && sg_lint_is(&t[i - 3], ".") &&
		    (i < 5 || !sg_lint_is(&t[i - 5], "."))) /* of the request itself, not of what it brings */
			return (int)r;
	return -1;
}

static bool
fits(const struct sg_advice *a, int row, struct sg_str word, struct sg_near *near)
{
	bool found = word.len == 0; /* whether there is one at all */
	const char *const *words = fields[row].section == NULL ? sg_fixture_words(fields[row].name) : NULL;
	for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
		found |= sg_str_is(word, words[i]);
		sg_near_offer(near, sg_str(words[i]));
	}
	const struct sg_json *section = fields[row].section == NULL ? NULL : sg_json_get(a->conf, fields[row].section);
	for (const struct sg_json *s = sg_json_first(section); s != NULL; s = sg_json_next(section, s)) {
		found |= sg_str_eq(word, s->name);
		sg_near_offer(near, s->name);
	}
	return found;
}

static void
check_word(struct sg_advice *a, int row, const struct sg_token *word)
{
	char hint[SG_VM_TEXT];
	struct sg_near near = sg_near(word->text);
	if (word->kind == SG_TOKEN_STRING && !fits(a, row, word->text, &near))
		sg_warning_add(a->lint.policy, a->lint.file, word->line, sg_near_hint(&near, '\'', "see the reference, or stepgate catalogue show", hint, sizeof(hint)),
			       "%s.%s is never '%.*s'", fields[row].of, fields[row].name, (int)(word->text.len < 100 ? word->text.len : 100), word->text.ptr);
}

static bool
is_equality(const struct sg_token *t)
{
	return sg_lint_is(t, "==") || sg_lint_is(t, "~=");
}

void
sg_advise_words(struct sg_advice *a, size_t i)
{
	const struct sg_token *t = &a->lint.tokens[i];
	int row = row_at(&a->lint, i);
	if (row < 0)
		return;
	if (is_equality(t + 1))
		check_word(a, row, t + 2);
	size_t first = i;
	while (first >= 2 && sg_lint_is(&a->lint.tokens[first - 1], ".") && a->lint.tokens[first - 2].kind == SG_TOKEN_NAME)
		first -= 2;
	if (first >= 2 && is_equality(&a->lint.tokens[first - 1]))
		check_word(a, row, &a->lint.tokens[first - 2]);
}
