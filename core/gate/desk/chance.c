/* SPDX-License-Identifier: Apache-2.0
 * Randomness, drawn from the system for many at once. */
#include "gate/desk/desk.h"

#include "base/secret.h"

#include <string.h>

bool
sg_gate_random(struct sg_gate *gate, void *out, size_t len)
{
	if (len > sizeof(gate->chance.bytes))
		return false;
	if (gate->chance.left < len) {
		gate->chance.left = 0;
		if (gate->sys->random(gate->sys, gate->chance.bytes, sizeof(gate->chance.bytes)) != 0)
			return false;
		gate->chance.left = sizeof(gate->chance.bytes);
	}
	gate->chance.left -= len;
	unsigned char *from = gate->chance.bytes + gate->chance.left;
	memcpy(out, from, len);
	sg_wipe(from, len);
	return true;
}
