/* SPDX-License-Identifier: Apache-2.0
 * The strict JSON reader. The text is copied into the arena once, strings are decoded in place (decoding never
 * lengthens), values go to a tape whose size is counted beforehand. The copy ends with NUL, which no rule accepts: that
 * is the only end check. */
#include "base/json_number.h"
#include "base/json_scan.h"

#include "base/err.h"

struct reader {
	struct sg_arena *arena;
	struct sg_err *err;
	char *start, *end, *at;
	struct sg_json *tape;
	size_t nodes, room; /* on the tape: used, allowed */
	size_t depth;       /* allowed */
	bool odd;           /* something was read that canonical JSON may write otherwise */
};

#define FAIL_AT(r, place, status, code, what)                                                                          \
	sg_fail((r)->err, status, code, what " at byte %zu", (size_t)((place) - (r)->start))
#define FAIL(r, status, code, what) FAIL_AT(r, (r)->at, status, code, what)

static enum sg_status read_value(struct reader *r, size_t depth, struct sg_str name);

static inline void
skip_space(struct reader *r)
{
	if (*r->at > ' ') /* what canonical text has */
		return;
	while (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t') {
		r->odd = true;
		r->at++;
	}
}

static enum sg_status
read_string(struct reader *r, struct sg_str *out)
{
	size_t run = sg_json_plain(r->at + 1, r->end);
	if (r->at[1 + run] == '"') { /* nothing to decode */
		*out = (struct sg_str){r->at + 1, run};
		r->at += run + 2;
		return SG_OK;
	}
	struct sg_json_text text = {.at = r->at + 1, .end = r->end};
	const struct sg_json_problem *problem = sg_json_text(&text);
	r->odd |= text.out.len + 2 != (size_t)(text.at - r->at); /* each escape is longer than what it says */
	r->at = text.at;
	if (problem != NULL)
		return sg_fail(r->err, SG_MALFORMED, problem->code, "%s at byte %zu", problem->what,
			       (size_t)(r->at - r->start));
	*out = text.out;
	return SG_OK;
}

/* The digits of a whole number, as a number is written: 5, -5, not -0, 5.0 or 5e3. Grammar and size are known to be right. */
static bool
is_whole(struct sg_str text, double number)
{
	bool below = text.ptr[0] == '-', good = !below || number != 0;
	for (size_t i = below; i < text.len; i++)
		good &= text.ptr[i] >= '0' && text.ptr[i] <= '9';
	return good;
}

static enum sg_status
read_number(struct reader *r, struct sg_json *value)
{
	const char *at = r->at;
	value->type = SG_JSON_NUMBER;
	switch (sg_json_number(&at, &value->number)) {
	case SG_JSON_NUMBER_OK:
		value->string = (struct sg_str){r->at, (size_t)(at - r->at)};
		r->odd |= !is_whole(value->string, value->number);
		r->at += at - r->at;
		return SG_OK;
	case SG_JSON_NUMBER_RANGE:
		return FAIL(r, SG_MALFORMED, "json_number", "the number does not fit a double");
	case SG_JSON_NUMBER_INTEGER:
		return FAIL(r, SG_MALFORMED, "json_integer", "integer beyond 2^53");
	case SG_JSON_NUMBER_GRAMMAR:
		break;
	}
	return FAIL(r, SG_MALFORMED, "json_number", "not a number as JSON writes it");
}

static enum sg_status
read_word(struct reader *r, struct sg_json *value, const char *word, enum sg_json_type type, bool boolean)
{
	size_t len = strlen(word);
	if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
		return FAIL(r, SG_MALFORMED, "json_syntax", "unknown word");
	r->at += len;
	value->type = type;
	value->boolean = boolean;
	return SG_OK;
}

