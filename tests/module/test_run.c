/* SPDX-License-Identifier: Apache-2.0
 * What attest/peer keeps of processes: a program has one number for as long as it runs, the next one another, and nothing pushes out what is kept of who lives. */
#include "../../modules/attest/peer/run.c"
#include "../../modules/attest/proc.c"

#include "layouts.h"
#include "unit/cases.h"

#include <signal.h>
#include <sys/wait.h>

enum { ROOM = 8 };

static struct runs *runs;

static enum sg_status
bytes(const struct sg_host *host, void *to, size_t len)
{
	(void)host;
	memset(to, 7, len);
	return SG_OK;
}

static void
begin_runs(void)
{
	static const struct sg_host host = {.random = bytes};
	runs = runs_new(&host);
	CU_ASSERT_PTR_NOT_NULL_FATAL(runs);
	CU_ASSERT_FATAL(runs->most >= ROOM);
	runs->most = ROOM;
}

static unsigned
look(pid_t pid, uint32_t uid)
{
	char path[32], text[PROC_TEXT];
	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	int process = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	proc_read(process, "stat", text);
	struct sg_attest_in in = {.pid = pid, .uid = uid, .start_time = proc_start_time(text)};
	unsigned run = runs_look(runs, &in, process, text);
	close(process);
	return run;
}

/* A process that waits until it is told, and then runs another program. */
static pid_t
one(int *tell)
{
	int ends[2];
	CU_ASSERT_FATAL(pipe2(ends, O_CLOEXEC) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		char byte;
		close(ends[1]);
		if (read(ends[0], &byte, 1) == 1)
			execl("/bin/sleep", "sleep", "60", (char *)NULL);
		_exit(1);
	}
	close(ends[0]);
	*tell = ends[1];
	return pid;
}

static void
end_one(pid_t pid, int tell)
{
	close(tell);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void
exec_is_told(void)
{
	int tell;
	begin_runs();
	pid_t pid = one(&tell);
	CU_ASSERT_EQUAL(look(pid, 1), 1);
	CU_ASSERT_EQUAL(look(pid, 1), 1);
	struct seen *seen = &runs->rows[0];
	int kept = dup(seen->maps);
	CU_ASSERT_EQUAL(write(tell, "x", 1), 1);
	for (char byte; pread(kept, &byte, 1, 0) == 1;)
		usleep(1000);
	close(kept);
	/* as if it had put the old places back */
	char text[PROC_TEXT], path[32];
	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	int process = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	proc_read(process, "stat", text);
	seen->code = proc_stat_field(text, 26);
	seen->stack = proc_stat_field(text, 28);
	close(process);
	sweep(runs, ROOM, NULL); /* of one who lives nothing is given up, whatever it runs */
	CU_ASSERT_EQUAL(look(pid, 1), 2);
	CU_ASSERT_EQUAL(look(pid, 1), 2);
	end_one(pid, tell);
	runs_free(runs);
}

static void
rows_by_user(void)
{
	enum { SHARE = ROOM / RUNS_SHARE };
	pid_t pids[SHARE + 1];
	int tell[SHARE + 1];
	begin_runs();
	CU_ASSERT_EQUAL(look(getpid(), 1), 1);
	for (size_t i = 0; i < SHARE + 1; i++) {
		pids[i] = one(&tell[i]);
		CU_ASSERT_EQUAL(look(pids[i], 2), i < SHARE ? 1 : 0); /* one user's third: not seen, rather than one that is lost */
	}
	pid_t rest[ROOM];
	int tells[ROOM];
	size_t others = 0;
	for (; runs->count < ROOM; others++) { /* other users have all the rest */
		rest[others] = one(&tells[others]);
		CU_ASSERT_EQUAL_FATAL(look(rest[others], (uint32_t)(10 + others)), 1);
	}
	pid_t other = fork();
	if (other == 0)
		_exit(pause());
	CU_ASSERT_EQUAL(look(other, 3), 0);
	CU_ASSERT_EQUAL(look(getpid(), 1), 1);
	CU_ASSERT_EQUAL(look(pids[0], 2), 1);
	for (size_t i = 0; i < SHARE + 1; i++)
		end_one(pids[i], tell[i]);
	CU_ASSERT_EQUAL(look(other, 3), 1); /* who is gone holds no row */
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	while (others-- > 0)
		end_one(rest[others], tells[others]);
	runs_free(runs);
}

/* A number that another process has by now holds no row: it is asked of, not its memory, which could keep whoever reads it waiting. */
static void
another_start(void)
{
	begin_runs();
	struct sg_attest_in in = {.pid = getpid(), .uid = 1, .start_time = 5};
	struct seen *seen = place_for(runs, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(seen);
	CU_ASSERT_TRUE(is_gone(seen));
	sweep(runs, ROOM, NULL);
	CU_ASSERT_EQUAL(runs->count, 0);
	CU_ASSERT_EQUAL(look(getpid(), 1), 1);
	CU_ASSERT_FALSE(is_gone(&runs->rows[0]));
	runs_free(runs);
}

SG_CASES("module.run", {"exec is told, whatever is put back", exec_is_told}, {"rows by user", rows_by_user}, {"a number that another has", another_start})
