/* SPDX-License-Identifier: Apache-2.0
 * Instances of modules: which a configuration wants, the one of a stanza, the one of a name. */
#include "gate/loop/loop.h"

#include "base/canon.h"
#include "base/str.h"
#include "conf/table.h"

#include <stdio.h>
#include <stdlib.h>

static sg_time
now_of(const struct sg_loop *loop)
{
	return loop->sys->boot_time(loop->sys);
}

_Static_assert((int)SG_CONF_MAX_MODULES + (int)SG_ISSUE_opaque <= (int)SG_WANTED_MAX, "a module that is configured and never started");

static void
want(struct sg_wanted_list *list, const struct sg_json *document, const char *prefix, struct sg_str name, const struct sg_json *stanza)
{
	struct sg_buf text;
	if (list->count == SG_WANTED_MAX)
		return; /* never ready, so what needs it is denied */
	struct sg_wanted *w = &list->items[list->count++];
	snprintf(w->name, sizeof(w->name), "%s%.*s", prefix, SG_STR_ARG(name));
	sg_buf_init(&text, 256 << 10);
	if (stanza != NULL)
		sg_canon_write(&text, stanza);
	sg_buf_str(&text, sg_json_text_at(document, "module_dir")); /* another folder may have another module of that name, or none */
	sg_sha256_hex(w->stanza, sg_buf_view(&text));
	w->refresh_ms = 0;
	sg_json_int(sg_json_get(stanza, "refresh"), &w->refresh_ms);
	sg_buf_done(&text);
}

static void
want_section(struct sg_wanted_list *list, const struct sg_json *document, const char *section, const char *prefix)
{
	const struct sg_json *stanzas = sg_json_get(document, section);
	for (const struct sg_json *m = sg_json_first(stanzas); m != NULL; m = sg_json_next(stanzas, m))
		want(list, document, prefix, m->name, m);
}

/* Modules that are called like a format make that one; what another makes is known only once it runs. Tokens are asked about in any case. */
static bool
may_be_made(const struct sg_json *issuers, enum sg_issue_format format)
{
	for (const struct sg_json *m = sg_json_first(issuers); m != NULL; m = sg_json_next(issuers, m)) {
		bool known = sg_json_is(m, "use", "secret");
		for (int f = SG_ISSUE_jwt; f < SG_ISSUE_opaque; f++)
			known = known || sg_json_is(m, "use", sg_issue_format_name((enum sg_issue_format)f));
		if (!known || sg_json_is(m, "use", sg_issue_format_name(format)))
			return true;
	}
	return format == SG_ISSUE_jwt;
}

void
sg_instances_want(struct sg_wanted_list *list, const struct sg_json *document)
{
	const struct sg_json *issuers = sg_json_get(document, "issue");
	list->count = 0;
	want_section(list, document, "attest", "attest.");
	want_section(list, document, "issue", "issue.");
	want_section(list, document, "audit", "audit.");
	want_section(list, document, "prove", "prove.");
	for (int f = SG_ISSUE_jwt; issuers != NULL && issuers->count > 0 && f < SG_ISSUE_opaque; f++)
		if (may_be_made(issuers, (enum sg_issue_format)f))
			want(list, document, "verify.", sg_str(sg_issue_format_reader((enum sg_issue_format)f)), NULL);
}

bool
sg_wanted_has(const struct sg_wanted_list *list, const struct sg_child *host)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i].name, host->name) == 0 && strcmp(list->items[i].stanza, host->stanza) == 0)
			return true;
	return false;
}

bool
sg_instance_is_current(const struct sg_loop *loop, const struct sg_child *host)
{
	return sg_wanted_has(&loop->wanted, host);
}

void
sg_instance_spawn(struct sg_loop *loop, const struct sg_wanted *w, const struct sg_child *before, bool next)
{
	struct sg_child *host = sg_child_spawn(loop, SG_ROLE_HOST, SG_FACE_NONE, 0, w->name, next);
	if (host == NULL)
		return;
	memcpy(host->stanza, w->stanza, sizeof(host->stanza));
	host->since = now_of(loop);
	if (before == NULL)
		return;
	host->failures = before->failures;
	host->restarts = before->restarts + 1;
	host->may_mend = before->may_mend;
	host->started = before->started;
	host->hung = before->hung;
	memcpy(host->why, before->why, sizeof(host->why));
}

struct sg_child *
sg_instance_of(struct sg_loop *loop, const struct sg_wanted *w)
{
	for (size_t i = 0; i < loop->children_top; i++) {
		struct sg_child *c = &loop->children[i];
		if (c->used && c->role == SG_ROLE_HOST && !c->retiring && strcmp(c->name, w->name) == 0 && strcmp(c->stanza, w->stanza) == 0)
			return c;
	}
	return NULL;
}

bool
sg_wanted_is_sink(const char *name)
{
	return strncmp(name, "audit.", 6) == 0;
}

static bool
is_better(const struct sg_loop *loop, const struct sg_child *a, const struct sg_child *b)
{
	if (a->ready != b->ready)
		return a->ready;
	return sg_instance_is_current(loop, a) && !sg_instance_is_current(loop, b);
}

/* The one that the configuration in force wants, once it is ready; until then the one before. */
struct sg_child *
sg_host_named(struct sg_loop *loop, const char *prefix, struct sg_str name)
{
	char full[SG_CHILD_NAME];
	struct sg_child *best = NULL;
	snprintf(full, sizeof(full), "%s%.*s", prefix, SG_STR_ARG(name));
	for (size_t i = 0; i < loop->children_top; i++) {
		struct sg_child *c = &loop->children[i];
		if (!c->used || c->role != SG_ROLE_HOST || c->retiring || strcmp(c->name, full) != 0 || (c->ready && !c->entered))
			continue;
		if (best == NULL || is_better(loop, c, best))
			best = c;
	}
	return best;
}

/* gcc 12's analyzer loses the list that hangs on an element of loop->children when it inlines this into a caller that found the element by name, and
 * takes the call for leaked. It is freed in take_call's callers and in sg_host_gone. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif
bool
sg_host_remember(struct sg_loop *loop, struct sg_child *host, uint64_t id, uint64_t look)
{
	struct sg_call *call = calloc(1, sizeof(*call));
	if (call == NULL)
		return false;
	*call = (struct sg_call){.id = id, .look = look};
	call->deadline = loop->sys->boot_time(loop->sys) + loop->gate->catalogue->limits.host_deadline * SG_MSEC;
	call->next = host->calls; /* newest first: the oldest, whose deadline ends first, is the last */
	host->calls = call;
	return true;
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/* One that is in use before one that is on its way out. */
struct sg_child *
sg_host_maker(struct sg_loop *loop, struct sg_str issuer, uint64_t by)
{
	char full[SG_CHILD_NAME];
	struct sg_child *best = NULL;
	snprintf(full, sizeof(full), "issue.%.*s", SG_STR_ARG(issuer));
	for (size_t i = 0; by != 0 && i < loop->children_top; i++) {
		struct sg_child *c = &loop->children[i];
		bool is = c->used && c->role == SG_ROLE_HOST && c->linked && c->ready && c->made_by == by && strcmp(c->name, full) == 0;
		if (is && (best == NULL || best->retiring))
			best = c;
	}
	return best;
}
