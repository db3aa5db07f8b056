/* SPDX-License-Identifier: Apache-2.0
 * A library that a module brings from where nobody looks. Whoever runs a line of it has lost. */
#include <stdlib.h>

__attribute__((constructor)) static void
ran(void)
{
	abort();
}

int elsewhere(void);

int
elsewhere(void)
{
	return 1;
}
