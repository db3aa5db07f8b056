/* SPDX-License-Identifier: Apache-2.0
 * Finding what the catalogue has, and the words of its small vocabularies. */
#include "gate/catalogue/catalogue.h"

#include "base/pattern.h"
#include "base/scheme.h"
#include "base/str.h"

#define FIND(function, type, array, condition)                                                                         \
	const struct sg_##type *function                                                                               \
	{                                                                                                              \
		for (size_t i = 0; i < catalogue->type##_count; i++) {                                                 \
			const struct sg_##type *row = &catalogue->array[i];                                            \
			if (condition)                                                                                 \
				return row;                                                                            \
		}                                                                                                      \
		return NULL;                                                                                           \
	}

FIND(sg_catalogue_action(const struct sg_catalogue *catalogue, struct sg_str name), action, actions, sg_str_eq(row->name, name))
FIND(sg_catalogue_agent(const struct sg_catalogue *catalogue, struct sg_str name), agent, agents, sg_str_eq(row->name, name))
FIND(sg_catalogue_agent_id(const struct sg_catalogue *catalogue, struct sg_str id), agent, agents, sg_str_eq(row->id, id))
FIND(sg_catalogue_intent(const struct sg_catalogue *catalogue, struct sg_str name), intent, intents, sg_str_eq(row->name, name))
FIND(sg_catalogue_enforcer(const struct sg_catalogue *catalogue, struct sg_str name), enforcer, enforcers,
     sg_str_eq(row->name, name))
FIND(sg_catalogue_issuer(const struct sg_catalogue *catalogue, struct sg_str name), issuer, issuers, sg_str_eq(row->name, name))
FIND(sg_catalogue_admin(const struct sg_catalogue *catalogue, struct sg_str name), admin, admins, sg_str_eq(row->name, name))
FIND(sg_catalogue_admin_uid(const struct sg_catalogue *catalogue, uid_t uid), admin, admins, row->uid == uid)

FIND(sg_catalogue_human(const struct sg_catalogue *catalogue, struct sg_str name), human, humans, sg_str_eq(row->name, name))
FIND(sg_catalogue_human_id(const struct sg_catalogue *catalogue, struct sg_str id), human, humans, sg_str_eq(row->id, id))
FIND(sg_catalogue_human_admin(const struct sg_catalogue *catalogue, struct sg_str admin), human, humans, admin.len > 0 && sg_str_eq(row->admin, admin))
FIND(sg_catalogue_role(const struct sg_catalogue *catalogue, struct sg_str name), task_role, task_roles, sg_str_eq(row->name, name))
FIND(sg_catalogue_tool(const struct sg_catalogue *catalogue, struct sg_str action), tool, tools, sg_str_eq(row->action, action))

struct sg_str
sg_resource_bare(struct sg_str id)
{
	const char *query = memchr(id.ptr, '?', id.len);
	if (query == NULL || memmem(id.ptr, id.len, "://", 3) == NULL)
		return id;
	const struct sg_scheme *scheme = sg_scheme_of(id);
	bool slash = query > id.ptr && query[-1] == '/' && (scheme == NULL || !scheme->root); /* without a query a host of these stands without it */
	return (struct sg_str){id.ptr, (size_t)(query - id.ptr) - slash};
}

/* A folder is listed by its own name, and by forms that take the slash away: what stands for all below it holds for it as well. */
static bool
is_folder_of(const struct sg_resource *row, struct sg_str id)
{
	static const struct sg_str below = {"/**", 3};
	for (size_t i = 0; row->form != SG_FORM_exact && i < row->patterns.count; i++) {
		struct sg_str pattern = row->patterns.items[i];
		if (pattern.len > below.len && memcmp(pattern.ptr + pattern.len - below.len, below.ptr, below.len) == 0 &&
		    sg_pattern_match((struct sg_str){pattern.ptr, pattern.len - below.len}, id, '/'))
			return true;
	}
	return false;
}

static bool
holds(const struct sg_resource *row, struct sg_str id, struct sg_str bare)
{
	return sg_strings_match(&row->patterns, id, '/') || (bare.len < id.len && sg_strings_match(&row->patterns, bare, '/')) || is_folder_of(row, bare);
}

