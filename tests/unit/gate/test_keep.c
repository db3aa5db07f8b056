/* SPDX-License-Identifier: Apache-2.0
 * Retention by age, day for day: what is deleted, what is kept for whom, and which day keys go with it. */
#include "gate/wire/keep.h"
#include "gate/desk/record.h"
#include "gate/journal/journal_files.h"
#include "gate/journal/keep.h"
#include "unit/gate/play.h"

#include <fcntl.h>
#include <sys/stat.h>

static struct play *p;

static void
begin(int64_t days)
{
	p = play_new();
	p->gate->catalogue->limits.keep_days = days;
	p->gate->sinks_have = UINT64_MAX;
}

/* As the disk's thread does it. */
static void
discard(void)
{
	const struct sg_journal *j = &p->gate->journal;
	struct sg_discard d = {.sys = j->sys, .folder = j->folder, .keys = j->keys, .cut = p->gate->keep.due, .today = j->header.day};
	if (d.cut.segment == 0)
		return;
	sg_journal_discard(&d);
	CU_ASSERT_EQUAL(d.error, 0);
	sg_gate_kept(p->gate, d.error);
}

static void
turns(int count)
{
	for (int i = 0; i < count; i++) {
		p->boot += 6 * SG_SEC;
		p->wall += 6 * SG_SEC;
		sg_gate_tick(p->gate);
		play_flush(p);
		discard();
	}
}

/* A day goes by, with something in its record. */
static void
day(void)
{
	p->boot += SG_DAY_MS * SG_MSEC;
	p->wall += SG_DAY_MS * SG_MSEC;
	sg_gate_now(p->gate);
	sg_alert(p->gate, "budget_low", SG_STR(""), SG_STR(""), SG_STR(""));
	play_flush(p);
	turns(20);
}

static uint64_t
today(void)
{
	return (uint64_t)(p->wall / SG_MSEC / SG_DAY_MS);
}

static bool
has_key(uint64_t of)
{
	char name[32];
	struct stat is;
	snprintf(name, sizeof(name), "%llu.key", (unsigned long long)of);
	return fstatat(p->gate->journal.keys, name, &is, 0) == 0;
}

static void
by_age(void)
{
	begin(2);
	uint64_t first = today();
	day();
	day();
	CU_ASSERT_EQUAL(p->gate->journal.base.segment, 0); /* two whole days have not gone by since the first ended */
	CU_ASSERT_TRUE(has_key(first));
	day();
	CU_ASSERT_NOT_EQUAL(p->gate->journal.base.segment, 0);
	CU_ASSERT_FALSE(has_key(first));
	CU_ASSERT_TRUE(has_key(first + 1));
	CU_ASSERT_TRUE(has_key(today()));
	day();
	CU_ASSERT_FALSE(has_key(first + 1));
	struct sg_oldest oldest;
	CU_ASSERT_TRUE(sg_journal_oldest(&p->gate->journal, &oldest));
	CU_ASSERT_EQUAL(oldest.first, p->gate->journal.base.last + 1);
	play_end(p);
}

static void
for_ever(void)
{
	begin(0);
	for (int i = 0; i < 5; i++)
		day();
	CU_ASSERT_EQUAL(p->gate->journal.base.segment, 0);
	play_end(p);
}

static void
held(void)
{
	begin(1);
	p->gate->catalogue->keep_hold = true;
	for (int i = 0; i < 5; i++)
		day();
	CU_ASSERT_EQUAL(p->gate->journal.base.segment, 0);
	p->gate->catalogue->keep_hold = false;
	turns(60);
	CU_ASSERT_NOT_EQUAL(p->gate->journal.base.segment, 0);
	play_end(p);
}

static const char *
word(uint64_t conn, const char *event, const char *reason)
{
	char body[600];
	snprintf(body, sizeof(body), "{\"event\":\"%s\",\"reason\":\"%s\"}", event, reason);
	return play_ask(p, conn, SG_ROUTE_O_AUDIT_HOLD, "", body);
}

