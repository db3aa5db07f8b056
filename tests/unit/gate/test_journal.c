/* SPDX-License-Identifier: Apache-2.0
 * The journal under a failing disk, cut at each offset, changed at each byte; and what comes back after a restart. */
#include "gate/journal/journal_files.h"
#include "unit/gate/play.h"

static void
work(struct play *p)
{
	play_connect(p, 1, SG_FACE_AGENT, 1001);
	play_connect(p, 2, SG_FACE_ADMIN, 500);
	char *task = play_task(p, 1, "t1");
	play_act(p, 1, task, "repo.read", "{}", "a");
	play_act(p, 1, task, "mail.read", "{}", "b");
	play_act(p, 1, task, "far.away", "{}", "c");
	play_ask(p, 2, SG_ROUTE_O_KILL, "", "{\"agent\":\"other\"}");
	free(task);
}

static void
read_segment(struct play *p, uint64_t segment, struct sg_buf *out)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/journal/%08llu.seg", p->folder, (unsigned long long)segment);
	FILE *file = fopen(path, "rb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	char *to = sg_buf_reserve(out, 1 << 20);
	out->len += fread(to, 1, 1 << 20, file);
	fclose(file);
}

static void
write_segment(struct play *p, uint64_t segment, const char *bytes, size_t len)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/journal/head", p->folder);
	unlink(path); /* a crash long before the next one: what it would tell is another test's (fault.lost_leaves) */
	snprintf(path, sizeof(path), "%s/keys/head", p->folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/journal/%08llu.seg", p->folder, (unsigned long long)segment);
	FILE *file = fopen(path, "wb");
	fwrite(bytes, 1, len, file);
	fclose(file);
}

static void
remove_segment(struct play *p, uint64_t segment)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/journal/%08llu.seg", p->folder, (unsigned long long)segment);
	unlink(path);
}

/* Reads all segments as an outsider would. Counts allows; false if anything does not verify. */
static bool
verify(struct play *p, size_t *allows, size_t *leaves, const char *must_have)
{
	uint64_t segments[256], last = 0, before = 0;
	unsigned char chain[SG_SHA256_BYTES] = {0};
	int error = 0, count = sg_segment_list(p->journal, segments, 256, &error);
	bool good = count >= 0, seen[100000] = {false};
	*allows = *leaves = 0;
	bool found = must_have == NULL;
	for (int i = 0; good && i < count; i++) {
		struct sg_buf bytes;
		struct sg_segment_reader reader;
		sg_buf_init(&bytes, 4 << 20);
		read_segment(p, segments[i], &bytes);
		if (sg_segment_begin(&reader, sg_buf_view(&bytes), NULL) != SG_OK) {
			good = i == count - 1 || bytes.len <= SG_SEGMENT_HEADER; /* a creation that was torn */
			sg_buf_done(&bytes);
			continue;
		}
		if (reader.header.previous != before) { /* behind a failed sync: void */
			sg_buf_done(&bytes);
			continue;
		}
		/* is there a later one that says where this one really ended? */
		uint64_t end = UINT64_MAX;
		for (int j = i + 1; j < count; j++) {
			struct sg_buf next;
			struct sg_segment_reader other;
			sg_buf_init(&next, 4 << 20);
			read_segment(p, segments[j], &next);
			if (sg_segment_begin(&other, sg_buf_view(&next), NULL) == SG_OK && other.header.previous == segments[i])
				end = other.header.last;
			else if (sg_segment_begin(&other, sg_buf_view(&next), NULL) == SG_OK && other.header.previous == before)
				end = 0; /* this whole segment is void */
			sg_buf_done(&next);
		}
		if (end != 0)
			good = sg_segment_follows(&reader.header, before, last, chain, NULL) == SG_OK;
		while (good && end != 0 && reader.next <= end) {
			struct sg_arena arena;
			struct sg_record record;
			sg_arena_init(&arena, 8 << 20);
			enum sg_status status = sg_segment_next(&reader, &arena, &record, NULL);
			if (status != SG_OK) {
				sg_arena_done(&arena);
				good = status == SG_NOT_FOUND || end == UINT64_MAX;
				break;
			}
			good = record.number < 100000 && !seen[record.number];
			seen[record.number] = true;
			last = record.number;
			memcpy(chain, record.chain, sizeof(chain));
			(*leaves)++;
			*allows += sg_json_is(sg_json_get(record.json, "body"), "verdict", "allow");
			found |= must_have != NULL && memmem(record.leaf.ptr, record.leaf.len, must_have, strlen(must_have)) != NULL;
			sg_arena_done(&arena);
		}
		if (end != 0)
			before = segments[i];
		sg_buf_done(&bytes);
	}
	return good && found;
}

