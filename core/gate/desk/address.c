/* SPDX-License-Identifier: Apache-2.0
 * How often an address may connect. There are more addresses than memory: beyond a bound the new ones share one bucket. */
#include "gate/desk/desk.h"

#include "base/line.h"
#include "base/str.h"
#include "gate/desk/buckets.h"
#include "gate/desk/purse.h"

enum { ADDRESSES_MAX = 4096 /* buckets of addresses, but for those where an enforcer was found */, LOOKS = 64 /* at slots of buckets, for room for one more */ };

/* A bucket of one connection is full again after a moment, and says nothing any more: it gives way to a new one before the round comes by. */
static void
make_room(struct sg_gate *gate)
{
	size_t slots = LOOKS;
	for (struct sg_bucket *b; (b = sg_table_slice(&gate->buckets, &gate->addresses_at, &slots)) != NULL;)
		sg_bucket_sweep(gate, b);
}

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
	if (gate->addresses >= ADDRESSES_MAX && sg_table_get(&gate->buckets, sg_str(key)) == NULL)
		make_room(gate);
	bool room = gate->addresses < ADDRESSES_MAX || sg_table_get(&gate->buckets, sg_str(key)) != NULL;
	return sg_bucket_take(gate, "address", room ? sg_str(name) : SG_STR("others"));
}

void
sg_party_proven(struct sg_gate *gate, const struct sg_conn *conn)
{
	char name[SG_CONN_NAME], key[64];
	sg_conn_name(conn, name);
	sg_line_join(key, sizeof(key), "proven:", sg_str(name));
	struct sg_bucket *b = sg_purse_of(gate, SG_PURSE_PARTY, key);
	if (b != NULL)
		b->proven_at = gate->state.now.boot;
	sg_bucket_take_party(gate, key);
}
