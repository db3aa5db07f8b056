/* SPDX-License-Identifier: Apache-2.0
 * OpenSSL's SSL, here and nowhere else. */
#include "door/tls.h"

#include "base/err.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <unistd.h>

enum { PEM_MAX = 64 << 10 };

struct sg_tls_server {
	SSL_CTX *context;
};

struct sg_tls {
	SSL *ssl;
	BIO *in, *out; /* the SSL's */
	size_t taken;  /* of the wire, before the handshake was done */
	bool done;
};

/* ---- the server ---- */

/* Any chain will do here, as long as its key is proven: trust is decided in the process of a verify module. */
static int
accept_chain(X509_STORE_CTX *context, void *argument)
{
	(void)context, (void)argument;
	return 1;
}

static BIO *
read_pem(int fd)
{
	char bytes[PEM_MAX];
	ssize_t got = pread(fd, bytes, sizeof(bytes), 0);
	BIO *bio = got > 0 && got < PEM_MAX ? BIO_new(BIO_s_secmem()) : NULL;
	if (bio != NULL && BIO_write(bio, bytes, (int)got) != got) {
		BIO_free(bio);
		bio = NULL;
	}
	OPENSSL_cleanse(bytes, sizeof(bytes));
	return bio;
}

static bool
use_certificate(SSL_CTX *context, BIO *pem)
{
	X509 *cert = pem == NULL ? NULL : PEM_read_bio_X509(pem, NULL, NULL, NULL);
	bool good = cert != NULL && SSL_CTX_use_certificate(context, cert) == 1;
	X509_free(cert);
	while (good && (cert = PEM_read_bio_X509(pem, NULL, NULL, NULL)) != NULL)
		if (SSL_CTX_add0_chain_cert(context, cert) != 1) {
			X509_free(cert);
			good = false;
		}
	return good;
}

static int
no_passphrase(char *buffer, int size, int writing, void *argument)
{
	(void)buffer, (void)size, (void)writing, (void)argument;
	return -1;
}

static bool
use_key(SSL_CTX *context, BIO *pem)
{
	EVP_PKEY *key = pem == NULL ? NULL : PEM_read_bio_PrivateKey(pem, NULL, no_passphrase, NULL);
	bool good = key != NULL && SSL_CTX_use_PrivateKey(context, key) == 1 && SSL_CTX_check_private_key(context) == 1;
	EVP_PKEY_free(key);
	return good;
}

static bool
set_rules(SSL_CTX *context)
{
	SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_cert_verify_callback(context, accept_chain, NULL);
	SSL_CTX_set_max_cert_list(context, SG_TLS_CHAIN_MAX);
	SSL_CTX_set_quiet_shutdown(context, 0);
	return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
	       SSL_CTX_set_num_tickets(context, 0) == 1 && SSL_CTX_set_max_early_data(context, 0) == 1 &&
	       SSL_CTX_set_recv_max_early_data(context, 0) == 1;
}

static struct sg_tls *
new_end(SSL_CTX *context, bool client)
{
	struct sg_tls *tls = calloc(1, sizeof(*tls));
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	SSL *ssl = SSL_new(context);
	if (tls == NULL || in == NULL || out == NULL || ssl == NULL) {
		BIO_free(in);
		BIO_free(out);
		SSL_free(ssl);
		free(tls);
		return NULL;
	}
	SSL_set_bio(ssl, in, out);
	client ? SSL_set_connect_state(ssl) : SSL_set_accept_state(ssl);
	*tls = (struct sg_tls){.ssl = ssl, .in = in, .out = out};
	return tls;
}

static void
carry(struct sg_tls *from, struct sg_tls *to)
{
	struct sg_buf wire;
	sg_buf_init(&wire, 1 << 20);
	sg_tls_drain(from, &wire);
	sg_tls_take(to, sg_buf_view(&wire));
	sg_buf_done(&wire);
}

/* A client of our own, with the same certificate; then a byte each way. */
static bool
rehearse(SSL_CTX *context)
{
	struct sg_tls *server = new_end(context, false), *client = new_end(context, true);
	char byte;
	bool good = server != NULL && client != NULL;
	for (int i = 0; good && i < 8 && !(server->done && client->done); i++) {
		good = sg_tls_shake(client) != SG_REFUSED;
		carry(client, server);
		good = good && sg_tls_shake(server) != SG_REFUSED;
		carry(server, client);
	}
	good = good && server->done && client->done && sg_tls_write(client, (struct sg_str){"x", 1}, false);
	if (good)
		carry(client, server);
	good = good && sg_tls_read(server, &byte, 1) == 1 && sg_tls_write(server, (struct sg_str){"x", 1}, true);
	sg_tls_free(server);
	sg_tls_free(client);
	return good;
}

