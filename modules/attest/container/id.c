/* SPDX-License-Identifier: Apache-2.0
 * Names that runtimes give control groups, as a table. */
#include "id.h"

#include <string.h>

/* PREFIX id SUFFIX as one part of the path; `parent`: the part before must be this (NULL: any). */
static const struct {
	const char *prefix, *suffix, *parent, *runtime;
} forms[] = {
	{"docker-", ".scope", NULL, "docker"},         {"libpod-", ".scope", NULL, "podman"},
	{"libpod-", "", NULL, "podman"},               {"cri-containerd-", ".scope", NULL, "containerd"},
	{"crio-", ".scope", NULL, "crio"},             {"crio-", "", NULL, "crio"},
	{"nerdctl-", ".scope", NULL, "containerd"},    {"", "", "docker", "docker"},
	{"", "", "libpod_parent", "podman"},           {"", "", "pod", "kubernetes"}, /* below a pod's group (cgroupfs driver) */
};

static bool
take_id(const char *part, size_t len, const char *prefix, const char *suffix, char id[CONTAINER_ID + 1])
{
	size_t before = strlen(prefix), behind = strlen(suffix);
	if (len != before + CONTAINER_ID + behind || memcmp(part, prefix, before) != 0 || memcmp(part + len - behind, suffix, behind) != 0 ||
	    strspn(part + before, "0123456789abcdef") < CONTAINER_ID)
		return false;
	memcpy(id, part + before, CONTAINER_ID);
	id[CONTAINER_ID] = '\0';
	return true;
}

/* "pod" UID, with '-' or, where systemd names the slice, '_'; perhaps behind "kubepods-CLASS-", perhaps ".slice" behind. */
static bool
take_pod(const char *part, size_t len, char uid[POD_UID + 1])
{
	static const char *const before[] = {"pod", "kubepods-pod", "kubepods-burstable-pod", "kubepods-besteffort-pod"};
	size_t tail = len > 6 && memcmp(part + len - 6, ".slice", 6) == 0 ? 6 : 0;
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		size_t skip = strlen(before[i]);
		if (len != skip + POD_UID + tail || memcmp(part, before[i], skip) != 0 || strspn(part + skip, "0123456789abcdef-_") < POD_UID)
			continue;
		for (size_t c = 0; c < POD_UID; c++)
			uid[c] = part[skip + c] == '_' ? '-' : part[skip + c];
		uid[POD_UID] = '\0';
		return true;
	}
	return false;
}

static bool
fits_parent(const char *want, const char *parent, size_t len, bool in_pod)
{
	if (want == NULL)
		return true;
	return strcmp(want, "pod") == 0 ? in_pod : strlen(want) == len && memcmp(want, parent, len) == 0;
}

bool
container_of(const char *cgroup, struct container *container)
{
	const char *parent = "";
	size_t parent_len = 0;
	bool in_pod = false;
	*container = (struct container){.id = ""};
	if (strncmp(cgroup, "/..", 3) == 0)
		return false;
	for (const char *part = cgroup; *part != '\0' && container->id[0] == '\0';) {
		size_t len = strcspn(part, "/");
		for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
			if (fits_parent(forms[i].parent, parent, parent_len, in_pod) && take_id(part, len, forms[i].prefix, forms[i].suffix, container->id)) {
				strcpy(container->runtime, forms[i].runtime);
				break;
			}
		in_pod = container->id[0] == '\0' && take_pod(part, len, container->pod);
		parent = part;
		parent_len = len;
		part += len + (part[len] == '/');
	}
	return container->id[0] != '\0';
}
