/* SPDX-License-Identifier: Apache-2.0
 * Copies of the gate's process, and their end: whoever has the other side of a pipe is still there. */
#include "gate/wire/copy.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

void
sg_copy_forget(int *end)
{
	if (*end >= 0)
		close(*end);
	*end = -1;
}

pid_t
sg_copy_begin(const struct sg_gate *gate, unsigned most, int *end)
{
	int ends[2];
	sg_copy_forget(end);
	if (gate->sys->copy == NULL || pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	pid_t copy = gate->sys->copy(gate->sys, ends[1]);
	if (copy == 0) {
		alarm(most);
		return 0;
	}
	close(ends[1]);
	*end = ends[0];
	if (copy < 0)
		sg_copy_forget(end);
	return copy;
}

bool
sg_copy_over(int end)
{
	struct pollfd held = {.fd = end, .events = POLLIN};
	return end < 0 || poll(&held, 1, 0) != 0;
}
