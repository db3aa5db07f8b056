/* SPDX-License-Identifier: Apache-2.0
 * Allocator with a cap, count hook, protected call. Policies have no pcall, no coroutines and no metatables, so an
 * abort raised here meets nobody who could catch it, and no finalizer in which hooks would be off. */
#include "policy/vm.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if LUA_VERSION_NUM < 504
#error "Lua 5.4 or 5.5 is needed"
#endif

#define SPENT "the budget of %llu steps is spent"

/* New memory is work as well: joining long texts costs one instruction and megabytes. False once the budget is spent.
 */
static bool
charge_memory(struct sg_vm *vm, size_t bytes)
{
	uint64_t steps = bytes / SG_VM_BYTES_PER_STEP / 2;
	if (vm->step_limit == 0 || vm->failing)
		return true; /* not running, or on the way out, which may need a little */
	if (steps <= vm->step_limit - vm->steps) {
		vm->steps += steps;
		return true;
	}
	vm->steps = vm->step_limit;
	if (vm->code == SG_CODE_NONE)
		snprintf(vm->text, sizeof(vm->text), SPENT, (unsigned long long)vm->step_limit);
	vm->code = vm->code == SG_CODE_NONE ? SG_CODE_STEPS : vm->code;
	return false;
}

static void *
allocate(void *context, void *block, size_t old_size, size_t new_size)
{
	struct sg_vm *vm = context;
	size_t old = block == NULL ? 0 : old_size; /* for a new block Lua passes its type instead */
	if (new_size == 0) {
		vm->used -= old;
		free(block);
		return NULL;
	}
	if (new_size > old && (new_size - old > vm->limit - vm->used || !charge_memory(vm, new_size - old)))
		return NULL;
	void *moved = realloc(block, new_size);
	if (moved == NULL)
		return new_size <= old ? block : NULL; /* Lua relies on shrinking never failing */
	vm->used = vm->used - old + new_size;
	return moved;
}

struct sg_vm *
sg_vm_of(lua_State *L)
{
	return *(struct sg_vm **)lua_getextraspace(L);
}

static int
raise_set(lua_State *L)
{
	lua_pushnil(L); /* the reason is in the vm; a string could need memory that is not there */
	return lua_error(L);
}

int
sg_vm_raise(lua_State *L, enum sg_policy_code code, const char *hint, const char *format, ...)
{
	struct sg_vm *vm = sg_vm_of(L);
	if (vm->code == SG_CODE_NONE) {
		va_list args;
		va_start(args, format);
		vsnprintf(vm->text, sizeof(vm->text), format, args);
		va_end(args);
		snprintf(vm->hint, sizeof(vm->hint), "%s", hint == NULL ? "" : hint);
		vm->code = code;
	}
	vm->failing = true;
	raise_set(L);
	abort(); /* not reached: lua_error does not return */
}

void
sg_vm_charge(lua_State *L, uint64_t steps)
{
	struct sg_vm *vm = sg_vm_of(L);
	if (steps > vm->step_limit - vm->steps) {
		vm->steps = vm->step_limit;
		sg_vm_raise(L, SG_CODE_STEPS, NULL, SPENT, (unsigned long long)vm->step_limit);
	}
	vm->steps += steps;
}

void
sg_vm_charge_bytes(lua_State *L, size_t bytes)
{
	sg_vm_charge(L, 1 + bytes / SG_VM_BYTES_PER_STEP);
}

/* What Lua counts as one step copies all arguments or results of a call: `return g(n, ...)` that hands on ever more, `return 1, f(n - 1)` that returns ever
 * more. Neither can grow where few are in hand and calls are not deep. */
static void
look_at_stack(lua_State *L, lua_Debug *at)
{
	lua_Debug deep;
	if (lua_getlocal(L, at, -(SG_VM_ARGUMENTS + 1)) != NULL)
		sg_vm_raise(L, SG_CODE_STEPS, "hand on a table", "a function has more than %d arguments", SG_VM_ARGUMENTS);
	if (lua_getstack(L, SG_VM_CALLS, &deep) == 1)
		sg_vm_raise(L, SG_CODE_STEPS, "use a loop", "calls are more than %d deep", SG_VM_CALLS);
}

