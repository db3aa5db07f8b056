/* SPDX-License-Identifier: Apache-2.0
 * The walls that a stanza's grants leave around its module: the same in the daemon, and where a vendor checks. */
#ifndef SG_HOST_WALLS_H
#define SG_HOST_WALLS_H

#include "base/confine.h"
#include "host/grant.h"

#include <stepgate/module.h>

struct sg_walls {
	struct sg_confinement how; /* of a host that has yet to load its module */
	int keep[SG_GRANTS_MAX + 4];
};

/* What a host of that kind is confined to once `grants` are open: their descriptors, their folders, their permissions. `grants` is borrowed. */
void sg_walls_of(struct sg_walls *walls, enum sg_kind kind, const struct sg_open_grants *grants);

/* A descriptor, a folder of the host's own; descriptors below 0 are none. At most four and two. */
void sg_walls_keep(struct sg_walls *walls, int fd);
void sg_walls_folder(struct sg_walls *walls, const char *path, bool write);

#endif
