/* SPDX-License-Identifier: Apache-2.0
 * Advice by catalogue and people. Only what can be seen: constants, and arguments that are read by their names. */
#include "policy/advise/in.h"

#include "base/form.h"
#include "base/near.h"
#include "base/pattern.h"
#include "base/str.h"
#include "frame/approvers.h"

/* ---- actions ---- */

static void
check_pattern(struct sg_policy *policy, const struct sg_policy_rule *rule, const struct sg_json *actions, struct sg_str pattern)
{
	char hint[SG_VM_TEXT];
	struct sg_near near = sg_near(pattern);
	for (const struct sg_json *a = sg_json_first(actions); a != NULL; a = sg_json_next(actions, a)) {
		if (sg_pattern_match(pattern, sg_json_text_at(a, "name"), '.'))
			return;
		sg_near_offer(&near, sg_json_text_at(a, "name"));
	}
	sg_warning_add(policy, rule->file, rule->line, sg_near_hint(&near, '\'', "stepgate catalogue show lists the actions", hint, sizeof(hint)),
		       "no action of the catalogue fits '%.*s'", (int)(pattern.len < 100 ? pattern.len : 100), pattern.ptr);
}

/* `costs` of an action: "money=amount" */
static bool
has_cost(const struct sg_json *action, const char *of)
{
	const struct sg_json *costs = sg_json_get(action, "costs");
	for (const struct sg_json *c = sg_json_first(costs); c != NULL; c = sg_json_next(costs, c)) {
		struct sg_str rest = {"", 0};
		if (sg_json_string(c, &rest) && sg_str_is(sg_str_cut(&rest, '='), of))
			return true;
	}
	return false;
}

/* A sum over actions none of which costs any of it is 0 for ever. */
static void
check_sum(struct sg_policy *policy, const struct sg_policy_rule *rule, const struct sg_policy_need *need, const struct sg_json *actions)
{
	const struct sg_json *without = NULL;
	for (const struct sg_json *a = sg_json_first(actions); a != NULL; a = sg_json_next(actions, a))
		for (size_t j = 0; j < need->pattern_count; j++) {
			if (!sg_pattern_match(need->patterns[j], sg_json_text_at(a, "name"), '.'))
				continue;
			if (has_cost(a, need->of))
				return;
			without = a;
		}
	if (without != NULL)
		sg_warning_add(policy, rule->file, rule->line, "give the action costs, such as costs = [ \"money=amount\" ]", "nothing of %s is spent by '%.*s' or what else is summed up: it is 0 for ever", need->of,
			       SG_STR_ARG(sg_json_text_at(without, "name")));
}

/* What it is about, and what it looks for in the past. */
static void
check_patterns(struct sg_policy *policy, const struct sg_policy_rule *rule, const struct sg_json *actions)
{
	for (size_t i = 0; i < rule->on_count; i++)
		check_pattern(policy, rule, actions, rule->on[i]);
	for (size_t i = 0; i < rule->need_count; i++) {
		for (size_t j = 0; j < rule->needs[i].pattern_count; j++)
			check_pattern(policy, rule, actions, rule->needs[i].patterns[j]);
		if (rule->needs[i].of != NULL && strcmp(rule->needs[i].of, "calls") != 0)
			check_sum(policy, rule, &rule->needs[i], actions);
	}
}

/* ---- people ---- */

static void
offer_groups(const struct sg_json *conf, struct sg_near *near)
{
	const struct sg_json *groups = sg_json_get(conf, "groups"), *admins = sg_json_get(conf, "admins");
	for (const struct sg_json *g = sg_json_first(groups); g != NULL; g = sg_json_next(groups, g))
		sg_near_offer(near, g->name);
	for (const struct sg_json *a = sg_json_first(admins); a != NULL; a = sg_json_next(admins, a))
		for (const struct sg_json *own = sg_json_get(a, "groups"), *g = sg_json_first(own); g != NULL; g = sg_json_next(own, g))
			sg_near_offer(near, g->string);
}

/* The constant behind `name =` in the braces that begin at `from`; NULL: none. */
static const struct sg_token *
constant(const struct sg_lint *lint, size_t from, size_t to, const char *name, enum sg_token_kind kind)
{
	for (size_t i = from; i + 2 < to; i++)
		if (sg_lint_is(&lint->tokens[i], name) && sg_lint_is(&lint->tokens[i + 1], "=") && lint->tokens[i + 2].kind == kind)
			return &lint->tokens[i + 2];
	return NULL;
}

