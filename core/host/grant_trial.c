/* SPDX-License-Identifier: Apache-2.0
 * A start is tried with what stands in for others: a module that wants more of them than a descriptor says so later, to those that are there. */
#include "host/grant_trial.h"

#include "base/err.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

bool
sg_grant_reaches(enum sg_grant_kind kind)
{
	return kind == SG_GRANT_resolver || kind == SG_GRANT_network || kind == SG_GRANT_unix || kind == SG_GRANT_tcp || kind == SG_GRANT_url || kind == SG_GRANT_run;
}

static enum sg_status
not_made(const struct sg_open_grant *open, struct sg_err *err)
{
	return sg_fail(err, SG_UNAVAILABLE, "grant_connect", "nothing stands in for \"%s\": %s", open->name, strerror(errno));
}

static int
lonely_end(void)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return -1;
	close(ends[1]);
	return ends[0];
}

static enum sg_status
look_at_program(const char *path, struct sg_err *err)
{
	int program = -1;
	enum sg_status status = sg_open_trusted(path, &program, err);
	if (program >= 0)
		close(program);
	return status;
}

enum sg_status
sg_grant_stand_in(struct sg_open_grant *open, struct sg_err *err)
{
	if (sg_grant_is_permission(open->kind)) /* which is not there in a trial: walls.c */
		return SG_OK;
	enum sg_status status = open->kind == SG_GRANT_run ? look_at_program(open->path, err) : open->kind == SG_GRANT_url ? look_at_program("/usr/bin/curl", err) : SG_OK;
	if (status != SG_OK)
		return status;
	open->fd = open->kind == SG_GRANT_url ? memfd_create("stepgate-fetched", MFD_CLOEXEC) : lonely_end();
	return open->fd >= 0 ? SG_OK : not_made(open, err);
}

static int
open_folder(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

enum sg_status
sg_grant_other_folder(struct sg_open_grant *open, const char *trial, struct sg_err *err)
{
	struct stat st;
	bool good = fstat(open->fd, &st) == 0 && snprintf(open->path, sizeof(open->path), "%s/%s", trial, open->name) < (int)sizeof(open->path);
	close(open->fd);
	open->fd = -1;
	good = good && mkdir(open->path, 0700) == 0 && chmod(open->path, st.st_mode & 07777) == 0;
	open->fd = good ? open_folder(open->path) : -1;
	return open->fd >= 0 ? SG_OK : not_made(open, err);
}
