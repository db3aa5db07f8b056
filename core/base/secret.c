/* SPDX-License-Identifier: Apache-2.0
 * Secrets: thin names over OpenSSL and the kernel. */
#include "base/secret.h"

#include "base/err.h"

#include <openssl/crypto.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>

enum { PIECE = 1024 }; /* longer ones are cleared by the string instructions, which start slowly */

void
sg_wipe(void *bytes, size_t len)
{
	char *at = bytes;
	for (; len > PIECE; at += PIECE, len -= PIECE)
		explicit_bzero(at, PIECE);
	if (len > 0)
		explicit_bzero(at, len);
}

bool
sg_secret_eq(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

enum sg_status
sg_random(void *bytes, size_t len, struct sg_err *err)
{
	char *at = bytes;
	while (len > 0) {
		ssize_t n = getrandom(at, len, 0);
		if (n <= 0)
			return sg_fail(err, SG_UNAVAILABLE, "no_randomness", "the kernel gave no random bytes");
		at += n;
		len -= (size_t)n;
	}
	return SG_OK;
}

void
sg_process_undumpable(void)
{
	struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

bool
sg_process_lock(void)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY}, now;
	setrlimit(RLIMIT_MEMLOCK, &all); /* root's to do; whoever runs this without it may have been given the limit */
	return getrlimit(RLIMIT_MEMLOCK, &now) == 0 && now.rlim_cur == RLIM_INFINITY && mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
}
