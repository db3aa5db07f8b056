/* SPDX-License-Identifier: Apache-2.0
 * Errors: a status to act on, a stable code for programs, a text for people. */
#ifndef SG_BASE_ERR_H
#define SG_BASE_ERR_H

#include <stdbool.h>
#include <stepgate/types.h>

/* Fills `err` (NULL is allowed) and returns `status`, so that a failing function is one line long.
 * `code` must be a string constant. The text is cut at its bound, never refused. Thread-safe. */
enum sg_status sg_fail_at(struct sg_err *err, const char *file, int line, enum sg_status status, const char *code,
			  const char *format, ...) __attribute__((cold, format(printf, 6, 7)));

#define sg_fail(err, status, code, ...) sg_fail_at((err), __FILE__, __LINE__, (status), (code), __VA_ARGS__)

/* True once a failure has been written into `err`. */
bool sg_err_is_set(const struct sg_err *err);

/* The word for a status: "ok", "malformed", ... Never NULL. */
const char *sg_status_name(enum sg_status status);

#endif
