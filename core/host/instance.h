/* SPDX-License-Identifier: Apache-2.0
 * One running module: what the host gives it, its options, its life. */
#ifndef SG_HOST_INSTANCE_H
#define SG_HOST_INSTANCE_H

#include "base/arena.h"
#include "base/json.h"
#include "host/grant.h"

#include <stepgate/module.h>

enum { SG_CLEANUPS_MAX = 32, SG_OPTIONS_MAX = 32, SG_SECRETS_MAX = 9, SG_SECRET_MAX = 64 << 10 };
enum { SG_LIFE_BUDGET = 1 << 20, SG_CALL_BUDGET = 256 << 10 };

struct sg_host_secret {
	const char *name;
	char *bytes; /* SG_SECRET_MAX + 1 bytes, NUL behind */
	size_t len;
};

struct sg_host_memory {
	struct sg_arena arena;
	struct {
		void (*function)(void *);
		void *argument;
	} cleanups[SG_CLEANUPS_MAX];
	size_t cleanup_count;
};

struct sg_instance {
	struct sg_host host; /* first: the functions in it get it back as their `host` */
	const struct sg_module *module;
	void *state;
	struct sg_options options;
	struct sg_host_memory life, call;
	struct sg_host_memory *now; /* where alloc takes from */
	struct sg_host_secret secrets[SG_SECRETS_MAX];
	size_t secret_count;
	struct sg_open_grants grants; /* what host->descriptor finds */
	char stanza[96];              /* whose it is, as lines of the log say it: "issue.token (jwt)"; "": the module's name alone */
	enum sg_log_level log_level; /* what is beyond is not written */
	bool takes_turns;   /* a look that is not done is asked again later; otherwise at once, until its deadline */
	bool look_more;     /* the last look is not done */
	sg_time call_limit; /* how long a call may take, told to the module as its deadline */
};

/* Sets up what the host gives; `module` stays NULL. */
void sg_instance_init(struct sg_instance *instance);

/* Reads a secret from a descriptor (a file from its start, or what a pipe holds). `name` is borrowed. SG_LIMIT
 * secret_many, secret_size; SG_UNAVAILABLE secret_unreadable. */
enum sg_status sg_instance_secret(struct sg_instance *instance, const char *name, int fd, struct sg_err *err);

/* What host->member does, with memory of the present step. member.c. */
enum sg_status sg_instance_member(const struct sg_host *host, struct sg_str json, const char *path, struct sg_str *text);
/* sg_host.group_roots. */
bool sg_instance_group_roots(const struct sg_host *host, const char *path, bool below, bool unified);

/* Configures and starts `module`; secrets are wiped afterwards, whatever came of it. `options`: an object of strings,
 * or NULL. Errors: sg_options_read's, and those of the module. */
enum sg_status sg_instance_start(struct sg_instance *instance, const struct sg_module *module,
				 const struct sg_json *options, struct sg_err *err);

/* Around each call: its memory comes and goes. end tells whether the memory held out. */
void sg_instance_begin(struct sg_instance *instance);
bool sg_instance_end(struct sg_instance *instance);

/* Stops the module and frees everything. */
void sg_instance_done(struct sg_instance *instance);

/* Reads options by a module's table. SG_MALFORMED: option_table (the module's table is wrong), option_form,
 * option_unknown, option_missing, option_type, option_range; SG_NOMEM no_memory. The text names the option. */
enum sg_status sg_options_read(struct sg_arena *arena, const struct sg_option *table, const struct sg_json *given,
			       struct sg_options *options, struct sg_err *err);

/* An error from a module, made safe to hand on: a code of [a-z0-9_], else "module_error"; printable text. */
void sg_module_err(struct sg_err *safe, const struct sg_err *err, enum sg_status status);

#endif
