/* SPDX-License-Identifier: Apache-2.0
 * Numbers, addresses and letters in percent. */
#include "gate/state/notation.h"

#include "base/str.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <math.h>
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
give_whole(const struct notations *n, const char *digits, const char *end, int base)
{
	char *stop, plain[32];
	unsigned long long whole = strtoull(digits, &stop, base);
	if (digits == end || stop != end)
		return;
	snprintf(plain, sizeof(plain), "%llu", whole);
	give(n, plain);
	as_four(n, plain);
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
	if (stop == end && stop != text && number > -1e16 && number < 1e16 && snprintf(plain, sizeof(plain), number == trunc(number) ? "%.0f" : "%.15g", number) > 0) {
		give(n, plain);
		as_four(n, plain);
	}
	if (text[0] != '0')
		return;
	give_whole(n, text + 1, end, 8);
	if (tolower((unsigned char)text[1]) == 'o')
		give_whole(n, text + 2, end, 8);
	if (tolower((unsigned char)text[1]) == 'b')
		give_whole(n, text + 2, end, 2);
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
	if (six[0] == 0x20 && six[1] == 0x02 && inet_ntop(AF_INET, six + 2, plain, sizeof(plain)) != NULL) /* 6to4, RFC 3056 */
		give(n, plain);
}

bool
sg_percent_decode(struct sg_str text, char *out, size_t *len)
{
	bool any = false;
	*len = 0;
	for (size_t i = 0; i < text.len;) {
		char digits[3] = {i + 1 < text.len ? text.ptr[i + 1] : '\0', i + 2 < text.len ? text.ptr[i + 2] : '\0', '\0'};
		bool escaped = text.ptr[i] == '%' && isxdigit((unsigned char)digits[0]) && isxdigit((unsigned char)digits[1]);
		char byte = escaped ? (char)strtol(digits, NULL, 16) : text.ptr[i];
		any |= escaped;
		out[(*len)++] = byte == '\0' ? ' ' : byte;
		i += escaped ? 3 : 1;
	}
	return any;
}

/* 31_337 is 31337 in many a language. */
static size_t
without_grouping(struct sg_str text, char out[SG_NOTATION_MOST + 1])
{
	size_t len = 0;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != '_' || i == 0 || i + 1 == text.len || !isxdigit((unsigned char)text.ptr[i - 1]) || !isxdigit((unsigned char)text.ptr[i + 1]))
			out[len++] = text.ptr[i];
	out[len] = '\0';
	return len;
}

void
sg_notations(struct sg_str text, void (*each)(void *to, struct sg_str plain), void *to)
{
	char now[SG_NOTATION_MOST + 1], next[SG_NOTATION_MOST + 1];
	if (text.len == 0 || text.len > SG_NOTATION_MOST || memchr(text.ptr, '\0', text.len) != NULL)
		return;
	without_grouping(text, now);
	for (int depth = 0;; depth++) {
		struct notations n = {each, to, now};
		size_t len;
		as_number(&n);
		as_address(&n);
		if (depth == 2 || !sg_percent_decode(sg_str(now), next, &len))
			return;
		next[len] = '\0';
		each(to, sg_str(next));
		memcpy(now, next, sizeof(now));
	}
}

static bool
is_word(char c)
{
	return isascii((unsigned char)c) && isalnum((unsigned char)c);
}

static bool
is_within(char c)
{
	return is_word(c) || (c != '\0' && strchr(".:_+-", c) != NULL);
}

/* A number begins with a digit, an address of six with one, a letter or two colons. */
static bool
may_begin(struct sg_str value, size_t at)
{
	bool first = at == 0 || !is_word(value.ptr[at - 1]), colons = value.len - at >= 2 && value.ptr[at] == ':' && value.ptr[at + 1] == ':';
	return (first && isxdigit((unsigned char)value.ptr[at])) || colons;
}

/* As long as one may be from there on. */
static size_t
reach(struct sg_str value, size_t at)
{
	size_t end = at;
	while (end < value.len && end - at < SG_NOTATION_MOST && is_within(value.ptr[end]))
		end++;
	return end;
}

bool
sg_notation_pieces(struct sg_str value, bool (*each)(void *to, struct sg_str piece), void *to)
{
	for (size_t at = 0; at < value.len; at++) {
		size_t most = may_begin(value, at) ? reach(value, at) : at;
		for (size_t end = at + 1; end <= most; end++) {
			bool whole = is_word(value.ptr[end - 1]) && (end == value.len || !is_word(value.ptr[end]));
			if (whole && !each(to, (struct sg_str){value.ptr + at, end - at}))
				return false;
		}
	}
	return true;
}
