/* SPDX-License-Identifier: Apache-2.0
 * Issuers, as they present themselves, and the comparison of what they made with what was decided. */
#include "gate/desk/issuers.h"
#include "gate/state/values.h"

#include "base/canon.h"
#include "base/str.h"
#include "gate/desk/gate.h"

#include <stdio.h>
#include <stdlib.h>

enum { KEYS_MAX = 64 << 10 };

static const char *const format_names[] = {
#define X(name, word, reader) word,
	SG_ISSUE_FORMATS(X)
#undef X
};

static const char *const format_readers[] = {
#define X(name, word, reader) reader,
	SG_ISSUE_FORMATS(X)
#undef X
};

const char *
sg_issue_format_name(enum sg_issue_format format)
{
	return (unsigned)format < SG_ISSUE_FORMAT_COUNT ? format_names[format] : "";
}

const char *
sg_issue_format_reader(enum sg_issue_format format)
{
	return (unsigned)format < SG_ISSUE_FORMAT_COUNT ? format_readers[format] : "";
}

static enum sg_issue_format
format_named(struct sg_str word)
{
	for (int i = 1; i < SG_ISSUE_FORMAT_COUNT; i++)
		if (sg_str_is(word, format_names[i]))
			return (enum sg_issue_format)i;
	return SG_ISSUE_none;
}

static struct sg_issuer_told *
find(const struct sg_gate *gate, struct sg_str name)
{
	for (struct sg_issuer_told *i = gate->issuers; i != NULL; i = i->next)
		if (sg_str_is(name, i->name))
			return i;
	return NULL;
}

const struct sg_issuer_told *
sg_issuer_told(const struct sg_gate *gate, struct sg_str name)
{
	return find(gate, name);
}

bool
sg_issuer_confirms(const struct sg_gate *gate, struct sg_str name)
{
	const struct sg_issuer_told *told = find(gate, name);
	return told != NULL && told->format == SG_ISSUE_opaque && strcmp(told->revocation, "expiry") != 0;
}

/* How long it lives is no matter of who can take it back. */
static void
write_maker(struct sg_buf *out, const struct sg_json *stanza)
{
	static const char *const parts[] = {"grants", "options", "use"};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		const struct sg_json *part = sg_json_get(stanza, parts[i]);
		if (part != NULL)
			sg_canon_write(out, part);
		sg_buf_text(out, "\n");
	}
}

uint64_t
sg_issuer_tag(const struct sg_gate *gate, struct sg_str name)
{
	char hex[SG_SHA256_HEX];
	struct sg_buf text;
	const struct sg_issuer_told *told = find(gate, name);
	const struct sg_json *stanza = sg_json_get_str(sg_json_get(gate->catalogue->document, "issue"), name);
	if (told == NULL || stanza == NULL || told->format == SG_ISSUE_jwt)
		return 0;
	sg_buf_init(&text, 1 << 20);
	write_maker(&text, stanza);
	sg_buf_str(&text, sg_buf_view(&told->keys));
	sg_sha256_hex(hex, sg_buf_view(&text));
	sg_buf_done(&text);
	hex[16] = '\0';
	return sg_value_unhex(sg_str(hex)) | 1;
}

bool
sg_issuer_fails(struct sg_gate *gate, struct sg_str name, bool fails)
{
	struct sg_issuer_told *told = find(gate, name);
	bool news = told == NULL || told->fails != fails;
	if (told != NULL)
		told->fails = fails;
	return news;
}

static struct sg_issuer_told *
find_or_make(struct sg_gate *gate, struct sg_str name)
{
	struct sg_issuer_told *told = find(gate, name);
	if (told != NULL || name.len >= sizeof(told->name) || (told = calloc(1, sizeof(*told))) == NULL)
		return told;
	memcpy(told->name, name.ptr, name.len);
	sg_buf_init(&told->keys, KEYS_MAX);
	sg_buf_init(&told->former, KEYS_MAX);
	struct sg_issuer_told **at = &gate->issuers;
	while (*at != NULL)
		at = &(*at)->next;
	return *at = told;
}

/* ---- keys ---- */

static void
join_keys(struct sg_gate *gate)
{
	sg_buf_clear(&gate->jwks);
	for (const struct sg_issuer_told *i = gate->issuers; i != NULL; i = i->next) {
		if (i->format != SG_ISSUE_jwt)
			continue;
		if (i->former.len > 0)
			sg_gate_keys(gate, sg_buf_view(&i->former));
		if (i->keys.len > 0)
			sg_gate_keys(gate, sg_buf_view(&i->keys));
	}
}

static void
take_keys(struct sg_gate *gate, struct sg_issuer_told *told, const struct sg_json *keys)
{
	struct sg_buf now;
	sg_buf_init(&now, KEYS_MAX);
	if (keys != NULL && keys->type == SG_JSON_OBJECT)
		sg_canon_write(&now, keys);
	if (!sg_str_eq(sg_buf_view(&now), sg_buf_view(&told->keys))) {
		sg_buf_done(&told->former);
		told->former = told->keys;
		told->former_until = gate->state.now.boot + gate->catalogue->limits.credential_ttl_max * SG_MSEC;
		told->keys = now;
	} else {
		sg_buf_done(&now);
	}
	join_keys(gate);
}

void
sg_issuers_turn(struct sg_gate *gate)
{
	bool gone = false;
	for (struct sg_issuer_told *i = gate->issuers; i != NULL; i = i->next)
		if (i->former.len > 0 && gate->state.now.boot >= i->former_until) {
			sg_buf_clear(&i->former);
			gone = true;
		}
	if (gone)
		join_keys(gate);
}

