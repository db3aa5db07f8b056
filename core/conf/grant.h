/* SPDX-License-Identifier: Apache-2.0
 * Grants: what a stanza lets its module have beside nothing at all. Each is opened before the module is loaded and handed over as a
 * descriptor under a name; a module opens nothing by itself. */
#ifndef SG_CONF_GRANT_H
#define SG_CONF_GRANT_H

#include <stdbool.h>
#include <stepgate/types.h>

/* X(kind, what follows the colon, what the module gets) */
#define SG_GRANTS(X)                                                                                                   \
	X(secret, "a path", "the file's bytes, once, in start; the file is readable by its owner alone")               \
	X(file, "a path", "the file, open for reading")                                                                \
	X(folder, "a path", "the folder; it may read, make, replace and remove files below it")                        \
	X(unix, "a path", "a connected UNIX socket, datagram or stream")                                               \
	X(tcp, "HOST:PORT", "a connected TCP socket")                                                                  \
	X(url, "an https:// address", "what stands there, fetched once by curl(1), as a file open for reading; a file granted before it as NAME_ca holds the only authorities trusted") \
	X(run, "the path of a program", "a pipe into its input; it runs as nobody where stepgated runs as root, without arguments")

enum sg_grant_kind {
	SG_GRANT_none,
#define X(kind, rest, gives) SG_GRANT_##kind,
	SG_GRANTS(X)
#undef X
};

enum { SG_GRANTS_MAX = 8, SG_GRANT_NAME_MAX = 31, SG_GRANT_URL_MAX = 1000 };

struct sg_grant {
	struct sg_str name; /* [a-z][a-z0-9_]*, at most SG_GRANT_NAME_MAX */
	enum sg_grant_kind kind;
	struct sg_str rest; /* an absolute path without "..", HOST:PORT, or an address */
	struct sg_str host, port; /* tcp only; an IPv6 address without its brackets */
};

/* Reads NAME=KIND:REST; all of it points into `text`. False (output untouched) on any other form. */
bool sg_grant_read(struct sg_str text, struct sg_grant *grant);

#endif
