/* SPDX-License-Identifier: Apache-2.0
 * A tiny HTTP/1.1 client over a UNIX socket: one request, one answer, on a connection of its own or one after the other on one. As strict as the door is with its callers: CR LF alone,
 * exactly one Content-Length, JSON, nothing behind the body. */
#ifndef SG_FRAME_CLIENT_H
#define SG_FRAME_CLIENT_H

#include "base/buf.h"
#include "base/sys.h"

enum { SG_CLIENT_HEAD_MAX = 8192, SG_CLIENT_HEADERS = 64, SG_CLIENT_BODY_MAX = 8 << 20, SG_CLIENT_TIMEOUT_MS = 75000 };

struct sg_client_answer {
	unsigned status; /* 200 to 599 */
	struct sg_str body; /* borrowed from the bytes read */
};

/* Reads one whole answer. SG_OK; SG_AGAIN while bytes are missing; SG_MALFORMED: answer_line, answer_newline, answer_header, answer_length,
 * answer_transfer, answer_type, answer_trailing; SG_LIMIT: answer_head_size, answer_body_size. */
enum sg_status sg_client_read(struct sg_str bytes, struct sg_client_answer *answer, struct sg_err *err);

/* Appends a request to `out`. `type` is the Content-Type; NULL: no body. `keep`: others follow on the same connection. */
void sg_client_write(struct sg_buf *out, const char *method, const char *target, const char *type, struct sg_str body, bool keep);

/* Sends `request` to the socket at `path` and reads the answer into `bytes` (initialised by the caller), which `answer` then borrows from.
 * SG_UNAVAILABLE: socket_path (too long), socket_away (nobody listens), answer_none (closed without an answer), answer_cut; SG_REFUSED:
 * socket_refused (no permission), socket_owner (its folder is somebody's who may answer in another's name); SG_TIMEOUT: answer_late; and those of sg_client_read. */
enum sg_status sg_client_talk(const char *path, struct sg_str request, struct sg_buf *bytes, struct sg_client_answer *answer,
			      struct sg_err *err);

/* A connection that is kept. All zero: none is. */
struct sg_client_line {
	bool up;
	int fd;
	sg_time used; /* since boot */
};

/* The same on a kept connection; without one, or where the other side has closed it meanwhile, on a new one: a request that nobody answered is sent once more, so
 * it must be one that does no harm twice. Any error hangs up. */
enum sg_status sg_client_ask(struct sg_client_line *line, const char *path, struct sg_str request, struct sg_buf *bytes, struct sg_client_answer *answer,
			     struct sg_err *err);
void sg_client_hang_up(struct sg_client_line *line);

#endif
