/* SPDX-License-Identifier: Apache-2.0
 * The catalogue, built from the canonical document that conf/ made. Form errors here mean that conf/ and gate/ disagree. */
#include "gate/catalogue/catalogue.h"
#include "gate/catalogue/words.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/str.h"
#include "conf/unit.h"

#include <stdio.h>
#include <stdlib.h>

enum { CATALOGUE_BUDGET = 64 << 20, DOCUMENT_MAX = 4 << 20, DOCUMENT_NODES = 1 << 20 };

/* What a section reads with: the first thing missing is remembered, the rest is skipped. */
struct reader {
	struct sg_catalogue *catalogue;
	const char *missing;
};

static struct sg_str
text_of(struct reader *r, const struct sg_json *object, const char *name)
{
	struct sg_str text = {NULL, 0};
	if (!sg_json_string(sg_json_get(object, name), &text))
		r->missing = name;
	return text;
}

static int64_t
number_of(struct reader *r, const struct sg_json *object, const char *name)
{
	int64_t number = 0;
	if (!sg_json_int(sg_json_get(object, name), &number))
		r->missing = name;
	return number;
}

static struct sg_strings
list_of(struct reader *r, const struct sg_json *object, const char *name)
{
	const struct sg_json *list = sg_json_get(object, name);
	struct sg_strings out = {NULL, 0};
	if (list == NULL || list->type != SG_JSON_ARRAY) {
		r->missing = name;
		return out;
	}
	struct sg_str *items = sg_arena_alloc(&r->catalogue->arena, list->count * sizeof(*items));
	if (items == NULL)
		return out;
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
		if (!sg_json_string(e, &items[out.count++]))
			r->missing = name;
	out.items = items;
	return out;
}

static enum sg_sensitivity
sensitivity_of(struct reader *r, const struct sg_json *object)
{
	return sg_sensitivity_named(text_of(r, object, "sensitivity"));
}

/* What a document of before may lack. */
static struct sg_str
text_or(const struct sg_json *object, const char *name, const char *otherwise)
{
	struct sg_str text = sg_str(otherwise);
	sg_json_string(sg_json_get(object, name), &text);
	return text;
}

static int64_t
number_or(const struct sg_json *object, const char *name, int64_t otherwise)
{
	int64_t number = otherwise;
	sg_json_int(sg_json_get(object, name), &number);
	return number;
}

static bool
flag_of(const struct sg_json *object, const char *name)
{
	bool flag = false;
	sg_json_bool(sg_json_get(object, name), &flag);
	return flag;
}

static struct sg_strings
list_or(struct reader *r, const struct sg_json *object, const char *name)
{
	return sg_json_get(object, name) == NULL ? (struct sg_strings){NULL, 0} : list_of(r, object, name);
}

/* Each entry of a list by `read` into an array of `size`-byte rows. */
static void *
rows_of(struct reader *r, const struct sg_json *object, const char *name, size_t size, size_t *count, bool (*read)(struct sg_str, void *))
{
	const struct sg_json *list = sg_json_get(object, name);
	char *rows = sg_arena_alloc(&r->catalogue->arena, (list == NULL ? 0 : list->count) * size);
	struct sg_str text = {"", 0};
	*count = 0;
	for (const struct sg_json *e = sg_json_first(list); rows != NULL && e != NULL; e = sg_json_next(list, e))
		if (!sg_json_string(e, &text) || !read(text, rows + size * (*count)++))
			r->missing = name;
	return rows;
}

static bool
budget_row(struct sg_str text, void *row)
{
	return sg_budget_read(text, row);
}

static bool
cost_row(struct sg_str text, void *row)
{
	return sg_cost_read(text, row);
}

static bool
argument_row(struct sg_str text, void *row)
{
	return sg_argument_read(text, row);
}

static struct sg_budgets
budgets_of(struct reader *r, const struct sg_json *object, const char *name)
{
	struct sg_budgets out = {NULL, 0};
	out.items = rows_of(r, object, name, sizeof(*out.items), &out.count, budget_row);
	return out;
}

