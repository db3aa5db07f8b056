/* SPDX-License-Identifier: Apache-2.0
 * attest/peer: what the Linux kernel says about the process at the other end of a socket. A process number may be used
 * again, so its /proc folder is opened first, everything is read through that, and it counts only if the pidfd still
 * shows a living process afterwards. */
#include "proc.h"

#include <stepgate/attest.h>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

/* Where everybody is, or where a user may move processes about, a control group tells nothing apart. */
static enum sg_fact_strength
strength_of(const char *cgroup)
{
	bool everybody = strcmp(cgroup, "/") == 0 || strncmp(cgroup, "/..", 3) == 0;
	bool session = strstr(cgroup, "/session-") != NULL || strstr(cgroup, "/user@") != NULL;
	return everybody || session ? SG_FACT_HINT : SG_FACT_BOUNDARY;
}

static void
state_text(const struct sg_host *host, struct sg_attest_out *out, const char *name, const char *value,
	   enum sg_fact_strength strength)
{
	size_t size = strlen(value) + 1;
	char *copy = host->alloc(host, size);
	if (copy != NULL)
		sg_fact(out, name, memcpy(copy, value, size), strength);
}

static void
state_number(const struct sg_host *host, struct sg_attest_out *out, const char *name, uint64_t value,
	     enum sg_fact_strength strength)
{
	char text[24];
	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	state_text(host, out, name, text, strength);
}

/* False if this is not the process that connected, or it is another user's by now. */
static bool
read_process(const struct sg_host *host, int process, const struct sg_attest_in *in, struct sg_attest_out *out)
{
	char text[PROC_TEXT], value[PROC_VALUE];
	proc_read(process, "stat", text);
	if (in->start_time == 0 || proc_start_time(text) != in->start_time)
		return false;
	proc_read(process, "status", text);
	if (proc_user(text) != in->uid)
		return false;
	if (proc_line(text, "NoNewPrivs:\t", value))
		state_text(host, out, "no_new_privs", value, SG_FACT_HINT);
	if (proc_line(text, "Seccomp:\t", value))
		state_text(host, out, "seccomp", value, SG_FACT_HINT);
	proc_read(process, "cgroup", text);
	if (proc_cgroup(text, value))
		state_text(host, out, "cgroup", value, strength_of(value));
	if (proc_exe(process, value))
		state_text(host, out, "exe", value, SG_FACT_HINT);
	return true;
}

static enum sg_status
look(void *state, const struct sg_attest_in *in, struct sg_attest_out *out, struct sg_err *err)
{
	const struct sg_host *host = state;
	struct pollfd alive = {.fd = in->pidfd, .events = POLLIN};
	char path[32];
	snprintf(path, sizeof(path), "/proc/%d", (int)in->pid);
	int process = in->pid > 0 ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	bool same = process >= 0 && read_process(host, process, in, out);
	if (process >= 0)
		close(process);
	if (!same || poll(&alive, 1, 0) != 0)
		return sg_refuse(err, SG_REFUSED, "peer_gone", "the process that connected is gone, or is another now");
	state_number(host, out, "uid", in->uid, SG_FACT_BOUNDARY);
	state_number(host, out, "gid", in->gid, SG_FACT_BOUNDARY);
	state_number(host, out, "pid", (uint64_t)in->pid, SG_FACT_HINT);
	state_number(host, out, "start_time", in->start_time, SG_FACT_BOUNDARY);
	return SG_OK;
}

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	(void)options, (void)err;
	*state = (void *)host;
	return SG_OK;
}

static const struct sg_attest_ops operations = {sizeof(operations), look};

SG_MODULE(attest, "peer", .start = start, .attest = &operations);
