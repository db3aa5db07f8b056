/* SPDX-License-Identifier: Apache-2.0
 * One small reader per type of member; the table at the end says which. Texts never carry the value that was wrong. */
#include "policy/member.h"

#include "base/str.h"
#include "policy/take.h"

#include <stdio.h>

static bool
write_kind(lua_State *L, struct sg_json_writer *w, enum sg_effect_kind kind)
{
	(void)L;
	sg_jw_text(w, sg_effect_name(kind));
	return true;
}

static bool
text_within(lua_State *L, struct sg_str *out, size_t most)
{
	return sg_take_string(L, -1, out) && out->len <= most;
}

/* A name with such a byte in it ends early for whoever takes it for a C string. */
static bool
has_control(struct sg_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F)
			return true;
	return false;
}

static bool
write_say(lua_State *L, struct sg_json_writer *w, enum sg_effect_kind kind)
{
	(void)kind;
	struct sg_str text = SG_STR("");
	if (!lua_isnil(L, -1) && (!text_within(L, &text, SG_POLICY_SAY) || memchr(text.ptr, '\0', text.len) != NULL))
		return false; /* whoever reads it up to there reads something else */
	sg_jw_str(w, text);
	return true;
}

static bool
write_word(lua_State *L, struct sg_json_writer *w, enum sg_effect_kind kind)
{
	(void)kind;
	struct sg_str text = SG_STR("");
	if (!lua_isnil(L, -1) && !text_within(L, &text, SG_POLICY_WORD))
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '\0' || strchr("abcdefghijklmnopqrstuvwxyz0123456789_.-", text.ptr[i]) == NULL)
			return false;
	sg_jw_str(w, text);
	return true;
}

static bool
write_group(lua_State *L, struct sg_json_writer *w, enum sg_effect_kind kind)
{
	(void)kind;
	struct sg_str text;
	if (!text_within(L, &text, SG_POLICY_WORD) || text.len == 0 || has_control(text))
		return false;
	sg_jw_str(w, text);
	return true;
}

static bool
write_list(lua_State *L, struct sg_json_writer *w, enum sg_effect_kind kind)
{
	(void)kind;
	int list = lua_gettop(L);
	size_t count = lua_isnil(L, list) ? 0 : sg_take_length(L, list);
	struct sg_str text;
	if (count > SG_POLICY_LIST)
		return false;
	sg_jw_array(w);
	for (size_t i = 1; i <= count; i++) {
		lua_geti(L, list, (lua_Integer)i);
		if (!text_within(L, &text, SG_POLICY_WORD) || text.len == 0 || has_control(text))
			return false;
		sg_jw_str(w, text);
		lua_settop(L, list);
	}
	sg_jw_end(w);
	return true;
}

static bool
write_duration(lua_State *L, struct sg_json_writer *w, enum sg_effect_kind kind)
{
	(void)kind;
	int64_t milliseconds = 0; /* left out; given, it would say the opposite of what it seems to */
	if (!lua_isnil(L, -1) && (!sg_take_duration(L, -1, &milliseconds) || milliseconds == 0))
		return false;
	sg_jw_int(w, milliseconds);
	return true;
}

static bool
write_quorum(lua_State *L, struct sg_json_writer *w, enum sg_effect_kind kind)
{
	(void)kind;
	lua_Integer quorum = 1;
	if (!lua_isnil(L, -1) && !lua_isinteger(L, -1))
		return false;
	if (!lua_isnil(L, -1))
		quorum = lua_tointeger(L, -1);
	if (quorum < 1 || quorum > 16)
		return false;
	sg_jw_int(w, quorum);
	return true;
}

static bool
write_flag(lua_State *L, struct sg_json_writer *w, enum sg_effect_kind kind)
{
	(void)kind;
	if (!lua_isnil(L, -1) && !lua_isboolean(L, -1))
		return false;
	sg_jw_bool(w, lua_toboolean(L, -1));
	return true;
}