static void
read_action(struct reader *r, const struct sg_json *j, void *out)
{
	struct sg_action *a = out;
	*a = (struct sg_action){
		.name = text_of(r, j, "name"), .kind = text_of(r, j, "class"), .effect = text_of(r, j, "effect"),
		.environment = text_of(r, j, "environment"), .credential = text_of(r, j, "credential"),
		.sensitivity = sensitivity_of(r, j), .taints = list_of(r, j, "taints"), .narrow = list_of(r, j, "narrow"),
		.authority = list_or(r, j, "authority"), .unbound = list_or(r, j, "unbound"), .budgets = budgets_of(r, j, "budgets")};
	a->costs = rows_of(r, j, "costs", sizeof(*a->costs), &a->cost_count, cost_row);
	a->arguments = rows_of(r, j, "arguments", sizeof(*a->arguments), &a->argument_count, argument_row);
	a->reads = sg_str_is(a->effect, "read");
}

static int64_t
life_or(const struct sg_json *j, const char *name, int64_t standard)
{
	int64_t ms = number_or(j, name, standard);
	return ms >= SG_CONF_NEVER ? -1 : ms;
}

static void
read_agent(struct reader *r, const struct sg_json *j, void *out)
{
	const char *id = sg_arena_printf(&r->catalogue->arena, "spiffe://%.*s/agent/%.*s",
					 SG_STR_ARG(r->catalogue->trust_domain), SG_STR_ARG(j->name));
	*(struct sg_agent *)out = (struct sg_agent){
		.name = j->name, .id = sg_str(id), .owner = text_of(r, j, "owner"),
		.environment = text_of(r, j, "environment"), .instance = text_of(r, j, "instance"), .identity = text_of(r, j, "identity"),
		.match = list_of(r, j, "match"), .reach = list_of(r, j, "reach"), .intents = list_of(r, j, "intents"),
		.escalate = text_or(j, "escalate", ""), .approvers = text_or(j, "approvers", ""), .autonomy = sg_autonomy_named(text_or(j, "autonomy", "autonomous")),
		.roles = list_or(r, j, "roles"), .delegates = list_or(r, j, "delegates"), .budgets = budgets_of(r, j, "budgets"),
		.review_ms = sg_day_end_ms(text_or(j, "review_by", "")), .essential_ms = number_or(j, "essential", 0),
		.domain = text_or(j, "domain", "auto"), .fade_ms = life_or(j, "fade", 3600000), .isolated = flag_of(j, "isolated_files"),
		.human_use = sg_str_is(text_or(j, "human_use", "refuse"), "allow")};
}

static void
read_intent(struct reader *r, const struct sg_json *j, void *out)
{
	*(struct sg_intent *)out = (struct sg_intent){
		.name = j->name, .environment = text_of(r, j, "environment"), .actions = list_of(r, j, "actions"),
		.resources = list_of(r, j, "resources"), .sensitivity = sensitivity_of(r, j), .ttl_ms = number_of(r, j, "ttl"),
		.roles = list_or(r, j, "roles"), .budgets = budgets_of(r, j, "budgets"), .tree = budgets_of(r, j, "tree"),
		.idle_ms = number_or(j, "idle", 0), .depth = number_or(j, "depth", 3), .children = number_or(j, "children", 16)};
}

static void
read_human(struct reader *r, const struct sg_json *j, void *out)
{
	*(struct sg_human *)out = (struct sg_human){
		.name = j->name, .id = text_of(r, j, "id"), .admin = text_of(r, j, "admin"), .agents = list_of(r, j, "agents"),
		.delegates = list_of(r, j, "delegates"), .budgets = budgets_of(r, j, "budgets"), .disabled = flag_of(j, "disabled")};
}

/* Where a wrong id would slip past what its stanza says, it is refused. In a document of before a type is open. */
static bool
closes(const struct sg_json *j, const struct sg_resource *row)
{
	struct sg_str said = text_or(j, "closed", "no");
	bool guarded = row->environment.len > 0 || row->budgets.count > 0 || row->taints.count > 0 || row->memory || row->sensitivity > SG_INTERNAL;
	return sg_str_is(said, "yes") || (sg_str_is(said, "auto") && row->form == SG_FORM_exact && guarded);
}

static void
read_resource(struct reader *r, const struct sg_json *j, void *out)
{
	struct sg_resource *row = out;
	*row = (struct sg_resource){
		.name = j->name, .type = text_of(r, j, "type"), .environment = text_of(r, j, "environment"), .owner = text_of(r, j, "owner"),
		.patterns = list_of(r, j, "patterns"), .taints = list_of(r, j, "taints"), .sensitivity = sensitivity_of(r, j),
		.budgets = budgets_of(r, j, "budgets"), .memory = flag_of(j, "memory")};
	if (!sg_form_named(text_or(j, "form", "exact"), &row->form))
		r->missing = "form";
	row->closed = closes(j, row);
	size_t count = row->patterns.count;
	row->patterns = sg_patterns_in_form(&r->catalogue->arena, &row->patterns, row->form);
	if (row->patterns.count != count)
		r->missing = "patterns";
}

