/* SPDX-License-Identifier: Apache-2.0
 * Datagram, stream, TLS. */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CA_MAX = 1 << 20 };

struct stream {
	int socket;
	bool datagram, counted; /* counted: a length stands before each message */
	SSL_CTX *context;
	SSL *tls;
};

static enum sg_status
fail_tls(struct sg_err *err, const SSL *tls, const char *what)
{
	long verified = tls != NULL ? SSL_get_verify_result(tls) : X509_V_OK;
	unsigned long code = ERR_get_error();
	const char *why = verified != X509_V_OK ? X509_verify_cert_error_string(verified) : code != 0 ? ERR_reason_error_string(code) : NULL;
	return sg_refuse(err, SG_UNAVAILABLE, "syslog_tls", "%s: %s", what, why != NULL ? why : "the other side ended it");
}

/* ---- TLS ---- */

static bool
add_anchors(SSL_CTX *context, int fd)
{
	char *text = calloc(1, CA_MAX);
	ssize_t got = text == NULL ? -1 : pread(fd, text, CA_MAX, 0);
	BIO *bio = got > 0 && got < CA_MAX ? BIO_new_mem_buf(text, (int)got) : NULL;
	X509_STORE *store = SSL_CTX_get_cert_store(context);
	int count = 0;
	for (X509 *one; bio != NULL && (one = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL; X509_free(one))
		count += X509_STORE_add_cert(store, one) == 1;
	ERR_clear_error(); /* the end of the file is an error to PEM */
	BIO_free(bio);
	free(text);
	return count > 0;
}

static bool
use_identity(SSL_CTX *context, struct sg_str pem)
{
	BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len), *again = BIO_new_mem_buf(pem.ptr, (int)pem.len);
	X509 *certificate = bio != NULL ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	EVP_PKEY *key = again != NULL ? PEM_read_bio_PrivateKey(again, NULL, NULL, NULL) : NULL;
	bool good = certificate != NULL && key != NULL && SSL_CTX_use_certificate(context, certificate) == 1 &&
		    SSL_CTX_use_PrivateKey(context, key) == 1 && SSL_CTX_check_private_key(context) == 1;
	EVP_PKEY_free(key);
	X509_free(certificate);
	BIO_free(again);
	BIO_free(bio);
	return good;
}

static enum sg_status
make_context(struct stream *s, const struct stream_wish *wish, struct sg_err *err)
{
	s->context = SSL_CTX_new(TLS_client_method());
	if (s->context == NULL || SSL_CTX_set_min_proto_version(s->context, TLS1_2_VERSION) != 1)
		return fail_tls(err, NULL, "TLS");
	SSL_CTX_set_verify(s->context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_session_cache_mode(s->context, SSL_SESS_CACHE_OFF);
	if (wish->ca < 0 || !add_anchors(s->context, wish->ca))
		return sg_refuse(err, SG_MALFORMED, "syslog_ca", "grant \"ca=file:PATH\", certificates in PEM");
	if (wish->identity.ptr != NULL && !use_identity(s->context, wish->identity))
		return sg_refuse(err, SG_MALFORMED, "syslog_identity", "the secret \"identity\" is no certificate with its key in PEM");
	return SG_OK;
}

static enum sg_status
handshake(struct stream *s, const struct stream_wish *wish, struct sg_err *err)
{
	s->tls = SSL_new(s->context);
	if (s->tls == NULL || SSL_set1_host(s->tls, wish->name) != 1 || SSL_set_tlsext_host_name(s->tls, wish->name) != 1 ||
	    SSL_set_fd(s->tls, s->socket) != 1 || SSL_connect(s->tls) != 1)
		return fail_tls(err, s->tls, wish->name);
	return SG_OK;
}

enum sg_status
stream_open(struct stream **out, const struct stream_wish *wish, struct sg_err *err)
{
	int type = 0, family = 0;
	socklen_t size = sizeof(type);
	struct stream *s = calloc(1, sizeof(*s));
	if (s == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for a connection");
	s->socket = wish->socket;
	getsockopt(s->socket, SOL_SOCKET, SO_TYPE, &type, &size);
	size = sizeof(family);
	getsockopt(s->socket, SOL_SOCKET, SO_DOMAIN, &family, &size);
	s->datagram = type == SOCK_DGRAM;
	s->counted = family != AF_UNIX;
	enum sg_status status = wish->tls ? make_context(s, wish, err) : SG_OK;
	if (status == SG_OK && wish->tls)
		status = handshake(s, wish, err);
	if (status == SG_OK)
		*out = s;
	else
		stream_close(s);
	return status;
}

void
stream_close(struct stream *s)
{
	SSL_free(s->tls);
	SSL_CTX_free(s->context);
	free(s);
}

/* ---- sending ---- */

static enum sg_status
gone(struct sg_err *err, const char *why)
{
	return sg_refuse(err, SG_UNAVAILABLE, "syslog_gone", "the other side takes no more: %s", why);
}

static enum sg_status
push(struct stream *s, const char *bytes, size_t len, struct sg_err *err)
{
	while (len > 0) {
		ssize_t n = s->tls != NULL ? SSL_write(s->tls, bytes, (int)len) : send(s->socket, bytes, len, MSG_NOSIGNAL);
		if (s->tls != NULL && n <= 0)
			return gone(err, "TLS ended");
		if (n < 0 && errno == EMSGSIZE)
			return sg_refuse(err, SG_LIMIT, "syslog_size", "a datagram of %zu bytes does not go through", len);
		if (n < 0 && errno != EINTR)
			return gone(err, strerror(errno));
		bytes += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return SG_OK;
}

enum sg_status
stream_send(struct stream *s, struct sg_str message, struct sg_err *err)
{
	char count[24];
	int len = snprintf(count, sizeof(count), "%zu ", message.len);
	enum sg_status status = s->counted && !s->datagram ? push(s, count, (size_t)len, err) : SG_OK;
	if (status == SG_OK)
		status = push(s, message.ptr, message.len, err);
	if (status == SG_OK && !s->counted && !s->datagram)
		status = push(s, "\n", 1, err);
	return status;
}

/* TLS has things to read of its own (tickets, an end); without blocking. */
static bool
tls_ended(struct stream *s)
{
	char byte;
	int flags = fcntl(s->socket, F_GETFL);
	fcntl(s->socket, F_SETFL, flags | O_NONBLOCK);
	int n = SSL_read(s->tls, &byte, 1);
	bool ended = n <= 0 && SSL_get_error(s->tls, n) != SSL_ERROR_WANT_READ;
	fcntl(s->socket, F_SETFL, flags);
	ERR_clear_error();
	return ended;
}

enum sg_status
stream_taken(struct stream *s, bool *taken, struct sg_err *err)
{
	struct pollfd peer = {.fd = s->socket, .events = POLLIN};
	char byte;
	int left = 0;
	*taken = true;
	if (s->datagram)
		return SG_OK;
	bool readable = poll(&peer, 1, 0) == 1;
	if ((peer.revents & (POLLERR | POLLHUP)) != 0 || (readable && (s->tls != NULL ? tls_ended(s) : recv(s->socket, &byte, 1, MSG_DONTWAIT) == 0)))
		return gone(err, "it has closed the connection");
	if (ioctl(s->socket, TIOCOUTQ, &left) != 0)
		return gone(err, strerror(errno));
	*taken = left == 0;
	return SG_OK;
}
