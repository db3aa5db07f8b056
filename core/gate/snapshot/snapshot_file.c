/* SPDX-License-Identifier: Apache-2.0
 * Files of snapshots. */
#include "gate/journal/pulse.h"
#include "gate/snapshot/snapshot_file.h"

#include "base/err.h"
#include "base/folder.h"
#include "base/str.h"
#include "frame/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WRITE_AT_ONCE = 1 << 20, HASH_AT_ONCE = 1 << 20 };

/* ---- writing ---- */

struct writing {
	int fd;
	struct sg_buf pending;
	EVP_MD_CTX *hash;
};

static bool
flush(struct writing *w)
{
	struct sg_str rest = sg_buf_view(&w->pending);
	while (rest.len > 0) {
		ssize_t n = write(w->fd, rest.ptr, rest.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		rest = (struct sg_str){rest.ptr + n, rest.len - (size_t)n};
	}
	sg_buf_clear(&w->pending);
	return true;
}

static bool
write_line(void *to, struct sg_str line)
{
	struct writing *w = to;
	sg_buf_str(&w->pending, line);
	sg_buf_text(&w->pending, "\n");
	if (w->pending.failed || EVP_DigestUpdate(w->hash, line.ptr, line.len) != 1 || EVP_DigestUpdate(w->hash, "\n", 1) != 1)
		return false;
	return w->pending.len < WRITE_AT_ONCE || flush(w);
}

static enum sg_status
write_all(struct writing *w, const struct sg_state *state, const struct sg_snapshot_head *head, char digest[SG_SHA256_HEX], struct sg_err *err)
{
	unsigned char hash[SG_SHA256_BYTES];
	if (w->hash == NULL || w->fd < 0 || EVP_DigestInit_ex(w->hash, EVP_sha256(), NULL) != 1)
		return sg_fail(err, SG_UNAVAILABLE, "snapshot_write", "snapshot.tmp: %s", strerror(errno));
	enum sg_status status = sg_snapshot_write(state, head, write_line, w, err);
	if (status == SG_OK && (!flush(w) || fdatasync(w->fd) != 0 || EVP_DigestFinal_ex(w->hash, hash, NULL) != 1))
		status = sg_fail(err, SG_UNAVAILABLE, "snapshot_write", "snapshot.tmp: %s", strerror(errno));
	if (status == SG_OK)
		sg_hex(digest, hash, sizeof(hash));
	return status;
}

enum sg_status
sg_snapshot_save(const struct sg_state *state, const struct sg_snapshot_head *head, int folder, struct sg_snapshot_file *file, struct sg_err *err)
{
	char name[SG_BESIDE_NAME];
	struct writing w = {.fd = openat(folder, "snapshot.tmp", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), .hash = EVP_MD_CTX_new()};
	sg_buf_init(&w.pending, WRITE_AT_ONCE + SG_SNAPSHOT_LINE + 2);
	file->leaf = head->leaf;
	enum sg_status status = write_all(&w, state, head, file->digest, err);
	sg_buf_done(&w.pending);
	EVP_MD_CTX_free(w.hash);
	if (w.fd >= 0)
		close(w.fd);
	sg_snapshot_name(name, file->leaf, file->digest);
	if (status == SG_OK && (renameat(folder, "snapshot.tmp", folder, name) != 0 || fsync(folder) != 0))
		status = sg_fail(err, SG_UNAVAILABLE, "snapshot_write", "%s: %s", name, strerror(errno));
	if (status != SG_OK)
		unlinkat(folder, "snapshot.tmp", 0); /* half of one keeps the journal from the room that it takes */
	return status;
}

/* ---- finding ---- */

void
sg_snapshot_newest(int folder, uint64_t before, struct sg_snapshot_file *file)
{
	sg_pulse_disk(true);
	DIR *dir = sg_folder_list(folder);
	struct dirent *entry;
	*file = (struct sg_snapshot_file){.leaf = 0};
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct sg_snapshot_file got;
		if (sg_snapshot_name_read(entry->d_name, &got.leaf, got.digest) && got.leaf < before && got.leaf > file->leaf)
			*file = got;
	}
	if (dir != NULL)
		closedir(dir);
	sg_pulse_disk(false);
}

void
sg_snapshot_tidy(int folder)
{
	char name[SG_BESIDE_NAME];
	struct sg_snapshot_file file = {.leaf = UINT64_MAX};
	sg_pulse_disk(true);
	unlinkat(folder, "snapshot.tmp", 0);
	for (int i = 0; i < SG_SNAPSHOTS_KEPT && file.leaf != 0; i++)
		sg_snapshot_newest(folder, file.leaf, &file);
	while (file.leaf != 0) {
		sg_snapshot_newest(folder, file.leaf, &file);
		sg_snapshot_name(name, file.leaf, file.digest);
		if (file.leaf != 0)
			unlinkat(folder, name, 0);
	}
	sg_pulse_disk(false);
}

/* ---- reading ---- */

/* Bytes read; a slow disk is no hang. */
static size_t
read_text(int fd, char *text, size_t len)
{
	size_t got = 0;
	sg_pulse_disk(true);
	for (ssize_t n = 1; text != NULL && n > 0 && got < len; got += n > 0 ? (size_t)n : 0)
		n = read(fd, text + got, len - got);
	sg_pulse_disk(false);
	return got;
}

/* A long one takes seconds: the pulse goes on. */
static bool
has_digest(struct sg_str text, const char *want)
{
	unsigned char hash[SG_SHA256_BYTES];
	char digest[SG_SHA256_HEX] = "";
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context != NULL && EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;
	while (good && text.len > 0) {
		size_t part = text.len < HASH_AT_ONCE ? text.len : HASH_AT_ONCE;
		sg_pulse_beat();
		good = EVP_DigestUpdate(context, text.ptr, part) == 1;
		text = (struct sg_str){text.ptr + part, text.len - part};
	}
	if (good && EVP_DigestFinal_ex(context, hash, NULL) == 1)
		sg_hex(digest, hash, sizeof(hash));
	EVP_MD_CTX_free(context);
	return strcmp(digest, want) == 0;
}

enum sg_status
sg_snapshot_load(int folder, const struct sg_snapshot_file *file, struct sg_state *state, struct sg_snapshot_head *head, struct sg_err *err)
{
	char name[SG_BESIDE_NAME];
	struct stat status;
	sg_snapshot_name(name, file->leaf, file->digest);
	sg_pulse_disk(true);
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	sg_pulse_disk(false);
	if (fd < 0 || fstat(fd, &status) != 0 || status.st_size <= 0 || status.st_size > SG_SNAPSHOT_MAX) {
		if (fd >= 0)
			close(fd);
		return sg_fail(err, SG_UNAVAILABLE, "snapshot_read", "%s cannot be read", name);
	}
	char *text = malloc((size_t)status.st_size);
	struct sg_str whole = {text, read_text(fd, text, (size_t)status.st_size)};
	close(fd);
	enum sg_status result = text == NULL ? sg_fail(err, SG_NOMEM, "no_memory", "no memory for a snapshot") : SG_OK;
	if (result == SG_OK)
		result = !has_digest(whole, file->digest) ? sg_fail(err, SG_MALFORMED, "snapshot_digest", "%s is not what it was", name)
							  : sg_snapshot_read(state, whole, head, err);
	if (result == SG_OK && head->leaf != file->leaf)
		result = sg_fail(err, SG_MALFORMED, "snapshot_form", "%s is of another leaf", name);
	free(text);
	return result;
}
