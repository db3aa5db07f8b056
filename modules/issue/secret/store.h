/* SPDX-License-Identifier: Apache-2.0
 * Reading the store that `stepgate secret put` writes (core/ctl/store.h says the form). */
#ifndef SECRET_STORE_H
#define SECRET_STORE_H

#include <stepgate/module.h>

enum { STORE_KEY = 32, STORE_NAME_MAX = 200, STORE_VALUE_MAX = 4096 };

/* From PEM ("STEPGATE STORE KEY", 32 bytes). False if it is none. */
bool store_key(struct sg_str pem, unsigned char key[STORE_KEY]);

/* [a-z0-9._-] in segments between single slashes, none of them "." or "..", at most STORE_NAME_MAX. */
bool store_name(struct sg_str name);

/* The value of `name` into `out`, which holds STORE_VALUE_MAX bytes. SG_NOT_FOUND secret_unknown; SG_MALFORMED secret_name, secret_form (damaged, of
 * another version, key or name); SG_UNAVAILABLE secret_read. */
enum sg_status store_read(int folder, const unsigned char key[STORE_KEY], struct sg_str name, char *out, size_t *len, struct sg_err *err);

/* The names directly below `prefix`, one a line, a folder with a slash behind it; `out` holds STORE_VALUE_MAX bytes. SG_NOT_FOUND secret_unknown if there
 * are none; SG_LIMIT secret_many; else as above. */
enum sg_status store_list(int folder, struct sg_str prefix, char *out, size_t *len, struct sg_err *err);

/* Uses each part of OpenSSL once, while it can still load. */
bool store_warm(const unsigned char key[STORE_KEY]);

#endif
