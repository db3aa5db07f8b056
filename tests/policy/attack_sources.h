/* SPDX-License-Identifier: Apache-2.0
 * Attacks too large or too binary to lie in a file: made when the test runs. */
#ifndef SG_TESTS_POLICY_ATTACK_SOURCES_H
#define SG_TESTS_POLICY_ATTACK_SOURCES_H

#include "base/buf.h"

struct attack_source {
	const char *name, *expect;
	void (*write)(struct sg_buf *out);
};

extern const struct attack_source attack_sources[];
extern const size_t attack_source_count;

#endif
