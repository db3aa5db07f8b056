/* SPDX-License-Identifier: Apache-2.0
 * The store of brokered secrets, as issue/secret reads it. A file holds "SGSEC1\r\n", 32 bytes of salt, and the value sealed by AES-256-GCM (sg_seal)
 * with number 0 under sg_derive(store key, salt, "stepgate secret 1"), the name as its AAD. It is called like the secret, with % for / and ".secret"
 * behind, and readable by its owner alone. */
#ifndef SG_CTL_STORE_H
#define SG_CTL_STORE_H

#include "base/digest.h"
#include "base/json.h"
#include "ctl/ctl.h"

enum { SG_STORE_NAME_MAX = 200, SG_STORE_VALUE_MAX = 4096 };

struct sg_store {
	int folder;
	unsigned char key[SG_KEY_BYTES];
};

/* [a-z0-9._-] in segments between single slashes, none of them "." or "..", at most SG_STORE_NAME_MAX. */
bool sg_store_name(struct sg_str name);

/* The store of the one stanza that uses "secret", or of --issuer. SG_CTL_OK or an exit code, told. Close with sg_store_done. */
int sg_store_open(const struct sg_ctl *ctl, const struct sg_json *config, struct sg_store *store);
void sg_store_done(struct sg_store *store);

/* Seals and puts in place, synced. False: errno. */
bool sg_store_put(const struct sg_store *store, struct sg_str name, struct sg_str value);

/* A new store key in PEM: 0 if there are no random bytes or it does not fit. */
size_t sg_store_key(char *out, size_t room);
/* The folder a stanza grants as its store. False if it grants none. */
bool sg_store_path(const struct sg_json *stanza, char *path, size_t room);

#endif
