/* SPDX-License-Identifier: Apache-2.0
 * Blocks that a loop needs again and again: what was given back is handed out again, so that a turn asks the C library for nothing. */
#ifndef SG_BASE_SPARE_H
#define SG_BASE_SPARE_H

#include <stddef.h>

enum {
	SG_SPARE_LEAST = 256,  /* sizes are this, twice this, ... */
	SG_SPARE_MOST = 65536, /* ... up to this; anything else is malloc's and free's */
	SG_SPARE_FEW = 32,     /* kept of each size up to 4 KiB by a process of one user or one module; a quarter of that up to 16 KiB, of larger ones an eighth */
	SG_SPARE_MANY = 128,   /* by the one that all are served by */
};

/* From now on this thread keeps what it gives back, at most 27 KiB for each of `each`: for the one that runs a loop until its process ends. Without it, and where
 * memory is looked at by a sanitizer, all of it is malloc and free. */
void sg_spare_keep(unsigned each);
/* Frees what this thread has kept, and keeps nothing any more. */
void sg_spare_end(void);
/* The smallest size of those that holds so much; `size` itself where none does. */
size_t sg_spare_room(size_t size);
/* `size` bytes of any content; NULL: no memory. */
void *sg_spare_take(size_t size);
/* Takes back what was taken with that size, which holds nothing secret any more. NULL is allowed. */
void sg_spare_give(void *bytes, size_t size);

#endif
