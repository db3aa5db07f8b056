/* SPDX-License-Identifier: Apache-2.0
 * The desk: a connection, a request, who asks, recording, answering. */
#ifndef SG_GATE_DESK_DESK_H
#define SG_GATE_DESK_DESK_H

#include "gate/desk/answer.h"
#include "gate/desk/conn.h"
#include "gate/desk/record.h"
#include "gate/desk/who.h"
#include "gate/desk/work.h"

#endif
