/* SPDX-License-Identifier: Apache-2.0
 * TLS in memory: OpenSSL's client, also as nobody should be, against the door's server. */
#include "door/tls.h"

#include "base/str.h"
#include "unit/cases.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static EVP_PKEY *key, *other;
static X509 *cert;
static struct sg_tls_server *server;

/* A certificate that signed itself; `padding` bytes of comment make it large. */
static X509 *
make(EVP_PKEY *with, size_t padding)
{
	X509 *made = X509_new();
	X509_NAME *name = X509_NAME_new();
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"x", -1, -1, 0);
	X509_set_version(made, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
	X509_set_subject_name(made, name);
	X509_set_issuer_name(made, name);
	X509_gmtime_adj(X509_getm_notBefore(made), -100);
	X509_gmtime_adj(X509_getm_notAfter(made), 3600);
	X509_set_pubkey(made, with);
	if (padding > 0) {
		char *text = calloc(1, padding + 64);
		memset(text, 'x', padding);
		X509_EXTENSION *comment = X509V3_EXT_conf_nid(NULL, NULL, NID_netscape_comment, text);
		X509_add_ext(made, comment, -1);
		X509_EXTENSION_free(comment);
		free(text);
	}
	X509_sign(made, with, EVP_sha256());
	X509_NAME_free(name);
	return made;
}

static int
file_of(X509 *certificate, EVP_PKEY *private)
{
	char *text;
	int fd = memfd_create("pem", MFD_CLOEXEC);
	BIO *bio = BIO_new(BIO_s_mem());
	if (certificate != NULL)
		PEM_write_bio_X509(bio, certificate);
	if (private != NULL)
		PEM_write_bio_PKCS8PrivateKey(bio, private, NULL, NULL, 0, NULL, NULL);
	long len = BIO_get_mem_data(bio, &text);
	CU_ASSERT_EQUAL_FATAL(write(fd, text, (size_t)len), len);
	BIO_free(bio);
	return fd;
}

static const char *
start(struct sg_tls_server **to, X509 *certificate, EVP_PKEY *private)
{
	struct sg_err err = {0};
	int c = file_of(certificate, NULL), k = file_of(NULL, private);
	enum sg_status status = sg_tls_server_new(to, c, k, &err);
	close(c);
	close(k);
	return status == SG_OK ? "ok" : err.code;
}

static void
begin(void)
{
	key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	other = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	cert = make(key, 0);
	CU_ASSERT_STRING_EQUAL_FATAL(start(&server, cert, key), "ok");
}

static void
end(void)
{
	sg_tls_server_free(server);
	X509_free(cert);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}

struct client {
	SSL_CTX *context;
	SSL *ssl;
	BIO *in, *out;
};

static struct client
connect_with(int version, X509 *certificate, EVP_PKEY *private)
{
	struct client c = {.context = SSL_CTX_new(TLS_client_method())};
	SSL_CTX_set_min_proto_version(c.context, version);
	SSL_CTX_set_max_proto_version(c.context, version);
	if (certificate != NULL)
		CU_ASSERT_TRUE(SSL_CTX_use_certificate(c.context, certificate) == 1 && SSL_CTX_use_PrivateKey(c.context, private) == 1);
	c.ssl = SSL_new(c.context);
	c.in = BIO_new(BIO_s_mem());
	c.out = BIO_new(BIO_s_mem());
	SSL_set_bio(c.ssl, c.in, c.out);
	SSL_set_connect_state(c.ssl);
	return c;
}

static void
leave(struct client *c)
{
	SSL_free(c->ssl);
	SSL_CTX_free(c->context);
}

/* Everything the client has to say, in pieces of `step` bytes; then everything the door has. */
static enum sg_status
exchange(struct client *c, struct sg_tls *tls, size_t step)
{
	char *bytes;
	struct sg_buf wire;
	enum sg_status status = SG_AGAIN;
	size_t len = (size_t)BIO_get_mem_data(c->out, &bytes);
	for (size_t at = 0; at < len && status != SG_REFUSED; at += step) {
		if (!sg_tls_take(tls, (struct sg_str){bytes + at, len - at < step ? len - at : step}))
			status = SG_REFUSED;
		else
			status = sg_tls_shake(tls);
	}
	(void)BIO_reset(c->out);
	sg_buf_init(&wire, 1 << 20);
	sg_tls_drain(tls, &wire);
	if (wire.len > 0)
		BIO_write(c->in, wire.ptr, (int)wire.len);
	sg_buf_done(&wire);
	return status;
}

static enum sg_status
shake_hands(struct client *c, struct sg_tls *tls, size_t step)
{
	enum sg_status status = SG_AGAIN;
	for (int i = 0; i < 6 && status == SG_AGAIN; i++) {
		SSL_do_handshake(c->ssl);
		ERR_clear_error();
		status = exchange(c, tls, step);
	}
	return status;
}

