/* SPDX-License-Identifier: Apache-2.0
 * Schemes of URIs that are known, and what they say of the rest of one. */
#ifndef SG_BASE_SCHEME_H
#define SG_BASE_SCHEME_H

#include <stdbool.h>
#include <stdint.h>
#include <stepgate/types.h>

enum { SG_SCHEME_MAX = 16 /* bytes of the longest that is known, and more */ };

enum sg_query {
	SG_QUERY_NONE,  /* whoever opens it drops what stands behind '?', so that it would be another spelling */
	SG_QUERY_NAMES, /* nobody knows who opens it: to some it is a byte of a name, so what is behind it is names as well */
	SG_QUERY_OWN    /* a query, which names no folder */
};

struct sg_scheme {
	const char *name;
	int64_t port; /* that goes without saying; 0: there is no host */
	bool root;    /* without a path it is "/"; of others "/" is no path */
	enum sg_query query;
	const char *is;    /* it is another name of this scheme; NULL: it is none */
};

/* Of a text that begins with "scheme://", in any case; NULL: it does not, or with another. */
const struct sg_scheme *sg_scheme_of(struct sg_str text);

#endif
