/* SPDX-License-Identifier: Apache-2.0
 * A snapshot that cannot be written is said, and tried again; the copy that writes it ends with its time, and with the gate. */
#include "gate/snapshot/snapshot_file.h"
#include "gate/wire/copy.h"
#include "gate/wire/remember.h"
#include "unit/gate/play.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

static struct play *p;
static int held = -1, begun;

static pid_t
copy(const struct sg_sys *self, int end)
{
	(void)self;
	held = dup(end);
	begun++;
	return 4711;
}

static void
after(int64_t seconds)
{
	p->boot += seconds * SG_SEC;
	sg_gate_now(p->gate);
	sg_gate_remember(p->gate);
}

static void
begin(void)
{
	p = play_new();
	begun = 0;
	p->sys.copy = copy;
	p->gate->snapshot_wanted = true;
	after(1);
	CU_ASSERT_EQUAL_FATAL(begun, 1);
	CU_ASSERT_NOT_EQUAL(p->gate->snapshot_at, 0);
}

static void
lives(void)
{
	begin();
	after(SG_SNAPSHOT_MOST_S * 2); /* as long as it lives it is waited for */
	CU_ASSERT_NOT_EQUAL(p->gate->snapshot_at, 0);
	CU_ASSERT_EQUAL(begun, 1);
	close(held);
	play_end(p);
}

static void
died(void)
{
	begin();
	close(held);
	after(1);
	CU_ASSERT_EQUAL(p->gate->snapshot_at, 0);
	CU_ASSERT_NOT_EQUAL(p->gate->snapshot_again, 0);
	p->gate->snapshot_wanted = true;
	after(SG_SNAPSHOT_AGAIN_S - 1);
	CU_ASSERT_EQUAL(begun, 1);
	after(1);
	CU_ASSERT_EQUAL(begun, 2);
	close(held);
	play_end(p);
}

/* What it left before it ended counts. */
static void
left(void)
{
	struct sg_snapshot_file file;
	begin();
	struct sg_snapshot_head head = {.leaf = p->gate->snapshot_at, .at_ms = p->gate->journal.last_at_ms};
	CU_ASSERT_EQUAL_FATAL(sg_snapshot_save(&p->gate->state, &head, p->gate->journal.folder, &file, NULL), SG_OK);
	close(held);
	after(1);
	CU_ASSERT_EQUAL(p->gate->snapshot_at, 0);
	CU_ASSERT_EQUAL(p->gate->snapshot_last, head.leaf);
	CU_ASSERT_EQUAL(p->gate->snapshot_again, 0);
	play_end(p);
}

/* A real one that hangs. */
static void
late(void)
{
	int end = -1;
	p = play_new();
	p->sys.copy = sg_sys_real.copy;
	pid_t pid = sg_copy_begin(p->gate, 1, &end);
	if (pid == 0)
		for (;;)
			pause();
	CU_ASSERT_FATAL(pid > 0 && end >= 0);
	CU_ASSERT_FALSE(sg_copy_over(end));
	struct pollfd over = {.fd = end, .events = POLLIN};
	CU_ASSERT_EQUAL(poll(&over, 1, 20000), 1);
	CU_ASSERT_TRUE(sg_copy_over(end));
	waitpid(pid, NULL, 0);
	sg_copy_forget(&end);
	CU_ASSERT_EQUAL(end, -1);
	CU_ASSERT_TRUE(sg_copy_over(end));
	play_end(p);
}

/* Whoever made it is killed: its copy is, too. */
static void
orphan(void)
{
	int ends[2], end = -1;
	p = play_new();
	p->sys.copy = sg_sys_real.copy;
	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	pid_t gate = fork();
	if (gate == 0) {
		pid_t made = sg_copy_begin(p->gate, 60, &end);
		if (made == 0)
			for (;;)
				pause();
		if (write(ends[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	char there;
	close(ends[1]);
	CU_ASSERT_EQUAL(read(ends[0], &there, 1), 1);
	kill(gate, SIGKILL);
	waitpid(gate, NULL, 0);
	struct pollfd over = {.fd = ends[0], .events = POLLIN};
	CU_ASSERT_EQUAL(poll(&over, 1, 20000), 1); /* the copy held it as well */
	close(ends[0]);
	play_end(p);
}

SG_CASES("gate.remember", {"lives", lives}, {"died", died}, {"left", left}, {"late", late}, {"orphan", orphan})
