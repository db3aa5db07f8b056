/* SPDX-License-Identifier: Apache-2.0
 * A command line as rules see it: a list of its simple commands. */
#include "base/str.h"
#include "policy/api/api.h"
#include "policy/lua/parts.h"
#include "policy/shell/shell.h"
#include "policy/take.h"

enum { ALLOWED = 64 }; /* names that a rule lets be assigned to */

static const char *const marks[] = {[SG_SHELL_PLAIN] = "plain", [SG_SHELL_PATTERN] = "pattern", [SG_SHELL_HOME] = "home"};

static void
set(lua_State *L, const char *name, struct sg_str text)
{
	lua_pushlstring(L, text.ptr, text.len);
	lua_setfield(L, -2, name);
}

static void
push_words(lua_State *L, const struct sg_shell_word *words, size_t count)
{
	lua_createtable(L, (int)count, 0);
	lua_createtable(L, (int)count, 0);
	for (size_t i = 0; i < count; i++) {
		lua_pushlstring(L, words[i].text.ptr, words[i].text.len);
		lua_rawseti(L, -3, (lua_Integer)i + 1);
		lua_pushstring(L, marks[words[i].mark]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_setfield(L, -3, "marks");
	lua_setfield(L, -2, "words");
}

static void
push_redirections(lua_State *L, const struct sg_shell_redirection *redirections, size_t count)
{
	lua_createtable(L, (int)count, 0);
	for (size_t i = 0; i < count; i++) {
		lua_createtable(L, 0, 4);
		set(L, "operator", sg_str(redirections[i].operator));
		lua_pushinteger(L, redirections[i].fd);
		lua_setfield(L, -2, "fd");
		set(L, "target", redirections[i].target.text);
		set(L, "mark", sg_str(marks[redirections[i].target.mark]));
		sg_parts_finish(L);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_setfield(L, -2, "redirections");
}

static void
push_assignments(lua_State *L, const struct sg_shell_assignment *assignments, size_t count)
{
	lua_createtable(L, (int)count, 0);
	for (size_t i = 0; i < count; i++) {
		lua_createtable(L, 0, 2);
		set(L, "name", assignments[i].name);
		set(L, "value", assignments[i].value);
		sg_parts_finish(L);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	lua_setfield(L, -2, "assignments");
}

static void
push_command(lua_State *L, const struct sg_shell *shell, const struct sg_shell_command *command)
{
	lua_createtable(L, 0, 8);
	sg_vm_charge(L, 8 + 2 * command->words + 4 * command->redirections);
	set(L, "after", sg_str(command->after));
	set(L, "folder", command->folder);
	lua_pushboolean(L, command->folder_known);
	lua_setfield(L, -2, "known");
	set(L, "name", command->words > 0 ? shell->words[command->word].text : SG_STR(""));
	push_words(L, &shell->words[command->word], command->words);
	push_redirections(L, &shell->redirections[command->redirection], command->redirections);
	push_assignments(L, &shell->assignments[command->assignment], command->assignments);
	sg_parts_finish(L);
}

/* The list at index 2; what it holds lives as long as that. */
static size_t
take_allowed(lua_State *L, struct sg_str *allowed)
{
	if (lua_isnoneornil(L, 2))
		return 0;
	size_t count = sg_take_length(L, 2);
	if (count > ALLOWED)
		return (size_t)sg_vm_raise(L, SG_CODE_ERROR, NULL, "shell takes a list of at most %d names that may be assigned to", ALLOWED);
	for (size_t i = 0; i < count; i++) {
		lua_geti(L, 2, (lua_Integer)i + 1);
		if (!sg_take_string(L, -1, &allowed[i]))
			return (size_t)sg_vm_raise(L, SG_CODE_ERROR, NULL, "shell takes a list of names that may be assigned to");
		lua_pop(L, 1);
	}
	return count;
}

int
sg_string_shell(lua_State *L)
{
	struct sg_str line = sg_argument_string(L, 1), allowed[ALLOWED];
	size_t count = take_allowed(L, allowed);
	struct sg_shell *shell = lua_newuserdatauv(L, sg_shell_room(line.len), 0);
	sg_vm_charge_bytes(L, line.len);
	sg_vm_charge(L, 100);
	if (!sg_shell_read(line, allowed, count, shell)) {
		lua_pushnil(L);
		lua_pushstring(L, sg_shell_code_word(shell->code));
		lua_pushstring(L, sg_shell_code_text(shell->code));
		return 3;
	}
	lua_createtable(L, (int)shell->command_count, 0);
	for (size_t i = 0; i < shell->command_count; i++) {
		push_command(L, shell, &shell->commands[i]);
		lua_rawseti(L, -2, (lua_Integer)i + 1);
	}
	return 1;
}
