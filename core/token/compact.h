/* SPDX-License-Identifier: Apache-2.0
 * The compact form of a JWS (RFC 7515 section 3.1), taken apart before anything of it is believed. */
#ifndef SG_TOKEN_COMPACT_H
#define SG_TOKEN_COMPACT_H

#include "base/json.h"

struct sg_compact {
	struct sg_str header, payload, signature; /* as written, until decoded */
	struct sg_str signed_bytes;               /* the first two as written, with the dot between */
};

/* Cuts a token in its three parts, borrowed. SG_LIMIT token_size (longer than `most`); SG_MALFORMED token_parts. */
enum sg_status sg_compact_cut(struct sg_str token, size_t most, struct sg_compact *parts, struct sg_err *err);

/* Replaces a part by its bytes. SG_MALFORMED token_base64; SG_NOMEM token_memory. */
enum sg_status sg_compact_decode(struct sg_arena *arena, struct sg_str *part, struct sg_err *err);

/* Reads an object. SG_MALFORMED with `code`; SG_NOMEM token_memory. */
enum sg_status sg_compact_parse(struct sg_arena *arena, struct sg_str text, const char *code, const struct sg_json **json,
				struct sg_err *err);

#endif
