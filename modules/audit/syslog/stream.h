/* SPDX-License-Identifier: Apache-2.0
 * How messages get to the other side: datagrams, or a stream with a length before each (RFC 6587 section 3.4.1), in clear or under TLS (RFC 5425). */
#ifndef SYSLOG_STREAM_H
#define SYSLOG_STREAM_H

#include <stepgate/module.h>

struct stream;

struct stream_wish {
	int socket;             /* connected; borrowed */
	bool tls;
	const char *name;       /* TLS: whom the certificate must name */
	int ca;                 /* TLS: a file of PEM certificates; borrowed */
	struct sg_str identity; /* TLS: own certificate and private key, PEM; {NULL, 0}: none */
};

/* Connects as wished; under TLS the handshake is done and the other side proven. Errors, SG_UNAVAILABLE unless said: syslog_tls, syslog_ca (SG_MALFORMED),
 * syslog_identity (SG_MALFORMED), no_memory (SG_NOMEM). */
enum sg_status stream_open(struct stream **out, const struct stream_wish *wish, struct sg_err *err);
void stream_close(struct stream *stream);

/* Sends one message whole; syslog_gone if the other side takes no more; SG_LIMIT syslog_size if it is too long for a datagram. */
enum sg_status stream_send(struct stream *stream, struct sg_str message, struct sg_err *err);

/* `*taken`: the other side's system has everything that was sent. syslog_gone if it has closed. */
enum sg_status stream_taken(struct stream *stream, bool *taken, struct sg_err *err);

#endif
