/* SPDX-License-Identifier: Apache-2.0
 * What a test expects, member by member, against what was got. */
#include "main/stepgate_policy.h"

#include "base/canon.h"
#include "base/near.h"
#include "base/str.h"
#include "policy/duration.h"
#include "policy/spec.h"

#include <stdio.h>

static const char *const verdicts[] = {"add", "allow", "defer", "deny", "none", "step_up", NULL};

static bool
same_value(const struct sg_try *try, const struct sg_json *want, const struct sg_json *got)
{
	(void)try;
	return sg_json_eq(want, got);
}

/* An empty table of Lua is an empty list. */
static size_t
length(const struct sg_json *list)
{
	return list->type == SG_JSON_ARRAY ? list->count : list->count == 0 && list->type == SG_JSON_OBJECT ? 0 : SIZE_MAX;
}

static bool
has(const struct sg_json *list, const struct sg_json *value)
{
	for (const struct sg_json *e = list->type == SG_JSON_ARRAY ? sg_json_first(list) : NULL; e != NULL; e = sg_json_next(list, e))
		if (sg_json_eq(e, value))
			return true;
	return false;
}

/* Every element of `few` is in `many`. */
static bool
within(const struct sg_json *few, const struct sg_json *many)
{
	if (length(few) == SIZE_MAX)
		return false;
	for (const struct sg_json *e = length(few) > 0 ? sg_json_first(few) : NULL; e != NULL; e = sg_json_next(few, e))
		if (!has(many, e))
			return false;
	return true;
}

static bool
same_set(const struct sg_try *try, const struct sg_json *want, const struct sg_json *got)
{
	(void)try;
	return length(want) == length(got) && within(want, got) && within(got, want);
}

static bool
spoke(const struct sg_try *try, const struct sg_json *want, const struct sg_json *got)
{
	(void)try;
	return within(want, got);
}

static bool
silent(const struct sg_try *try, const struct sg_json *want, const struct sg_json *got)
{
	(void)got;
	const struct sg_json *said = sg_json_get(try->got, "spoke");
	for (const struct sg_json *e = length(want) > 0 && length(want) != SIZE_MAX ? sg_json_first(want) : NULL; e != NULL;
	     e = sg_json_next(want, e))
		if (has(said, e))
			return false;
	return length(want) != SIZE_MAX;
}

/* {finance = 2}, or a list of names. */
static bool
same_groups(const struct sg_try *try, const struct sg_json *want, const struct sg_json *got)
{
	(void)try;
	if (want->type != SG_JSON_ARRAY)
		return sg_json_eq(want, got);
	for (const struct sg_json *e = sg_json_first(want); e != NULL; e = sg_json_next(want, e))
		if (e->type != SG_JSON_STRING || sg_json_get_str(got, e->string) == NULL)
			return false;
	return want->count == got->count;
}

/* The code that callers see, or the word that the rule's deny gave. */
static bool
same_code(const struct sg_try *try, const struct sg_json *want, const struct sg_json *got)
{
	return sg_json_eq(want, got) || sg_json_eq(want, sg_json_get(try->got, "word"));
}

static bool
same_duration(const struct sg_try *try, const struct sg_json *want, const struct sg_json *got)
{
	int64_t wanted, came = 0;
	(void)try;
	sg_json_int(got, &came);
	return want->type == SG_JSON_STRING ? sg_duration_read(want->string, &wanted) && wanted == came : sg_json_eq(want, got);
}

static bool (*const same[SG_EXPECT_COUNT])(const struct sg_try *try, const struct sg_json *want, const struct sg_json *got) = {
	[SG_EXPECT_code] = same_code,         [SG_EXPECT_freeze] = same_value,        [SG_EXPECT_groups] = same_groups,
	[SG_EXPECT_narrowed] = same_value,    [SG_EXPECT_obligations] = same_set,     [SG_EXPECT_raise] = same_value,
	[SG_EXPECT_retry_after] = same_duration, [SG_EXPECT_revoke] = same_value,     [SG_EXPECT_rule] = same_value,
	[SG_EXPECT_say] = same_value,         [SG_EXPECT_silent] = silent,            [SG_EXPECT_spoke] = spoke,
	[SG_EXPECT_taint] = same_set,         [SG_EXPECT_ttl] = same_duration,        [SG_EXPECT_verdict] = same_value,
};

static struct sg_str
text_of(struct sg_try *try, const struct sg_json *value)
{
	struct sg_buf text;
	struct sg_str copy = SG_STR("null");
	sg_buf_init(&text, SG_TRY_TEXT);
	if (value != NULL)
		sg_canon_write(&text, value);
	if (value != NULL && !text.failed)
		copy = sg_arena_copy(&try->arena, sg_buf_view(&text));
	sg_buf_done(&text);
	return copy;
}

static void
unknown(struct sg_try *try, struct sg_str name, const char *const *names, const char *format)
{
	struct sg_near near = sg_near(name);
	for (size_t i = 0; names[i] != NULL; i++)
		sg_near_offer(&near, sg_str(names[i]));
	snprintf(try->error.what, sizeof(try->error.what), format, (int)(name.len < 100 ? name.len : 100), name.ptr);
	sg_near_hint(&near, '\'', NULL, try->error.hint, sizeof(try->error.hint));
}

static bool
known_verdict(struct sg_try *try, const struct sg_json *want)
{
	for (size_t i = 0; want->type == SG_JSON_STRING && verdicts[i] != NULL; i++)
		if (sg_str_is(want->string, verdicts[i]))
			return true;
	unknown(try, want->type == SG_JSON_STRING ? want->string : SG_STR("?"), verdicts, "expect: there is no verdict '%.*s'");
	return false;
}

static void
compare_one(struct sg_try *try, const struct sg_json *want)
{
	const char *names[SG_EXPECT_COUNT + 1] = {NULL};
	size_t i = 0;
	for (; i < SG_EXPECT_COUNT && !sg_str_is(want->name, sg_expects[i].name); i++)
		names[i] = sg_expects[i].name;
	if (i == SG_EXPECT_COUNT) {
		unknown(try, want->name, names, "expect has no member '%.*s'");
		return;
	}
	if (i == SG_EXPECT_verdict && !known_verdict(try, want))
		return;
	const struct sg_json *got = sg_json_get(try->got, i == SG_EXPECT_silent ? "spoke" : sg_expects[i].name);
	if (same[i](try, want, got) || try->wrong_count == SG_TRY_WRONG)
		return;
	try->wrong[try->wrong_count++] = (struct sg_try_wrong){sg_str(sg_expects[i].name), text_of(try, want), text_of(try, got)};
}

void
sg_try_compare(struct sg_try *try)
{
	const struct sg_json *want = try->expect, *got = sg_json_get(try->got, "verdict");
	if (want->type == SG_JSON_STRING && known_verdict(try, want) && !sg_json_eq(want, got))
		try->wrong[try->wrong_count++] = (struct sg_try_wrong){SG_STR("verdict"), text_of(try, want), text_of(try, got)};
	if (want->type == SG_JSON_STRING)
		return;
	if (want->type != SG_JSON_OBJECT || want->count == 0) {
		snprintf(try->error.what, sizeof(try->error.what), "expect is a verdict, or a table with at least one member");
		return;
	}
	for (const struct sg_json *m = sg_json_first(want); m != NULL; m = sg_json_next(want, m))
		compare_one(try, m);
}