static void
check_people(struct sg_advice *a, size_t from, size_t to)
{
	char hint[SG_VM_TEXT];
	int64_t want = 0;
	const struct sg_token *group = constant(&a->lint, from, to, "approvers", SG_TOKEN_STRING), *quorum = constant(&a->lint, from, to, "quorum", SG_TOKEN_NUMBER);
	if (group == NULL)
		return;
	size_t members = 0;
	int64_t have = (int64_t)sg_approvers_of(a->conf, group->text, &members);
	struct sg_near near = sg_near(group->text);
	offer_groups(a->conf, &near);
	if (have == 0 && members > 0)
		sg_warning_add(a->lint.policy, a->lint.file, group->line, "those who only watch, who are disabled, or who are an agent's user say no yes", "nobody of the group '%.*s' may say yes: what asks it is never approved",
			       (int)(group->text.len < 100 ? group->text.len : 100), group->text.ptr);
	else if (have == 0)
		sg_warning_add(a->lint.policy, a->lint.file, group->line, sg_near_hint(&near, '\'', "groups.NAME.members, or admins.NAME.groups", hint, sizeof(hint)),
			       "nobody is in the group '%.*s': what asks it is never approved", (int)(group->text.len < 100 ? group->text.len : 100), group->text.ptr);
	else if (quorum != NULL && sg_str_int(quorum->text, 0, INT64_MAX, &want) && want > have)
		sg_warning_add(a->lint.policy, a->lint.file, quorum->line, "put more people into it, or ask for fewer", "the group '%.*s' has %lld member%s%s, a quorum of %lld is never met",
			       (int)(group->text.len < 100 ? group->text.len : 100), group->text.ptr, (long long)have, have == 1 ? "" : "s", (size_t)have < members ? " who may say yes" : "", (long long)want);
}

static bool
is_method(const struct sg_advice *a, struct sg_str name)
{
	return sg_str_is(name, "admin") || sg_json_get_str(sg_json_get(a->conf, "prove"), name) != NULL;
}

/* Proofs that exist; a list without one of them is met by nobody. */
static void
check_methods(struct sg_advice *a, size_t from, size_t to)
{
	const struct sg_token *t = a->lint.tokens;
	for (size_t i = from; i + 3 < to; i++) {
		if (!sg_lint_is(&t[i], "methods") || !sg_lint_is(&t[i + 1], "=") || !sg_lint_is(&t[i + 2], "{") || t[i + 3].kind != SG_TOKEN_STRING)
			continue;
		bool known = false;
		for (size_t m = i + 3; m < to && !sg_lint_is(&t[m], "}"); m++)
			known |= t[m].kind != SG_TOKEN_STRING ? !sg_lint_is(&t[m], ",") && !sg_lint_is(&t[m], ";") : is_method(a, t[m].text);
		if (!known)
			sg_warning_add(a->lint.policy, a->lint.file, t[i].line, "\"admin\" or a stanza of prove; without methods any counts", "nobody can prove '%.*s': what asks it is denied (methods_empty)",
				       (int)(t[i + 3].text.len < 60 ? t[i + 3].text.len : 60), t[i + 3].text.ptr);
	}
}

/* ---- arguments ---- */

/* How an action declares an argument: what stands behind its name, such as "iban" or "email[]"; empty: it does not. */
static struct sg_str
declared(const struct sg_json *action, struct sg_str argument)
{
	const struct sg_json *arguments = sg_json_get(action, "arguments");
	for (const struct sg_json *e = sg_json_first(arguments); e != NULL; e = sg_json_next(arguments, e)) {
		struct sg_str rest = {"", 0};
		if (!sg_json_string(e, &rest))
			continue;
		struct sg_str name = sg_str_cut(&rest, ':');
		name.len -= name.len > 0 && name.ptr[name.len - 1] == '?';
		if (sg_str_eq(name, argument))
			return rest.ptr != NULL ? rest : SG_STR("any");
	}
	return SG_STR("");
}

/* exact: it is none. */
static enum sg_form
form_of(struct sg_str type)
{
	enum sg_form form;
	if (type.len > 2 && type.ptr[type.len - 1] == ']')
		type.len -= 2;
	return sg_form_named(type, &form) ? form : SG_FORM_exact;
}

/* Of the actions that the rules at this line are about: does one declare it, and with which form, if with any? */
static void
look_up(const struct sg_advice *a, int line, struct sg_str argument, bool *typed, enum sg_form *form)
{
	const struct sg_policy *policy = a->lint.policy;
	const struct sg_json *actions = sg_json_get(a->conf, "actions");
	*typed = false;
	*form = SG_FORM_exact;
	for (const struct sg_json *c = sg_json_first(actions); c != NULL; c = sg_json_next(actions, c))
		for (size_t r = 0; r < policy->rule_count; r++)
			for (size_t i = 0; policy->rules[r].file == a->lint.file && policy->rules[r].line == line && i < policy->rules[r].on_count; i++) {
				if (!sg_pattern_match(policy->rules[r].on[i], sg_json_text_at(c, "name"), '.'))
					continue;
				struct sg_str type = declared(c, argument);
				*typed |= type.len > 0;
				*form = *form == SG_FORM_exact ? form_of(type) : *form;
			}
}

