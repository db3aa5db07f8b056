/* SPDX-License-Identifier: Apache-2.0
 * Loading a module: the bytes that were checked are the bytes that run. */
#ifndef SG_HOST_LOAD_H
#define SG_HOST_LOAD_H

#include "base/digest.h"

#include <stepgate/attest.h>
#include <stepgate/audit.h>
#include <stepgate/issue.h>
#include <stepgate/prove.h>
#include <stepgate/verify.h>

enum { SG_MODULE_FILE_MAX = 16 << 20 };

struct sg_loaded {
	const struct sg_module *module; /* `own` */
	struct sg_module own;           /* the file's, as far as this host knows it; what an older one lacks is zero */
	union {
		struct sg_attest_ops attest;
		struct sg_issue_ops issue;
		struct sg_verify_ops verify;
		struct sg_audit_ops audit;
		struct sg_prove_ops prove;
	} ops;
	int fd; /* sealed copy of the file; open for the life of the module, since glibc tells libraries apart by the
		   name it has under /proc; -1: built in */
	char digest[SG_SHA256_HEX]; /* of the file; of this program, if built in */
};

/* Loading KIND-NAME.so of the first of `folders` (with a ':' between them) that has it, once in a process's life, in two steps between which the process is confined.
 *
 * open: no code of the file runs. In this order, each with its code: the name (module_name), the path (sg_open_trusted's codes), size
 * (module_size), note (sg_note_read's codes), ABI (module_abi), kind (module_kind), name in the note (module_name).
 * SG_UNAVAILABLE module_copy if the kernel gives no sealed copy. A module that is part of this program is complete after it.
 *
 * run: dlopen of the sealed copy (module_load), descriptor against note (module_descriptor), operations there
 * (module_operations). */
enum sg_status sg_load_open(const char *folders, const char *kind, const char *name, struct sg_loaded *loaded,
			    struct sg_err *err);
/* open without the path: of a file that the caller opened, for a program that checks it before it is installed. Nothing built in. */
enum sg_status sg_load_file(int fd, const char *kind, const char *name, struct sg_loaded *loaded, struct sg_err *err);
enum sg_status sg_load_run(struct sg_loaded *loaded, const char *kind, const char *name, struct sg_err *err);

/* Modules that are part of this program, or NULL. */
const struct sg_module *sg_built_in(enum sg_kind kind, const char *name);

#endif
