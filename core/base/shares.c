/* SPDX-License-Identifier: Apache-2.0
 * Shares of what is scarce. */
#include "base/shares.h"

struct sg_shares
sg_shares_of(size_t places, size_t agents)
{
	struct sg_shares s = {.room = places - places / SG_SHARES_RESERVE};
	s.share = s.room / 2 / (agents > 0 ? agents : 1);
	s.share = s.share > 0 ? s.share : 1;
	s.common = s.share * agents < s.room ? s.room - s.share * agents : 0;
	return s;
}

bool
sg_shares_admit(const struct sg_shares *s, size_t own, size_t beyond)
{
	return own < s->share || beyond < s->common;
}
