/* SPDX-License-Identifier: Apache-2.0
 * So many allowed actions of a pattern within a time, for each such limit that was handed down: by the task it was handed to and all below it. What cannot be
 * told counts as used up. */
#include "gate/decide/ceiling.h"
#include "gate/desk/buckets.h"
#include "gate/state/grant.h"
#include "gate/state/history.h"

#include "base/pattern.h"

enum { WALK_FREE = 4096 /* entries of the past, one unit more for each */ };

/* Those of one grant that limit the action. False: more than there can be. */
static bool
add_rates(const struct sg_request *r, const struct sg_task *t, int64_t now_ms, struct sg_rate *rates, size_t *count)
{
	const struct sg_json *all = t->grant->constraints;
	for (const struct sg_json *of = sg_json_first(all); of != NULL; of = sg_json_next(all, of)) {
		const struct sg_json *rate = sg_json_get(sg_json_get(of, ""), "rate");
		int64_t most = 0, within_ms = 0;
		if (rate == NULL || !sg_pattern_match(of->name, r->action->name, '.'))
			continue;
		if (*count == SG_RATES_MAX || !sg_json_int(sg_json_get(rate, "count"), &most) || !sg_json_int(sg_json_get(rate, "within"), &within_ms))
			return false;
		rates[(*count)++] = (struct sg_rate){.pattern = of->name, .task = t->parent == NULL ? 0 : sg_state_tag(t->id), .since_ms = within_ms == 0 ? INT64_MIN : now_ms - within_ms, .most = most};
	}
	return true;
}

bool
sg_rates_admit(struct sg_gate *gate, struct sg_request *r, const struct sg_task *task)
{
	static struct sg_rate rates[SG_RATES_MAX]; /* one request at a time */
	static const struct sg_history none; /* nothing was allowed in it yet */
	const struct sg_tree *tree = task->root->tree;
	uint64_t changes = sg_past_changes(&gate->state, task);
	size_t count = 0, walked = 0;
	bool good = true;
	for (const struct sg_task *t = task; t != NULL && good; t = t->parent)
		good = t->grant == NULL || add_rates(r, t, sg_state_steady(&gate->state), rates, &count);
	if (!good || count == 0 || (r->rates_good && r->rates_changes == changes)) /* time alone makes room */
		return good;
	good = sg_history_rates(tree != NULL ? &tree->history : &none, rates, count, &walked);
	sg_agent_owes(gate, r, (int64_t)(walked / WALK_FREE));
	r->rates_good = good;
	r->rates_changes = changes;
	return good;
}