static void
restart_remembers(void)
{
	struct play *p = play_new();
	size_t allows, leaves;
	work(p);
	uint64_t tasks = p->gate->state.open_tasks, durable = p->gate->journal.durable;
	struct sg_err err = {0};
	CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_EQUAL(p->gate->state.open_tasks, tasks);
	CU_ASSERT_TRUE(p->gate->journal.durable > durable);
	CU_ASSERT_TRUE(sg_state_killed(&p->gate->state, SG_STR("other")));
	size_t at = 0;
	struct sg_task *t = sg_table_next(&p->gate->state.tasks, &at);
	CU_ASSERT_TRUE(sg_taint_has(&t->taint, SG_STR("mail")));
	CU_ASSERT_TRUE(verify(p, &allows, &leaves, NULL));
	CU_ASSERT_EQUAL(allows, 2);
	play_end(p);
}

static void
cut_anywhere(void)
{
	struct play *p = play_new();
	struct sg_buf bytes;
	work(p);
	play_stop_gate(p);
	sg_buf_init(&bytes, 4 << 20);
	read_segment(p, 1, &bytes);
	size_t healed = 0, before = 0;
	for (size_t cut = 0; cut <= bytes.len; cut++) {
		struct sg_err err = {0};
		write_segment(p, 1, bytes.ptr, cut);
		remove_segment(p, 2);
		CU_ASSERT_EQUAL(play_open(p, &err), SG_OK);
		play_flush(p);
		size_t allows, leaves;
		CU_ASSERT_TRUE(verify(p, &allows, &leaves, NULL));
		CU_ASSERT_TRUE(leaves + 1 >= before || cut == 0); /* what was whole before the cut is still there */
		before = leaves;
		healed++;
		play_stop_gate(p);
	}
	printf("(%zu offsets) ", healed);
	sg_buf_done(&bytes);
	play_end(p);
}

static bool
cannot_unseal(struct play *p)
{
	for (uint64_t n = 1; n <= p->gate->journal.durable; n++) {
		struct sg_arena arena;
		struct sg_record record;
		struct sg_str input;
		struct sg_err err = {0};
		sg_arena_init(&arena, 8 << 20);
		enum sg_status status = sg_journal_read(&p->gate->journal, n, &arena, &record, &input, &err);
		sg_arena_done(&arena);
		if (status == SG_MALFORMED && strcmp(err.code, "seal_broken") == 0)
			return true;
	}
	return false;
}

static void
changed_anywhere(void)
{
	struct play *p = play_new();
	struct sg_buf bytes;
	work(p);
	struct sg_err err = {0};
	play_restart(p, &err); /* segment 1 is closed now: what it holds was synced */
	play_stop_gate(p);
	sg_buf_init(&bytes, 4 << 20);
	read_segment(p, 1, &bytes);
	size_t refused = 0, unsealed = 0, checked = 0;
	for (size_t at = 0; at < bytes.len; at += at < 600 ? 1 : 7) {
		bytes.ptr[at] ^= 1 << (at % 8);
		write_segment(p, 1, bytes.ptr, bytes.len);
		bytes.ptr[at] ^= 1 << (at % 8);
		err = (struct sg_err){0};
		enum sg_status status = play_open(p, &err);
		refused += status == SG_MALFORMED && err.code != NULL && strncmp(err.code, "journal_", 8) == 0;
		checked++;
		if (status == SG_OK) { /* the tag of a sealed input: found by whoever holds the day's key and opens it */
			unsealed += cannot_unseal(p);
			play_stop_gate(p);
		}
	}
	printf("(%zu of %zu changes refused, %zu found on opening) ", refused, checked, unsealed);
	CU_ASSERT_EQUAL(refused + unsealed, checked);
	CU_ASSERT_TRUE(refused > checked * 9 / 10);
	sg_buf_done(&bytes);
	play_end(p);
}

