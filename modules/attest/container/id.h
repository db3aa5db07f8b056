/* SPDX-License-Identifier: Apache-2.0
 * Containers in the path of a control group, as docker, podman, containerd and CRI-O name theirs, also below Kubernetes' groups of pods. */
#ifndef CONTAINER_ID_H
#define CONTAINER_ID_H

#include "../proc.h"

enum { CONTAINER_ID = 64, POD_UID = 36 };

struct container {
	char runtime[16]; /* docker, podman, containerd, crio, kubernetes (a pod whose runtime does not say) */
	char id[CONTAINER_ID + 1];
	char pod[POD_UID + 1]; /* "" outside Kubernetes */
};

/* The outermost container of `cgroup`: what is further in was named by whoever is inside. False if it names none. Ids are 64 hex digits; everything else is nobody's. */
bool container_of(const char *cgroup, struct container *container);

#endif
