/* SPDX-License-Identifier: Apache-2.0
 * Reading and holding match expressions. */
#include "base/match.h"

#include "base/pattern.h"
#include "base/str.h"

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* The bytes at the front of `text` that a step's name, or with `fact` a fact's, is made of. */
static size_t
span(struct sg_str text, bool fact)
{
	size_t len = 0;
	while (len < text.len && (is_letter(text.ptr[len]) || text.ptr[len] == '_' || (!fact && (text.ptr[len] == '.' || text.ptr[len] == '-'))))
		len++;
	return len;
}

static struct sg_str
behind(struct sg_str text, size_t len)
{
	return (struct sg_str){text.ptr + len, text.len - len};
}

static bool
is_plain(struct sg_str value)
{
	for (size_t i = 0; i < value.len; i++)
		if ((unsigned char)value.ptr[i] < ' ' || value.ptr[i] == 127)
			return false;
	return value.len > 0 && value.len <= SG_MATCH_VALUE_MAX;
}

static bool
has_literal(struct sg_str pattern)
{
	while (pattern.ptr != NULL) {
		struct sg_str segment = sg_str_cut(&pattern, '/');
		if (segment.len > 0 && !sg_str_is(segment, "*") && !sg_str_is(segment, "**"))
			return true;
	}
	return false;
}

static const char *
read_op(struct sg_str rest, struct sg_match *match)
{
	if (rest.len == 0) {
		match->op = SG_MATCH_HAS;
		return NULL;
	}
	bool two = sg_str_starts(rest, "!=");
	if (!two && rest.ptr[0] != '=' && rest.ptr[0] != '~')
		return "a fact of a-z, 0-9 and '_' is followed by =, !=, ~ or nothing";
	match->op = two ? SG_MATCH_NOT : rest.ptr[0] == '=' ? SG_MATCH_IS : SG_MATCH_LIKE;
	match->value = behind(rest, two ? 2 : 1);
	if (!is_plain(match->value))
		return "a value has 1 to 256 bytes and no control characters";
	if (match->op == SG_MATCH_LIKE && !sg_pattern_valid(match->value, '/'))
		return "a pattern is segments between slashes, each plain, or * (one segment), or at the end ** (the rest)";
	match->narrows = match->op == SG_MATCH_IS || (match->op == SG_MATCH_LIKE && has_literal(match->value));
	return NULL;
}

static const char *
read_all(struct sg_str text, struct sg_match *match)
{
	size_t step = span(text, false);
	if (step == 0 || step > SG_MATCH_STEP_MAX || !is_letter(text.ptr[0]) || step == text.len || text.ptr[step] != ':')
		return "it begins with the name of an attest step and a colon";
	struct sg_str rest = behind(text, step + 1);
	size_t fact = span(rest, true);
	if (fact == 0 || fact > SG_MATCH_FACT_MAX || rest.ptr[0] < 'a')
		return "behind the colon stands the name of a fact, of a-z, 0-9 and '_'";
	match->step = (struct sg_str){text.ptr, step};
	match->name = (struct sg_str){text.ptr, step + 1 + fact};
	return read_op(behind(rest, fact), match);
}

bool
sg_match_read(struct sg_str text, struct sg_match *match, const char **why)
{
	struct sg_match found = {.op = SG_MATCH_IS};
	const char *wrong = read_all(text, &found);
	if (wrong != NULL) {
		if (why != NULL)
			*why = wrong;
		return false;
	}
	*match = found;
	return true;
}

bool
sg_match_holds(const struct sg_match *match, struct sg_str value)
{
	switch (match->op) {
	case SG_MATCH_IS:
		return sg_str_eq(value, match->value);
	case SG_MATCH_NOT:
		return !sg_str_eq(value, match->value);
	case SG_MATCH_LIKE:
		return sg_pattern_match(match->value, value, '/');
	case SG_MATCH_HAS:
		return true;
	}
	return false;
}
