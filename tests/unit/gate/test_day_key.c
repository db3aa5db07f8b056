/* SPDX-License-Identifier: Apache-2.0
 * A day key that is lost while the day goes on: the next start makes another one under its name. What was sealed before is not reproducible, what comes is. */
#include "unit/gate/play.h"

enum { GONE, CUT, OTHER, KEPT, KINDS };

static void
key_path(const struct play *p, char out[128])
{
	snprintf(out, 128, "%s/keys/%lld.key", p->folder, (long long)(p->wall / (86400 * SG_SEC)));
}

static void
lose(const struct play *p, int how)
{
	static const char bytes[SG_KEY_BYTES] = {1};
	char path[128];
	key_path(p, path);
	if (how == GONE)
		CU_ASSERT_EQUAL(unlink(path), 0);
	if (how == CUT)
		CU_ASSERT_EQUAL(truncate(path, 5), 0);
	if (how != OTHER)
		return;
	FILE *file = fopen(path, "wb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL(fwrite(bytes, 1, sizeof(bytes), file), sizeof(bytes));
	fclose(file);
}

static char *
decide(struct play *p, const char *key)
{
	char *task = play_task(p, 1, key);
	char *id = play_between(play_act(p, 1, task, "mail.read", "{}", key), "\"decision_id\":\"", "\"");
	free(task);
	return id;
}

static bool
shows(struct play *p, const char *id, const char *result)
{
	char part[64];
	snprintf(part, sizeof(part), "\"result\":\"%s\"", result);
	return play_has(play_ask(p, 9, SG_ROUTE_O_DECISION, id, "{}"), part) && p->conns[9].status == 200;
}

static void
connect_both(struct play *p)
{
	CU_ASSERT_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	CU_ASSERT_FATAL(play_connect(p, 9, SG_FACE_ADMIN, 500));
}

/* While it runs, and over a restart. A key that is cut keeps a gate from starting, as one that never could be read did before. */
static void
lost(void)
{
	static const char *const running[KINDS] = {"not_reproducible", "not_reproducible", "not_reproducible", "same"};
	for (int how = 0; how < KINDS; how++) {
		struct play *p = play_new();
		struct sg_err err = {0};
		connect_both(p);
		char *before = decide(p, "a");
		CU_ASSERT(shows(p, before, "same"));
		lose(p, how);
		CU_ASSERT(shows(p, before, running[how]));
		enum sg_status status = play_restart(p, &err);
		CU_ASSERT_EQUAL(status, how == CUT ? SG_MALFORMED : SG_OK);
		if (status == SG_OK) {
			connect_both(p);
			char *after = decide(p, "b");
			CU_ASSERT(shows(p, before, running[how]));
			CU_ASSERT(shows(p, after, "same"));
			free(after);
		}
		free(before);
		play_end(p);
	}
}

SG_CASES("gate.day_key", {"a day key that is lost makes what it sealed not reproducible, and nothing else", lost})
