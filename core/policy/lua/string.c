/* SPDX-License-Identifier: Apache-2.0
 * Texts without patterns: every function is linear in its input and charges for it. */
#include "base/canon.h"
#include "base/pattern.h"
#include "base/str.h"
#include "policy/api/api.h"

#include <stdio.h>

enum { SPLIT_MAX = 1000 };

/* A bounded result: raises policy_memory rather than making a longer one. */
static char *
begin(lua_State *L, luaL_Buffer *buffer, size_t len)
{
	if (len > SG_POLICY_STRING)
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "a text would be longer than %d bytes", SG_POLICY_STRING);
	sg_vm_charge_bytes(L, len);
	return luaL_buffinitsize(L, buffer, len);
}

int
sg_string_len(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)sg_argument_string(L, 1).len);
	return 1;
}

static int
change_case(lua_State *L, char first, char last)
{
	luaL_Buffer buffer;
	struct sg_str text = sg_argument_string(L, 1);
	char *out = begin(L, &buffer, text.len);
	for (size_t i = 0; i < text.len; i++)
		out[i] = text.ptr[i] >= first && text.ptr[i] <= last ? (char)(text.ptr[i] ^ 0x20) : text.ptr[i];
	luaL_pushresultsize(&buffer, text.len);
	return 1;
}

int
sg_string_lower(lua_State *L)
{
	return change_case(L, 'A', 'Z');
}

int
sg_string_upper(lua_State *L)
{
	return change_case(L, 'a', 'z');
}

/* Lua's way of counting: 1 is the first byte, -1 the last. The result is within 1 .. len + 1. */
static size_t
position(lua_Integer at, size_t len)
{
	if (at > 0)
		return (lua_Unsigned)at > len ? len + 1 : (size_t)at;
	return at == 0 || -(lua_Unsigned)at > len ? 1 : len - (size_t)(-(lua_Unsigned)at) + 1;
}

static size_t
end_position(lua_Integer at, size_t len)
{
	if (at >= 0)
		return (lua_Unsigned)at > len ? len : (size_t)at;
	return -(lua_Unsigned)at > len ? 0 : len - (size_t)(-(lua_Unsigned)at) + 1;
}

int
sg_string_sub(lua_State *L)
{
	struct sg_str text = sg_argument_string(L, 1);
	size_t from = position(luaL_checkinteger(L, 2), text.len);
	size_t to = end_position(luaL_optinteger(L, 3, -1), text.len);
	size_t len = to < from ? 0 : to - from + 1;
	sg_vm_charge_bytes(L, len);
	lua_pushlstring(L, len == 0 ? "" : text.ptr + from - 1, len);
	return 1;
}

int
sg_string_byte(lua_State *L)
{
	struct sg_str text = sg_argument_string(L, 1);
	size_t at = position(luaL_optinteger(L, 2, 1), text.len);
	if (at > text.len)
		lua_pushnil(L);
	else
		lua_pushinteger(L, (unsigned char)text.ptr[at - 1]);
	return 1;
}

int
sg_string_find(lua_State *L)
{
	struct sg_str text = sg_argument_string(L, 1), part = sg_argument_string(L, 2);
	size_t from = position(luaL_optinteger(L, 3, 1), text.len) - 1;
	sg_vm_charge_bytes(L, text.len + part.len);
	const char *at = part.len == 0 ? text.ptr + from : memmem(text.ptr + from, text.len - from, part.ptr, part.len);
	if (at == NULL)
		lua_pushnil(L);
	else
		lua_pushinteger(L, at - text.ptr + 1);
	return 1;
}

int
sg_string_starts(lua_State *L)
{
	struct sg_str text = sg_argument_string(L, 1), part = sg_argument_string(L, 2);
	sg_vm_charge_bytes(L, part.len);
	lua_pushboolean(L, part.len <= text.len && memcmp(text.ptr, part.ptr, part.len) == 0);
	return 1;
}

int
sg_string_ends(lua_State *L)
{
	struct sg_str text = sg_argument_string(L, 1), part = sg_argument_string(L, 2);
	sg_vm_charge_bytes(L, part.len);
	lua_pushboolean(L, part.len <= text.len && memcmp(text.ptr + text.len - part.len, part.ptr, part.len) == 0);
	return 1;
}

