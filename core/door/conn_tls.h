/* SPDX-License-Identifier: Apache-2.0
 * A door's connection under TLS. Private to door/. */
#ifndef SG_DOOR_CONN_TLS_H
#define SG_DOOR_CONN_TLS_H

#include "door/conn.h"

/* Reads the wire, moves the handshake, tells the gate what the client showed, hands plain bytes to sg_door_conn_received. */
void sg_door_tls_read(struct sg_door *door, struct sg_door_conn *conn);
/* What stands in conn->out behind `from` is plain and becomes ciphertext. False: the connection is to be ended. */
bool sg_door_tls_seal(struct sg_door_conn *conn, size_t from, bool last);

#endif
