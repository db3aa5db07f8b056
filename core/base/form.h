/* SPDX-License-Identifier: Apache-2.0
 * Forms: how a kind of value is written. Each has one normal form, and it is total: a text is in it, or another spelling of it, or none. What two spellings
 * could make whoever acts on it do different things is no spelling of one thing and is refused. */
#ifndef SG_BASE_FORM_H
#define SG_BASE_FORM_H

#include "base/buf.h"

enum { SG_SPELLING_MAX = 4096 }; /* bytes of a text that has a form other than exact; a longer one is refused */

/* X(name, what it is, and what is the same in it) */
#define SG_FORMS(X)                                                                                                    \
	X(exact,    "byte for byte")                                                                                   \
	X(email,    "local@domain, one of each; case is the same")                                                     \
	X(host,     "a domain name or an IP address; case and the last dot are the same")                              \
	X(iban,     "an account number with its check digits (ISO 13616); blanks and case are the same")                \
	X(ip,       "an IPv4 or IPv6 address; brackets and spellings of IPv6 are the same (RFC 5952); one in which an IPv4 address stands (mapped, NAT64, 6to4, Teredo, ISATAP) is refused")                  \
	X(name,     "letters, digits, '.', '_', '-', beginning with one of the first two; case is the same")            \
	X(path,     "an absolute path; doubled slashes and one behind it are the same")                                \
	X(relative, "a path that does not begin with a slash; likewise")                                               \
	X(uri,      "scheme://host/path (RFC 3986); case of scheme and host, a port that goes without saying (of a scheme whose port is not known, a port is none), a slash behind the path, an empty query, and %40 for @ or %41 for A (in a query not %26, %2B, %3D) are the same; file, ftp, sftp and ssh have no query; only behind http, https, ws and wss may one have `.`, `..`, an empty name, or name host or database; postgresql is postgres, mariadb is mysql") \
	X(uuid,     "8-4-4-4-12 hexadecimal digits; case is the same (RFC 9562)")

enum sg_form {
#define X(name, meaning) SG_FORM_##name,
	SG_FORMS(X)
#undef X
	SG_FORM_COUNT
};

enum sg_spelling {
	SG_SPELLING_REFUSED, /* it is none */
	SG_SPELLING_OTHER,   /* another spelling: `out` has the normal form */
	SG_SPELLING_NORMAL,  /* `out` has the text itself */
};

/* Appends the normal form of `text` to `out`. Refused, or no room in `out`: *why (may be NULL) says in words of ours what is wrong with it, and `out` is as
 * it was. Any thread. */
enum sg_spelling sg_form_write(enum sg_form form, struct sg_str text, struct sg_buf *out, const char **why);

/* What kinds of letters are in a text, as bits; other: all that no bit before is for. */
enum {
	SG_FORM_MARK_lower = 1,
	SG_FORM_MARK_upper = 2,
	SG_FORM_MARK_digit = 4,
	SG_FORM_MARK_dot = 8,
	SG_FORM_MARK_colon = 16,
	SG_FORM_MARK_slash = 32,
	SG_FORM_MARK_at = 64,
	SG_FORM_MARK_minus = 128,
	SG_FORM_MARK_blank = 256, /* the blank alone */
	SG_FORM_MARK_other = 512,
};
unsigned sg_form_marks(struct sg_str text);
/* False: a text of so many bytes and these marks is no other spelling of anything in that form; sg_form_write need not be asked. */
bool sg_form_may_differ(enum sg_form form, unsigned marks, size_t len);

/* Its name. */
const char *sg_form_word(enum sg_form form);
/* What it is, for documents. */
const char *sg_form_meaning(enum sg_form form);
/* False: no form is called that. */
bool sg_form_named(struct sg_str name, enum sg_form *form);

#endif
