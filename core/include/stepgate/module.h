/* SPDX-License-Identifier: Apache-2.0
 * What every module shares: how it registers, its options, its life, what the host gives it. Read this and one of attest.h, issue.h,
 * verify.h, audit.h, prove.h; a module includes nothing else of stepgate and links to nothing of it. A module never says allow: it states
 * facts, makes a credential, reads one, carries the record away, or holds what a person presents against what that person enrolled.
 *
 * A module is one shared object KIND-NAME.so that ends with
 *
 *   SG_MODULE(attest, "peer", .configure = configure, .start = start, .stop = stop, .attest = &ops);
 *
 * This leaves a read-only ELF note, which the host compares before any code of the file runs, and the only exported symbol, `sg_module`.
 *
 * Life, each step in this order, in one process of the module's own, by one thread. The process is confined before a byte of the file
 * runs: it can read system libraries and nothing else, and has only the descriptors that its stanza grants.
 *   configure  looks at the options and refuses bad ones; no side effects (it also runs when a configuration is only checked). May be NULL.
 *   start      makes the state: takes secrets and descriptors, loads what is needed later. Right after it the process is confined further:
 *              no file can be opened any more (an attest module may open for reading; with a folder, below that folder; where the stanza grants NAME=read:PATH, that),
 *              no socket made and no file locked (unless it grants network or resolver, and locks). The gate asks the kernel whether that has happened and
 *              uses no module before. May be NULL.
 *   calls      one at a time; in->deadline is when the host will be killed for this call.
 *   stop       runs only after a start that answered SG_OK. Not promised: a killed process has no last words. May be NULL.
 * A new configuration starts a new instance, then stops the old one: for a moment there are two, and nothing says which is first.
 *
 * Ownership: what comes in is borrowed until the function returns. What goes out comes from host->alloc, or is constant; nothing is
 * freed by anyone. `state` is the module's from start to stop. Options live as long as the instance.
 *
 * Private keys: there is no sign() here. An issuer reads its own key with host->secret and signs by itself, so that the key is in that
 * one process and in no interface; whoever wants an HSM or a cloud's signer needs to ask nobody. */
#ifndef STEPGATE_MODULE_H
#define STEPGATE_MODULE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stepgate/types.h>

/* Versions. Structs grow at their end only and `size` says how much of one the other side knows, so within one ABI a module of older
 * headers runs in a newer host (what it does not have is zero), and one of newer headers in an older host (what the host does not know is
 * not asked). Anything else that changes raises the number, and a host refuses all other numbers. What was promised, by day:
 *   2026-11-22  1  first with the promise: sg_host.descriptor and .member, issue formats, verify.identify, audit sinks
 *   2026-11-28  1  sg_host.group_roots
 *   2026-11-29  1  sg_issue_ops.revocations; sg_issue_in.exp of revoke and reap
 *   2026-12-01  1  the kind prove
 *   2026-12-01  1  SG_LOG_DEBUG (an older host writes it as an error) */
#define SG_ABI 1

enum sg_kind { SG_KIND_attest = 1, SG_KIND_issue = 2, SG_KIND_audit = 3, SG_KIND_verify = 4, SG_KIND_prove = 5 };

/* Written down to the stanza's `log_level`, SG_LOG_INFO if it says nothing: what is of use only to whoever looks for a fault is SG_LOG_DEBUG. */
enum sg_log_level { SG_LOG_ERROR, SG_LOG_WARNING, SG_LOG_INFO, SG_LOG_DEBUG };

/* What the host offers; given to start, valid until after stop. */
struct sg_host {
	size_t size;
	/* Zeroed memory. During a call: gone when its answer has been taken. In start: gone after stop. NULL when the budget (256 KiB a
	 * call) is spent; the call is then refused whatever it returns. */
	void *(*alloc)(const struct sg_host *host, size_t size);
	/* Runs function(argument) when the memory above goes, newest first; at most 32 at a time. SG_LIMIT: it was run at once. */
	enum sg_status (*on_cleanup)(const struct sg_host *host, void (*function)(void *), void *argument);
	/* One line, at most 500 bytes, control characters replaced, with the stanza and the level before it. Never a secret, never a token. */
	void (*log)(const struct sg_host *host, enum sg_log_level level, const char *text);
	sg_time (*now)(const struct sg_host *host);  /* CLOCK_BOOTTIME */
	sg_time (*wall)(const struct sg_host *host); /* CLOCK_REALTIME, since 1970 */
	/* From the kernel; SG_UNAVAILABLE: then make nothing. */
	enum sg_status (*random)(const struct sg_host *host, void *bytes, size_t len);
	/* In start only: what `grants` gives as NAME=secret:PATH, wiped when start returns. At most 64 KiB, followed by a NUL. SG_NOT_FOUND. */
	enum sg_status (*secret)(const struct sg_host *host, const char *name, struct sg_str *bytes);
	/* What `grants` gives under that name: an open file, a folder, a connected socket, the input of a program. The host's, open until after
	 * stop: do not close it. -1 if there is none. */
	int (*descriptor)(const struct sg_host *host, const char *name);
	/* Reads one value out of JSON bytes, strictly: "verdict", "sg.task", "aud.0". Texts decoded, numbers and booleans as written; the
	 * text lives as long as what alloc gives. SG_NOT_FOUND if it is absent, null or no single value; SG_MALFORMED if the bytes are no JSON. */
	enum sg_status (*member)(const struct sg_host *host, struct sg_str json, const char *path, struct sg_str *text);
	/* For attest modules: true if root alone says which processes are in the control group `path`, as /proc/PID/cgroup shows it of the unified
	 * hierarchy (`unified`) or of systemd's own one of version 1: no other user may write it or a group above it. `below`: in it or below it, as a
	 * unit or a container is one. False also where that cannot be seen. A fact from such a path is a boundary only then. Ask through sg_group_roots. */
	bool (*group_roots)(const struct sg_host *host, const char *path, bool below, bool unified);
};

