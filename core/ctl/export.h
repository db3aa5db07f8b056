/* SPDX-License-Identifier: Apache-2.0
 * One leaf as an event of another system: one line, without its end. `leaf` is one of the journal, {"at","body","kind","n",..}. What has no place there is kept whole beside. */
#ifndef SG_CTL_EXPORT_H
#define SG_CTL_EXPORT_H

#include "base/buf.h"
#include "base/json.h"

typedef void sg_export_leaf(struct sg_buf *out, const struct sg_json *leaf);

/* The leaf itself, canonical. */
sg_export_leaf sg_export_jsonl;
/* OCSF 1.4 (schema.ocsf.io): decisions are API Activity (6003) with the profiles security_control and record_integrity in `unmapped`, all else a Base Event (0). */
sg_export_leaf sg_export_ocsf;
/* ECS 8.11 (elastic.co/guide/en/ecs). */
sg_export_leaf sg_export_ecs;
/* ArcSight Common Event Format, version 0 of the header, revision 25 of its guide. */
sg_export_leaf sg_export_cef;

/* The id of a decision: "d" LEAF "-" TAIL; "" for another kind of leaf. */
void sg_export_decision(char out[64], const struct sg_json *leaf);
/* Of decisions: was it allowed, denied, or does it wait for somebody; and what it says. */
struct sg_export_verdict {
	const char *verdict;                            /* "allow" */
	int ocsf_action, ocsf_disposition, ocsf_status; /* action_id, disposition_id, status_id */
	const char *ecs_type, *ecs_outcome;             /* event.type, event.outcome */
	int severity;                                   /* of CEF, 0 to 10 */
};
/* Never NULL: what it does not know is unknown. */
const struct sg_export_verdict *sg_export_verdict(const struct sg_json *leaf);

#endif
