/* SPDX-License-Identifier: Apache-2.0
 * Writing DER forwards into fixed room; what encloses is opened and closed, and moves its contents when its length needs more than one byte. */
#ifndef X509_DER_H
#define X509_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct der {
	unsigned char *bytes;
	size_t len, room;
	bool failed; /* sticky */
};

void der_raw(struct der *d, const void *bytes, size_t len);
/* Tag, length, contents. */
void der_put(struct der *d, unsigned char tag, const void *bytes, size_t len);
/* Tag and the length of contents that follow. */
void der_head(struct der *d, unsigned char tag, size_t len);
size_t der_open(struct der *d, unsigned char tag);
void der_close(struct der *d, size_t opened);
/* YYMMDDHHMMSSZ, for 1970 to 2049. */
void der_time(struct der *d, int64_t seconds);

/* One certificate in PEM; its length, 0 if it does not fit. */
size_t der_pem(const unsigned char *bytes, size_t len, char *out, size_t room);

#endif
