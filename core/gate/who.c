/* SPDX-License-Identifier: Apache-2.0
 * Who asks: the agent behind a connection, the enforcer and the agent it asks for, and how often they may. */
#include "gate/request.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

/* An opaque name for one incarnation of a process: the same for every connection it makes, another one after it is gone, and after an exec, since
 * the facts about it are part of it. */
void
sg_instance_id(const struct sg_gate *gate, const struct sg_conn *conn, char out[SG_ID_MAX])
{
	char text[256], hex[33], facts[SG_SHA256_HEX];
	unsigned char mac[SG_SHA256_BYTES];
	sg_sha256_hex(facts, conn->facts.text);
	int len = snprintf(text, sizeof(text), "instance|%s|%d|%llu|%u|%s", gate->state.boot_id, (int)conn->peer.pid,
			   (unsigned long long)conn->peer.start_time, (unsigned)conn->peer.uid, facts);
	sg_hmac(mac, gate->state.key, (struct sg_str){text, (size_t)len});
	sg_hex(hex, mac, 16);
	snprintf(out, SG_ID_MAX, "i-%s", hex);
}

static struct sg_str
body_text(const struct sg_request *request, const char *name)
{
	struct sg_str out = {"", 0};
	sg_json_string(sg_json_get(request->body, name), &out);
	return out;
}

static enum sg_reason
no_agent_reason(enum sg_status status, const struct sg_conn *conn, const struct sg_catalogue *catalogue, struct sg_str named)
{
	const struct sg_agent *other;
	enum sg_strength strength;
	if (status == SG_REFUSED)
		return SG_REASON_agent_ambiguous;
	bool is_another = named.len > 0 &&
			  sg_facts_agent(&conn->facts, catalogue, SG_STR(""), &other, &strength) != SG_NOT_FOUND;
	return is_another ? SG_REASON_not_this_agent : SG_REASON_no_agent;
}

bool
sg_who_agent(struct sg_gate *gate, struct sg_request *request, const struct sg_conn *conn, enum sg_reason *reason)
{
	struct sg_str named = body_text(request, "agent");
	if (conn->changed || conn->facts.json == NULL) {
		*reason = conn->why;
		return false;
	}
	enum sg_status status = sg_facts_agent(&conn->facts, gate->catalogue, named, &request->agent, &request->strength);
	if (status != SG_OK) {
		*reason = no_agent_reason(status, conn, gate->catalogue, named);
		return false;
	}
	if (request->strength < sg_strength_named(request->agent->identity)) {
		*reason = SG_REASON_facts_weak;
		return false;
	}
	if (!gate->catalogue->dev && !request->agent->human_use && sg_facts_human(&conn->facts)) {
		*reason = SG_REASON_human_use;
		return false;
	}
	request->proven = request->strength != SG_HINT; /* who is only hinted at is asserted: no credentials */
	sg_instance_id(gate, conn, request->instance);
	return true;
}

bool
sg_who_enforcer(struct sg_gate *gate, struct sg_request *request, const struct sg_conn *conn, enum sg_reason *reason)
{
	request->enforcer = conn->facts.json == NULL ? NULL : sg_facts_enforcer(&conn->facts, gate->catalogue);
	*reason = conn->changed || conn->facts.json == NULL ? conn->why : SG_REASON_not_enforcer;
	return request->enforcer != NULL && !conn->changed;
}

static struct sg_bucket *
bucket_of(struct sg_gate *gate, const char *kind, struct sg_str name)
{
	char key[160];
	snprintf(key, sizeof(key), "%s:%.*s", kind, SG_STR_ARG(name));
	struct sg_bucket *bucket = sg_table_get(&gate->buckets, sg_str(key));
	if (bucket != NULL)
		return bucket;
	bucket = calloc(1, sizeof(*bucket));
	if (bucket == NULL || (bucket->key = strdup(key)) == NULL ||
	    sg_table_put(&gate->buckets, sg_str(bucket->key), bucket) != SG_OK) {
		if (bucket != NULL)
			free(bucket->key);
		free(bucket);
		return NULL;
	}
	bucket->tokens_milli = gate->catalogue->limits.burst * 1000;
	bucket->at = gate->state.now.boot;
	return bucket;
}

bool
sg_bucket_take(struct sg_gate *gate, const char *kind, struct sg_str name)
{
	struct sg_bucket *b = bucket_of(gate, kind, name);
	if (b == NULL)
		return false;
	int64_t most = gate->catalogue->limits.burst * 1000;
	int64_t passed_ms = (gate->state.now.boot - b->at) / SG_MSEC;
	if (passed_ms > 0) {
		int64_t gained = passed_ms > 3600000 ? most : passed_ms * gate->catalogue->limits.rate;
		b->tokens_milli = b->tokens_milli + gained < most ? b->tokens_milli + gained : most;
		b->at += passed_ms * SG_MSEC;
	}
	if (b->tokens_milli < 1000)
		return false;
	b->tokens_milli -= 1000;
	return true;
}

void
sg_gap_count(struct sg_gate *gate, int which, enum sg_reason reason)
{
	if (gate->gap[which].count++ == 0)
		gate->gap[which].from_ms = gate->state.now.wall_ms;
	gate->gap[which].to_ms = gate->state.now.wall_ms;
	gate->gap[which].reason = reason;
	if (gate->gap_since == 0)
		gate->gap_since = gate->state.now.boot;
}
