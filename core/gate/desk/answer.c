/* SPDX-License-Identifier: Apache-2.0
 * Answers, as they leave. */
#include "gate/desk/desk.h"

#include "base/str.h"

void
sg_answer_buf(struct sg_gate *gate, struct sg_request *request, unsigned status, struct sg_buf *body)
{
	if (body->failed)
		gate->ports.answer(gate->ports.self, request->conn, 500,
				   SG_STR("{\"error\":{\"code\":\"internal\",\"hint\":\"\",\"message\":\"the answer did not fit\"}}"));
	else
		gate->ports.answer(gate->ports.self, request->conn, status, sg_buf_view(body));
	sg_buf_done(body);
	sg_request_end(gate, request);
}

void
sg_answer_error(struct sg_gate *gate, struct sg_request *request, unsigned status, enum sg_reason reason, const char *hint)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, SG_ANSWER_MAX);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_name(&w, "error");
	sg_jw_object(&w);
	sg_jw_member_text(&w, "code", sg_reason_code(reason));
	sg_jw_member_text(&w, "hint", hint);
	sg_jw_member_text(&w, "message", sg_reason_text(reason));
	sg_jw_end(&w);
	sg_jw_end(&w);
	sg_answer_buf(gate, request, status, &body);
}
