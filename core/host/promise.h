/* SPDX-License-Identifier: Apache-2.0
 * What the SDK's headers promise a host, as far as the conformance check looks at it: each by a phrase of the header, so that a module that breaks
 * it is shown the very line. */
#ifndef SG_HOST_PROMISE_H
#define SG_HOST_PROMISE_H

#include <stddef.h>

/* The headers, built in. Made by the build. */
struct sg_sdk_header {
	const char *name; /* "module.h" */
	const unsigned char *bytes;
	size_t len;
};
extern const struct sg_sdk_header sg_sdk_headers[];
extern const size_t sg_sdk_header_count;

/* X(name, header, phrase: stands in exactly one line of it) */
#define SG_PROMISES(X)                                                                                                 \
	X(note, "module.h", "This leaves a read-only ELF note, which the host compares")                               \
	X(symbol, "module.h", "and the only exported symbol, `sg_module`")                                             \
	X(alone, "module.h", "links to nothing of it")                                                                 \
	X(abi, "module.h", "and a host refuses all other numbers")                                                     \
	X(descriptor, "module.h", "A module is one shared object KIND-NAME.so that ends with")                         \
	X(life, "module.h", "Life, each step in this order")                                                           \
	X(walls, "module.h", "it can read system libraries and nothing else")                                          \
	X(option_rows, "module.h", "A table ends with a row whose name is NULL. At most 32 rows.")                     \
	X(option_name, "module.h", "not a key that every stanza of the kind has")                                      \
	X(option_standard, "module.h", "value if not given, as it would be written")                                   \
	X(option_bounds, "module.h", "of the number; of a text its bytes")                                             \
	X(configure, "module.h", "no side effects (it also runs when a configuration is only checked)")                \
	X(start, "module.h", "makes the state: takes secrets and descriptors")                                         \
	X(deadline, "module.h", "in->deadline is when the host will be killed for this call")                          \
	X(stop, "module.h", "runs only after a start that answered SG_OK")                                             \
	X(owned, "module.h", "`state` is the module's from start to stop")                                             \
	X(lent, "module.h", "do not close it. -1 if there is none")                                                    \
	X(alloc, "module.h", "NULL when the budget (256 KiB a")                                                        \
	X(code, "module.h", "a constant of [a-z0-9_], at most 48 bytes")                                               \
	X(status, "types.h", "Zero is success; everything else is a refusal")                                          \
	X(look, "attest.h", "SG_OK and at least one fact, or a refusal (`peer_gone` if the process ended)")            \
	X(fact, "attest.h", "[a-z][a-z0-9_]*, at most 48; each once")                                                  \
	X(same, "attest.h", "and any difference takes the answer back")                                                \
	X(borrowed, "attest.h", "borrowed; readable (poll) once the process is gone")                                  \
	X(make, "issue.h", "the credential of this lease. Required.")                                                  \
	X(token, "issue.h", "the credential, UTF-8, at most SG_CREDENTIAL_MAX")                                        \
	X(keys, "issue.h", "a JWK set of public keys (RFC 7517)")                                                      \
	X(twice, "issue.h", "Every verb may come twice and answers the same way the second time")                      \
	X(revoke, "issue.h", "SG_OK also for what never existed")                                                      \
	X(confirm, "issue.h", "it was handed out. NULL: nothing to do")                                                \
	X(reap, "issue.h", "what belongs to this lease, if anything, goes")                                            \
	X(found, "issue.h", "derive from the lease, so that everything can be found again")                            \
	X(write, "audit.h", "takes one leaf. The same one may come again after a crash")                               \
	X(flush, "audit.h", "answers how far everything is safe")                                                      \
	X(durable, "audit.h", "the last leaf that survives a crash of the sink")                                       \
	X(gap, "audit.h", "say so where the others went")                                                              \
	X(offer, "prove.h", "The same call with the same challenge answers the same way")                              \
	X(proof, "prove.h", "the response was made by what was enrolled, now. Required.")                              \
	X(enrol, "prove.h", "the response shows that the device is there. Required.")                                  \
	X(counter, "prove.h", "0, or greater than the one that came in")                                               \
	X(rules, "verify.h", "answer SG_OK only if every rule of the format held")                                     \
	X(one_of, "verify.h", "One of them at least")                                                                  \
	X(claims, "verify.h", "a JSON object, at most 16 KiB; the host makes it canonical")

enum sg_promise {
#define X(name, header, phrase) SG_PROMISE_##name,
	SG_PROMISES(X)
#undef X
	SG_PROMISE_COUNT
};

struct sg_promise_row {
	const char *name, *header, *phrase;
};
extern const struct sg_promise_row sg_promises[SG_PROMISE_COUNT];

/* The line of its header where the phrase stands, from 1; 0: in none, or in more than one. */
unsigned sg_promise_line(enum sg_promise promise);

#endif