static void
read_task_role(struct reader *r, const struct sg_json *j, void *out)
{
	*(struct sg_task_role *)out = (struct sg_task_role){
		.name = j->name, .actions = list_of(r, j, "actions"), .hand_on = list_of(r, j, "hand_on"), .apart = list_of(r, j, "apart"),
		.other_owner = flag_of(j, "other_owner"), .planned = flag_of(j, "planned"), .signs = flag_of(j, "signs")};
}

static void
read_tool(struct reader *r, const struct sg_json *j, void *out)
{
	*(struct sg_tool *)out = (struct sg_tool){.name = j->name, .action = text_of(r, j, "action"), .server = text_of(r, j, "server"),
						  .tool = text_of(r, j, "tool"), .digest = text_of(r, j, "digest")};
}

static void
read_enforcer(struct reader *r, const struct sg_json *j, void *out)
{
	*(struct sg_enforcer *)out = (struct sg_enforcer){
		.name = j->name, .match = list_of(r, j, "match"), .for_agents = list_of(r, j, "for_agents"),
		.actions = list_of(r, j, "actions"), .resources = list_of(r, j, "resources"),
		.obligations = list_of(r, j, "obligations")};
}

/* Groups stand both ways round: in the admin's stanza, and as members of a group. */
static struct sg_strings
groups_of(struct reader *r, const struct sg_json *j)
{
	struct sg_strings own = list_of(r, j, "groups");
	const struct sg_json *groups = sg_json_get(r->catalogue->document, "groups");
	size_t room = own.count + (groups != NULL ? groups->count : 0);
	struct sg_str *items = sg_arena_alloc(&r->catalogue->arena, room * sizeof(*items));
	if (items == NULL)
		return own;
	struct sg_strings out = {items, 0};
	for (size_t i = 0; i < own.count; i++)
		items[out.count++] = own.items[i];
	for (const struct sg_json *g = sg_json_first(groups); g != NULL; g = sg_json_next(groups, g)) {
		struct sg_strings members = list_of(r, g, "members");
		if (sg_strings_have(&members, j->name) && !sg_strings_have(&out, g->name))
			items[out.count++] = g->name;
	}
	return out;
}

static void
read_admin(struct reader *r, const struct sg_json *j, void *out)
{
	*(struct sg_admin *)out =
		(struct sg_admin){.name = j->name, .uid = (uid_t)number_of(r, j, "uid"), .page = sg_json_is(j, "may", "page"), .approves_only = sg_json_is(j, "may", "approve") || sg_json_is(j, "may", "page"),
				   .watches_only = sg_json_is(j, "may", "watch"), .groups = groups_of(r, j)};
}

static void
read_issuer(struct reader *r, const struct sg_json *j, void *out)
{
	*(struct sg_issuer *)out = (struct sg_issuer){.name = j->name, .use = text_of(r, j, "use"),
						      .audience = list_of(r, j, "audience"), .ttl_ms = number_of(r, j, "ttl"),
						      .unconfirmed_max = number_or(j, "unconfirmed_max", 0)};
}

/* Reads one section into an array of `size`-byte rows. */
static void *
section(struct reader *r, const char *name, size_t size, size_t *count,
	void (*read)(struct reader *, const struct sg_json *, void *))
{
	const struct sg_json *group = sg_json_get(r->catalogue->document, name);
	if (group == NULL || group->type != SG_JSON_OBJECT) {
		r->missing = name;
		return NULL;
	}
	char *rows = sg_arena_alloc(&r->catalogue->arena, group->count * size);
	for (const struct sg_json *m = sg_json_first(group); rows != NULL && m != NULL; m = sg_json_next(group, m))
		read(r, m, rows + size * (*count)++);
	return rows;
}

static void
read_limits(struct reader *r)
{
	const struct sg_json *limits = sg_json_get(r->catalogue->document, "limits");
#define X(name) r->catalogue->limits.name = number_of(r, limits, #name);
	SG_LIMITS(X)
#undef X
#define X(name, standard) r->catalogue->limits.name = number_or(limits, #name, INT64_C(standard));
	SG_LIMITS_MORE(X)
#undef X
	sg_json_bool(sg_json_get(limits, "keep_hold"), &r->catalogue->keep_hold);
}

