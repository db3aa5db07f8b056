/* SPDX-License-Identifier: Apache-2.0
 * Which changes of the catalogue let more through than before: one row an option. An option that has no row here may widen whichever way it changes. */
#include "ctl/catalogue.h"

#include "base/pattern.h"
#include "base/str.h"
#include "conf/budget.h"

typedef bool widens(const struct sg_conf_option *option, const struct sg_json *was, const struct sg_json *is);

/* ---- lists ---- */

static bool
has(const struct sg_json *list, struct sg_str text)
{
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
		if (sg_str_eq(e->string, text))
			return true;
	return false;
}

static bool
lacks_one(const struct sg_json *list, const struct sg_json *of)
{
	for (const struct sg_json *e = sg_json_first(of); e != NULL; e = sg_json_next(of, e))
		if (!has(list, e->string))
			return true;
	return false;
}

static bool
grows(const struct sg_conf_option *option, const struct sg_json *was, const struct sg_json *is)
{
	(void)option;
	return !has(was, SG_STR("*")) && lacks_one(was, is);
}

static bool
shrinks(const struct sg_conf_option *option, const struct sg_json *was, const struct sg_json *is)
{
	(void)option;
	return lacks_one(is, was);
}

static bool
covered(const struct sg_json *list, struct sg_str pattern, char separator)
{
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
		if (sg_pattern_covers(e->string, pattern, separator))
			return true;
	return false;
}

static bool
covers_more(const struct sg_conf_option *option, const struct sg_json *was, const struct sg_json *is)
{
	char separator = option->type == SG_CONF_RESOURCES_OPTION ? '/' : '.';
	for (const struct sg_json *e = sg_json_first(is); e != NULL; e = sg_json_next(is, e))
		if (!covered(was, e->string, separator))
			return true;
	return false;
}

/* What a stanza no longer names falls to another one, which may ask for less. */
static bool
covers_others(const struct sg_conf_option *option, const struct sg_json *was, const struct sg_json *is)
{
	return covers_more(option, was, is) || covers_more(option, is, was);
}

/* "name:type" without "?": a call without it is refused. */
static bool
is_required(struct sg_str argument)
{
	struct sg_str name = sg_str_cut(&argument, ':');
	return name.len == 0 || name.ptr[name.len - 1] != '?';
}

static bool
demands_less(const struct sg_json *was, const struct sg_json *is)
{
	for (const struct sg_json *e = sg_json_first(was); e != NULL; e = sg_json_next(was, e))
		if (is_required(e->string) && !has(is, e->string))
			return true;
	return false;
}

/* "iban:iban": spellings of one thing become one, and what was said in one of them is found in the others. */
static bool
brings_a_form(const struct sg_json *was, const struct sg_json *is)
{
	static const char *const plain[] = {"any", "string", "number", "integer", "boolean"};
	for (const struct sg_json *e = sg_json_first(is); e != NULL; e = sg_json_next(is, e)) {
		struct sg_str type = e->string;
		bool formless = false;
		sg_str_cut(&type, ':');
		for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
			formless |= sg_str_starts(type, plain[i]);
		if (!formless && type.ptr != NULL && !has(was, e->string))
			return true;
	}
	return false;
}

/* None means any; with some, each that was not there before is let through from now on, and calls that lack what was demanded. */
static bool
takes_more(const struct sg_conf_option *option, const struct sg_json *was, const struct sg_json *is)
{
	(void)option;
	return brings_a_form(was, is) || (was->count > 0 && (is->count == 0 || lacks_one(was, is) || demands_less(was, is)));
}

/* As tight as one that was there: the same dimension and window, no more of it. */
static bool
still_bounded(const struct sg_json *is, const struct sg_budget *was)
{
	for (const struct sg_json *e = sg_json_first(is); e != NULL; e = sg_json_next(is, e)) {
		struct sg_budget now;
		if (sg_budget_read(e->string, &now) && now.dimension == was->dimension && now.window_ms == was->window_ms && now.amount <= was->amount)
			return true;
	}
	return false;
}

static bool
any_change(const struct sg_conf_option *option, const struct sg_json *was, const struct sg_json *is)
{
	(void)option;
	(void)was;
	(void)is;
	return true;
}

static bool
loosens(const struct sg_conf_option *option, const struct sg_json *was, const struct sg_json *is)
{
	(void)option;
	for (const struct sg_json *e = sg_json_first(was); e != NULL; e = sg_json_next(was, e)) {
		struct sg_budget budget;
		if (!sg_budget_read(e->string, &budget) || !still_bounded(is, &budget))
			return true;
	}
	return false;
}

/* ---- single values ---- */

/* The place of a word among the choices, a number as it is, true as 1; a day in order of time. */
static int
order(const struct sg_conf_option *option, const struct sg_json *was, const struct sg_json *is)
{
	int place[2] = {0, 0}, at = 0;
	if (was->type == SG_JSON_NUMBER && is->type == SG_JSON_NUMBER)
		return was->number < is->number ? -1 : was->number > is->number;
	if (was->type == SG_JSON_BOOL && is->type == SG_JSON_BOOL)
		return (int)was->boolean - (int)is->boolean;
	if (option->choices == NULL)
		return sg_str_cmp(was->string, is->string);
	for (struct sg_str rest = sg_str(option->choices); rest.ptr != NULL; at++) {
		struct sg_str word = sg_str_cut(&rest, '|');
		place[0] = sg_str_eq(word, was->string) ? at : place[0];
		place[1] = sg_str_eq(word, is->string) ? at : place[1];
	}
	return place[0] - place[1];
}

