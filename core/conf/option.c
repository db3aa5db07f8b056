/* SPDX-License-Identifier: Apache-2.0
 * Reading one option's value: kind, form, bounds. */
#include "conf/option.h"

#include "base/match.h"
#include "base/near.h"
#include "base/office.h"
#include "base/pattern.h"
#include "base/str.h"
#include "conf/address.h"
#include "conf/budget.h"
#include "conf/grant.h"
#include "conf/path.h"
#include "conf/unit.h"
#include "conf/written.h"
#include "conf/zone.h"

#include <stdio.h>

enum { NAME_BYTES = 63 };

static bool
only(struct sg_str text, const char *set)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] == '\0' || strchr(set, text.ptr[i]) == NULL)
			return false;
	return true;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"

bool
sg_conf_is_name(struct sg_str text)
{
	return text.len > 0 && text.len <= NAME_BYTES && only(text, LOWER DIGIT "._-") &&
	       strchr("._-", text.ptr[0]) == NULL;
}

static bool
fits_string(struct sg_str text)
{
	(void)text; /* the pre-check has refused control characters; length is the option's bound */
	return true;
}

static bool
fits_name(struct sg_str text)
{
	return text.len == 0 || sg_conf_is_name(text); /* the option's least length says whether it may be empty */
}

/* SPIFFE-ID section 2.1; labels are not checked further there. */
static bool
fits_domain(struct sg_str text)
{
	return text.len > 0 && only(text, LOWER DIGIT "._-");
}

static bool
fits_action(struct sg_str text)
{
	return sg_pattern_of_actions(text) && memchr(text.ptr, '*', text.len) == NULL;
}

static bool
fits_resource(struct sg_str text)
{
	return sg_pattern_valid(text, '/');
}

static bool
fits_agent(struct sg_str text)
{
	return sg_str_is(text, "*") || sg_conf_is_name(text);
}

static bool
fits_match(struct sg_str text)
{
	struct sg_match match;
	return sg_match_read(text, &match, NULL);
}

static bool
fits_address(struct sg_str text)
{
	return sg_conf_address(text, NULL, NULL);
}

/* Of a host alone: what has a path, a user or capitals is another origin to a browser. */
static bool
fits_origin(struct sg_str text)
{
	bool secure = sg_str_starts(text, "https://"), plain = sg_str_starts(text, "http://");
	size_t scheme = secure ? 8 : 7;
	int64_t port = 0;
	if (text.len == 0)
		return true;
	if (!secure && !plain)
		return false;
	struct sg_str rest = {text.ptr + scheme, text.len - scheme}, host = sg_str_cut(&rest, ':');
	if (rest.ptr != NULL && !sg_str_int(rest, 1, 65535, &port))
		return false;
	bool here = sg_str_is(host, "localhost") || sg_str_is(host, "127.0.0.1");
	return here || (secure && host.len > 0 && only(host, DIGIT "abcdefghijklmnopqrstuvwxyz.-") && host.ptr[0] != '.' && host.ptr[0] != '-' && host.ptr[host.len - 1] != '.' && host.ptr[host.len - 1] != '-');
}

static bool
fits_grant(struct sg_str text)
{
	struct sg_grant grant;
	return sg_grant_read(text, &grant);
}

static bool
fits_budget(struct sg_str text)
{
	struct sg_budget budget;
	return sg_budget_read(text, &budget);
}

static bool
fits_cost(struct sg_str text)
{
	struct sg_cost cost;
	return sg_cost_read(text, &cost);
}

static bool
fits_schema(struct sg_str text)
{
	struct sg_argument argument;
	return sg_argument_read(text, &argument);
}

static bool
fits_digest(struct sg_str text)
{
	return text.len == 64 && only(text, DIGIT "abcdef");
}

static bool
fits_argument(struct sg_str text)
{
	return sg_path_valid(text);
}

/* As PATH has its folders. */
static bool
fits_folders(struct sg_str text)
{
	bool good = text.len > 0;
	for (struct sg_str rest = text; good && rest.ptr != NULL;)
		good = sg_conf_is_path(sg_str_cut(&rest, ':'));
	return good;
}

static bool
fits_hours(struct sg_str text)
{
	struct sg_hours hours;
	return sg_hours_read(text, &hours, NULL);
}

#define WORD(type, kind, wants) {wants, SG_CONF_##kind},
static const struct {
	const char *wants;
	enum sg_conf_kind kind;
} types[] = {SG_CONF_TYPES(WORD)};

