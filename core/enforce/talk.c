/* SPDX-License-Identifier: Apache-2.0
 * One question to the daemon. */
#include "enforce/daemon_in.h"

#include "base/err.h"
#include "enforce/proxy.h"

#include <poll.h>

/* Who was hung up on waits: connections of one user are few, and a gateway has many sessions. */
static void
connect_slowly(struct sg_daemon *daemon)
{
	int64_t now = sg_mcp_now_ms(), wait = daemon->began_ms + SG_DAEMON_ANEW_MS - now;
	if (daemon->line.up)
		return;
	if (daemon->began_ms != 0 && wait > 0)
		poll(NULL, 0, (int)wait);
	daemon->began_ms = sg_mcp_now_ms();
}

enum sg_status
sg_daemon_talk(struct sg_daemon *daemon, const char *method, const char *target, struct sg_str body, struct sg_buf *bytes,
	       struct sg_client_answer *answer, struct sg_err *err)
{
	struct sg_buf request;
	connect_slowly(daemon);
	sg_buf_init(&request, SG_DAEMON_BODY);
	sg_client_write(&request, method, target, body.ptr == NULL ? NULL : "application/json", body, true);
	enum sg_status status = request.failed ? sg_fail(err, SG_LIMIT, "daemon_odd", "the request does not fit")
					       : sg_client_ask(&daemon->line, daemon->socket, sg_buf_view(&request), bytes, answer, err);
	sg_buf_done(&request);
	return status;
}
