/* SPDX-License-Identifier: Apache-2.0
 * Digests of programs: the last few stay, the oldest makes room. */
#include "digest.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEPT = 64, CHUNK = 1 << 16, BYTES = 32 };

struct kept {
	struct stat file;
	char hex[DIGEST_HEX];
};

struct digests {
	EVP_MD *sha256;
	EVP_MD_CTX *context;
	struct kept list[KEPT];
	size_t next;
	unsigned char chunk[CHUNK];
};

struct digests *
digests_new(void)
{
	struct digests *d = calloc(1, sizeof(*d));
	if (d == NULL)
		return NULL;
	d->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	d->context = EVP_MD_CTX_new();
	if (d->sha256 != NULL && d->context != NULL)
		return d;
	digests_free(d);
	return NULL;
}

void
digests_free(struct digests *d)
{
	EVP_MD_CTX_free(d->context);
	EVP_MD_free(d->sha256);
	free(d);
}

static bool
same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool
same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size && same_time(&a->st_mtim, &b->st_mtim) &&
	       same_time(&a->st_ctim, &b->st_ctim);
}

static bool
read_digest(struct digests *d, int fd, char hex[DIGEST_HEX])
{
	unsigned char hash[BYTES];
	ssize_t got;
	bool good = EVP_DigestInit_ex2(d->context, d->sha256, NULL) == 1;
	while (good && (got = read(fd, d->chunk, CHUNK)) != 0)
		good = got > 0 && EVP_DigestUpdate(d->context, d->chunk, (size_t)got) == 1;
	good = good && EVP_DigestFinal_ex(d->context, hash, NULL) == 1;
	for (size_t i = 0; good && i < BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	return good;
}

/* A file that changed while it was read has no digest. */
static bool
digest_file(struct digests *d, int fd, const struct stat *before, char hex[DIGEST_HEX])
{
	struct stat after;
	for (size_t i = 0; i < KEPT; i++)
		if (d->list[i].hex[0] != '\0' && same_file(&d->list[i].file, before)) {
			memcpy(hex, d->list[i].hex, DIGEST_HEX);
			return true;
		}
	if (!read_digest(d, fd, hex) || fstat(fd, &after) != 0 || !same_file(before, &after))
		return false;
	struct kept *place = &d->list[d->next++ % KEPT];
	place->file = *before;
	memcpy(place->hex, hex, DIGEST_HEX);
	return true;
}

bool
digests_of(struct digests *d, int process, int64_t most, char hex[DIGEST_HEX])
{
	struct stat file;
	int fd = openat(process, "exe", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool good = fd >= 0 && fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_size <= most && digest_file(d, fd, &file, hex);
	if (fd >= 0)
		close(fd);
	return good;
}
