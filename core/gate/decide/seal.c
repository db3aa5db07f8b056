/* SPDX-License-Identifier: Apache-2.0
 * What is sealed beside a decision's leaf: the request and what was said to it, as far as it is kept. */
#include "gate/decide/decide_leaf.h"

#include "base/str.h"

enum { SEAL_REFUSED = 1024 /* bytes that are kept of what a ceiling refused: whoever is stopped fills no disk with what it goes on asking */ };

bool
sg_is_nobody(const struct sg_request *r, enum sg_reason reason)
{
	return r->agent == NULL && r->enforcer == NULL && (reason == SG_REASON_no_agent || reason == SG_REASON_not_enforcer);
}

/* Of what was refused before policy was asked, and is long, the digest in the leaf (`asked`) is all that is kept. */
static bool
is_kept(const struct sg_request *r)
{
	struct sg_buf request;
	bool judged = r->verdict != SG_DENY || r->input.len > 0;
	if (judged || r->body == NULL)
		return r->body != NULL;
	if (sg_is_nobody(r, r->reason))
		return false;
	sg_buf_init(&request, SEAL_REFUSED);
	sg_canon_write(&request, r->body);
	bool fits = !request.failed;
	sg_buf_done(&request);
	return fits;
}

void
sg_decision_write_seal(struct sg_buf *out, const struct sg_request *r)
{
	struct sg_json_writer w;
	bool kept = is_kept(r);
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_name(&w, "answer");
	r->answer.len > 0 ? sg_jw_raw(&w, r->answer) : sg_jw_null(&w);
	sg_jw_name(&w, "effective");
	r->effective.len > 0 && kept ? sg_jw_raw(&w, r->effective) : sg_jw_null(&w);
	sg_jw_name(&w, "input");
	r->input.len > 0 ? sg_jw_raw(&w, r->input) : sg_jw_null(&w);
	sg_jw_name(&w, "request");
	kept ? sg_jw_value(&w, r->body) : sg_jw_null(&w);
	sg_jw_end(&w);
}
