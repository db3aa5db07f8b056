/* SPDX-License-Identifier: Apache-2.0
 * The four words of origin on a table of the request: what all that stands in it has in common. */
#include "policy/origin.h"

#include "base/str.h"
#include "policy/freeze.h"

enum { LABELS_MOST = 256 }; /* of one table */

struct together {
	lua_State *L;
	size_t leaves, labels;
	bool trusted, same[SG_ORIGIN_MEMBER_COUNT];
	struct sg_str words[SG_ORIGIN_MEMBER_COUNT];
	struct sg_str list[LABELS_MOST];
};

static void
join_word(struct together *t, const struct sg_json *row, enum sg_origin_member member)
{
	struct sg_str word = sg_origin_word(t->L, row, member);
	if (t->leaves == 0)
		t->words[member] = word;
	t->same[member] &= sg_str_eq(t->words[member], word);
}

static void
join_labels(struct together *t, const struct sg_json *row)
{
	const struct sg_json *labels = sg_origin_labels(t->L, row);
	sg_vm_charge(t->L, 1 + labels->count * t->labels / 8);
	for (const struct sg_json *l = sg_json_first(labels); l != NULL; l = sg_json_next(labels, l)) {
		struct sg_str label;
		size_t at = 0;
		if (!sg_json_string(l, &label))
			continue;
		while (at < t->labels && !sg_str_eq(t->list[at], label))
			at++;
		if (at == LABELS_MOST)
			sg_vm_raise(t->L, SG_CODE_ERROR, NULL, "a table carries more than %d labels", LABELS_MOST);
		if (at == t->labels)
			t->list[t->labels++] = label;
	}
}

static void
join_row(struct together *t, const struct sg_json *row)
{
	join_word(t, row, SG_ORIGIN_origin);
	join_word(t, row, SG_ORIGIN_source);
	join_labels(t, row);
	t->trusted &= row != NULL && sg_origin_trusted(row);
	t->leaves++;
}

static void
join_leaf(struct together *t, const struct sg_json *leaf)
{
	struct sg_sought sought = {.is_number = leaf->type == SG_JSON_NUMBER};
	if (sought.is_number)
		sought.number = leaf->number;
	else if (leaf->type == SG_JSON_STRING)
		sought.text = leaf->string;
	bool placed = sought.is_number || leaf->type == SG_JSON_STRING;
	join_row(t, placed ? sg_origin_row(t->L, &sought) : NULL);
}

static void
join_text(struct together *t, struct sg_str text)
{
	struct sg_sought sought = {.text = text};
	join_row(t, sg_origin_row(t->L, &sought));
}

/* A step of a path that the catalogue says bears authority. */
static bool
is_declared(const struct together *t, struct sg_str name)
{
	const struct sg_json *paths = sg_json_get(sg_json_get(sg_policy_of(t->L)->request, "action"), "authority");
	for (const struct sg_json *p = sg_json_first(paths); p != NULL; p = sg_json_next(paths, p)) {
		struct sg_str rest = SG_STR("");
		sg_json_string(p, &rest);
		while (rest.ptr != NULL)
			if (sg_str_eq(sg_str_cut(&rest, '.'), name))
				return true;
	}
	return false;
}

/* No deeper than the request may be (SG_JSON_MAX_DEPTH). A member's name says whatever its writer likes, as a text does. */
static void
join(struct together *t, const struct sg_json *node)
{
	bool table = node->type == SG_JSON_ARRAY || node->type == SG_JSON_OBJECT;
	sg_vm_charge(t->L, 1);
	if (!table || node->count == 0) {
		join_leaf(t, node);
		return;
	}
	for (const struct sg_json *n = sg_json_first(node); n != NULL; n = sg_json_next(node, n)) {
		if (node->type == SG_JSON_OBJECT && !is_declared(t, n->name))
			join_text(t, n->name);
		join(t, n);
	}
}

static void
push_labels(const struct together *t)
{
	lua_createtable(t->L, (int)t->labels, 0);
	for (size_t i = 0; i < t->labels; i++) {
		lua_pushlstring(t->L, t->list[i].ptr, t->list[i].len);
		lua_rawseti(t->L, -2, (lua_Integer)i + 1);
	}
}

int
sg_origin_push_table(lua_State *L, const struct sg_json *table, enum sg_origin_member member)
{
	struct together t = {.L = L, .trusted = true, .same = {[SG_ORIGIN_origin] = true, [SG_ORIGIN_source] = true}};
	sg_origin_asked(L);
	join(&t, table);
	if (member == SG_ORIGIN_trusted) {
		lua_pushboolean(L, t.trusted);
	} else if (member == SG_ORIGIN_labels) {
		push_labels(&t);
	} else {
		struct sg_str word = t.same[member] ? t.words[member] : sg_origin_word(L, NULL, member);
		lua_pushlstring(L, word.ptr, word.len);
	}
	return 1;
}
