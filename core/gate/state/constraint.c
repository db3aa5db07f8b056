/* SPDX-License-Identifier: Apache-2.0
 * Typed limits on one argument: what each admits, and which is narrower than which. What is not comparable is never narrower. */
#include "base/canon.h"
#include "base/pattern.h"
#include "base/str.h"
#include "gate/state/grant.h"

#include <arpa/inet.h>
#include <stdio.h>

/* ---- networks: addresses as 16 bytes, IPv4 mapped (RFC 4291 section 2.5.5.2) ---- */

struct network {
	unsigned char bytes[16];
	int64_t bits;
};

static bool
network_read(struct sg_str text, struct network *out)
{
	char name[64];
	struct sg_str rest = text, address = sg_str_cut(&rest, '/');
	int64_t most = 32;
	if (address.len == 0 || address.len >= sizeof(name) || memchr(address.ptr, '\0', address.len) != NULL)
		return false;
	snprintf(name, sizeof(name), "%.*s", SG_STR_ARG(address));
	*out = (struct network){{0}, 0};
	memset(out->bytes + 10, 0xff, 2);
	if (inet_pton(AF_INET, name, out->bytes + 12) != 1) {
		most = 128;
		if (inet_pton(AF_INET6, name, out->bytes) != 1)
			return false;
	}
	out->bits = most;
	if (rest.ptr != NULL && !sg_str_int(rest, 0, most, &out->bits))
		return false;
	out->bits += most == 32 ? 96 : 0;
	return true;
}

static bool
network_within(const struct network *outer, const struct network *inner)
{
	if (inner->bits < outer->bits)
		return false;
	for (int64_t bit = 0; bit < outer->bits; bit++)
		if (((outer->bytes[bit / 8] ^ inner->bytes[bit / 8]) >> (7 - bit % 8) & 1) != 0)
			return false;
	return true;
}

static bool
cidr_within(struct sg_str outer, struct sg_str inner)
{
	struct network a, b;
	return network_read(outer, &a) && network_read(inner, &b) && network_within(&a, &b);
}

/* ---- paths ---- */

static bool
path_plain(struct sg_str path)
{
	struct sg_str rest = path;
	if (path.len == 0 || path.ptr[0] != '/')
		return false;
	sg_str_cut(&rest, '/');
	while (rest.ptr != NULL && path.len > 1)
		if (!sg_segment_plain(sg_str_cut(&rest, '/')))
			return false;
	return true;
}

/* A folder, with or without the slash behind it. */
static struct sg_str
folder_of(struct sg_str path)
{
	while (path.len > 1 && path.ptr[path.len - 1] == '/')
		path.len--;
	return path;
}

static bool
path_within(struct sg_str outer, struct sg_str inner)
{
	outer = folder_of(outer);
	if (!path_plain(outer) || !path_plain(inner) || !(inner.len >= outer.len && memcmp(inner.ptr, outer.ptr, outer.len) == 0))
		return false;
	return outer.len == 1 || inner.len == outer.len || inner.ptr[outer.len] == '/';
}

/* ---- values ---- */

static bool
pair(const struct sg_json *range, double *least, double *most)
{
	const struct sg_json *a = sg_json_first(range), *b = a == NULL ? NULL : sg_json_next(range, a);
	if (range == NULL || range->type != SG_JSON_ARRAY || range->count != 2 || a->type != SG_JSON_NUMBER || b->type != SG_JSON_NUMBER)
		return false;
	*least = a->number;
	*most = b->number;
	return *least <= *most;
}

static bool
text_of(const struct sg_json *json, struct sg_str *out)
{
	return sg_json_string(json, out);
}

static bool
length_of(const struct sg_json *value, int64_t *out)
{
	struct sg_str text;
	if (text_of(value, &text))
		*out = (int64_t)text.len;
	else if (value != NULL && value->type == SG_JSON_ARRAY)
		*out = (int64_t)value->count;
	else
		return false;
	return true;
}

static bool
rate_of(const struct sg_json *json, int64_t *count, int64_t *within)
{
	return json != NULL && json->type == SG_JSON_OBJECT && json->count == 2 && sg_json_int(sg_json_get(json, "count"), count) &&
	       sg_json_int(sg_json_get(json, "within"), within) && *count >= 0 && *within > 0;
}

/* Another spelling of a value that is in its normal form. */
static bool
is_spelling_of(const struct sg_json *limit, const struct sg_json *value, enum sg_form form)
{
	struct sg_str written, want;
	struct sg_buf normal;
	if (form == SG_FORM_exact || !text_of(limit, &written) || !text_of(value, &want))
		return false;
	sg_buf_init(&normal, 4 * SG_SPELLING_MAX);
	bool same = sg_form_write(form, written, &normal, NULL) == SG_SPELLING_OTHER && sg_str_eq(sg_buf_view(&normal), want);
	sg_buf_done(&normal);
	return same;
}

/* A list of values that have a form: each is looked at, in its place. */
static bool
is_that(const struct sg_json *limit, const struct sg_json *value, enum sg_form form)
{
	if (sg_json_eq(limit, value) || is_spelling_of(limit, value, form))
		return true;
	if (form == SG_FORM_exact || limit->type != SG_JSON_ARRAY || value->type != SG_JSON_ARRAY || limit->count != value->count)
		return false;
	const struct sg_json *l = sg_json_first(limit), *v = sg_json_first(value);
	while (l != NULL && v != NULL && (sg_json_eq(l, v) || is_spelling_of(l, v, form))) {
		l = sg_json_next(limit, l);
		v = sg_json_next(value, v);
	}
	return l == NULL && v == NULL;
}

