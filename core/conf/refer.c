/* SPDX-License-Identifier: Apache-2.0
 * What stanzas say about each other. */
#include "conf/check.h"
#include "conf/page.h"

#include "base/match.h"
#include "base/str.h"
#include "base/near.h"
#include "conf/unit.h"

#include <stdio.h>

enum { TOOL_HINT = 512 };

/* KEY of each stanza in SECTION names stanzas of TARGET. */
static const struct reference {
	const char *section, *key, *target;
	char cut; /* the name ends at this byte; 0: it is the whole text */
} references[] = {
	{"actions", "credential", "issue", 0}, {"agents", "intents", "intents", 0},
	{"agents", "approvers", "groups", 0},  {"agents", "delegates", "agents", 0},
	{"agents", "roles", "roles", 0},       {"humans", "admin", "admins", 0},
	{"humans", "agents", "agents", 0},     {"intents", "roles", "roles", 0},
	{"roles", "apart", "roles", 0},
	{"attest", "after", "attest", 0},      {"attest", "before", "attest", 0},
	{"agents", "match", "attest", ':'},    {"enforcers", "for_agents", "agents", 0},
	{"enforcers", "match", "attest", ':'}, {"groups", "members", "admins", 0},
};

static void
check_name(const struct sg_conf_node *root, const struct reference *ref, const struct sg_conf_node *node,
	   struct sg_conf_errors *errors)
{
	char hint[128], otherwise[96];
	struct sg_str rest = node->text, name = ref->cut == 0 ? rest : sg_str_cut(&rest, ref->cut);
	const struct sg_conf_node *target = sg_conf_node_get(root, ref->target);
	bool any = sg_str_is(name, "*") || name.len == 0 ||
		   (ref->cut != 0 && rest.ptr == NULL); /* if bad, their form said so */
	if (node->kind != SG_CONF_TEXT || any || sg_conf_node_find(target, name) != NULL)
		return;
	struct sg_near near = sg_near(name);
	for (const struct sg_conf_node *s = target == NULL ? NULL : target->first; s != NULL; s = s->next)
		sg_near_offer(&near, s->name);
	snprintf(otherwise, sizeof(otherwise), "add it to %s", ref->target);
	sg_conf_error_add(errors, SG_CONF_E_reference, node->value,
			  sg_near_hint(&near, '"', otherwise, hint, sizeof(hint)), "there is no \"%.*s\" in %s",
			  SG_STR_ARG(name), ref->target);
}

static void
check_reference(const struct sg_conf_node *root, const struct reference *ref, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *section = sg_conf_node_get(root, ref->section);
	for (const struct sg_conf_node *s = section == NULL ? NULL : section->first; s != NULL; s = s->next) {
		const struct sg_conf_node *value = sg_conf_node_get(s, ref->key);
		if (value == NULL)
			continue;
		const struct sg_conf_option *option = sg_conf_option_find(ref->section, sg_str(ref->key));
		if (option == NULL || sg_conf_type_kind(option->type) != value->kind)
			continue;
		if (value->kind == SG_CONF_TEXT)
			check_name(root, ref, value, errors);
		for (const struct sg_conf_node *e = value->first; e != NULL; e = e->next)
			check_name(root, ref, e, errors);
	}
}

/* No two stanzas of SECTION say the same for KEY. */
static void
check_unique(const struct sg_conf_node *root, const char *section, const char *key, const char *hint, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *group = sg_conf_node_get(root, section);
	for (const struct sg_conf_node *a = group == NULL ? NULL : group->first; a != NULL; a = a->next) {
		const struct sg_conf_node *name = sg_conf_node_get(a, key), *other;
		if (name == NULL || name->kind != SG_CONF_TEXT || name->text.len == 0)
			continue;
		for (const struct sg_conf_node *b = group->first; b != a; b = b->next) {
			other = sg_conf_node_get(b, key);
			if (other == NULL || other->kind != SG_CONF_TEXT || !sg_str_eq(name->text, other->text))
				continue;
			sg_conf_error_add(errors, SG_CONF_E_not_unique, name->value, hint, "\"%.*s\" is the %s of %s.%.*s already (%s:%u:%u)",
					  SG_STR_ARG(name->text), key, section, SG_STR_ARG(b->name), other->value.file->path, other->value.line,
					  other->value.column);
			break;
		}
	}
}

