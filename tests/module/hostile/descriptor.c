/* SPDX-License-Identifier: Apache-2.0
 * The note says attest, what is behind it says issue. */
#include <stepgate/attest.h>

__attribute__((used, section(".note.stepgate"), aligned(4))) static const struct sg_note note = {
	9, 8 + SG_NOTE_NAME, SG_NOTE_TYPE, "stepgate", SG_ABI, SG_KIND_attest, "descriptor"};

extern __attribute__((visibility("default"))) const struct sg_module sg_module;
const struct sg_module sg_module = {
	.size = sizeof(sg_module), .abi = SG_ABI, .kind = SG_KIND_issue, .name = "descriptor"};