static bool
rises(const struct sg_conf_option *option, const struct sg_json *was, const struct sg_json *is)
{
	return order(option, was, is) < 0;
}

static bool
falls(const struct sg_conf_option *option, const struct sg_json *was, const struct sg_json *is)
{
	return order(option, was, is) > 0;
}

/* 0 stands for without end. */
static bool
lasts(const struct sg_conf_option *option, const struct sg_json *was, const struct sg_json *is)
{
	return is->number == 0 || (was->number != 0 && rises(option, was, is));
}

static bool
never(const struct sg_conf_option *option, const struct sg_json *was, const struct sg_json *is)
{
	(void)option;
	(void)was;
	(void)is;
	return false;
}

/* ---- the table ---- */

static const struct {
	const char *section, *key;
	widens *widens;
	const char *why;
} rows[] = {
	{"actions", "arguments", takes_more, "arguments are let through that were not"},
	{"actions", "authority", any_change, "an argument no longer counts as bearing authority; what one more names is no text of the caller's by itself"},
	{"actions", "budgets", loosens, "a budget is gone or larger"},
	{"actions", "costs", shrinks, "it costs something else or nothing"},
	{"actions", "narrow", any_change, "policy may narrow where it had to deny; what it no longer names may come in another case"},
	{"actions", "sensitivity", falls, "it counts as less sensitive"},
	{"actions", "taints", shrinks, "it taints less"},
	{"admins", "groups", grows, "may approve for more groups"},
	{"agents", "autonomy", rises, "may do more by itself"},
	{"agents", "budgets", loosens, "a budget is gone or larger"},
	{"agents", "delegates", grows, "may hand tasks to more agents"},
	{"agents", "escalate", never, ""},
	{"agents", "essential", rises, "reads on for longer without an owner"},
	{"agents", "human_use", rises, "a person may pass for it"},
	{"agents", "identity", rises, "a weaker identity is enough"},
	{"agents", "instance", any_change, "more processes are one incarnation, or each has a past and counts of its own"},
	{"agents", "intents", grows, "tasks under more intents"},
	{"agents", "match", any_change, "other processes are it; one that no longer is may be somebody else"},
	{"agents", "reach", covers_more, "more actions in reach"},
	{"agents", "review_by", rises, "its review is due later"},
	{"agents", "roles", grows, "may take more roles"},
	{"enforcers", "actions", covers_more, "may ask for more actions"},
	{"enforcers", "for_agents", grows, "may ask for more agents"},
	{"enforcers", "match", shrinks, "a fact is no longer needed to be it"},
	{"enforcers", "obligations", grows, "obligations count as carried out"},
	{"enforcers", "resources", covers_more, "may ask for more resources"},
	{"groups", "members", grows, "more people may approve"},
	{"humans", "agents", grows, "more agents may act for them"},
	{"humans", "budgets", loosens, "a budget is gone or larger"},
	{"humans", "delegates", covers_more, "more is delegated"},
	{"humans", "disabled", falls, "they and their agents are back"},
	{"humans", "quota", rises, "may own more agents"},
	{"intents", "actions", covers_more, "more actions under it"},
	{"intents", "budgets", loosens, "a budget is gone or larger"},
	{"intents", "children", rises, "wider trees"},
	{"intents", "depth", rises, "deeper trees"},
	{"intents", "idle", lasts, "idle tasks live longer"},
	{"intents", "resources", covers_more, "more resources under it"},
	{"intents", "sensitivity", rises, "more sensitive things under it"},
	{"intents", "tree", loosens, "a budget is gone or larger"},
	{"intents", "ttl", rises, "tasks live longer"},
	{"resources", "budgets", loosens, "a budget is gone or larger"},
	{"resources", "memory", falls, "what is written there no longer carries taint"},
	{"resources", "owner", any_change, "rules may read whose it is"},
	{"resources", "patterns", covers_others, "what was unknown counted as restricted; what it no longer names may be another stanza's"},
	{"resources", "sensitivity", falls, "it counts as less sensitive"},
	{"resources", "taints", shrinks, "reading it taints less"},
	{"roles", "actions", covers_more, "may do more"},
	{"roles", "apart", shrinks, "roles may be one holder's that could not"},
	{"roles", "hand_on", covers_more, "may hand on more"},
	{"roles", "other_owner", falls, "one owner is enough"},
	{"roles", "planned", falls, "acts without a plan"},
	{"roles", "signs", rises, "may sign plans"},
	{"tools", "digest", NULL, "another definition of the tool is trusted"},
	{"tools", "server", never, ""},
	{"tools", "tool", never, ""},
};

const char *
sg_catalogue_widens(const struct sg_conf_option *option, const struct sg_json *was, const struct sg_json *is)
{
	if (option == NULL || was == NULL || is == NULL || was->type != is->type)
		return "what it was is not comparable";
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].section, option->section) == 0 && strcmp(rows[i].key, option->key) == 0)
			return rows[i].widens == NULL || rows[i].widens(option, was, is) ? rows[i].why : NULL;
	return "it may: this is not a matter of more or less";
}
