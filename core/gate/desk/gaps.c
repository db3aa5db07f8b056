/* SPDX-License-Identifier: Apache-2.0
 * Gaps: what was answered without a record, counted, and written down once there is one again. */
#include "gate/desk/desk.h"

#include "base/str.h"

void
sg_gate_write_gaps(struct sg_gate *gate)
{
	gate->gap_since = 0;
	for (int i = 0; i < 2; i++) {
		if (gate->gap[i].count == 0)
			continue;
		struct sg_buf body;
		sg_buf_init(&body, 512);
		sg_buf_printf(&body, "{\"count\":%llu,\"from\":%lld,\"reason\":\"%s\",\"to\":%lld}", (unsigned long long)gate->gap[i].count,
			      (long long)gate->gap[i].from_ms, sg_reason_code(gate->gap[i].reason), (long long)gate->gap[i].to_ms);
		if (sg_record(gate, "gap", sg_buf_view(&body), SG_STR(""), NULL, NULL) == SG_OK)
			gate->gap[i].count = 0;
		sg_buf_done(&body);
	}
}
