/* SPDX-License-Identifier: Apache-2.0
 * How many rules may answer for one action. More than the gate takes would deny the action whatever they say: found when the set is loaded, not then. */
#include "base/pattern.h"
#include "base/str.h"
#include "policy/match.h"
#include "policy/set.h"

#include <stdlib.h>

enum { PAIRS_OF = 500 }; /* patterns that are looked at in pairs; where there are more, each for itself */

struct crowd {
	struct sg_policy *policy;
	struct sg_str *patterns; /* each once */
	size_t count;
	bool after;
};

static bool
is_star(struct sg_str segment)
{
	return sg_str_is(segment, "*") || sg_str_is(segment, "**");
}

/* One segment of an action that fits both. False: there is none. */
static bool
join_segment(struct sg_buf *out, struct sg_str a, struct sg_str b)
{
	if (!is_star(a) && !is_star(b) && !sg_str_eq(a, b))
		return false;
	sg_buf_text(out, out->len > 0 ? "." : "");
	sg_buf_str(out, !is_star(a) ? a : !is_star(b) ? b : SG_STR("any"));
	return true;
}

/* An action that fits both patterns, if there is one. Two stars at the end stand for as much as the other still has. */
static bool
join(struct sg_buf *out, struct sg_str a, struct sg_str b)
{
	struct sg_str rest_a = a, rest_b = b, one = SG_STR(""), other = SG_STR("");
	sg_buf_clear(out);
	while (rest_a.ptr != NULL || rest_b.ptr != NULL) {
		if ((rest_a.ptr == NULL && !sg_str_is(one, "**")) || (rest_b.ptr == NULL && !sg_str_is(other, "**")))
			return false;
		one = rest_a.ptr != NULL ? sg_str_cut(&rest_a, '.') : one;
		other = rest_b.ptr != NULL ? sg_str_cut(&rest_b, '.') : other;
		if (!join_segment(out, one, other))
			return false;
	}
	return !out->failed;
}

static bool
count_at(const struct crowd *c, struct sg_str action)
{
	size_t count = 0;
	const uint32_t *found = sg_match_find(c->policy->match[c->after], action, &count);
	if (count <= SG_POLICY_ANSWERS)
		return true;
	const struct sg_policy_rule *rule = &c->policy->rules[found[SG_POLICY_ANSWERS]];
	sg_problem_add(c->policy, rule->file, rule->line, "join rules, or name fewer actions in each", "%zu rules may answer for one action ('%.*s'); at most %d can", count,
		       (int)(action.len < 100 ? action.len : 100), action.ptr, SG_POLICY_ANSWERS);
	return false;
}

static bool
look(const struct crowd *c)
{
	struct sg_buf action;
	bool good = true;
	sg_buf_init(&action, 4 * SG_PATTERN_MAX);
	for (size_t i = 0; i < c->count && good; i++)
		for (size_t j = i; j < (c->count <= PAIRS_OF ? c->count : i + 1) && good; j++)
			good = !join(&action, c->patterns[i], c->patterns[j]) || count_at(c, sg_buf_view(&action));
	sg_buf_done(&action);
	return good;
}

static int
by_text(const void *a, const void *b)
{
	return sg_str_cmp(*(const struct sg_str *)a, *(const struct sg_str *)b);
}

static size_t
each_once(struct sg_str *list, size_t count)
{
	size_t kept = 0;
	if (count > 1)
		qsort(list, count, sizeof(*list), by_text);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || !sg_str_eq(list[kept - 1], list[i]))
			list[kept++] = list[i];
	return kept;
}

static bool
collect(struct crowd *c)
{
	size_t room = 0;
	for (size_t i = 0; i < c->policy->rule_count; i++)
		room += c->policy->rules[i].on_count;
	c->patterns = calloc(room + 1, sizeof(*c->patterns));
	for (size_t i = 0; c->patterns != NULL && i < c->policy->rule_count; i++)
		for (size_t j = 0; c->policy->rules[i].after == c->after && j < c->policy->rules[i].on_count; j++)
			c->patterns[c->count++] = c->policy->rules[i].on[j];
	c->count = c->patterns == NULL ? 0 : each_once(c->patterns, c->count);
	return c->patterns != NULL;
}

bool
sg_crowd_check(struct sg_policy *policy)
{
	for (int after = 0; after < 2; after++) {
		struct crowd c = {.policy = policy, .after = after};
		if (!collect(&c))
			return false;
		look(&c);
		free(c.patterns);
	}
	return true;
}
