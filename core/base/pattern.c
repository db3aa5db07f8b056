/* SPDX-License-Identifier: Apache-2.0
 * Matching segment by segment; see pattern.h for what a pattern means. */
#include "base/pattern.h"

#include "base/coded.h"
#include "base/hidden.h"
#include "base/scheme.h"
#include "base/str.h"

#include <string.h>
#include <strings.h>

static bool
valid_segment(struct sg_str segment, char separator, bool last)
{
	if (sg_str_is(segment, "*"))
		return true;
	if (sg_str_is(segment, "**"))
		return last;
	if (segment.len == 0)
		return separator != '.';
	return memchr(segment.ptr, '*', segment.len) == NULL && memchr(segment.ptr, 0, segment.len) == NULL;
}

bool
sg_pattern_valid(struct sg_str pattern, char separator)
{
	if (pattern.len == 0 || pattern.len > SG_PATTERN_MAX)
		return false;
	size_t count = 0;
	for (struct sg_str rest = pattern; rest.ptr != NULL;) {
		struct sg_str segment = sg_str_cut(&rest, separator);
		if (++count > SG_PATTERN_SEGMENTS || !valid_segment(segment, separator, rest.ptr == NULL))
			return false;
	}
	return true;
}

bool
sg_pattern_of_actions(struct sg_str pattern)
{
	static const char others[] = "._-*:";
	for (size_t i = 0; i < pattern.len; i++) {
		char c = pattern.ptr[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (!letter && (c == '\0' || strchr(others, c) == NULL))
			return false;
	}
	return sg_pattern_valid(pattern, '.');
}

/* What a byte can be in a name. One pass over a text asks each byte once: percent is decoded where it stands. */
enum kind { LETTER, ENDS, DOT, CONTROL, PERCENT };

static enum kind
kind_of(unsigned char c)
{
	static const unsigned char kinds[256] = {
		['\0' ... 0x1F] = CONTROL, [0x7F] = CONTROL, ['.'] = DOT, ['%'] = PERCENT,
		['/'] = ENDS, ['\\'] = ENDS, [';'] = ENDS, ['?'] = ENDS, ['#'] = ENDS, [' '] = ENDS,
	};
	return (enum kind)kinds[c];
}

/* A byte in more bytes than it needs, or as some old servers wrote it: its length; 0: it is not that. */
static size_t
overlong(struct sg_str text, enum kind *kind)
{
	static const struct {
		const char *spelling;
		enum kind kind;
	} rows[] = {
		{"%c0%af", ENDS}, {"%e0%80%af", ENDS}, {"%f0%80%80%af", ENDS}, {"%c1%9c", ENDS},
		{"%c0%ae", DOT},  {"%e0%80%ae", DOT},  {"%f0%80%80%ae", DOT},
	};
	for (size_t i = 0; text.len >= 6 && i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *spelling = rows[i].spelling;
		*kind = rows[i].kind;
		if ((text.ptr[1] | 0x20) == spelling[1] && (text.ptr[2] | 0x20) == (spelling[2] | 0x20) && text.len >= strlen(spelling) &&
		    strncasecmp(text.ptr, spelling, strlen(spelling)) == 0)
			return strlen(spelling);
	}
	return 0;
}

/* What stands at the beginning of a text that is not empty, in whatever spelling; its length is never 0. A control character as it is is no end of a name
 * (has_control refuses it); in percent some readers stop there. */
static enum kind
next_kind(struct sg_str text, size_t *len)
{
	enum kind kind = kind_of((unsigned char)text.ptr[0]);
	struct sg_sign sign;
	*len = 1;
	if (kind != PERCENT)
		return kind == CONTROL ? LETTER : kind;
	size_t more = overlong(text, &kind);
	if (more == 0 && (more = sg_coded(text, &sign)) > 0)
		kind = sign.c > 0xff ? LETTER : kind_of((unsigned char)sign.c) == CONTROL ? ENDS : kind_of((unsigned char)sign.c);
	if (more == 0 || kind == LETTER || kind == PERCENT)
		return LETTER; /* as it stands: what follows it is looked at as well */
	*len = more;
	return kind;
}

static struct sg_str
behind(struct sg_str text, size_t len)
{
	return (struct sg_str){text.ptr + len, text.len - len};
}

/* Is there a name in it that stands for the folder it is in, or for the one above, in whatever spelling: one or two dots, and then the end of a name? */
static bool
climbs(struct sg_str segment)
{
	size_t len, dots = 0;
	for (bool only_dots = true; segment.len > 0; segment = behind(segment, len)) {
		len = 1;
		if (!only_dots && kind_of((unsigned char)segment.ptr[0]) == LETTER)
			continue;
		enum kind kind = next_kind(segment, &len);
		if (kind == ENDS && only_dots && (dots == 1 || dots == 2))
			return true;
		dots = kind == ENDS ? 0 : dots + (kind == DOT);
		only_dots = kind == ENDS || (only_dots && kind == DOT);
		if (segment.len == len && only_dots && (dots == 1 || dots == 2))
			return true;
	}
	return false;
}

/* Some readers stop there, some pass over it. */
static bool
is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7F;
}

