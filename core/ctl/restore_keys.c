/* SPDX-License-Identifier: Apache-2.0
 * Keys of issuers behind a restore. Tokens of what came behind the backup are signed with those of before: with others nobody takes them. An SSH or X.509 authority
 * is trusted by name elsewhere, and stays. */
#include "ctl/backup.h"

#include "base/str.h"
#include "ctl/daemon.h"
#include "ctl/show.h"
#include "ctl/start.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct keys {
	int state;
	const struct stat *owner;
};

/* One issuer, its key called `name` below the state. False: errno. */
typedef bool each_key(const struct keys *keys, const struct sg_json *issuer, const char *name);

static bool
drop(const struct keys *keys, const struct sg_json *issuer, const char *name)
{
	return !sg_json_is(issuer, "use", "jwt") || unlinkat(keys->state, name, 0) == 0 || errno == ENOENT;
}

static bool
give(const struct keys *keys, const struct sg_json *issuer, const char *name)
{
	(void)issuer;
	int fd = openat(keys->state, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	bool good = fd < 0 ? errno == ENOENT : (geteuid() != 0 || fchown(fd, keys->owner->st_uid, keys->owner->st_gid) == 0) && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

static bool
all_of(const struct keys *keys, const struct sg_json *config, each_key *each)
{
	bool good = true;
	const struct sg_json *issue = sg_json_get(config, "issue");
	for (const struct sg_json *i = issue == NULL ? NULL : sg_json_first(issue); i != NULL && good; i = sg_json_next(issue, i)) {
		char name[256];
		snprintf(name, sizeof(name), "issue/%.*s.pem", SG_STR_ARG(i->name));
		good = each(keys, i, name);
	}
	return good;
}

static int
io(const struct sg_ctl *ctl, const char *path)
{
	return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "restore_io", "", "%s/issue: %s", path, strerror(errno));
}

int
sg_restore_keys(const struct sg_ctl *ctl, int state, const char *path, const struct stat *owner)
{
	struct sg_buf text;
	struct sg_arena arena;
	struct keys keys = {state, owner};
	const struct sg_json *config = NULL;
	struct sg_made made = {.json = true}; /* what is made anew is said by what restore says */
	const char *file = ctl->option[SG_CTL_OPTION_config];
	sg_buf_init(&text, SG_DAEMON_DOCUMENT);
	sg_arena_init(&arena, 256 << 20);
	sg_buf_init(&made.made, 1 << 16);
	sg_buf_init(&made.kept, 1 << 16);
	int code = sg_daemon_config(ctl, file, &text, &arena, &config);
	if (code == SG_CTL_OK && !all_of(&keys, config, drop))
		code = io(ctl, path);
	if (code == SG_CTL_OK)
		code = sg_start_state(ctl, file, &made);
	if (code == SG_CTL_OK && !all_of(&keys, config, give))
		code = io(ctl, path);
	sg_buf_done(&made.made);
	sg_buf_done(&made.kept);
	sg_arena_done(&arena);
	sg_buf_done(&text);
	return code;
}
