/* SPDX-License-Identifier: Apache-2.0
 * Grants: what a stanza lets its module have beside nothing at all. Each is opened before the module is loaded and handed over as a
 * descriptor under a name; what a module does by itself beyond that is named, too. */
#ifndef SG_CONF_GRANT_H
#define SG_CONF_GRANT_H

#include <stdbool.h>
#include <stepgate/types.h>

/* Permissions: one word, which is their name, too; there is no descriptor behind it. X(kind, what the module may do) */
#define SG_GRANT_PERMISSIONS(X)                                                                                        \
	X(locks, "lock files that it has open: fcntl and flock")                                                       \
	X(resolver, "look names up by itself: read how this machine does, and send datagrams to wherever it likes")    \
	X(network, "make connections and send datagrams to wherever it likes")

/* X(kind, what follows the colon, what the module gets) */
#define SG_GRANTS(X)                                                                                                   \
	X(secret, "a path", "the file's bytes, once, in start; the file is readable by its owner alone")               \
	X(file, "a path", "the file, open for reading")                                                                \
	X(folder, "a path", "the folder; it may read, make, replace and remove files below it")                        \
	X(read, "a path", "the file, or what lies below the folder, which it may open by that path for reading, as often as it likes") \
	X(unix, "a path", "a connected UNIX socket, datagram or stream")                                               \
	X(tcp, "HOST:PORT", "a connected TCP socket")                                                                  \
	X(url, "an https:// address", "what stands there, fetched once by curl(1), as a file open for reading; a file granted before it as NAME_ca holds the only authorities trusted") \
	X(run, "the path of a program", "a pipe into its input; it runs as nobody where stepgated runs as root, without arguments")

enum sg_grant_kind {
	SG_GRANT_none,
#define X(kind, rest, gives) SG_GRANT_##kind,
	SG_GRANTS(X)
#undef X
#define X(kind, gives) SG_GRANT_##kind,
	SG_GRANT_PERMISSIONS(X)
#undef X
};

enum { SG_GRANTS_MAX = 8, SG_GRANT_NAME_MAX = 31, SG_GRANT_URL_MAX = 1000 };

struct sg_grant {
	struct sg_str name; /* [a-z][a-z0-9_]*, at most SG_GRANT_NAME_MAX */
	enum sg_grant_kind kind;
	struct sg_str rest; /* an absolute path without "..", HOST:PORT, or an address; of a permission empty */
	struct sg_str host, port; /* tcp only; an IPv6 address without its brackets */
};

/* Reads NAME=KIND:REST or the word of a permission; all of it points into `text`. False (output untouched) on any other form. */
bool sg_grant_read(struct sg_str text, struct sg_grant *grant);
/* Whether the kind is a permission: nothing is opened for it. */
bool sg_grant_is_permission(enum sg_grant_kind kind);

#endif
