/* SPDX-License-Identifier: Apache-2.0
 * What both forms of the reference are made from, beside the tables of the surface itself. For api_*.c only. */
#ifndef SG_POLICY_API_WRITE_H
#define SG_POLICY_API_WRITE_H

#include "policy/api/api.h"
#include "policy/effect.h"
#include "policy/field.h"
#include "policy/fixture/fixture.h"
#include "policy/need.h"
#include "policy/origin.h"
#include "policy/spec.h"

/* Members of what rule, after, policy and test take. */
struct sg_taken_row {
	const char *of, *name, *type, *meaning;
};

extern const struct sg_taken_row sg_taken[];
extern const size_t sg_taken_count;

/* Type of a member of an effect, as lua-language-server writes it. */
const char *sg_member_type_text(enum sg_member_type type);

/* The library as it is written before a function's name: "" for globals. */
const char *sg_call_library(const struct sg_policy_call *call);

void sg_api_markdown(struct sg_buf *out);
void sg_api_stubs(struct sg_buf *out);

#endif