int
sg_string_trim(lua_State *L)
{
	struct sg_str text = sg_argument_string(L, 1);
	sg_vm_charge_bytes(L, text.len);
	while (text.len > 0 && strchr(" \t\r\n", text.ptr[0]) != NULL && text.ptr[0] != '\0')
		text.ptr++, text.len--;
	while (text.len > 0 && strchr(" \t\r\n", text.ptr[text.len - 1]) != NULL && text.ptr[text.len - 1] != '\0')
		text.len--;
	lua_pushlstring(L, text.ptr, text.len);
	return 1;
}

int
sg_string_split(lua_State *L)
{
	struct sg_str rest = sg_argument_string(L, 1), separator = sg_argument_string(L, 2);
	if (separator.len == 0)
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "split needs a separator");
	lua_newtable(L);
	for (lua_Integer i = 1; rest.ptr != NULL; i++) {
		const char *at = memmem(rest.ptr, rest.len, separator.ptr, separator.len);
		size_t len = at == NULL ? rest.len : (size_t)(at - rest.ptr);
		if (i > SPLIT_MAX)
			return sg_vm_raise(L, SG_CODE_ERROR, NULL, "split into more than %d parts", SPLIT_MAX);
		sg_vm_charge_bytes(L, len);
		lua_pushlstring(L, rest.ptr, len);
		lua_rawseti(L, -2, i);
		rest.ptr = at == NULL ? NULL : at + separator.len;
		rest.len -= at == NULL ? 0 : len + separator.len;
	}
	return 1;
}

int
sg_string_glob(lua_State *L)
{
	struct sg_str text = sg_argument_string(L, 1), pattern = sg_argument_string(L, 2), separator = SG_STR("/");
	if (!lua_isnoneornil(L, 3))
		separator = sg_argument_string(L, 3);
	sg_vm_charge_bytes(L, text.len + pattern.len);
	if (separator.len != 1 || strchr("/.:", separator.ptr[0]) == NULL ||
	    !sg_pattern_valid(pattern, separator.ptr[0]))
		return sg_vm_raise(L, SG_CODE_ERROR, "* is one whole segment, ** the rest, at the end only",
				   "not a pattern");
	lua_pushboolean(L, sg_pattern_match(pattern, text, separator.ptr[0]));
	return 1;
}

/* %q: as JSON writes a string; raises on what is not UTF-8. */
static void
add_quoted(lua_State *L, struct sg_buf *out, int index)
{
	sg_canon_string(out, sg_argument_string(L, index));
	if (out->failed)
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "format: the text for %%q is not UTF-8 or too long");
}

static void
add_value(lua_State *L, struct sg_buf *out, char kind, int index)
{
	size_t len;
	if (index > lua_gettop(L))
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "format: too few values");
	if (kind == 'q') {
		add_quoted(L, out, index);
	} else if (kind == 'd') {
		sg_buf_printf(out, "%lld", (long long)luaL_checkinteger(L, index));
	} else if (kind == 's') {
		lua_pushcfunction(L, sg_lua_tostring);
		lua_pushvalue(L, index);
		lua_call(L, 1, 1);
		const char *text = lua_tolstring(L, -1, &len);
		sg_buf_add(out, text, len);
		lua_pop(L, 1);
	} else {
		sg_vm_raise(L, SG_CODE_ERROR, NULL, "format knows %%s, %%d, %%q and %%%% only");
	}
}

int
sg_string_format(lua_State *L)
{
	struct sg_buf *out = &sg_policy_of(L)->scratch;
	struct sg_str format = sg_argument_string(L, 1);
	int value = 2;
	sg_buf_clear(out);
	for (size_t i = 0; i < format.len; i++) {
		if (format.ptr[i] != '%') {
			sg_buf_add(out, &format.ptr[i], 1);
		} else if (++i < format.len && format.ptr[i] == '%') {
			sg_buf_add(out, "%", 1);
		} else {
			add_value(L, out, i < format.len ? format.ptr[i] : '\0', value++);
		}
	}
	if (out->failed)
		return sg_vm_raise(L, SG_CODE_ERROR, NULL, "a text would be longer than %d bytes", SG_POLICY_STRING);
	sg_vm_charge_bytes(L, out->len);
	lua_pushlstring(L, out->len == 0 ? "" : out->ptr, out->len);
	return 1;
}
