/* SPDX-License-Identifier: Apache-2.0
 * The layers of a request, from the default up, and the way through its members. */
#include "policy/fixture_parts.h"

#include "base/near.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

/* Monday, 5 January 2026, ten o'clock UTC; nothing sensitive, nothing tainted, nobody has approved. */
const char sg_fixture_default[] =
	"{\"action\":{\"authority\":[],\"class\":\"other\",\"effect\":\"read\",\"environment\":\"\",\"name\":\"\","
	"\"sensitivity\":\"internal\"},"
	"\"agent\":{\"autonomy\":\"autonomous\",\"environment\":\"staging\",\"id\":\"spiffe://example.org/agent/tested\","
	"\"name\":\"tested\",\"owner\":\"owner@example.org\",\"review_left\":2592000000,\"strength\":\"boundary\"},"
	"\"approval\":null,\"args\":{},\"context\":{},\"enforcer\":null,\"history\":{},"
	"\"instance\":{\"facts\":{},\"id\":\"i-1\",\"labels\":[],\"sensitivity\":\"public\"},"
	"\"outcome\":null,\"provenance\":[],"
	"\"resource\":{\"environment\":\"\",\"id\":\"\",\"known\":true,\"owner\":\"\",\"properties\":{},"
	"\"sensitivity\":\"public\",\"type\":\"\"},"
	"\"sensitivity\":\"internal\","
	"\"task\":{\"age\":60000,\"budget\":{},\"chain\":[],\"classes\":[],\"denied\":0,\"depth\":0,"
	"\"environment\":\"staging\",\"id\":\"t-1\",\"intent\":\"testing\",\"labels\":[],\"left\":3600000,"
	"\"on_behalf_of\":null,\"parent\":null,\"role\":null,\"root\":\"t-1\",\"sensitivity\":\"public\",\"step_ups\":0,"
	"\"steps\":0,\"tainted\":false},"
	"\"time\":{\"hour\":10,\"minute\":0,\"unix\":1767607200,\"weekday\":1}}";

/* ---- the catalogue ---- */

static const struct sg_json *
catalogued(const struct sg_fixture *fixture, struct sg_str name)
{
	for (const struct sg_json *a = sg_json_first(fixture->actions); a != NULL; a = sg_json_next(fixture->actions, a)) {
		struct sg_str known;
		if (sg_json_string(sg_json_get(a, "name"), &known) && sg_str_eq(known, name))
			return a;
	}
	return NULL;
}

static struct sg_str
action_name(const struct sg_fixture *fixture)
{
	const struct sg_json *action = sg_json_get(fixture->ask, "action");
	struct sg_str name = SG_STR("");
	if (!sg_json_string(action, &name))
		sg_json_string(sg_json_get(action, "name"), &name);
	return name;
}

static bool
find_action(struct sg_fixture_run *run)
{
	struct sg_str name = action_name(run->fixture), known;
	struct sg_near near = sg_near(name);
	char hint[SG_FIXTURE_TEXT];
	if (name.len == 0)
		return sg_fixture_refuse(run, "ask = { action = \"pay.transfer\" }", "ask.action must be given");
	if (run->fixture->actions == NULL || catalogued(run->fixture, name) != NULL)
		return true;
	for (const struct sg_json *a = sg_json_first(run->fixture->actions); a != NULL; a = sg_json_next(run->fixture->actions, a))
		if (sg_json_string(sg_json_get(a, "name"), &known))
			sg_near_offer(&near, known);
	return sg_fixture_refuse(run, sg_near_hint(&near, '\'', NULL, hint, sizeof(hint)), "the catalogue has no action '%.*s'",
				 SG_STR_ARG(name));
}

static void
add_part(struct sg_buf *text, const char *name, const struct sg_json *value)
{
	if (value == NULL)
		return;
	sg_buf_printf(text, "%s\"%s\":", text->len > 1 ? "," : "", name);
	sg_canon_write(text, value);
}

/* {"action":{...},"agent":{...},"resource":{...}} of the catalogue, as far as it has them. */
static bool
catalogue_layer(struct sg_fixture_run *run)
{
	const struct sg_fixture *fixture = run->fixture;
	struct sg_buf text;
	sg_buf_init(&text, 1 << 20);
	sg_buf_text(&text, "{");
	add_part(&text, "action", catalogued(fixture, action_name(fixture)));
	add_part(&text, "agent", sg_json_get(fixture->facts, "agent"));
	add_part(&text, "resource", sg_json_get(fixture->facts, "resource"));
	sg_buf_text(&text, "}");
	bool good = !text.failed &&
		    sg_json_parse(run->arena, sg_buf_view(&text), NULL, &run->request.of[SG_LAYER_CATALOGUE], NULL) == SG_OK;
	sg_buf_done(&text);
	return good || sg_fixture_refuse(run, NULL, "what the catalogue says is too large");
}

