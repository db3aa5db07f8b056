/* SPDX-License-Identifier: Apache-2.0
 * DER and PEM, written. */
#include "der.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { LINE = 48, UTC_TIME = 0x17 };

static const char begin[] = "-----BEGIN CERTIFICATE-----\n", end[] = "-----END CERTIFICATE-----\n";
static const int64_t year_2050 = 2524608000;

void
der_raw(struct der *d, const void *bytes, size_t len)
{
	if (d->failed || len > d->room - d->len) {
		d->failed = true;
		return;
	}
	if (len > 0)
		memcpy(d->bytes + d->len, bytes, len);
	d->len += len;
}

void
der_head(struct der *d, unsigned char tag, size_t len)
{
	unsigned char head[4] = {tag, (unsigned char)len};
	size_t size = 2;
	if (len > 0xffff)
		d->failed = true;
	if (len > 0xff) {
		head[1] = 0x82, head[2] = (unsigned char)(len >> 8), head[3] = (unsigned char)len;
		size = 4;
	} else if (len > 0x7f) {
		head[1] = 0x81, head[2] = (unsigned char)len;
		size = 3;
	}
	der_raw(d, head, size);
}

void
der_put(struct der *d, unsigned char tag, const void *bytes, size_t len)
{
	der_head(d, tag, len);
	der_raw(d, bytes, len);
}

size_t
der_open(struct der *d, unsigned char tag)
{
	size_t at = d->len;
	der_raw(d, &tag, 1);
	return at;
}

void
der_close(struct der *d, size_t opened)
{
	unsigned char length[4];
	struct der head = {length, 0, sizeof(length), d->failed};
	if (d->failed)
		return;
	size_t len = d->len - opened - 1;
	der_head(&head, d->bytes[opened], len);
	if (head.failed || head.len - 1 > d->room - d->len) {
		d->failed = true;
		return;
	}
	memmove(d->bytes + opened + head.len, d->bytes + opened + 1, len);
	memcpy(d->bytes + opened, length, head.len);
	d->len += head.len - 1;
}

void
der_time(struct der *d, int64_t seconds)
{
	char text[32];
	struct tm t;
	time_t at = (time_t)seconds;
	if (seconds < 0 || seconds >= year_2050 || gmtime_r(&at, &t) == NULL) {
		d->failed = true;
		return;
	}
	snprintf(text, sizeof(text), "%02d%02d%02d%02d%02d%02dZ", t.tm_year % 100, t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
	der_put(d, UTC_TIME, text, 13);
}

size_t
der_pem(const unsigned char *bytes, size_t len, char *out, size_t room)
{
	size_t at = sizeof(begin) - 1;
	if (room < sizeof(begin) + sizeof(end) + (len / LINE + 1) * (LINE / 3 * 4 + 1))
		return 0;
	memcpy(out, begin, at);
	for (size_t i = 0; i < len; i += LINE) {
		at += (size_t)EVP_EncodeBlock((unsigned char *)out + at, bytes + i, (int)(len - i < LINE ? len - i : LINE));
		out[at++] = '\n';
	}
	memcpy(out + at, end, sizeof(end) - 1);
	return at + sizeof(end) - 1;
}
