/* SPDX-License-Identifier: Apache-2.0
 * From what a stanza grants to what the kernel is told. */
#include "host/walls.h"

static enum sg_profile
profile_of(enum sg_kind kind)
{
	static const enum sg_profile profiles[] = {[SG_KIND_attest] = SG_PROFILE_ATTEST,
						   [SG_KIND_issue] = SG_PROFILE_ISSUE,
						   [SG_KIND_verify] = SG_PROFILE_VERIFY,
						   [SG_KIND_audit] = SG_PROFILE_AUDIT,
						   [SG_KIND_prove] = SG_PROFILE_VERIFY};
	return profiles[kind];
}

/* A trial reaches nobody. */
static unsigned
more_of(const struct sg_open_grant *grant)
{
	switch (grant->stands_in ? SG_GRANT_none : grant->kind) {
	case SG_GRANT_locks:
		return SG_MORE_LOCKS;
	case SG_GRANT_resolver:
		return SG_MORE_RESOLVER;
	case SG_GRANT_network:
		return SG_MORE_NETWORK;
	case SG_GRANT_read:
		return SG_MORE_READS;
	default:
		return 0;
	}
}

void
sg_walls_keep(struct sg_walls *walls, int fd)
{
	if (fd >= 0 && walls->how.keep_count < sizeof(walls->keep) / sizeof(walls->keep[0]))
		walls->keep[walls->how.keep_count++] = fd;
}

void
sg_walls_folder(struct sg_walls *walls, const char *path, bool write)
{
	if (walls->how.folder_count < SG_CONFINE_FOLDERS)
		walls->how.folders[walls->how.folder_count++] = (struct sg_confine_folder){path, write};
}

void
sg_walls_of(struct sg_walls *walls, enum sg_kind kind, const struct sg_open_grants *grants)
{
	*walls = (struct sg_walls){.how = {.profile = profile_of(kind), .loading = true, .keep = walls->keep}};
	for (size_t i = 0; i < grants->count; i++) {
		const struct sg_open_grant *grant = &grants->list[i];
		sg_walls_keep(walls, grant->fd);
		walls->how.more |= more_of(grant);
		if (grant->kind == SG_GRANT_folder || grant->kind == SG_GRANT_read)
			sg_walls_folder(walls, grant->path, grant->kind == SG_GRANT_folder);
	}
}
