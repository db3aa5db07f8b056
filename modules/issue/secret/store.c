/* SPDX-License-Identifier: Apache-2.0
 * The store, read: AES-256-GCM under a key of each file's own, the name as what is authenticated beside it. */
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAGIC = 8, SALT = 32, TAG = 16, HEAD = MAGIC + SALT, FILE_MAX = HEAD + STORE_VALUE_MAX + TAG, DIGEST = 32 };

static const char magic[MAGIC + 1] = "SGSEC1\r\n", label[] = "stepgate secret 1\1", ending[] = ".secret";

bool
store_key(struct sg_str pem, unsigned char key[STORE_KEY])
{
	char *name = NULL, *header = NULL;
	unsigned char *bytes = NULL;
	long len = 0;
	BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
	bool good = bio != NULL && PEM_read_bio(bio, &name, &header, &bytes, &len) == 1 && strcmp(name, "STEPGATE STORE KEY") == 0 && len == STORE_KEY;
	if (good)
		memcpy(key, bytes, STORE_KEY);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_clear_free(bytes, (size_t)len);
	BIO_free(bio);
	return good;
}

static bool
is_dots(const char *segment, size_t len)
{
	return len == 0 || (len == 1 && segment[0] == '.') || (len == 2 && segment[0] == '.' && segment[1] == '.');
}

bool
store_name(struct sg_str name)
{
	size_t begin = 0;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		if (c == '/') {
			if (is_dots(name.ptr + begin, i - begin))
				return false;
			begin = i + 1;
		} else if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-')
			return false;
	}
	return name.len > 0 && name.len <= STORE_NAME_MAX && !is_dots(name.ptr + begin, name.len - begin);
}

static void
file_of(struct sg_str name, char file[STORE_NAME_MAX + sizeof(ending)])
{
	for (size_t i = 0; i < name.len; i++)
		file[i] = name.ptr[i] == '/' ? '%' : name.ptr[i];
	memcpy(file + name.len, ending, sizeof(ending));
}

/* HKDF-SHA-256, one block, as core/base does it: the salt is hashed first. */
static bool
derive(const unsigned char key[STORE_KEY], const unsigned char *salt, unsigned char out[DIGEST])
{
	unsigned char hashed[DIGEST], extracted[DIGEST];
	bool good = EVP_Digest(salt, SALT, hashed, NULL, EVP_sha256(), NULL) == 1 && HMAC(EVP_sha256(), hashed, DIGEST, key, STORE_KEY, extracted, NULL) != NULL &&
		    HMAC(EVP_sha256(), extracted, DIGEST, (const unsigned char *)label, sizeof(label) - 1, out, NULL) != NULL;
	OPENSSL_cleanse(extracted, sizeof(extracted));
	return good;
}

static bool
unseal(const unsigned char key[DIGEST], struct sg_str name, const unsigned char *sealed, size_t len, char *out)
{
	static const unsigned char nonce[12];
	int got = 0, rest = 0;
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	bool good = context != NULL && EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
		    EVP_DecryptUpdate(context, NULL, &got, (const unsigned char *)name.ptr, (int)name.len) == 1 &&
		    EVP_DecryptUpdate(context, (unsigned char *)out, &got, sealed, (int)len) == 1 &&
		    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG, (void *)(sealed + len)) == 1 &&
		    EVP_DecryptFinal_ex(context, (unsigned char *)out + got, &rest) == 1;
	EVP_CIPHER_CTX_free(context);
	if (!good)
		OPENSSL_cleanse(out, len);
	return good;
}

bool
store_warm(const unsigned char key[STORE_KEY])
{
	unsigned char salt[SALT] = {0}, own[DIGEST], sealed[1 + TAG] = {0};
	char out[1];
	bool good = derive(key, salt, own);
	bool opened = good && unseal(own, (struct sg_str){"a", 1}, sealed, 1, out); /* of course it does not: nothing was sealed */
	OPENSSL_cleanse(own, sizeof(own));
	return good && !opened;
}

