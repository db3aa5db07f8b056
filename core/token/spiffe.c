/* SPDX-License-Identifier: Apache-2.0
 * SPIFFE IDs: a scheme, a domain, segments. */
#include "token/spiffe.h"

#include "base/err.h"
#include "base/str.h"

static bool
all_of(struct sg_str text, bool upper)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
			    (upper && c >= 'A' && c <= 'Z');
		if (!good)
			return false;
	}
	return text.len > 0;
}

static bool
good_path(struct sg_str path)
{
	struct sg_str rest = path;
	if (path.len == 0)
		return true;
	sg_str_cut(&rest, '/'); /* the empty part before the leading slash */
	while (rest.ptr != NULL) {
		struct sg_str segment = sg_str_cut(&rest, '/');
		if (!all_of(segment, true) || sg_str_is(segment, ".") || sg_str_is(segment, ".."))
			return false;
	}
	return true;
}

enum sg_status
sg_spiffe_read(struct sg_str id, struct sg_str *domain, struct sg_str *path, struct sg_err *err)
{
	static const struct sg_str scheme = {"spiffe://", 9};
	if (id.len > SG_SPIFFE_MAX)
		return sg_fail(err, SG_MALFORMED, "spiffe_size", "a SPIFFE ID has at most %d bytes", SG_SPIFFE_MAX);
	if (!sg_str_starts(id, scheme.ptr))
		return sg_fail(err, SG_MALFORMED, "spiffe_scheme", "a SPIFFE ID starts with spiffe://");
	struct sg_str rest = {id.ptr + scheme.len, id.len - scheme.len};
	const char *slash = memchr(rest.ptr, '/', rest.len);
	size_t len = slash == NULL ? rest.len : (size_t)(slash - rest.ptr);
	struct sg_str found = {rest.ptr, len}, behind = {rest.ptr + len, rest.len - len};
	if (found.len > SG_TRUST_DOMAIN_MAX || !all_of(found, false))
		return sg_fail(err, SG_MALFORMED, "spiffe_domain", "the trust domain is not lower-case a-z 0-9 . _ -");
	if (!good_path(behind))
		return sg_fail(err, SG_MALFORMED, "spiffe_path",
			       "a segment of the path is empty, \".\", \"..\" or not A-Z a-z 0-9 . _ -");
	*domain = found;
	*path = behind;
	return SG_OK;
}
