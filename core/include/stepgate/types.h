/* SPDX-License-Identifier: Apache-2.0
 * The words every part of stepgate shares: status, error, borrowed string, time. Part of the module SDK. */
#ifndef STEPGATE_TYPES_H
#define STEPGATE_TYPES_H

#include <stddef.h>
#include <stdint.h>

/* What the caller does next. Zero is success; everything else is a refusal. */
enum sg_status {
	SG_OK = 0,
	SG_AGAIN = -1,       /* nothing wrong, not finished: call again when there is more */
	SG_NOT_FOUND = -2,   /* the thing named does not exist */
	SG_REFUSED = -3,     /* understood and not permitted */
	SG_MALFORMED = -4,   /* the bytes do not mean anything here */
	SG_LIMIT = -5,       /* a named bound was reached */
	SG_TIMEOUT = -6,     /* the deadline passed */
	SG_NOMEM = -7,       /* no memory, or the arena's budget is spent */
	SG_UNAVAILABLE = -8, /* a part this needs is away */
	SG_BUG = -9          /* stepgate broke its own promise */
};

/* An error as it is told to people and programs. Owned by the caller, never allocates, written only on failure.
 * `code` points at a string constant: stable, lower case, the same for ever. */
struct sg_err {
	enum sg_status status;
	int line;
	const char *file;
	const char *code;
	char text[256];
};

/* Borrowed bytes, not NUL-terminated, possibly holding NUL. Valid as long as what they were taken from. */
struct sg_str {
	const char *ptr;
	size_t len;
};

/* Nanoseconds. CLOCK_BOOTTIME unless the name says `wall`; 0 means "not set", never "now". */
typedef int64_t sg_time;

#define SG_MSEC INT64_C(1000000)
#define SG_SEC INT64_C(1000000000)

#endif
