/* SPDX-License-Identifier: Apache-2.0
 * Opening what a stanza grants, before its module is loaded and while this process may still open things. */
#ifndef SG_HOST_GRANT_H
#define SG_HOST_GRANT_H

#include "base/json.h"
#include "conf/grant.h"

#include <limits.h>

struct sg_open_grant {
	char name[SG_GRANT_NAME_MAX + 1];
	enum sg_grant_kind kind;
	int fd;
	char path[PATH_MAX]; /* folder and read: for Landlock */
	bool stands_in; /* for somebody whom a trial does not reach */
};

struct sg_open_grants {
	struct sg_open_grant list[SG_GRANTS_MAX];
	size_t count;
	bool met; /* the module has one that stands in for somebody: what it refuses from then on may be that one's doing */
};

enum { SG_GRANT_CONNECT_MS = 5000 };

/* Opens all of `list`, an array of texts, or NULL. Secrets and files by sg_open_trusted (its codes), secrets further refused if group or others may
 * read them (grant_readable); folders likewise trusted; sockets within SG_GRANT_CONNECT_MS (grant_connect, SG_UNAVAILABLE);
 * programs trusted as files are (grant_run); what may be read by its path is looked at likewise, and it has no descriptor, as permissions have none. SG_MALFORMED grant_form (which conf/ refuses before), grant_twice; SG_LIMIT grant_many. On failure nothing stays open.
 * `trial`: NULL, or a folder: what would be reached is not (an end that nobody is at stands in), a program is looked at and not started, and a folder is looked at as ever and an empty one in there handed over, of the same mode. */
enum sg_status sg_grants_open(struct sg_open_grants *grants, const struct sg_json *list, const char *trial, struct sg_err *err);

/* Closes what is open; secrets were closed when they were read. */
void sg_grants_done(struct sg_open_grants *grants);

#endif