static bool
write_level(lua_State *L, struct sg_json_writer *w, enum sg_effect_kind kind)
{
	(void)kind;
	static const char *const levels[] = {"", "public", "internal", "confidential", "restricted"};
	struct sg_str text = SG_STR("");
	if (!lua_isnil(L, -1) && !sg_take_string(L, -1, &text))
		return false;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (!sg_str_is(text, levels[i]))
			continue;
		sg_jw_str(w, text);
		return true;
	}
	return false;
}

/* Paths in canonical order. Dotted ASCII names only, so byte order is that order. */
static size_t
sorted_paths(lua_State *L, int table, struct sg_str *paths)
{
	size_t count = 0;
	lua_pushnil(L);
	for (; lua_next(L, table) != 0; lua_pop(L, 1)) {
		struct sg_str path;
		sg_vm_charge(L, 1);
		if (count == SG_POLICY_LIST || !sg_take_string(L, -2, &path) || path.len == 0 ||
		    path.len > SG_POLICY_WORD)
			return SIZE_MAX;
		for (size_t i = 0; i < path.len; i++)
			if ((unsigned char)path.ptr[i] <= 0x20 || (unsigned char)path.ptr[i] > 0x7E)
				return SIZE_MAX;
		size_t at = count++;
		for (; at > 0 && sg_str_cmp(path, paths[at - 1]) < 0; at--)
			paths[at] = paths[at - 1];
		paths[at] = path;
	}
	return count;
}

static bool
write_narrow(lua_State *L, struct sg_json_writer *w, enum sg_effect_kind kind)
{
	(void)kind;
	struct sg_str paths[SG_POLICY_LIST];
	int table = lua_gettop(L);
	size_t count = 0;
	if (!lua_isnil(L, table) && (!sg_take_table(L, table) || (count = sorted_paths(L, table, paths)) == SIZE_MAX))
		return false;
	sg_jw_object(w);
	for (size_t i = 0; i < count; i++) {
		lua_pushlstring(L, paths[i].ptr, paths[i].len);
		lua_rawget(L, table);
		struct sg_str bound = sg_bound_read(L, -1);
		if (bound.ptr == NULL)
			return false;
		sg_jw_name_str(w, paths[i]);
		sg_jw_raw(w, bound);
		lua_settop(L, table);
	}
	sg_jw_end(w);
	return true;
}

static const struct {
	bool (*write)(lua_State *L, struct sg_json_writer *w, enum sg_effect_kind kind);
	const char *wanted;
} types[] = {
	[SG_MEMBER_KIND] = {write_kind, "given by the name of the effect"},
	[SG_MEMBER_SAY] = {write_say, "text of at most 500 bytes without NUL"},
	[SG_MEMBER_WORD] = {write_word, "lower-case letters, digits, _ . - ; at most 128"},
	[SG_MEMBER_GROUP] = {write_group, "the name of a group, at most 128 bytes; it must be given"},
	[SG_MEMBER_LIST] = {write_list, "a list of at most 32 texts of 1 to 128 bytes without control characters"},
	[SG_MEMBER_DURATION] = {write_duration,
				"\"200ms\", \"30s\", \"2m\", \"1h\", \"7d\" or milliseconds, more than 0, at most 366 days"},
	[SG_MEMBER_QUORUM] = {write_quorum, "an integer from 1 to 16"},
	[SG_MEMBER_FLAG] = {write_flag, "true or false"},
	[SG_MEMBER_RARE] = {write_flag, "true or false"},
	[SG_MEMBER_LEVEL] = {write_level, "\"public\", \"internal\", \"confidential\" or \"restricted\""},
	[SG_MEMBER_NARROW] = {write_narrow, "{ [\"path\"] = at_most(n), at_least(n) or only{...} }, at most 32"},
};

bool
sg_member_write(lua_State *L, struct sg_json_writer *w, const struct sg_effect_member *member)
{
	if (types[member->type].write(L, w, member->kind))
		return true;
	char text[100];
	snprintf(text, sizeof(text), "%s.%s is not what it must be", sg_effect_name(member->kind), member->name);
	sg_policy_complain(L, SG_CODE_BAD_EFFECT, types[member->type].wanted, text, NULL);
	return false;
}
