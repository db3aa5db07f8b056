/* SPDX-License-Identifier: Apache-2.0
 * attest/systemd: the unit a process runs in, by its control group, and that unit's present invocation, by the link that systemd keeps for it. */
#include "unit.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { INVOCATION = 32 };

/* /run/systemd/units/invocation:UNIT -> 32 hex digits; made by the system's manager alone. */
static bool
read_invocation(const char *unit, char value[PROC_VALUE])
{
	char path[PROC_VALUE + 64];
	snprintf(path, sizeof(path), "/run/systemd/units/invocation:%s", unit);
	ssize_t len = readlinkat(AT_FDCWD, path, value, PROC_VALUE - 1);
	value[len > 0 ? len : 0] = '\0';
	return len == INVOCATION && strspn(value, "0123456789abcdef") == INVOCATION;
}

static void
state_unit(const struct sg_host *host, const struct proc_group *group, const struct unit *unit, struct sg_attest_out *out)
{
	char invocation[PROC_VALUE];
	enum sg_fact_strength strength = proc_group_strength(host, group, unit->end, true);
	proc_state(host, out, "unit", unit->unit, strength);
	proc_state(host, out, "slice", unit->slice, strength);
	proc_state(host, out, "manager", unit->user ? "user" : "system", strength);
	if (!unit->user && read_invocation(unit->unit, invocation))
		proc_state(host, out, "invocation_id", invocation, strength);
}

static enum sg_status
look(void *state, const struct sg_attest_in *in, struct sg_attest_out *out, struct sg_err *err)
{
	const struct sg_host *host = state;
	char text[PROC_TEXT] = "";
	struct proc_group group;
	struct unit unit;
	int process = proc_open(in);
	if (process >= 0) {
		proc_read(process, "cgroup", text);
		close(process);
	}
	bool found = process >= 0 && unit_of_process(text, &group, &unit);
	if (found)
		state_unit(host, &group, &unit, out);
	if (process < 0 || !proc_alive(in))
		return sg_refuse(err, SG_REFUSED, "peer_gone", "the process that connected is gone, or is another now");
	return found ? SG_OK : sg_refuse(err, SG_REFUSED, "no_unit", "the process runs in no unit of systemd");
}

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	(void)options, (void)err;
	*state = (void *)host;
	return SG_OK;
}

static const struct sg_attest_ops operations = {sizeof(operations), look};

SG_MODULE(attest, "systemd", .start = start, .attest = &operations);
