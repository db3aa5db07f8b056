/* SPDX-License-Identifier: Apache-2.0
 * The forms of a value: what is the same to whoever acts on it should be the same here, whatever its case, spacing or encoding. The table below says
 * what is done. What no row covers is not seen, and what is not seen is unknown, which is never trusted. */
#include "gate/state/value_decode.h"
#include "gate/state/values.h"

#include "base/str.h"

#include <string.h>

struct forms {
	bool (*each)(void *to, struct sg_str form, enum sg_form_kind kind);
	bool (*text)(void *to, struct sg_str text); /* may be NULL */
	void *to;
	size_t count, most;
	bool stopped;
	struct sg_buf spelled; /* room for one normal form */
};

static void
give(struct forms *f, struct sg_str form, enum sg_form_kind kind)
{
	if (f->stopped || form.len < SG_FORM_LEAST || form.len > SG_FORM_MAX)
		return;
	f->stopped = ++f->count > f->most || !f->each(f->to, form, kind);
}

bool
sg_value_spelled(enum sg_form form, struct sg_str text, struct sg_buf *out, enum sg_spelling *spelling)
{
	out->len = 0;
	sg_buf_text(out, sg_form_word(form));
	sg_buf_add(out, " ", 1);
	*spelling = text.len > SG_FORM_MAX ? SG_SPELLING_REFUSED : sg_form_write(form, text, out, NULL);
	return *spelling != SG_SPELLING_REFUSED;
}

/* As what it is another spelling of. */
static void
give_spelled(struct forms *f, struct sg_str text, unsigned marks)
{
	enum sg_spelling spelling;
	for (int form = SG_FORM_exact + 1; form < SG_FORM_COUNT && !f->stopped; form++)
		if (sg_form_may_differ((enum sg_form)form, marks, text.len) && sg_value_spelled((enum sg_form)form, text, &f->spelled, &spelling) && spelling == SG_SPELLING_OTHER)
			give(f, sg_buf_view(&f->spelled), SG_FORM_SPELLED);
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* Lower case, without any byte of `without`. */
static struct sg_str
squeeze(struct sg_str text, const char *without, char out[SG_FORM_MAX])
{
	size_t len = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '\0' && strchr(without, text.ptr[i]) != NULL)
			continue;
		if (len == SG_FORM_MAX)
			return (struct sg_str){NULL, 0};
		out[len++] = lower(text.ptr[i]);
	}
	return (struct sg_str){out, len};
}

static const char blanks[] = " \t\r\n", marks_too[] = " \t\r\n-_./()+:";

/* The text itself; what it comes to without case, blanks and marks is compared with its like alone: who acts on a value tells those apart, unless the
 * catalogue declares a form for it. */
static void
give_text(struct forms *f, struct sg_str text, enum sg_form_kind kind, unsigned marks)
{
	if ((marks & ~(SG_FORM_MARK_lower | SG_FORM_MARK_digit)) == 0 && text.len <= SG_FORM_MAX) {
		give(f, text, kind); /* there is nothing to squeeze */
		return;
	}
	char plain[SG_FORM_MAX], tight[SG_FORM_MAX], compact[SG_FORM_MAX];
	struct sg_str one = squeeze(text, "", plain), two = squeeze(text, blanks, tight), three = squeeze(text, marks_too, compact);
	give(f, text, kind);
	if (!sg_str_eq(one, text))
		give(f, one, SG_FORM_COMPACT);
	if (!sg_str_eq(one, two))
		give(f, two, SG_FORM_COMPACT);
	if (!sg_str_eq(two, three))
		give(f, three, SG_FORM_COMPACT);
}

static void
give_plain(struct forms *f, struct sg_str text)
{
	char out[SG_FORM_MAX];
	struct sg_str plain = squeeze(text, "", out);
	give(f, text, SG_FORM_PART);
	if (!sg_str_eq(plain, text))
		give(f, plain, SG_FORM_COMPACT);
	give_spelled(f, text, sg_form_marks(text));
}

static struct sg_str
behind(struct sg_str text, const char *mark)
{
	size_t len = strlen(mark);
	for (size_t i = 0; i + len <= text.len; i++)
		if (memcmp(text.ptr + i, mark, len) == 0)
			return (struct sg_str){text.ptr + i + len, text.len - i - len};
	return (struct sg_str){NULL, 0};
}

static struct sg_str
until_any(struct sg_str text, const char *ends)
{
	size_t len = 0;
	while (len < text.len && strchr(ends, text.ptr[len]) == NULL)
		len++;
	return (struct sg_str){text.ptr, len};
}

/* scheme://user@HOST:port/path; RFC 3986 section 3.2. */
static void
give_host(struct forms *f, struct sg_str text)
{
	struct sg_str rest = behind(text, "://");
	if (rest.ptr == NULL)
		return;
	struct sg_str authority = until_any(rest, "/?# \t\r\n<>\"'");
	struct sg_str host = behind(authority, "@");
	if (host.ptr == NULL)
		host = authority;
	if (host.len > 0 && host.ptr[0] != '[')
		host = until_any(host, ":");
	give_plain(f, host);
}