static void
good_client(void)
{
	static const size_t steps[] = {1, 7, 100000};
	begin();
	for (size_t i = 0; i < 3; i++) {
		struct client c = connect_with(TLS1_3_VERSION, cert, key);
		struct sg_tls *tls = sg_tls_new(server);
		struct sg_buf der;
		unsigned char *own = NULL;
		char text[64];
		CU_ASSERT_EQUAL(shake_hands(&c, tls, steps[i]), SG_OK);
		sg_buf_init(&der, SG_TLS_CHAIN_MAX);
		CU_ASSERT_TRUE(sg_tls_chain(tls, &der));
		int len = i2d_X509(cert, &own);
		CU_ASSERT_TRUE(sg_str_eq(sg_buf_view(&der), (struct sg_str){(char *)own, (size_t)len}));
		OPENSSL_free(own);
		sg_buf_done(&der);
		CU_ASSERT_EQUAL(sg_tls_read(tls, text, sizeof(text)), 0);
		SSL_write(c.ssl, "hello", 5);
		exchange(&c, tls, steps[i]);
		CU_ASSERT_EQUAL(sg_tls_read(tls, text, sizeof(text)), 5);
		CU_ASSERT_TRUE(sg_tls_write(tls, SG_STR("answer"), true));
		exchange(&c, tls, 1);
		CU_ASSERT_EQUAL(SSL_read(c.ssl, text, sizeof(text)), 6);
		CU_ASSERT_EQUAL(SSL_read(c.ssl, text, sizeof(text)), 0); /* closed in order */
		CU_ASSERT_EQUAL(SSL_get_error(c.ssl, 0), SSL_ERROR_ZERO_RETURN);
		CU_ASSERT_EQUAL(SSL_SESSION_is_resumable(SSL_get_session(c.ssl)), 0); /* no ticket came */
		sg_tls_free(tls);
		leave(&c);
	}
	end();
}

static void
refused_clients(void)
{
	begin();
	X509 *large = make(key, SG_TLS_CHAIN_MAX);
	const struct {
		const char *what;
		int version;
		X509 *certificate;
	} rows[] = {{"no certificate", TLS1_3_VERSION, NULL}, {"TLS 1.2", TLS1_2_VERSION, cert}, {"a chain too long", TLS1_3_VERSION, large}};
	for (size_t i = 0; i < 3; i++) {
		struct client c = connect_with(rows[i].version, rows[i].certificate, key);
		struct sg_tls *tls = sg_tls_new(server);
		enum sg_status status = shake_hands(&c, tls, 4096);
		if (status != SG_REFUSED)
			fprintf(stderr, "  %s: %d\n", rows[i].what, status);
		CU_ASSERT_EQUAL(status, SG_REFUSED);
		sg_tls_free(tls);
		leave(&c);
	}
	X509_free(large);
	end();
}

/* One byte of each flight changed: never done. */
static void
changed_on_the_way(void)
{
	begin();
	for (size_t flight = 0; flight < 2; flight++)
		for (size_t at = 0; at < 1200; at += 31) {
			struct client c = connect_with(TLS1_3_VERSION, cert, key);
			struct sg_tls *tls = sg_tls_new(server);
			enum sg_status status = SG_AGAIN;
			bool changed = false;
			for (size_t i = 0; i < 3 && status == SG_AGAIN; i++) {
				char *bytes;
				SSL_do_handshake(c.ssl);
				ERR_clear_error();
				size_t len = (size_t)BIO_get_mem_data(c.out, &bytes);
				if (i == flight && at < len) {
					bytes[at] = (char)(bytes[at] ^ 0x40);
					changed = true;
				}
				status = exchange(&c, tls, 100000);
			}
			CU_ASSERT_EQUAL(changed, status != SG_OK);
			sg_tls_free(tls);
			leave(&c);
		}
	end();
}

/* Records that never complete a handshake: at the bound, and one byte more. */
static void
handshake_bound(void)
{
	begin();
	static char bytes[SG_TLS_HANDSHAKE_MAX + 1];
	for (int extra = 0; extra <= 1; extra++) {
		struct sg_tls *tls = sg_tls_new(server);
		CU_ASSERT_EQUAL(sg_tls_take(tls, (struct sg_str){bytes, SG_TLS_HANDSHAKE_MAX}), true);
		CU_ASSERT_EQUAL(sg_tls_take(tls, (struct sg_str){bytes, (size_t)extra}), extra == 0);
		CU_ASSERT_EQUAL(sg_tls_shake(tls), SG_REFUSED);
		sg_tls_free(tls);
	}
	static const char *const garbage[] = {"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\xff\xff", "\x15\x03\x03\x00\x02\x02\x28", "\x80\x2e\x01\x00\x02"};
	for (size_t i = 0; i < 4; i++) {
		struct sg_tls *tls = sg_tls_new(server);
		sg_tls_take(tls, sg_str(garbage[i]));
		sg_tls_take(tls, (struct sg_str){bytes, 4096});
		CU_ASSERT_EQUAL(sg_tls_shake(tls), SG_REFUSED);
		sg_tls_free(tls);
	}
	end();
}

static void
bad_files(void)
{
	struct sg_tls_server *none = NULL;
	begin();
	CU_ASSERT_STRING_EQUAL(start(&none, cert, other), "tls_key");
	CU_ASSERT_STRING_EQUAL(start(&none, cert, NULL), "tls_key");
	CU_ASSERT_STRING_EQUAL(start(&none, NULL, key), "tls_certificate");
	CU_ASSERT_PTR_NULL(none);
	end();
}

SG_CASES("door.tls", {"a good client", good_client}, {"clients that are refused", refused_clients}, {"changed on the way", changed_on_the_way},
	 {"the handshake's bound, garbage", handshake_bound}, {"files that do not fit", bad_files})
