/* SPDX-License-Identifier: Apache-2.0
 * The leaf that opens an approval, and what is sealed beside it for the person who is asked. */
#include "gate/decide/decide.h"
#include "gate/state/requirement.h"
#include "gate/decide/sight.h"
#include "gate/decide/spend.h"
#include "gate/state/values.h"

#include "base/str.h"

static void
write_reasons(struct sg_json_writer *w, const struct sg_request *r)
{
	sg_jw_name(w, "reasons");
	sg_jw_array(w);
	for (size_t i = 0; i < r->merged.ask_count; i++) {
		sg_jw_object(w);
		sg_jw_member_str(w, "rule", r->merged.asks[i].rule);
		sg_jw_member_str(w, "say", r->merged.asks[i].say);
		sg_jw_end(w);
	}
	sg_jw_end(w);
}

/* Those of the arguments that a yes does not hold to. */
static void
write_unbound(struct sg_json_writer *w, const struct sg_request *r)
{
	if (r->action == NULL || r->action->unbound.count == 0)
		return;
	sg_jw_name(w, "unbound");
	sg_jw_array(w);
	for (size_t i = 0; i < r->action->unbound.count; i++)
		sg_jw_str(w, r->action->unbound.items[i]);
	sg_jw_end(w);
}

/* What a person must see to judge. It holds the arguments, so it is sealed beside the leaf and never stands in it. */
void
sg_approval_write_shown(struct sg_buf *out, const struct sg_request *r)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "action", r->action_name);
	sg_jw_member_str(&w, "agent", r->agent->name);
	sg_jw_member_raw(&w, "arguments", r->effective);
	sg_jw_member_str(&w, "audience", r->audience);
	sg_jw_name(&w, "credential");
	sg_write_credential(&w, r);
	write_reasons(&w, r);
	sg_jw_name(&w, "resource");
	sg_jw_value(&w, r->resource);
	sg_jw_member_str(&w, "rule", r->merged.rule);
	write_unbound(&w, r);
	sg_jw_end(&w);
}

static void
write_reason_tags(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_request *r)
{
	char hex[17];
	sg_jw_name(w, "reasons");
	sg_jw_array(w);
	for (size_t i = 0; i < r->merged.ask_count; i++) {
		sg_value_hex(sg_person_tag(r->merged.asks[i].rule), hex);
		sg_jw_text(w, hex);
		sg_value_hex(sg_words_tag(&gate->state, r->merged.asks[i].say), hex);
		sg_jw_text(w, hex);
	}
	sg_jw_end(w);
}

void
sg_approval_write_open(struct sg_buf *out, struct sg_gate *gate, const struct sg_request *r, const struct sg_task *task)
{
	struct sg_json_writer w;
	char asker[80];
	sg_asker(r, asker);
	int64_t most = gate->catalogue->limits.approval_ttl, asked = r->merged.requirement.ttl_ms;
	struct sg_deadline ends = sg_deadline_in(&gate->state.now, asked > 0 && asked < most ? asked : most);
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "agent", r->agent->name);
	sg_jw_member_str(&w, "approval", sg_str(r->approval));
	sg_jw_member_str(&w, "asked", sg_str(sg_bound_asked(r)));
	sg_jw_member_str(&w, "asker", sg_str(asker));
	sg_jw_member_int(&w, "asker_uid", sg_conn_uid(sg_conn_find(gate, r->conn)));
	sg_jw_name(&w, "clock");
	sg_write_clock(&w, gate);
	sg_jw_member_str(&w, "digest", sg_str(sg_bound(r)));
	sg_jw_name(&w, "ends");
	sg_write_deadline(&w, gate, &ends);
	sg_jw_member_str(&w, "event", SG_STR("open"));
	sg_write_groups(&w, &r->merged.requirement);
	sg_jw_member_int(&w, "level", r->level);
	sg_jw_member_int(&w, "life", r->life_ms);
	if (r->merged.requirement.method_count > 0)
		sg_write_methods(&w, &r->merged.requirement);
	sg_jw_member_str(&w, "opener", sg_str(task->opener));
	sg_jw_member_str(&w, "owner", r->agent->owner);
	write_reason_tags(&w, gate, r);
	sg_jw_member_str(&w, "rule", r->merged.rule);
	sg_jw_member_str(&w, "say", r->merged.say);
	sg_jw_member_str(&w, "task", r->task);
	sg_jw_member_int(&w, "v", SG_DIGEST_V);
	sg_jw_end(&w);
}
