/* SPDX-License-Identifier: Apache-2.0
 * attest/container: the container a process runs in, by its control group as the host sees it. */
#include "../container_id.h"

#include <unistd.h>

static enum sg_status
look(void *state, const struct sg_attest_in *in, struct sg_attest_out *out, struct sg_err *err)
{
	const struct sg_host *host = state;
	char text[PROC_TEXT] = "";
	struct proc_group group;
	struct container container;
	int process = proc_open(in);
	if (process >= 0) {
		proc_read(process, "cgroup", text);
		close(process);
	}
	bool found = process >= 0 && proc_cgroup(text, &group) && container_of(group.path, &container);
	if (found) {
		enum sg_fact_strength strength = proc_group_strength(host, &group, container.end, true);
		proc_state(host, out, "runtime", container.runtime, strength);
		proc_state(host, out, "id", container.id, strength);
		if (container.pod[0] != '\0')
			proc_state(host, out, "pod", container.pod, strength);
	}
	if (process < 0 || !proc_alive(in))
		return sg_refuse(err, SG_REFUSED, "peer_gone", "the process that connected is gone, or is another now");
	return found ? SG_OK : sg_refuse(err, SG_REFUSED, "no_container", "the process runs in no container that is known here");
}

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	(void)options, (void)err;
	*state = (void *)host;
	return SG_OK;
}

static const struct sg_attest_ops operations = {sizeof(operations), look};

SG_MODULE(attest, "container", .start = start, .attest = &operations);
