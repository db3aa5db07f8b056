/* SPDX-License-Identifier: Apache-2.0
 * The strict HTTP/1.1 reader: a subset of RFC 9112 in which every message has one meaning. Refused, each with its own code: anything but CRLF,
 * Transfer-Encoding, doubled or odd Content-Length, folded lines, empty or odd header names, NUL and control bytes, a missing or doubled Host,
 * other versions, absolute and asterisk targets, percent signs, dot segments, bytes behind the message. */
#ifndef SG_DOOR_HTTP_H
#define SG_DOOR_HTTP_H

#include "frame/routes.h"

enum { SG_HTTP_HEAD_MAX = 8192, SG_HTTP_HEADERS = 64, SG_HTTP_TARGET_MAX = 1024 };

/* Why a message is refused: stable code, HTTP status. */
#define SG_HTTP_ERRORS(X)                                                                                              \
	X(http_line, 400, "the request line is not METHOD SP /path SP HTTP/1.1")                                       \
	X(http_method, 501, "this method is not spoken here")                                                          \
	X(http_target, 400, "the target is not a plain path")                                                          \
	X(http_version, 505, "HTTP/1.1 only")                                                                          \
	X(http_newline, 400, "lines end with CR LF and nothing else")                                                  \
	X(http_control, 400, "a control byte")                                                                         \
	X(http_header, 400, "a header line is not name: value")                                                        \
	X(http_folded, 400, "a folded header line")                                                                    \
	X(http_head_size, 431, "the head is larger than 8192 bytes")                                                   \
	X(http_header_count, 431, "more than 64 header lines")                                                         \
	X(http_host, 400, "exactly one Host is needed")                                                                \
	X(http_length, 400, "Content-Length is not one plain number")                                                  \
	X(http_transfer, 501, "Transfer-Encoding is not spoken here")                                                  \
	X(http_expect, 417, "Expect is not spoken here")                                                               \
	X(http_upgrade, 501, "Upgrade is not spoken here")                                                             \
	X(http_doubled, 400, "a header that may stand once stands twice")                                              \
	X(http_body_size, 413, "the body is larger than max_body")                                                     \
	X(http_body_missing, 411, "this route needs a body and Content-Length")                                        \
	X(http_body_unwanted, 400, "this route takes no body")                                                         \
	X(http_type, 400, "Content-Type is not what this route takes")                                                 \
	X(http_pipelined, 400, "bytes behind the message: one request at a time")                                      \
	X(http_no_route, 404, "no such route on this face")                                                            \
	X(http_not_allowed, 405, "this route takes another method")                                                    \
	X(http_query, 400, "the query is not name=value&... of plain characters")                                      \
	X(http_body, 400, "the body is not an object in strict JSON")                                                  \
	X(http_form, 400, "the body is not a strict form")                                                             \
	X(http_authorization, 401, "Authorization: Bearer and one token, the same in every request of a connection")    \
	X(http_timeout, 408, "too slow")                                                                               \
	X(http_requests, 429, "too many requests on one connection")

enum sg_http_error {
	SG_HTTP_OK,
#define X(name, status, text) SG_HTTP_##name,
	SG_HTTP_ERRORS(X)
#undef X
	SG_HTTP_AGAIN /* not an error: more bytes are needed */
};

/* One head, all parts borrowed from the bytes read. */
struct sg_http_head {
	struct sg_str method, path, query; /* query: {NULL, 0} without '?' */
	struct sg_str content_type;        /* {NULL, 0} if absent */
	struct sg_str request_id;          /* X-Request-ID, {NULL, 0} if absent */
	struct sg_str bearer;              /* the token behind "Authorization: Bearer ", {NULL, 0} if absent or of another scheme */
	bool has_length, close;
	size_t length; /* of the body */
	size_t size;   /* of the head, its empty line included */
};

/* Reads a head from the start of `bytes`. SG_HTTP_AGAIN while it is not whole. Never reads behind it. */
enum sg_http_error sg_http_head_read(struct sg_str bytes, struct sg_http_head *head);

/* The face's route for method and path; `*argument` is the segment behind "{}". SG_HTTP_http_no_route, SG_HTTP_http_not_allowed. */
enum sg_http_error sg_http_route(enum sg_face face, const struct sg_http_head *head, const struct sg_route_row **route,
				 struct sg_str *argument);

const char *sg_http_code(enum sg_http_error error);
const char *sg_http_text(enum sg_http_error error);
unsigned sg_http_status(enum sg_http_error error);
/* "OK", "Not Found", ... */
const char *sg_http_phrase(unsigned status);

#endif
