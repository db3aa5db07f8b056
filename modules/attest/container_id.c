/* SPDX-License-Identifier: Apache-2.0
 * Names that runtimes give control groups, and where they put them, as tables. */
#include "container_id.h"

#include <string.h>

/* Where a form may stand: directly below this. */
enum place { ANYWHERE, DOCKER, LIBPOD, POD, SERVICE };

/* PREFIX id SUFFIX as one part of the path. */
static const struct {
	const char *prefix, *suffix, *runtime;
	enum place place;
} forms[] = {
	{"docker-", ".scope", "docker", ANYWHERE},         {"libpod-", ".scope", "podman", ANYWHERE},
	{"libpod-", "", "podman", ANYWHERE},               {"cri-containerd-", ".scope", "containerd", ANYWHERE},
	{"crio-", ".scope", "crio", ANYWHERE},             {"crio-", "", "crio", ANYWHERE},
	{"nerdctl-", ".scope", "containerd", ANYWHERE},    {"", "", "docker", DOCKER},
	{"", "", "podman", LIBPOD},                        {"", "", "kubernetes", POD}, /* below a pod's group (cgroupfs driver) */
	{"libpod-payload-", "", "podman", SERVICE},        /* podman --cgroups=split, as Quadlet does */
};

/* "SLICE:RUNTIME:id", where a runtime was given systemd's form of a path and took it for a name. */
static const struct {
	const char *word, *runtime;
} colons[] = {{":cri-containerd:", "containerd"}, {":crio:", "crio"}, {":docker:", "docker"}, {":libpod:", "podman"}};

/* A part of the path. */
struct part {
	const char *text;
	size_t len;
};

static bool
is(struct part part, const char *word)
{
	return part.len == strlen(word) && memcmp(part.text, word, part.len) == 0;
}

static bool
begins(struct part part, const char *with)
{
	return part.len > strlen(with) && memcmp(part.text, with, strlen(with)) == 0;
}

static bool
ends(struct part part, const char *with)
{
	size_t len = strlen(with);
	return part.len > len && memcmp(part.text + part.len - len, with, len) == 0;
}

static bool
take_id(struct part part, const char *prefix, const char *suffix, char id[CONTAINER_ID + 1])
{
	size_t before = strlen(prefix), behind = strlen(suffix);
	if (part.len != before + CONTAINER_ID + behind || memcmp(part.text, prefix, before) != 0 ||
	    memcmp(part.text + part.len - behind, suffix, behind) != 0 || strspn(part.text + before, "0123456789abcdef") < CONTAINER_ID)
		return false;
	memcpy(id, part.text + before, CONTAINER_ID);
	id[CONTAINER_ID] = '\0';
	return true;
}

/* A uid with '-' or, where systemd names the slice, '_'; of a static pod 32 hex digits. */
static bool
take_uid(struct part part, char uid[POD_UID + 1])
{
	size_t digits = strspn(part.text, "0123456789abcdef"), all = strspn(part.text, "0123456789abcdef-_");
	if (!(part.len == POD_UID && all >= POD_UID) && !(part.len == STATIC_POD_UID && digits >= STATIC_POD_UID))
		return false;
	for (size_t i = 0; i < part.len; i++)
		uid[i] = part.text[i] == '_' ? '-' : part.text[i];
	uid[part.len] = '\0';
	return true;
}

/* "podUID", or a slice "[PARENT-]kubepods[-CLASS]-podUID.slice". */
static bool
take_pod(struct part part, char uid[POD_UID + 1])
{
	static const char *const classes[] = {"kubepods-burstable-pod", "kubepods-besteffort-pod", "kubepods-pod"};
	bool slice = ends(part, ".slice");
	if (!slice)
		return begins(part, "pod") && take_uid((struct part){part.text + 3, part.len - 3}, uid);
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		size_t class_len = strlen(classes[i]);
		for (size_t at = 0; at + class_len + 6 < part.len; at++)
			if ((at == 0 || part.text[at - 1] == '-') && memcmp(part.text + at, classes[i], class_len) == 0 &&
			    take_uid((struct part){part.text + at + class_len, part.len - at - class_len - 6}, uid))
				return true;
	}
	return false;
}

/* "kubepods-burstable-podUID.slice:cri-containerd:ID" or "system.slice:docker:ID". */
static bool
take_colons(struct part part, struct container *container)
{
	for (size_t i = 0; i < sizeof(colons) / sizeof(colons[0]); i++) {
		size_t word = strlen(colons[i].word), before = part.len - CONTAINER_ID - word;
		struct part slice = {part.text, before};
		if (part.len <= CONTAINER_ID + word || memcmp(part.text + before, colons[i].word, word) != 0 || !ends(slice, ".slice") ||
		    !take_id((struct part){part.text + before + word, CONTAINER_ID}, "", "", container->id))
			continue;
		take_pod(slice, container->pod);
		strcpy(container->runtime, colons[i].runtime);
		return true;
	}
	return false;
}

static enum place
place_below(struct part part, bool pod)
{
	if (pod)
		return POD;
	if (ends(part, ".service"))
		return SERVICE;
	return is(part, "docker") ? DOCKER : is(part, "libpod_parent") ? LIBPOD : ANYWHERE;
}

static bool
take_form(struct part part, enum place place, struct container *container)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if ((forms[i].place == place || (forms[i].place == ANYWHERE && place != SERVICE)) && take_id(part, forms[i].prefix, forms[i].suffix, container->id)) {
			strcpy(container->runtime, forms[i].runtime);
			container->split = forms[i].place == SERVICE;
			return true;
		}
	return take_colons(part, container);
}

/* Where runtimes put containers: slices, their own folders, users' managers, and, as its last part, any service. Below everything else (a container of LXC,
 * a machine, a unit's own groups) names are given by whoever is there. */
static bool
leads_on(struct part part, enum place above)
{
	static const char *const folders[] = {"docker", "libpod_parent", "kubepods", "burstable", "besteffort", "kubelet"};
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (is(part, folders[i]))
			return above != SERVICE;
	return (above != SERVICE && (ends(part, ".slice") || ends(part, ".service"))) || (begins(part, "user@") && ends(part, ".service"));
}

static bool
is_manager(struct part part)
{
	return begins(part, "user@") && ends(part, ".service");
}

bool
container_of(const char *cgroup, struct container *container)
{
	enum place above = ANYWHERE;
	char uid[POD_UID + 1];
	*container = (struct container){.id = ""};
	if (cgroup[0] != '/')
		return false;
	for (const char *at = cgroup + 1;;) {
		struct part part = {at, strcspn(at, "/")};
		if (take_form(part, above, container)) {
			container->end = (size_t)(at + part.len - cgroup);
			return true;
		}
		bool pod = above != SERVICE && take_pod(part, uid);
		if (part.len == 0 || at[part.len] == '\0' || !(pod || leads_on(part, above)))
			break;
		strcpy(container->pod, pod ? uid : "");
		above = is_manager(part) ? ANYWHERE : place_below(part, pod);
		at += part.len + 1;
	}
	container->pod[0] = '\0';
	return false;
}
