/* SPDX-License-Identifier: Apache-2.0
 * How often an address may connect. There are more addresses than memory: beyond a bound the new ones share one bucket. */
#include "gate/desk/desk.h"

#include "base/line.h"
#include "base/str.h"
#include "gate/desk/buckets.h"

#include <stdlib.h>

enum { ADDRESSES_MAX = 4096 };

/* What strangers of a shared address use up is not an enforcer's that was found there. */
bool
sg_address_take(struct sg_gate *gate, const unsigned char address[16])
{
	char name[33], key[48];
	sg_address_name(address, name);
	sg_line_join(key, sizeof(key), "proven:", sg_str(name));
	if (sg_table_get(&gate->buckets, sg_str(key)) != NULL)
		return sg_bucket_take_party(gate, key);
	sg_line_join(key, sizeof(key), "address:", sg_str(name));
	bool room = gate->buckets.count < ADDRESSES_MAX || sg_table_get(&gate->buckets, sg_str(key)) != NULL;
	return sg_bucket_take(gate, "address", room ? sg_str(name) : SG_STR("others"));
}

void
sg_party_proven(struct sg_gate *gate, const struct sg_conn *conn)
{
	char name[SG_CONN_NAME], key[64];
	sg_conn_name(conn, name);
	sg_line_join(key, sizeof(key), "proven:", sg_str(name));
	if (gate->buckets.count < ADDRESSES_MAX || sg_table_get(&gate->buckets, sg_str(key)) != NULL)
		sg_bucket_take_party(gate, key);
}

/* Who was quiet long enough to have everything again is forgotten. */
size_t
sg_bucket_sweep(struct sg_gate *gate, struct sg_bucket *b)
{
	static const char *const passing[] = {"address:", "stranger:", "uid:", "connect:agent:"};
	int64_t passed_ms = (gate->state.now.boot - b->at) / SG_MSEC, most = gate->catalogue->limits.burst * 1000;
	bool proven = strncmp(b->key, "proven:", 7) == 0, passes = proven;
	for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		passes |= strncmp(b->key, passing[i], strlen(passing[i])) == 0;
	if (!passes || (passed_ms < 3600000 && (proven || b->tokens_milli + passed_ms * gate->catalogue->limits.rate < most)))
		return 0;
	sg_table_take(&gate->buckets, sg_str(b->key));
	free(b->key);
	free(b);
	return 1;
}
