/* SPDX-License-Identifier: Apache-2.0
 * Effects are values: allow{...}, deny{...}, step_up{...}, defer{...} of rules, add{...} of hooks. Once made, an effect
 * is its canonical JSON and cannot be looked into or changed. */
#ifndef SG_POLICY_EFFECT_H
#define SG_POLICY_EFFECT_H

#include "policy/state.h"

enum sg_effect_kind {
	SG_EFFECT_ALLOW,
	SG_EFFECT_DENY,
	SG_EFFECT_STEP_UP,
	SG_EFFECT_DEFER,
	SG_EFFECT_ADD,
	SG_EFFECT_KINDS
};

/* How a member of an effect is read. */
enum sg_member_type {
	SG_MEMBER_KIND,     /* the effect's own name; not given by the policy */
	SG_MEMBER_SAY,      /* text for the agent, at most SG_POLICY_SAY bytes */
	SG_MEMBER_WORD,     /* identifier [a-z0-9_.-], at most SG_POLICY_WORD bytes */
	SG_MEMBER_GROUP,    /* text, at most SG_POLICY_WORD bytes, must be given */
	SG_MEMBER_LIST,     /* at most SG_POLICY_LIST texts of at most SG_POLICY_WORD bytes */
	SG_MEMBER_DURATION, /* ms; 0 = none */
	SG_MEMBER_QUORUM,   /* 1 to 16, 1 if not given */
	SG_MEMBER_FLAG,
	SG_MEMBER_RARE, /* a flag that is written only where it is true */
	SG_MEMBER_LEVEL,  /* a sensitivity, or "" */
	SG_MEMBER_NARROW, /* {["path"] = at_most(n) | at_least(n) | only{...}} */
};

/* One member of one kind of effect; the rows of a kind stand in canonical order. */
struct sg_effect_member {
	enum sg_effect_kind kind;
	const char *name;
	enum sg_member_type type;
	const char *meaning;
};

extern const struct sg_effect_member sg_effect_members[];
extern const size_t sg_effect_member_count;

/* "allow" and so on. */
const char *sg_effect_name(enum sg_effect_kind kind);

/* Makes the metatables; once per state. */
void sg_effect_open(lua_State *L);

/* The constructors. A mistake raises policy_bad_effect; while loading it is noted and a broken effect is returned. */
int sg_effect_allow(lua_State *L);
int sg_effect_deny(lua_State *L);
int sg_effect_step_up(lua_State *L);
int sg_effect_defer(lua_State *L);
int sg_effect_add(lua_State *L);
int sg_effect_at_most(lua_State *L);
int sg_effect_at_least(lua_State *L);
int sg_effect_only(lua_State *L);

/* What the value at `index` is: false if it is no effect. `json` is borrowed from the value; {NULL, 0} if it is a
 * broken one. */
bool sg_effect_read(lua_State *L, int index, enum sg_effect_kind *kind, struct sg_str *json);

/* Is that effect all that the function which returned it has made? One that was made and dropped was meant to be said. */
bool sg_effect_is_all(lua_State *L, int index);

/* The JSON of a bound made by at_most and so on; {NULL, 0} if the value is none. */
struct sg_str sg_bound_read(lua_State *L, int index);

#endif