static const struct sg_conf_node *
text_of(const struct sg_conf_node *stanza, const char *key)
{
	const struct sg_conf_node *node = sg_conf_node_get(stanza, key);
	return node != NULL && node->kind == SG_CONF_TEXT && node->text.len > 0 ? node : NULL;
}

static bool
is_action(const struct sg_conf_node *actions, struct sg_str name, struct sg_near *near)
{
	for (const struct sg_conf_node *a = actions == NULL ? NULL : actions->first; a != NULL; a = a->next) {
		const struct sg_conf_node *other = text_of(a, "name");
		if (other != NULL && sg_str_eq(other->text, name))
			return true;
		if (other != NULL)
			sg_near_offer(near, other->text);
	}
	return false;
}

/* A pin holds the action that it names; one of another name would hold nothing, and one of another tool's that other tool. */
static void
check_tools(const struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *tools = sg_conf_node_get(root, "tools"), *actions = sg_conf_node_get(root, "actions");
	for (const struct sg_conf_node *t = tools == NULL ? NULL : tools->first; t != NULL; t = t->next) {
		const struct sg_conf_node *action = text_of(t, "action"), *server = text_of(t, "server"), *tool = text_of(t, "tool");
		char hint[TOOL_HINT], own[TOOL_HINT];
		if (action == NULL)
			continue;
		struct sg_near near = sg_near(action->text);
		if (!is_action(actions, action->text, &near)) {
			sg_conf_error_add(errors, SG_CONF_E_reference, action->value, sg_near_hint(&near, '"', "add it to actions", hint, sizeof(hint)), "there is no action named \"%.*s\"",
					  SG_STR_ARG(action->text));
			continue;
		}
		if (server == NULL || tool == NULL || !sg_str_starts(action->text, "mcp."))
			continue;
		snprintf(own, sizeof(own), "mcp.%.*s.tools.%.*s", SG_STR_ARG(server->text), SG_STR_ARG(tool->text));
		if (!sg_str_is(action->text, own))
			sg_conf_error_add(errors, SG_CONF_E_value, action->value, own, "the tool \"%.*s\" of the server \"%.*s\" is another action", SG_STR_ARG(tool->text), SG_STR_ARG(server->text));
	}
}

/* Two names for one user would be two people to whoever counts them. */
static void
check_uids(const struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *admins = sg_conf_node_get(root, "admins");
	for (const struct sg_conf_node *a = admins == NULL ? NULL : admins->first; a != NULL; a = a->next) {
		const struct sg_conf_node *uid = sg_conf_node_get(a, "uid");
		if (sg_str_is(a->name, "stepgate"))
			sg_conf_error_add(errors, SG_CONF_E_not_unique, a->place, "another name", "what the daemon does by itself stands in the record as done by stepgate");
		for (const struct sg_conf_node *b = admins->first; uid != NULL && uid->kind == SG_CONF_WHOLE && b != a; b = b->next) {
			const struct sg_conf_node *other = sg_conf_node_get(b, "uid");
			if (other != NULL && other->kind == SG_CONF_WHOLE && other->number == uid->number)
				sg_conf_error_add(errors, SG_CONF_E_not_unique, uid->value, "one stanza for each user", "uid %lld is admins.%.*s already", (long long)uid->number,
						  SG_STR_ARG(b->name));
		}
	}
}

/* Its match says uids alone, and this one fits. */
static bool
is_by_uid(const struct sg_conf_node *match, int64_t uid)
{
	char value[32];
	bool fits = match != NULL && match->kind == SG_CONF_LIST && match->count > 0;
	int len = snprintf(value, sizeof(value), "%lld", (long long)uid);
	for (const struct sg_conf_node *e = fits ? match->first : NULL; e != NULL; e = e->next) {
		struct sg_match m;
		fits &= e->kind == SG_CONF_TEXT && sg_match_read(e->text, &m, NULL) && m.name.len == m.step.len + 4 && memcmp(m.name.ptr + m.step.len, ":uid", 4) == 0 &&
			sg_match_holds(&m, (struct sg_str){value, (size_t)len});
	}
	return fits;
}

