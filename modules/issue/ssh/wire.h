/* SPDX-License-Identifier: Apache-2.0
 * What SSH writes on the wire (RFC 4251 section 5): numbers, strings, mpints, into a buffer of fixed room whose failure is sticky; and
 * base64 with one spelling for one byte string. */
#ifndef SSH_WIRE_H
#define SSH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wire {
	unsigned char *bytes;
	size_t len, room;
	bool failed;
};

void wire_raw(struct wire *w, const void *bytes, size_t len);
void wire_byte(struct wire *w, unsigned char value);
void wire_u32(struct wire *w, uint32_t value);
void wire_u64(struct wire *w, uint64_t value);
void wire_string(struct wire *w, const void *bytes, size_t len);
void wire_text(struct wire *w, const char *text);
/* A positive number of `len` big-endian bytes. */
void wire_mpint(struct wire *w, const unsigned char *bytes, size_t len);

/* A string whose length is known later: open, write, close with what open returned. */
size_t wire_open(struct wire *w);
void wire_close(struct wire *w, size_t opened);

/* Reading: takes from the front. False, and nothing taken, if there is not that much. */
struct wire_view {
	const unsigned char *ptr;
	size_t len;
};
bool wire_take(struct wire_view *from, size_t len, struct wire_view *out);
bool wire_take_u32(struct wire_view *from, uint32_t *out);
bool wire_take_u64(struct wire_view *from, uint64_t *out);
bool wire_take_string(struct wire_view *from, struct wire_view *out);
bool wire_is(struct wire_view view, const char *text);

/* Padded base64 (RFC 4648 section 4). encode: NUL-terminated; its length, 0 if it does not fit. decode: 0 for any other spelling than
 * encode's. */
size_t wire_encode(const unsigned char *bytes, size_t len, char *out, size_t room);
size_t wire_decode(const char *text, size_t len, unsigned char *out, size_t room);

#endif