static bool
has_control(struct sg_str segment)
{
	for (size_t i = 0; i < segment.len; i++)
		if (is_control((unsigned char)segment.ptr[i]))
			return true;
	return false;
}

/* Beyond ASCII: the bytes of a letter that are known so far. */
struct letter {
	char bytes[4];
	size_t len;
};

/* Takes one more: is a character whole with it, and which? What is no UTF-8 begins none. */
static bool
completes(struct letter *l, struct sg_sign sign, uint32_t *c)
{
	*c = sign.c;
	if (sign.whole || sign.c < 0x80) {
		l->len = 0;
		return true;
	}
	l->len = sign.c >= 0xc0 || l->len == sizeof(l->bytes) ? 0 : l->len;
	l->bytes[l->len++] = (char)sign.c;
	if (sg_utf8_first((struct sg_str){l->bytes, l->len}, c) != l->len)
		return false;
	l->len = 0;
	return true;
}

/* As it is, or in percent, however often: what is not seen, a blank that many take away at an end, and what is another sign's twin. */
static bool
is_misread(struct sg_str segment)
{
	struct letter l = {.len = 0};
	bool first = true, blank = false;
	if (sg_has_blank_end(segment))
		return true;
	for (size_t len; segment.len > 0; segment = behind(segment, len)) {
		struct sg_sign sign = {(unsigned char)segment.ptr[0], false};
		uint32_t c = 0;
		len = sign.c == '%' ? sg_coded(segment, &sign) : 1;
		bool itself = len == 0 || (segment.ptr[0] > ' ' && segment.ptr[0] <= '~' && segment.ptr[0] != '%');
		len += len == 0;
		if (itself) { /* to everybody */
			l.len = 0;
			first = blank = false;
			continue;
		}
		if (!completes(&l, sign, &c))
			continue;
		blank = sg_is_blank(c);
		if ((first && blank) || sg_is_hidden(c) || sg_is_disguise(c))
			return true;
		first = false;
	}
	return blank;
}

/* What climbs has a dot or a percent in it, what is misread a percent, a blank at an end or something beyond ASCII: what has none of these is looked at once. */
bool
sg_segment_plain(struct sg_str segment)
{
	bool dots = false, beyond = segment.len > 0 && (segment.ptr[0] == ' ' || segment.ptr[segment.len - 1] == ' ');
	for (size_t i = 0; i < segment.len; i++) {
		unsigned char c = (unsigned char)segment.ptr[i];
		if (is_control(c))
			return false;
		dots |= c == '.' || c == '%';
		beyond |= c >= 0x80 || c == '%';
	}
	return segment.len > 0 && !(dots && climbs(segment)) && !(beyond && is_misread(segment));
}

/* As sg_str_cut; of a URI the query stays with the last name. The name of a host ends before its query, whatever the scheme: what is behind it is below it. */
static struct sg_str
cut_segment(struct sg_str *rest, char separator, bool uri, bool host)
{
	size_t len = 0;
	while (host && len < rest->len && strchr("/?#", rest->ptr[len]) == NULL)
		len++;
	if (host && len < rest->len && rest->ptr[len] != '/') {
		struct sg_str name = {rest->ptr, len};
		*rest = behind(*rest, len);
		return name;
	}
	const char *slash = memchr(rest->ptr, separator, rest->len), *query = uri ? memchr(rest->ptr, '?', rest->len) : NULL;
	struct sg_str last = *rest;
	if (query == NULL || slash == NULL || slash < query)
		return sg_str_cut(rest, separator);
	*rest = (struct sg_str){NULL, 0};
	return last;
}

/* How a text is cut into names. */
struct names_of {
	char separator;
	bool uri;    /* its query is the host's own */
	bool file;   /* it has no host */
	size_t root; /* names that stand for no folder */
};

/* What a star takes: of a URI's last name what stands before its query, which names no folder, whatever is in it. */
static bool
takes(struct sg_str segment, bool uri)
{
	const char *query = uri ? memchr(segment.ptr, '?', segment.len) : NULL;
	struct sg_str name = {segment.ptr, query != NULL ? (size_t)(query - segment.ptr) : segment.len};
	return (query == segment.ptr || sg_segment_plain(name)) && segment.len > 0 && !has_control(segment);
}

