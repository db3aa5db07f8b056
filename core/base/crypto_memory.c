/* SPDX-License-Identifier: Apache-2.0
 * Blocks for OpenSSL. They are malloc's, with nothing of ours in them: a module that frees with free() what OpenSSL gave it, or the other way round, goes on as before. */
#include "base/crypto_memory.h"

#include "base/spare.h"

#include <malloc.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

static void *
take(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return size == 0 ? NULL : sg_spare_take(sg_spare_room(size));
}

/* The largest of the sizes that are kept which the block certainly has; whatever else it is, malloc takes it back. */
static size_t
size_of(void *block)
{
	size_t usable = malloc_usable_size(block);
	return usable < SG_SPARE_LEAST ? usable : (size_t)1 << (63 - __builtin_clzll(usable));
}

static void
give(void *block, const char *file, int line)
{
	(void)file, (void)line;
	if (block != NULL)
		sg_spare_give(block, size_of(block));
}

static void *
take_more(void *block, size_t size, const char *file, int line)
{
	if (size > 0)
		return realloc(block, sg_spare_room(size));
	give(block, file, line);
	return NULL;
}

bool
sg_crypto_memory(void)
{
	return CRYPTO_set_mem_functions(take, take_more, give) == 1;
}