bool
sg_gate_issuer(struct sg_gate *gate, struct sg_str name, const struct sg_json *ready)
{
	struct sg_str format = {"", 0}, revocation = {"", 0};
	const struct sg_json *keys = sg_json_get(ready, "jwks");
	struct sg_issuer_told *told = find_or_make(gate, name);
	bool enforcer_only;
	int64_t revocations = 0;
	sg_json_int(sg_json_get(ready, "revocations"), &revocations);
	if (told == NULL || !sg_json_string(sg_json_get(ready, "format"), &format) || format_named(format) == SG_ISSUE_none ||
	    !sg_json_string(sg_json_get(ready, "revocation"), &revocation) || revocation.len >= sizeof(told->revocation) ||
	    !sg_json_bool(sg_json_get(ready, "enforcer_only"), &enforcer_only))
		return false;
	told->format = format_named(format);
	told->enforcer_only = enforcer_only;
	told->revocations = revocations > 0 ? (size_t)revocations : 0;
	snprintf(told->revocation, sizeof(told->revocation), "%.*s", SG_STR_ARG(revocation));
	take_keys(gate, told, keys);
	return true;
}

static void
free_told(struct sg_issuer_told *told)
{
	sg_buf_done(&told->keys);
	sg_buf_done(&told->former);
	free(told);
}

void
sg_issuers_forget(struct sg_gate *gate)
{
	bool gone = false;
	for (struct sg_issuer_told **at = &gate->issuers; *at != NULL;) {
		struct sg_issuer_told *told = *at;
		if (sg_catalogue_issuer(gate->catalogue, sg_str(told->name)) != NULL) {
			at = &told->next;
			continue;
		}
		*at = told->next;
		free_told(told);
		gone = true;
	}
	if (gone)
		join_keys(gate);
}

void
sg_issuers_done(struct sg_gate *gate)
{
	for (struct sg_issuer_told *next, *i = gate->issuers; i != NULL; i = next) {
		next = i->next;
		free_told(i);
	}
	gate->issuers = NULL;
}

/* What a format carries: claims by name, and arguments of the action by name. A JWT carries every claim. */
static const struct {
	const char *claims[6], *arguments[6];
} carried[SG_ISSUE_FORMAT_COUNT] = {
	[SG_ISSUE_x509] = {{"exp", "jti", "sub"}, {"public_key"}},
	[SG_ISSUE_ssh] = {{"exp", "jti"}, {"command", "principal", "public_key", "source_address"}},
};

static bool
same_or_both_absent(const struct sg_json *a, const struct sg_json *b, const char *name)
{
	const struct sg_json *one = sg_json_get(a, name), *other = sg_json_get(b, name);
	return one == NULL || other == NULL ? one == other : sg_json_eq(one, other);
}

bool
sg_issued_as_decided(enum sg_issue_format format, const struct sg_json *claims, const struct sg_json *arguments,
		     const struct sg_json *made)
{
	bool good = claims != NULL && made != NULL && claims->type == SG_JSON_OBJECT && made->type == SG_JSON_OBJECT;
	if (good && format == SG_ISSUE_jwt) { /* it may add claims, never replace or leave out one */
		for (const struct sg_json *m = sg_json_first(claims); m != NULL; m = sg_json_next(claims, m))
			good = good && sg_json_eq(m, sg_json_get_str(made, m->name));
		return good;
	}
	good = good && (format == SG_ISSUE_x509 || format == SG_ISSUE_ssh) && sg_json_get(made, "arguments") != NULL;
	for (size_t i = 0; good && carried[format].claims[i] != NULL; i++)
		good = sg_json_get(made, carried[format].claims[i]) != NULL && same_or_both_absent(claims, made, carried[format].claims[i]);
	for (size_t i = 0; good && carried[format].arguments[i] != NULL; i++)
		good = same_or_both_absent(arguments, sg_json_get(made, "arguments"), carried[format].arguments[i]);
	return good;
}

/* ---- their keys ---- */

static bool
has_key(const struct sg_json *keys, const struct sg_json *key)
{
	for (const struct sg_json *k = sg_json_first(keys); k != NULL; k = sg_json_next(keys, k))
		if (sg_json_eq(sg_json_get(k, "kid"), sg_json_get(key, "kid")))
			return true;
	return false;
}

/* The sets of all issuers joined; a key that is told again stands once. */
void
sg_gate_keys(struct sg_gate *gate, struct sg_str jwks)
{
	struct sg_arena arena;
	const struct sg_json *old = NULL, *new = NULL;
	struct sg_json_writer w;
	sg_arena_init(&arena, 1 << 20);
	struct sg_str before = sg_arena_copy(&arena, sg_buf_view(&gate->jwks));
	if (before.len > 0 && sg_canon_parse(&arena, before, NULL, &old, NULL) == SG_OK)
		old = sg_json_get(old, "keys");
	if (sg_canon_parse(&arena, jwks, NULL, &new, NULL) == SG_OK && (new = sg_json_get(new, "keys")) != NULL) {
		sg_buf_clear(&gate->jwks);
		sg_jw_begin(&w, &gate->jwks);
		sg_jw_object(&w);
		sg_jw_name(&w, "keys");
		sg_jw_array(&w);
		for (const struct sg_json *k = sg_json_first(old); k != NULL; k = sg_json_next(old, k))
			if (!has_key(new, k))
				sg_jw_value(&w, k);
		for (const struct sg_json *k = sg_json_first(new); k != NULL; k = sg_json_next(new, k))
			sg_jw_value(&w, k);
		sg_jw_end(&w);
		sg_jw_end(&w);
	}
	sg_arena_done(&arena);
}
