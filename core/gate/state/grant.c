/* SPDX-License-Identifier: Apache-2.0
 * Grants: read from their leaf, asked at every action. */
#include "gate/state/grant.h"

#include "base/canon.h"
#include "base/pattern.h"
#include "base/str.h"
#include "conf/path.h"

#include <stdlib.h>

enum { GRANT_BUDGET = 1 << 20 };

static bool
read_list(struct sg_task_grant *grant, const struct sg_json *json, const char *name, bool *has, struct sg_strings *out)
{
	const struct sg_json *list = sg_json_get(json, name);
	*has = list != NULL && list->type == SG_JSON_ARRAY;
	if (!*has)
		return list != NULL && list->type == SG_JSON_NULL;
	struct sg_str *items = sg_arena_alloc(&grant->arena, (list->count + 1) * sizeof(*items));
	if (items == NULL)
		return false;
	out->items = items;
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
		if (!sg_json_string(e, &items[out->count++]))
			return false;
	return true;
}

static bool
read_grant(struct sg_task_grant *grant, const struct sg_json *json)
{
	struct sg_str level = {"", 0};
	grant->constraints = sg_json_get(json, "constraints");
	bool levelled = sg_json_string(sg_json_get(json, "sensitivity"), &level);
	grant->sensitivity = sg_sensitivity_named(level);
	return levelled && read_list(grant, json, "actions", &grant->has_actions, &grant->actions) &&
	       read_list(grant, json, "hand_on", &grant->has_hand_on, &grant->hand_on) &&
	       read_list(grant, json, "resources", &grant->has_resources, &grant->resources) &&
	       sg_json_int(sg_json_get(json, "max_depth"), &grant->max_depth);
}

static void
end_grant(struct sg_task_grant *grant)
{
	if (grant == NULL)
		return;
	sg_arena_done(&grant->arena);
	free(grant);
}

static struct sg_task_grant *
new_grant(struct sg_str text)
{
	const struct sg_json *own = NULL;
	struct sg_task_grant *grant = calloc(1, sizeof(*grant));
	if (grant == NULL)
		return NULL;
	sg_arena_init(&grant->arena, GRANT_BUDGET);
	grant->text = sg_arena_copy(&grant->arena, text);
	if (grant->text.ptr != NULL && sg_canon_parse(&grant->arena, grant->text, NULL, &own, NULL) == SG_OK && read_grant(grant, own))
		return grant;
	end_grant(grant);
	return NULL;
}

struct sg_task_grant *
sg_task_grant_read(struct sg_state *state, const struct sg_json *json)
{
	struct sg_buf text;
	if (json == NULL || json->type != SG_JSON_OBJECT)
		return NULL;
	sg_buf_init(&text, SG_GRANT_BYTES);
	sg_canon_write(&text, json);
	struct sg_task_grant *grant = text.failed ? NULL : sg_table_get(&state->grants, sg_buf_view(&text));
	if (grant == NULL && !text.failed && (grant = new_grant(sg_buf_view(&text))) != NULL && sg_table_put(&state->grants, grant->text, grant) != SG_OK) {
		end_grant(grant);
		grant = NULL;
	}
	sg_buf_done(&text);
	if (grant != NULL)
		grant->refs++;
	return grant;
}

void
sg_task_grant_free(struct sg_state *state, struct sg_task_grant *grant)
{
	if (grant == NULL || --grant->refs > 0)
		return;
	sg_table_take(&state->grants, grant->text);
	end_grant(grant);
}

static enum sg_form
form_of(const struct sg_action *action, struct sg_str path)
{
	for (size_t i = 0; i < action->argument_count; i++)
		if (sg_str_eq(action->arguments[i].name, path))
			return action->arguments[i].form;
	return SG_FORM_exact;
}

/* Some reader finds another value there than the one that is limited. */
static bool
is_read_otherwise(struct sg_str path, const struct sg_json *args, size_t *left)
{
	return sg_path_has_place(path) || sg_argument_shadow(path, args, left) != NULL;
}

static bool
constraints_admit(const struct sg_json *constraints, const struct sg_action *action, const struct sg_json *args, size_t *left)
{
	for (const struct sg_json *of = sg_json_first(constraints); of != NULL; of = sg_json_next(constraints, of)) {
		if (!sg_pattern_match(of->name, action->name, '.'))
			continue;
		for (const struct sg_json *c = sg_json_first(of); c != NULL; c = sg_json_next(of, c))
			if ((c->name.len > 0 && is_read_otherwise(c->name, args, left)) || !sg_constraint_admits(c, sg_argument_at(args, c->name), form_of(action, c->name)))
				return false;
	}
	return true;
}

enum sg_reason
sg_task_grant_admits(const struct sg_task_grant *grant, const struct sg_action *action, struct sg_str resource, const struct sg_json *args, enum sg_sensitivity level, size_t *left)
{
	if (level > grant->sensitivity)
		return SG_REASON_over_sensitivity;
	if (grant->has_actions && !sg_strings_match(&grant->actions, action->name, '.'))
		return SG_REASON_outside_grant;
	if (grant->has_resources && !sg_strings_match(&grant->resources, resource, '/'))
		return SG_REASON_outside_grant;
	return constraints_admit(grant->constraints, action, args, left) ? SG_REASON_allowed : SG_REASON_outside_constraint;
}

bool
sg_patterns_cover(const struct sg_strings *outer, const struct sg_strings *inner, char separator)
{
	for (size_t i = 0; i < inner->count; i++) {
		bool covered = false;
		struct sg_text_names names = {{0}};
		for (size_t o = 0; o < outer->count && !covered; o++)
			covered = sg_pattern_covers_names(outer->items[o], inner->items[i], separator, &names);
		if (!covered)
			return false;
	}
	return true;
}