/* The form of a string, or of each entry of a list. */
static bool (*const forms[SG_CONF_TYPE_COUNT])(struct sg_str) = {
	[SG_CONF_STRING_OPTION] = fits_string,      [SG_CONF_NAME_OPTION] = fits_name,
	[SG_CONF_PATH_OPTION] = sg_conf_is_path,     [SG_CONF_FOLDERS_OPTION] = fits_folders,
	[SG_CONF_DOMAIN_OPTION] = fits_domain,
	[SG_CONF_DATE_OPTION] = sg_conf_date,       [SG_CONF_ACTION_OPTION] = fits_action,
	[SG_CONF_STRINGS_OPTION] = fits_string,     [SG_CONF_NAMES_OPTION] = sg_conf_is_name,
	[SG_CONF_AGENTS_OPTION] = fits_agent,       [SG_CONF_ACTIONS_OPTION] = sg_pattern_of_actions,
	[SG_CONF_RESOURCES_OPTION] = fits_resource, [SG_CONF_MATCHES_OPTION] = fits_match,
	[SG_CONF_ADDRESS_OPTION] = fits_address,    [SG_CONF_DIGEST_OPTION] = fits_digest,
	[SG_CONF_BUDGETS_OPTION] = fits_budget,     [SG_CONF_COSTS_OPTION] = fits_cost,
	[SG_CONF_ARGUMENTS_OPTION] = fits_schema,
	[SG_CONF_PATHS_OPTION] = fits_argument,     [SG_CONF_GRANTS_OPTION] = fits_grant,
	[SG_CONF_ZONE_OPTION] = sg_zone_name,        [SG_CONF_DATES_OPTION] = sg_conf_date,
	[SG_CONF_HOURS_OPTION] = fits_hours,         [SG_CONF_ORIGIN_OPTION] = fits_origin,
};

static bool (*const units[SG_CONF_TYPE_COUNT])(struct sg_str, int64_t *) = {
	[SG_CONF_DURATION_OPTION] = sg_conf_duration,
	[SG_CONF_LIFE_OPTION] = sg_conf_life,
	[SG_CONF_SIZE_OPTION] = sg_conf_size,
	[SG_CONF_MODE_OPTION] = sg_conf_mode,
};

const char *
sg_conf_type_wants(enum sg_conf_type type)
{
	return types[type].wants;
}

enum sg_conf_kind
sg_conf_type_kind(enum sg_conf_type type)
{
	return types[type].kind;
}

bool
sg_conf_type_is_number(enum sg_conf_type type)
{
	return units[type] != NULL || types[type].kind == SG_CONF_WHOLE;
}

