/* SPDX-License-Identifier: Apache-2.0
 * What operators ask of domains. */
#include "gate/people/people.h"
#include "gate/desk/domain.h"

#include "base/str.h"

enum { BODY_MAX = 512 << 10, REASON_MAX = 512 };

void
sg_route_domains(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_write_domains(&w, gate);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

static void
answer_domain(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	const struct sg_domain *d = sg_table_get(&gate->state.domains, r->argument);
	sg_buf_init(&body, BODY_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "domain");
	sg_write_domain_now(&w, d);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

/* {"event":"thaw"|"cleanse","reason":TEXT}: an operator has looked at it, and says why. */
void
sg_route_domain_change(struct sg_gate *gate, struct sg_request *r)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	const struct sg_domain *d = sg_table_get(&gate->state.domains, r->argument);
	struct sg_str event = sg_json_text_at(r->body, "event"), why = sg_json_text_at(r->body, "reason");
	uint64_t number = 0;
	bool known = sg_str_is(event, "thaw") || sg_str_is(event, "cleanse");
	if (conn == NULL || conn->admin == NULL || d == NULL)
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "stepgate domains lists those that carry something");
	else if (!known || why.len == 0 || why.len > REASON_MAX)
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "{\"event\":\"thaw\" or \"cleanse\",\"reason\":\"1 to 512 bytes\"}");
	else if (!sg_domain_record(gate, d, sg_str_is(event, "thaw") ? "thaw" : "cleanse", conn->admin->name, why, &number))
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
	else
		sg_request_sync(gate, r, number, answer_domain);
}
