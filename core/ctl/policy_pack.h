/* SPDX-License-Identifier: Apache-2.0
 * Shipped policy files and what an operator has made of them. */
#ifndef SG_CTL_POLICY_PACK_H
#define SG_CTL_POLICY_PACK_H

#include "base/buf.h"

#include <stdbool.h>

enum { SG_PACK_NAME = 64, SG_PACK_BYTES = 256 << 10 /* of one file */, SG_PACKS = 64, SG_PACK_PATH = 1300 };

enum sg_pack_state {
	SG_PACK_UNUSED,   /* the policy folder has none of its name */
	SG_PACK_CURRENT,  /* what is there was made of what is shipped now */
	SG_PACK_OLDER,    /* of what was shipped once, and nobody changed it since */
	SG_PACK_CHANGED,  /* somebody changed it, or wrote it */
	SG_PACK_UNREADABLE /* it, or what is shipped, cannot be read */
};

/* One file of a pack: NAME.lua, or its tests NAME_test.lua. Texts are the caller's to end with sg_pack_done. */
struct sg_pack {
	char name[SG_PACK_NAME + 8]; /* without ".lua" */
	enum sg_pack_state state;
	struct sg_buf text;  /* what would be put there: a first line that names its origin, then what is shipped, with the group's name set */
	struct sg_buf there; /* what is there; empty: nothing */
};

/* Reads NAME of `shipped` and of `folder`. `approvers` NULL: the group that stands in the file that is there, else the shipped one. False: there is no such file shipped, or it cannot be read (errno). */
bool sg_pack_read(struct sg_pack *pack, const char *shipped, const char *folder, const char *name, const char *approvers);
void sg_pack_done(struct sg_pack *pack);
/* The group that a pack asks, with what was said above; {NULL, 0}: it asks none. Borrows from `text`. */
struct sg_str sg_pack_group(const struct sg_pack *pack);
/* The line of a pack that says what it is for: `description` of its policy{}, "" if there is none. Borrows from `text`. */
struct sg_str sg_pack_description(const struct sg_pack *pack);

#endif
