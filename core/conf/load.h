/* SPDX-License-Identifier: Apache-2.0
 * Configuration files in, one canonical JSON document out. libconfig runs in a child of its own: it may exit the
 * process on bad input, so its death is an error here and never the caller's. */
#ifndef SG_CONF_LOAD_H
#define SG_CONF_LOAD_H

#include "conf/source.h"

/* The document's bounds, also for whoever reads it again. */
enum {
	SG_CONF_MAX_DOCUMENT = 4 * 1024 * 1024,
	SG_CONF_MAX_DOCUMENT_NODES = 262144,
	SG_CONF_MAX_ORIGINS = 16 * 1024 * 1024
};
extern const struct sg_json_limits sg_conf_document_limits, sg_conf_origins_limits;

/* Reads, merges, checks and completes the configuration, and appends the canonical document to `document` (whose cap
 * must allow it; nothing is appended on failure). Shape:
 * {"actions":{NAME:{...}},...,"limits":{...},"mode":...,"trust_domain":...}, each section and each option of
 * conf/table.h present, durations in milliseconds, sizes in bytes, modes as numbers; attest stanzas carry "order",
 * their place in the stack from 0; what else stands in attest and issue stanzas is in "options", as strings.
 *
 * SG_OK, or SG_MALFORMED with everything that is wrong in `errors` (initialised by the caller, at least one more then).
 * Forks: call it from a process with one thread, and not from one whose SIGCHLD handler reaps every child. */
enum sg_status sg_conf_load(const struct sg_conf_source *source, struct sg_buf *document,
			    struct sg_conf_errors *errors);

/* The same, and where each value was given: {"agents.helper.owner":{"column":3,"file":"/etc/...","line":7},...} in
 * `origins`. What is not listed there is the default; module options stand below their stanza's name. */
enum sg_status sg_conf_load_origins(const struct sg_conf_source *source, struct sg_buf *document,
				    struct sg_buf *origins, struct sg_conf_errors *errors);

#endif
