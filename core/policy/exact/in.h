/* SPDX-License-Identifier: Apache-2.0
 * Inside exact arithmetic: compiled code, changed. */
#ifndef SG_POLICY_EXACT_IN_H
#define SG_POLICY_EXACT_IN_H

#include <stdbool.h>
#include <stddef.h>

/* Makes the arithmetic of a dumped function, and of those within it, go by metamethods. False: it is no dump of the Lua that is known here; then it
 * may have been changed in part. */
bool sg_exact_change(unsigned char *dump, size_t len);

#endif
