/* SPDX-License-Identifier: Apache-2.0
 * A Lua state with a cap on memory, a budget of steps and one way to fail. The first net only: the real one is the
 * gate's SIGKILL. */
#ifndef SG_POLICY_VM_H
#define SG_POLICY_VM_H

#include "policy/policy_code.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stdint.h>
#include <stepgate/types.h>

enum {
	SG_VM_TEXT = 240,
	SG_VM_HOOK = 500, /* steps between two looks at budget and stack */
	SG_VM_BYTES_PER_STEP = 32,
	SG_VM_ARGUMENTS = 250, /* variable ones of one function, found by a look: policy_steps */
	SG_VM_CALLS = 180,     /* within each other, found by a look: policy_steps */
};

struct sg_vm {
	lua_State *L;
	size_t used, limit; /* bytes */
	uint64_t steps, step_limit;

	void (*on_time)(void *); /* called now and then while Lua runs, before the budget is looked at; NULL: nobody */
	void *on_time_for;

	/* Why the last call failed; the first reason wins. */
	bool failing;
	enum sg_policy_code code;
	char text[SG_VM_TEXT], hint[SG_VM_TEXT];
	char file[SG_VM_TEXT]; /* "" if not within a policy file */
	int line;
};

/* Makes an empty state: no library at all. SG_NOMEM. `vm` must not move while the state lives. */
enum sg_status sg_vm_start(struct sg_vm *vm, size_t memory);
void sg_vm_stop(struct sg_vm *vm);

/* The vm a state belongs to. */
struct sg_vm *sg_vm_of(lua_State *L);

/* Calls `call(L)` with `argument` as its only (light userdata) argument, protected: whatever happens within, this
 * returns. SG_REFUSED: vm->code and what follows say why. The budget starts anew with `steps`. */
enum sg_status sg_vm_run(struct sg_vm *vm, lua_CFunction call, void *argument, uint64_t steps);

/* The same around lua_pcall with what is on the stack, from within sg_vm_run and on the same budget: for files of a
 * set, each of which may fail alone. The stack is as after lua_pcall. */
enum sg_status sg_vm_call(struct sg_vm *vm, int arguments, int results);

/* Charges work done by a C function; raises policy_steps when the budget is spent. */
void sg_vm_charge(lua_State *L, uint64_t steps);
void sg_vm_charge_bytes(lua_State *L, size_t bytes);

/* Fails the call. `hint` may be NULL. Never returns. Allocates nothing. */
int sg_vm_raise(lua_State *L, enum sg_policy_code code, const char *hint, const char *format, ...)
	__attribute__((noreturn, format(printf, 4, 5)));

/* True if this Lua gets bit operators wrong in functions with more than 255 constants (5.4.0 to 5.4.4): then policies
 * may not use them. */
bool sg_vm_bits_broken(void);

#endif
