/* SPDX-License-Identifier: Apache-2.0
 * No look. */
#include <stepgate/attest.h>

static const struct sg_attest_ops operations = {.size = sizeof(operations)};
SG_MODULE(attest, "operations", .attest = &operations);