static bool
is_one_of(const struct sg_json *list, const struct sg_json *value, enum sg_form form)
{
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
		if (is_that(e, value, form))
			return true;
	return false;
}

/* ---- one row a type ---- */

static bool
valid_exact(const struct sg_json *v)
{
	return v != NULL;
}

static bool
valid_one_of(const struct sg_json *v)
{
	return v->type == SG_JSON_ARRAY && v->count > 0 && v->count <= SG_GRANT_WORDS;
}

static bool
valid_range(const struct sg_json *v)
{
	double least, most;
	return pair(v, &least, &most);
}

static bool
valid_cidr(const struct sg_json *v)
{
	struct sg_str text;
	struct network network;
	return text_of(v, &text) && network_read(text, &network);
}

static bool
valid_subpath(const struct sg_json *v)
{
	struct sg_str text;
	return text_of(v, &text) && path_plain(folder_of(text));
}

static bool
valid_max_len(const struct sg_json *v)
{
	int64_t most;
	return sg_json_int(v, &most) && most >= 0;
}

static bool
valid_rate(const struct sg_json *v)
{
	int64_t count, within;
	return rate_of(v, &count, &within);
}

static bool
admits_exact(const struct sg_json *limit, const struct sg_json *value, enum sg_form form)
{
	return value != NULL && is_that(limit, value, form);
}

static bool
admits_one_of(const struct sg_json *limit, const struct sg_json *value, enum sg_form form)
{
	return value != NULL && is_one_of(limit, value, form);
}

static bool
admits_range(const struct sg_json *limit, const struct sg_json *value, enum sg_form form)
{
	(void)form;
	double least, most;
	return value != NULL && value->type == SG_JSON_NUMBER && pair(limit, &least, &most) && value->number >= least && value->number <= most;
}

static bool
admits_cidr(const struct sg_json *limit, const struct sg_json *value, enum sg_form form)
{
	(void)form;
	struct sg_str outer, inner;
	return text_of(limit, &outer) && text_of(value, &inner) && cidr_within(outer, inner);
}

static bool
admits_subpath(const struct sg_json *limit, const struct sg_json *value, enum sg_form form)
{
	(void)form;
	struct sg_str outer, inner;
	return text_of(limit, &outer) && text_of(value, &inner) && path_within(outer, inner);
}

static bool
admits_max_len(const struct sg_json *limit, const struct sg_json *value, enum sg_form form)
{
	(void)form;
	int64_t most, len;
	return sg_json_int(limit, &most) && length_of(value, &len) && len <= most;
}

static bool
admits_rate(const struct sg_json *limit, const struct sg_json *value, enum sg_form form)
{
	(void)form;
	(void)limit;
	(void)value;
	return true;
}

static const struct type {
	const char *name;
	bool (*valid)(const struct sg_json *);
	bool (*admits)(const struct sg_json *, const struct sg_json *, enum sg_form);
} types[] = {
#define X(name, value, lets) {#name, valid_##name, admits_##name},
	SG_CONSTRAINTS(X)
#undef X
};

static const struct type *
type_of(const struct sg_json *constraint, const struct sg_json **limit)
{
	if (constraint == NULL || constraint->type != SG_JSON_OBJECT || constraint->count != 1)
		return NULL;
	*limit = sg_json_first(constraint);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (sg_str_is((*limit)->name, types[i].name))
			return &types[i];
	return NULL;
}

bool
sg_constraint_valid(const struct sg_json *constraint)
{
	const struct sg_json *limit;
	const struct type *type = type_of(constraint, &limit);
	return type != NULL && type->valid(limit);
}

bool
sg_constraint_admits(const struct sg_json *constraint, const struct sg_json *value, enum sg_form form)
{
	const struct sg_json *limit;
	const struct type *type = type_of(constraint, &limit);
	return type != NULL && type->valid(limit) && type->admits(limit, value, form);
}

/* ---- which is narrower ---- */

static bool
covers_same(const struct type *type, const struct sg_json *outer, const struct sg_json *inner)
{
	double a, b, c, d;
	int64_t n, m, w, v;
	if (strcmp(type->name, "range") == 0)
		return pair(outer, &a, &b) && pair(inner, &c, &d) && c >= a && d <= b;
	if (strcmp(type->name, "rate") == 0)
		return rate_of(outer, &n, &w) && rate_of(inner, &m, &v) && m <= n && v >= w;
	if (strcmp(type->name, "max_len") == 0)
		return sg_json_int(outer, &n) && sg_json_int(inner, &m) && m <= n;
	return type->admits(outer, inner, SG_FORM_exact); /* cidr, subpath: a value is the least network, the least path */
}

bool
sg_constraint_covers(const struct sg_json *outer, const struct sg_json *inner)
{
	const struct sg_json *a, *b;
	const struct type *of_outer = type_of(outer, &a), *of_inner = type_of(inner, &b);
	if (of_outer == NULL || of_inner == NULL || !of_outer->valid(a) || !of_inner->valid(b))
		return false;
	bool either_rate = strcmp(of_outer->name, "rate") == 0 || strcmp(of_inner->name, "rate") == 0;
	if (either_rate && of_outer != of_inner)
		return false;
	if (strcmp(of_inner->name, "exact") == 0)
		return of_outer->admits(a, b, SG_FORM_exact);
	if (strcmp(of_inner->name, "one_of") == 0) {
		for (const struct sg_json *e = sg_json_first(b); e != NULL; e = sg_json_next(b, e))
			if (!of_outer->admits(a, e, SG_FORM_exact))
				return false;
		return true;
	}
	return of_outer == of_inner && covers_same(of_outer, a, b);
}
