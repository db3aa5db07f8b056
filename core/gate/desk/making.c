/* SPDX-License-Identifier: Apache-2.0
 * Credentials that are being made. What is not made yet cannot be taken back: an issuer that was told so says well, and makes it afterwards. So it is told once
 * the call is over, whoever waited for it. */
#include "gate/desk/desk.h"
#include "gate/desk/revoking.h"

#include "base/spare.h"
#include "base/str.h"

#include <stdio.h>

struct making {
	uint64_t id; /* of the request that asked */
	char lease[SG_ID_MAX];
};

static size_t
room(void)
{
	return sg_spare_room(sizeof(struct making));
}

bool
sg_making_begin(struct sg_gate *gate, uint64_t id, struct sg_lease *lease)
{
	struct making *making = sg_spare_take(room());
	if (making == NULL)
		return false;
	making->id = id;
	snprintf(making->lease, sizeof(making->lease), "%s", lease->id);
	if (sg_table_put(&gate->making, sg_number_key(&making->id), making) != SG_OK) {
		sg_spare_give(making, room());
		return false;
	}
	lease->making = true;
	return true;
}

void
sg_making_over(struct sg_gate *gate, uint64_t id)
{
	struct making *making = sg_table_take(&gate->making, sg_number_key(&id));
	struct sg_lease *lease = making == NULL ? NULL : sg_state_lease(&gate->state, sg_str(making->lease));
	sg_spare_give(making, room());
	if (lease == NULL)
		return;
	lease->making = false;
	if (lease->state == SG_LEASE_REVOKING)
		sg_lease_revoke(gate, lease, SG_STR("stepgate"), "");
}

void
sg_makings_done(struct sg_gate *gate)
{
	size_t at = 0;
	for (struct making *m; (m = sg_table_next(&gate->making, &at)) != NULL;)
		sg_spare_give(m, room());
	sg_table_done(&gate->making);
}
