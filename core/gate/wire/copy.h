/* SPDX-License-Identifier: Apache-2.0
 * A copy of the gate's process does one thing beside it and leaves. It ends with the gate, so that those of two gates never write one file. */
#ifndef SG_GATE_WIRE_COPY_H
#define SG_GATE_WIRE_COPY_H

#include "gate/desk/gate.h"

/* 0: this is the copy, which the kernel ends after `most` seconds. Less: there is none. Otherwise *end tells of its end; what it told of before is forgotten. */
pid_t sg_copy_begin(const struct sg_gate *gate, unsigned most, int *end);

/* True: it has ended, well or not. Not waited for. */
bool sg_copy_over(int end);

/* Closes *end, if it is any, and makes it -1. */
void sg_copy_forget(int *end);

#endif
