/* SPDX-License-Identifier: Apache-2.0
 * A host: the process around one module, from its first line to its exit. */
#ifndef SG_HOST_HOST_H
#define SG_HOST_HOST_H

#include <stepgate/types.h>

struct sg_host_process {
	int gate;               /* stream socket to the gate; owned */
	int parent;             /* die when this process is no longer our parent; 0: do not ask */
	const char *kind;       /* "attest", "issue", "verify" */
	const char *name;       /* the stanza's name, told to the gate */
	const char *module;     /* what the stanza uses: "peer", "jwt" */
	const char *module_dir; /* absolute; KIND-MODULE.so lies there, unless it is built in (verify/jwt) */
	struct sg_str options;  /* canonical JSON: the module's own options, or the whole stanza whose "options" they
				   are; {NULL, 0}: none */
	const int *secrets;     /* descriptors to read secrets from; they are closed when the process is confined */
	const char *const *secret_names;
	size_t secret_count;
	sg_time call_limit; /* what a call may take, told to the module; 0: one second */
};

/* Loads, configures and starts the module, confines this process for good, says SG_FRAME_H_READY and answers calls
 * until the gate closes the socket. H_READY: {"digest","jwks","kind","layers","module","name","revocation"}; digest =
 * SHA-256 of the module's file, jwks = key set or null, layers = set of enum sg_layer in force, revocation = "instant",
 * "next_use", "expiry" or null. Returns the exit code: 0 the gate closed; 78 the module, its options or secrets were
 * refused (one line `CODE: text` on stderr says which); 70 not confined; 1 the gate broke the protocol, or left before
 * READY. Call in a process of its own: nothing is undone. */
int sg_host_run(const struct sg_host_process *how);

#endif