/* With its reason, as a leaf, through a start of the gate, until it is taken back; what a leaf said before that it goes, goes. */
static void
held_by_word(void)
{
	char long_one[300];
	begin(1);
	CU_ASSERT_FATAL(play_connect(p, 10, SG_FACE_ADMIN, 500));
	memset(long_one, 'x', sizeof(long_one));
	long_one[257] = '\0';
	CU_ASSERT(play_has(word(10, "release", "nothing"), "not held"));
	CU_ASSERT(play_has(word(10, "keep", "nothing"), "hold or release"));
	CU_ASSERT(play_has(word(10, "hold", ""), "reason") && play_has(word(10, "hold", long_one), "reason"));
	CU_ASSERT_EQUAL(p->gate->state.hold.leaf, 0);
	CU_ASSERT(play_has(word(10, "hold", long_one + 1), "\"hold\":true"));
	CU_ASSERT(play_has(word(10, "hold", "case 7"), "\"reason\":\"case 7\""));
	for (int i = 0; i < 5; i++)
		day();
	CU_ASSERT_EQUAL(p->gate->journal.base.segment, 0);
	struct sg_err err = {0};
	CU_ASSERT_FATAL(play_restart(p, &err) == SG_OK && play_connect(p, 11, SG_FACE_ADMIN, 500));
	p->gate->catalogue->limits.keep_days = 1;
	p->gate->sinks_have = UINT64_MAX;
	turns(60);
	CU_ASSERT(p->gate->state.hold.leaf != 0 && strcmp(p->gate->state.hold.reason, "case 7") == 0);
	CU_ASSERT_EQUAL(p->gate->journal.base.segment, 0);
	CU_ASSERT(play_has(word(11, "release", "case 7 is over"), "\"hold\":false"));
	turns(60);
	CU_ASSERT_NOT_EQUAL(p->gate->journal.base.segment, 0);
	play_end(p);
}

/* What a sink has not carried waits for it, up to twice the time. */
static void
not_carried(void)
{
	begin(2);
	p->gate->sinks_have = 0;
	for (int i = 0; i < 4; i++)
		day();
	CU_ASSERT_EQUAL(p->gate->journal.base.segment, 0);
	day();
	CU_ASSERT_NOT_EQUAL(p->gate->journal.base.segment, 0);
	play_end(p);
}

/* A start found a segment whose header alone was on disk: there is no leaf in it, and it goes with what stood before it. `marked`: the start passes it over by a snapshot. */
static uint64_t
leave_empty(void)
{
	const struct sg_journal *j = &p->gate->journal;
	struct sg_segment_header header = j->header;
	unsigned char bytes[SG_SEGMENT_HEADER];
	char name[SG_SEGMENT_NAME];
	header.segment = j->segment + 1;
	header.previous = j->segment;
	header.last = j->durable;
	header.first = j->durable + 1;
	memcpy(header.chain, j->durable_chain, sizeof(header.chain));
	sg_segment_header_write(bytes, &header);
	sg_segment_name(name, header.segment);
	int fd = openat(j->folder, name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	CU_ASSERT_FATAL(fd >= 0 && write(fd, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes));
	close(fd);
	struct sg_err err = {0};
	CU_ASSERT_FATAL(play_restart(p, &err) == SG_OK);
	p->gate->catalogue->limits.keep_days = 1;
	p->gate->sinks_have = UINT64_MAX;
	return header.segment;
}

static void
empty(void)
{
	begin(1);
	leave_empty(); /* behind the first segment, */
	day();
	leave_empty();
	uint64_t last = leave_empty(); /* and two of them */
	for (int i = 0; i < 5; i++)
		day();
	CU_ASSERT(p->gate->journal.base.segment > last);
	CU_ASSERT_STRING_EQUAL(p->gate->keep.needed, "");
	struct sg_err err = {0};
	CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK);
	play_end(p);
}

SG_CASES("gate.keep", {"by age", by_age}, {"empty segments", empty}, {"for ever", for_ever}, {"held", held}, {"held by an operator's word", held_by_word}, {"not carried", not_carried})
