/* SPDX-License-Identifier: Apache-2.0
 * Digests of programs: those of the last ones stay, and those of large ones that are being made. */
#include "digest.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEPT = 256, BEGUN = 64, CHUNK = 1 << 16, BYTES = 32 };

/* Whose a row is, and when it was last of use; used 0: it is free. */
struct row {
	uint64_t used;
	uint32_t uid;
	struct stat file;
};

struct kept {
	struct row row; /* first, as in the next */
	char hex[DIGEST_HEX];
};

struct begun {
	struct row row;
	EVP_MD_CTX *context;
	off_t at;
};

struct digests {
	EVP_MD *sha256;
	uint64_t uses;
	struct kept kept[KEPT];
	struct begun begun[BEGUN];
	unsigned char chunk[CHUNK];
};

struct digests *
digests_new(void)
{
	struct digests *d = calloc(1, sizeof(*d));
	if (d == NULL)
		return NULL;
	d->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (d->sha256 != NULL)
		return d;
	digests_free(d);
	return NULL;
}

void
digests_free(struct digests *d)
{
	for (size_t i = 0; i < BEGUN; i++)
		EVP_MD_CTX_free(d->begun[i].context);
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

static struct row *
row_at(void *rows, size_t size, size_t i)
{
	return (struct row *)((char *)rows + i * size);
}

static struct row *
find(struct digests *d, void *rows, size_t size, size_t count, const struct stat *file)
{
	for (size_t i = 0; i < count; i++) {
		struct row *row = row_at(rows, size, i);
		if (row->used != 0 && same_file(&row->file, file)) {
			row->used = ++d->uses;
			return row;
		}
	}
	return NULL;
}

static size_t
rows_of(void *rows, size_t size, size_t count, uint32_t uid)
{
	size_t its = 0;
	for (size_t i = 0; i < count; i++)
		its += row_at(rows, size, i)->used != 0 && row_at(rows, size, i)->uid == uid;
	return its;
}

/* A free one; else of the user who has the most the one that was of no use longest: nobody pushes out what others have. */
static struct row *
place(struct digests *d, void *rows, size_t size, size_t count, uint32_t uid, const struct stat *file)
{
	struct row *found = NULL;
	size_t most = 0;
	for (size_t i = 0; i < count && (found == NULL || found->used != 0); i++) {
		struct row *row = row_at(rows, size, i);
		size_t its = row->used == 0 ? count + 1 : rows_of(rows, size, count, row->uid);
		if (its > most || (its == most && row->used < found->used)) {
			found = row;
			most = its;
		}
	}
	*found = (struct row){++d->uses, uid, *file};
	return found;
}

static struct begun *
begin(struct digests *d, uint32_t uid, const struct stat *file)
{
	struct begun *b = (struct begun *)place(d, d->begun, sizeof(*d->begun), BEGUN, uid, file);
	b->at = 0;
	b->context = b->context != NULL ? b->context : EVP_MD_CTX_new();
	if (b->context != NULL && EVP_DigestInit_ex2(b->context, d->sha256, NULL) == 1)
		return b;
	b->row.used = 0;
	return NULL;
}

static enum digest
end(struct digests *d, struct begun *b, int fd, char hex[DIGEST_HEX])
{
	unsigned char hash[BYTES];
	struct stat after;
	b->row.used = 0;
	if (EVP_DigestFinal_ex(b->context, hash, NULL) != 1 || fstat(fd, &after) != 0 || !same_file(&b->row.file, &after))
		return DIGEST_NONE; /* one that changed while it was read has no digest */
	struct kept *k = (struct kept *)place(d, d->kept, sizeof(*d->kept), KEPT, b->row.uid, &after);
	for (size_t i = 0; i < BYTES; i++)
		snprintf(k->hex + 2 * i, 3, "%02x", hash[i]);
	memcpy(hex, k->hex, DIGEST_HEX);
	return DIGEST_MADE;
}

static enum digest
read_part(struct digests *d, struct begun *b, int fd, char hex[DIGEST_HEX])
{
	ssize_t got = 1;
	for (size_t part = 0; got > 0 && part < DIGEST_PART; part += (size_t)got) {
		got = pread(fd, d->chunk, CHUNK, b->at);
		if (got < 0 || (got > 0 && EVP_DigestUpdate(b->context, d->chunk, (size_t)got) != 1)) {
			b->row.used = 0;
			return DIGEST_NONE;
		}
		b->at += got;
	}
	return got > 0 && b->at < b->row.file.st_size ? DIGEST_MORE : end(d, b, fd, hex);
}

static enum digest
digest_file(struct digests *d, int fd, uint32_t uid, const struct stat *file, char hex[DIGEST_HEX])
{
	struct kept *k = (struct kept *)find(d, d->kept, sizeof(*d->kept), KEPT, file);
	if (k != NULL) {
		memcpy(hex, k->hex, DIGEST_HEX);
		return DIGEST_MADE;
	}
	struct begun *b = (struct begun *)find(d, d->begun, sizeof(*d->begun), BEGUN, file);
	b = b != NULL ? b : begin(d, uid, file);
	return b == NULL ? DIGEST_NONE : read_part(d, b, fd, hex);
}

enum digest
digests_of(struct digests *d, int process, uint32_t uid, int64_t most, char hex[DIGEST_HEX])
{
	struct stat file;
	int fd = openat(process, "exe", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool good = fd >= 0 && fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && file.st_size <= most;
	enum digest made = good ? digest_file(d, fd, uid, &file, hex) : DIGEST_NONE;
	if (fd >= 0)
		close(fd);
	return made;
}
