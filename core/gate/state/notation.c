/* SPDX-License-Identifier: Apache-2.0
 * Numbers, addresses and letters in percent. */
#include "gate/state/notation.h"

#include "base/str.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct notations {
	void (*each)(void *to, struct sg_str plain);
	void *to;
	const char *text;
};

static void
give(const struct notations *n, const char *plain)
{
	if (strcmp(n->text, plain) != 0)
		n->each(n->to, sg_str(plain));
}

static void
give_whole(const struct notations *n, const char *digits, const char *end, int base)
{
	char *stop, plain[32];
	unsigned long long whole = strtoull(digits, &stop, base);
	if (digits == end || stop != end)
		return;
	snprintf(plain, sizeof(plain), "%llu", whole);
	give(n, plain);
}

/* What languages put behind a number: 31337L, 31337n, 0x7a69u. */
static const char *
without_type(const char *text)
{
	const char *end = text + strlen(text);
	while (end > text + 1 && strchr("lLnNuU", end[-1]) != NULL)
		end--;
	return end;
}

static void
as_number(const struct notations *n)
{
	const char *text = n->text + (n->text[0] == '+'), *end = without_type(text);
	char *stop, plain[32];
	if (!isdigit((unsigned char)text[0]) && text[0] != '.' && text[0] != '-')
		return;
	double number = strtod(text, &stop);
	if (stop == end && stop != text && number > -1e15 && number < 1e15 && snprintf(plain, sizeof(plain), "%.15g", number) > 0)
		give(n, plain);
	if (text[0] != '0')
		return;
	give_whole(n, text + 1, end, 8);
	if (tolower((unsigned char)text[1]) == 'o')
		give_whole(n, text + 2, end, 8);
	if (tolower((unsigned char)text[1]) == 'b')
		give_whole(n, text + 2, end, 2);
}

/* Nothing is at 0.0.0.0/8: small numbers are numbers. */
static void
as_four(const struct notations *n, const char *text)
{
	char plain[INET_ADDRSTRLEN];
	struct in_addr four;
	if (inet_aton(text, &four) != 0 && ntohl(four.s_addr) >= 1U << 24 && inet_ntop(AF_INET, &four, plain, sizeof(plain)) != NULL)
		give(n, plain);
}

static void
as_address(const struct notations *n)
{
	char plain[INET6_ADDRSTRLEN], host[SG_NOTATION_MOST + 1];
	const char *colon = strchr(n->text, ':');
	unsigned char six[16];
	as_four(n, n->text);
	if (colon != NULL && strchr(colon + 1, ':') == NULL) { /* with a port */
		snprintf(host, sizeof(host), "%.*s", (int)(colon - n->text), n->text);
		as_four(n, host);
	}
	if (inet_pton(AF_INET6, n->text, six) != 1)
		return;
	if (inet_ntop(AF_INET6, six, plain, sizeof(plain)) != NULL)
		give(n, plain);
	if (inet_ntop(AF_INET, six + 12, plain, sizeof(plain)) != NULL)
		give(n, plain);
}

/* False: nothing stands in percent. */
static bool
decode(const char *text, char out[SG_NOTATION_MOST + 1])
{
	size_t len = 0;
	bool any = false;
	for (size_t i = 0; text[i] != '\0';) {
		unsigned byte = (unsigned char)text[i];
		bool escaped = text[i] == '%' && isxdigit((unsigned char)text[i + 1]) && isxdigit((unsigned char)text[i + 2]) && sscanf(text + i + 1, "%2x", &byte) == 1;
		any |= escaped;
		out[len++] = byte == 0 ? ' ' : (char)byte;
		i += escaped ? 3 : 1;
	}
	out[len] = '\0';
	return any;
}

void
sg_notations(struct sg_str text, void (*each)(void *to, struct sg_str plain), void *to)
{
	char now[SG_NOTATION_MOST + 1], next[SG_NOTATION_MOST + 1];
	if (text.len == 0 || text.len > SG_NOTATION_MOST || memchr(text.ptr, '\0', text.len) != NULL)
		return;
	memcpy(now, text.ptr, text.len);
	now[text.len] = '\0';
	for (int depth = 0;; depth++) {
		struct notations n = {each, to, now};
		as_number(&n);
		as_address(&n);
		if (depth == 2 || !decode(now, next))
			return;
		each(to, sg_str(next));
		memcpy(now, next, sizeof(now));
	}
}

static bool
is_part(char c)
{
	return isascii((unsigned char)c) && (isalnum((unsigned char)c) || (c != '\0' && strchr(".:%_+-", c) != NULL));
}

struct sg_str
sg_notation_next(struct sg_str *rest)
{
	while (rest->len > 0 && (!is_part(*rest->ptr) || *rest->ptr == '_'))
		*rest = (struct sg_str){rest->ptr + 1, rest->len - 1};
	struct sg_str piece = {rest->ptr, 0};
	while (piece.len < rest->len && is_part(rest->ptr[piece.len]))
		piece.len++;
	*rest = (struct sg_str){rest->ptr + piece.len, rest->len - piece.len};
	while (piece.len > 1 && strchr(".-+_", piece.ptr[piece.len - 1]) != NULL)
		piece.len--;
	return piece.len > 0 ? piece : (struct sg_str){NULL, 0};
}
