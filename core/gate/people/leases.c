/* SPDX-License-Identifier: Apache-2.0
 * Leases as operators see them: which are out, taking one back, forgetting one. */
#include "gate/people/people.h"
#include "gate/desk/listing.h"
#include "gate/desk/revoking.h"

#include "base/str.h"

static void
write_lease(struct sg_json_writer *w, const struct sg_gate *gate, const struct sg_lease *lease)
{
	sg_jw_object(w);
	sg_jw_member_str(w, "agent", sg_str(lease->agent));
	sg_jw_member_str(w, "audience", sg_str(lease->audience));
	sg_jw_member_str(w, "decision", sg_str(lease->decision));
	sg_jw_member_int(w, "expires_at", lease->ends.wall_ms / 1000);
	sg_jw_member_text(w, "failed", lease->failed != NULL ? lease->failed : "");
	sg_jw_member_str(w, "id", sg_str(lease->id));
	sg_jw_member_str(w, "issuer", sg_str(lease->issuer));
	const struct sg_issuer_told *told = sg_issuer_told(gate, sg_str(lease->issuer));
	sg_jw_member_text(w, "revocation", told != NULL ? told->revocation : "unknown");
	sg_jw_member_str(w, "state", sg_lease_is_over(lease, &gate->state.now) ? SG_STR("expired") : sg_str(sg_lease_state_name(lease->state)));
	sg_jw_member_str(w, "task", sg_str(lease->task->id));
	sg_jw_member_int(w, "tries", lease->tries);
	sg_jw_end(w);
}

enum { LIST_MOST = 500, LIST_STOPS = 1 << 20 };

static bool
is_listed(const struct sg_gate *gate, const struct sg_request *r, const struct sg_lease *lease)
{
	struct sg_str all = {"", 0}, agent = {"", 0};
	sg_json_string(sg_json_get(r->body, "all"), &all);
	sg_json_string(sg_json_get(r->body, "agent"), &agent);
	if (agent.len > 0 && !sg_str_is(agent, lease->agent))
		return false;
	return sg_str_is(all, "yes") || (lease->state < SG_LEASE_DEAD && !sg_lease_is_over(lease, &gate->state.now)) || sg_lease_lives_on(gate, lease);
}

/* First what is not taken back, then the rest, what ends first; how many there are is said, whatever is left out. */
static uint64_t
lease_rank(const struct sg_gate *gate, const struct sg_request *r, const void *thing)
{
	const struct sg_lease *lease = thing;
	uint64_t place = lease->failed != NULL ? 1 : 2;
	return is_listed(gate, r, lease) ? place << 60 | ((uint64_t)lease->ends.wall_ms & (UINT64_MAX >> 4)) : SG_LISTED_NOT;
}

static const char *
lease_id(const void *thing)
{
	return ((const struct sg_lease *)thing)->id;
}

static void
list_lease(struct sg_json_writer *w, struct sg_gate *gate, void *thing)
{
	write_lease(w, gate, thing);
}

void
sg_route_leases(struct sg_gate *gate, struct sg_request *r)
{
	static const struct sg_listing_of leases = {"leases", offsetof(struct sg_state, leases), LIST_MOST, LIST_STOPS, lease_rank, lease_id, list_lease};
	sg_list(gate, r, &leases);
}

static void
answer_lease(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_buf body;
	struct sg_json_writer w;
	const struct sg_lease *lease = sg_state_lease(&gate->state, r->argument);
	if (lease == NULL) {
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "");
		return;
	}
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_bool(&w, "durable", !gate->journal.closed); /* false: in force, and not on disk */
	sg_jw_name(&w, "lease");
	write_lease(&w, gate, lease);
	sg_jw_end(&w);
	sg_answer_buf(gate, r, 200, &body);
}

void
sg_route_lease_revoke(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_lease *lease = sg_state_lease(&gate->state, r->argument);
	if (lease == NULL)
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "stepgate leases");
	else if (!sg_lease_revoke(gate, lease, sg_conn_operator(sg_conn_find(gate, r->conn)), "operator"))
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
	else
		sg_request_sync(gate, r, gate->journal.appended, answer_lease);
}

/* What nobody can confirm: its issuer is gone for good, or an operator has seen to it by hand. Their word is the record. */
void
sg_route_lease_forget(struct sg_gate *gate, struct sg_request *r)
{
	struct sg_lease *lease = sg_state_lease(&gate->state, r->argument);
	struct sg_str why = SG_STR("");
	sg_json_string(sg_json_get(r->body, "reason"), &why);
	if (lease == NULL)
		sg_answer_error(gate, r, 404, SG_REASON_not_found, "stepgate leases list");
	else if (why.len == 0)
		sg_answer_error(gate, r, 400, SG_REASON_bad_request, "\"reason\": why nobody needs to hear of it any more, 1 to 256 bytes");
	else if (lease->state != SG_LEASE_REVOKING)
		sg_answer_error(gate, r, 409, SG_REASON_bad_request, "only a credential that is being revoked is forgotten; revoke it first");
	else if (!sg_record_lease(gate, lease->id, "dead", sg_conn_operator(sg_conn_find(gate, r->conn)), sg_arena_printf(&r->arena, "forgotten: %.*s", SG_STR_ARG(why))))
		sg_answer_error(gate, r, 503, SG_REASON_audit_unavailable, "");
	else
		sg_request_sync(gate, r, gate->journal.appended, answer_lease);
}
