/* SPDX-License-Identifier: Apache-2.0
 * Configuration errors: all of them at once, each with code, file:line:column, the line itself, a caret and a hint. */
#ifndef SG_CONF_ERRORS_H
#define SG_CONF_ERRORS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"

/* Every code once: X(name, what it means). The word is "conf_" and the name. */
#define SG_CONF_CODES(X)                                                                                               \
	X(missing, "the file does not exist")                                                                          \
	X(unreadable, "the file could not be opened or read")                                                          \
	X(busy, "somebody is writing the file, or wrote it while it was read")                                         \
	X(symlink, "the path is a symbolic link")                                                                      \
	X(not_file, "not a regular file, or not a directory where one is needed")                                      \
	X(owner, "owned by neither root nor the user who reads it")                                                    \
	X(writable, "group or others may write it")                                                                    \
	X(too_large, "a file beyond SG_CONF_MAX_FILE_BYTES")                                                           \
	X(too_many, "more files, stanzas, list entries or tokens than the bound")                                      \
	X(bom, "a byte order mark")                                                                                    \
	X(nul, "a NUL byte")                                                                                           \
	X(control, "a control character")                                                                              \
	X(utf8, "bytes that are not UTF-8")                                                                            \
	X(string_open, "a string without its closing quote")                                                           \
	X(comment_open, "a comment without its end")                                                                   \
	X(escape, "an escape other than \\\" and \\\\")                                                                \
	X(include, "@include, which exits the whole process on some input")                                            \
	X(integer, "an integer beyond 32 bits")                                                                        \
	X(leading_zero, "an integer with leading zeros, which versions of libconfig read differently")                 \
	X(number, "a fraction, an exponent, hexadecimal or a suffix")                                                  \
	X(syntax, "something stands where something else should")                                                      \
	X(comma, "a comma too many or too few")                                                                        \
	X(bracket, "a bracket that is not closed, or closes nothing")                                                  \
	X(depth, "nested too deeply")                                                                                  \
	X(duplicate, "the same name twice in one group")                                                               \
	X(libconfig, "libconfig refused what our pre-check let pass")                                                  \
	X(disagree, "libconfig read something else than our pre-check")                                                \
	X(type_change, "two files give the same name to different kinds of value")                                     \
	X(type, "the value is of the wrong kind")                                                                      \
	X(unknown, "no such option")                                                                                   \
	X(name, "not a name")                                                                                          \
	X(value, "the value does not have the form its option needs")                                                  \
	X(range, "the value is outside its bounds")                                                                    \
	X(choice, "not one of the words allowed here")                                                                 \
	X(required, "an option that must be given is missing")                                                         \
	X(reference, "something is named that does not exist")                                                         \
	X(not_unique, "two stanzas claim the same name")                                                               \
	X(order, "steps that wait for each other, or for themselves")                                                  \
	X(attest_stack, "nothing in attest must hold, and there are agents")                                           \
	X(module, "the module of the stanza refuses what it says")                                                      \
	X(start, "state, keys, sockets or the TLS face are not as a start needs them")                                 \
	X(restart, "an option that cannot change while the daemon runs")                                                \
	X(timeout, "reading took longer than its deadline")                                                            \
	X(crashed, "the process that read the files died")

#define SG_CONF_CODE_ENUM(name, meaning) SG_CONF_E_##name,
enum sg_conf_code { SG_CONF_CODES(SG_CONF_CODE_ENUM) SG_CONF_CODE_COUNT };

/* One file that was read. Lives in the reading's arena. */
struct sg_conf_file {
	const char *path;
	struct sg_str text;
};

/* Line and column count from 1, columns in characters; line 0 means the file as a whole. */
struct sg_conf_place {
	const struct sg_conf_file *file;
	uint32_t line, column;
};

struct sg_conf_error {
	const char *code;      /* "conf_unknown" */
	const char *file;      /* path, never NULL */
	const char *what;      /* one line */
	const char *hint;      /* what to do; "" if there is nothing to say */
	const char *source;    /* the line (or the part of it around the place), printable; "" without one */
	uint32_t line, column; /* 0 without one */
	uint32_t caret;        /* where in `source`, from 1 */
};

enum { SG_CONF_MAX_ERRORS = 50 };

/* Owns all texts. Not thread-safe. */
struct sg_conf_errors {
	struct sg_arena arena;
	size_t count;
	bool more; /* some did not fit */
	struct sg_conf_error list[SG_CONF_MAX_ERRORS];
};

void sg_conf_errors_init(struct sg_conf_errors *errors);
void sg_conf_errors_done(struct sg_conf_errors *errors);

/* Adds one; beyond the bound only `more` is set. `hint` may be NULL. */
void sg_conf_error_add(struct sg_conf_errors *errors, enum sg_conf_code code, struct sg_conf_place place,
		       const char *hint, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* "conf_unknown", and what it means. Never NULL. */
const char *sg_conf_code_word(enum sg_conf_code code);
const char *sg_conf_code_meaning(enum sg_conf_code code);

/* True if there is any, in the list or beyond it. */
bool sg_conf_errors_any(const struct sg_conf_errors *errors);

/* By file, line and column, so that a reader goes through each file once. */
void sg_conf_errors_sort(struct sg_conf_errors *errors);

/* For people: "FILE:LINE:COLUMN: what; hint", the line, a caret under the place. */
void sg_conf_errors_print(struct sg_buf *out, const struct sg_conf_errors *errors);
/* For programs: canonical {"errors":[{"caret","code","column","file","hint","line","source","what"}],"more":false}. */
void sg_conf_errors_write(struct sg_buf *out, const struct sg_conf_errors *errors);
/* Appends what sg_conf_errors_write wrote; false if `json` is something else. Only words from the table become codes.
 */
bool sg_conf_errors_read(struct sg_conf_errors *errors, const struct sg_json *json);

#endif