/* An agent says no word on the admin face: an operator whom everybody takes for one could stop nothing any more. */
static void
check_operators(const struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *admins = sg_conf_node_get(root, "admins"), *agents = sg_conf_node_get(root, "agents"), *mode = sg_conf_node_get(root, "mode");
	if (mode != NULL && sg_str_is(mode->text, "dev"))
		return;
	for (const struct sg_conf_node *a = agents == NULL ? NULL : agents->first; a != NULL; a = a->next) {
		const struct sg_conf_node *match = sg_conf_node_get(a, "match");
		for (const struct sg_conf_node *o = admins == NULL ? NULL : admins->first; o != NULL; o = o->next) {
			const struct sg_conf_node *uid = sg_conf_node_get(o, "uid");
			if (uid != NULL && uid->kind == SG_CONF_WHOLE && is_by_uid(match, uid->number))
				sg_conf_error_add(errors, SG_CONF_E_value, match->value, "give the agent a user of its own, or add a fact to its match that says which of that user's processes it is",
						  "uid %lld is admins.%.*s: as agents.%.*s everything that user runs is an agent, and could operate nothing", (long long)uid->number, SG_STR_ARG(o->name), SG_STR_ARG(a->name));
		}
	}
}

/* Whoever kills `all` means everybody, and whoever reads that in `status` takes it so. */
static void
check_all(const struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *agents = sg_conf_node_get(root, "agents"), *all = agents == NULL ? NULL : sg_conf_node_get(agents, "all");
	if (all != NULL)
		sg_conf_error_add(errors, SG_CONF_E_not_unique, all->place, "another name", "an agent called all would be everybody to whoever kills it");
}

/* Nobody owns more agents than their quota; agents of people who are not listed have no owner once people are listed. */
static void
check_quota(const struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *humans = sg_conf_node_get(root, "humans"), *agents = sg_conf_node_get(root, "agents");
	for (const struct sg_conf_node *h = humans == NULL ? NULL : humans->first; h != NULL; h = h->next) {
		const struct sg_conf_node *id = sg_conf_node_get(h, "id"), *quota = sg_conf_node_get(h, "quota");
		int64_t owned = 0;
		if (id == NULL || id->kind != SG_CONF_TEXT || quota == NULL || quota->kind != SG_CONF_WHOLE)
			continue;
		for (const struct sg_conf_node *a = agents == NULL ? NULL : agents->first; a != NULL; a = a->next) {
			const struct sg_conf_node *owner = sg_conf_node_get(a, "owner");
			if (owner == NULL || owner->kind != SG_CONF_TEXT || !sg_str_eq(owner->text, id->text) || ++owned != quota->number + 1)
				continue;
			sg_conf_error_add(errors, SG_CONF_E_too_many, owner->value, "retire agents of this owner, or raise the quota",
					  "agents.%.*s is one more than humans.%.*s may own (quota %lld)", SG_STR_ARG(a->name), SG_STR_ARG(h->name),
					  (long long)quota->number);
		}
	}
}

/* An agent that no step must vouch for would be whoever says so. */
static void
check_stack(const struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *agents = sg_conf_node_get(root, "agents"),
				  *attest = sg_conf_node_get(root, "attest");
	if (attest != NULL && attest->count > SG_CONF_MAX_STEPS)
		sg_conf_error_add(errors, SG_CONF_E_too_many, attest->place, "take steps away", "more than %d steps in attest", SG_CONF_MAX_STEPS);
	if (agents == NULL || agents->count == 0 || attest == NULL)
		return;
	for (const struct sg_conf_node *s = attest->first; s != NULL; s = s->next) {
		const struct sg_conf_node *control = sg_conf_node_get(s, "control");
		if (control == NULL || !sg_str_is(control->text, "optional"))
			return;
	}
	sg_conf_error_add(errors, SG_CONF_E_attest_stack, attest->standard ? agents->place : attest->place,
			  "add peer : { use = \"peer\"  control = \"required\" }",
			  attest->count == 0 ? "there are agents and no attest step"
					     : "every attest step is optional, so nothing must hold");
}

