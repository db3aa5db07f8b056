/* SPDX-License-Identifier: Apache-2.0
 * Texts by their form: the normal form, or its parts. What is none raises: a rule that looks at parts never sees those of something else. */
#include "base/form.h"
#include "base/near.h"
#include "base/str.h"
#include "policy/api/api.h"
#include "policy/lua/parts.h"

#include <stdlib.h>

#define PARTS "parts of a text"

/* Raises for what is not of that form; what stands there lives until the next call. */
static struct sg_str
normal_of(lua_State *L, enum sg_form form)
{
	struct sg_buf *scratch = &sg_policy_of(L)->scratch;
	struct sg_str text = sg_argument_string(L, 1);
	const char *why = NULL;
	sg_vm_charge_bytes(L, text.len);
	sg_vm_charge(L, 4);
	sg_buf_clear(scratch);
	if (sg_form_write(form, text, scratch, &why) == SG_SPELLING_REFUSED)
		sg_vm_raise(L, SG_CODE_ERROR, sg_form_meaning(form), "a text is no %s: %s", sg_form_word(form), why);
	return sg_buf_view(scratch);
}

static void
set(lua_State *L, const char *name, struct sg_str text)
{
	lua_pushlstring(L, text.ptr == NULL ? "" : text.ptr, text.len);
	lua_setfield(L, -2, name);
}

/* A misspelt part raises, as a misspelt field does. */
static int
no_such_part(lua_State *L)
{
	return sg_vm_raise(L, SG_CODE_UNKNOWN_FIELD, "see the reference of the function that took it apart", "a text has no such part");
}

static int
read_only(lua_State *L)
{
	return sg_vm_raise(L, SG_CODE_ERROR, NULL, "parts of a text are read-only");
}

int
sg_parts_finish(lua_State *L)
{
	if (luaL_newmetatable(L, PARTS)) {
		lua_pushcfunction(L, no_such_part);
		lua_setfield(L, -2, "__index");
		lua_pushcfunction(L, read_only);
		lua_setfield(L, -2, "__newindex");
	}
	lua_setmetatable(L, -2);
	return 1;
}

int
sg_string_form(lua_State *L)
{
	enum sg_form form;
	char hint[SG_VM_TEXT];
	struct sg_str name = sg_argument_string(L, 2);
	struct sg_near near = sg_near(name);
	for (int i = 0; i < SG_FORM_COUNT; i++)
		sg_near_offer(&near, sg_str(sg_form_word((enum sg_form)i)));
	if (!sg_form_named(name, &form))
		return sg_vm_raise(L, SG_CODE_ERROR, sg_near_hint(&near, '\'', "email, host, iban, ip, name, path, relative, uri, uuid", hint, sizeof(hint)), "there is no such form");
	struct sg_str normal = normal_of(L, form);
	lua_pushlstring(L, normal.ptr, normal.len);
	return 1;
}

int
sg_string_email(lua_State *L)
{
	struct sg_str host = normal_of(L, SG_FORM_email), text = host;
	struct sg_str user = sg_str_cut(&host, '@');
	lua_createtable(L, 0, 3);
	set(L, "host", host);
	set(L, "text", text);
	set(L, "user", user);
	return sg_parts_finish(L);
}

int
sg_string_ip(lua_State *L)
{
	struct sg_str text = normal_of(L, SG_FORM_ip);
	lua_createtable(L, 0, 2);
	set(L, "text", text);
	lua_pushinteger(L, memchr(text.ptr, ':', text.len) != NULL ? 6 : 4);
	lua_setfield(L, -2, "version");
	return sg_parts_finish(L);
}

static size_t
behind_last(struct sg_str text, char mark)
{
	size_t at = text.len;
	while (at > 0 && text.ptr[at - 1] != mark)
		at--;
	return at;
}

int
sg_string_path(lua_State *L)
{
	struct sg_str text = normal_of(L, SG_FORM_path);
	size_t slash = behind_last(text, '/');
	struct sg_str name = {text.ptr + slash, text.len - slash};
	size_t dot = behind_last(name, '.');
	lua_createtable(L, 0, 4);
	set(L, "ending", dot > 1 ? (struct sg_str){name.ptr + dot, name.len - dot} : SG_STR(""));
	set(L, "folder", (struct sg_str){text.ptr, slash > 1 ? slash - 1 : 1});
	set(L, "name", name);
	set(L, "text", text);
	return sg_parts_finish(L);
}

/* Of the normal form: "scheme://host:port/path?query". */
int
sg_string_uri(lua_State *L)
{
	struct sg_str text = normal_of(L, SG_FORM_uri), query = text;
	struct sg_str rest = sg_str_cut(&query, '?'), scheme = sg_str_cut(&rest, ':');
	rest = (struct sg_str){rest.ptr + 2, rest.len - 2};
	size_t len = 0;
	while (len < rest.len && rest.ptr[len] != '/')
		len++;
	struct sg_str host = {rest.ptr, len}, path = {rest.ptr + len, rest.len - len};
	size_t colon = behind_last(host, ':');
	bool port = colon > 0 && memchr(host.ptr + colon, ']', host.len - colon) == NULL;
	lua_createtable(L, 0, 6);
	lua_pushinteger(L, port ? strtol(host.ptr + colon, NULL, 10) : 0);
	lua_setfield(L, -2, "port");
	host.len = port ? colon - 1 : host.len;
	if (host.len > 2 && host.ptr[0] == '[')
		host = (struct sg_str){host.ptr + 1, host.len - 2};
	set(L, "host", host);
	set(L, "path", path);
	set(L, "query", query);
	set(L, "scheme", scheme);
	set(L, "text", text);
	return sg_parts_finish(L);
}
