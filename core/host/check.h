/* SPDX-License-Identifier: Apache-2.0
 * The conformance check: one module, step by step, each step in a process of its own that is watched from outside. A crash, a hang and a leak are
 * seen; nothing here trusts what the module says. */
#ifndef SG_HOST_CHECK_H
#define SG_HOST_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { SG_CHECK_LIST_MAX = 32, SG_CHECK_SECONDS = 60, SG_CHECK_SECONDS_MAX = 600 };

struct sg_check_list {
	const char *pair[SG_CHECK_LIST_MAX]; /* NAME=VALUE */
	size_t count;
};

/* The allocator of the program that checks. */
struct sg_check_memory {
	void (*arm)(const void *from, const void *to, size_t nth); /* the n-th call from code between these addresses fails; 0: none. NULL: cannot */
	bool (*hit)(void);                                         /* it has failed since */
	size_t (*in_use)(void);                                    /* bytes; 0: not known */
};

struct sg_check_wish {
	const char *file;
	struct sg_check_list options, grants, claims, arguments;
	const char *resource; /* what an issuer is asked for, TYPE:ID; NULL: "repo:acme/site" */
	unsigned seconds; /* for a step */
	const char *no_malloc; /* why the step in which malloc fails cannot be passed, as whoever wrote the module says; NULL: it can */
	const char *no_facts; /* attest: why an ordinary process of whoever checks has no facts; NULL: it has some */
	const char *token, *chain; /* verify: files with a bearer token, with certificates in DER one behind the other, that it takes; NULL: none */
	const struct sg_check_memory *memory;
};

/* Prints TAP version 14 to `to`. True if no step failed; one that was skipped says what to give. */
bool sg_check_run(const struct sg_check_wish *wish, FILE *to);

#endif
