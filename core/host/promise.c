/* SPDX-License-Identifier: Apache-2.0
 * Finding a promise's line in the headers that are built in. */
#include "host/promise.h"

#include <string.h>

const struct sg_promise_row sg_promises[SG_PROMISE_COUNT] = {
#define X(name, header, phrase) {#name, header, phrase},
	SG_PROMISES(X)
#undef X
};

static unsigned
line_of(const struct sg_sdk_header *header, const char *phrase)
{
	const char *text = (const char *)header->bytes, *end = text + header->len;
	size_t len = strlen(phrase);
	const char *at = memmem(text, header->len, phrase, len);
	if (at == NULL || memmem(at + 1, (size_t)(end - at - 1), phrase, len) != NULL)
		return 0;
	unsigned line = 1;
	for (const char *c = text; c < at; c++)
		line += *c == '\n';
	return line;
}

unsigned
sg_promise_line(enum sg_promise promise)
{
	const struct sg_promise_row *row = &sg_promises[promise];
	for (size_t i = 0; i < sg_sdk_header_count; i++)
		if (strcmp(sg_sdk_headers[i].name, row->header) == 0)
			return line_of(&sg_sdk_headers[i], row->phrase);
	return 0;
}