static bool
derived_layer(struct sg_fixture_run *run)
{
	static const struct sg_json_limits limits = {.bytes = 1 << 20, .nodes = 65536};
	struct sg_buf text;
	sg_buf_init(&text, limits.bytes);
	bool good = sg_fixture_derive(run, &text);
	if (good && (text.failed ||
		     sg_json_parse(run->arena, sg_buf_view(&text), &limits, &run->request.of[SG_LAYER_DERIVED], NULL) != SG_OK))
		good = sg_fixture_refuse(run, NULL, "the request would be too large");
	sg_buf_done(&text);
	return good;
}

/* Members whose short form has become part of the derived layer. */
static struct sg_layered
without_short(const struct sg_layered *place, const char *name)
{
	static const char *const always[] = {"approval", "history", "provenance"};
	struct sg_layered member = sg_layered_member(place, name);
	const struct sg_json *given = member.of[SG_LAYER_GIVEN];
	static const char *const texts[] = {"action", "outcome", "resource", "time"};
	bool is_short = false;
	for (size_t i = 0; i < 3; i++)
		is_short |= strcmp(name, always[i]) == 0;
	for (size_t i = 0; i < 4; i++)
		is_short |= strcmp(name, texts[i]) == 0 && given != NULL && given->type == SG_JSON_STRING;
	if (is_short)
		member.of[SG_LAYER_GIVEN] = NULL;
	return member;
}

static bool
write_request(struct sg_fixture_run *run, struct sg_buf *out)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	for (size_t i = 0; i < sg_field_count && sg_fields[i].within == SG_SHAPE_REQUEST; i++) {
		char path[SG_FIXTURE_PATH];
		struct sg_layered member = without_short(&run->request, sg_fields[i].name);
		snprintf(path, sizeof(path), "ask.%s", sg_fields[i].name);
		sg_jw_name_text(&w, sg_fields[i].name);
		if (!sg_fixture_field(run, &w, &member, &sg_fields[i], path))
			return false;
	}
	sg_jw_end(&w);
	return sg_jw_done(&w) || sg_fixture_refuse(run, NULL, "the request would be too large");
}

enum sg_status
sg_fixture_write(const struct sg_fixture *fixture, struct sg_arena *arena, struct sg_buf *request,
		 struct sg_fixture_error *error)
{
	struct sg_fixture_run run = {.fixture = fixture, .arena = arena, .error = error};
	*error = (struct sg_fixture_error){.what = ""};
	if (sg_json_parse(arena, sg_str(sg_fixture_default), NULL, &run.request.of[SG_LAYER_DEFAULT], NULL) != SG_OK)
		return SG_NOMEM;
	run.request.of[SG_LAYER_GIVEN] = fixture->ask;
	if (fixture->ask->type != SG_JSON_OBJECT)
		sg_fixture_refuse(&run, "ask = { action = \"pay.transfer\" }", "ask must be a table with names");
	bool good = !run.refused && sg_fixture_known(&run, fixture->ask, SG_SHAPE_REQUEST, "ask") && find_action(&run) &&
		    catalogue_layer(&run) && derived_layer(&run) && write_request(&run, request);
	return good ? SG_OK : SG_REFUSED;
}

const struct sg_json *
sg_fixture_narrow(const struct sg_fixture *fixture)
{
	const struct sg_json *own = sg_json_get(sg_json_get(fixture->ask, "action"), "narrow");
	return own != NULL ? own : sg_json_get(catalogued(fixture, action_name(fixture)), "narrow");
}

int64_t
sg_fixture_approved(const struct sg_fixture *fixture, struct sg_str group)
{
	const struct sg_json *groups = sg_json_get(sg_json_get(fixture->ask, "approval"), "groups");
	int64_t humans = 0;
	if (groups != NULL && groups->type == SG_JSON_OBJECT)
		sg_json_int(sg_json_get_str(groups, group), &humans);
	for (const struct sg_json *e = sg_json_first(groups); e != NULL; e = sg_json_next(groups, e))
		humans += groups->type == SG_JSON_ARRAY && e->type == SG_JSON_STRING && sg_str_eq(e->string, group);
	return humans;
}
