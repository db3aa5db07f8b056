/* SPDX-License-Identifier: Apache-2.0
 * Attest modules look at a live process and state facts. What a fact is worth is its strength; what it means is the operator's
 * policy. The same process is looked at twice, before a decision and before its release, and any difference takes the answer back:
 * state nothing that changes by itself (times, counters, memory). */
#ifndef STEPGATE_ATTEST_H
#define STEPGATE_ATTEST_H

#include <stddef.h>
#include <stepgate/module.h>
#include <string.h>

enum sg_fact_strength {
	SG_FACT_HINT = 1,    /* the process could have arranged it: an extra condition, never an identity */
	SG_FACT_CONTENT = 2, /* about immutable content: a digest that the kernel measures */
	SG_FACT_BOUNDARY = 3 /* the kernel separates processes by it: uid, unit, container, label */
};

struct sg_fact {
	const char *name;  /* [a-z][a-z0-9_]*, at most 48; each once */
	const char *value; /* UTF-8 without control characters, 1 to 256 bytes */
	enum sg_fact_strength strength;
};

/* A number of a process may be used again: look through the pidfd. Whatever was read by number holds only if the pidfd still shows a
 * living process afterwards and the start time is the one given. */
struct sg_attest_in {
	size_t size;
	sg_time deadline;
	int pidfd; /* borrowed; readable (poll) once the process is gone */
	int32_t pid; /* in this PID namespace, never 0 */
	uint32_t uid, gid; /* at connect() */
	uint64_t start_time; /* clock ticks since boot, field 22 of /proc/PID/stat; never 0 */
};

struct sg_attest_out {
	size_t size;
	struct sg_fact *facts; /* room for `room` facts, the host's */
	size_t count, room;    /* room is 32 */
};

/* look: SG_OK and at least one fact, or a refusal (`peer_gone` if the process ended). SG_AGAIN with the code look_more: only a part of it is done, and what was stated does not
 * count; the same look comes again, others in between, and is refused (look_late) where it takes too long altogether: no look keeps those behind it waiting. Required. */
struct sg_attest_ops {
	size_t size;
	enum sg_status (*look)(void *state, const struct sg_attest_in *in, struct sg_attest_out *out, struct sg_err *err);
};

/* sg_host.group_roots, false where the host is older than that. */
static inline bool
sg_group_roots(const struct sg_host *host, const char *path, bool below, bool unified)
{
	return host->size >= offsetof(struct sg_host, group_roots) + sizeof(host->group_roots) && host->group_roots != NULL && host->group_roots(host, path, below, unified);
}

/* Adds a fact. One too many raises `count` above `room`, and the host refuses the look. */
static inline void
sg_fact(struct sg_attest_out *out, const char *name, const char *value, enum sg_fact_strength strength)
{
	const struct sg_fact fact = {name, value, strength};
	if (out->count < out->room)
		out->facts[out->count] = fact;
	out->count++;
}

#endif
