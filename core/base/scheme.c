/* SPDX-License-Identifier: Apache-2.0
 * Schemes of URIs. */
#include "base/scheme.h"

#include <string.h>
#include <strings.h>

static const struct sg_scheme schemes[] = {{"http", 80, true, true}, {"https", 443, true, true}, {"ws", 80, true, true}, {"wss", 443, true, true},
					   {"ftp", 21, false, false}, {"sftp", 22, false, false}, {"ssh", 22, false, false}, {"file", 0, true, false}};

const struct sg_scheme *
sg_scheme_of(struct sg_str text)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t len = strlen(schemes[i].name);
		if (text.len >= len + 3 && strncasecmp(text.ptr, schemes[i].name, len) == 0 && memcmp(text.ptr + len, "://", 3) == 0)
			return &schemes[i];
	}
	return NULL;
}
