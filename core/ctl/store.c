/* SPDX-License-Identifier: Apache-2.0
 * Finding, opening and writing the store of brokered secrets. */
#include "ctl/store.h"

#include "base/fd.h"
#include "base/secret.h"
#include "base/str.h"
#include "conf/grant.h"
#include "ctl/show.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 1200, PEM_MAX = 1024, MAGIC = 8, SALT = 32, HEAD = MAGIC + SALT };

static const char pem_name[] = "STEPGATE STORE KEY", magic[MAGIC + 1] = "SGSEC1\r\n";

static bool
is_dots(struct sg_str segment)
{
	return segment.len == 0 || sg_str_is(segment, ".") || sg_str_is(segment, "..");
}

bool
sg_store_name(struct sg_str name)
{
	struct sg_str rest = name;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && memchr("/._-", c, 4) == NULL)
			return false;
	}
	while (rest.ptr != NULL)
		if (is_dots(sg_str_cut(&rest, '/')))
			return false;
	return name.len > 0 && name.len <= SG_STORE_NAME_MAX;
}

/* ---- the key ---- */

size_t
sg_store_key(char *out, size_t room)
{
	unsigned char key[SG_KEY_BYTES];
	char *text = NULL;
	BIO *bio = BIO_new(BIO_s_secmem());
	long len = 0;
	if (bio != NULL && sg_random(key, sizeof(key), NULL) == SG_OK && PEM_write_bio(bio, pem_name, "", key, sizeof(key)) > 0)
		len = BIO_get_mem_data(bio, &text);
	bool good = len > 0 && (size_t)len < room;
	if (good)
		memcpy(out, text, (size_t)len);
	BIO_free_all(bio);
	sg_wipe(key, sizeof(key));
	return good ? (size_t)len : 0;
}

static bool
read_key(const char *path, unsigned char key[SG_KEY_BYTES], struct sg_err *err)
{
	char pem[PEM_MAX], *name = NULL, *header = NULL;
	unsigned char *bytes = NULL;
	long len = 0;
	int fd = -1;
	if (sg_open_trusted(path, &fd, err) != SG_OK)
		return false;
	ssize_t got = read(fd, pem, sizeof(pem));
	close(fd);
	BIO *bio = got > 0 ? BIO_new_mem_buf(pem, (int)got) : NULL;
	bool good = bio != NULL && PEM_read_bio(bio, &name, &header, &bytes, &len) == 1 && strcmp(name, pem_name) == 0 && len == SG_KEY_BYTES;
	if (good)
		memcpy(key, bytes, SG_KEY_BYTES);
	else
		snprintf(err->text, sizeof(err->text), "%.200s is no store key", path);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_clear_free(bytes, (size_t)len);
	BIO_free(bio);
	sg_wipe(pem, sizeof(pem));
	return good;
}

/* ---- which ---- */

static bool
granted(const struct sg_json *stanza, const char *name, enum sg_grant_kind kind, char *path, size_t room)
{
	const struct sg_json *list = sg_json_get(stanza, "grants");
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		struct sg_str text;
		struct sg_grant grant;
		if (sg_json_string(e, &text) && sg_grant_read(text, &grant) && grant.kind == kind && sg_str_is(grant.name, name) && grant.rest.len < room) {
			snprintf(path, room, "%.*s", SG_STR_ARG(grant.rest));
			return true;
		}
	}
	return false;
}

bool
sg_store_path(const struct sg_json *stanza, char *path, size_t room)
{
	return granted(stanza, "store", SG_GRANT_folder, path, room);
}

static const struct sg_json *
find_stanza(const struct sg_ctl *ctl, const struct sg_json *config, size_t *count)
{
	const struct sg_json *issue = sg_json_get(config, "issue"), *found = NULL;
	const char *name = ctl->option[SG_CTL_OPTION_issuer];
	*count = 0;
	for (const struct sg_json *i = sg_json_first(issue); i != NULL; i = sg_json_next(issue, i))
		if (sg_json_is(i, "use", "secret") && (name == NULL || sg_str_is(i->name, name))) {
			found = i;
			++*count;
		}
	return found;
}

int
sg_store_open(const struct sg_ctl *ctl, const struct sg_json *config, struct sg_store *store)
{
	char key[PATH], path[PATH];
	struct sg_err err = {0};
	size_t count;
	const struct sg_json *stanza = find_stanza(ctl, config, &count);
	store->folder = -1;
	if (count != 1)
		return sg_ctl_fail(ctl, SG_CTL_CONFIG, "secret_issuer", count == 0 ? "issue : { vault : { use = \"secret\" ... } }" : "say which: --issuer NAME",
				   "%zu issuers use \"secret\"", count);
	if (!sg_store_path(stanza, path, sizeof(path)))
		return sg_ctl_fail(ctl, SG_CTL_CONFIG, "secret_no_store", "grants = [ \"store=folder:PATH\" ]", "the issuer has no store");
	snprintf(key, sizeof(key), "%.*s/issue/%.*s.pem", SG_STR_ARG(sg_json_text_at(config, "state_dir")), SG_STR_ARG(stanza->name));
	if (access(key, F_OK) != 0)
		granted(stanza, "key", SG_GRANT_secret, key, sizeof(key));
	if (!read_key(key, store->key, &err) || sg_open_trusted_folder(path, &store->folder, &err) != SG_OK)
		return sg_ctl_fail(ctl, err.code != NULL && strcmp(err.code, "path_unreadable") == 0 ? SG_CTL_PERMISSION : SG_CTL_CONFIG,
				   err.code != NULL ? err.code : "secret_key", "stepgate init makes what is missing", "%s", err.text);
	return SG_CTL_OK;
}

void
sg_store_done(struct sg_store *store)
{
	sg_wipe(store->key, sizeof(store->key));
	if (store->folder >= 0)
		close(store->folder);
	store->folder = -1;
}

/* ---- writing ---- */

static bool
write_file(int folder, const char *beside, const char *file, struct sg_str bytes)
{
	int fd = openat(folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good = fd >= 0 && sg_write_whole(fd, bytes) && fsync(fd) == 0 && renameat(folder, beside, folder, file) == 0 && fsync(folder) == 0;
	int error = errno;
	if (fd >= 0)
		close(fd);
	if (!good && fd >= 0)
		unlinkat(folder, beside, 0);
	errno = error;
	return good;
}

bool
sg_store_put(const struct sg_store *store, struct sg_str name, struct sg_str value)
{
	char bytes[HEAD + SG_STORE_VALUE_MAX + SG_SEAL_OVERHEAD], file[SG_STORE_NAME_MAX + 16], beside[64];
	unsigned char own[SG_KEY_BYTES];
	struct sg_err err = {0};
	memcpy(bytes, magic, MAGIC);
	errno = EINVAL;
	if (value.len > SG_STORE_VALUE_MAX || !sg_store_name(name) || sg_random(bytes + MAGIC, SALT, NULL) != SG_OK)
		return false;
	snprintf(file, sizeof(file), "%.*s.secret", SG_STR_ARG(name));
	for (char *at = file; *at != '\0'; at++)
		*at = *at == '/' ? '%' : *at;
	snprintf(beside, sizeof(beside), ".new-%ld", (long)getpid());
	sg_derive(own, store->key, (struct sg_str){bytes + MAGIC, SALT}, "stepgate secret 1");
	bool good = sg_seal(bytes + HEAD, own, 0, name, value, &err) == SG_OK &&
		    write_file(store->folder, beside, file, (struct sg_str){bytes, HEAD + value.len + SG_SEAL_OVERHEAD});
	sg_wipe(own, sizeof(own));
	return good;
}
