/* SPDX-License-Identifier: Apache-2.0
 * What the catalogue knows of whom and what a test names, found as the gate finds it. What a test says itself wins. */
#include "main/stepgate_policy.h"

#include "base/canon.h"
#include "base/str.h"

static void
write_agent(struct sg_json_writer *w, const struct sg_catalogue *catalogue, const struct sg_json *asked)
{
	const struct sg_agent *agent = sg_catalogue_agent(catalogue, sg_json_text_at(asked, "name"));
	if (agent == NULL)
		return;
	sg_jw_name(w, "agent");
	sg_jw_object(w);
	sg_jw_member_text(w, "autonomy", sg_autonomy_name(agent->autonomy));
	sg_jw_member_str(w, "environment", agent->environment);
	sg_jw_member_str(w, "id", agent->id);
	sg_jw_member_str(w, "owner", agent->owner);
	sg_jw_end(w);
}

/* "type:id" as a text, or both as members. */
static void
write_resource(struct sg_json_writer *w, const struct sg_catalogue *catalogue, const struct sg_json *asked)
{
	struct sg_str id = sg_json_text_at(asked, "id"), type = sg_json_text_at(asked, "type");
	if (sg_json_string(asked, &id))
		type = sg_str_cut(&id, ':');
	if (id.len == 0 || type.len == 0)
		return;
	struct sg_resource_told told = sg_catalogue_told(catalogue, type, id);
	sg_jw_name(w, "resource");
	sg_jw_object(w);
	sg_jw_member_str(w, "environment", told.environment);
	sg_jw_member_bool(w, "known", told.known);
	sg_jw_member_str(w, "owner", told.owner);
	sg_jw_member_text(w, "sensitivity", sg_sensitivity_name(told.level));
	sg_jw_end(w);
}

const struct sg_json *
sg_try_facts(struct sg_try *try, const struct sg_catalogue *catalogue)
{
	const struct sg_json *facts = NULL;
	struct sg_json_writer w;
	struct sg_buf text;
	if (catalogue == NULL)
		return NULL;
	sg_buf_init(&text, SG_TRY_TEXT);
	sg_jw_begin(&w, &text);
	sg_jw_object(&w);
	write_agent(&w, catalogue, sg_json_get(try->ask, "agent"));
	write_resource(&w, catalogue, sg_json_get(try->ask, "resource"));
	sg_jw_end(&w);
	if (sg_jw_done(&w))
		sg_json_parse(&try->arena, sg_buf_view(&text), NULL, &facts, NULL);
	sg_buf_done(&text);
	return facts;
}
