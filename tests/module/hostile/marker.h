/* SPDX-License-Identifier: Apache-2.0
 * A constructor that betrays itself: a refused file must not have run a line. */
#ifndef SG_TESTS_HOSTILE_MARKER_H
#define SG_TESTS_HOSTILE_MARKER_H

#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void
betray(void)
{
	_exit(99);
}

#endif
