/* SPDX-License-Identifier: Apache-2.0
 * What a line of a snapshot had made, and what has no place: freed. */
#include "gate/snapshot/snapshot_in.h"
#include "gate/state/fold_memory.h"

#include <stdlib.h>

void
sg_end_account(void *value)
{
	free(((struct sg_account *)value)->key);
	free(value);
}

void
sg_end_attempt(void *value)
{
	struct sg_attempt *a = value;
	free(a->charges);
	sg_taint_free(&a->labels);
	free(a);
}

void
sg_end_lease(void *value)
{
	sg_lease_free(value);
}

void
sg_end_approval(void *value)
{
	sg_approval_free(value);
}

void
sg_end_memory(void *value)
{
	sg_memory_free(value);
}

void
sg_end_agent(void *value)
{
	free(((struct sg_agent_life *)value)->name);
	free(value);
}

void
sg_end_human(void *value)
{
	free(((struct sg_human_life *)value)->id);
	free(value);
}