/* The same, looked at once for each name of a text, however many patterns it is held against. */
static bool
taken(struct sg_text_names *names, size_t at, struct sg_str segment, bool uri)
{
	if (at >= SG_PATTERN_SEGMENTS)
		return takes(segment, uri);
	if (names->star[at] == 0)
		names->star[at] = takes(segment, uri) ? 1 : -1;
	return names->star[at] > 0;
}

/* The empty names that stand in a text by its form: the one that the root of a host ends with, the host of a file. */
static bool
is_empty_by_form(const struct names_of *n, size_t at, struct sg_str segment, bool last)
{
	return segment.len == 0 && n->root == 3 && ((at == 3 && last) || (at == 2 && n->file));
}

/* One or more segments. Two stars alone stand for anything at all, with empty segments ("https://x") in it; behind a folder they stand for names. */
static bool
takes_rest(struct sg_text_names *known, const struct names_of *n, size_t at, struct sg_str first, struct sg_str rest, bool alone)
{
	bool good = taken(known, at, first, n->uri) || (alone && first.len == 0 && rest.ptr != NULL) || is_empty_by_form(n, at, first, rest.ptr == NULL);
	while (good && rest.ptr != NULL) {
		at++;
		struct sg_str segment = cut_segment(&rest, n->separator, n->uri, n->root == 3 && at == 2);
		good = taken(known, at, segment, n->uri) || (alone && segment.len == 0) || is_empty_by_form(n, at, segment, rest.ptr == NULL);
	}
	return good;
}

/* How many names of a text stand for no folder: of "/" one, of "scheme://host" three. */
static size_t
names_before_root(struct sg_str text)
{
	size_t at = 0;
	if (text.len > 0 && text.ptr[0] == '/')
		return 1;
	while (at < text.len && strchr(":/?", text.ptr[at]) == NULL)
		at++;
	return at > 0 && text.len - at >= 3 && memcmp(text.ptr + at, "://", 3) == 0 ? 3 : 0;
}

/* The root itself, with its slash or without (forms write it either way), is below what names all of it: "https://h/" and "s3://bucket", "file:///" and "/". */
static bool
is_root(size_t root, size_t names, struct sg_str first, struct sg_str rest)
{
	return root > 0 && names == root && first.len == 0 && rest.ptr == NULL;
}

/* `inner_stars`: the text is itself a pattern, whose stars stand for any segment. */
static bool
match(struct sg_str pattern, struct sg_str text, char separator, bool inner_stars, struct sg_text_names *known)
{
	const struct sg_scheme *scheme = separator == '/' ? sg_scheme_of(text) : NULL;
	struct names_of n = {.separator = separator, .uri = scheme != NULL && scheme->query == SG_QUERY_OWN, .file = scheme != NULL && scheme->port == 0,
			     .root = separator == '/' ? names_before_root(text) : 0};
	bool alone = sg_str_is(pattern, "**");
	size_t names = 0;
	for (; pattern.ptr != NULL; names++) {
		if (text.ptr == NULL)
			return n.root > 1 && names == n.root && sg_str_is(pattern, "**");
		bool host = n.root == 3 && names == 2;
		struct sg_str want = cut_segment(&pattern, separator, n.uri, host), got = cut_segment(&text, separator, n.uri, host);
		if (sg_str_is(want, "**"))
			return is_root(n.root, names, got, text) || takes_rest(known, &n, names, got, text, alone);
		if (inner_stars && sg_str_is(got, "**"))
			return false;
		bool fits = sg_str_is(want, "*") ? taken(known, names, got, n.uri) : sg_str_eq(want, got);
		if (!fits)
			return false;
	}
	return text.ptr == NULL || (n.root == 3 && names == 3 && text.len == 0); /* a host is its root */
}

bool
sg_pattern_match_names(struct sg_str pattern, struct sg_str text, char separator, struct sg_text_names *names)
{
	return text.len > 0 && sg_pattern_valid(pattern, separator) && match(pattern, text, separator, false, names);
}

bool
sg_pattern_match(struct sg_str pattern, struct sg_str text, char separator)
{
	struct sg_text_names names = {{0}};
	return sg_pattern_match_names(pattern, text, separator, &names);
}

bool
sg_pattern_covers_names(struct sg_str outer, struct sg_str inner, char separator, struct sg_text_names *names)
{
	return sg_pattern_valid(outer, separator) && sg_pattern_valid(inner, separator) && match(outer, inner, separator, true, names);
}

bool
sg_pattern_covers(struct sg_str outer, struct sg_str inner, char separator)
{
	struct sg_text_names names = {{0}};
	return sg_pattern_covers_names(outer, inner, separator, &names);
}