static void
broken_middle(void)
{
	struct play *p = play_new();
	struct sg_buf bytes;
	struct sg_err err = {0};
	work(p);
	play_stop_gate(p);
	sg_buf_init(&bytes, 4 << 20);
	read_segment(p, 1, &bytes);
	bytes.ptr[SG_SEGMENT_HEADER + 80] ^= 4; /* in the first group, with synced groups behind it */
	write_segment(p, 1, bytes.ptr, bytes.len);
	CU_ASSERT_EQUAL(play_open(p, &err), SG_MALFORMED);
	sg_buf_done(&bytes);
	play_end(p);
}

/* Every n-th call of the disk fails once; or fails from then on. No allow without a record, and what was told to be in force stays so. */
static void
failing_disk(int error, bool forever, bool cut_short)
{
	size_t runs = 0;
	for (long n = 1;; n++, runs++) {
		struct play *p = play_begin();
		struct sg_err err = {0};
		p->fail_at = n;
		p->fail_errno = error;
		p->fail_forever = forever;
		p->fail_short = cut_short;
		size_t heard = 0;
		bool killed = false;
		if (play_open(p, &err) == SG_OK) {
			play_flush(p);
			play_connect(p, 1, SG_FACE_AGENT, 1001);
			play_connect(p, 2, SG_FACE_ADMIN, 500);
			char *task = play_task(p, 1, "t1");
			for (int i = 0; i < 3 && task[0] != '\0'; i++) {
				char key[8];
				snprintf(key, sizeof(key), "k%d", i);
				const char *answer = play_act(p, 1, task, i == 1 ? "mail.read" : "repo.read", "{}", key);
				heard += strstr(answer, "\"verdict\":\"allow\"") != NULL;
				p->boot += SG_SEC;
				p->wall += SG_SEC;
			}
			const char *answer = play_ask(p, 2, SG_ROUTE_O_KILL, "", "{\"agent\":\"other\"}");
			killed = strstr(answer, "\"durable\":true") != NULL;
			CU_ASSERT_TRUE(killed || sg_state_killed(&p->gate->state, SG_STR("other")) || strstr(answer, "error") != NULL);
			if (!forever) { /* the disk is well again: the gate opens by itself and writes what it owes */
				p->boot += 2 * SG_SEC;
				p->wall += 2 * SG_SEC;
				play_all(p);
				CU_ASSERT_FALSE(p->gate->journal.closed);
			}
			free(task);
		}
		long calls = p->calls;
		p->fail_at = 0;
		size_t allows = 0, leaves = 0;
		CU_ASSERT_TRUE(verify(p, &allows, &leaves, NULL));
		CU_ASSERT_TRUE(allows >= heard); /* every allow that was heard is in the record */
		if (p->gate != NULL)
			CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK);
		if (p->gate != NULL && killed)
			CU_ASSERT_TRUE(sg_state_killed(&p->gate->state, SG_STR("other")));
		if (p->gate != NULL) {
			CU_ASSERT_TRUE(verify(p, &allows, &leaves, NULL)); /* and no number was used twice */
			CU_ASSERT_EQUAL(p->gate->state.live_leases <= heard, true);
		}
		play_end(p);
		if (calls < n)
			break;
	}
	printf("(%zu points) ", runs);
	CU_ASSERT_TRUE(runs > 10);
}

static void
eio_once(void)
{
	failing_disk(EIO, false, false);
}

static void
eio_forever(void)
{
	failing_disk(EIO, true, false);
}

static void
enospc(void)
{
	failing_disk(ENOSPC, false, false);
	failing_disk(ENOSPC, true, true);
}

static void
short_writes(void)
{
	failing_disk(EIO, false, true);
}