/* KEY of each stanza is at most limits.LIMIT. */
static void
check_life(const struct sg_conf_node *root, const char *section, const char *limit, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *group = sg_conf_node_get(root, section),
				  *most = sg_conf_node_get(sg_conf_node_get(root, "limits"), limit);
	char hint[96];
	for (const struct sg_conf_node *s = group == NULL ? NULL : group->first; s != NULL; s = s->next) {
		const struct sg_conf_node *ttl = sg_conf_node_get(s, "ttl");
		if (ttl == NULL || most == NULL || ttl->kind != SG_CONF_TEXT || most->kind != SG_CONF_TEXT ||
		    ttl->number <= most->number || ttl->number > sg_conf_option_find(section, SG_STR("ttl"))->max)
			continue;
		snprintf(hint, sizeof(hint), "lower it, or raise limits.%s", limit);
		sg_conf_error_add(errors, SG_CONF_E_range, ttl->value, hint,
				  "ttl of %s.%.*s (\"%.*s\") is beyond limits.%s (\"%.*s\")", section,
				  SG_STR_ARG(s->name), SG_STR_ARG(ttl->text), limit, SG_STR_ARG(most->text));
	}
}

/* Somebody whose match only excludes, or only asks that something is there, would be everybody else. */
static void
check_identity(const struct sg_conf_node *root, const char *section, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *group = sg_conf_node_get(root, section);
	for (const struct sg_conf_node *s = group == NULL ? NULL : group->first; s != NULL; s = s->next) {
		const struct sg_conf_node *list = sg_conf_node_get(s, "match"), *identity = sg_conf_node_get(s, "identity");
		bool narrows = list == NULL || list->kind != SG_CONF_LIST || list->count == 0 || (identity != NULL && sg_str_is(identity->text, "hint"));
		for (const struct sg_conf_node *e = list == NULL ? NULL : list->first; e != NULL; e = e->next) {
			struct sg_match match;
			narrows |= e->kind != SG_CONF_TEXT || !sg_match_read(e->text, &match, NULL) || match.narrows;
		}
		if (!narrows)
			sg_conf_error_add(errors, SG_CONF_E_value, list->value, "add one that says STEP:fact=value, or ~ and a pattern with a word in it",
					  "nothing in the match of %s.%.*s says who it is", section, SG_STR_ARG(s->name));
	}
}

/* A control group keeps nothing apart where its processes write files that others of their user read: only the admin can know. */
static void
check_domain(const struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *agents = sg_conf_node_get(root, "agents");
	for (const struct sg_conf_node *a = agents == NULL ? NULL : agents->first; a != NULL; a = a->next) {
		const struct sg_conf_node *domain = sg_conf_node_get(a, "domain"), *files = sg_conf_node_get(a, "isolated_files");
		bool isolated = files != NULL && files->kind == SG_CONF_FLAG && files->number != 0;
		if (domain != NULL && domain->kind == SG_CONF_TEXT && sg_str_is(domain->text, "cgroup") && !isolated)
			sg_conf_error_add(errors, SG_CONF_E_value, domain->value, "isolated_files = true, if that is so; else domain = \"uid\"",
					  "domain \"cgroup\" keeps nothing apart where files can be shared");
	}
}

/* Peers from the network are no processes: only what they present says who they are. */
static void
check_listen(const struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *listen = sg_conf_node_get(root, "listen"), *attest = sg_conf_node_get(root, "attest");
	bool reads = false;
	for (const struct sg_conf_node *s = attest == NULL ? NULL : attest->first; s != NULL; s = s->next) {
		const struct sg_conf_node *kind = sg_conf_node_get(s, "kind"), *control = sg_conf_node_get(s, "control");
		reads |= kind != NULL && sg_str_is(kind->text, "verify") && control != NULL && !sg_str_is(control->text, "optional");
	}
	for (const struct sg_conf_node *s = listen == NULL ? NULL : listen->first; s != NULL; s = s->next) {
		if (!sg_str_is(s->name, "enforcer"))
			sg_conf_error_add(errors, SG_CONF_E_reference, s->place, "call it enforcer", "there is no face \"%.*s\" for the network",
					  SG_STR_ARG(s->name));
		else if (!reads)
			sg_conf_error_add(errors, SG_CONF_E_attest_stack, s->place,
					  "add gw : { kind = \"verify\"  use = \"x509\"  control = \"sufficient\" } to attest",
					  "nobody from the network could be known: no attest step that counts reads what is presented");
	}
}

