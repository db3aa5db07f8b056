/* SPDX-License-Identifier: Apache-2.0
 * Names without their spelling. */
#include "gate/state/named.h"

#include "base/str.h"
#include "gate/state/notation.h"

#include <ctype.h>

/* A mark that no other kind of form begins with (value_seen.c). */
struct compact {
	char text[1 + SG_NAME_COMPACT];
	size_t len; /* without the mark */
	bool over;
};

static bool
is_letter(char c)
{
	return isascii((unsigned char)c) && isalnum((unsigned char)c);
}

static void
add(struct compact *c, struct sg_str part)
{
	for (size_t i = 0; i < part.len && !c->over; i++) {
		if (!is_letter(part.ptr[i]))
			continue;
		c->over = c->len == SG_NAME_COMPACT;
		if (!c->over)
			c->text[1 + c->len++] = (char)tolower((unsigned char)part.ptr[i]);
	}
}

/* 00042 is 42. */
static struct sg_str
of(struct compact *c)
{
	size_t zeros = 0, digits = 0;
	while (digits < c->len && isdigit((unsigned char)c->text[1 + digits]))
		digits++;
	while (digits == c->len && zeros + 1 < c->len && c->text[1 + zeros] == '0')
		zeros++;
	c->text[zeros] = SG_VALUE_NAMED;
	return (struct sg_str){c->text + zeros, 1 + c->len - zeros};
}

bool
sg_name_is_short(struct sg_str name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!isascii((unsigned char)name.ptr[i]))
			return false;
	return name.len <= SG_NAME_SHORT;
}

static size_t
write_one(struct sg_json_writer *w, const struct sg_state *state, const struct sg_task *task, struct sg_str one, struct sg_str other)
{
	struct compact c = {.len = 0};
	char hex[17];
	add(&c, one);
	add(&c, other);
	if (c.over || c.len < SG_FORM_LEAST)
		return 0;
	sg_value_hex(sg_value_digest(state, task, of(&c)), hex);
	sg_jw_text(w, hex);
	return 1;
}

/* Where a name is written. */
struct written {
	struct sg_json_writer *w;
	const struct sg_state *state;
	const struct sg_task *task;
	size_t count;
};

static void
also(void *to, struct sg_str plain)
{
	struct written *n = to;
	n->count += write_one(n->w, n->state, n->task, plain, (struct sg_str){"", 0});
}

size_t
sg_named_write(struct sg_json_writer *w, const struct sg_state *state, const struct sg_task *task, struct sg_str one, struct sg_str other)
{
	struct written n = {w, state, task, write_one(w, state, task, one, other)};
	if (other.len == 0 && one.len <= SG_NAME_SHORT)
		sg_notations(one, also, &n);
	return n.count;
}

/* From here on: the next word, and behind it. */
static struct sg_str
next_word(struct sg_str *rest)
{
	while (rest->len > 0 && !is_letter(*rest->ptr))
		*rest = (struct sg_str){rest->ptr + 1, rest->len - 1};
	struct sg_str word = {rest->ptr, 0};
	while (word.len < rest->len && is_letter(rest->ptr[word.len]))
		word.len++;
	*rest = (struct sg_str){rest->ptr + word.len, rest->len - word.len};
	return word;
}

size_t
sg_named_words_write(struct sg_json_writer *w, const struct sg_state *state, const struct sg_task *task, struct sg_str name)
{
	struct sg_str rest = name, none = {"", 0};
	size_t count = 0;
	for (struct sg_str word = next_word(&rest); word.len > 0; word = next_word(&rest))
		if (word.len >= SG_NAME_WORD && word.len < name.len)
			count += sg_named_write(w, state, task, word, none);
	return count;
}

/* To the tree, or to one of the domains in it from another. */
static bool
is_known(const struct sg_state *state, const struct sg_task *task, struct sg_str name)
{
	const struct sg_tree *tree = task->root->tree;
	if (tree != NULL && sg_values_find(&tree->values, sg_value_digest(state, task, name)) != NULL)
		return true;
	return sg_task_keeps_any(task) && sg_task_keeps(task, sg_value_digest(state, NULL, name));
}

/* Words that stand side by side from the beginning of `rest`, one more at a time. */
static bool
begins_with_one(const struct sg_state *state, const struct sg_task *task, struct sg_str rest, struct sg_value_look *look)
{
	struct compact c = {.len = 0};
	for (struct sg_str word = next_word(&rest); word.len > 0 && !c.over; word = next_word(&rest)) {
		add(&c, word);
		if (c.over || c.len < SG_FORM_LEAST)
			continue;
		struct compact tried = c;
		if (look->forms == 0 || is_known(state, task, of(&tried)))
			return true;
		look->forms--;
	}
	return false;
}

/* A value that is looked at. */
struct looked {
	const struct sg_state *state;
	const struct sg_task *task;
	struct sg_value_look *look;
	bool found;
};

static void
has_name(void *to, struct sg_str value)
{
	struct looked *l = to;
	while (value.len > 0 && !l->found) {
		l->found = begins_with_one(l->state, l->task, value, l->look);
		next_word(&value);
	}
}

/* Each costs as a form does; where none is left the value may be named. */
static bool
look_at_piece(void *to, struct sg_str piece)
{
	struct looked *l = to;
	l->found |= l->look->forms == 0;
	if (l->found)
		return false;
	l->look->forms--;
	sg_notations(piece, has_name, l);
	return !l->found;
}

bool
sg_value_is_named(const struct sg_state *state, const struct sg_task *task, struct sg_str value, struct sg_value_look *look)
{
	struct looked l = {state, task, look, false};
	char decoded[2][SG_FORM_MAX];
	if ((task->root->tree == NULL || task->root->tree->values.count == 0) && !sg_task_keeps_any(task))
		return false;
	for (size_t depth = 0; !l.found; depth++) {
		size_t len = 0;
		has_name(&l, value);
		sg_notation_pieces(value, look_at_piece, &l);
		if (depth == 2 || value.len > SG_FORM_MAX || !sg_percent_decode(value, decoded[depth], &len))
			break;
		value = (struct sg_str){decoded[depth], len};
	}
	return l.found;
}
