/* SPDX-License-Identifier: Apache-2.0
 * Answers, as they leave. Each ends its request. */
#ifndef SG_GATE_DESK_ANSWER_H
#define SG_GATE_DESK_ANSWER_H

#include "gate/desk/request.h"

enum { SG_ANSWER_MAX = 3 << 20 /* bytes */ };
void sg_answer_buf(struct sg_gate *gate, struct sg_request *request, unsigned status, struct sg_buf *body);
void sg_answer_error(struct sg_gate *gate, struct sg_request *request, unsigned status, enum sg_reason reason, const char *hint);

#endif