/* The document has the stanzas by name; each says where in the stack it stands. */
static void
read_stack(struct reader *r)
{
	struct sg_catalogue *c = r->catalogue;
	const struct sg_json *attest = sg_json_get(c->document, "attest");
	size_t count = attest != NULL ? attest->count : 0, filled = 0;
	struct sg_str *names = sg_arena_alloc(&c->arena, count * sizeof(*names));
	c->steps = sg_arena_alloc(&c->arena, count * sizeof(*c->steps));
	for (int64_t at = 0; names != NULL && c->steps != NULL && at < (int64_t)count; at++)
		for (const struct sg_json *m = sg_json_first(attest); m != NULL; m = sg_json_next(attest, m)) {
			if (number_of(r, m, "order") != at || filled == count)
				continue;
			bool reads = sg_json_is(m, "kind", "verify");
			names[filled] = m->name;
			c->steps[filled++] = (struct sg_step){m->name, sg_control_named(text_of(r, m, "control")), reads, text_of(r, m, "use")};
			c->reads |= reads;
			c->looks |= !reads;
		}
	if (filled != count)
		r->missing = "attest.order";
	c->attest = (struct sg_strings){names, filled};
}

static void
read_all(struct reader *r)
{
	struct sg_catalogue *c = r->catalogue;
	c->trust_domain = text_of(r, c->document, "trust_domain");
	c->dev = sg_str_is(text_of(r, c->document, "mode"), "dev");
	read_limits(r);
	sg_catalogue_web(r->catalogue);
	if (!sg_office_read(sg_json_get(c->document, "office"), &c->office))
		r->missing = "office";
#define SECTION(field, word, type) c->field##s = section(r, word, sizeof(struct sg_##type), &c->field##_count, read_##type)
	SECTION(action, "actions", action);
	SECTION(agent, "agents", agent);
	SECTION(intent, "intents", intent);
	SECTION(enforcer, "enforcers", enforcer);
	SECTION(admin, "admins", admin);
	SECTION(issuer, "issue", issuer);
	if (!sg_catalogue_methods(c))
		r->missing = "prove";
#undef SECTION
#define SECTION(field, word, type) \
	if (sg_json_get(c->document, word) != NULL) \
	c->field##s = section(r, word, sizeof(struct sg_##type), &c->field##_count, read_##type)
	SECTION(human, "humans", human);
	SECTION(resource, "resources", resource);
	SECTION(task_role, "roles", task_role);
	SECTION(tool, "tools", tool);
#undef SECTION
	read_stack(r);
}

enum sg_status
sg_catalogue_create(struct sg_catalogue **out, struct sg_str document, struct sg_err *err)
{
	struct sg_catalogue *c = calloc(1, sizeof(*c));
	if (c == NULL)
		return sg_fail(err, SG_NOMEM, "no_memory", "no memory for a catalogue");
	sg_arena_init(&c->arena, CATALOGUE_BUDGET);
	struct sg_json_limits limits = {.bytes = DOCUMENT_MAX, .nodes = DOCUMENT_NODES};
	struct reader r = {.catalogue = c};

	enum sg_status status = sg_canon_parse(&c->arena, document, &limits, &c->document, err);
	if (status == SG_OK) {
		c->text = sg_arena_copy(&c->arena, document);
		sg_sha256_hex(c->digest, document);
		read_all(&r);
		sg_agents_rest_on(c);
		if (r.missing != NULL)
			status = sg_fail(err, SG_MALFORMED, "catalogue_form", "the configuration document lacks %s", r.missing);
		else if (c->arena.overflow)
			status = sg_fail(err, SG_NOMEM, "no_memory", "the catalogue does not fit %d bytes", CATALOGUE_BUDGET);
	}
	if (status != SG_OK) {
		sg_catalogue_destroy(c);
		return status;
	}
	*out = c;
	return SG_OK;
}

void
sg_catalogue_destroy(struct sg_catalogue *catalogue)
{
	while (catalogue != NULL) {
		struct sg_catalogue *older = catalogue->older;
		sg_arena_done(&catalogue->arena);
		free(catalogue);
		catalogue = older;
	}
}
