/* SPDX-License-Identifier: Apache-2.0
 * What concerns one agent: its stanza, the steps that look at it, its intents, the actions in its reach, who makes
 * credentials for those, the enforcers in front of it, and the groups that may be asked to approve. */
#include "ctl/config.h"

#include "base/pattern.h"
#include "base/str.h"

static const struct sg_json *
stanza(const struct sg_config *config, const char *section, struct sg_str name)
{
	return sg_json_get_str(sg_json_get(config->document, section), name);
}

static bool
lists(const struct sg_json *list, struct sg_str name)
{
	struct sg_str text;
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
		if (sg_json_string(e, &text) && sg_str_eq(text, name))
			return true;
	return false;
}

static bool
reaches(const struct sg_json *agent, const struct sg_json *action)
{
	struct sg_str name, pattern;
	const struct sg_json *reach = sg_json_get(agent, "reach");
	if (!sg_json_string(sg_json_get(action, "name"), &name))
		return false;
	for (const struct sg_json *e = sg_json_first(reach); e != NULL; e = sg_json_next(reach, e))
		if (sg_json_string(e, &pattern) && sg_pattern_match(pattern, name, '.'))
			return true;
	return false;
}

static bool
makes_for(const struct sg_config *config, const struct sg_json *agent, struct sg_str issuer)
{
	struct sg_str credential;
	const struct sg_json *actions = sg_json_get(config->document, "actions");
	for (const struct sg_json *a = sg_json_first(actions); a != NULL; a = sg_json_next(actions, a))
		if (sg_json_string(sg_json_get(a, "credential"), &credential) && sg_str_eq(credential, issuer) &&
		    reaches(agent, a))
			return true;
	return false;
}

static bool
stands_before(const struct sg_json *enforcer, struct sg_str agent)
{
	const struct sg_json *list = sg_json_get(enforcer, "for_agents");
	return lists(list, agent) || lists(list, SG_STR("*"));
}

bool
sg_config_concerns(const struct sg_config *config, const struct sg_config_row *row, struct sg_str name)
{
	const struct sg_json *agent = stanza(config, "agents", name);
	if (sg_str_is(row->section, "agents"))
		return sg_str_eq(row->stanza, name);
	if (sg_str_is(row->section, "intents"))
		return lists(sg_json_get(agent, "intents"), row->stanza);
	if (sg_str_is(row->section, "actions"))
		return reaches(agent, stanza(config, "actions", row->stanza));
	if (sg_str_is(row->section, "issue"))
		return makes_for(config, agent, row->stanza);
	if (sg_str_is(row->section, "enforcers"))
		return stands_before(stanza(config, "enforcers", row->stanza), name);
	return sg_str_is(row->section, "attest") || sg_str_is(row->section, "groups");
}
