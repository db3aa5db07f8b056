/* SPDX-License-Identifier: Apache-2.0
 * Built for an ABI of the future. */
#include "marker.h"

#include <stepgate/attest.h>

#undef SG_ABI
#define SG_ABI 7
SG_MODULE(attest, "abi");
