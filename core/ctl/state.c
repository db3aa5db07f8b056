/* SPDX-License-Identifier: Apache-2.0
 * State and keys. A key is made once: a new state key beside an old journal would cut every task and credential off
 * from its record. */
#include "ctl/daemon.h"
#include "ctl/show.h"
#include "ctl/start.h"
#include "ctl/store.h"

#include "base/digest.h"
#include "base/secret.h"
#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <unistd.h>

enum { PATH = 1200, PEM_MAX = 4096 };

/* Any segment: then this state has lived, and its key must be the one it lived with. */
static bool
has_journal(const char *folder)
{
	bool found = false;
	DIR *dir = opendir(folder);
	for (struct dirent *entry; dir != NULL && !found && (entry = readdir(dir)) != NULL;) {
		size_t len = strlen(entry->d_name);
		found = len > 4 && strcmp(entry->d_name + len - 4, ".seg") == 0;
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

static int
make_state_key(const struct sg_ctl *ctl, const char *state, struct sg_made *made)
{
	char path[PATH], journal[PATH];
	unsigned char key[SG_KEY_BYTES];
	snprintf(path, sizeof(path), "%.1100s/keys/state.key", state);
	snprintf(journal, sizeof(journal), "%.1100s/journal", state);
	if (access(path, F_OK) != 0 && has_journal(journal))
		return sg_ctl_fail(ctl, SG_CTL_CONFIG, "state_key_lost",
				   "put keys/ back from where it is kept; or move the state away and begin anew",
				   "%s has a journal but not its key", state);
	if (sg_random(key, sizeof(key), NULL) != SG_OK)
		return sg_ctl_fail(ctl, SG_CTL_INTERNAL, "no_randomness", "", "no random bytes");
	int code = sg_made_note(ctl, made, sg_make_file(path, (struct sg_str){(char *)key, sizeof(key)}, 0600), path);
	sg_wipe(key, sizeof(key));
	return code;
}

/* A P-256 key in PKCS #8, PEM; 0 if OpenSSL cannot. */
static size_t
make_pem(char *out, size_t room)
{
	char *text = NULL;
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIO *bio = BIO_new(BIO_s_secmem());
	long len = 0;
	if (key != NULL && bio != NULL && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1)
		len = BIO_get_mem_data(bio, &text);
	bool good = len > 0 && (size_t)len < room;
	if (good)
		memcpy(out, text, (size_t)len);
	BIO_free_all(bio);
	EVP_PKEY_free(key);
	return good ? (size_t)len : 0;
}

static int
make_issuer_key(const struct sg_ctl *ctl, const char *state, const struct sg_json *stanza, struct sg_made *made)
{
	char path[PATH], pem[PEM_MAX];
	bool signs = !sg_json_is(stanza, "use", "secret");
	snprintf(path, sizeof(path), "%.1000s/issue/%.*s.pem", state, SG_STR_ARG(stanza->name));
	size_t len = signs ? make_pem(pem, sizeof(pem)) : sg_store_key(pem, sizeof(pem));
	if (len == 0)
		return sg_ctl_fail(ctl, SG_CTL_INTERNAL, "no_key", "", "OpenSSL made no key");
	int code = sg_made_note(ctl, made, sg_make_file(path, (struct sg_str){pem, len}, 0600), path);
	sg_wipe(pem, sizeof(pem));
	return code;
}

static bool
needs_key(const struct sg_json *stanza)
{
	static const char *const modules[] = {"jwt", "secret", "ssh", "x509"};
	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++)
		if (sg_json_is(stanza, "use", modules[i]))
			return true;
	return false;
}

/* What an issuer of ours lives on. */
static int
make_issuer(const struct sg_ctl *ctl, const char *state, const struct sg_json *stanza, struct sg_made *made)
{
	char path[PATH];
	int code = needs_key(stanza) ? make_issuer_key(ctl, state, stanza, made) : SG_CTL_OK;
	if (code == SG_CTL_OK && sg_json_is(stanza, "use", "secret") && sg_store_path(stanza, path, sizeof(path)))
		code = sg_made_note(ctl, made, sg_make_folder(path, 0700), path);
	return code;
}

static int
make_folders(const struct sg_ctl *ctl, const char *state, struct sg_made *made)
{
	static const char *const folders[] = {"", "/journal", "/keys", "/issue", "/policy"};
	char path[PATH];
	int code = SG_CTL_OK;
	for (size_t i = 0; code == SG_CTL_OK && i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%.1100s%s", state, folders[i]);
		code = sg_made_note(ctl, made, sg_make_folder(path, 0700), path);
	}
	snprintf(path, sizeof(path), "%.1100s/lock", state);
	return code == SG_CTL_OK ? sg_made_note(ctl, made, sg_make_file(path, SG_STR(""), 0600), path) : code;
}

int
sg_start_state(const struct sg_ctl *ctl, const char *file, struct sg_made *made)
{
	struct sg_buf text;
	struct sg_arena arena;
	char state[PATH];
	const struct sg_json *config = NULL;
	sg_buf_init(&text, SG_DAEMON_DOCUMENT);
	sg_arena_init(&arena, 256 << 20);
	int code = sg_daemon_config(ctl, file, &text, &arena, &config);
	snprintf(state, sizeof(state), "%.*s", SG_STR_ARG(sg_json_text_at(config, "state_dir")));
	if (code == SG_CTL_OK)
		code = make_folders(ctl, state, made);
	if (code == SG_CTL_OK)
		code = make_state_key(ctl, state, made);
	const struct sg_json *issue = sg_json_get(config, "issue");
	for (const struct sg_json *i = sg_json_first(issue); i != NULL && code == SG_CTL_OK; i = sg_json_next(issue, i))
		code = make_issuer(ctl, state, i, made);
	sg_arena_done(&arena);
	sg_buf_done(&text);
	return code;
}
