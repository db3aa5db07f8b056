/* SPDX-License-Identifier: Apache-2.0
 * Telling: what somebody should hear of is recorded, and said to the operator's eyes. */
#include "base/line.h"
#include "base/str.h"
#include "gate/desk/desk.h"

#include <stdio.h>

void
sg_gate_warn(const struct sg_gate *gate, struct sg_str about, const char *line)
{
	if (gate->ports.warn != NULL)
		gate->ports.warn(gate->ports.self, about, line);
	else
		gate->ports.say(gate->ports.self, line);
}

/* What stops somebody is not left out for what they do all day; that an agent acted, as it may, is the record's and its owner's alone. */
static void
tell(const struct sg_gate *gate, const char *what, struct sg_str agent, const char *line)
{
	static const char *const stops[] = {"frozen", "domain_frozen", "owner_gone", "journal_damaged"};
	char about[160];
	bool stop = false;
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		stop |= strcmp(what, stops[i]) == 0;
	if (strcmp(what, "acted") == 0) {
		gate->ports.say(gate->ports.self, line);
		return;
	}
	sg_line_join(about, sizeof(about), stop && agent.len > 0 ? "what stops " : "", agent);
	sg_gate_warn(gate, sg_str(about), line);
}

void
sg_alert(struct sg_gate *gate, const char *what, struct sg_str who, struct sg_str agent, struct sg_str task)
{
	struct sg_buf body;
	struct sg_json_writer w;
	char line[256];
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "agent", agent);
	sg_jw_member_str(&w, "task", task);
	sg_jw_member_str(&w, "what", sg_str(what));
	sg_jw_member_str(&w, "who", who);
	sg_jw_end(&w);
	sg_record(gate, "alert", sg_buf_view(&body), SG_STR(""), NULL, NULL);
	sg_buf_done(&body);
	snprintf(line, sizeof(line), "ALERT    %s  %.*s  tell %.*s", what, SG_STR_ARG(agent), SG_STR_ARG(who));
	tell(gate, what, agent, line);
}
