/* SPDX-License-Identifier: Apache-2.0
 * Words of the configuration as values: autonomy, a day, patterns in the form of what they fit. */
#include "gate/catalogue/words.h"

#include "base/str.h"

#include <stdio.h>
#include <time.h>

static const char *const autonomies[] = {"read-only", "propose", "act-and-tell", "autonomous"};

const char *
sg_autonomy_name(enum sg_autonomy autonomy)
{
	return (unsigned)autonomy <= SG_AUTONOMOUS ? autonomies[autonomy] : autonomies[SG_READ_ONLY];
}

/* An unknown word is the least. */
enum sg_autonomy
sg_autonomy_named(struct sg_str word)
{
	for (int i = SG_PROPOSE; i <= SG_AUTONOMOUS; i++)
		if (sg_str_is(word, autonomies[i]))
			return (enum sg_autonomy)i;
	return SG_READ_ONLY;
}

/* "2027-01-31" to the end of that day. What is no day is long over. */
int64_t
sg_day_end_ms(struct sg_str day)
{
	struct tm tm = {0};
	char text[16] = "";
	if (day.len != 10)
		return 0;
	memcpy(text, day.ptr, 10);
	if (sscanf(text, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday) != 3)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return ((int64_t)timegm(&tm) + 86400) * 1000;
}

/* Patterns as ids of that form are written, so that they fit those: two slashes are one. */
struct sg_strings
sg_patterns_in_form(struct sg_arena *arena, const struct sg_strings *patterns, enum sg_form form)
{
	struct sg_str *items = sg_arena_alloc(arena, patterns->count * sizeof(*items));
	struct sg_buf out;
	bool good = items != NULL;
	for (size_t i = 0; items != NULL && i < patterns->count; i++) {
		sg_buf_init(&out, 3 * SG_SPELLING_MAX);
		bool other = form != SG_FORM_exact && sg_form_write(form, patterns->items[i], &out, NULL) == SG_SPELLING_OTHER;
		items[i] = other ? sg_arena_copy(arena, sg_buf_view(&out)) : patterns->items[i];
		if (items[i].ptr == NULL)
			good = false;
		sg_buf_done(&out);
	}
	return (struct sg_strings){good ? items : NULL, good ? patterns->count : 0};
}
