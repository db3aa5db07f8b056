/* SPDX-License-Identifier: Apache-2.0
 * Renamed. */
#include "marker.h"

#include <stepgate/attest.h>

SG_MODULE(attest, "other");
