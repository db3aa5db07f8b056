/* SPDX-License-Identifier: Apache-2.0
 * Where a backup goes, and what it is of. */
#include "ctl/backup.h"

#include "base/str.h"
#include "ctl/daemon.h"
#include "ctl/show.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
sg_backup_folders(const struct sg_ctl *ctl, char *state, char *run, size_t room)
{
	struct sg_buf text;
	struct sg_arena arena;
	const struct sg_json *config = NULL;
	sg_buf_init(&text, SG_DAEMON_DOCUMENT);
	sg_arena_init(&arena, 256 << 20);
	int code = sg_daemon_config(ctl, ctl->option[SG_CTL_OPTION_config], &text, &arena, &config);
	if (code == SG_CTL_OK) {
		snprintf(state, room, "%.*s", SG_STR_ARG(sg_json_text_at(config, "state_dir")));
		snprintf(run, room, "%.*s", SG_STR_ARG(sg_json_text_at(config, "run_dir")));
	}
	sg_arena_done(&arena);
	sg_buf_done(&text);
	return code;
}

static bool
is_empty(int folder)
{
	struct dirent **names;
	int count = sg_backup_list(folder, &names);
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
	return count == 0;
}

/* Whoever else could put something in its place while it is made. */
static bool
is_ours(int folder)
{
	struct stat is;
	return fstat(folder, &is) == 0 && is.st_uid == geteuid() && (is.st_mode & 022) == 0;
}

static bool
is_same(const struct stat *one, const struct stat *other)
{
	return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* A copy of a state in that state would be copied by the next. True also where that cannot be told. */
static bool
is_within(int folder, int outer)
{
	struct stat is, of, above;
	int at = dup(folder);
	bool known = at >= 0 && fstat(at, &is) == 0 && fstat(outer, &of) == 0, within = known && is_same(&is, &of), top = false;
	while (known && !within && !top) {
		int up = openat(at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
		close(at);
		at = up;
		known = at >= 0 && fstat(at, &above) == 0;
		top = known && is_same(&above, &is);
		within = known && is_same(&above, &of);
		is = known ? above : is;
	}
	if (at >= 0)
		close(at);
	return within || !known;
}

int
sg_backup_folder(const struct sg_ctl *ctl, const char *to, int state, const char *from, int *out)
{
	bool made = mkdir(to, 0700) == 0;
	if ((!made && errno != EEXIST) || (*out = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "backup_io", "", "%s: %s", to, strerror(errno));
	if (is_within(*out, state)) {
		if (made)
			rmdir(to);
		return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "backup_there", "give a folder on another disk", "%s is within %s", to, from);
	}
	if (!is_ours(*out))
		return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "backup_there", "give a folder that is not there yet", "%s is another user's, or others may write to it", to);
	if (!is_empty(*out))
		return sg_ctl_fail(ctl, SG_CTL_UNREADABLE, "backup_there", "give a folder that is empty or not there", "%s is not empty", to);
	return SG_CTL_OK;
}
