/* SPDX-License-Identifier: Apache-2.0
 * One run of stepgate(1): its command line, read, and what every command shares. */
#ifndef SG_CTL_CTL_H
#define SG_CTL_CTL_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/canon.h"
#include "base/json.h"
#include "ctl/table.h"
#include "frame/routes.h"

#define SG_CTL_CONFIG_FILE SG_CONFIG_FILE

enum {
	SG_CTL_GIVEN = 64,      /* options that may be repeated, on one command line */
	SG_CTL_ARGS = 64,       /* arguments of one command line, its own words included */
	SG_CTL_BODY = 1 << 20,  /* a request's body */
	SG_CTL_ANSWER = 8 << 20 /* an answer's */
};

struct sg_ctl {
	const struct sg_ctl_command *command;
	const char *option[SG_CTL_OPTION_COUNT]; /* NULL: not given; "" for one without argument */
	struct {
		int option;
		const char *value;
	} given[SG_CTL_GIVEN]; /* those of SG_CTL_REPEATED, in their order */
	size_t given_count;
	const char *args[SG_CTL_ARGS]; /* after the command's words; NULL behind the last */
	size_t arg_count;
	char **rest; /* SG_CTL_REST: what stands behind the command's word; SG_CTL_BEHIND: behind `--`; NULL-terminated */
	bool json, color;
	const struct sg_ctl_command *session; /* the commands of a session */
	size_t session_count;
	const char *task; /* of the session; NULL outside */
	bool ended;       /* the session was told to quit */
};

/* ---- the command line ---- */

/* Reads a command line (without the program's name) by `commands`. SG_CTL_OK, or SG_CTL_USAGE after a line on stderr.
 * Fills everything but `color` and `task`; `command` stays NULL if none was named. Abbreviations are refused. */
int sg_ctl_parse(struct sg_ctl *ctl, const struct sg_ctl_command *commands, size_t count, int argc, char **argv);

/* What went wrong, and what to do about it ("" for nothing): on stderr, or with --json on stdout as the daemon would
 * say it. Returns `code`. */
int sg_ctl_fail(const struct sg_ctl *ctl, int code, const char *name, const char *hint, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* True if `id` may stand in a path: [A-Za-z0-9._-]{1,128}. */
bool sg_ctl_plain(const char *id);

/* ---- asking the daemon ---- */

struct sg_ctl_answer {
	unsigned status;
	struct sg_buf body;
	struct sg_arena arena;
	const struct sg_json *json; /* an object, once SG_CTL_OK or any answer was had; else NULL */
};

/* One request on a face of its own connection. `body` NULL: none. `path` may hold one %s for `argument`, which is
 * checked. SG_CTL_OK for 2xx. Everything else is told (see sg_ctl_fail) and its exit code returned. With --json an
 * answer of any kind is printed here, on stdout. End it with sg_ctl_answer_done in every case. */
int sg_ctl_ask(const struct sg_ctl *ctl, enum sg_face face, const char *method, const char *path, const char *argument,
	       const struct sg_buf *body, struct sg_ctl_answer *answer);
/* GET on the admin's face, in silence. SG_OK: answer->json; else `err` says why: SG_REFUSED not_admin or as sg_client_talk. End it in every case. */
enum sg_status sg_ctl_look(const struct sg_ctl *ctl, const char *path, struct sg_ctl_answer *answer, struct sg_err *err);
void sg_ctl_answer_done(struct sg_ctl_answer *answer);

/* What most commands are: ask, show if it went well and no --json, say how it ended. */
typedef void sg_ctl_show(const struct sg_ctl *ctl, const struct sg_json *answer);
int sg_ctl_asked(const struct sg_ctl *ctl, enum sg_face face, const char *method, const char *path,
		 const char *argument, const struct sg_buf *body, sg_ctl_show *show);

/* ---- what several commands do ---- */

/* POST {"event","reason"} on the admin's face; `event` NULL: the reason alone. Without --reason nothing is asked (usage). */
int sg_ctl_word(const struct sg_ctl *ctl, const char *path, const char *argument, const char *event, sg_ctl_show *show);

/* Shows the answer to an act or a try (unless --json) and says how it ends: by verdict and code. */
int sg_ctl_decided(const struct sg_ctl *ctl, const struct sg_json *answer);
/* act and introspect write their bodies. False after a failure was told; `code` is then the exit code. */
bool sg_ctl_act_body(const struct sg_ctl *ctl, const char *task, const char *action, struct sg_buf *body, int *code);
/* A token on a command line can be read by everybody on the machine: `-` reads it from standard input. False: that is none. */
bool sg_ctl_token(const char *argument, char *out, size_t room);
/* A random name for an attempt. */
void sg_ctl_random_key(char key[33]);

#define X(function, words, arguments, least, most, options, text, more) int sg_ctl_##function(struct sg_ctl *ctl);
SG_CTL_COMMANDS(X)
SG_CTL_SESSION(X)
#undef X

#endif
