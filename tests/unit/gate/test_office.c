/* SPDX-License-Identifier: Apache-2.0
 * What time it is where the office is, in the question: as values, by the gate's own clock, and only where a rule of the set may read it. */
#include "unit/gate/play.h"

static struct play *p;
static char question[1 << 16];

#define MANIFEST(more)                                                                                                 \
	"{\"digest\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"files\":[]," more "\"rules\":[]}"
#define OFFICE(offsets) "\"office\":{\"holidays\":[],\"hours\":[\"mon-sun 00:00-24:00\"],\"offsets\":[" offsets "],\"zone\":\"Europe/Berlin\"},\"run_dir\""

static const char *
keeps(const char *input)
{
	snprintf(question, sizeof(question), "%s", input);
	return play_allow(input);
}

/* The question for one action, at that second. */
static void
asks(const char *office, const char *manifest, int64_t second)
{
	p = play_new();
	CU_ASSERT_TRUE_FATAL(office == NULL || play_reconfigure(p, (const char *const[]){"\"run_dir\"", office, NULL}));
	sg_gate_policy(p->gate, sg_str(manifest), 1);
	p->effects = keeps;
	p->wall = second * SG_SEC;
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	char *task = play_task(p, 1, "t");
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "far.away", "{}", "k"), "verdict"));
	CU_ASSERT_TRUE(play_has(play_act(p, 1, task, "repo.read", "{}", "r"), "\"verdict\":\"allow\""));
	free(task);
	play_end(p);
}

static bool
holds(const char *want)
{
	bool good = strstr(question, want) != NULL;
	if (!good)
		printf("\n  no %s in %s\n", want, question);
	return good;
}

static void
left_out(void)
{
	asks(OFFICE("\"0 3600\""), MANIFEST(""), 1800000000);
	CU_ASSERT_TRUE(holds("\"time\":{\"hour\":8,\"minute\":0,\"unix\":1800000000,\"weekday\":5}"));
}

static void
both_sides_of_a_change(void)
{
	asks(OFFICE("\"0 3600\",\"1800003600 7200\""), MANIFEST("\"here\":true,"), 1800003599);
	CU_ASSERT_TRUE(holds("\"here\":{\"date\":\"2027-01-15\",\"holiday\":false,\"hour\":9,\"minute\":59,\"office\":true,\"offset\":3600,\"weekday\":5,\"zone\":\"Europe/Berlin\"},\"hour\":8"));
	asks(OFFICE("\"0 3600\",\"1800003600 7200\""), MANIFEST("\"here\":true,"), 1800003600);
	CU_ASSERT_TRUE(holds("\"here\":{\"date\":\"2027-01-15\",\"holiday\":false,\"hour\":11,\"minute\":0,\"office\":true,\"offset\":7200,\"weekday\":5,\"zone\":\"Europe/Berlin\"},\"hour\":9"));
}

/* A document of before says nothing of it. */
static void
older(void)
{
	asks(NULL, MANIFEST("\"here\":true,"), 1800000000);
	CU_ASSERT_TRUE(holds("\"here\":{\"date\":\"2027-01-15\",\"holiday\":false,\"hour\":8,\"minute\":0,\"office\":false,\"offset\":0,\"weekday\":5,\"zone\":\"UTC\"}"));
}

SG_CASES("gate.office", {"what no rule names is left out", left_out}, {"on both sides of a change", both_sides_of_a_change}, {"a document of before", older})
