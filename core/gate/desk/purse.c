/* SPDX-License-Identifier: Apache-2.0
 * Purses: what a caller has left, and how fast it comes back. */
#include "gate/desk/purse.h"

#include "base/line.h"
#include "base/str.h"
#include "gate/desk/request.h"

#include <stdlib.h>

enum { PROVEN_MS = 3600000 /* so long a place where an enforcer was found has the rates of a party */ };

int64_t
sg_purse_burst(const struct sg_gate *gate, enum sg_purse purse)
{
	const struct sg_limits *l = &gate->catalogue->limits;
	return purse == SG_PURSE_PARTY ? l->party_burst : l->burst;
}

static int64_t
rate_of(const struct sg_gate *gate, enum sg_purse purse)
{
	const struct sg_limits *l = &gate->catalogue->limits;
	return purse == SG_PURSE_PARTY ? l->party_rate : l->rate;
}

static bool
is_of_address(const struct sg_bucket *bucket)
{
	return sg_str_starts(sg_str(bucket->key), "address:");
}

struct sg_bucket *
sg_purse_of(struct sg_gate *gate, enum sg_purse purse, const char *key)
{
	struct sg_bucket *bucket = sg_table_get(&gate->buckets, sg_str(key));
	if (bucket != NULL)
		return bucket;
	bucket = calloc(1, sizeof(*bucket));
	if (bucket == NULL || (bucket->key = strdup(key)) == NULL || sg_table_put(&gate->buckets, sg_str(bucket->key), bucket) != SG_OK) {
		if (bucket != NULL)
			free(bucket->key);
		free(bucket);
		return NULL;
	}
	bucket->purse = purse;
	bucket->tokens_milli = sg_purse_burst(gate, purse) * 1000;
	gate->addresses += is_of_address(bucket);
	bucket->at = gate->state.now.boot;
	return bucket;
}

void
sg_purse_refill(struct sg_gate *gate, enum sg_purse purse, struct sg_bucket *b)
{
	int64_t most = sg_purse_burst(gate, purse) * 1000, passed_ms = (gate->state.now.boot - b->at) / SG_MSEC;
	if (passed_ms <= 0)
		return;
	int64_t gained = passed_ms > 3600000 ? 2 * most : passed_ms * rate_of(gate, purse);
	b->tokens_milli = b->tokens_milli + gained < most ? b->tokens_milli + gained : most;
	b->at += passed_ms * SG_MSEC;
}

/* `reserve`: units that are kept for this kind of request alone. What costs more than a full bucket waits for a full one. */
bool
sg_purse_take(struct sg_gate *gate, enum sg_purse purse, const char *key, int64_t units, int64_t reserve)
{
	struct sg_bucket *b = sg_purse_of(gate, purse, key);
	int64_t most = sg_purse_burst(gate, purse);
	if (b == NULL)
		return false;
	sg_purse_refill(gate, purse, b);
	if (b->tokens_milli + reserve * 1000 < (units < most ? units : most) * 1000) {
		b->refused++;
		return false;
	}
	b->tokens_milli -= units * 1000;
	b->refused = 0;
	return true;
}

static void
owe(struct sg_gate *gate, const char *purse, struct sg_str agent, int64_t units, int64_t most)
{
	char key[160];
	sg_line_join(key, sizeof(key), purse, agent);
	struct sg_bucket *b = sg_purse_of(gate, SG_PURSE_CALLER, key);
	int64_t least = most > 0 ? -most * 1000 : 0;
	if (b != NULL && b->tokens_milli > least) /* whoever is below already gets nothing back */
		b->tokens_milli = b->tokens_milli - units * 1000 > least ? b->tokens_milli - units * 1000 : least;
}

void
sg_agent_owes(struct sg_gate *gate, const struct sg_request *r, int64_t units)
{
	int64_t burst = sg_purse_burst(gate, SG_PURSE_CALLER);
	if (r->agent == NULL || units <= 0)
		return;
	owe(gate, "agent:", r->agent->name, units, burst / 2 - 1); /* what is kept for outcomes and for closing (buckets.c) is kept */
	if (r->route != NULL && r->route->route == SG_ROUTE_A_OUTCOME)
		owe(gate, "reports:", r->agent->name, units, burst); /* and is no way around what reports cost */
}

size_t
sg_bucket_sweep(struct sg_gate *gate, struct sg_bucket *bucket)
{
	bool proven = sg_str_starts(sg_str(bucket->key), "proven:"), quiet = (gate->state.now.boot - bucket->proven_at) / SG_MSEC >= PROVEN_MS;
	if (!proven)
		sg_purse_refill(gate, bucket->purse, bucket);
	if (proven ? !quiet : bucket->tokens_milli < sg_purse_burst(gate, bucket->purse) * 1000)
		return 0;
	gate->addresses -= is_of_address(bucket);
	sg_table_take(&gate->buckets, sg_str(bucket->key));
	free(bucket->key);
	free(bucket);
	return 1;
}
