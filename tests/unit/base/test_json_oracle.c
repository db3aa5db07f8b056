/* SPDX-License-Identifier: Apache-2.0
 * The reader against jansson, over generated and mutated inputs: both take it or both refuse it, but for the exceptions
 * listed. */
#include "base/json.h"
#include "base/str.h"
#include "unit/cases.h"

#include <jansson.h>
#include <math.h>

/* Where we refuse what jansson 2.14 takes, on purpose. */
static const struct {
	const char *code;
	bool with_nul; /* only where the text holds a NUL byte */
	const char *why;
} exceptions[] = {
	{"json_integer", false, "jansson keeps 64-bit integers; we stop at 2^53, where doubles have gaps"},
	{"json_number", false, "jansson lets small numbers become zero or subnormal; we refuse to lose digits"},
	{"json_depth", false, "jansson's limit is 2,048; ours is 32"},
	{"json_syntax", true, "jansson drops a NUL byte right behind a number or a word"},
	{"json_trailing", true, "the same, at the end"},
};

static bool
excused(const char *code, struct sg_str text)
{
	bool nul = memchr(text.ptr, 0, text.len) != NULL;
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++)
		if (strcmp(exceptions[i].code, code) == 0 && (nul || !exceptions[i].with_nul))
			return true;
	return false;
}

static bool
same_value(const struct sg_json *ours, const json_t *theirs)
{
	switch (ours->type) {
	case SG_JSON_NULL:
		return json_is_null(theirs);
	case SG_JSON_BOOL:
		return json_is_boolean(theirs) && json_is_true(theirs) == ours->boolean;
	case SG_JSON_NUMBER:
		return json_is_number(theirs) && json_number_value(theirs) == ours->number;
	case SG_JSON_STRING:
		return json_is_string(theirs) &&
		       sg_str_eq(ours->string, (struct sg_str){json_string_value(theirs), json_string_length(theirs)});
	case SG_JSON_ARRAY: {
		size_t i = 0;
		for (const struct sg_json *e = sg_json_first(ours); e != NULL; e = sg_json_next(ours, e), i++)
			if (!same_value(e, json_array_get(theirs, i)))
				return false;
		return json_is_array(theirs) && json_array_size(theirs) == i;
	}
	case SG_JSON_OBJECT: {
		size_t count = 0;
		for (const struct sg_json *m = sg_json_first(ours); m != NULL; m = sg_json_next(ours, m), count++)
			if (!same_value(m, json_object_getn(theirs, m->name.ptr, m->name.len)))
				return false;
		return json_is_object(theirs) && json_object_size(theirs) == count;
	}
	}
	return false;
}

/* jansson refuses NUL in member names whatever the flags; we take it. */
static bool
has_nul_name(const struct sg_json *value)
{
	if (value->name.ptr != NULL && memchr(value->name.ptr, 0, value->name.len) != NULL)
		return true;
	for (const struct sg_json *m = sg_json_first(value); value->type >= SG_JSON_ARRAY && m != NULL;
	     m = sg_json_next(value, m))
		if (has_nul_name(m))
			return true;
	return false;
}

struct tally {
	size_t both_take, both_refuse, excused;
};

static void
compare(struct sg_str text, struct tally *tally)
{
	struct sg_arena arena;
	struct sg_err err = {0};
	const struct sg_json *ours = NULL;
	sg_arena_init(&arena, 4 << 20);
	bool taken = sg_json_parse(&arena, text, NULL, &ours, &err) == SG_OK;
	json_t *theirs =
		json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	if (taken && theirs != NULL) {
		CU_ASSERT(same_value(ours, theirs));
		tally->both_take++;
	} else if (!taken && theirs == NULL) {
		tally->both_refuse++;
	} else if (taken ? has_nul_name(ours) : excused(err.code, text)) {
		tally->excused++;
	} else {
		printf("\n    differ on %.*s: ours %s\n", SG_STR_ARG(text), taken ? "takes it" : err.code);
		CU_FAIL("ours and jansson differ");
	}
	json_decref(theirs);
	sg_arena_done(&arena);
}

static const char *const seeds[] = {
	"{\"action\":{\"name\":\"deploy.run\",\"n\":12.5e-3},\"list\":[true,false,null,-1,0,\"\\ud83d\\ude00\"]}",
	"[1,-0,0.5,1e10,1E-5,123456789012,\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
	"{\"\":{\"\":{\"\":[[[[\"\xe2\x82\xac\xf0\x9f\x98\x80\xc3\xa9\"]]]]}}}",
	"{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7}",
	"  [ { } , [ ] , \"\" , 9007199254740992 , 2.2250738585072014e-308 ]  ",
	"\"\\u0000\\u001f\\ud800\\udc00\\uFFFF\\uabcd\"",
};

static uint32_t
next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

/* Changes, drops, doubles or moves a few bytes; half of the time with bytes that mean something in JSON. */
static size_t
mutate(char *text, size_t len, uint32_t *seed)
{
	static const char meaning[] = "{}[]\",:\\u0123456789eE+-.dDtfn \n\x00\x1f\x80\xc0\xed\xf4\xff";
	for (uint32_t n = 1 + next_random(seed) % 4; n > 0 && len > 1; n--) {
		size_t at = next_random(seed) % len, from = next_random(seed) % len;
		uint32_t how = next_random(seed) % 5;
		if (how == 0)
			text[at] = (char)next_random(seed);
		else if (how == 1)
			text[at] = meaning[next_random(seed) % (sizeof(meaning) - 1)];
		else if (how == 2)
			memmove(text + at, text + at + 1, --len - at);
		else if (how == 3)
			memmove(text + at + 1, text + at, len++ - at);
		else
			text[at] = text[from];
	}
	return len;
}

static void
test_mutated(void)
{
	struct tally tally = {0};
	uint32_t seed = 8785;
	for (int i = 0; i < 60000; i++) {
		const char *start = seeds[i % 6];
		char text[512];
		size_t len = strlen(start);
		memcpy(text, start, len);
		len = i < 6 ? len : mutate(text, len, &seed);
		compare((struct sg_str){text, len}, &tally);
	}
	printf("\n    both take %zu, both refuse %zu, excused %zu\n", tally.both_take, tally.both_refuse,
	       tally.excused);
	CU_ASSERT(tally.both_take > 1000 && tally.both_refuse > 1000); /* the comparison compared something */
	CU_ASSERT(tally.excused < 3000);
}

static void
test_numbers(void)
{
	struct tally tally = {0};
	uint32_t seed = 754;
	for (int i = 0; i < 40000; i++) {
		char text[64];
		uint32_t whole = next_random(&seed), part = next_random(&seed), shape = next_random(&seed) % 4;
		int exponent = (int)(next_random(&seed) % 660) - 330;
		if (shape == 0)
			snprintf(text, sizeof(text), "%u.%u", whole % 1000, part);
		else if (shape == 1)
			snprintf(text, sizeof(text), "-%u.%ue%d", whole % 10, part, exponent);
		else if (shape == 2)
			snprintf(text, sizeof(text), "%u%u", whole % 90000 + 1, part);
		else
			snprintf(text, sizeof(text), "%ue%+d", whole, exponent / 30);
		compare(sg_str(text), &tally);
	}
	CU_ASSERT(tally.both_take > 10000 && tally.both_refuse > 100);
}

SG_CASES("base.json_oracle", {"mutated documents against jansson", test_mutated},
	 {"numbers against jansson", test_numbers})