/* Names are no ranks: a catch-all that comes first by name hides nothing of what is more sensitive. */
const struct sg_resource *
sg_catalogue_next_resource(const struct sg_catalogue *catalogue, struct sg_str type, struct sg_str id, const struct sg_resource *before)
{
	struct sg_str bare = sg_resource_bare(id);
	for (const struct sg_resource *row = before == NULL ? catalogue->resources : before + 1; row < catalogue->resources + catalogue->resource_count; row++)
		if (sg_str_eq(row->type, type) && holds(row, id, bare))
			return row;
	return NULL;
}

const struct sg_resource *
sg_catalogue_resource(const struct sg_catalogue *catalogue, struct sg_str type, struct sg_str id)
{
	const struct sg_resource *most = NULL;
	for (const struct sg_resource *row = NULL; (row = sg_catalogue_next_resource(catalogue, type, id, row)) != NULL;)
		if (sg_strings_match(&row->patterns, id, '/') && (most == NULL || row->sensitivity > most->sensitivity))
			most = row;
	return most;
}

enum sg_sensitivity
sg_catalogue_level(const struct sg_catalogue *catalogue, struct sg_str type, struct sg_str id)
{
	enum sg_sensitivity level = sg_catalogue_resource(catalogue, type, id) == NULL && catalogue->resource_count > 0 ? SG_RESTRICTED : SG_PUBLIC;
	for (const struct sg_resource *row = NULL; (row = sg_catalogue_next_resource(catalogue, type, id, row)) != NULL;)
		level = row->sensitivity > level ? row->sensitivity : level;
	return level;
}

struct sg_resource_told
sg_catalogue_told(const struct sg_catalogue *catalogue, struct sg_str type, struct sg_str id)
{
	struct sg_resource_told told = {.environment = SG_STR(""), .owner = SG_STR(""), .level = sg_catalogue_level(catalogue, type, id),
					.known = sg_catalogue_resource(catalogue, type, id) != NULL};
	const struct sg_resource *most = NULL;
	for (const struct sg_resource *row = NULL; (row = sg_catalogue_next_resource(catalogue, type, id, row)) != NULL;) {
		if (told.environment.len == 0)
			told.environment = row->environment;
		if (most == NULL || row->sensitivity > most->sensitivity)
			most = row;
	}
	if (most != NULL)
		told.owner = most->owner;
	return told;
}

const struct sg_resource *
sg_catalogue_type(const struct sg_catalogue *catalogue, struct sg_str type)
{
	for (size_t i = 0; i < catalogue->resource_count; i++)
		if (sg_str_eq(catalogue->resources[i].type, type))
			return &catalogue->resources[i];
	return NULL;
}

bool
sg_catalogue_closed(const struct sg_catalogue *catalogue, struct sg_str type)
{
	for (size_t i = 0; i < catalogue->resource_count; i++)
		if (catalogue->resources[i].closed && sg_str_eq(catalogue->resources[i].type, type))
			return true;
	return false;
}

bool
sg_admin_in(const struct sg_admin *admin, struct sg_str group)
{
	return sg_strings_have(&admin->groups, group);
}

static const char *const levels[] = {"public", "internal", "confidential", "restricted"};

enum sg_sensitivity
sg_sensitivity_named(struct sg_str word)
{
	for (int i = SG_PUBLIC; i < SG_RESTRICTED; i++)
		if (sg_str_is(word, levels[i]))
			return (enum sg_sensitivity)i;
	return SG_RESTRICTED;
}

const char *
sg_sensitivity_name(enum sg_sensitivity level)
{
	return (unsigned)level <= SG_RESTRICTED ? levels[level] : levels[SG_RESTRICTED];
}

bool
sg_strings_match(const struct sg_strings *patterns, struct sg_str text, char separator)
{
	struct sg_text_names names = {{0}};
	for (size_t i = 0; i < patterns->count; i++)
		if (sg_pattern_match_names(patterns->items[i], text, separator, &names))
			return true;
	return false;
}

bool
sg_strings_have(const struct sg_strings *list, struct sg_str text)
{
	for (size_t i = 0; i < list->count; i++)
		if (sg_str_eq(list->items[i], text))
			return true;
	return false;
}

/* As in conf/table.c. The number of a class stands in the record: rows are only added, at the end. */
static const char *const classes[] = {"", "infrastructure", "secret", "payment", "data", "code", "web", "other", "api"};

int
sg_class_number(struct sg_str name)
{
	for (size_t i = 1; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (sg_str_is(name, classes[i]))
			return (int)i;
	return 0;
}

const char *
sg_class_name(int number)
{
	return number > 0 && (size_t)number < sizeof(classes) / sizeof(classes[0]) ? classes[number] : "other";
}
