/* SPDX-License-Identifier: Apache-2.0
 * The path, part by part. */
#include "unit.h"

#include "../container_id.h"

#include <string.h>

static bool
ends(const char *text, size_t len, const char *with)
{
	size_t size = strlen(with);
	return len > size && memcmp(text + len - size, with, size) == 0;
}

static bool
is_unit(const char *part, size_t len)
{
	static const char *const kinds[] = {".service", ".scope", ".socket", ".mount", ".swap"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (ends(part, len, kinds[i]))
			return true;
	return false;
}

static void
take(char to[PROC_VALUE], const char *part, size_t len)
{
	memcpy(to, part, len);
	to[len] = '\0';
}

bool
unit_of(const char *cgroup, struct unit *unit)
{
	bool found = false;
	*unit = (struct unit){.slice = "-.slice"};
	if (cgroup[0] != '/')
		return false;
	for (const char *part = cgroup + 1; *part != '\0' && !found;) {
		size_t len = strcspn(part, "/");
		bool manager = strncmp(part, "user@", 5) == 0 && ends(part, len, ".service");
		if (len == 0 || len >= PROC_VALUE || strncmp(part, "..", 2) == 0)
			return false;
		if (manager) {
			unit->user = true;
			take(unit->slice, "-.slice", 7);
		} else if (ends(part, len, ".slice")) {
			take(unit->slice, part, len);
		} else if (is_unit(part, len)) {
			take(unit->unit, part, len);
			unit->end = (size_t)(part + len - cgroup);
			unit->below = part[len] == '/';
			found = true;
		} else {
			return false; /* processes of no unit among slices */
		}
		part += len + (part[len] == '/');
	}
	return found;
}

/* Services that keep containers in groups below their own. */
static bool
is_runtime(const char *unit)
{
	static const char *const runtimes[] = {"containerd.service", "docker.service", "crio.service", "cri-docker.service", "podman.service", "kubelet.service", "k3s.service",
					       "k3s-agent.service", "rke2-server.service", "rke2-agent.service", "k0scontroller.service", "k0sworker.service",
					       "buildkit.service", "snap.docker.dockerd.service", "snap.microk8s.daemon-containerd.service", "lxc.service", "lxd.service",
					       "snap.lxd.daemon.service", "incus.service"};
	for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++)
		if (strcmp(unit, runtimes[i]) == 0)
			return true;
	return false;
}

static bool
names_container(const char *path)
{
	struct container container;
	return container_of(path, &container) && !container.split;
}

bool
unit_of_process(const char *cgroup, struct proc_group *group, struct unit *unit)
{
	struct container container;
	if (!proc_cgroup(cgroup, group) || !unit_of(group->path, unit) || (unit->below && is_runtime(unit->unit)))
		return false;
	if (container_of(group->path, &container))
		return container.split || container.end <= unit->end; /* the container's own scope */
	return !proc_any_group(cgroup, names_container);
}
