/* SPDX-License-Identifier: Apache-2.0
 * What else a shared object has loaded: read as the dynamic loader reads it, from memory as it will be, not from section headers. */
#ifndef SG_HOST_NEEDED_H
#define SG_HOST_NEEDED_H

#include <stdbool.h>
#include <stepgate/types.h>

enum { SG_NEEDED_TEXT = 128 };

/* One row of the dynamic table that names another file or where to look for it. */
struct sg_needed {
	const char *tag;           /* "NEEDED", "RPATH", ... */
	char text[SG_NEEDED_TEXT]; /* cut, and what is not plain ASCII as '?' */
	bool refused;              /* it goes round what the loader looks at: a path of its own, or a name with a slash */
};

/* The `i`-th of them, from 0. SG_NOT_FOUND behind the last; SG_REFUSED module_elf: the table or its strings are not all there. */
enum sg_status sg_needed_row(struct sg_str file, unsigned i, struct sg_needed *row, struct sg_err *err);

/* SG_REFUSED module_needs where one of them is refused: $ORIGIN, too, which never is the module's folder (it runs from a sealed copy). */
enum sg_status sg_needed_check(struct sg_str file, struct sg_err *err);

#endif
