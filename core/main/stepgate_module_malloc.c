/* SPDX-License-Identifier: Apache-2.0
 * Memory that runs out on purpose: malloc, calloc and realloc of this program, which fail at the n-th call that comes from between two addresses. */
#include "host/check.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

static uintptr_t first, last;
static size_t left; /* calls until it fails; 0: never */
static bool failed;

static void
arm(const void *from, const void *to, size_t nth)
{
	first = (uintptr_t)from;
	last = (uintptr_t)to;
	left = nth;
	failed = false;
}

static bool
hit(void)
{
	return failed;
}

#if defined(__GLIBC__) && !defined(SG_SANITIZE)

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *at, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *at);

static size_t bytes_in_use; /* exact, where mallinfo2 counts what threads keep for later */

static bool
fails(const void *caller)
{
	if (left == 0 || (uintptr_t)caller < first || (uintptr_t)caller >= last || --left > 0)
		return false;
	failed = true;
	errno = ENOMEM;
	return true;
}

static void *
counted(void *at)
{
	__atomic_add_fetch(&bytes_in_use, malloc_usable_size(at), __ATOMIC_RELAXED);
	return at;
}

static void
uncounted(void *at)
{
	__atomic_sub_fetch(&bytes_in_use, malloc_usable_size(at), __ATOMIC_RELAXED);
}

__attribute__((visibility("default"))) void *
malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : counted(__libc_malloc(size));
}

__attribute__((visibility("default"))) void *
calloc(size_t count, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : counted(__libc_calloc(count, size));
}

__attribute__((visibility("default"))) void *
realloc(void *at, size_t size)
{
	if (fails(__builtin_return_address(0)))
		return NULL;
	size_t before = malloc_usable_size(at);
	void *now = __libc_realloc(at, size);
	if (now == NULL && size > 0)
		return NULL; /* `at` is as it was */
	__atomic_sub_fetch(&bytes_in_use, before, __ATOMIC_RELAXED);
	return counted(now);
}

__attribute__((visibility("default"))) void
free(void *at)
{
	uncounted(at);
	__libc_free(at);
}

__attribute__((visibility("default"))) void *
memalign(size_t alignment, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : counted(__libc_memalign(alignment, size));
}

__attribute__((visibility("default"))) void *
aligned_alloc(size_t alignment, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : counted(__libc_memalign(alignment, size));
}

__attribute__((visibility("default"))) int
posix_memalign(void **at, size_t alignment, size_t size)
{
	void *made = fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);
	if (made == NULL)
		return ENOMEM;
	*at = counted(made);
	return 0;
}

static size_t
in_use(void)
{
	return __atomic_load_n(&bytes_in_use, __ATOMIC_RELAXED);
}

const struct sg_check_memory sg_check_malloc = {arm, hit, in_use};

#else

static size_t
in_use(void)
{
	return 0;
}

const struct sg_check_memory sg_check_malloc = {NULL, hit, in_use}; /* arm: not here */
static void (*const unused)(const void *, const void *, size_t) __attribute__((unused)) = arm;

#endif