#define FAIL(errors, place, code, hint, ...)                                                                           \
	(sg_conf_error_add((errors), SG_CONF_E_##code, (place), (hint), __VA_ARGS__), false)

static bool
is_choice(const char *choices, struct sg_str text)
{
	for (struct sg_str rest = sg_str(choices); rest.ptr != NULL;)
		if (sg_str_eq(sg_str_cut(&rest, '|'), text))
			return true;
	return false;
}

static bool
read_choice(const struct sg_conf_option *option, const struct sg_conf_node *node, struct sg_conf_errors *errors)
{
	char hint[160], words[128];
	struct sg_near near = sg_near(node->text);
	if (is_choice(option->choices, node->text))
		return true;
	for (struct sg_str rest = sg_str(option->choices); rest.ptr != NULL;)
		sg_near_offer(&near, sg_str_cut(&rest, '|'));
	sg_near_hint(&near, '"', "", words, sizeof(words));
	snprintf(hint, sizeof(hint), "%s%sone of %s", words, words[0] == '\0' ? "" : " ", option->choices);
	return FAIL(errors, node->value, choice, hint, "\"%.*s\" is not a choice of %s", SG_STR_ARG(node->text),
		    option->key);
}

static bool
in_range(const struct sg_conf_option *option, struct sg_conf_place place, int64_t number, const char *of,
	 struct sg_conf_errors *errors)
{
	char min[32], max[32], hint[96];
	if (number >= option->min && number <= option->max)
		return true;
	sg_conf_number_write(min, option->type, option->min);
	sg_conf_number_write(max, option->type, option->max);
	snprintf(hint, sizeof(hint), "from %s to %s", min, max);
	return FAIL(errors, place, range, hint, "%s%s is out of bounds", of, option->key);
}

static bool
has_form(enum sg_conf_type type, struct sg_str text)
{
	return forms[type] != NULL && forms[type](text);
}

static bool
read_text(const struct sg_conf_option *option, struct sg_conf_node *node, struct sg_conf_errors *errors)
{
	if (option->type == SG_CONF_CHOICE_OPTION)
		return read_choice(option, node, errors);
	if (units[option->type] != NULL)
		return units[option->type](node->text, &node->number)
			       ? in_range(option, node->value, node->number, "", errors)
			       : FAIL(errors, node->value, value, sg_conf_type_wants(option->type),
				      "%s does not have the form it needs", option->key);
	if (!in_range(option, node->value, (int64_t)node->text.len, "the length of ", errors))
		return false;
	return (node->text.len == 0 && option->min == 0) || has_form(option->type, node->text) ||
	       FAIL(errors, node->value, value, sg_conf_type_wants(option->type), "%s does not have the form it needs",
		    option->key);
}

/* What is wrong with an entry, in words; NULL where the form's own hint says it all. */
static const char *
what_is_wrong(enum sg_conf_type type, struct sg_str text)
{
	struct sg_match match;
	struct sg_hours hours;
	const char *why = NULL;
	if (type == SG_CONF_MATCHES_OPTION)
		sg_match_read(text, &match, &why);
	if (type == SG_CONF_HOURS_OPTION)
		sg_hours_read(text, &hours, &why);
	return why;
}

static bool
fail_entry(const struct sg_conf_option *option, const struct sg_conf_node *entry, struct sg_conf_errors *errors)
{
	const char *why = what_is_wrong(option->type, entry->text);
	return FAIL(errors, entry->place, value, sg_conf_type_wants(option->type), "an entry of %s does not have the form it needs%s%s",
		    option->key, why != NULL ? ": " : "", why != NULL ? why : "");
}

static bool
read_list(const struct sg_conf_option *option, struct sg_conf_node *node, struct sg_conf_errors *errors)
{
	enum { ENTRY_BYTES = 512 };
	bool good = in_range(option, node->value, (int64_t)node->count, "the number of entries in ", errors);
	for (struct sg_conf_node *entry = node->first; entry != NULL; entry = entry->next) {
		if (entry->kind != SG_CONF_TEXT)
			good = FAIL(errors, entry->place, type, sg_conf_type_wants(option->type),
				    "an entry of %s is %s", option->key, sg_conf_kind_name(entry->kind));
		else if (entry->text.len == 0 || entry->text.len > ENTRY_BYTES || !has_form(option->type, entry->text))
			good = fail_entry(option, entry, errors);
	}
	return good;
}

bool
sg_conf_option_read(const struct sg_conf_option *option, struct sg_conf_node *node, struct sg_conf_errors *errors)
{
	if (node->kind != types[option->type].kind)
		return FAIL(errors, node->value, type,
			    option->choices != NULL ? option->choices : sg_conf_type_wants(option->type), "%s is %s",
			    option->key, sg_conf_kind_name(node->kind));
	switch (node->kind) {
	case SG_CONF_TEXT:
		return read_text(option, node, errors);
	case SG_CONF_LIST:
		return read_list(option, node, errors);
	case SG_CONF_WHOLE:
		return in_range(option, node->value, node->number, "", errors);
	default:
		return true;
	}
}

static bool
add_entries(struct sg_arena *arena, struct sg_conf_node *list, struct sg_str text)
{
	while (text.len > 0) {
		struct sg_conf_node *entry = sg_conf_node_new(arena, SG_CONF_TEXT);
		if (entry == NULL)
			return false;
		entry->text = sg_str_cut(&text, ' ');
		sg_conf_node_append(list, entry);
	}
	return true;
}

struct sg_conf_node *
sg_conf_option_standard(struct sg_arena *arena, const struct sg_conf_option *option)
{
	struct sg_conf_node *node = sg_conf_node_new(arena, types[option->type].kind);
	struct sg_str text = sg_str(option->standard);
	if (node == NULL)
		return NULL;
	node->name = sg_str(option->key);
	node->standard = true;
	node->text = text;
	if (node->kind == SG_CONF_LIST && !add_entries(arena, node, text))
		return NULL;
	if (node->kind == SG_CONF_WHOLE && !sg_str_int(text, INT32_MIN, INT32_MAX, &node->number))
		return NULL;
	if (node->kind == SG_CONF_FLAG)
		node->number = sg_str_is(text, "true");
	return node;
}
