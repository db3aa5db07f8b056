/* SPDX-License-Identifier: Apache-2.0
 * From a request's body, form or query to one canonical object. */
#ifndef SG_DOOR_BODY_H
#define SG_DOOR_BODY_H

#include "base/buf.h"
#include "door/http.h"

enum { SG_FORM_MEMBERS = 16, SG_BODY_DEPTH = 24 };

/* Appends the canonical object that the gate gets. SG_HTTP_OK, or http_type, http_body, http_form, http_query. On http_body `*why` is the JSON
 * reader's code. */
enum sg_http_error sg_body_canonical(const struct sg_route_row *route, const struct sg_http_head *head, struct sg_str body,
				     struct sg_buf *out, const char **why);

#endif
