/* SPDX-License-Identifier: Apache-2.0
 * The host table as a module sees it, and a module's life around its calls. */
#include "host/instance.h"

#include "base/err.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LOG_MAX = 500, CODE_MAX = 48 };

/* ---- what a module may call ---- */

static struct sg_instance *
instance_of(const struct sg_host *host)
{
	return (struct sg_instance *)host;
}

static void *
host_alloc(const struct sg_host *host, size_t size)
{
	return sg_arena_alloc(&instance_of(host)->now->arena, size);
}

static enum sg_status
host_on_cleanup(const struct sg_host *host, void (*function)(void *), void *argument)
{
	struct sg_host_memory *memory = instance_of(host)->now;
	if (memory->cleanup_count == SG_CLEANUPS_MAX) {
		function(argument);
		return SG_LIMIT;
	}
	memory->cleanups[memory->cleanup_count].function = function;
	memory->cleanups[memory->cleanup_count++].argument = argument;
	return SG_OK;
}

static void
host_log(const struct sg_host *host, enum sg_log_level level, const char *text)
{
	static const char *const levels[] = {"error", "warning", "info", "debug"};
	const struct sg_instance *self = instance_of(host);
	if ((unsigned)level <= SG_LOG_DEBUG && level > self->log_level)
		return;
	char line[LOG_MAX + 150];
	int head = snprintf(line, sizeof(line),
			    "stepgate module %.95s: %s: ", self->stanza[0] != '\0' ? self->stanza : self->module != NULL ? self->module->name : "?",
			    (unsigned)level <= SG_LOG_DEBUG ? levels[level] : "error");
	size_t len = strnlen(text, LOG_MAX), at = (size_t)head;
	for (size_t i = 0; i < len; i++)
		line[at++] = (unsigned char)text[i] < ' ' || text[i] == 127 ? '?' : text[i];
	line[at++] = '\n';
	sg_log_line(line, at);
}

static sg_time
read_clock(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return now.tv_sec * SG_SEC + now.tv_nsec;
}

static sg_time
host_now(const struct sg_host *host)
{
	(void)host;
	return read_clock(CLOCK_BOOTTIME);
}

static sg_time
host_wall(const struct sg_host *host)
{
	(void)host;
	return read_clock(CLOCK_REALTIME);
}

static enum sg_status
host_random(const struct sg_host *host, void *bytes, size_t len)
{
	(void)host;
	return sg_random(bytes, len, NULL);
}

static enum sg_status
host_secret(const struct sg_host *host, const char *name, struct sg_str *bytes)
{
	const struct sg_instance *self = instance_of(host);
	for (size_t i = 0; i < self->secret_count; i++)
		if (strcmp(self->secrets[i].name, name) == 0) {
			*bytes = (struct sg_str){self->secrets[i].bytes, self->secrets[i].len};
			return SG_OK;
		}
	return SG_NOT_FOUND;
}

static int
host_descriptor(const struct sg_host *host, const char *name)
{
	struct sg_open_grants *grants = &instance_of(host)->grants;
	for (size_t i = 0; i < grants->count; i++) {
		if (grants->list[i].kind == SG_GRANT_secret || strcmp(grants->list[i].name, name) != 0)
			continue;
		grants->met |= grants->list[i].stands_in;
		return grants->list[i].fd;
	}
	return -1;
}

/* ---- life ---- */

void
sg_instance_init(struct sg_instance *instance)
{
	*instance = (struct sg_instance){
		.host = {sizeof(struct sg_host), host_alloc, host_on_cleanup, host_log, host_now, host_wall,
			 host_random, host_secret, host_descriptor, sg_instance_member, sg_instance_group_roots},
		.log_level = SG_LOG_INFO,
		.call_limit = SG_SEC,
	};
	sg_arena_init(&instance->life.arena, SG_LIFE_BUDGET);
	sg_arena_init(&instance->call.arena, SG_CALL_BUDGET);
	instance->now = &instance->life;
}

static ssize_t
read_at(int fd, char *bytes, size_t room, size_t at)
{
	ssize_t got = pread(fd, bytes, room, (off_t)at);
	return got >= 0 ? got : read(fd, bytes, room);
}

