/* SPDX-License-Identifier: Apache-2.0
 * Leaves by time, agent, verdict and action. */
#include "ctl/leaf_filter.h"

#include "base/pattern.h"
#include "base/str.h"
#include "ctl/show.h"

#include <string.h>
#include <time.h>

static bool
read_ago(const char *text, int64_t now_ms, int64_t *out)
{
	static const struct {
		char unit;
		int64_t ms;
	} units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}};
	size_t len = strlen(text);
	int64_t count = 0;
	for (size_t i = 0; len > 1 && i < sizeof(units) / sizeof(units[0]); i++)
		if (text[len - 1] == units[i].unit && sg_str_int((struct sg_str){text, len - 1}, 0, 1000000, &count)) {
			*out = now_ms - count * units[i].ms;
			return true;
		}
	return false;
}

static bool
read_date(const char *text, int64_t *out)
{
	static const char *const forms[] = {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M", "%Y-%m-%d"};
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm tm = {0};
		char again[32] = "";
		const char *end = strptime(text, forms[i], &tm);
		if (end == NULL || *end != '\0')
			continue;
		*out = (int64_t)timegm(&tm) * 1000; /* which makes a day of the next month of one that is none */
		strftime(again, sizeof(again), forms[i], &tm);
		return strcmp(again, text) == 0;
	}
	return false;
}

/* A pattern that is none would fit nothing, and a word that is misspelled looks like a quiet day. */
static bool
has_patterns(const struct sg_ctl *ctl)
{
	for (size_t i = 0; i < ctl->given_count; i++)
		if (ctl->given[i].option == SG_CTL_OPTION_action && !sg_pattern_valid(sg_str(ctl->given[i].value), '.'))
			return false;
	return true;
}

bool
sg_leaf_time(const char *text, int64_t now_ms, int64_t *out)
{
	return read_ago(text, now_ms, out) || read_date(text, out);
}

int
sg_leaf_filter_read(struct sg_leaf_filter *filter, const struct sg_ctl *ctl)
{
	static const char hint[] = "2h (before now), 2026-11-30, 2026-11-30T12:00Z";
	const char *since = ctl->option[SG_CTL_OPTION_since], *until = ctl->option[SG_CTL_OPTION_until], *verdict = ctl->option[SG_CTL_OPTION_verdict];
	int64_t now_ms = (int64_t)time(NULL) * 1000;
	*filter = (struct sg_leaf_filter){.ctl = ctl, .until_ms = INT64_MAX};
	if (since != NULL && !sg_str_int(sg_str(since), 0, INT64_MAX, &filter->since_leaf) && !(filter->timed = sg_leaf_time(since, now_ms, &filter->since_ms)))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", hint, "--since takes the number of a leaf, or a time");
	if (until != NULL && !sg_leaf_time(until, now_ms, &filter->until_ms))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", hint, "--until takes a time");
	if (!has_patterns(ctl))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "repo.read, repo.*, repo.**", "--action takes an action's name, or a pattern of whole words");
	if (verdict != NULL && strcmp(verdict, "allow") != 0 && strcmp(verdict, "deny") != 0 && strcmp(verdict, "step_up") != 0 && strcmp(verdict, "defer") != 0)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "--verdict takes allow, deny, step_up or defer");
	return SG_CTL_OK;
}

int
sg_leaf_filter_within(const struct sg_leaf_filter *filter, uint64_t last)
{
	if (filter->since_leaf <= 0 || (uint64_t)filter->since_leaf <= last)
		return SG_CTL_OK;
	return sg_ctl_fail(filter->ctl, SG_CTL_USAGE, "usage", "a day is written 2026-11-30", "--since %lld: the record has no such leaf yet", (long long)filter->since_leaf);
}

static bool
is_said(const struct sg_json *body, const char *member, const char *wanted)
{
	return wanted == NULL || sg_str_is(sg_json_text_at(body, member), wanted);
}

static bool
is_of_actions(const struct sg_ctl *ctl, struct sg_str action)
{
	bool any = false;
	for (size_t i = 0; i < ctl->given_count; i++)
		if (ctl->given[i].option == SG_CTL_OPTION_action) {
			any = true;
			if (sg_pattern_match(sg_str(ctl->given[i].value), action, '.'))
				return true;
		}
	return !any;
}

bool
sg_leaf_filter_takes(const struct sg_leaf_filter *filter, const struct sg_json *leaf)
{
	const struct sg_json *body = sg_json_get(leaf, "body");
	int64_t at = sg_show_int(leaf, "at");
	return sg_show_int(leaf, "n") > filter->since_leaf && at >= filter->since_ms && at < filter->until_ms && is_said(body, "agent", filter->ctl->option[SG_CTL_OPTION_agent]) &&
	       is_said(body, "verdict", filter->ctl->option[SG_CTL_OPTION_verdict]) && is_of_actions(filter->ctl, sg_json_text_at(body, "action"));
}
