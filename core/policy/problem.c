/* SPDX-License-Identifier: Apache-2.0
 * Collecting the errors of a set, so that an author sees all of them at once. */
#include "base/str.h"
#include "policy/state.h"

#include <stdarg.h>
#include <stdio.h>

static bool
known(const struct sg_policy_problem *list, size_t count, struct sg_str file, int line, struct sg_str what)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].line == line && sg_str_eq(list[i].file, file) && sg_str_eq(list[i].what, what))
			return true;
	return false;
}

/* Messages of Lua may quote bytes of the file; what is reported must be text. */
static struct sg_str
plain_copy(struct sg_policy *policy, const char *text)
{
	char *copy = sg_arena_strdup(&policy->arena, sg_str(text));
	for (char *at = copy; at != NULL && *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || (unsigned char)*at > 0x7E)
			*at = '?';
	return sg_str(copy);
}

static void
add(struct sg_policy *policy, struct sg_policy_problem *list, size_t *count, uint32_t file, int line, const char *hint,
    const char *text)
{
	struct sg_str name = file < policy->file_count ? policy->files[file].name : SG_STR("");
	struct sg_str what = plain_copy(policy, text);
	if (*count == SG_POLICY_PROBLEMS || known(list, *count, name, line, what))
		return;
	list[(*count)++] = (struct sg_policy_problem){name, what, plain_copy(policy, hint == NULL ? "" : hint), line};
}

enum { TEXT = 512 };

void
sg_problem_add(struct sg_policy *policy, uint32_t file, int line, const char *hint, const char *format, ...)
{
	char text[TEXT];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	add(policy, policy->problems, &policy->problem_count, file, line, hint, text);
}

void
sg_warning_add(struct sg_policy *policy, uint32_t file, int line, const char *hint, const char *format, ...)
{
	char text[TEXT];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	add(policy, policy->warnings, &policy->warning_count, file, line, hint, text);
}

int
sg_policy_line(lua_State *L)
{
	lua_Debug at;
	for (int level = 0; lua_getstack(L, level, &at) == 1; level++) {
		lua_getinfo(L, "Sl", &at);
		if (at.currentline > 0)
			return at.currentline;
	}
	return 0;
}

void
sg_policy_complain(lua_State *L, enum sg_policy_code code, const char *hint, const char *what, const char *name)
{
	struct sg_policy *policy = sg_policy_of(L);
	if (!policy->loading)
		sg_vm_raise(L, code, hint, "%s", what);
	else if (name == NULL)
		sg_problem_add(policy, policy->file, sg_policy_line(L), hint, "%s", what);
	else
		sg_problem_add(policy, policy->file, sg_policy_line(L), hint, "%s '%.100s'", what, name);
}
