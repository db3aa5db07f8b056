/* SPDX-License-Identifier: Apache-2.0
 * Whether the modules of a configuration will run: before the daemon opens, and before a reload takes effect. One that is listed and cannot be used is a
 * refusal; one that cannot reach something now is not, at the start: it is tried again. */
#include "gate/loop/loop.h"

#include "base/canon.h"
#include "base/str.h"

#include <stdio.h>

void
sg_instances_prepare(struct sg_loop *loop, uint64_t id, const struct sg_json *document)
{
	loop->next.active = true;
	loop->next.told = false;
	loop->next.id = id;
	sg_instances_want(&loop->next.list, document);
	for (size_t i = 0; i < loop->next.list.count; i++) {
		const struct sg_wanted *w = &loop->next.list.items[i];
		if (!sg_wanted_is_sink(w->name) && sg_instance_of(loop, w) == NULL)
			sg_instance_spawn(loop, w, NULL, true);
	}
}

void
sg_instances_settled(struct sg_loop *loop)
{
	loop->next.active = false;
}

/* What is wrong with the first that will not be ready; "" while some are on their way; NULL when all are. One that runs already may be ill: a
 * configuration is not to be kept out for that. */
static const char *
trouble(struct sg_loop *loop, const struct sg_wanted **which)
{
	const char *found = NULL;
	for (size_t i = 0; i < loop->next.list.count; i++) {
		const struct sg_wanted *w = *which = &loop->next.list.items[i];
		const struct sg_child *host = sg_wanted_is_sink(w->name) ? NULL : sg_instance_of(loop, w);
		if (sg_wanted_is_sink(w->name) || (host != NULL && (host->ready || sg_instance_is_current(loop, host))))
			continue;
		if (host == NULL)
			return "there is no room for its process";
		if (host->failures > 0)
			return host->why[0] != '\0' ? host->why : "it died while it was started";
		found = "";
	}
	return found;
}

static void
tell(struct sg_loop *loop, uint64_t id, const struct sg_wanted *which, const char *wrong)
{
	struct sg_buf text;
	struct sg_json_writer w;
	char what[sizeof(which->name) + sizeof(loop->children[0].why) + 2] = "";
	if (wrong != NULL)
		snprintf(what, sizeof(what), "%s: %s", which->name, wrong);
	sg_buf_init(&text, 4096);
	sg_jw_begin(&w, &text);
	sg_jw_object(&w);
	sg_jw_name(&w, "errors");
	sg_jw_array(&w);
	if (wrong != NULL) {
		sg_jw_object(&w);
		sg_jw_member_text(&w, "code", "module_refused");
		sg_jw_member_text(&w, "file", "");
		sg_jw_member_text(&w, "hint", "");
		sg_jw_member_int(&w, "line", 0);
		sg_jw_member_text(&w, "what", what);
		sg_jw_end(&w);
	}
	sg_jw_end(&w);
	sg_jw_end(&w);
	sg_link_queue(&loop->supervisor, SG_FRAME_G_PREPARED, id, sg_buf_view(&text), -1, NULL);
	sg_buf_done(&text);
}

/* Before the faces are open for the first time. */
static void
watch_start(struct sg_loop *loop)
{
	for (size_t i = 0; i < loop->wanted.count && !loop->accepting; i++) {
		const struct sg_child *host = sg_instance_of(loop, &loop->wanted.items[i]);
		if (host == NULL || host->failures == 0 || host->may_mend || host->started)
			continue;
		tell(loop, 0, &loop->wanted.items[i], host->why[0] != '\0' ? host->why : "it died while it was started");
		return;
	}
}

void
sg_prepare_turn(struct sg_loop *loop)
{
	const struct sg_wanted *which = NULL;
	watch_start(loop);
	if (!loop->next.active || loop->next.told)
		return;
	const char *wrong = trouble(loop, &which);
	if (wrong != NULL && wrong[0] == '\0')
		return;
	tell(loop, loop->next.id, which, wrong);
	loop->next.told = true;
}
