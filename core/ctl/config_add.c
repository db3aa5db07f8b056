/* SPDX-License-Identifier: Apache-2.0
 * config add: a stanza from words, in a file of its own in conf.d. What an option takes is known from the table of options. */
#include "ctl/config_put.h"

#include "base/near.h"
#include "base/str.h"

#include <pwd.h>
#include <stdlib.h>
#include <time.h>

enum { TEXT_MAX = 256 << 10, REVIEW_DAYS = 180 };

/* A kind of thing, and the section that its stanzas stand in. */
static const struct kind {
	const char *name, *section;
} kinds[] = {{"action", "actions"}, {"admin", "admins"}, {"agent", "agents"}, {"attest", "attest"}, {"enforcer", "enforcers"}, {"group", "groups"}, {"human", "humans"}, {"intent", "intents"},
	     {"issuer", "issue"}, {"resource", "resources"}, {"role", "roles"}, {"sink", "audit"}, {"tool", "tools"}};

static const struct kind *
kind_named(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

static int
no_kind(const struct sg_ctl *ctl, const char *name)
{
	char hint[128], all[256] = "";
	struct sg_near near = sg_near(sg_str(name));
	for (size_t i = 0, len = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		sg_near_offer(&near, sg_str(kinds[i].name));
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s", len > 0 ? ", " : "", kinds[i].name);
	}
	return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", sg_near_hint(&near, '"', all, hint, sizeof(hint)), "\"%s\" is no kind of stanza", name);
}

/* ---- words that stand for others ---- */

struct word {
	char key[64], value[1200];
};

/* user=NAME: the number that the system knows it by, which is what a configuration holds. */
static bool
of_user(const struct kind *kind, struct word *word)
{
	const struct passwd *user = getpwnam(word->value);
	if (user == NULL)
		return false;
	bool admin = strcmp(kind->name, "admin") == 0;
	snprintf(word->key, sizeof(word->key), "%s", admin ? "uid" : "match");
	snprintf(word->value, sizeof(word->value), admin ? "%u" : "peer:uid=%u", (unsigned)user->pw_uid);
	return true;
}

static int
read_word(const struct sg_ctl *ctl, const struct kind *kind, const char *given, struct word *word)
{
	const char *is = strchr(given, '=');
	size_t len = is == NULL ? 0 : (size_t)(is - given);
	if (len == 0 || len >= sizeof(word->key) || strspn(given, "abcdefghijklmnopqrstuvwxyz0123456789_") != len || strlen(is + 1) >= sizeof(word->value))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "such as owner=mira@acme.example; of a list each by itself or with commas", "\"%s\" is no OPTION=VALUE", given);
	snprintf(word->key, sizeof(word->key), "%.*s", (int)len, given);
	snprintf(word->value, sizeof(word->value), "%s", is + 1);
	bool user = strcmp(word->key, "user") == 0 && (strcmp(kind->name, "admin") == 0 || strcmp(kind->name, "agent") == 0 || strcmp(kind->name, "enforcer") == 0);
	if (user && !of_user(kind, word))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "no_user", "match=peer:uid=NUMBER and uid=NUMBER take a number", "this system has no user \"%s\"", word->value);
	return SG_CTL_OK;
}

/* ---- the stanza ---- */