enum sg_status
sg_tls_server_new(struct sg_tls_server **out, int certificate, int key, struct sg_err *err)
{
	struct sg_tls_server *server = calloc(1, sizeof(*server));
	SSL_CTX *context = SSL_CTX_new(TLS_method());
	BIO *certificate_pem = read_pem(certificate), *key_pem = read_pem(key);
	enum sg_status status = SG_OK;
	if (server == NULL || context == NULL || !set_rules(context))
		status = sg_fail(err, SG_UNAVAILABLE, "tls_failed", "OpenSSL does not set up TLS 1.3");
	else if (!use_certificate(context, certificate_pem))
		status = sg_fail(err, SG_MALFORMED, "tls_certificate", "no certificate in PEM form");
	else if (!use_key(context, key_pem))
		status = sg_fail(err, SG_MALFORMED, "tls_key", "no private key in PEM form without a passphrase, or not the certificate's");
	else if (!rehearse(context))
		status = sg_fail(err, SG_UNAVAILABLE, "tls_failed", "OpenSSL makes no handshake with this certificate");
	BIO_free(certificate_pem);
	BIO_free(key_pem);
	ERR_clear_error();
	if (status != SG_OK) {
		SSL_CTX_free(context);
		free(server);
		return status;
	}
	server->context = context;
	*out = server;
	return SG_OK;
}

void
sg_tls_server_free(struct sg_tls_server *server)
{
	if (server == NULL)
		return;
	SSL_CTX_free(server->context);
	free(server);
}

/* ---- a connection ---- */

struct sg_tls *
sg_tls_new(struct sg_tls_server *server)
{
	return new_end(server->context, false);
}

void
sg_tls_free(struct sg_tls *tls)
{
	if (tls == NULL)
		return;
	SSL_free(tls->ssl);
	free(tls);
}

bool
sg_tls_take(struct sg_tls *tls, struct sg_str wire)
{
	if (!tls->done && (tls->taken += wire.len) > SG_TLS_HANDSHAKE_MAX)
		return false;
	return wire.len == 0 || BIO_write(tls->in, wire.ptr, (int)wire.len) == (int)wire.len;
}

static bool
wants_more(const struct sg_tls *tls, int result)
{
	int error = SSL_get_error(tls->ssl, result);
	ERR_clear_error();
	return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

enum sg_status
sg_tls_shake(struct sg_tls *tls)
{
	if (tls->done)
		return SG_OK;
	ERR_clear_error();
	int result = SSL_do_handshake(tls->ssl);
	if (result != 1)
		return wants_more(tls, result) ? SG_AGAIN : SG_REFUSED;
	if (SSL_version(tls->ssl) != TLS1_3_VERSION || SSL_session_reused(tls->ssl) != 0 || SSL_get0_peer_certificate(tls->ssl) == NULL)
		return SG_REFUSED;
	tls->done = true;
	return SG_OK;
}

static bool
add_der(struct sg_buf *der, X509 *cert)
{
	unsigned char *bytes = NULL;
	int len = i2d_X509(cert, &bytes);
	bool good = len > 0 && der->len + (size_t)len <= SG_TLS_CHAIN_MAX;
	if (good)
		sg_buf_add(der, bytes, (size_t)len);
	OPENSSL_free(bytes);
	return good && !der->failed;
}

bool
sg_tls_chain(const struct sg_tls *tls, struct sg_buf *der)
{
	X509 *own = SSL_get0_peer_certificate(tls->ssl);
	const STACK_OF(X509) *others = SSL_get_peer_cert_chain(tls->ssl); /* of a client: without its own */
	bool good = own != NULL && add_der(der, own);
	for (int i = 0; good && i < sk_X509_num(others); i++)
		good = add_der(der, sk_X509_value(others, i));
	return good;
}

int
sg_tls_read(struct sg_tls *tls, char *to, size_t room)
{
	size_t got = 0;
	ERR_clear_error();
	int result = SSL_read_ex(tls->ssl, to, room, &got);
	if (result == 1)
		return (int)got;
	return wants_more(tls, result) ? 0 : -1;
}

bool
sg_tls_write(struct sg_tls *tls, struct sg_str plain, bool last)
{
	size_t sent = 0;
	ERR_clear_error();
	bool good = plain.len == 0 || (SSL_write_ex(tls->ssl, plain.ptr, plain.len, &sent) == 1 && sent == plain.len);
	if (last)
		SSL_shutdown(tls->ssl);
	ERR_clear_error();
	return good;
}

void
sg_tls_drain(struct sg_tls *tls, struct sg_buf *wire)
{
	char *bytes = NULL;
	long len = BIO_get_mem_data(tls->out, &bytes);
	if (len > 0)
		sg_buf_add(wire, bytes, (size_t)len);
	(void)BIO_reset(tls->out);
}