static void
closed_and_back(void)
{
	struct play *p = play_new();
	play_connect(p, 1, SG_FACE_AGENT, 1001);
	play_connect(p, 2, SG_FACE_ADMIN, 500);
	char *task = play_task(p, 1, "t1");
	p->fail_at = p->calls + 1;
	p->fail_forever = true;
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "mail.read", "{}", "a"), "\"code\":\"audit_unavailable\""));
	CU_ASSERT_TRUE(p->gate->journal.closed);
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "b"), "\"code\":\"audit_unavailable\""));
	CU_ASSERT_TRUE(play_has(play_ask(p, 2, SG_ROUTE_O_KILL, "", "{\"agent\":\"other\"}"), "\"state\":\"effective_not_durable\""));
	CU_ASSERT_TRUE(sg_state_killed(&p->gate->state, SG_STR("other")));
	p->fail_at = 0;
	p->boot += 2 * SG_SEC;
	p->wall += 2 * SG_SEC;
	play_all(p);
	CU_ASSERT_FALSE(p->gate->journal.closed);
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "c"), "\"verdict\":\"allow\""));
	struct sg_err err = {0};
	CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_TRUE(sg_state_killed(&p->gate->state, SG_STR("other")));
	/* what the lost allow may have read still taints */
	CU_ASSERT_TRUE(sg_taint_has(&sg_state_task(&p->gate->state, sg_str(task))->taint, SG_STR("mail")));
	size_t allows, leaves;
	CU_ASSERT_TRUE(verify(p, &allows, &leaves, "\"kind\":\"gap\""));
	free(task);
	play_end(p);
}

/* A disk without a byte of room is no reason not to come up: closed, with all that is in force, and open again once there is room. */
static void
restart_when_full(void)
{
	struct play *p = play_new();
	struct sg_err err = {0};
	size_t allows, leaves;
	work(p);
	p->full = true;
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_TRUE(p->gate->journal.closed);
	CU_ASSERT_TRUE(sg_state_killed(&p->gate->state, SG_STR("other")));
	play_connect(p, 2, SG_FACE_ADMIN, 500);
	CU_ASSERT_TRUE(play_has(play_ask(p, 2, SG_ROUTE_O_KILL, "", "{\"all\":true}"), "\"state\":\"effective_not_durable\""));
	p->full = false;
	p->boot += 2 * SG_SEC;
	play_all(p);
	CU_ASSERT_FALSE(p->gate->journal.closed);
	CU_ASSERT_TRUE(verify(p, &allows, &leaves, "\"all\":true"));
	CU_ASSERT_EQUAL(allows, 2);
	play_end(p);
}

/* What was written again of one file since it was looked for, from its beginning on without a hole, and whether that was synced. */
static struct {
	ino_t file;
	off_t to;
	bool synced;
} again;

static bool
is_again(int fd)
{
	struct stat status;
	return fstat(fd, &status) == 0 && status.st_ino == again.file;
}

static ssize_t
again_pwrite(const struct sg_sys *sys, int fd, const void *bytes, size_t len, off_t at)
{
	ssize_t n = play_pwrite(sys, fd, bytes, len, at);
	if (n > 0 && is_again(fd)) {
		again.to = at <= again.to && at + n > again.to ? at + n : again.to;
		again.synced = false;
	}
	return n;
}

static int
again_sync(const struct sg_sys *sys, int fd)
{
	again.synced |= is_again(fd);
	return play_sync(sys, fd);
}

/* A sync that failed may have left pages that no later sync would write: all that is kept is written once more. */
static void
written_again(void)
{
	struct play *p = play_new();
	struct sg_err err = {0};
	struct stat status;
	char path[128];
	work(p);
	snprintf(path, sizeof(path), "%s/journal/%08llu.seg", p->folder, (unsigned long long)p->gate->journal.segment);
	CU_ASSERT_EQUAL_FATAL(stat(path, &status), 0);
	again.file = status.st_ino;
	again.to = 0;
	p->sys.pwrite = again_pwrite;
	p->sys.fdatasync = p->sys.fsync = again_sync;
	CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_EQUAL(again.to, status.st_size);
	CU_ASSERT_TRUE(again.synced);
	play_end(p);
}

