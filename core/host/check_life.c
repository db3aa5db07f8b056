/* SPDX-License-Identifier: Apache-2.0
 * Lives of a module under check: as the host's own, with our hands on two of the functions it is given. */
#include "host/check_step.h"

#include "base/err.h"
#include "base/str.h"
#include "host/inspect.h"

#include <unistd.h>

static struct sg_check *
check_of(const struct sg_host *host)
{
	return (struct sg_check *)((char *)host - offsetof(struct sg_check, instance));
}

static void *
alloc(const struct sg_host *host, size_t size)
{
	struct sg_check *c = check_of(host);
	if (c->fail_alloc == 0 || --c->fail_alloc > 0)
		return c->given.alloc(host, size);
	c->alloc_failed = true;
	return NULL;
}

static void
note_missing(struct sg_check *c, const char *name)
{
	if (c->missing[0] == '\0')
		snprintf(c->missing, sizeof(c->missing), "%.31s", name);
}

static enum sg_status
secret(const struct sg_host *host, const char *name, struct sg_str *bytes)
{
	enum sg_status status = check_of(host)->given.secret(host, name, bytes);
	if (status != SG_OK)
		note_missing(check_of(host), name);
	return status;
}

static int
descriptor(const struct sg_host *host, const char *name)
{
	int fd = check_of(host)->given.descriptor(host, name);
	if (fd < 0)
		note_missing(check_of(host), name);
	return fd;
}

static enum sg_status
open_grants(struct sg_check *c, struct sg_err *err)
{
	const struct sg_check_list *list = &c->wish->grants;
	struct sg_buf text;
	struct sg_arena arena;
	const struct sg_json *real = NULL;
	const char *comma = "[";
	sg_buf_init(&text, 1 << 18);
	sg_arena_init(&arena, 4 << 20);
	for (size_t i = 0; i < list->count; i++)
		if (!sg_check_is_stand_in(list->pair[i])) {
			sg_buf_text(&text, comma);
			sg_canon_string(&text, sg_str(list->pair[i]));
			comma = ",";
		}
	sg_buf_text(&text, comma[0] == '[' ? "[]" : "]");
	enum sg_status status = sg_json_parse(&arena, sg_buf_view(&text), NULL, &real, err);
	if (status == SG_OK)
		status = sg_grants_open(&c->instance.grants, real, NULL, err);
	for (size_t i = 0; i < list->count && status == SG_OK; i++)
		if (sg_check_is_stand_in(list->pair[i]))
			status = sg_check_stand_in(c, list->pair[i], err);
	sg_arena_done(&arena);
	sg_buf_done(&text);
	return status;
}

static enum sg_status
take_secrets(struct sg_check *c, struct sg_err *err)
{
	struct sg_open_grants *grants = &c->instance.grants;
	enum sg_status status = SG_OK;
	for (size_t i = 0; status == SG_OK && i < grants->count; i++) {
		if (grants->list[i].kind != SG_GRANT_secret)
			continue;
		status = sg_instance_secret(&c->instance, grants->list[i].name, grants->list[i].fd, err);
		close(grants->list[i].fd);
		grants->list[i].fd = -1;
	}
	return status;
}

enum sg_status
sg_check_lend(struct sg_check *c, struct sg_err *err)
{
	sg_instance_init(&c->instance);
	c->given = c->instance.host;
	c->instance.host.alloc = alloc;
	c->instance.host.secret = secret;
	c->instance.host.descriptor = descriptor;
	c->missing[0] = '\0';
	c->refused[0] = '\0';
	sg_check_at(c, "opening what is granted");
	enum sg_status status = open_grants(c, err);
	if (status == SG_OK)
		status = take_secrets(c, err);
	if (status != SG_OK)
		sg_instance_done(&c->instance);
	return status;
}

enum sg_status
sg_check_start(struct sg_check *c, struct sg_err *err)
{
	enum sg_status status = sg_check_lend(c, err);
	return status == SG_OK ? sg_check_start_lent(c, err) : status;
}

enum sg_status
sg_check_start_lent(struct sg_check *c, struct sg_err *err)
{
	sg_check_at(c, "start");
	enum sg_status status = sg_instance_start(&c->instance, c->loaded.module, c->options, err);
	if (status != SG_OK)
		sg_instance_done(&c->instance);
	sg_check_at(c, "after start");
	return status;
}

void
sg_check_stop(struct sg_check *c)
{
	sg_check_at(c, "stop");
	sg_instance_done(&c->instance);
	sg_check_at(c, "after stop");
}

bool
sg_check_begin(struct sg_check *c)
{
	struct sg_err err = {0};
	if (sg_check_start(c, &err) == SG_OK)
		return true;
	if (strcmp(err.code, "option_missing") == 0)
		return sg_check_skip(c, "%s: give --option NAME=VALUE", err.text);
	if (c->missing[0] != '\0')
		return sg_check_skip(c, "start asks for \"%s\" and says %s: %s; give --grant %s=KIND:WHAT, or --grant %s=KIND for a stand-in", c->missing, err.code,
				     err.text, c->missing, c->missing);
	const char *hint = sg_host_hint(err.code);
	return sg_check_fail(c, SG_PROMISE_start, "start refuses what was given: %s: %s%s%s", err.code, err.text, hint[0] != '\0' ? "; " : "", hint);
}

static bool
good_code(const char *code)
{
	size_t len = code == NULL ? 0 : strnlen(code, 49);
	return len > 0 && len <= 48 && strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

bool
sg_check_refusal(struct sg_check *c, const char *what, enum sg_status status, const struct sg_err *why)
{
	if (status == SG_OK)
		return true;
	if (status > SG_OK || status < SG_BUG)
		return sg_check_fail(c, SG_PROMISE_status, "%s answers %d, which is no status", what, (int)status);
	return good_code(why->code) || sg_check_fail(c, SG_PROMISE_code, "%s refuses without a code of [a-z0-9_]: use sg_refuse()", what);
}
