/* SPDX-License-Identifier: Apache-2.0
 * What stands in the journal's folder as an operator's word: whatever of it cannot be read, the start kills, since it may have said that the state is a backup's. */
#include "gate/journal/journal_files.h"
#include "frame/loss.h"
#include "unit/gate/play.h"

#define WORD(kill) "{\"ahead\":9,\"by\":\"uid:0\",\"kill\":" kill ",\"last\":5,\"reason\":\"x\",\"what\":\"y\"}"

static char most[SG_LOSS_FILE_MOST + 1];

static const struct word {
	const char *text;
	bool kills, stays;
} words[] = {
	{WORD("true"), true, false},
	{WORD("false"), false, false},
	{"{\"ahead\":9,\"by\":\"uid:0\",\"last\":5,\"reason\":\"x\",\"what\":\"y\"}", false, false}, /* as versions before wrote it */
	{"{}", false, false},
	{"", true, true},
	{"{", true, true},
	{"[]", true, true},
	{"null", true, true},
	{"\"kill\"", true, true},
	{WORD("true") "x", true, true},
	{"{\"kill\":true,\"kill\":false}", true, true},
	{most, true, true}, /* good, but for its length */
};

static void
leave(const struct play *p, const char *text)
{
	int fd = openat(p->journal, SG_LOSS_FILE, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	CU_ASSERT_TRUE_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static bool
is_there(const struct play *p)
{
	return faccessat(p->journal, SG_LOSS_FILE, F_OK, 0) == 0;
}

/* The start kills or does not, twice with the same word, and the file goes once it is recorded. */
static void
words_of_a_loss(void)
{
	memset(most, ' ', SG_LOSS_FILE_MOST);
	memcpy(most, WORD("false"), strlen(WORD("false")));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct sg_err err = {0};
		struct play *p = play_new();
		CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
		char *task = play_task(p, 1, "t");
		leave(p, words[i].text);
		CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
		if (p->gate->state.killed_all != words[i].kills)
			printf("  %s\n", words[i].text);
		CU_ASSERT_EQUAL(p->gate->state.killed_all, words[i].kills);
		CU_ASSERT_EQUAL(sg_state_task(&p->gate->state, sg_str(task))->state != SG_TASK_OPEN, words[i].kills);
		play_all(p);
		p->boot += 20 * SG_SEC;
		p->wall += 20 * SG_SEC;
		play_all(p);
		if (is_there(p) != words[i].stays)
			printf("  %s\n", words[i].text);
		CU_ASSERT_EQUAL(is_there(p), words[i].stays);
		CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
		CU_ASSERT_EQUAL(p->gate->state.killed_all, words[i].kills);
		free(task);
		play_end(p);
	}
}

/* While the disk takes nothing the kill is in force, and the word stays until it is recorded. */
static void
without_a_disk(void)
{
	struct sg_err err = {0};
	struct play *p = play_new();
	leave(p, WORD("true"));
	p->calls = 0;
	p->fail_at = 1;
	p->fail_forever = true;
	enum sg_status status = play_restart(p, &err);
	CU_ASSERT_TRUE(is_there(p));
	CU_ASSERT_TRUE(status != SG_OK || p->gate->state.killed_all);
	p->fail_at = 0;
	p->fail_forever = false;
	CU_ASSERT_EQUAL_FATAL(play_restart(p, &err), SG_OK);
	CU_ASSERT_TRUE(p->gate->state.killed_all);
	play_end(p);
}

SG_CASES("gate.word", {"a word that cannot be read kills", words_of_a_loss}, {"without a disk it stays", without_a_disk})