static bool
is_number(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static bool
is_flag(const char *text)
{
	return strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
}

/* How a file holds the value of an option; one that a module declares itself is taken for what it looks like. */
static enum sg_conf_kind
kind_of(const struct kind *kind, const struct word *word)
{
	const struct sg_conf_option *option = sg_conf_option_find(kind->section, sg_str(word->key));
	if (option != NULL)
		return sg_conf_type_kind(option->type);
	return is_number(word->value) ? SG_CONF_WHOLE : is_flag(word->value) ? SG_CONF_FLAG : SG_CONF_TEXT;
}

static bool
write_entries(struct sg_buf *out, const char *value, bool *first)
{
	struct sg_str rest = sg_str(value);
	bool good = true;
	while (rest.len > 0 && good) {
		struct sg_str one = sg_str_cut(&rest, ',');
		if (one.len == 0)
			continue;
		sg_buf_text(out, *first ? "" : ", ");
		good = sg_config_quote(out, one);
		*first = false;
	}
	return good;
}

/* All that was given of one list stands in it. */
static bool
write_list(struct sg_buf *out, const struct word *words, size_t count, size_t at)
{
	bool good = true, first = true;
	sg_buf_text(out, "[ ");
	for (size_t i = at; i < count && good; i++)
		if (strcmp(words[i].key, words[at].key) == 0)
			good = write_entries(out, words[i].value, &first);
	sg_buf_text(out, first ? "]" : " ]");
	return good;
}

static bool
write_word(struct sg_buf *out, const struct kind *kind, const struct word *words, size_t count, size_t at)
{
	enum sg_conf_kind form = kind_of(kind, &words[at]);
	bool raw = (form == SG_CONF_WHOLE && is_number(words[at].value)) || (form == SG_CONF_FLAG && is_flag(words[at].value));
	for (size_t i = 0; form == SG_CONF_LIST && i < at; i++)
		if (strcmp(words[i].key, words[at].key) == 0)
			return true; /* it stands there with the first */
	sg_buf_printf(out, "    %s = ", words[at].key);
	bool good = form == SG_CONF_LIST ? write_list(out, words, count, at) : true;
	if (raw)
		sg_buf_text(out, words[at].value);
	else if (form != SG_CONF_LIST)
		good = sg_config_quote(out, sg_str(words[at].value)); /* what should be a number and is none is told by the check */
	sg_buf_text(out, "\n");
	return good;
}

/* Somebody looks at it again within half a year. */
static void
write_review(struct sg_buf *out, const struct kind *kind, const struct word *words, size_t count)
{
	time_t then = time(NULL) + (time_t)REVIEW_DAYS * 24 * 3600;
	struct tm day;
	bool given = strcmp(kind->name, "agent") != 0;
	for (size_t i = 0; i < count; i++)
		given = given || strcmp(words[i].key, "review_by") == 0;
	if (!given && gmtime_r(&then, &day) != NULL)
		sg_buf_printf(out, "    review_by = \"%04d-%02d-%02d\"\n", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
}

static bool
write_stanza(struct sg_buf *out, const struct kind *kind, const char *name, const struct word *words, size_t count)
{
	bool good = true;
	sg_buf_printf(out, "%s : {\n  %s : {\n", kind->section, name);
	for (size_t i = 0; i < count && good; i++)
		good = write_word(out, kind, words, count, i);
	write_review(out, kind, words, count);
	sg_buf_text(out, "  }\n}\n");
	return good;
}

/* ---- the command ---- */

/* Where a stanza of that name stands already; "" where there is none. A broken configuration was told. */
static int
find_stanza(const struct sg_ctl *ctl, const struct sg_conf_source *source, const struct kind *kind, const char *name, char *place, size_t room)
{
	struct sg_config config;
	struct sg_buf text;
	char prefix[128];
	int code = sg_config_load(ctl, source, &config);
	sg_buf_init(&text, 2048);
	snprintf(prefix, sizeof(prefix), "%s.%.64s.", kind->section, name);
	for (size_t i = 0; code == SG_CTL_OK && i < config.count && text.len == 0; i++)
		if (sg_str_starts(config.rows[i].key, prefix) && sg_config_origin(&config, &config.rows[i]) != NULL)
			sg_config_place(&text, sg_config_origin(&config, &config.rows[i]));
	snprintf(place, room, "%.*s", (int)text.len, text.ptr == NULL ? "" : text.ptr);
	sg_buf_done(&text);
	sg_config_done(&config);
	return code;
}

static int
add(const struct sg_ctl *ctl, const struct kind *kind, const char *name, const struct word *words, size_t count)
{
	struct sg_conf_source source = sg_config_source(ctl);
	struct sg_buf text;
	char file[128], path[1300], place[1400];
	int code = find_stanza(ctl, &source, kind, name, place, sizeof(place));
	if (code == SG_CTL_OK && place[0] != '\0')
		return sg_ctl_fail(ctl, SG_CTL_DENIED, "exists", "stepgate config edit changes it", "%s.%s stands at %s already", kind->section, name, place);
	sg_buf_init(&text, TEXT_MAX);
	snprintf(file, sizeof(file), "50-%s-%s.conf", kind->name, name);
	if (code == SG_CTL_OK && !write_stanza(&text, kind, name, words, count))
		code = sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "a value holds a control character");
	if (code == SG_CTL_OK)
		code = sg_config_put(ctl, source, file, sg_buf_view(&text), path, sizeof(path));
	if (code == SG_CTL_OK)
		sg_config_put_told(ctl, path, true, strcmp(kind->name, "issuer") == 0 ? "stepgate init makes its key, then " : "");
	else if (code == SG_CTL_CONFIG && !ctl->json)
		fprintf(stderr, "stepgate: nothing was put in place\n");
	sg_buf_done(&text);
	return code;
}

int
sg_ctl_config_add(struct sg_ctl *ctl)
{
	const struct kind *kind = kind_named(ctl->args[0]);
	static struct word words[SG_CTL_ARGS];
	size_t count = 0;
	int code = kind == NULL ? no_kind(ctl, ctl->args[0]) : SG_CTL_OK;
	if (code == SG_CTL_OK && !sg_conf_is_name(sg_str(ctl->args[1])))
		code = sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", sg_conf_type_wants(SG_CONF_NAME_OPTION), "\"%.64s\" is no name of a stanza", ctl->args[1]);
	for (size_t i = 2; i < ctl->arg_count && code == SG_CTL_OK; i++)
		code = read_word(ctl, kind, ctl->args[i], &words[count++]);
	return code == SG_CTL_OK ? add(ctl, kind, ctl->args[1], words, count) : code;
}
