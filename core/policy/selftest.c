/* SPDX-License-Identifier: Apache-2.0
 * Does this Lua compile bit operators rightly? Debian 12's 5.4.4 does not, in functions with more than 255 constants.
 */
#include "policy/vm.h"

#include <stdio.h>
#include <string.h>

enum { CONSTANTS = 300, SOURCE = 16 << 10 };

/* A function that has used up the short constant slots before the operators come. */
static size_t
write_source(char *out, size_t room)
{
	size_t len = (size_t)snprintf(out, room, "local t = {");
	for (int i = 0; i < CONSTANTS; i++)
		len += (size_t)snprintf(out + len, room - len, "\"k%d\",", i);
	len += (size_t)snprintf(out + len, room - len, "} return 1 ~ (2 or 3), 1 | (2 or 3), 1 & (3 or 2)");
	return len;
}

static int
compute(lua_State *L)
{
	char source[SOURCE];
	bool *right = lua_touserdata(L, 1);
	size_t len = write_source(source, sizeof(source));
	if (luaL_loadbufferx(L, source, len, "=selftest", "t") != LUA_OK)
		return lua_error(L);
	lua_call(L, 0, 3);
	*right = lua_tointeger(L, -3) == 3 && lua_tointeger(L, -2) == 3 && lua_tointeger(L, -1) == 1;
	return 0;
}

bool
sg_vm_bits_broken(void)
{
	struct sg_vm vm;
	bool right = false;
	if (sg_vm_start(&vm, 1 << 20) != SG_OK)
		return true;
	enum sg_status status = sg_vm_run(&vm, compute, &right, 100000);
	sg_vm_stop(&vm);
	return status != SG_OK || !right;
}
