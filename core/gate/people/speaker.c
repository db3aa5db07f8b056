/* SPDX-License-Identifier: Apache-2.0
 * Whose word a request is. */
#include "gate/people/sign_in.h"

#include "base/line.h"
#include "base/str.h"
#include "gate/decide/sight.h"
#include "gate/desk/buckets.h"

bool
sg_sign_in_stands(const struct sg_gate *gate, const struct sg_sign_in *s)
{
	const struct sg_enrolment *e = sg_state_enrolment(&gate->state, sg_str(s->enrolment));
	sg_time now = gate->state.now.boot;
	return e != NULL && e->state == SG_ENROLMENT_confirmed && strcmp(e->admin, s->admin) == 0 && sg_enrolment_stands(gate, e) &&
	       now - s->began < gate->catalogue->web.total_ms * SG_MSEC && now - s->used < gate->catalogue->web.idle_ms * SG_MSEC && !sg_admin_gone(gate, sg_str(s->admin));
}

struct sg_sign_in *
sg_sign_in_by_token(const struct sg_gate *gate, struct sg_str token)
{
	char digest[SG_SHA256_HEX];
	if (token.len == 0)
		return NULL;
	sg_sha256_hex(digest, token);
	struct sg_sign_in *s = sg_table_get(&gate->sign_ins, sg_str(digest));
	return s != NULL && sg_sign_in_stands(gate, s) ? s : NULL;
}

bool
sg_by_page(const struct sg_gate *gate, const struct sg_request *r)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	return conn != NULL && conn->admin != NULL && conn->admin->page;
}

const struct sg_admin *
sg_speaker(const struct sg_gate *gate, const struct sg_request *r)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	if (conn == NULL || conn->admin == NULL || !conn->admin->page)
		return conn == NULL ? NULL : conn->admin;
	const struct sg_sign_in *s = sg_sign_in_by_token(gate, sg_json_text_at(r->body, "session"));
	return s == NULL ? NULL : sg_catalogue_admin(gate->catalogue, sg_str(s->admin));
}

bool
sg_page_afford(struct sg_gate *gate, struct sg_request *r)
{
	char key[160];
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	if (conn == NULL || !sg_by_page(gate, r) || r->route->route == SG_ROUTE_O_REFUSE)
		return true;
	const struct sg_sign_in *s = sg_sign_in_by_token(gate, sg_json_text_at(r->body, "session"));
	sg_line_join(key, sizeof(key), s != NULL ? "sign-in:" : "page:", s != NULL ? sg_str(s->digest) : conn->admin->name);
	return sg_own_afford(gate, r, SG_PURSE_CALLER, key);
}

void
sg_sign_in_used(struct sg_gate *gate, const struct sg_request *r)
{
	bool again = r->route->route == SG_ROUTE_O_APPROVALS && sg_json_get(r->body, "again") != NULL; /* a page that fetches itself */
	struct sg_sign_in *s = sg_by_page(gate, r) && !again ? sg_sign_in_by_token(gate, sg_json_text_at(r->body, "session")) : NULL;
	if (s != NULL)
		s->used = gate->state.now.boot;
}