/* local@DOMAIN */
static void
give_domain(struct forms *f, struct sg_str text)
{
	struct sg_str domain = behind(text, "@");
	if (domain.ptr != NULL && behind(text, "://").ptr == NULL)
		give_plain(f, until_any(domain, " \t\r\n<>\"'/:,;"));
}

static void give_all(struct forms *f, struct sg_str text, bool whole, int depth);

static void
give_words(struct forms *f, struct sg_str text, int depth)
{
	for (size_t at = 0; at < text.len && !f->stopped;) {
		struct sg_str word = sg_value_word(text, &at);
		if (word.len >= 3 && word.len < text.len)
			give_all(f, word, false, depth);
	}
}

/* One group: letters and digits, at most six, one of them a digit. Its length, 0 if there is none at `at`. */
static size_t
group_at(struct sg_str text, size_t at)
{
	size_t len = 0;
	bool digit = false;
	while (at + len < text.len && is_word(text.ptr[at + len])) {
		digit |= text.ptr[at + len] >= '0' && text.ptr[at + len] <= '9';
		len++;
	}
	return digit && len <= 6 ? len : 0;
}

/* Only an account is the same with blanks and without. */
static void
give_account(struct forms *f, struct sg_str joined)
{
	enum sg_spelling spelling;
	if (sg_value_spelled(SG_FORM_iban, joined, &f->spelled, &spelling))
		give(f, sg_buf_view(&f->spelled), SG_FORM_SPELLED);
}

/* Short groups with digits that follow each other, joined: an account or card number as people write it. */
static void
give_runs(struct forms *f, struct sg_str text)
{
	char out[SG_FORM_MAX];
	for (size_t at = 0; at < text.len && !f->stopped;) {
		size_t len = 0, groups = 0, group;
		while ((group = group_at(text, at)) > 0 && len + group <= sizeof(out)) {
			for (size_t i = 0; i < group; i++)
				out[len++] = lower(text.ptr[at + i]);
			groups++;
			at += group;
			if (at + 1 < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '-') && group_at(text, at + 1) > 0)
				at++;
			else
				break;
		}
		if (groups >= 2 && len >= 8) {
			give(f, (struct sg_str){out, len}, SG_FORM_COMPACT);
			give_account(f, (struct sg_str){out, len});
		}
		while (at < text.len && is_word(text.ptr[at]))
			at++;
		while (at < text.len && !is_word(text.ptr[at]))
			at++;
	}
}

static void
give_decoded(struct forms *f, struct sg_str text, int depth)
{
	char out[SG_ENCODED_MAX];
	for (size_t i = 0; depth > 0 && i < SG_DECODERS; i++) {
		struct sg_str plain = sg_value_plain(i, text, out);
		if (plain.ptr == NULL)
			continue;
		give_all(f, plain, false, depth - 1); /* whoever acts may not undo it */
		f->stopped = f->stopped || (f->text != NULL && !f->text(f->to, plain));
	}
}

static const struct sg_value_form table[] = {
	{"whole", "the value, byte for byte"},
	{"spelled", "its normal form in each form of the catalogue that it is another spelling of; for arguments of that form alone"},
	{"compact", "lower case; that without blanks; that without dashes, dots, slashes, colons, brackets; compared with its like alone"},
	{"host", "the host of a URL"},
	{"domain", "the domain of an address with @"},
	{"words", "each word of a text, with all rows of this table"},
	{"runs", "groups of at most six letters and digits, each with a digit, that follow each other, joined: an account number in groups of four"},
	{"decoded", "percent, hexadecimal and base64 undone, twice at most, with all rows of this table"},
};

static void
give_all(struct forms *f, struct sg_str text, bool whole, int depth)
{
	const unsigned marks = sg_form_marks(text), word = SG_FORM_MARK_lower | SG_FORM_MARK_upper | SG_FORM_MARK_digit;
	const bool parts = (marks & ~word) != 0; /* one word of letters and digits has none */
	give_text(f, text, whole ? SG_FORM_WHOLE : SG_FORM_PART, marks);
	give_spelled(f, text, marks);
	if (parts) {
		give_host(f, text);
		give_domain(f, text);
	}
	give_decoded(f, text, depth);
	if (parts) {
		give_words(f, text, depth);
		give_runs(f, text);
	}
}

bool
sg_value_forms(struct sg_str value, bool (*each)(void *to, struct sg_str form, enum sg_form_kind kind), void *to)
{
	struct forms f = {.each = each, .to = to, .most = SG_FORMS_OF_VALUE};
	sg_buf_init(&f.spelled, 4 * SG_FORM_MAX);
	give_all(&f, value, true, 2);
	sg_buf_done(&f.spelled);
	return !f.stopped;
}

bool
sg_value_all_forms(struct sg_str value, bool (*each)(void *to, struct sg_str form, enum sg_form_kind kind), bool (*text)(void *to, struct sg_str text), void *to)
{
	struct forms f = {.each = each, .text = text, .to = to, .most = SIZE_MAX};
	sg_buf_init(&f.spelled, 4 * SG_FORM_MAX);
	give_all(&f, value, true, 2);
	sg_buf_done(&f.spelled);
	return !f.stopped && text(to, value);
}

const struct sg_value_form *
sg_value_forms_table(size_t *count)
{
	*count = sizeof(table) / sizeof(table[0]);
	return table;
}
