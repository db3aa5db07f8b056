/* SPDX-License-Identifier: Apache-2.0
 * ELF notes: whatever the bytes, no crash; what is accepted has a name that ends. */
#include "host/note.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_note note;
	struct sg_err err = {0};
	enum sg_status status = sg_note_read((struct sg_str){(const char *)bytes, len}, &note, &err);
	if (status == SG_OK ? memchr(note.name, '\0', sizeof(note.name)) == NULL : err.code == NULL)
		abort();
	return 0;
}