/* Tasks live shorter than windows: theirs are for their whole life. And these words say where a value came from, so no action is called so. */
static void
check_tasks(const struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	static const char *const keys[] = {"budgets", "tree"}, *const origins[] = {"self", "task", "unknown"};
	const struct sg_conf_node *intents = sg_conf_node_get(root, "intents"), *actions = sg_conf_node_get(root, "actions");
	for (const struct sg_conf_node *s = intents == NULL ? NULL : intents->first; s != NULL; s = s->next)
		for (size_t k = 0; k < 2; k++) {
			const struct sg_conf_node *list = sg_conf_node_get(s, keys[k]);
			for (const struct sg_conf_node *e = list == NULL || list->kind != SG_CONF_LIST ? NULL : list->first; e != NULL; e = e->next)
				if (e->kind == SG_CONF_TEXT && memchr(e->text.ptr, '/', e->text.len) != NULL)
					sg_conf_error_add(errors, SG_CONF_E_value, e->place, "leave the window out; agents, humans, actions and resources may have one",
							  "a budget of a task is for its whole life");
		}
	for (const struct sg_conf_node *a = actions == NULL ? NULL : actions->first; a != NULL; a = a->next) {
		const struct sg_conf_node *name = sg_conf_node_get(a, "name");
		for (size_t i = 0; name != NULL && i < sizeof(origins) / sizeof(origins[0]); i++)
			if (sg_str_is(name->text, origins[i]))
				sg_conf_error_add(errors, SG_CONF_E_value, name->value, "give it a dotted name, such as \"task.list\"",
						  "\"%s\" says where a value came from and is no action's name", origins[i]);
	}
}

/* "admin" is the word for the socket: a rule that names it takes no proof. */
static void
check_prove(const struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *prove = sg_conf_node_get(root, "prove");
	for (const struct sg_conf_node *s = prove == NULL ? NULL : prove->first; s != NULL; s = s->next)
		if (sg_str_is(s->name, "admin"))
			sg_conf_error_add(errors, SG_CONF_E_reference, s->place, "call it otherwise, phone say", "\"admin\" means the socket of an admin, and no proof");
}

/* Each is a process, and one too many would never be started. */
static void
check_modules(const struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	static const char *const sections[] = {"attest", "issue", "audit", "prove"};
	size_t count = 0;
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		const struct sg_conf_node *group = sg_conf_node_get(root, sections[i]);
		for (const struct sg_conf_node *s = group == NULL ? NULL : group->first; s != NULL; s = s->next)
			if (++count == SG_CONF_MAX_MODULES + 1)
				sg_conf_error_add(errors, SG_CONF_E_too_many, group->place, "remove some", "more than %d stanzas in attest, issue, audit and prove", SG_CONF_MAX_MODULES);
	}
}

void
sg_conf_check_references(struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	for (size_t i = 0; i < sizeof(references) / sizeof(references[0]); i++)
		check_reference(root, &references[i], errors);
	check_unique(root, "actions", "name", "give each action a name of its own", errors);
	check_unique(root, "humans", "id", "one stanza for each person", errors);
	check_unique(root, "humans", "admin", "one admin for each person", errors);
	check_uids(root, errors);
	sg_conf_check_page(root, errors);
	check_operators(root, errors);
	check_all(root, errors);
	check_unique(root, "tools", "action", "give each tool an action of its own", errors);
	check_tools(root, errors);
	check_quota(root, errors);
	check_tasks(root, errors);
	check_stack(root, errors);
	check_prove(root, errors);
	check_modules(root, errors);
	check_domain(root, errors);
	sg_conf_check_forms(root, errors);
	sg_conf_check_declared(root, errors);
	sg_conf_check_unbound(root, errors);
	check_listen(root, errors);
	check_identity(root, "agents", errors);
	check_identity(root, "enforcers", errors);
	check_life(root, "issue", "credential_ttl_max", errors);
	check_life(root, "intents", "task_ttl_max", errors);
}
