/* SPDX-License-Identifier: Apache-2.0
 * Telling: what somebody should hear of is recorded, and said to the operator's eyes. */
#include "base/str.h"
#include "gate/desk/desk.h"

#include <stdio.h>

void
sg_gate_warn(const struct sg_gate *gate, const char *line)
{
	(gate->ports.warn != NULL ? gate->ports.warn : gate->ports.say)(gate->ports.self, line);
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
	sg_gate_warn(gate, line);
}
