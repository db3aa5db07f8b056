/* SPDX-License-Identifier: Apache-2.0
 * Preloaded into a daemon by tests/fault/hang.py: the gate spins for ever, or breaks down, at the first digest over certain words. Whatever fault a gate
 * may have one day, this is one. Over others it gets no memory any more for what it remembers of a leaf, once that leaf stands in the journal's pending group. For tests/fault/recovery.py it takes $FAULT_SLOW_US longer over others, as on a slow machine. */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int EVP_DigestUpdate(void *context, const void *bytes, size_t len);

static int is_gate;
static int leaves; /* digests over a leaf with the word for want of memory: the first is for its seal, the second for the chain */
static long slow_us;

__attribute__((constructor)) static void
begin(void)
{
	const char *text = getenv("FAULT_SLOW_US");
	slow_us = text != NULL ? atol(text) : 0;
}

/* Busy, not asleep: as somebody who works. */
static void
take_long(void)
{
	struct timespec from, now;
	clock_gettime(CLOCK_MONOTONIC, &from);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while ((now.tv_sec - from.tv_sec) * 1000000 + (now.tv_nsec - from.tv_nsec) / 1000 < slow_us);
}

/* Each role names itself as its first act; later the gate may ask for no name any more. */
int
prctl(int option, ...)
{
	unsigned long args[4];
	va_list list;
	va_start(list, option);
	for (int i = 0; i < 4; i++)
		args[i] = va_arg(list, unsigned long);
	va_end(list);
	if (option == PR_SET_NAME)
		is_gate = strcmp((const char *)args[0], "sg-gate") == 0;
	return (int)syscall(SYS_prctl, option, args[0], args[1], args[2], args[3]);
}

static int
holds(const void *bytes, size_t len, const char *word)
{
	const char *at = bytes;
	size_t most = strlen(word);
	for (size_t i = 0; i + most <= len; i++)
		if (memcmp(at + i, word, most) == 0)
			return 1;
	return 0;
}

void *__libc_calloc(size_t count, size_t size);

void *
calloc(size_t count, size_t size)
{
	return leaves >= 2 ? NULL : __libc_calloc(count, size);
}

static int
is_leaf(const void *bytes, size_t len)
{
	static const char begins[] = "{\"at\":";
	return len > sizeof(begins) && memcmp(bytes, begins, sizeof(begins) - 1) == 0;
}

int
EVP_DigestUpdate(void *context, const void *bytes, size_t len)
{
	static int (*real)(void *, const void *, size_t);
	volatile int spins = 1;
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "EVP_DigestUpdate");
	if (holds(bytes, len, "please-hang-here") && is_gate)
		while (spins)
			;
	if (slow_us > 0 && holds(bytes, len, "please-slow-here") && is_gate)
		take_long();
	if (is_gate && is_leaf(bytes, len) && holds(bytes, len, "please-starve-here"))
		leaves++;
	if (holds(bytes, len, "please-break-here") && is_gate)
		__builtin_trap();
	return real(context, bytes, len);
}
