/* SPDX-License-Identifier: Apache-2.0
 * What a certificate may be made to say: the agent's key, one principal, one command, source addresses. Each has one spelling. */
#ifndef SSH_BOUNDS_H
#define SSH_BOUNDS_H

#include "wire.h"

#include <stepgate/types.h>

enum { KEY_MAX = 256, PRINCIPAL_MAX = 255, COMMAND_MAX = 1024, SOURCE_MAX = 512, SOURCES_MAX = 16 };

/* An agent's public key: its type, and what follows the type in its wire form. */
struct agent_key {
	const char *type;
	unsigned char blob[KEY_MAX];
	struct wire_view fields;
};

/* "ssh-ed25519 BASE64" or "ecdsa-sha2-nistp256 BASE64": one space, no comment, no line end. `key` points into itself. */
bool bounds_key(struct sg_str text, struct agent_key *key);

/* [A-Za-z0-9._@+-], 1 to PRINCIPAL_MAX. */
bool bounds_principal(struct sg_str text);
/* 1 to COMMAND_MAX bytes, no control characters: a line end would be a second command. */
bool bounds_command(struct sg_str text);
/* 1 to SOURCES_MAX addresses or networks, with commas and no blanks; a network's bits behind its length are zero, its length is not;
 * together they are not all addresses of IPv4 or of IPv6. */
bool bounds_source(struct sg_str text);

#endif