/* Names in canonical order cannot repeat; others are sorted, so that the cost is never quadratic. */
static enum sg_status
check_names(struct reader *r, struct sg_json *object)
{
	const struct sg_json *m = sg_json_first(object), *next;
	while (m != NULL && (next = sg_json_next(object, m)) != NULL && sg_json_name_rises(m->name, next->name))
		m = next;
	object->sorted = m == NULL || sg_json_next(object, m) == NULL;
	if (object->sorted)
		return SG_OK;
	r->odd = true;

	const struct sg_json **list = sg_arena_room(r->arena, object->count * sizeof(struct sg_json *));
	if (list == NULL)
		return sg_fail(r->err, SG_NOMEM, "json_memory", "no memory for the names of an object");
	size_t count = 0;
	for (m = sg_json_first(object); m != NULL; m = sg_json_next(object, m))
		list[count++] = m;
	sg_json_sort(list, count);
	for (size_t i = 1; i < count; i++)
		if (sg_json_name_cmp(list[i - 1]->name, list[i]->name) == 0)
			return FAIL_AT(r, list[i]->name.ptr, SG_MALFORMED, "json_duplicate", "the same name twice");
	return SG_OK;
}

static enum sg_status
read_member(struct reader *r, size_t depth)
{
	struct sg_str name;
	if (*r->at != '"')
		return FAIL(r, SG_MALFORMED, "json_syntax", "expected a name");
	enum sg_status status = read_string(r, &name);
	if (status != SG_OK)
		return status;
	skip_space(r);
	if (*r->at != ':')
		return FAIL(r, SG_MALFORMED, "json_syntax", "expected a colon");
	r->at++;
	skip_space(r);
	return read_value(r, depth, name);
}

static enum sg_status
read_items(struct reader *r, struct sg_json *container, size_t depth, char close)
{
	for (;;) {
		enum sg_status status = close == '}' ? read_member(r, depth) : read_value(r, depth, (struct sg_str){0});
		if (status != SG_OK)
			return status;
		container->count++;
		skip_space(r);
		if (*r->at == close)
			return SG_OK;
		if (*r->at != ',')
			return FAIL(r, SG_MALFORMED, "json_syntax", "expected a comma or the end");
		r->at++;
		skip_space(r);
	}
}

static enum sg_status
read_container(struct reader *r, struct sg_json *container, size_t depth)
{
	bool object = *r->at == '{';
	char close = object ? '}' : ']';
	if (depth > r->depth)
		return FAIL(r, SG_LIMIT, "json_depth", "nested too deeply");
	container->type = object ? SG_JSON_OBJECT : SG_JSON_ARRAY;
	r->at++;
	skip_space(r);
	enum sg_status status = *r->at == close ? SG_OK : read_items(r, container, depth, close);
	if (status != SG_OK)
		return status;
	r->at++;
	container->span = (uint32_t)(r->tape + r->nodes - container);
	return object ? check_names(r, container) : SG_OK;
}

static enum sg_status
read_value(struct reader *r, size_t depth, struct sg_str name)
{
	if (r->nodes == r->room)
		return FAIL(r, SG_LIMIT, "json_nodes", "too many values");
	struct sg_json *value = &r->tape[r->nodes++];
	*value = (struct sg_json){.name = name, .span = 1};
	switch (*r->at) {
	case '{':
	case '[':
		return read_container(r, value, depth + 1);
	case '"':
		value->type = SG_JSON_STRING;
		return read_string(r, &value->string);
	case 't':
		return read_word(r, value, "true", SG_JSON_BOOL, true);
	case 'f':
		return read_word(r, value, "false", SG_JSON_BOOL, false);
	case 'n':
		return read_word(r, value, "null", SG_JSON_NULL, false);
	default:
		break;
	}
	if (*r->at == '-' || (*r->at >= '0' && *r->at <= '9'))
		return read_number(r, value);
	return FAIL(r, SG_MALFORMED, "json_syntax", "expected a value");
}

/* Bytes of `word` equal to those of `pattern`; perhaps one too many, never one too few. */
static size_t
equal_bytes(uint64_t word, unsigned char pattern)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	uint64_t differ = word ^ (each * pattern);
	uint64_t zero = (differ - each) & ~differ & (each * 0x80);
	return (size_t)(((zero >> 7) * each) >> 56);
}

