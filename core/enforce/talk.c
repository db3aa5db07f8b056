/* SPDX-License-Identifier: Apache-2.0
 * One question to the daemon. */
#include "enforce/daemon_in.h"

#include "base/err.h"

enum sg_status
sg_daemon_talk(struct sg_daemon *daemon, const char *method, const char *target, struct sg_str body, struct sg_buf *bytes,
	       struct sg_client_answer *answer, struct sg_err *err)
{
	struct sg_buf request;
	sg_buf_init(&request, SG_DAEMON_BODY);
	sg_client_write(&request, method, target, body.ptr == NULL ? NULL : "application/json", body, true);
	enum sg_status status = request.failed ? sg_fail(err, SG_LIMIT, "daemon_odd", "the request does not fit")
					       : sg_client_ask(&daemon->line, daemon->socket, sg_buf_view(&request), bytes, answer, err);
	sg_buf_done(&request);
	return status;
}
