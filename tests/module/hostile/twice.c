/* SPDX-License-Identifier: Apache-2.0
 * Two notes: which one holds? */
#include "marker.h"

#include <stepgate/attest.h>

__attribute__((used, section(".note.stepgate"), aligned(4))) static const struct sg_note second = {
	9, 8 + SG_NOTE_NAME, SG_NOTE_TYPE, "stepgate", SG_ABI, SG_KIND_attest, "twice"};
SG_MODULE(attest, "twice");
