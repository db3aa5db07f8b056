/* SPDX-License-Identifier: Apache-2.0
 * Taking note of the end of processes. */
#include "gate/loop/loop.h"
#include "main/supervisor.h"

#include "base/str.h"

#include <sys/wait.h>
#include <unistd.h>

static void
ended(struct sg_supervisor *s, pid_t pid, int status)
{
	for (size_t i = 0; i < SG_PROCESSES; i++)
		if (s->processes[i].used && s->processes[i].pid == pid)
			sg_role_end_row(&s->processes[i]);
	if (pid == s->zygote_pid) {
		s->zygote_pid = 0;
		sg_link_done(&s->zygote);
	}
	if (pid == s->retired_pid) {
		s->retired_pid = 0;
		sg_link_done(&s->retired);
	}
	if (pid == s->candidate_pid) {
		s->candidate_pid = 0;
		sg_link_done(&s->candidate);
		sg_reload_failed(s, SG_STR("[{\"file\":\"\",\"hint\":\"\",\"line\":0,\"what\":\"the process that compiles policy died\"}]"));
	}
	if (pid == s->gate_pid) {
		s->gate_pid = 0;
		s->gate_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		bool broke = WIFSIGNALED(status) ? WTERMSIG(status) != SIGKILL && WTERMSIG(status) != SIGTERM : s->gate_status == SG_GATE_ANEW;
		if (broke)
			atomic_store(&s->pulse->at_fault, true); /* by itself: whoever was in hand may have done it */
		sg_link_done(&s->gate);
	}
}

void
sg_role_reap(struct sg_supervisor *s)
{
	int status;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
		ended(s, pid, status);
	sg_role_forget_workers(s);
}