/* ---- options: a table as data; the host reads values, checks bounds, refuses what is not in the table ---- */

enum sg_option_type { SG_OPTION_TEXT, SG_OPTION_INTEGER, SG_OPTION_BOOL };

/* A table ends with a row whose name is NULL. At most 32 rows. */
struct sg_option {
	const char *name; /* [a-z][a-z0-9_]*; not a key that every stanza of the kind has (stepgate config explain KIND) */
	enum sg_option_type type;
	const char *standard; /* value if not given, as it would be written; NULL: must be given */
	int64_t min, max;     /* of the number; of a text its bytes */
	const char *help;     /* one line */
};

/* One value, at the index of its row. */
struct sg_value {
	struct sg_str text; /* as written, followed by a NUL */
	int64_t number;     /* INTEGER; BOOL: 0 or 1 */
};

struct sg_options {
	size_t size;
	size_t count;
	const struct sg_value *values;
};

/* ---- the module itself ---- */

struct sg_attest_ops;
struct sg_issue_ops;
struct sg_verify_ops;
struct sg_audit_ops;
struct sg_prove_ops;

struct sg_module {
	size_t size;
	uint32_t abi;
	enum sg_kind kind;
	const char *name; /* [a-z0-9][a-z0-9_-]*, at most 31 */
	const struct sg_option *options; /* NULL: none */
	enum sg_status (*configure)(const struct sg_options *options, struct sg_err *err);
	enum sg_status (*start)(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err);
	void (*stop)(void *state);
	const struct sg_attest_ops *attest; /* the one of its kind, the others NULL */
	const struct sg_issue_ops *issue;
	const struct sg_verify_ops *verify;
	const struct sg_audit_ops *audit;
	const struct sg_prove_ops *prove;
};

enum { SG_NOTE_TYPE = 0x53470001, SG_NOTE_NAME = 32 };

/* The ELF note: header, owner, descriptor. */
struct sg_note {
	uint32_t owner_size, descriptor_size, type;
	char owner[12]; /* "stepgate", padded to a multiple of 4 */
	uint32_t abi, kind;
	char name[SG_NOTE_NAME];
};

#ifdef __cplusplus
#define SG_EXTERN extern "C"
#define SG_STATIC_ASSERT static_assert
#else
#define SG_EXTERN extern
#define SG_STATIC_ASSERT _Static_assert
#endif

/* In C++ (from C++11 on, as g++ and clang++ take it) the members stand in the order of struct sg_module, and those of the operations in theirs; functions need no extern "C". */
#define SG_MODULE(kind_, name_, ...)                                                                                   \
	SG_STATIC_ASSERT(sizeof(name_) <= SG_NOTE_NAME, "a module's name has at most 31 bytes");                       \
	__attribute__((used, section(".note.stepgate"), aligned(4))) static const struct sg_note sg_module_note = {    \
		9, 8 + SG_NOTE_NAME, SG_NOTE_TYPE, "stepgate", SG_ABI, SG_KIND_##kind_, name_};                        \
	SG_EXTERN __attribute__((visibility("default"))) const struct sg_module sg_module;                             \
	const struct sg_module sg_module = {                                                                           \
		.size = sizeof(struct sg_module), .abi = SG_ABI, .kind = SG_KIND_##kind_, .name = name_, __VA_ARGS__}

/* Fills `err` and returns `status`. `code`: a constant of [a-z0-9_], at most 48 bytes, the same for ever; it reaches people and
 * programs. The text is for people: no secrets, no bytes of a token. */
__attribute__((format(printf, 4, 5))) static inline enum sg_status
sg_refuse(struct sg_err *err, enum sg_status status, const char *code, const char *format, ...)
{
	va_list args;
	err->status = status;
	err->code = code;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return status;
}

#endif
