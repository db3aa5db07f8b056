/* SPDX-License-Identifier: Apache-2.0
 * secret put, list, remove: filling the store of issue/secret. A value comes from standard input alone and is printed nowhere. */
#include "ctl/store.h"

#include "base/json_scan.h"
#include "base/secret.h"
#include "base/str.h"
#include "ctl/daemon.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static const char ending[] = ".secret";

static int
open_store(const struct sg_ctl *ctl, struct sg_store *store)
{
	struct sg_buf text;
	struct sg_arena arena;
	struct sg_err err = {0};
	const struct sg_json *config = NULL;
	const char *file = ctl->option[SG_CTL_OPTION_config];
	store->folder = -1;
	sg_process_undumpable();
	sg_buf_init(&text, SG_DAEMON_DOCUMENT);
	sg_arena_init(&arena, 256 << 20);
	int code = sg_daemon_config(ctl, file != NULL ? file : SG_CTL_CONFIG_FILE, &text, &arena, &config);
	if (code == SG_CTL_OK && sg_digest_start(&err) != SG_OK)
		code = sg_ctl_fail(ctl, SG_CTL_INTERNAL, "no_crypto", "", "%s", err.text);
	if (code == SG_CTL_OK)
		code = sg_store_open(ctl, config, store);
	sg_arena_done(&arena);
	sg_buf_done(&text);
	return code;
}

static bool
is_utf8(struct sg_str value)
{
	const char *at = value.ptr, *end = at + value.len;
	while (at < end) {
		size_t len = (unsigned char)*at < 0x80 ? 1 : sg_json_utf8(at, end);
		if (len == 0)
			return false;
		at += len;
	}
	return true;
}

/* On a terminal what is typed is not shown. */
static bool
read_value(char *out, size_t room, size_t *len)
{
	struct termios before, silent;
	bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
	ssize_t got = 1;
	*len = 0;
	if (terminal) {
		fputs("the secret (not shown), then Enter: ", stderr);
		silent = before;
		silent.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	}
	while (*len < room && (got = read(STDIN_FILENO, out + *len, room - *len)) > 0) {
		*len += (size_t)got;
		if (terminal && out[*len - 1] == '\n')
			break;
	}
	if (terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
		fputs("\n", stderr);
	}
	*len -= *len > 0 && out[*len - 1] == '\n';
	return got >= 0;
}

static int
done(const struct sg_ctl *ctl, const char *what, const char *name)
{
	if (ctl->json)
		printf("{\"name\":\"%s\",\"ok\":true}\n", name);
	else
		printf("%s %s\n", what, name);
	return SG_CTL_OK;
}

static int
check_name(const struct sg_ctl *ctl)
{
	return sg_store_name(sg_str(ctl->args[0])) ? SG_CTL_OK
						   : sg_ctl_fail(ctl, SG_CTL_USAGE, "secret_name", "such as prod/db/billing",
								 "a name has segments of a-z 0-9 . _ - between slashes, at most %d bytes", SG_STORE_NAME_MAX);
}

int
sg_ctl_secret_put(struct sg_ctl *ctl)
{
	char value[SG_STORE_VALUE_MAX + 2];
	struct sg_store store = {.folder = -1};
	size_t len = 0;
	int code = check_name(ctl);
	if (code == SG_CTL_OK)
		code = open_store(ctl, &store);
	if (code == SG_CTL_OK && !read_value(value, sizeof(value), &len))
		code = sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "secret_input", "", "standard input: %s", strerror(errno));
	struct sg_str given = {value, len};
	if (code == SG_CTL_OK && (len == 0 || len > SG_STORE_VALUE_MAX || !is_utf8(given)))
		code = sg_ctl_fail(ctl, SG_CTL_USAGE, "secret_value", "encode bytes as text", "a secret is UTF-8 of 1 to %d bytes", SG_STORE_VALUE_MAX);
	if (code == SG_CTL_OK && !sg_store_put(&store, sg_str(ctl->args[0]), given))
		code = sg_ctl_fail(ctl, SG_CTL_CANNOT_MAKE, "make", "", "%s: %s", ctl->args[0], strerror(errno));
	sg_wipe(value, sizeof(value));
	sg_store_done(&store);
	return code == SG_CTL_OK ? done(ctl, "put", ctl->args[0]) : code;
}

int
sg_ctl_secret_remove(struct sg_ctl *ctl)
{
	char file[SG_STORE_NAME_MAX + 16];
	struct sg_store store = {.folder = -1};
	int code = check_name(ctl);
	if (code == SG_CTL_OK)
		code = open_store(ctl, &store);
	snprintf(file, sizeof(file), "%.*s%s", SG_STORE_NAME_MAX, ctl->args[0], ending);
	for (char *at = file; *at != '\0'; at++)
		*at = *at == '/' ? '%' : *at;
	if (code == SG_CTL_OK && (unlinkat(store.folder, file, 0) != 0 || fsync(store.folder) != 0))
		code = errno == ENOENT ? sg_ctl_fail(ctl, SG_CTL_DENIED, "secret_unknown", "stepgate secret list", "there is no secret %s", ctl->args[0])
				       : sg_ctl_fail(ctl, SG_CTL_CANNOT_MAKE, "make", "", "%s: %s", ctl->args[0], strerror(errno));
	sg_store_done(&store);
	return code == SG_CTL_OK ? done(ctl, "removed", ctl->args[0]) : code;
}

/* ---- list ---- */

static int
is_secret(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name), tail = sizeof(ending) - 1;
	return entry->d_name[0] != '.' && len > tail && strcmp(entry->d_name + len - tail, ending) == 0;
}

static void
show_name(const struct sg_ctl *ctl, char *file, bool first)
{
	file[strlen(file) - (sizeof(ending) - 1)] = '\0';
	for (char *at = file; *at != '\0'; at++)
		*at = *at == '%' ? '/' : *at;
	if (!sg_store_name(sg_str(file)))
		return;
	if (ctl->json)
		printf("%s\"%s\"", first ? "" : ",", file);
	else
		printf("%s\n", file);
}

int
sg_ctl_secret_list(struct sg_ctl *ctl)
{
	struct sg_store store;
	struct dirent **entries = NULL;
	int code = open_store(ctl, &store);
	int count = code == SG_CTL_OK ? scandirat(store.folder, ".", &entries, is_secret, alphasort) : 0;
	if (count < 0)
		code = sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "secret_read", "", "the store: %s", strerror(errno));
	if (code == SG_CTL_OK && ctl->json)
		printf("{\"secrets\":[");
	for (int i = 0; i < count; i++) {
		show_name(ctl, entries[i]->d_name, i == 0);
		free(entries[i]);
	}
	if (code == SG_CTL_OK && ctl->json)
		printf("]}\n");
	free(entries);
	sg_store_done(&store);
	return code;
}
