/* SPDX-License-Identifier: Apache-2.0
 * TLS 1.3 for doors: bytes of the wire in and out, plain bytes between, no descriptor. Every client shows a certificate and proves its key; what the
 * certificate is worth is not decided here. No resumption, no tickets, no early data, no renegotiation, nothing older than 1.3. */
#ifndef SG_DOOR_TLS_H
#define SG_DOOR_TLS_H

#include "base/buf.h"

/* Of the wire, until the handshake is done; of the chain that a client shows, in DER; of one record. */
enum { SG_TLS_HANDSHAKE_MAX = 48 << 10, SG_TLS_CHAIN_MAX = 16 << 10, SG_TLS_RECORD_MAX = 16 << 10 };

struct sg_tls_server;
struct sg_tls;

/* Reads certificate (with its chain) and key, both PEM, from descriptors that stay the caller's, and makes one whole handshake with itself, so
 * that nothing is left to be loaded: call before the process is confined. SG_MALFORMED tls_certificate, tls_key (unreadable, or not the
 * certificate's); SG_UNAVAILABLE tls_failed. */
enum sg_status sg_tls_server_new(struct sg_tls_server **server, int certificate, int key, struct sg_err *err);
void sg_tls_server_free(struct sg_tls_server *server);

/* One connection, or NULL on no memory. */
struct sg_tls *sg_tls_new(struct sg_tls_server *server);
void sg_tls_free(struct sg_tls *tls);

/* Bytes as they came from the wire. False: the connection is to be ended (no memory, or a handshake beyond SG_TLS_HANDSHAKE_MAX). */
bool sg_tls_take(struct sg_tls *tls, struct sg_str wire);
/* SG_OK once the handshake is done and the client has proven its key, SG_AGAIN before, SG_REFUSED: ended. */
enum sg_status sg_tls_shake(struct sg_tls *tls);
/* The client's chain in DER, its own certificate first. False if it has none or it exceeds SG_TLS_CHAIN_MAX. */
bool sg_tls_chain(const struct sg_tls *tls, struct sg_buf *der);
/* Up to `room` plain bytes; 0: none now; -1: ended by the client or broken. */
int sg_tls_read(struct sg_tls *tls, char *to, size_t room);
/* Encrypts; `last`: nothing will follow. False: ended. */
bool sg_tls_write(struct sg_tls *tls, struct sg_str plain, bool last);
/* Appends what has to go out on the wire. */
void sg_tls_drain(struct sg_tls *tls, struct sg_buf *wire);

#endif
