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
	const char *module_dir; /* absolute, or several with a ':' between them; KIND-MODULE.so lies there, unless it is built in (verify/jwt) */
	struct sg_str stanza;   /* canonical JSON: the stanza, of which "grants" and "options" are read; or the options alone; {NULL, 0}: none */
	int key; /* a descriptor to read the secret "key" from, beside those granted; 0 or less: none. Closed when the process is confined. */
	int journal, cursor;    /* audit: the journal's folder, and the sink's own; folders of these paths below */
	const char *journal_path, *cursor_path;
	sg_time call_limit; /* what a call may take, told to the module; 0: one second */
	const char *trial; /* NULL: it is no trial. Else a folder of the caller's: nobody is reached and nothing is written but in there; grants are looked at, stood in for, and the host ends once it is ready */
};

/* Opens what is granted, confines this process, loads, configures and starts the module, confines the process further, says SG_FRAME_H_READY and answers calls
 * until the gate closes the socket. H_LOADING, before the module's code: {"digest","kind","layers"}; H_READY: {"durable","jwks","kind","module","name","revocation"}, and of an issuer "enforcer_only", "format" and "revocations"; digest =
 * SHA-256 of the module's file, jwks = key set or null, layers = set of enum sg_layer in force, revocation = "instant",
 * "next_use", "expiry" or null, format = "jwt", "x509", "ssh" or "opaque". Returns the exit code: 0 the gate closed; 78 the module, its options or secrets were
 * refused (one line `CODE: text` on stderr says which); 70 not confined; 1 the gate broke the protocol, or left before
 * READY. Call in a process of its own: nothing is undone. */
int sg_host_run(const struct sg_host_process *how);

#endif
