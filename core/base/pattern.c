/* SPDX-License-Identifier: Apache-2.0
 * Matching segment by segment; see pattern.h for what a pattern means. */
#include "base/pattern.h"
#include "base/scheme.h"
#include "base/str.h"

#include <stdio.h>
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

/* A byte in percent, once or more often ("%2e", "%252e"): its length; 0: it is not that byte. */
static size_t
coded(struct sg_str text, const char *code)
{
	size_t at = 1;
	if (text.len < 3 || text.ptr[0] != '%')
		return 0;
	while (text.len - at >= 4 && memcmp(text.ptr + at, "25", 2) == 0)
		at += 2;
	return text.len - at >= 2 && strncasecmp(text.ptr + at, code, 2) == 0 ? at + 2 : 0;
}

static size_t
one_of(struct sg_str text, const char *const *codes, size_t count)
{
	size_t len = 0;
	for (size_t i = 0; i < count && len == 0; i++)
		len = coded(text, codes[i]);
	return len;
}

/* A byte in more bytes than it needs, or as some old servers wrote it: its length; 0: it is not that. */
static size_t
overlong(struct sg_str text, const char *const *spellings)
{
	for (; *spellings != NULL; spellings++)
		if (text.len >= strlen(*spellings) && strncasecmp(text.ptr, *spellings, strlen(*spellings)) == 0)
			return strlen(*spellings);
	return 0;
}

/* A control character in percent, which some readers pass over and others stop at. */
static size_t
coded_control(struct sg_str text)
{
	char code[3];
	for (unsigned byte = 0; byte < 0x21; byte++) {
		snprintf(code, sizeof(code), "%02x", byte < 0x20 ? byte : 0x7F);
		size_t len = coded(text, code);
		if (len > 0)
			return len;
	}
	return 0;
}

/* What a file system, a web server or a shell takes for the end of a name. */
static size_t
end_of_name(struct sg_str text)
{
	static const char *const codes[] = {"2f", "5c", "3b", "3f", "23", "20"}, *const slashes[] = {"%c0%af", "%e0%80%af", "%f0%80%80%af", "%u002f", "%u2215", "%c1%9c", "%u005c", NULL};
	if (text.len > 0 && strchr("/\\;?# ", text.ptr[0]) != NULL)
		return 1;
	if (text.len == 0 || text.ptr[0] != '%')
		return 0;
	size_t len = one_of(text, codes, sizeof(codes) / sizeof(codes[0]));
	len = len > 0 ? len : overlong(text, slashes);
	return len > 0 ? len : coded_control(text);
}

/* The length of one dot, written as it is, in percent, or in more bytes than it needs; 0: there is none. */
static size_t
dot(struct sg_str text)
{
	static const char *const dots[] = {"%c0%ae", "%e0%80%ae", "%f0%80%80%ae", "%u002e", NULL};
	if (text.len > 0 && text.ptr[0] == '.')
		return 1;
	size_t len = overlong(text, dots);
	return len > 0 ? len : coded(text, "2e");
}

static struct sg_str
behind(struct sg_str text, size_t len)
{
	return (struct sg_str){text.ptr + len, text.len - len};
}

/* One or two dots, and then the end of a name. */
static bool
is_dots(struct sg_str text)
{
	size_t count = 0;
	for (size_t len; (len = dot(text)) > 0; count++)
		text = behind(text, len);
	return (count == 1 || count == 2) && (text.len == 0 || end_of_name(text) > 0);
}

/* Is there a name in it that stands for the folder it is in, or for the one above, in whatever spelling? */
static bool
climbs(struct sg_str segment)
{
	for (bool begins = true; segment.len > 0;) {
		if (begins && is_dots(segment))
			return true;
		size_t len = end_of_name(segment);
		begins = len > 0;
		segment = behind(segment, len > 0 ? len : 1);
	}
	return false;
}

static bool
has_control(struct sg_str segment)
{
	for (size_t i = 0; i < segment.len; i++)
		if ((unsigned char)segment.ptr[i] < 0x20 || segment.ptr[i] == 0x7F)
			return true; /* some readers stop there, some pass over it */
	return false;
}

bool
sg_segment_plain(struct sg_str segment)
{
	return segment.len > 0 && !has_control(segment) && !climbs(segment);
}

/* As sg_str_cut; of a URI the query stays with the last name. */
static struct sg_str
cut_segment(struct sg_str *rest, char separator, bool uri)
{
	const char *slash = memchr(rest->ptr, separator, rest->len), *query = uri ? memchr(rest->ptr, '?', rest->len) : NULL;
	struct sg_str last = *rest;
	if (query == NULL || slash == NULL || slash < query)
		return sg_str_cut(rest, separator);
	*rest = (struct sg_str){NULL, 0};
	return last;
}

/* What a star takes: of a URI's last name what stands before its query, which names no folder, whatever is in it. */
static bool
takes(struct sg_str segment, bool uri)
{
	const char *query = uri ? memchr(segment.ptr, '?', segment.len) : NULL;
	struct sg_str name = {segment.ptr, query != NULL ? (size_t)(query - segment.ptr) : segment.len};
	return (query == segment.ptr || sg_segment_plain(name)) && segment.len > 0 && !has_control(segment);
}

/* One or more segments. Two stars alone stand for anything at all, with empty segments ("https://x") in it; behind a folder they stand for names. */
static bool
takes_rest(struct sg_str first, struct sg_str rest, char separator, bool uri, bool alone)
{
	bool good = takes(first, uri) || (alone && first.len == 0 && rest.ptr != NULL);
	while (good && rest.ptr != NULL) {
		struct sg_str segment = cut_segment(&rest, separator, uri);
		good = takes(segment, uri) || (alone && segment.len == 0);
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
match(struct sg_str pattern, struct sg_str text, char separator, bool inner_stars)
{
	const struct sg_scheme *scheme = separator == '/' ? sg_scheme_of(text) : NULL;
	bool alone = sg_str_is(pattern, "**"), uri = scheme != NULL && scheme->query == SG_QUERY_OWN;
	size_t root = separator == '/' ? names_before_root(text) : 0;
	for (size_t names = 0; pattern.ptr != NULL; names++) {
		if (text.ptr == NULL)
			return root > 1 && names == root && sg_str_is(pattern, "**");
		struct sg_str want = cut_segment(&pattern, separator, uri), got = cut_segment(&text, separator, uri);
		if (sg_str_is(want, "**"))
			return is_root(root, names, got, text) || takes_rest(got, text, separator, uri, alone);
		if (inner_stars && sg_str_is(got, "**"))
			return false;
		bool fits = sg_str_is(want, "*") ? takes(got, uri) : sg_str_eq(want, got);
		if (!fits)
			return false;
	}
	return text.ptr == NULL;
}

bool
sg_pattern_match(struct sg_str pattern, struct sg_str text, char separator)
{
	return text.len > 0 && sg_pattern_valid(pattern, separator) && match(pattern, text, separator, false);
}

bool
sg_pattern_covers(struct sg_str outer, struct sg_str inner, char separator)
{
	return sg_pattern_valid(outer, separator) && sg_pattern_valid(inner, separator) &&
	       match(outer, inner, separator, true);
}
