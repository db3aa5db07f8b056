/* SPDX-License-Identifier: Apache-2.0
 * A shared object like any other: no note. */
#include "marker.h"

__attribute__((visibility("default"))) const int sg_module = 1;
