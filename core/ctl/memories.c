/* SPDX-License-Identifier: Apache-2.0
 * Resources with memory: how many are kept, and taking from them what one agent left. */
#include "ctl/show.h"

#include "base/str.h"

static void
show_memories(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	(void)ctl;
	const struct sg_json *agents = sg_json_get(answer, "agents"), *all = sg_json_get(answer, "memories");
	for (const struct sg_json *a = sg_json_first(agents); a != NULL; a = sg_json_next(agents, a)) {
		sg_show_cell(sg_json_text_at(a, "name"), 32);
		printf("%lld\n", (long long)sg_show_int(a, "kept"));
	}
	fprintf(stderr, "%lld of %lld resources with memory carry something\n", (long long)sg_show_int(all, "kept"), (long long)sg_show_int(all, "most"));
}

int
sg_ctl_memories_list(struct sg_ctl *ctl)
{
	return sg_ctl_asked(ctl, SG_FACE_ADMIN, "GET", "/v1/memories", NULL, NULL, show_memories);
}

int
sg_ctl_memories_forget(struct sg_ctl *ctl)
{
	return sg_ctl_word(ctl, "/v1/memories/%s/forget", ctl->args[0], NULL, show_memories);
}
