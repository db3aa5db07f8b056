/* SPDX-License-Identifier: Apache-2.0
 * The rows of leaf.h, asked of a body. */
#include "gate/state/leaf_form.h"

#include "base/str.h"
#include "gate/state/fold_in.h"

#define ROW(member, form, need, text) {{#member, sizeof(#member) - 1}, SG_MEMBER_##form, SG_MEMBER_##need, text},
#define END {{NULL, 0}, SG_MEMBER_anything, SG_MEMBER_told, NULL}

/* One array for each body and each part. */
#define ARRAY(rows) static const struct sg_leaf_member of_##rows[] = {SG_LEAF_##rows(ROW) END};
#define X(kind, event, rows) ARRAY(rows)
SG_LEAF_BODIES(X)
#undef X
ARRAY(MOMENT_OF)
ARRAY(DOMAIN_OF)
ARRAY(GRANT_OF)
ARRAY(LEASE_OF)
ARRAY(MEMORY_OF)
ARRAY(MASK_OF)

static const struct {
	struct sg_str kind, event;
	const struct sg_leaf_member *rows;
} bodies[] = {
#define X(kind, event, rows) {{#kind, sizeof(#kind) - 1}, {event, sizeof(event) - 1}, of_##rows},
	SG_LEAF_BODIES(X)
#undef X
};

static const size_t most[] = {
#define X(form, bytes, text) bytes,
	SG_MEMBER_FORMS(X)
#undef X
};

static const struct sg_leaf_member *const parts[] = {
#define X(form, rows, text) [SG_MEMBER_##form] = of_##rows,
	SG_LEAF_PARTS(X)
#undef X
};

const struct sg_leaf_member *
sg_leaf_members(struct sg_str kind, struct sg_str event)
{
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		if (sg_str_eq(kind, bodies[i].kind) && (bodies[i].event.len == 0 || sg_str_eq(event, bodies[i].event)))
			return bodies[i].rows;
	return NULL;
}

static bool
is_text(const struct sg_json *m, size_t bytes)
{
	return m->type == SG_JSON_STRING && (bytes == 0 || m->string.len <= bytes);
}

static bool
is_whole(const struct sg_json *m)
{
	int64_t number;
	return sg_json_int(m, &number);
}

static bool
is_time(const struct sg_json *m)
{
	int64_t ms;
	return sg_json_int(m, &ms) && sg_fold_time(ms);
}

static bool
is_charge(const struct sg_json *m)
{
	enum sg_dimension dimension;
	int64_t window_ms;
	struct sg_str account;
	const struct sg_json *key = m->type == SG_JSON_ARRAY ? sg_json_first(m) : NULL, *amount = key == NULL ? NULL : sg_json_next(m, key);
	return sg_json_string(key, &account) && amount != NULL && is_whole(amount) && sg_account_key(account, &dimension, &window_ms);
}

static bool
is_any_text(const struct sg_json *m)
{
	return is_text(m, 0);
}

static bool
are_all(const struct sg_json *m, enum sg_json_type type, bool (*good)(const struct sg_json *))
{
	if (m->type != type)
		return false;
	for (const struct sg_json *e = sg_json_first(m); e != NULL; e = sg_json_next(m, e))
		if (!good(e))
			return false;
	return true;
}

static bool
is_of(const struct sg_json *m, enum sg_member_form form)
{
	switch (form) {
	case SG_MEMBER_flag: return m->type == SG_JSON_BOOL;
	case SG_MEMBER_whole: return is_whole(m);
	case SG_MEMBER_time: return is_time(m);
	case SG_MEMBER_texts: return are_all(m, SG_JSON_ARRAY, is_any_text);
	case SG_MEMBER_wholes: return are_all(m, SG_JSON_ARRAY, is_whole);
	case SG_MEMBER_amounts: return are_all(m, SG_JSON_OBJECT, is_whole);
	case SG_MEMBER_charges: return are_all(m, SG_JSON_ARRAY, is_charge);
	case SG_MEMBER_anything: return true;
	default: break;
	}
	if (form < sizeof(most) / sizeof(most[0]))
		return is_text(m, most[form]);
	return (m->type == SG_JSON_NULL && form != SG_MEMBER_moment) || sg_leaf_lacks(parts[form], m) == NULL;
}

/* The member of that name, at `m` or behind it: mostly it is `m` itself. NULL: it is not there. `m` stays where the next one is looked for. */
static const struct sg_json *
named(const struct sg_json *body, const struct sg_json **m, struct sg_str name)
{
	while (*m != NULL && !sg_str_eq((*m)->name, name) && sg_json_name_cmp((*m)->name, name) < 0)
		*m = sg_json_next(body, *m);
	if (*m == NULL || !sg_str_eq((*m)->name, name))
		return NULL;
	const struct sg_json *found = *m;
	*m = sg_json_next(body, found);
	return found;
}

const char *
sg_leaf_lacks(const struct sg_leaf_member *row, const struct sg_json *body)
{
	if (body == NULL || body->type != SG_JSON_OBJECT || !body->sorted)
		return "members in their order";
	for (const struct sg_json *m = sg_json_first(body); row->name.ptr != NULL; row++) {
		const struct sg_json *here = named(body, &m, row->name);
		if (here == NULL ? row->need == SG_MEMBER_must : row->need != SG_MEMBER_told && !is_of(here, row->form))
			return row->name.ptr;
	}
	return NULL;
}

static const struct sg_leaf_member *
row_of(const struct sg_leaf_member *row, struct sg_str name)
{
	while (row->name.ptr != NULL && !sg_str_eq(name, row->name))
		row++;
	return row->name.ptr != NULL ? row : NULL;
}

const struct sg_json *
sg_leaf_stranger(const struct sg_leaf_member *rows, const struct sg_json *body)
{
	for (const struct sg_json *m = sg_json_first(body); m != NULL; m = sg_json_next(body, m)) {
		const struct sg_leaf_member *row = row_of(rows, m->name), *part = row != NULL ? sg_leaf_part(row->form) : NULL;
		const struct sg_json *inner = part != NULL && m->type == SG_JSON_OBJECT ? sg_leaf_stranger(part, m) : NULL;
		if (row == NULL || !is_of(m, row->form))
			return m;
		if (inner != NULL)
			return inner;
	}
	return NULL;
}

const struct sg_leaf_member *
sg_leaf_part(enum sg_member_form form)
{
	return form < sizeof(parts) / sizeof(parts[0]) ? parts[form] : NULL;
}
