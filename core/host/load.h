/* SPDX-License-Identifier: Apache-2.0
 * Loading a module: the bytes that were checked are the bytes that run. */
#ifndef SG_HOST_LOAD_H
#define SG_HOST_LOAD_H

#include "base/digest.h"

#include <stepgate/module.h>

enum { SG_MODULE_FILE_MAX = 16 << 20 };

struct sg_loaded {
	const struct sg_module *module;
	int fd; /* sealed copy of the file; open for the life of the module, since glibc tells libraries apart by the
		   name it has under /proc; -1: built in */
	char digest[SG_SHA256_HEX]; /* of the file; of this program, if built in */
};

/* Loads FOLDER/KIND-NAME.so, once in a process's life. In this order, each with its code: the name (module_name), the
 * path (sg_open_trusted's codes), size (module_size), note (sg_note_read's codes), ABI (module_abi), kind
 * (module_kind), name in the note (module_name), dlopen of a sealed copy (module_load; code of the file runs from here
 * on), descriptor against note (module_descriptor), operations there (module_operations). SG_UNAVAILABLE module_copy if
 * the kernel gives no sealed copy. */
enum sg_status sg_load(const char *folder, const char *kind, const char *name, struct sg_loaded *loaded,
		       struct sg_err *err);

/* Modules that are part of this program, or NULL. */
const struct sg_module *sg_built_in(enum sg_kind kind, const char *name);

#endif