enum sg_status
sg_instance_secret(struct sg_instance *instance, const char *name, int fd, struct sg_err *err)
{
	if (instance->secret_count == SG_SECRETS_MAX)
		return sg_fail(err, SG_LIMIT, "secret_many", "more than %d secrets", SG_SECRETS_MAX);
	struct sg_host_secret secret = {.name = name, .bytes = calloc(1, SG_SECRET_MAX + 2)};
	ssize_t got = secret.bytes == NULL ? -1 : 1;
	while (got > 0 && secret.len <= SG_SECRET_MAX) {
		got = read_at(fd, secret.bytes + secret.len, SG_SECRET_MAX + 1 - secret.len, secret.len);
		secret.len += got > 0 ? (size_t)got : 0;
	}
	if (got == 0 && secret.len > 0 && secret.len <= SG_SECRET_MAX) {
		instance->secrets[instance->secret_count++] = secret;
		return SG_OK;
	}
	bool large = secret.len > SG_SECRET_MAX;
	if (secret.bytes != NULL)
		sg_wipe(secret.bytes, SG_SECRET_MAX + 2);
	free(secret.bytes);
	return large ? sg_fail(err, SG_LIMIT, "secret_size", "secret \"%s\" has more than %d bytes", name,
			       SG_SECRET_MAX)
		     : sg_fail(err, SG_UNAVAILABLE, "secret_unreadable", "secret \"%s\" cannot be read or is empty",
			       name);
}

static void
wipe_secrets(struct sg_instance *instance)
{
	for (size_t i = 0; i < instance->secret_count; i++) {
		sg_wipe(instance->secrets[i].bytes, SG_SECRET_MAX + 2);
		free(instance->secrets[i].bytes);
	}
	instance->secret_count = 0;
}

enum sg_status
sg_instance_start(struct sg_instance *instance, const struct sg_module *module, const struct sg_json *options,
		  struct sg_err *err)
{
	struct sg_err why = {0};
	enum sg_status status =
		sg_options_read(&instance->life.arena, module->options, options, &instance->options, err);
	instance->now = &instance->life;
	if (status == SG_OK) {
		instance->module = module;
		if (module->configure != NULL)
			status = module->configure(&instance->options, &why);
		if (status == SG_OK && module->start != NULL)
			status = module->start(&instance->host, &instance->options, &instance->state, &why);
		if (status == SG_OK && instance->life.arena.overflow)
			status = sg_fail(&why, SG_NOMEM, "module_memory",
					 "the module wants more memory than it may have");
		if (status != SG_OK) {
			instance->module = NULL; /* no start, no stop */
			sg_module_err(err, &why, status);
		}
	}
	wipe_secrets(instance);
	return status == SG_OK ? SG_OK : err->status;
}

static void
release(struct sg_host_memory *memory)
{
	while (memory->cleanup_count > 0) {
		memory->cleanup_count--;
		memory->cleanups[memory->cleanup_count].function(memory->cleanups[memory->cleanup_count].argument);
	}
	sg_arena_done(&memory->arena);
}

void
sg_instance_begin(struct sg_instance *instance)
{
	instance->now = &instance->call;
}

bool
sg_instance_end(struct sg_instance *instance)
{
	bool held = !instance->call.arena.overflow;
	release(&instance->call);
	return held;
}

void
sg_instance_done(struct sg_instance *instance)
{
	release(&instance->call);
	if (instance->module != NULL && instance->module->stop != NULL)
		instance->module->stop(instance->state);
	instance->module = NULL;
	release(&instance->life);
	wipe_secrets(instance);
	sg_grants_done(&instance->grants);
}

/* ---- errors ---- */

static bool
good_code(const char *code)
{
	size_t len = code == NULL ? 0 : strnlen(code, CODE_MAX + 1);
	for (size_t i = 0; i < len; i++) {
		char c = code[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
			return false;
	}
	return len > 0 && len <= CODE_MAX;
}

void
sg_module_err(struct sg_err *safe, const struct sg_err *err, enum sg_status status)
{
	bool known = status < SG_AGAIN && status >= SG_BUG; /* SG_AGAIN has a meaning of its own here: no module may say it */
	struct sg_err made = {.status = known ? status : SG_BUG,
			      .code = good_code(err->code) ? err->code : "module_error"};
	size_t len = strnlen(err->text, sizeof(err->text) - 1);
	for (size_t i = 0; i < len; i++)
		made.text[i] = err->text[i] < ' ' || err->text[i] > '~' ? '?' : err->text[i];
	if (len == 0)
		snprintf(made.text, sizeof(made.text), "the module refused without a reason");
	*safe = made;
}
