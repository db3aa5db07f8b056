/* SPDX-License-Identifier: Apache-2.0
 * Containers in the path of a control group, as docker, podman, containerd and CRI-O name theirs, also below Kubernetes' groups of pods. */
#ifndef ATTEST_CONTAINER_ID_H
#define ATTEST_CONTAINER_ID_H

#include "proc.h"

enum { CONTAINER_ID = 64, POD_UID = 36, STATIC_POD_UID = 32 };

struct container {
	char runtime[16]; /* docker, podman, containerd, crio, kubernetes (a pod whose runtime does not say) */
	char id[CONTAINER_ID + 1];
	char pod[POD_UID + 1]; /* "" outside Kubernetes */
	size_t end;            /* of the path, up to and with what names the container */
	bool split;            /* a part of the unit that stands before it (podman's --cgroups=split) */
};

/* The outermost container of `cgroup`: what is further in was named by whoever is inside. False if it names none, or one below something that is not one of
 * the places where runtimes put theirs. Ids are 64 hex digits; everything else is nobody's. */
bool container_of(const char *cgroup, struct container *container);

#endif
