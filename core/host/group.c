/* SPDX-License-Identifier: Apache-2.0
 * Whether root alone says who is in a control group, asked by modules: by the rule of base/group.h, where this process sees the hierarchy. */
#include "host/instance.h"

#include "base/group.h"
#include "base/str.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOUNTS_MOST = 1 << 20 };

/* Read anew each time: what was mounted over a moment ago is not what is seen. */
static bool
find_mount(bool unified, char out[SG_GROUP_PATH])
{
	char *text = malloc(MOUNTS_MOST);
	size_t len = 0;
	ssize_t got = 0;
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	while (text != NULL && fd >= 0 && (got = read(fd, text + len, MOUNTS_MOST - len)) > 0)
		len += (size_t)got;
	bool found = got == 0 && len > 0 && len < MOUNTS_MOST && sg_group_mount((struct sg_str){text, len}, unified, out);
	if (fd >= 0)
		close(fd);
	free(text);
	return found;
}

bool
sg_instance_group_roots(const struct sg_host *host, const char *path, bool below, bool unified)
{
	char mount[SG_GROUP_PATH];
	(void)host;
	return path != NULL && path[0] == '/' && find_mount(unified, mount) && sg_group_roots_at(mount, path, below, unified) == 1;
}
