/* SPDX-License-Identifier: Apache-2.0
 * Names without their spelling. */
#include "gate/state/named.h"

#include "base/str.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* 3.1337e4 and 0x7a69 are 31337, as a tool writes numbers; the other way round see as_hex. */
static bool
as_number(struct sg_str name, char out[SG_NAME_COMPACT + 16])
{
	char text[SG_NAME_SHORT + 1], *end;
	if (name.len == 0 || name.len >= sizeof(text) || !(isdigit((unsigned char)name.ptr[0]) || strchr("+-.", name.ptr[0]) != NULL))
		return false;
	memcpy(text, name.ptr, name.len);
	text[name.len] = '\0';
	double number = strtod(text, &end);
	return *end == '\0' && number > -1e15 && number < 1e15 && snprintf(out, SG_NAME_COMPACT + 16, "%.15g", number) > 0;
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
struct notation {
	struct sg_json_writer *w;
	const struct sg_state *state;
	const struct sg_task *task;
	struct sg_str name;
	size_t count;
};

static void
also(struct notation *n, const char *text)
{
	struct sg_str none = {"", 0};
	if (!sg_str_is(n->name, text))
		n->count += write_one(n->w, n->state, n->task, sg_str(text), none);
}

/* 8.526344, 0x8.8.8 and 134744072 are 8.8.8.8 to whoever looks addresses up (inet_aton(3)); ::a00:1 holds 10.0.0.1. Nothing is at 0.0.0.0/8. */
static void
as_address(struct notation *n, const char *text)
{
	char out[INET6_ADDRSTRLEN];
	struct in_addr four;
	unsigned char six[16];
	if (inet_aton(text, &four) != 0 && ntohl(four.s_addr) >= 1U << 24 && inet_ntop(AF_INET, &four, out, sizeof(out)) != NULL)
		also(n, out);
	if (inet_pton(AF_INET6, text, six) != 1)
		return;
	if (inet_ntop(AF_INET6, six, out, sizeof(out)) != NULL)
		also(n, out);
	if (inet_ntop(AF_INET, six + 12, out, sizeof(out)) != NULL)
		also(n, out);
}

static void
as_hex(struct notation *n, const char *number)
{
	char *end, hex[32];
	long long whole = strtoll(number, &end, 10);
	if (*end != '\0' || whole < 0)
		return;
	snprintf(hex, sizeof(hex), "0x%llx", whole);
	also(n, hex);
}

/* %65vil.io is evil.io. */
static void
as_decoded(struct notation *n, const char *text)
{
	char out[SG_NAME_SHORT + 1];
	size_t len = 0;
	if (strchr(text, '%') == NULL)
		return;
	for (size_t i = 0; text[i] != '\0';) {
		unsigned byte = (unsigned char)text[i];
		bool escaped = text[i] == '%' && isxdigit((unsigned char)text[i + 1]) && isxdigit((unsigned char)text[i + 2]) && sscanf(text + i + 1, "%2x", &byte) == 1;
		out[len++] = (char)byte;
		i += escaped ? 3 : 1;
	}
	out[len] = '\0';
	also(n, out);
}

size_t
sg_named_write(struct sg_json_writer *w, const struct sg_state *state, const struct sg_task *task, struct sg_str one, struct sg_str other)
{
	char number[SG_NAME_COMPACT + 16], text[SG_NAME_SHORT + 1];
	struct notation n = {w, state, task, one, write_one(w, state, task, one, other)};
	if (other.len > 0 || one.len == 0 || one.len >= sizeof(text))
		return n.count;
	memcpy(text, one.ptr, one.len);
	text[one.len] = '\0';
	if (as_number(one, number)) {
		also(&n, number);
		as_hex(&n, number);
	}
	as_address(&n, text);
	as_decoded(&n, text);
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
		if (look->forms == 0 || sg_values_find(&task->root->tree->values, sg_value_digest(state, task, of(&tried))) != NULL)
			return true;
		look->forms--;
	}
	return false;
}

bool
sg_value_is_named(const struct sg_state *state, const struct sg_task *task, struct sg_str value, struct sg_value_look *look)
{
	if (task->root->tree == NULL || task->root->tree->values.count == 0)
		return false;
	while (value.len > 0) {
		if (begins_with_one(state, task, value, look))
			return true;
		next_word(&value);
	}
	return false;
}
