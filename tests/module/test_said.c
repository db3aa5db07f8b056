/* SPDX-License-Identifier: Apache-2.0
 * What a module says: each line names the stanza that it is of, and one stanza's level is raised or lowered alone. */
#include "guest.h"

#include "base/str.h"
#include "unit/cases.h"

#include <stdio.h>
#include <string.h>

static const char a_make[] = "{\"asker\":\"agent\",\"claims\":{\"sub\":\"s\"},\"lease\":\"abcd\",\"request\":{\"action\":\"a.b\",\"arguments\":{},\"decision\":\"d1\",\"resource\":null},\"verb\":\"make\"}";

static void
say(struct guest *g, const char *name, const char *level, const char *how)
{
	char stanza[256];
	snprintf(stanza, sizeof(stanza), "{\"grants\":[],%s\"options\":{\"how\":\"%s\"},\"use\":\"needy\"}", level, how);
	guest_start(g, (struct sg_host_process){.kind = "issue", .name = name, .module = "needy", .module_dir = SG_BUILD_DIR "/modules/hostile", .stanza = sg_str(stanza), .call_limit = 5 * SG_SEC});
	if (guest_ready(g) != NULL)
		guest_call(g, a_make, -1);
	guest_end(g);
}

/* Whether exactly those of the five lines are there, each with the stanza before it. */
static void
said(const char *level, unsigned want)
{
	static const char *const lines[] = {"stepgate module issue.cloud (needy): error: grave\n", "stepgate module issue.cloud (needy): warning: odd\n",
					    "stepgate module issue.cloud (needy): info: ordinary\n", "stepgate module issue.cloud (needy): debug: small\n",
					    "stepgate module issue.cloud (needy): error: unheard of\n"};
	struct guest g;
	unsigned got = 0;
	say(&g, "cloud", level, "levels");
	for (unsigned i = 0; i < 5; i++)
		got |= strstr(g.said, lines[i]) != NULL ? 1U << i : 0;
	if (got != want)
		printf("\n    %s: %x, not %x: %s", level, got, want, g.said);
	CU_ASSERT_EQUAL(got, want);
}

static void
a_level_alone(void)
{
	said("", 0x17);
	said("\"log_level\":\"info\",", 0x17);
	said("\"log_level\":\"error\",", 0x11);
	said("\"log_level\":\"warning\",", 0x13);
	said("\"log_level\":\"debug\",", 0x1f);
}

/* Two stanzas of one module are told apart, also in what the host itself says. */
static void
the_stanza_is_named(void)
{
	struct guest g;
	say(&g, "east", "", "start_nothing");
	CU_ASSERT_PTR_NOT_NULL(strstr(g.said, "stepgate host issue.east (needy): needy_held: "));
	say(&g, "west", "", "levels");
	CU_ASSERT(strstr(g.said, "issue.west (needy)") != NULL && strstr(g.said, "east") == NULL);
}

SG_CASES("module.said", {"a level alone", a_level_alone}, {"the stanza is named", the_stanza_is_named})
