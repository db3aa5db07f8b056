/* SPDX-License-Identifier: Apache-2.0
 * What a shared object says it is, read from its bytes without running any of them. */
#ifndef SG_HOST_NOTE_H
#define SG_HOST_NOTE_H

#include <stepgate/module.h>

/* Reads stepgate's ELF note and looks at the exported names and at what else would be loaded. `file` is the whole file. Errors, all SG_REFUSED:
 * module_elf (not a shared object for this kind of machine, or cut short), module_no_note, module_note (broken, or
 * there are two), module_symbols (exports anything but sg_module), module_needs (host/needed.h). On SG_OK note->name ends with a NUL. */
enum sg_status sg_note_read(struct sg_str file, struct sg_note *note, struct sg_err *err);

/* "attest", ... or NULL. */
const char *sg_kind_name(uint32_t kind);
/* 0 if there is no such kind. */
enum sg_kind sg_kind_named(const char *name);

#endif
