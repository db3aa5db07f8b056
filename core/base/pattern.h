/* SPDX-License-Identifier: Apache-2.0
 * Patterns over separated segments: dotted for actions ("pay.*"), slashed for resources ("/srv/data/" and two stars).
 * No regular expressions: time is linear in the text and what a pattern means can be read aloud. */
#ifndef SG_BASE_PATTERN_H
#define SG_BASE_PATTERN_H

#include <stdbool.h>
#include <stepgate/types.h>

enum { SG_PATTERN_MAX = 512, SG_PATTERN_SEGMENTS = 32 };

/* A pattern is a run of segments joined by `separator`:
 *   a literal   stands for itself, byte for byte
 *   *           exactly one segment that is not empty
 *   **          one or more segments that are not empty; only as the last one. Alone, anything that does not climb ("https://x/"). A root
 *               is below itself: "https://x/" and "https://x" fit "https://x/" and two stars, "/" fits "/" and two stars, "s3://b" its bucket's
 * Of a text that is a URI of http, https, ws or wss what stands behind the first '?' belongs to the last segment, with its slashes: "https://h/a?x=/b" has the name
 * "a?x=/b" behind its host.
 * A star beside other characters in one segment is not a pattern, so nobody mistakes it for a shell's.
 * Neither star takes a control character, nor a segment with "." or ".." as a name in it, however it is written ("..\\x", "%2e%2e", "%252e.", "..%2fx",
 * "..;", "..?x", ".. ", "．．"): a path that climbs is not below the folder it names, and "key/" is not another name of "key". Nor one that holds what nobody sees, has a blank at
 * an end, or a sign that some take for a dot or a slash: it is another name to us alone. */

/* True if `pattern` is well formed: 1 to SG_PATTERN_MAX bytes, at most SG_PATTERN_SEGMENTS segments, no NUL. Segments
 * of a dotted pattern are never empty; of a slashed one they may be ("/srv", "file:///srv"). */
bool sg_pattern_valid(struct sg_str pattern, char separator);
/* The same of a dotted one that some action's name can fit: names are letters, digits, ".", "_", "-" and ":". */
bool sg_pattern_of_actions(struct sg_str pattern);

/* True if `text` fits `pattern`. False for a pattern that is not valid and for an empty text. */
bool sg_pattern_match(struct sg_str pattern, struct sg_str text, char separator);
/* The same for many patterns and one text: which of its names a star takes is looked at once. `names` begins as {{0}} and goes with that text and separator alone. */
struct sg_text_names {
	signed char star[SG_PATTERN_SEGMENTS]; /* 0: not looked at; 1: yes; -1: no */
};
bool sg_pattern_match_names(struct sg_str pattern, struct sg_str text, char separator, struct sg_text_names *names);

/* What a star takes: not empty, no control, nothing in it that climbs in whatever spelling, or that is another name to whoever reads it otherwise. */
bool sg_segment_plain(struct sg_str segment);


/* True if every text that fits `inner` fits `outer` too: what a narrower reach or a delegation must satisfy. */
bool sg_pattern_covers(struct sg_str outer, struct sg_str inner, char separator);
/* The same for many outer patterns and one inner one; `names` as for sg_pattern_match_names. */
bool sg_pattern_covers_names(struct sg_str outer, struct sg_str inner, char separator, struct sg_text_names *names);

#endif
