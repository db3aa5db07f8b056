/* SPDX-License-Identifier: Apache-2.0
 * What a built-in module reads of what it was granted, and says as a fact. */
#include "host/built_in.h"

#include "host/call.h"

#include "base/err.h"
#include "base/str.h"

#include <string.h>
#include <unistd.h>

enum sg_status
sg_granted_text(const struct sg_host *host, const char *name, size_t most, const char *code, struct sg_str *text, struct sg_err *err)
{
	int fd = host->descriptor(host, name);
	if (fd < 0) /* nothing mends that but another stanza */
		return sg_fail(err, SG_REFUSED, code, "grants must give a file as \"%s\"", name);
	char *bytes = host->alloc(host, most + 2);
	size_t len = 0;
	ssize_t got = bytes == NULL ? -1 : 1;
	while (got > 0 && len <= most) {
		got = pread(fd, bytes + len, most + 1 - len, (off_t)len);
		len += got > 0 ? (size_t)got : 0;
	}
	if (len > most)
		return sg_fail(err, SG_LIMIT, code, "what \"%s\" grants has more than %zu bytes", name, most);
	if (got < 0)
		return sg_fail(err, SG_UNAVAILABLE, code, "what \"%s\" grants cannot be read", name);
	*text = (struct sg_str){bytes, len};
	return SG_OK;
}

const char *
sg_fact_text(const struct sg_host *host, struct sg_str text)
{
	char *copy = text.len == 0 || text.len > SG_FACT_VALUE_MAX ? NULL : host->alloc(host, text.len + 1);
	for (size_t i = 0; copy != NULL && i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 127)
			return NULL;
	return copy == NULL ? NULL : memcpy(copy, text.ptr, text.len);
}
