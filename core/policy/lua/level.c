/* SPDX-License-Identifier: Apache-2.0
 * Words that have an order: levels of sensitivity, of autonomy, of proof. As texts they have none worth anything: "confidential" < "internal". */
#include "policy/level.h"

#include "base/near.h"
#include "base/str.h"
#include "policy/api/api.h"

#define MOST 4

static const struct {
	const char *field;
	const char *words[MOST]; /* from the least on */
} ladders[] = {
	{"sensitivity", {"public", "internal", "confidential", "restricted"}},
	{"autonomy", {"read-only", "propose", "act-and-tell", "autonomous"}},
	{"strength", {"hint", "content", "boundary"}},
};
enum { LADDERS = sizeof(ladders) / sizeof(ladders[0]) };

static int
rung_of(size_t ladder, struct sg_str word)
{
	for (int i = 0; i < MOST && ladders[ladder].words[i] != NULL; i++)
		if (sg_str_is(word, ladders[ladder].words[i]))
			return i;
	return -1;
}

bool
sg_level_field(struct sg_str field)
{
	for (size_t i = 0; i < LADDERS; i++)
		if (sg_str_is(field, ladders[i].field))
			return true;
	return false;
}

bool
sg_level_word(struct sg_str word)
{
	bool known = false;
	for (size_t i = 0; i < LADDERS && !known; i++)
		known = rung_of(i, word) >= 0;
	return known;
}

const char *
sg_level_hint(struct sg_str field, struct sg_str word, char *out, size_t room)
{
	for (size_t i = 0; i < LADDERS; i++) {
		if (!sg_str_is(field, ladders[i].field))
			continue;
		struct sg_near near = sg_near(word);
		for (int w = 0; w < MOST && ladders[i].words[w] != NULL; w++)
			sg_near_offer(&near, sg_str(ladders[i].words[w]));
		return rung_of(i, word) >= 0 ? NULL : sg_near_hint(&near, '\'', "see the reference for its words", out, room);
	}
	return NULL;
}

/* How many steps the first argument stands above the second. */
static int
distance(lua_State *L)
{
	struct sg_str one = sg_argument_string(L, 1), other = sg_argument_string(L, 2);
	sg_vm_charge(L, 2);
	for (size_t i = 0; i < LADDERS; i++)
		if (rung_of(i, one) >= 0 && rung_of(i, other) >= 0)
			return rung_of(i, one) - rung_of(i, other);
	return sg_vm_raise(L, SG_CODE_ERROR, "r.sensitivity:at_least(\"confidential\")", "these are no two levels of one kind");
}

int
sg_string_at_least(lua_State *L)
{
	lua_pushboolean(L, distance(L) >= 0);
	return 1;
}

int
sg_string_at_most(lua_State *L)
{
	lua_pushboolean(L, distance(L) <= 0);
	return 1;
}
