/* SPDX-License-Identifier: Apache-2.0
 * A host process as a test's guest: started over a socket pair, spoken to in frames as the gate does. */
#ifndef SG_TESTS_MODULE_GUEST_H
#define SG_TESTS_MODULE_GUEST_H

#include "base/buf.h"
#include "base/json.h"
#include "frame/link.h"
#include "host/host.h"

#include <sys/types.h>

struct guest {
	pid_t pid;
	struct sg_link link;
	struct sg_arena arena;
	uint64_t next;
	const struct sg_json *loading; /* what it said before its module ran */
	char said[4096]; /* what it wrote to stderr, once it ended */
	int log;
};

/* Starts sg_host_run in a child; `how`'s gate and parent are filled in. */
void guest_start(struct guest *g, struct sg_host_process how);

/* Waits for READY; NULL if the guest ended instead. */
const struct sg_json *guest_ready(struct guest *g);

/* Sends a call (with a pidfd of its own copy if `pidfd` >= 0) and waits for the answer; NULL if the guest ended or lies
 * about the id. */
const struct sg_json *guest_call(struct guest *g, const char *request, int pidfd);

/* Closes the socket and waits: the exit code, or -signal. */
int guest_end(struct guest *g);

/* True if the answer is ok:false with this code. */
bool guest_refused(const struct sg_json *answer, const char *code);
/* A text in the answer, NUL-terminated in the arena; "" if there is none. */
const char *guest_text(struct guest *g, const struct sg_json *answer, const char *name);

/* A memfd that holds `text`. */
int guest_secret(const char *text);

/* A pidfd. */
int guest_pidfd(pid_t pid);

#endif
