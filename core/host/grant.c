/* SPDX-License-Identifier: Apache-2.0
 * Grants, opened. Each kind has one function; what it opens is a descriptor that is closed on exec. */
#include "host/grant.h"

#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "host/grant_trial.h"
#include "host/reach.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum sg_status
open_file(const char *path, const struct sg_grant *grant, int *fd, struct sg_err *err)
{
	(void)grant;
	return sg_open_trusted(path, fd, err);
}

static enum sg_status
open_folder(const char *path, const struct sg_grant *grant, int *fd, struct sg_err *err)
{
	(void)grant;
	return sg_open_trusted_folder(path, fd, err);
}

static enum sg_status
open_secret(const char *path, const struct sg_grant *grant, int *fd, struct sg_err *err)
{
	struct stat st;
	enum sg_status status = sg_open_trusted(path, fd, err);
	if (status != SG_OK || (fstat(*fd, &st) == 0 && (st.st_mode & 077) == 0))
		return status;
	close(*fd);
	*fd = -1;
	return sg_fail(err, SG_REFUSED, "grant_readable", "group or others may read the secret \"%.*s\": chmod 0600",
		       SG_STR_ARG(grant->name));
}

/* Looked at, and closed again: it is opened by its path, behind the walls. */
static enum sg_status
look_at_readable(const char *path, const struct sg_grant *grant, int *fd, struct sg_err *err)
{
	int found = -1;
	(void)grant, (void)fd;
	enum sg_status status = sg_open_trusted(path, &found, err);
	if (status == SG_REFUSED && strcmp(err->code, "path_type") == 0)
		status = sg_open_trusted_folder(path, &found, err);
	if (found >= 0)
		close(found);
	return status;
}

static int
granted_file(const struct sg_open_grants *grants, const char *name)
{
	for (size_t i = 0; i < grants->count; i++)
		if (grants->list[i].kind == SG_GRANT_file && strcmp(grants->list[i].name, name) == 0)
			return grants->list[i].fd;
	return -1;
}

/* With the authorities of NAME_ca, if that was granted before. */
static enum sg_status
open_url(const struct sg_open_grants *grants, const struct sg_open_grant *open, int *fd, struct sg_err *err)
{
	char name[SG_GRANT_NAME_MAX + 8];
	snprintf(name, sizeof(name), "%s_ca", open->name);
	return sg_reach_url(open->path, granted_file(grants, name), fd, err);
}

typedef enum sg_status open_fn(const char *path, const struct sg_grant *grant, int *fd, struct sg_err *err);

static open_fn *const openers[] = {
	[SG_GRANT_secret] = open_secret, [SG_GRANT_file] = open_file,	  [SG_GRANT_folder] = open_folder,
	[SG_GRANT_read] = look_at_readable, [SG_GRANT_unix] = sg_reach_unix, [SG_GRANT_tcp] = sg_reach_tcp, [SG_GRANT_run] = sg_reach_program,
};

static enum sg_status
open_grant(const struct sg_open_grants *grants, struct sg_open_grant *open, const struct sg_grant *grant, struct sg_err *err)
{
	if (sg_grant_is_permission(grant->kind))
		return SG_OK;
	return grant->kind == SG_GRANT_url ? open_url(grants, open, &open->fd, err) : openers[grant->kind](open->path, grant, &open->fd, err);
}

static bool
is_taken(const struct sg_open_grants *grants, struct sg_str name)
{
	for (size_t i = 0; i < grants->count; i++)
		if (sg_str_is(name, grants->list[i].name))
			return true;
	return false;
}

static enum sg_status
open_one(struct sg_open_grants *grants, const struct sg_json *entry, const char *trial, struct sg_err *err)
{
	struct sg_str text = {NULL, 0};
	struct sg_grant grant;
	if (!sg_json_string(entry, &text) || !sg_grant_read(text, &grant) || grant.rest.len >= PATH_MAX)
		return sg_fail(err, SG_MALFORMED, "grant_form", "a grant is NAME=KIND:WHAT, locks, resolver or network");
	if (grants->count == SG_GRANTS_MAX)
		return sg_fail(err, SG_LIMIT, "grant_many", "more than %d grants", SG_GRANTS_MAX);
	if (is_taken(grants, grant.name))
		return sg_fail(err, SG_MALFORMED, "grant_twice", "\"%.*s\" is granted twice", SG_STR_ARG(grant.name));
	struct sg_open_grant *open = &grants->list[grants->count];
	*open = (struct sg_open_grant){.kind = grant.kind, .fd = -1};
	memcpy(open->name, grant.name.ptr, grant.name.len);
	memcpy(open->path, grant.rest.ptr, grant.rest.len);
	open->stands_in = trial != NULL && sg_grant_reaches(grant.kind);
	grants->met |= open->stands_in && sg_grant_is_permission(grant.kind); /* it is not asked for */
	enum sg_status status = open->stands_in ? sg_grant_stand_in(open, err) : open_grant(grants, open, &grant, err);
	if (status == SG_OK && trial != NULL && grant.kind == SG_GRANT_folder)
		status = sg_grant_other_folder(open, trial, err);
	if (status == SG_OK)
		grants->count++;
	return status;
}

enum sg_status
sg_grants_open(struct sg_open_grants *grants, const struct sg_json *list, const char *trial, struct sg_err *err)
{
	enum sg_status status = SG_OK;
	grants->count = 0;
	grants->met = false;
	for (const struct sg_json *e = sg_json_first(list); e != NULL && status == SG_OK; e = sg_json_next(list, e))
		status = open_one(grants, e, trial, err);
	if (status != SG_OK)
		sg_grants_done(grants);
	return status;
}

void
sg_grants_done(struct sg_open_grants *grants)
{
	for (size_t i = 0; i < grants->count; i++)
		if (grants->list[i].fd >= 0)
			close(grants->list[i].fd);
	grants->count = 0;
}
