/* SPDX-License-Identifier: Apache-2.0
 * Whom the kernel names behind a connection: a user, an address, an operator. */
#include "gate/desk/desk.h"

#include "base/line.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

enum { NETWORK_BYTES = 8 };

void
sg_address_name(const unsigned char address[16], char out[33])
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	sg_hex(out, address, memcmp(address, mapped, sizeof(mapped)) == 0 ? 16 : NETWORK_BYTES);
}

bool
sg_address_same(const unsigned char one[16], const unsigned char other[16])
{
	char a[33], b[33];
	sg_address_name(one, a);
	sg_address_name(other, b);
	return strcmp(a, b) == 0;
}

int64_t
sg_conn_uid(const struct sg_conn *conn)
{
	return conn == NULL || conn->peer.network ? -1 : (int64_t)conn->peer.uid;
}

void
sg_conn_name(const struct sg_conn *conn, char out[SG_CONN_NAME])
{
	struct sg_line line = sg_line_begin(out, SG_CONN_NAME, "");
	if (conn->peer.network)
		sg_address_name(conn->peer.address, out);
	else
		sg_line_number(&line, (int64_t)conn->peer.uid);
}

struct sg_str
sg_conn_operator(const struct sg_conn *conn)
{
	return conn != NULL && conn->admin != NULL ? conn->admin->name : SG_STR("stepgate");
}

bool
sg_match_names_uid(const struct sg_strings *match, uid_t uid)
{
	char want[16];
	snprintf(want, sizeof(want), "uid=%u", (unsigned)uid);
	for (size_t i = 0; i < match->count; i++) {
		struct sg_str rest = match->items[i];
		sg_str_cut(&rest, ':');
		if (rest.ptr != NULL && sg_str_is(rest, want))
			return true;
	}
	return false;
}
