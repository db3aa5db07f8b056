/* SPDX-License-Identifier: Apache-2.0
 * The steps of loading a set that live in files of their own. */
#ifndef SG_POLICY_SET_H
#define SG_POLICY_SET_H

#include "policy/state.h"

/* Static checks of one file, before it runs (lint.c): words that do not exist, request fields that do not exist,
 * history that the rule does not declare, bit operators where this Lua compiles them wrongly (`bits` false), and _ENV.
 * Notes problems. */
void sg_lint(struct sg_policy *policy, uint32_t file, bool bits);

/* Some file of the set may read r.time.here: its name stands there behind a dot or as a text. What puts the name together as it runs reads nothing: that is an
 * error, and so a deny (reads.c). While loading. */
bool sg_reads_here(const struct sg_policy *policy);

/* Writes the manifest, or the problems (manifest.c). */
void sg_manifest_write(const struct sg_policy *policy, struct sg_buf *out);
void sg_problems_write(struct sg_policy *policy, struct sg_buf *out);
/* Notes an action for which more rules may answer than SG_POLICY_ANSWERS, as far as patterns taken two by two show it. The set is indexed. False: no memory. */
bool sg_crowd_check(struct sg_policy *policy);

/* Adds "warnings" behind the last member of the manifest in `out`. */
void sg_warnings_write(struct sg_policy *policy, struct sg_buf *out);

#endif
