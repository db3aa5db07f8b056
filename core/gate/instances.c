/* SPDX-License-Identifier: Apache-2.0
 * Instances of modules, one for each stanza: which there should be, exchanging them when their stanza changes, and what happens to one that is
 * late or dead: its calls fail closed, it is killed, and started again after a growing pause until the breaker opens. */
#include "gate/loop.h"

#include "base/canon.h"
#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

static sg_time
now_of(const struct sg_loop *loop)
{
	return loop->sys->boot_time(loop->sys);
}

/* ---- which there should be ---- */

static void
want(struct sg_wanted_list *list, const char *prefix, struct sg_str name, const struct sg_json *stanza)
{
	struct sg_buf text;
	if (list->count == SG_WANTED_MAX)
		return; /* never ready, so what needs it is denied */
	struct sg_wanted *w = &list->items[list->count++];
	snprintf(w->name, sizeof(w->name), "%s%.*s", prefix, SG_STR_ARG(name));
	sg_buf_init(&text, 256 << 10);
	if (stanza != NULL)
		sg_canon_write(&text, stanza);
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
		want(list, prefix, m->name, m);
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
	for (int f = SG_ISSUE_jwt; issuers != NULL && issuers->count > 0 && f < SG_ISSUE_opaque; f++)
		if (may_be_made(issuers, (enum sg_issue_format)f))
			want(list, "verify.", sg_str(sg_issue_format_reader((enum sg_issue_format)f)), NULL);
}

static void
find_wanted(struct sg_loop *loop)
{
	if (strcmp(loop->wanted_config, loop->gate->catalogue->digest) == 0)
		return;
	sg_instances_want(&loop->wanted, loop->gate->catalogue->document);
	snprintf(loop->wanted_config, sizeof(loop->wanted_config), "%s", loop->gate->catalogue->digest);
}

static bool
is_on(const struct sg_wanted_list *list, const struct sg_child *host)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i].name, host->name) == 0 && strcmp(list->items[i].stanza, host->stanza) == 0)
			return true;
	return false;
}

bool
sg_instance_is_current(const struct sg_loop *loop, const struct sg_child *host)
{
	return is_on(&loop->wanted, host);
}

/* ---- starting ---- */

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
	memcpy(host->why, before->why, sizeof(host->why));
}

