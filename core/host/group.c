/* SPDX-License-Identifier: Apache-2.0
 * Whether root alone says who is in a control group, asked by modules: by the rule of base/group.h, where this process sees the hierarchy. */
#include "host/instance.h"

#include "base/group.h"
#include "base/str.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOUNTS_MOST = 1 << 20 };

/* Where the two hierarchies are seen, "" for nowhere, and the mount table that said so: the kernel tells of it when that has changed. */
static struct {
	int table; /* 0: not yet opened */
	char unified[SG_GROUP_PATH], named[SG_GROUP_PATH];
} seen;

static void
read_mounts(void)
{
	char *text = malloc(MOUNTS_MOST);
	size_t len = 0;
	ssize_t got = -1;
	while (text != NULL && len < MOUNTS_MOST && (got = pread(seen.table, text + len, MOUNTS_MOST - len, (off_t)len)) > 0)
		len += (size_t)got;
	struct sg_str mounts = {text, got == 0 ? len : 0};
	if (mounts.len == 0 || !sg_group_mount(mounts, true, seen.unified))
		seen.unified[0] = '\0';
	if (mounts.len == 0 || !sg_group_mount(mounts, false, seen.named))
		seen.named[0] = '\0';
	free(text);
}

static const char *
mount_of(bool unified)
{
	struct pollfd changed = {.events = POLLPRI};
	bool first = seen.table == 0;
	if (first)
		seen.table = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	changed.fd = seen.table;
	if (first || poll(&changed, 1, 0) != 0)
		read_mounts();
	return unified ? seen.unified : seen.named;
}

bool
sg_instance_group_roots(const struct sg_host *host, const char *path, bool below, bool unified)
{
	(void)host;
	const char *mount = path != NULL && path[0] == '/' ? mount_of(unified) : "";
	return mount[0] != '\0' && sg_group_roots_at(mount, path, below, unified) == 1;
}
