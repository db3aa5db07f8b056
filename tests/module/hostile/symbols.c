/* SPDX-License-Identifier: Apache-2.0
 * Exports a second name, which could stand in for one of the host's. */
#include "marker.h"

#include <stepgate/attest.h>

__attribute__((visibility("default"))) int getpid_or_so(void);

int
getpid_or_so(void)
{
	return 1;
}

SG_MODULE(attest, "symbols");
