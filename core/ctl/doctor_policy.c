/* SPDX-License-Identifier: Apache-2.0
 * Policy, and the people and reviews that it counts on. */
#include "ctl/daemon.h"
#include "ctl/doctor.h"
#include "ctl/show.h"

#include "base/str.h"
#include "frame/approvers.h"

#include <dirent.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { REPORT = 64 << 20, LIST = 512, PATH = 1400, REMEDY = 512 };

/* ---- what policy check says ---- */

static void
say_problems(struct sg_doctor *d, const struct sg_json *list, enum sg_doctor_level level)
{
	char remedy[REMEDY];
	for (const struct sg_json *p = sg_json_first(list); p != NULL; p = sg_json_next(list, p)) {
		struct sg_str hint = sg_json_text_at(p, "hint");
		snprintf(remedy, sizeof(remedy), "%.*s", hint.len > 0 ? (int)hint.len : 21, hint.len > 0 ? hint.ptr : "stepgate policy check");
		sg_doctor_say(d, level, remedy, "%.*s:%lld: %.*s", SG_STR_ARG(sg_json_text_at(p, "file")), (long long)sg_show_int(p, "line"), SG_STR_ARG(sg_json_text_at(p, "what")));
	}
}

static void
check_set(struct sg_doctor *d, const char *folder)
{
	const char *arguments[] = {"--policy-check", folder, "--json", "-c", d->config, NULL};
	struct sg_json_limits limits = {.bytes = REPORT, .nodes = 1 << 20};
	const struct sg_json *report = NULL;
	struct sg_buf said;
	sg_buf_init(&said, REPORT);
	int code = sg_daemon_read("stepgated", arguments, true, &said);
	struct sg_str text = sg_buf_view(&said);
	while (text.len > 0 && text.ptr[text.len - 1] == '\n')
		text.len--;
	if (text.len == 0 || sg_canon_parse(&d->arena, text, &limits, &report, NULL) != SG_OK)
		sg_doctor_say(d, SG_DOCTOR_UNSEEN, "stepgate policy check", "not looked at: stepgated --policy-check ended with %d", code);
	say_problems(d, sg_json_get(report, "errors"), SG_DOCTOR_ERROR);
	say_problems(d, sg_json_get(report, "warnings"), SG_DOCTOR_WARNING);
	if (report != NULL && code == 0)
		sg_doctor_say(d, SG_DOCTOR_OK, "", "%s loads", folder);
	sg_buf_done(&said);
}

/* ---- tests ---- */

static bool
ends_in(const char *name, const char *end)
{
	size_t len = strlen(name), of = strlen(end);
	return len > of && strcmp(name + len - of, end) == 0;
}

static bool
has_test(const char *folder, const char *name)
{
	char path[PATH];
	snprintf(path, sizeof(path), "%.1000s/%.*s_test.lua", folder, (int)(strlen(name) - 4), name);
	return access(path, F_OK) == 0;
}

static void
check_tests(struct sg_doctor *d, const char *folder)
{
	char list[LIST] = "";
	size_t without = 0;
	DIR *dir = opendir(folder);
	if (dir == NULL)
		sg_doctor_unseen(d, folder);
	for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
		size_t at = strlen(list);
		if (entry->d_name[0] == '.' || !ends_in(entry->d_name, ".lua") || ends_in(entry->d_name, "_test.lua") || has_test(folder, entry->d_name))
			continue;
		if (at + strlen(entry->d_name) + 2 < sizeof(list))
			snprintf(list + at, sizeof(list) - at, "%s%s", at > 0 ? ", " : "", entry->d_name);
		without++;
	}
	if (dir != NULL)
		closedir(dir);
	if (without > 0)
		sg_doctor_say(d, SG_DOCTOR_WARNING, "write NAME_test.lua beside it; stepgate policy test runs them", "%zu policy files without tests: %s", without, list);
}

void
sg_doctor_policy(struct sg_doctor *d)
{
	const char *folder = sg_doctor_path(d, "policy_dir");
	if (folder == NULL)
		return;
	check_set(d, folder);
	check_tests(d, folder);
}

/* ---- people ---- */

/* The configuration names no others; those that policy alone names are looked at by policy check. */
void
sg_doctor_groups(struct sg_doctor *d)
{
	const struct sg_json *groups = sg_json_get(d->document, "groups");
	size_t before = d->of[SG_DOCTOR_WARNING];
	if (!sg_doctor_configured(d))
		return;
	for (const struct sg_json *g = sg_json_first(groups); g != NULL; g = sg_json_next(groups, g))
		if (sg_approvers_of(d->document, g->name, NULL) == 0)
			sg_doctor_say(d, SG_DOCTOR_WARNING, "groups.NAME.members, or admins.NAME.groups: admins who may approve, and whose stanza in humans is not disabled", "the group %.*s has nobody in it who may approve", SG_STR_ARG(g->name));
	if (before == d->of[SG_DOCTOR_WARNING])
		sg_doctor_say(d, SG_DOCTOR_OK, "", "%lld groups, each with somebody who may approve", (long long)(groups == NULL ? 0 : groups->count));
}

/* ---- reviews ---- */

static void
day(char out[16], int from_now)
{
	time_t at = time(NULL) + (time_t)from_now * 86400;
	struct tm utc;
	if (gmtime_r(&at, &utc) == NULL || strftime(out, 16, "%Y-%m-%d", &utc) == 0)
		out[0] = '\0';
}

void
sg_doctor_reviews(struct sg_doctor *d)
{
	const struct sg_json *agents = sg_json_get(d->document, "agents");
	size_t before = d->of[SG_DOCTOR_WARNING] + d->of[SG_DOCTOR_ERROR];
	char today[16], soon[16], remedy[REMEDY];
	day(today, 0);
	day(soon, SG_DOCTOR_REVIEW_DAYS);
	if (!sg_doctor_configured(d))
		return;
	for (const struct sg_json *a = sg_json_first(agents); a != NULL; a = sg_json_next(agents, a)) {
		struct sg_str by = sg_json_text_at(a, "review_by"), owner = sg_json_text_at(a, "owner");
		bool over = sg_str_cmp(by, sg_str(today)) < 0;
		snprintf(remedy, sizeof(remedy), "have %.*s look at what it may and does, then set agents.%.*s.review_by", SG_STR_ARG(owner), SG_STR_ARG(a->name));
		if (sg_str_cmp(by, sg_str(soon)) <= 0)
			sg_doctor_say(d, over ? SG_DOCTOR_ERROR : SG_DOCTOR_WARNING, remedy, "the review of agent %.*s %s due on %.*s", SG_STR_ARG(a->name), over ? "was" : "is", SG_STR_ARG(by));
	}
	if (before == d->of[SG_DOCTOR_WARNING] + d->of[SG_DOCTOR_ERROR])
		sg_doctor_say(d, SG_DOCTOR_OK, "", "of %lld agents none is due within %d days", (long long)(agents == NULL ? 0 : agents->count), SG_DOCTOR_REVIEW_DAYS);
}
