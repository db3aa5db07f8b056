/* SPDX-License-Identifier: Apache-2.0
 * Which domain a peer is in, and what happens to domains: frozen, thawed, cleansed, faded. Names are keyed, so that nobody can ask for another's. */
#include "gate/desk/desk.h"
#include "gate/desk/domain.h"

#include "base/group.h"
#include "base/str.h"

#include <stdio.h>

enum { SHOWN = 100, SHOWN_BYTES = 256 << 10 };

enum kind {
#define X(name, meaning) KIND_##name,
	SG_DOMAIN_KINDS(X)
#undef X
	KIND_COUNT
};

static const char *const kinds[KIND_COUNT] = {
#define X(name, meaning) #name,
	SG_DOMAIN_KINDS(X)
#undef X
};

struct named {
	char id[SG_ID_MAX], name[SG_DOMAIN_NAME];
	const char *kind;
	int64_t fade_ms;
};

static enum kind
kind_of(const struct sg_gate *gate, const struct sg_agent *agent)
{
	for (int k = 0; k < KIND_COUNT; k++)
		if (sg_str_is(agent->domain, kinds[k]))
			return (enum kind)k;
	return gate->catalogue->dev ? KIND_process : KIND_uid; /* in dev all share a uid, which keeps nothing apart */
}

/* Of all stanzas that name this user, or that this process could pass for. */
static enum kind
coarsest(const struct sg_gate *gate, const struct sg_agent *agent, const struct sg_conn *conn, int64_t *fade_ms)
{
	enum kind kind = kind_of(gate, agent);
	*fade_ms = agent->fade_ms;
	for (size_t i = 0; i < gate->catalogue->agent_count; i++) {
		const struct sg_agent *other = &gate->catalogue->agents[i];
		enum sg_strength strength;
		if (!sg_match_names_uid(&other->match, conn->peer.uid) && !sg_facts_fit(&conn->facts, &other->match, gate->catalogue, &strength))
			continue;
		if (kind_of(gate, other) < kind)
			kind = kind_of(gate, other);
		if (*fade_ms >= 0 && (other->fade_ms < 0 || other->fade_ms > *fade_ms))
			*fade_ms = other->fade_ms;
	}
	return kind;
}

static void
name_it(const struct sg_gate *gate, struct named *d, const char *kind, const char *text)
{
	char whole[512], hex[33];
	unsigned char mac[SG_SHA256_BYTES];
	int len = snprintf(whole, sizeof(whole), "domain|%s|%s", kind, text);
	sg_hmac(mac, gate->state.key, (struct sg_str){whole, (size_t)len < sizeof(whole) ? (size_t)len : sizeof(whole) - 1});
	sg_hex(hex, mac, 16);
	snprintf(d->id, sizeof(d->id), "n-%s", hex);
	snprintf(d->name, sizeof(d->name), "%s", text);
	d->kind = kind;
}

/* There is such a group, and that user cannot put its processes into another one at will. */
static bool
is_kept(const struct sg_gate *gate, struct sg_str group, uid_t uid)
{
	char path[SG_GROUP_PATH];
	snprintf(path, sizeof(path), "%.*s", SG_STR_ARG(group));
	return group.len > 0 && gate->sys->group_kept != NULL && gate->sys->group_kept(gate->sys, path, uid);
}

static void
of_process(struct sg_gate *gate, const struct sg_request *r, const struct sg_conn *conn, struct named *d)
{
	char text[400];
	enum kind kind = coarsest(gate, r->agent, conn, &d->fade_ms);
	struct sg_str group = sg_conn_group(gate, conn);
	if (kind == KIND_unit)
		group.len = sg_group_unit(group); /* groups below one unit are its own affair */
	if ((kind == KIND_cgroup || kind == KIND_unit) && !is_kept(gate, group, conn->peer.uid))
		kind = KIND_uid; /* what cannot be told apart is one */
	if (kind == KIND_uid)
		snprintf(text, sizeof(text), "%u", (unsigned)conn->peer.uid);
	else if (kind == KIND_process)
		snprintf(text, sizeof(text), "%u.%d.%llu.%s", (unsigned)conn->peer.uid, (int)conn->peer.pid, (unsigned long long)conn->peer.start_time,
			 gate->state.boot_id);
	else
		snprintf(text, sizeof(text), "%u %.*s", (unsigned)conn->peer.uid, (int)(group.len < 300 ? group.len : 300), group.ptr);
	name_it(gate, d, kinds[kind], text);
}

/* The session comes last: nothing it says can stand for another enforcer or agent. */
static void
of_session(const struct sg_gate *gate, struct named *d, struct sg_str enforcer, struct sg_str agent, struct sg_str session)
{
	char text[400];
	snprintf(text, sizeof(text), "%.*s|%.*s|%.*s", SG_STR_ARG(enforcer), SG_STR_ARG(agent), SG_STR_ARG(session));
	name_it(gate, d, "session", text);
}

static void
of_request(struct sg_gate *gate, const struct sg_request *r, struct named *d)
{
	char text[400];
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	struct sg_str session = sg_json_text_at(r->body, "session");
	d->fade_ms = r->agent->fade_ms;
	if (r->enforcer != NULL && session.len > 0) {
		of_session(gate, d, r->enforcer->name, r->agent->name, session);
	} else if (r->enforcer != NULL) {
		snprintf(text, sizeof(text), "%.*s|%.*s", SG_STR_ARG(r->enforcer->name), SG_STR_ARG(r->agent->name));
		name_it(gate, d, "asserted", text);
	} else if (conn == NULL || conn->peer.pid <= 0) { /* on another machine: nothing here keeps two of them apart */
		snprintf(text, sizeof(text), "%.*s", SG_STR_ARG(r->agent->name));
		name_it(gate, d, "remote", text);
	} else {
		of_process(gate, r, conn, d);
	}
}