static enum sg_status
open_value(const unsigned char key[STORE_KEY], struct sg_str name, const unsigned char *file, size_t size, char *out, size_t *len, struct sg_err *err)
{
	unsigned char own[DIGEST];
	bool good = size > HEAD + TAG && size <= FILE_MAX && memcmp(file, magic, MAGIC) == 0 && derive(key, file + MAGIC, own) &&
		    unseal(own, name, file + HEAD, size - HEAD - TAG, out);
	OPENSSL_cleanse(own, sizeof(own));
	if (!good)
		return sg_refuse(err, SG_MALFORMED, "secret_form", "what is stored was not sealed under this name with this key");
	*len = size - HEAD - TAG;
	return SG_OK;
}

enum sg_status
store_read(int folder, const unsigned char key[STORE_KEY], struct sg_str name, char *out, size_t *len, struct sg_err *err)
{
	char path[STORE_NAME_MAX + sizeof(ending)];
	unsigned char file[FILE_MAX + 1];
	struct stat st;
	if (!store_name(name))
		return sg_refuse(err, SG_MALFORMED, "secret_name", "a name has segments of [a-z0-9._-] between slashes, at most %d bytes", STORE_NAME_MAX);
	file_of(name, path);
	int fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? sg_refuse(err, SG_NOT_FOUND, "secret_unknown", "there is no such secret")
				       : sg_refuse(err, SG_UNAVAILABLE, "secret_read", "%s", strerror(errno));
	ssize_t got = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) == 0 ? pread(fd, file, sizeof(file), 0) : -1;
	close(fd);
	if (got < 0)
		return sg_refuse(err, SG_UNAVAILABLE, "secret_read", "its file is not readable by its owner alone");
	return open_value(key, name, file, (size_t)got, out, len, err);
}

/* ---- names ---- */

struct names {
	char *out;
	size_t len;
	bool full;
};

/* Once each, though many may be in one folder below. */
static void
add_name(struct names *names, const char *text, size_t len)
{
	for (size_t at = 0; at < names->len;) {
		const char *end = memchr(names->out + at, '\n', names->len - at);
		if ((size_t)(end - names->out) - at == len && memcmp(names->out + at, text, len) == 0)
			return;
		at = (size_t)(end - names->out) + 1;
	}
	if (names->len + len + 1 > STORE_VALUE_MAX) {
		names->full = true;
		return;
	}
	memcpy(names->out + names->len, text, len);
	names->out[names->len + len] = '\n';
	names->len += len + 1;
}

static void
consider(struct names *names, const char *file, struct sg_str prefix)
{
	size_t len = strlen(file), tail = sizeof(ending) - 1;
	if (len <= tail || len > STORE_NAME_MAX + tail || strcmp(file + len - tail, ending) != 0)
		return;
	char name[STORE_NAME_MAX];
	for (size_t i = 0; i < len - tail; i++)
		name[i] = file[i] == '%' ? '/' : file[i];
	len -= tail;
	if (!store_name((struct sg_str){name, len}) || len <= prefix.len + 1 || memcmp(name, prefix.ptr, prefix.len) != 0 || name[prefix.len] != '/')
		return;
	const char *slash = memchr(name + prefix.len + 1, '/', len - prefix.len - 1);
	add_name(names, name, slash == NULL ? len : (size_t)(slash - name) + 1);
}

enum sg_status
store_list(int folder, struct sg_str prefix, char *out, size_t *len, struct sg_err *err)
{
	struct names names = {out, 0, false};
	if (!store_name(prefix))
		return sg_refuse(err, SG_MALFORMED, "secret_name", "a folder has segments of [a-z0-9._-] between slashes, at most %d bytes", STORE_NAME_MAX);
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir == NULL)
		return sg_refuse(err, SG_UNAVAILABLE, "secret_read", "%s", strerror(errno));
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
		consider(&names, entry->d_name, prefix);
	closedir(dir);
	*len = names.len;
	if (names.full)
		return sg_refuse(err, SG_LIMIT, "secret_many", "the names there have more than %d bytes", STORE_VALUE_MAX);
	return names.len > 0 ? SG_OK : sg_refuse(err, SG_NOT_FOUND, "secret_unknown", "there is nothing below it");
}
