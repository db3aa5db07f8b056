/* SPDX-License-Identifier: Apache-2.0
 * When a gate has hung, and when nobody looked long enough to say so. */
#include "gate/journal/pulse.h"
#include "gate/snapshot/snapshot_file.h"
#include "unit/gate/play.h"

#define MS(n) ((sg_time)(n) * SG_MSEC)

/* Looks `count` times, `every` ms apart; `beats`: the gate turned in between. True: it was said to hang. */
static bool
looks(struct sg_pulse_watch *watch, struct sg_pulse *pulse, sg_time *now, int count, int every, bool beats)
{
	bool hangs = false;
	for (int i = 0; i < count && !hangs; i++) {
		*now += MS(every);
		if (beats)
			atomic_fetch_add(&pulse->beats, 1);
		hangs = sg_pulse_watch_hangs(watch, pulse, *now, MS(2000));
	}
	return hangs;
}

static void
hanging(void)
{
	static const struct {
		int count, every;
		bool beats, disk, hangs;
	} rows[] = {
		{9, 200, false, false, false},	  {10, 200, false, false, true},   /* the limit, and one look before it */
		{1000, 200, true, false, false},				   /* it turns */
		{1, 3600000, false, false, false},				   /* one late look: the machine slept */
		{7, 3600000, false, false, false}, {8, 3600000, false, false, true}, /* a look counts a quarter of a second at most */
		{1999, 1, false, false, false},	  {2000, 1, false, false, true},
		{1000, 200, false, true, false},				   /* it waits for the disk */
		{5, -1000, false, false, false},				   /* a clock that goes back counts nothing */
		{100, 0, false, false, false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sg_pulse *pulse = calloc(1, sizeof(*pulse));
		struct sg_pulse_watch watch;
		sg_time now = MS(1000);
		atomic_store(&pulse->at_disk, rows[i].disk);
		sg_pulse_watch_begin(&watch, pulse, now);
		bool hangs = looks(&watch, pulse, &now, rows[i].count, rows[i].every, rows[i].beats);
		if (hangs != rows[i].hangs)
			printf("\n  row %zu", i);
		CU_ASSERT_EQUAL(hangs, rows[i].hangs);
		free(pulse);
	}
}

/* A turn wipes what was counted before. */
static void
counting_anew(void)
{
	struct sg_pulse *pulse = calloc(1, sizeof(*pulse));
	struct sg_pulse_watch watch;
	sg_time now = 0;
	sg_pulse_watch_begin(&watch, pulse, now);
	CU_ASSERT_FALSE(looks(&watch, pulse, &now, 9, 200, false));
	CU_ASSERT_FALSE(looks(&watch, pulse, &now, 1, 200, true));
	CU_ASSERT_FALSE(looks(&watch, pulse, &now, 9, 200, false));
	CU_ASSERT_TRUE(looks(&watch, pulse, &now, 1, 200, false));
	free(pulse);
}

static void
refusing(void)
{
	struct sg_pulse *pulse = sg_pulse_new();
	CU_ASSERT_PTR_NOT_NULL_FATAL(pulse);
	sg_pulse_use(pulse);
	sg_pulse_hand("uid:1");
	sg_pulse_take_up(MS(100)); /* killed from outside: nobody did it */
	CU_ASSERT_FALSE(sg_pulse_refuses("uid:1", MS(1)));
	sg_pulse_hand("uid:1");
	atomic_store(&pulse->at_fault, true);
	sg_pulse_take_up(MS(100));
	CU_ASSERT_TRUE(sg_pulse_refuses("uid:1", MS(99)));
	CU_ASSERT_FALSE(sg_pulse_refuses("uid:1", MS(100)));
	CU_ASSERT_FALSE(sg_pulse_refuses("uid:11", MS(99)));
	CU_ASSERT_FALSE(sg_pulse_refuses("", MS(99)));
	atomic_store(&pulse->at_fault, true);
	sg_pulse_take_up(MS(100)); /* nobody was in hand */
	CU_ASSERT_EQUAL(sg_pulse_refused(MS(1)), 1);
	for (int i = 0; i < SG_PULSE_REFUSED; i++) { /* the oldest gives way */
		sg_pulse_hand("agent:x");
		atomic_store(&pulse->at_fault, true);
		sg_pulse_take_up(MS(200));
	}
	CU_ASSERT_FALSE(sg_pulse_refuses("uid:1", MS(1)));
	CU_ASSERT_TRUE(sg_pulse_refuses("agent:x", MS(1)));
	sg_pulse_use(NULL);
}

/* ---- what takes long beats as it gets further ---- */

/* A gate that has done a little; its pulse is in use. */
static struct play *
begin_busy(struct sg_pulse *pulse)
{
	struct play *p = play_new();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	for (int i = 0; i < 30; i++) {
		char key[8];
		snprintf(key, sizeof(key), "k%d", i);
		char *task = play_task(p, 1, key);
		play_act(p, 1, task, "mail.read", "{}", "m");
		free(task);
	}
	sg_pulse_use(pulse);
	return p;
}

static uint64_t
beats_since(struct sg_pulse *pulse, uint64_t before)
{
	CU_ASSERT_FALSE(atomic_load(&pulse->at_disk));
	return atomic_load(&pulse->beats) - before;
}

static bool
count_line(void *to, struct sg_str line)
{
	(void)line;
	++*(size_t *)to;
	return true;
}

/* One beat a line, however long the snapshot is. */
static void
reading_a_snapshot(void)
{
	struct sg_pulse *pulse = calloc(1, sizeof(*pulse));
	struct play *p = begin_busy(pulse);
	struct sg_snapshot_head head = {.leaf = 1}, read;
	struct sg_snapshot_file file;
	struct sg_state state;
	size_t lines = 0;
	CU_ASSERT_EQUAL_FATAL(sg_snapshot_write(&p->gate->state, &head, count_line, &lines, NULL), SG_OK);
	CU_ASSERT_TRUE(lines > 60);
	CU_ASSERT_EQUAL_FATAL(sg_snapshot_save(&p->gate->state, &head, p->journal, &file, NULL), SG_OK);
	CU_ASSERT_EQUAL_FATAL(sg_state_init(&state, p->gate->state.key, p->gate->state.boot_id, NULL), SG_OK);
	uint64_t before = atomic_load(&pulse->beats);
	CU_ASSERT_EQUAL(sg_snapshot_load(p->journal, &file, &state, &read, NULL), SG_OK);
	CU_ASSERT_TRUE(beats_since(pulse, before) >= lines);
	sg_state_done(&state);
	sg_pulse_use(NULL);
	play_end(p);
	free(pulse);
}

/* Before the first line is read, the file is: opened and read, twice each for the disk, and once a mebibyte for its digest. */
static void
reading_its_file(void)
{
	enum { MEBIBYTES = 8 };
	struct sg_pulse *pulse = calloc(1, sizeof(*pulse));
	struct play *p = begin_busy(pulse);
	struct sg_snapshot_file file = {.leaf = 7};
	struct sg_snapshot_head head;
	char name[128];
	memset(file.digest, '0', 64);
	snprintf(name, sizeof(name), "snapshot-%020d-%s.jsonl", 7, file.digest);
	int fd = openat(p->journal, name, O_CREAT | O_WRONLY, 0600);
	CU_ASSERT_EQUAL_FATAL(ftruncate(fd, (off_t)MEBIBYTES << 20), 0);
	close(fd);
	uint64_t before = atomic_load(&pulse->beats);
	CU_ASSERT_EQUAL(sg_snapshot_load(p->journal, &file, &p->gate->state, &head, NULL), SG_MALFORMED);
	CU_ASSERT_EQUAL(beats_since(pulse, before), MEBIBYTES + 4);
	sg_pulse_use(NULL);
	play_end(p);
	free(pulse);
}

static struct sg_pulse *watched;
static long opens, unsaid; /* calls, and those of which the pulse did not say that the disk is waited for */
static int (*its_openat)(const struct sg_sys *, int, const char *, int, mode_t);
static ssize_t (*its_pread)(const struct sg_sys *, int, void *, size_t, off_t);

static int
watched_openat(const struct sg_sys *sys, int folder, const char *name, int flags, mode_t mode)
{
	bool reads = (flags & O_ACCMODE) == O_RDONLY; /* what is written is the disk's own thread's */
	opens += reads;
	unsaid += reads && !atomic_load(&watched->at_disk);
	return its_openat(sys, folder, name, flags, mode);
}

static ssize_t
watched_pread(const struct sg_sys *sys, int fd, void *out, size_t len, off_t at)
{
	opens++;
	unsaid += !atomic_load(&watched->at_disk);
	return its_pread(sys, fd, out, len, at);
}

/* A disk that does not answer is no hang, whatever of a start it does not answer to. */
static void
reading_is_said(void)
{
	struct sg_err err = {0};
	watched = calloc(1, sizeof(*watched));
	struct play *p = begin_busy(watched);
	its_openat = p->sys.openat;
	its_pread = p->sys.pread;
	p->sys.openat = watched_openat;
	p->sys.pread = watched_pread;
	opens = unsaid = 0;
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_TRUE(opens > 3);
	CU_ASSERT_EQUAL(unsaid, 0);
	CU_ASSERT_FALSE(atomic_load(&watched->at_disk));
	p->sys.openat = its_openat;
	p->sys.pread = its_pread;
	sg_pulse_disk(true);
	sg_pulse_disk(true);
	sg_pulse_disk(false);
	CU_ASSERT_TRUE(atomic_load(&watched->at_disk)); /* one wait within another */
	sg_pulse_disk(false);
	CU_ASSERT_FALSE(atomic_load(&watched->at_disk));
	sg_pulse_use(NULL);
	play_end(p);
	free(watched);
}

static void
reading_a_journal(void)
{
	struct sg_pulse *pulse = calloc(1, sizeof(*pulse));
	struct sg_err err = {0};
	struct play *p = begin_busy(pulse);
	uint64_t leaves = p->gate->journal.durable, before = atomic_load(&pulse->beats);
	CU_ASSERT_TRUE(leaves >= 60);
	CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_TRUE(beats_since(pulse, before) >= leaves);
	sg_pulse_use(NULL);
	play_end(p);
	free(pulse);
}

SG_CASES("gate.pulse", {"a gate that hangs", hanging}, {"each turn counts anew", counting_anew}, {"whoever was in hand", refusing},
	 {"a snapshot is read", reading_a_snapshot}, {"its file is read", reading_its_file}, {"a journal is read", reading_a_journal}, {"that it waits for the disk", reading_is_said})
