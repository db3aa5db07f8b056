/* SPDX-License-Identifier: Apache-2.0
 * Silence: what was allowed and not reported on in time has an outcome as well, and hooks look at it as at any other. */
#include "gate/decide/decide.h"

#include "base/str.h"

static bool
record(struct sg_gate *gate, const struct sg_attempt *attempt, bool hook)
{
	struct sg_buf body;
	sg_buf_init(&body, 1024);
	sg_buf_printf(&body,
		      "{\"by\":\"stepgate\",\"decision\":\"%s\",%s\"result\":\"unknown\",\"self\":false,\"sensitivity\":\"public\",\"taint\":[],"
		      "\"task\":\"%s\",\"used\":{},\"values\":[]}",
		      attempt->decision, hook ? "\"hook\":\"due\"," : "", attempt->task->id);
	bool good = sg_record(gate, "outcome", sg_buf_view(&body), SG_STR(""), NULL, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

/* Nobody knows what came of it, and its owner is told. False: again at the next tick. */
static bool
end_silence(struct sg_gate *gate, struct sg_attempt *attempt)
{
	const struct sg_agent *agent = sg_catalogue_agent(gate->catalogue, sg_str(attempt->task->agent));
	bool hook = sg_hook_due(gate, attempt);
	if (!record(gate, attempt, hook))
		return false;
	sg_alert(gate, "outcome_unknown", agent != NULL ? agent->owner : SG_STR(""), sg_str(attempt->task->agent), sg_str(attempt->task->id));
	if (hook)
		sg_after(gate, attempt, SG_STR("unknown"), NULL);
	return true;
}

/* Without a set in force it is not known which hooks there are: nothing is allowed then, and silence waits. */
void
sg_gate_silence(struct sg_gate *gate)
{
	struct sg_attempt *a;
	size_t asked = gate->hooks_asked;
	for (int left = SG_SILENCE_AT_ONCE; left > 0 && gate->hooks_asked < asked + SG_SILENCE_HOOKS && gate->policy[0] != '\0' && gate->hooks_asked < SG_HOOKS_AT_ONCE && (a = gate->state.owed_first) != NULL &&
	       sg_deadline_over(&a->report_by, &gate->state.now) && end_silence(gate, a); left--) {
	}
}
