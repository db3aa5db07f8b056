/* SPDX-License-Identifier: Apache-2.0
 * Matching segment by segment; see pattern.h for what a pattern means. */
#include "base/pattern.h"
#include "base/str.h"

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

static bool
climbs(struct sg_str segment)
{
	return sg_str_is(segment, ".") || sg_str_is(segment, "..");
}

/* One or more segments, none of which climbs. */
static bool
takes_rest(struct sg_str first, struct sg_str rest, char separator)
{
	if (climbs(first) || (first.len == 0 && rest.ptr == NULL))
		return false;
	while (rest.ptr != NULL)
		if (climbs(sg_str_cut(&rest, separator)))
			return false;
	return true;
}

/* `inner_stars`: the text is itself a pattern, whose stars stand for any segment. */
static bool
match(struct sg_str pattern, struct sg_str text, char separator, bool inner_stars)
{
	while (pattern.ptr != NULL) {
		if (text.ptr == NULL)
			return false;
		struct sg_str want = sg_str_cut(&pattern, separator), got = sg_str_cut(&text, separator);
		if (sg_str_is(want, "**"))
			return takes_rest(got, text, separator);
		if (inner_stars && sg_str_is(got, "**"))
			return false;
		bool fits = sg_str_is(want, "*") ? got.len > 0 && !climbs(got) : sg_str_eq(want, got);
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