static void
on_count(lua_State *L, lua_Debug *at)
{
	struct sg_vm *vm = sg_vm_of(L);
	look_at_stack(L, at);
	if (vm->on_time != NULL)
		vm->on_time(vm->on_time_for);
	sg_vm_charge(L, SG_VM_HOOK);
}

/* Lua's own messages begin with "file:line: "; both are told apart from the text here. */
static const char *
without_place(const char *text)
{
	const char *colon = strstr(text, ": ");
	const char *digit = colon;
	while (digit != NULL && digit > text && digit[-1] >= '0' && digit[-1] <= '9')
		digit--;
	return digit != NULL && digit != colon && digit > text && digit[-1] == ':' ? colon + 2 : text;
}

static void
note_place(struct sg_vm *vm, lua_State *L)
{
	lua_Debug at;
	for (int level = 0; lua_getstack(L, level, &at) == 1; level++) {
		lua_getinfo(L, "Sl", &at);
		if (at.currentline <= 0)
			continue;
		snprintf(vm->file, sizeof(vm->file), "%s", at.source + 1); /* behind the '=' of the chunk's name */
		vm->line = at.currentline;
		return;
	}
}

/* Runs where the error was raised, so that the place is still on the stack. Allocates nothing. */
static int
on_error(lua_State *L)
{
	struct sg_vm *vm = sg_vm_of(L);
	vm->failing = true;
	if (vm->line == 0)
		note_place(vm, L);
	if (vm->code == SG_CODE_NONE) {
		bool text = lua_type(L, 1) == LUA_TSTRING;
		snprintf(vm->text, sizeof(vm->text), "%s",
			 text ? without_place(lua_tostring(L, 1)) : "an error without text");
		vm->code = SG_CODE_ERROR;
	}
	lua_settop(L, 0);
	lua_pushnil(L);
	return 1;
}

static enum sg_status
explain(struct sg_vm *vm, int result)
{
	if (result == LUA_OK)
		return SG_OK;
	if (vm->code == SG_CODE_NONE) {
		vm->code = result == LUA_ERRMEM ? SG_CODE_MEMORY : SG_CODE_ERROR;
		snprintf(vm->text, sizeof(vm->text), "%s",
			 result == LUA_ERRMEM ? "the memory limit is reached" : "the error could not be described");
	}
	return SG_REFUSED;
}

static void
forget_failure(struct sg_vm *vm)
{
	vm->code = SG_CODE_NONE;
	vm->failing = false;
	vm->line = 0;
	vm->text[0] = vm->hint[0] = vm->file[0] = '\0';
}

enum sg_status
sg_vm_call(struct sg_vm *vm, int arguments, int results)
{
	int handler = lua_gettop(vm->L) - arguments;
	forget_failure(vm);
	lua_pushcfunction(vm->L, on_error);
	lua_insert(vm->L, handler);
	int result = lua_pcall(vm->L, arguments, results, handler);
	lua_remove(vm->L, handler);
	return explain(vm, result);
}

enum sg_status
sg_vm_run(struct sg_vm *vm, lua_CFunction call, void *argument, uint64_t steps)
{
	vm->steps = 0;
	vm->step_limit = steps;
	lua_settop(vm->L, 0);
	lua_pushcfunction(vm->L, call);
	lua_pushlightuserdata(vm->L, argument);
	enum sg_status status = sg_vm_call(vm, 1, 0);
	lua_settop(vm->L, 0);
	return status;
}

enum sg_status
sg_vm_start(struct sg_vm *vm, size_t memory)
{
	*vm = (struct sg_vm){.limit = memory};
#if LUA_VERSION_NUM >= 505
	vm->L = lua_newstate(allocate, vm, luaL_makeseed(NULL));
#else
	vm->L = lua_newstate(allocate, vm);
#endif
	if (vm->L == NULL)
		return SG_NOMEM;
	*(struct sg_vm **)lua_getextraspace(vm->L) = vm;
	lua_sethook(vm->L, on_count, LUA_MASKCOUNT, SG_VM_HOOK);
	lua_gc(vm->L, LUA_GCGEN, 0, 0); /* minor collections leave the loaded set alone: no page copied after fork */
	return SG_OK;
}

void
sg_vm_stop(struct sg_vm *vm)
{
	if (vm->L != NULL)
		lua_close(vm->L);
	vm->L = NULL;
}
