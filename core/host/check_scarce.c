/* SPDX-License-Identifier: Apache-2.0
 * Steps about what runs out: memory at each place once, time before a call begins. A module may refuse as it likes; it may not crash or hang. */
#include "host/check_step.h"

#include "base/str.h"

#include <errno.h>
#include <link.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* The addresses of the loaded file, found by one of its functions. */
struct range {
	uintptr_t inside, from, to;
};

static int
find_range(struct dl_phdr_info *object, size_t size, void *argument)
{
	struct range *range = argument;
	uintptr_t from = UINTPTR_MAX, to = 0;
	(void)size;
	for (unsigned i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &object->dlpi_phdr[i];
		if (part->p_type != PT_LOAD)
			continue;
		uintptr_t at = object->dlpi_addr + part->p_vaddr;
		from = at < from ? at : from;
		to = at + part->p_memsz > to ? at + part->p_memsz : to;
	}
	if (range->inside < from || range->inside >= to)
		return 0;
	range->from = from;
	range->to = to;
	return 1;
}

static uintptr_t
function_of(const struct sg_module *m)
{
	switch (m->kind) {
	case SG_KIND_attest:
		return (uintptr_t)m->attest->look;
	case SG_KIND_issue:
		return (uintptr_t)m->issue->make;
	case SG_KIND_audit:
		return (uintptr_t)m->audit->write;
	case SG_KIND_prove:
		return (uintptr_t)m->prove->prove;
	default:
		return (uintptr_t)(m->verify->verify != NULL ? (void *)m->verify->verify : (void *)m->verify->identify);
	}
}

/* One life with one call. 0: nothing failed any more, 1: it did and the module lived. */
static void
live_once(struct sg_check *c, size_t nth, bool by_malloc, const struct range *range)
{
	struct sg_err err = {0};
	const struct sg_check_memory *memory = c->wish->memory;
	if (by_malloc)
		memory->arm((const void *)range->from, (const void *)range->to, nth);
	else
		c->fail_alloc = nth;
	if (sg_check_start(c, &err) == SG_OK) {
		sg_check_call(c);
		sg_check_stop(c);
	}
	_exit((by_malloc ? memory->hit() : c->alloc_failed) ? 1 : 0);
}

static bool
fail_each(struct sg_check *c, bool by_malloc, const struct range *range)
{
	const char *what = by_malloc ? "malloc" : "host->alloc";
	for (size_t n = 1; n <= SG_CHECK_FAILURES; n++) {
		int status = 0;
		pid_t child = fork();
		if (child == 0)
			live_once(c, n, by_malloc, range);
		while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		if (child > 0 && WIFSIGNALED(status))
			return sg_check_fail(c, SG_PROMISE_alloc, "when %s fails for the %zu. time it crashes (signal %d) in %s", what, n, WTERMSIG(status), c->note->at);
		if (child < 0 || WEXITSTATUS(status) > 1)
			return sg_check_fail(c, SG_PROMISE_alloc, "when %s fails for the %zu. time it ends the process in %s", what, n, c->note->at);
		if (WEXITSTATUS(status) == 0)
			return true;
	}
	return true;
}

/* Starts once, so that a step that cannot be begun is skipped. */
static bool
can_start(struct sg_check *c)
{
	if (!sg_check_begin(c))
		return false;
	sg_check_stop(c);
	return true;
}

bool
sg_check_alloc(struct sg_check *c)
{
	return can_start(c) && fail_each(c, false, NULL);
}

bool
sg_check_memory_out(struct sg_check *c)
{
	struct range range = {.inside = function_of(c->loaded.module)};
	if (!can_start(c))
		return false;
	if (c->wish->no_malloc != NULL)
		return sg_check_skip(c, "%s", c->wish->no_malloc);
	if (c->wish->memory->arm == NULL)
		return sg_check_skip(c, "this build's malloc belongs to a sanitizer");
	if (dl_iterate_phdr(find_range, &range) != 1)
		return sg_check_skip(c, "the module's addresses were not found");
	return fail_each(c, true, &range);
}

bool
sg_check_deadline(struct sg_check *c)
{
	if (!sg_check_begin(c))
		return false;
	c->instance.call_limit = -SG_SEC;
	sg_check_call(c);
	c->instance.call_limit = 1;
	sg_check_call(c);
	sg_check_stop(c);
	return true;
}