static void
check_argument(struct sg_advice *a, int line, size_t i)
{
	const struct sg_token *name = &a->lint.tokens[i], *t = name + 1;
	enum sg_form form;
	bool typed, trusted = sg_lint_is(t, ".") && sg_lint_is(t + 1, "trusted");
	bool cut = sg_lint_is(t, ":") && (sg_lint_is(t + 1, "ends") || sg_lint_is(t + 1, "starts"));
	look_up(a, line, name->text, &typed, &form);
	sg_advise_argument(a, i, form);
	if (trusted && !typed)
		sg_warning_add(a->lint.policy, a->lint.file, name->line, "declare it in the action's `arguments`: iban:iban, to:email[], note:string",
			       "args.%.*s has no type in the catalogue: it may come as a list or an object as well", (int)(name->text.len < 60 ? name->text.len : 60), name->text.ptr);
	if (cut && form != SG_FORM_exact)
		sg_warning_add(a->lint.policy, a->lint.file, name->line, "read its parts: :email().host, :uri().host, :path().folder, :ip().version",
			       "args.%.*s has a form: how it ends or begins is not what it is", (int)(name->text.len < 60 ? name->text.len : 60), name->text.ptr);
}

/* ---- the office ---- */

/* Without hours it is never open, and a rule that asks says the same for ever. */
static void
check_office(struct sg_advice *a, size_t i)
{
	const struct sg_token *t = &a->lint.tokens[i];
	const struct sg_json *hours = sg_json_get(sg_json_get(a->conf, "office"), "hours");
	if (hours != NULL && hours->count == 0 && sg_lint_is(t, "here") && sg_lint_is(t + 1, ".") && sg_lint_is(t + 2, "office"))
		sg_warning_add(a->lint.policy, a->lint.file, t->line, "office : { hours = [ \"mon-fri 08:00-18:00\" ] }", "the configuration has no office.hours: r.time.here.office is never true");
}

/* ---- a file ---- */

static void
check_rule(struct sg_advice *a, size_t at, size_t brace)
{
	size_t to = sg_lint_behind(&a->lint, brace);
	for (size_t i = brace; i + 2 < to; i++) {
		const struct sg_token *t = &a->lint.tokens[i];
		sg_advise_words(a, i);
		sg_advise_labels(a, i);
		sg_advise_resource(a, i);
		if (sg_lint_is(t, "step_up") && sg_lint_is(t + 1, "{")) {
			check_people(a, i + 1, sg_lint_behind(&a->lint, i + 1));
			check_methods(a, i + 1, sg_lint_behind(&a->lint, i + 1));
		}
		if (sg_lint_is(t, "args") && sg_lint_is(t + 1, ".") && t[2].kind == SG_TOKEN_NAME)
			check_argument(a, a->lint.tokens[at].line, i + 2);
	}
}

static void
check_file(struct sg_policy *policy, uint32_t file, struct sg_str text, const struct sg_json *conf)
{
	struct sg_advice a = {.lint = {.policy = policy, .file = file}, .conf = conf};
	bool read = sg_lint_read(&a.lint, text);
	for (size_t i = 0; read && i + 1 < a.lint.count; i++) {
		check_office(&a, i);
		size_t rule = sg_lint_called(&a.lint, i, "rule"), brace = rule > 0 ? rule : sg_lint_called(&a.lint, i, "after");
		if (brace > 0)
			check_rule(&a, i, brace);
	}
	sg_lint_done(&a.lint);
}

void
sg_policy_advise(struct sg_policy *policy, const struct sg_policy_source *sources, size_t count, const struct sg_json *conf)
{
	const struct sg_json *actions = sg_json_get(conf, "actions");
	if (actions == NULL || actions->type != SG_JSON_OBJECT || actions->count == 0)
		return; /* nothing is known of what the rules are about */
	for (size_t i = 0; i < policy->rule_count; i++)
		check_patterns(policy, &policy->rules[i], actions);
	for (size_t f = 0; f < policy->file_count; f++)
		for (size_t i = 0; i < count; i++)
			if (sg_str_eq(sources[i].name, policy->files[f].name))
				check_file(policy, (uint32_t)f, sources[i].text, conf);
}
