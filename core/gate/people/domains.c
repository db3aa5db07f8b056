/* SPDX-License-Identifier: Apache-2.0
 * What operators ask of domains. */
#include "gate/people/people.h"
#include "gate/desk/domain.h"
#include "gate/desk/listing.h"

#include "base/str.h"

enum { BODY_MAX = 512 << 10, REASON_MAX = 512, LIST_MOST = 500, LIST_STOPS = 1 << 20 };

/* What stands still first, then what has labels, of each the oldest first: whoever makes many new ones hides none. */
static uint64_t
domain_rank(const struct sg_gate *gate, const struct sg_request *r, const void *thing)
{
	const struct sg_domain *d = thing;
	struct sg_str name = sg_json_text_at(r->body, "name");
	int64_t since = d->frozen ? d->frozen_ms : d->since_ms;
	int place = sg_domain_place(d);
	(void)gate;
	if (place == SG_DOMAIN_PLACES || (name.len > 0 && (d->name == NULL || !sg_str_is(name, d->name))))
		return SG_LISTED_NOT;
	return (uint64_t)(place + 1) << 60 | ((uint64_t)since & (UINT64_MAX >> 4));
}

static const char *
domain_id(const void *thing)
{
	return ((const struct sg_domain *)thing)->id;
}

static void
list_domain(struct sg_json_writer *w, struct sg_gate *gate, void *thing)
{
	(void)gate;
	sg_write_domain_now(w, thing);
}

void
sg_route_domains(struct sg_gate *gate, struct sg_request *r)
{
	static const struct sg_listing_of domains = {"domains", offsetof(struct sg_state, domains), LIST_MOST, LIST_STOPS, domain_rank, domain_id, list_domain};
	sg_list(gate, r, &domains);
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
