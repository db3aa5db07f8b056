/* SPDX-License-Identifier: Apache-2.0
 * attest/peer: what the kernel says about the process at the other end of a UNIX socket. A folder of /proc that was
 * opened stays with the process it was opened for; whether that is the one that connected is settled by the pidfd, which still
 * shows a living process afterwards. */
#include "../proc.h"
#include "digest.h"
#include "run.h"

#include <unistd.h>

enum { EXE_DIGEST, EXE_MAX };

static const struct sg_option options_table[] = {
	{"exe_digest", SG_OPTION_BOOL, "false", 0, 1, "state exe_sha256: each program is read once, a large one in parts with others looked at in between"},
	{"exe_max", SG_OPTION_INTEGER, "268435456", 1, 4294967296, "a program of more bytes has no digest"},
	{NULL},
};

struct peer {
	const struct sg_host *host;
	struct digests *digests; /* NULL: not asked for */
	struct runs *runs;
	int64_t exe_max;
};

static void
state_number(const struct sg_host *host, struct sg_attest_out *out, const char *name, uint64_t value, enum sg_fact_strength strength)
{
	char text[24];
	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	proc_state(host, out, name, text, strength);
}

/* False: the digest is not made yet. */
static bool
read_process(const struct peer *self, const struct sg_attest_in *in, int process, char stat[PROC_TEXT], const char *status, struct sg_attest_out *out)
{
	char text[PROC_TEXT], value[PROC_VALUE], hex[DIGEST_HEX];
	struct proc_group group;
	enum digest made = self->digests == NULL ? DIGEST_NONE : digests_of(self->digests, process, in->uid, self->exe_max, hex);
	if (made == DIGEST_MORE)
		return false;
	if (proc_line(status, "NoNewPrivs:\t", value))
		proc_state(self->host, out, "no_new_privs", value, SG_FACT_HINT);
	if (proc_line(status, "Seccomp:\t", value))
		proc_state(self->host, out, "seccomp", value, SG_FACT_HINT);
	if (self->digests != NULL)
		proc_read_piece(process, "stat", stat); /* that took its time: the digest is of no program before this one */
	unsigned run = runs_look(self->runs, in, process, stat);
	snprintf(value, sizeof(value), "%u", run);
	proc_state(self->host, out, "run", run == 0 ? "unseen" : value, SG_FACT_HINT);
	proc_state(self->host, out, "terminal", proc_terminal(stat) ? "yes" : "no", SG_FACT_HINT);
	proc_read(process, "cgroup", text);
	if (proc_cgroup(text, &group) && strlen(group.path) < sizeof(value)) /* a longer one cannot be a fact */
		proc_state(self->host, out, "cgroup", group.path, proc_group_strength(self->host, &group, strlen(group.path), false));
	if (proc_exe(process, value))
		proc_state(self->host, out, "exe", value, SG_FACT_HINT);
	if (made == DIGEST_MADE)
		proc_state(self->host, out, "exe_sha256", hex, SG_FACT_HINT);
	return true;
}

static enum sg_status
look(void *state, const struct sg_attest_in *in, struct sg_attest_out *out, struct sg_err *err)
{
	const struct peer *self = state;
	char stat[PROC_TEXT], status[PROC_TEXT];
	int process = proc_open_known(in, stat, status);
	bool done = true;
	if (process >= 0) {
		done = read_process(self, in, process, stat, status, out);
		close(process);
	}
	if (process < 0 || !proc_alive(in))
		return sg_refuse(err, SG_REFUSED, "peer_gone", "the process that connected is gone, or is another now");
	if (!done)
		return sg_refuse(err, SG_AGAIN, "look_more", "its program is not read through yet");
	state_number(self->host, out, "uid", in->uid, SG_FACT_BOUNDARY);
	state_number(self->host, out, "gid", in->gid, SG_FACT_BOUNDARY);
	state_number(self->host, out, "pid", (uint64_t)in->pid, SG_FACT_HINT);
	state_number(self->host, out, "start_time", in->start_time, SG_FACT_BOUNDARY);
	return SG_OK;
}

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	struct peer *self = host->alloc(host, sizeof(*self));
	if (self == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory");
	*self = (struct peer){.host = host, .runs = runs_new(host), .exe_max = options->values[EXE_MAX].number};
	*state = self;
	if (options->values[EXE_DIGEST].number == 1)
		self->digests = digests_new();
	if (self->runs != NULL && (self->digests != NULL || options->values[EXE_DIGEST].number != 1))
		return SG_OK;
	runs_free(self->runs);
	if (self->digests != NULL)
		digests_free(self->digests);
	return sg_refuse(err, SG_NOMEM, "no_memory", "no memory, or no SHA-256");
}

static void
stop(void *state)
{
	struct peer *self = state;
	runs_free(self->runs);
	if (self->digests != NULL)
		digests_free(self->digests);
}

static const struct sg_attest_ops operations = {sizeof(operations), look};

SG_MODULE(attest, "peer", .options = options_table, .start = start, .stop = stop, .attest = &operations);