struct sg_child *
sg_instance_of(struct sg_loop *loop, const struct sg_wanted *w)
{
	for (size_t i = 0; i < SG_CHILDREN; i++) {
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

/* Two instances of a sink would carry the same leaves twice: the old one leaves first. */
static bool
must_wait(const struct sg_loop *loop, const struct sg_wanted *w)
{
	for (size_t i = 0; sg_wanted_is_sink(w->name) && i < SG_CHILDREN; i++) {
		const struct sg_child *c = &loop->children[i];
		if (c->used && c->role == SG_ROLE_HOST && strcmp(c->name, w->name) == 0 && strcmp(c->stanza, w->stanza) != 0)
			return true;
	}
	return false;
}

static void
ensure(struct sg_loop *loop, const struct sg_wanted *w)
{
	struct sg_child *host = sg_instance_of(loop, w), before;
	if (host == NULL && !must_wait(loop, w))
		sg_instance_spawn(loop, w, NULL, false);
	if (host == NULL || host->linked || host->respawn_at == 0 || now_of(loop) < host->respawn_at)
		return;
	before = *host;
	host->used = false;
	sg_instance_spawn(loop, w, &before, false);
}

/* ---- exchanging ---- */

/* A stanza that changed keeps its old instance until the new one is in use; a sink does not, and neither does what is wanted no longer. */
static bool
may_stay(struct sg_loop *loop, const struct sg_child *host)
{
	if (sg_instance_is_current(loop, host) || (loop->next.active && is_on(&loop->next.list, host)))
		return true;
	for (size_t i = 0; !sg_wanted_is_sink(host->name) && i < loop->wanted.count; i++) {
		if (strcmp(loop->wanted.items[i].name, host->name) != 0)
			continue;
		const struct sg_child *current = sg_instance_of(loop, &loop->wanted.items[i]);
		return current == NULL || !current->entered;
	}
	return false;
}

/* An instance that has served its time is one of an earlier stanza from now on: the next one is started beside it and takes over once it is ready. */
static void
age(const struct sg_loop *loop, struct sg_child *host)
{
	for (size_t i = 0; host->entered && i < loop->wanted.count; i++) {
		const struct sg_wanted *w = &loop->wanted.items[i];
		if (strcmp(w->name, host->name) == 0 && w->refresh_ms > 0 && now_of(loop) - host->since > w->refresh_ms * SG_MSEC)
			host->stanza[0] = '-';
	}
}

/* One that is on its way out leaves when it owes nobody an answer: its link is closed, and it stops by itself. */
static void
look_after(struct sg_loop *loop, struct sg_child *host)
{
	if (host->ready && !host->entered && sg_instance_is_current(loop, host) && !sg_host_enter(loop, host)) {
		sg_child_kill(loop, host);
		return;
	}
	age(loop, host);
	if (!host->retiring && !may_stay(loop, host))
		host->retiring = true;
	if (!host->retiring || host->calls != NULL)
		return;
	if (host->linked) { /* its link closes, and it stops by itself */
		sg_child_gone(loop, host);
		host->since = now_of(loop);
		return;
	}
	if (now_of(loop) - host->since < SG_HOST_LEAVE_S * SG_SEC)
		return;
	sg_supervisor_send(loop, SG_FRAME_G_KILL, "{\"slot\":%llu}", (unsigned long long)host->slot); /* if it has not */
	sg_buf_done(&host->said);
	host->used = false;
}

/* ---- each turn ---- */

void
sg_hosts_fill(struct sg_loop *loop)
{
	if (loop->stop)
		return;
	find_wanted(loop);
	for (size_t i = 0; i < SG_CHILDREN; i++)
		if (loop->children[i].used && loop->children[i].role == SG_ROLE_HOST)
			look_after(loop, &loop->children[i]);
	for (size_t i = 0; i < loop->wanted.count; i++)
		ensure(loop, &loop->wanted.items[i]);
	sg_prepare_turn(loop);
}

/* ---- late and dead ---- */

static void
fail_calls(struct sg_loop *loop, struct sg_child *host)
{
	struct sg_call *call = host->calls;
	host->calls = NULL;
	while (call != NULL) {
		struct sg_call *next = call->next;
		if (call->look != 0)
			sg_look_answered(loop, host, call->look, (struct sg_str){NULL, 0});
		else if (call->id != 0)
			sg_gate_called(loop->gate, call->id, (struct sg_str){NULL, 0});
		free(call);
		call = next;
	}
}

void
sg_host_gone(struct sg_loop *loop, struct sg_child *host)
{
	host->ready = host->entered = false;
	sg_buf_done(&host->said);
	if (!host->retiring) {
		host->failures++;
		unsigned pause = host->failures < 6 ? 1U << (host->failures - 1) : SG_BACKOFF_S;
		host->respawn_at = now_of(loop) + (host->failures == 1 ? 0 : (sg_time)pause * SG_SEC);
		if (host->failures == SG_BREAKER)
			fprintf(stderr, "stepgated: %s failed %d times in a row; from now on it is tried once in %d s\n", host->name, SG_BREAKER, SG_BACKOFF_S);
	}
	fail_calls(loop, host);
}

/* A thousand revocations may stand in line: what counts is that nothing is answered for as long as one call may take. */
static bool
is_late(const struct sg_child *host, sg_time now, sg_time allowed)
{
	if (!host->ready && now - host->since > SG_HOST_START_S * SG_SEC)
		return true;
	if (sg_sink_is_late(host, now))
		return true;
	for (const struct sg_call *call = host->calls; call != NULL; call = call->next)
		if (now > call->deadline && now - host->answered > allowed)
			return true;
	return false;
}

void
sg_hosts_deadlines(struct sg_loop *loop)
{
	sg_time now = now_of(loop);
	for (size_t i = 0; i < SG_CHILDREN; i++) {
		struct sg_child *c = &loop->children[i];
		if (!c->used || c->role != SG_ROLE_HOST || (!c->linked && c->respawn_at != 0) || c->retiring || !is_late(c, now, loop->gate->catalogue->limits.host_deadline * SG_MSEC))
			continue;
		snprintf(c->why, sizeof(c->why), "%s", sg_sink_is_late(c, now) ? "it carries nothing further" : c->ready ? "a call took longer than limits.host_deadline" : "it did not start in time");
		sg_child_kill(loop, c);
	}
}

/* ---- telling ---- */

static const char *
state_of(const struct sg_child *host)
{
	if (host->ready)
		return host->retiring ? "retiring" : host->faults > 0 ? "failing" : host->entered ? "ready" : "prepared";
	if (host->failures >= SG_BREAKER)
		return "breaker_open";
	return host->respawn_at != 0 && !host->linked ? "backing_off" : "starting";
}

void
sg_hosts_tell(void *self, struct sg_json_writer *w)
{
	struct sg_loop *loop = self;
	sg_jw_array(w);
	for (size_t i = 0; i < SG_CHILDREN; i++) {
		const struct sg_child *c = &loop->children[i];
		if (!c->used || c->role != SG_ROLE_HOST || (c->retiring && !c->linked))
			continue;
		sg_jw_object(w);
		sg_jw_member_int(w, "calls", (int64_t)c->asked);
		sg_jw_member_text(w, "digest", c->digest);
		if (strncmp(c->name, "audit.", 6) == 0)
			sg_jw_member_int(w, "durable", (int64_t)c->durable);
		sg_jw_member_int(w, "failures", c->failures);
		if (strncmp(c->name, "audit.", 6) == 0)
			sg_jw_member_int(w, "gaps", (int64_t)c->gaps);
		sg_jw_member_text(w, "name", c->name);
		sg_jw_member_int(w, "restarts", c->restarts);
		sg_jw_member_text(w, "state", state_of(c));
		sg_jw_member_text(w, "why", c->why);
		sg_jw_end(w);
	}
	sg_jw_end(w);
}
