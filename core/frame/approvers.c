/* SPDX-License-Identifier: Apache-2.0
 * Who of a group may say yes. */
#include "frame/approvers.h"

#include "base/str.h"

#include <stdio.h>

static bool
lists(const struct sg_json *list, struct sg_str word)
{
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
		if (e->type == SG_JSON_STRING && sg_str_eq(e->string, word))
			return true;
	return false;
}

static bool
is_disabled(const struct sg_json *document, struct sg_str admin)
{
	const struct sg_json *humans = sg_json_get(document, "humans");
	bool gone = false, disabled = false;
	for (const struct sg_json *h = sg_json_first(humans); h != NULL; h = sg_json_next(humans, h))
		if (sg_str_eq(sg_json_text_at(h, "admin"), admin) && sg_json_bool(sg_json_get(h, "disabled"), &disabled))
			gone |= disabled;
	return gone;
}

/* "STEP:uid=N" */
static bool
names_uid(const struct sg_json *match, const char *wanted)
{
	for (const struct sg_json *e = sg_json_first(match); e != NULL; e = sg_json_next(match, e)) {
		struct sg_str rest = e->type == SG_JSON_STRING ? e->string : SG_STR("");
		sg_str_cut(&rest, ':');
		if (rest.ptr != NULL && sg_str_is(rest, wanted))
			return true;
	}
	return false;
}

/* Whoever speaks for an agent says no yes. */
static bool
is_an_agents(const struct sg_json *document, const struct sg_json *admin)
{
	const struct sg_json *agents = sg_json_get(document, "agents");
	char wanted[32];
	int64_t uid = 0;
	if (!sg_json_int(sg_json_get(admin, "uid"), &uid) || sg_json_is(document, "mode", "dev"))
		return false;
	snprintf(wanted, sizeof(wanted), "uid=%lld", (long long)uid);
	for (const struct sg_json *a = sg_json_first(agents); a != NULL; a = sg_json_next(agents, a))
		if (names_uid(sg_json_get(a, "match"), wanted))
			return true;
	return false;
}

size_t
sg_approvers_of(const struct sg_json *document, struct sg_str group, size_t *members)
{
	const struct sg_json *admins = sg_json_get(document, "admins"), *named = sg_json_get(sg_json_get_str(sg_json_get(document, "groups"), group), "members");
	size_t count = 0, all = 0;
	for (const struct sg_json *a = sg_json_first(admins); a != NULL; a = sg_json_next(admins, a)) {
		if (!lists(named, a->name) && !lists(sg_json_get(a, "groups"), group))
			continue;
		all++;
		count += !sg_json_is(a, "may", "watch") && !is_disabled(document, a->name) && !is_an_agents(document, a);
	}
	if (members != NULL)
		*members = all;
	return count;
}
