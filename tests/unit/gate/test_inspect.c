/* SPDX-License-Identifier: Apache-2.0
 * Segments that a start did not read are read by a copy; what it finds is said, and that it says nothing is said, too. */
#include "gate/wire/inspect.h"
#include "unit/gate/play.h"

#include <fcntl.h>

static struct play *p;
static int held = -1;
static pid_t copies; /* what the world answers to the wish for a copy */

static pid_t
copy(const struct sg_sys *self, int end)
{
	(void)self;
	held = copies > 0 ? dup(end) : -1; /* as one that lives */
	return copies;
}

static void
begin(pid_t answer)
{
	p = play_new();
	copies = answer;
	p->sys.copy = copy;
	p->gate->snapshot_last = 1;
	sg_gate_inspect(p->gate);
}

static void
after(int64_t seconds)
{
	p->boot += seconds * SG_SEC;
	sg_gate_now(p->gate);
	sg_gate_inspected(p->gate);
}

static void
finds(const char *text)
{
	int fd = openat(p->gate->journal.folder, SG_INSPECTED_FILE, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void
no_copy(void)
{
	begin(-1);
	CU_ASSERT_EQUAL(p->gate->passed_over, 0);
	after(2);
	CU_ASSERT_EQUAL(p->gate->passed_over, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(p->gate->passed_why, "nobody read"));
	after(7200);
	CU_ASSERT_EQUAL(p->gate->passed_over, 1);
	play_end(p);
}

static void
no_word(void)
{
	begin(4711);
	after(2);
	finds(""); /* made, and not yet written to */
	after(SG_INSPECT_MOST_S - 10);
	CU_ASSERT_EQUAL(p->gate->passed_over, 0);
	after(20);
	CU_ASSERT_EQUAL(p->gate->passed_over, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(p->gate->passed_why, "nobody read"));
	play_end(p);
}

/* It ended, and nobody has to wait until it is late. */
static void
ended(void)
{
	begin(4711);
	after(2);
	CU_ASSERT_EQUAL(p->gate->passed_over, 0);
	close(held);
	after(SG_INSPECT_EACH_S);
	CU_ASSERT_EQUAL(p->gate->passed_over, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(p->gate->passed_why, "nobody read"));
	play_end(p);
}

static void
words(void)
{
	static const struct {
		const char *text;
		unsigned said;
	} rows[] = {{SG_INSPECTED_GOOD, 0}, {"intact?", 1}, {"Intact", 1}, {"intac", 1}, {"segment 2: it ends before leaf 9 (journal_gap)", 1}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(4711);
		finds(rows[i].text);
		after(2);
		CU_ASSERT_EQUAL(p->gate->passed_over, rows[i].said);
		CU_ASSERT(rows[i].said == 0 || strcmp(p->gate->passed_why, rows[i].text) == 0);
		CU_ASSERT_EQUAL(faccessat(p->gate->journal.folder, SG_INSPECTED_FILE, F_OK, 0), -1);
		after(7200); /* once said, it is over */
		CU_ASSERT_EQUAL(p->gate->passed_over, rows[i].said);
		play_end(p);
	}
}

/* What a start before left is not this one's. */
static void
stale(void)
{
	p = play_new();
	finds(SG_INSPECTED_GOOD);
	copies = 4711;
	p->sys.copy = copy;
	p->gate->snapshot_last = 1;
	sg_gate_inspect(p->gate);
	after(SG_INSPECT_MOST_S + 10);
	CU_ASSERT_EQUAL(p->gate->passed_over, 1);
	play_end(p);
}

SG_CASES("gate.inspect", {"no copy", no_copy}, {"no word", no_word}, {"ended", ended}, {"words", words}, {"stale", stale})