/* The disk fails once at each of its calls while the gate recovers: that is no broken state, and the next try finds all. */
static void
failing_recovery(void)
{
	size_t failed = 0, allows, leaves;
	for (long n = 1;; n++) {
		struct play *p = play_new();
		struct sg_err err = {0};
		work(p);
		play_stop_gate(p);
		p->fail_at = p->calls + n;
		p->fail_errno = n % 2 == 0 ? EIO : EDQUOT;
		enum sg_status status = play_open(p, &err);
		long calls = p->calls;
		if (status != SG_OK) {
			CU_ASSERT_EQUAL(status, SG_UNAVAILABLE);
			CU_ASSERT_STRING_EQUAL(err.code, "journal_io");
			CU_ASSERT_EQUAL(play_open(p, &err), SG_OK);
			failed++;
		}
		CU_ASSERT_TRUE(sg_state_killed(&p->gate->state, SG_STR("other")));
		CU_ASSERT_TRUE(verify(p, &allows, &leaves, NULL));
		CU_ASSERT_EQUAL(allows, 2);
		bool over = calls < p->fail_at;
		play_end(p);
		if (over)
			break;
	}
	printf("(%zu points) ", failed);
	CU_ASSERT_TRUE(failed >= 4);
}

static void
segments_roll(void)
{
	struct play *p = play_new();
	p->gate->journal.roll_at = 2000;
	play_connect(p, 1, SG_FACE_AGENT, 1001);
	char *task = play_task(p, 1, "t1");
	for (int i = 0; i < 20; i++) {
		char key[8];
		snprintf(key, sizeof(key), "k%d", i);
		play_act(p, 1, task, "repo.read", "{}", key);
	}
	CU_ASSERT_TRUE(p->gate->journal.segment > 5);
	size_t allows, leaves;
	CU_ASSERT_TRUE(verify(p, &allows, &leaves, NULL));
	CU_ASSERT_EQUAL(allows, 20);
	p->wall += 86400 * SG_SEC; /* a new day, a new key, a new segment */
	uint64_t before = p->gate->journal.segment;
	play_act(p, 1, task, "repo.read", "{}", "tomorrow");
	CU_ASSERT_TRUE(p->gate->journal.segment > before);
	struct sg_err err = {0};
	CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK);
	free(task);
	play_end(p);
}

/* While the disk has one group in hand the next one waits: each segment is written as it was planned, whatever was planned since; also over midnight. */
static void
rolls_on_the_way(void)
{
	static const off_t sizes[] = {1, 500, 2000, 5000};
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		struct play *p = play_new();
		struct sg_err err = {0};
		struct sg_journal *j = &p->gate->journal;
		j->roll_at = sizes[s];
		for (int i = 0; i < 60; i++) {
			uint64_t number;
			struct sg_commit *commit = sg_journal_ready(j) ? sg_journal_take(j) : NULL;
			for (int n = 0; n <= i % 3; n++)
				CU_ASSERT_EQUAL(sg_record(p->gate, "alert", SG_STR("{\"agent\":\"a\",\"task\":\"\",\"what\":\"x\",\"who\":\"y\"}"), SG_STR("{\"sealed\":1}"), &number, &err), SG_OK);
			if (i % 17 == 0)
				p->wall += 86400 * SG_SEC;
			if (commit != NULL) {
				sg_journal_write(j, commit);
				sg_journal_done(j, commit);
			}
		}
		play_flush(p);
		size_t allows, leaves;
		CU_ASSERT_TRUE(verify(p, &allows, &leaves, NULL));
		CU_ASSERT_TRUE(leaves > 110);
		for (uint64_t n = 1; n <= j->durable; n++) { /* and each can be read, with what was sealed beside it */
			struct sg_arena arena;
			struct sg_record record;
			struct sg_str input = {NULL, 0};
			sg_arena_init(&arena, 1 << 20);
			CU_ASSERT_EQUAL(sg_journal_read(j, n, &arena, &record, &input, &err), SG_OK);
			sg_arena_done(&arena);
		}
		CU_ASSERT_EQUAL(play_restart(p, &err), SG_OK);
		play_end(p);
	}
}

SG_CASES("gate.journal", {"a restart remembers", restart_remembers}, {"cut at each offset", cut_anywhere},
	 {"changed at each byte", changed_anywhere}, {"a broken middle is refused", broken_middle}, {"EIO once, at each call", eio_once},
	 {"EIO from each call on", eio_forever}, {"ENOSPC", enospc}, {"short writes", short_writes},
	 {"closed, and back", closed_and_back}, {"a restart on a full disk", restart_when_full},
	 {"what is kept is written again", written_again}, {"the disk fails in recovery", failing_recovery}, {"segments roll", segments_roll}, {"segments roll while one is on its way", rolls_on_the_way})
