/* SPDX-License-Identifier: Apache-2.0
 * An issuer that lies where attest modules lie. */
#include "marker.h"

#include <stepgate/issue.h>

SG_MODULE(issue, "kind");