void
sg_write_domain(struct sg_json_writer *w, struct sg_gate *gate, const struct sg_request *r)
{
	struct named d = {.kind = ""};
	of_request(gate, r, &d);
	sg_jw_object(w);
	sg_jw_member_int(w, "fade", d.fade_ms);
	sg_jw_member_text(w, "id", d.id);
	sg_jw_member_text(w, "kind", d.kind);
	sg_jw_member_text(w, "name", d.name);
	sg_jw_end(w);
}

/* ---- what happens to them ---- */

bool
sg_domain_record(struct sg_gate *gate, const struct sg_domain *d, const char *event, struct sg_str by, struct sg_str why, uint64_t *number)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 4096);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "by", by);
	sg_jw_member_text(&w, "domain", d->id);
	sg_jw_member_text(&w, "event", event);
	sg_jw_member_text(&w, "kind", d->kind);
	sg_jw_member_text(&w, "name", d->name != NULL ? d->name : "");
	sg_jw_member_str(&w, "why", why);
	sg_jw_end(&w);
	bool good = sg_record(gate, "domain", sg_buf_view(&body), SG_STR(""), number, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

bool
sg_domain_freeze(struct sg_gate *gate, const struct sg_task *task, const char *why)
{
	const struct sg_agent *agent = sg_catalogue_agent(gate->catalogue, sg_str(task->agent));
	if (task->domain == NULL || task->domain->frozen)
		return true;
	if (!sg_domain_record(gate, task->domain, "frozen", SG_STR("stepgate"), sg_str(why), NULL))
		return false;
	sg_alert(gate, "domain_frozen", agent != NULL ? agent->owner : SG_STR(""), sg_str(task->agent), sg_str(task->id));
	return true;
}

void
sg_domain_thaw(struct sg_gate *gate, struct sg_request *r, const struct sg_domain *domain)
{
	const struct sg_conn *conn = sg_conn_find(gate, r->conn);
	sg_domain_record(gate, domain, "thaw", sg_conn_operator(conn), SG_STR("a task of it was thawed"), NULL);
}

static bool
is_over(const struct sg_gate *gate, const struct sg_domain *d)
{
	return d->tasks == 0 && !d->frozen && d->fade_ms >= 0 && sg_state_steady(&gate->state) - d->idle_ms >= d->fade_ms;
}

size_t
sg_domain_fade(struct sg_gate *gate, struct sg_domain *d)
{
	return is_over(gate, d) && sg_domain_carries(d) && sg_domain_record(gate, d, "faded", SG_STR("stepgate"), SG_STR(""), NULL);
}

bool
sg_domain_over(struct sg_gate *gate, const struct sg_domain *d, struct sg_str by, uint64_t *number)
{
	return d->tasks > 0 || d->frozen || !sg_domain_carries(d) || sg_domain_record(gate, d, "faded", by, SG_STR("session ended"), number);
}

/* ---- operators ---- */

void
sg_write_domain_now(struct sg_json_writer *w, const struct sg_domain *d)
{
	if (d == NULL) {
		sg_jw_null(w);
		return;
	}
	sg_jw_object(w);
	sg_jw_member_int(w, "fade_ms", d->fade_ms);
	sg_jw_member_bool(w, "frozen", d->frozen);
	sg_jw_member_text(w, "id", d->id);
	sg_jw_member_text(w, "kind", d->kind);
	sg_jw_name(w, "labels");
	sg_jw_array(w);
	for (size_t i = 0; i < d->taint.count; i++)
		sg_jw_text(w, d->taint.labels[i]);
	sg_jw_end(w);
	sg_jw_member_text(w, "name", d->name != NULL ? d->name : "");
	sg_jw_member_text(w, "sensitivity", sg_sensitivity_name(d->taint.sensitivity));
	sg_jw_member_int(w, "since", (d->frozen && (d->since_ms == 0 || d->frozen_ms < d->since_ms) ? d->frozen_ms : d->since_ms) / 1000);
	sg_jw_member_int(w, "tasks", (int64_t)d->tasks);
	sg_jw_end(w);
}

int
sg_domain_place(const struct sg_domain *d)
{
	return d->frozen ? 0 : d->taint.count > 0 ? 1 : d->taint.sensitivity > SG_PUBLIC ? 2 : SG_DOMAIN_PLACES;
}

void
sg_write_domains(struct sg_json_writer *w, const struct sg_gate *gate)
{
	size_t at = 0, more = 0, shown = 0, from = w->out->len;
	sg_jw_name(w, "domains");
	sg_jw_array(w);
	for (int place = 0; place < SG_DOMAIN_PLACES; place++, at = 0) /* what stands still first, then what has labels */
		for (const struct sg_domain *d; (d = sg_table_next(&gate->state.domains, &at)) != NULL;)
			if (sg_domain_place(d) == place)
				shown < SHOWN && w->out->len - from < SHOWN_BYTES ? (shown++, sg_write_domain_now(w, d)) : (void)more++;
	sg_jw_end(w);
	sg_jw_member_int(w, "domains_more", (int64_t)more);
}