/* The same for commas and brackets, sixteen bytes at a time as far as they go. */
static size_t
many_equal(struct sg_str text, size_t *at)
{
	size_t count = 0;
#ifdef __x86_64__
	const __m128i comma = _mm_set1_epi8(','), bracket = _mm_set1_epi8('{'), same = _mm_set1_epi8(0x20);
	__m128i sum = _mm_setzero_si128();
	for (; text.len - *at >= 16; *at += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text.ptr + *at));
		__m128i equal = _mm_or_si128(_mm_cmpeq_epi8(bytes, comma), _mm_cmpeq_epi8(_mm_or_si128(bytes, same), bracket));
		sum = _mm_add_epi64(sum, _mm_sad_epu8(_mm_sub_epi8(_mm_setzero_si128(), equal), _mm_setzero_si128()));
	}
	count = (size_t)_mm_cvtsi128_si64(_mm_add_epi64(sum, _mm_unpackhi_epi64(sum, sum)));
#else
	(void)text, (void)at;
#endif
	return count;
}

/* Each value but the first follows a comma or an opening bracket of its own; those within strings only make the tape
 * longer. Setting bit 0x20 makes [ and { the same byte. */
size_t
sg_json_most_values(struct sg_str text)
{
	size_t i = 0, most = 1 + many_equal(text, &i);
	uint64_t word, same_bracket = UINT64_C(0x2020202020202020);
	for (; text.len - i >= 8; i += 8) {
		memcpy(&word, text.ptr + i, 8);
		most += equal_bytes(word, ',') + equal_bytes(word | same_bracket, '{');
	}
	for (; i < text.len; i++)
		most += (text.ptr[i] == ',') | (text.ptr[i] == '[') | (text.ptr[i] == '{');
	return most;
}

static size_t
limit_or(size_t limit, size_t standard)
{
	return limit == 0 ? standard : limit;
}

static enum sg_status
read_document(struct reader *r)
{
	if (r->end - r->at >= 3 && memcmp(r->at, "\xEF\xBB\xBF", 3) == 0)
		return FAIL(r, SG_MALFORMED, "json_bom", "a byte order mark");
	skip_space(r);
	if (r->at == r->end)
		return FAIL(r, SG_MALFORMED, "json_empty", "no value");
	enum sg_status status = read_value(r, 0, (struct sg_str){0});
	if (status != SG_OK)
		return status;
	skip_space(r);
	return r->at == r->end ? SG_OK : FAIL(r, SG_MALFORMED, "json_trailing", "something behind the value");
}

enum sg_status
sg_json_parse(struct sg_arena *arena, struct sg_str text, const struct sg_json_limits *limits,
	      const struct sg_json **root, struct sg_err *err)
{
	bool odd;
	return sg_json_parse_odd(arena, text, limits, root, &odd, err);
}

enum sg_status
sg_json_parse_odd(struct sg_arena *arena, struct sg_str text, const struct sg_json_limits *limits,
		  const struct sg_json **root, bool *odd, struct sg_err *err)
{
	static const struct sg_json_limits standard;
	limits = limits == NULL ? &standard : limits;
	size_t nodes = limit_or(limits->nodes, SG_JSON_MAX_NODES), most;
	struct reader r = {.arena = arena, .err = err, .depth = limit_or(limits->depth, SG_JSON_MAX_DEPTH)};
	if (text.len > limit_or(limits->bytes, SG_JSON_MAX_BYTES))
		return sg_fail(err, SG_LIMIT, "json_bytes", "%zu bytes are too many", text.len);
	if (r.depth > SG_JSON_MAX_DEPTH)
		r.depth = SG_JSON_MAX_DEPTH;

	most = sg_json_most_values(text);
	r.room = most < nodes ? most : nodes;
	r.start = r.at = sg_arena_strdup(arena, text);
	r.tape = sg_arena_room(arena, r.room * sizeof(*r.tape));
	if (r.start == NULL || r.tape == NULL)
		return sg_fail(err, SG_NOMEM, "json_memory", "no memory for %zu bytes of JSON", text.len);
	r.end = r.start + text.len;

	enum sg_status status = read_document(&r);
	if (status == SG_OK)
		*root = r.tape;
	*odd = r.odd;
	return status;
}
