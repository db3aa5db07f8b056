/* SPDX-License-Identifier: Apache-2.0
 * What a test asks, in the one spelling in which the gate would put it to policy: forms of arguments and of resources are the catalogue's. */
#include "main/stepgate_policy.h"

#include "base/canon.h"
#include "base/str.h"
#include "gate/desk/spell.h"

#include <stdlib.h>

/* Members of the object in order, as all that the gate writes anew. NULL: this is not to be written so, and what reads the test says why. */
static const struct sg_json *
canonical(struct sg_try *try, const struct sg_json *value)
{
	struct sg_buf text;
	if (value == NULL || value->type != SG_JSON_OBJECT)
		return NULL;
	sg_buf_init(&text, SG_POLICY_INPUT);
	sg_canon_write(&text, value);
	const struct sg_json *out = text.failed ? NULL : sg_try_parse(try, sg_arena_copy(&try->arena, sg_buf_view(&text)));
	sg_buf_done(&text);
	return out;
}

static struct sg_str
name_of(const struct sg_json *action)
{
	struct sg_str name = sg_json_text_at(action, "name");
	sg_json_string(action, &name);
	return name;
}

/* "type:id" as an object of both. */
static const struct sg_json *
resource_of(struct sg_try *try, const struct sg_json *asked)
{
	struct sg_str id;
	struct sg_buf text;
	struct sg_json_writer w;
	if (!sg_json_string(asked, &id))
		return canonical(try, asked);
	struct sg_str type = sg_str_cut(&id, ':');
	sg_buf_init(&text, SG_TRY_TEXT);
	sg_jw_begin(&w, &text);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "id", id);
	sg_jw_member_str(&w, "type", type);
	sg_jw_end(&w);
	const struct sg_json *out = sg_jw_done(&w) ? sg_try_parse(try, sg_arena_copy(&try->arena, sg_buf_view(&text))) : NULL;
	sg_buf_done(&text);
	return out;
}

static void
write_member(struct sg_json_writer *w, const struct sg_json *m, const struct sg_request *r)
{
	sg_jw_name_str(w, m->name);
	if (sg_str_is(m->name, "args") && r->args != NULL)
		sg_jw_value(w, r->args);
	else if (sg_str_is(m->name, "resource") && r->resource != NULL)
		sg_jw_value(w, r->resource);
	else
		sg_jw_value(w, m);
}

static const struct sg_json *
rewrite(struct sg_try *try, const struct sg_json *ask, const struct sg_request *r)
{
	struct sg_buf text;
	struct sg_json_writer w;
	sg_buf_init(&text, SG_POLICY_INPUT);
	sg_jw_begin(&w, &text);
	sg_jw_object(&w);
	for (const struct sg_json *m = sg_json_first(ask); m != NULL; m = sg_json_next(ask, m))
		write_member(&w, m, r);
	sg_jw_end(&w);
	const struct sg_json *out = sg_jw_done(&w) ? sg_try_parse(try, sg_arena_copy(&try->arena, sg_buf_view(&text))) : NULL;
	sg_buf_done(&text);
	return out != NULL ? out : ask;
}

const struct sg_json *
sg_try_spell(struct sg_try *try, const struct sg_catalogue *catalogue)
{
	struct sg_request *r = catalogue != NULL ? calloc(1, sizeof(*r)) : NULL;
	const struct sg_json *ask = canonical(try, try->ask);
	if (r == NULL || ask == NULL) {
		free(r);
		return try->ask;
	}
	r->action_name = name_of(sg_json_get(ask, "action"));
	r->args = canonical(try, sg_json_get(ask, "args"));
	r->resource = resource_of(try, sg_json_get(ask, "resource"));
	r->resource_type = sg_json_text_at(r->resource, "type");
	r->arena = try->arena;
	bool good = sg_spell_with(catalogue, r);
	try->arena = r->arena;
	ask = good ? rewrite(try, ask, r) : try->ask;
	free(r);
	return ask;
}
