/* SPDX-License-Identifier: Apache-2.0
 * Asking the daemon. */
#include "web/web.h"

#include "base/canon.h"
#include "base/str.h"
#include "frame/client.h"

#include <stdio.h>

enum { ANSWER_MAX = 8 << 20, NODES = 1 << 20 };

const struct sg_json *
sg_web_ask(struct sg_web_request *r, const char *method, const char *path, struct sg_str body, unsigned *status)
{
	char socket[512];
	struct sg_buf request, bytes;
	struct sg_client_answer answer = {0};
	struct sg_json_limits limits = {.bytes = ANSWER_MAX, .nodes = NODES};
	const struct sg_json *json = NULL;
	snprintf(socket, sizeof(socket), "%s/approver.sock", r->web->run);
	sg_buf_init(&request, SG_WEB_FORM_MAX * 8);
	sg_buf_init(&bytes, ANSWER_MAX + (64 << 10));
	sg_client_write(&request, method, path, body.ptr == NULL ? NULL : "application/json", body, false);
	bool told = !request.failed && sg_client_talk(socket, sg_buf_view(&request), &bytes, &answer, NULL) == SG_OK &&
		    sg_json_parse(r->arena, answer.body, &limits, &json, NULL) == SG_OK;
	*status = told ? answer.status : 503;
	sg_buf_done(&request);
	sg_buf_done(&bytes);
	return told ? json : NULL;
}

struct sg_str
sg_web_code(const struct sg_json *answer)
{
	return sg_json_text_at(sg_json_get(answer, "error"), "code");
}

struct sg_str
sg_web_words(const struct sg_json *answer)
{
	return sg_json_text_at(sg_json_get(answer, "error"), "message");
}
