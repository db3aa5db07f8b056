/* SPDX-License-Identifier: Apache-2.0
 * Chains made here, each wrong in one way, against anchors made here. */
#include "token/chain.h"

#include "base/buf.h"
#include "base/str.h"
#include "unit/cases.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#define NOW INT64_C(1800000000)
#define SVID "critical,URI:spiffe://acme.example/gw"

struct made {
	X509 *cert;
	EVP_PKEY *key;
};

/* What stands in a certificate. {0} is a good leaf, but for its names. */
struct wish {
	const char *subject, *san, *basic, *usage, *extended, *constraints; /* "-": leave the extension out */
	int64_t from, until;
	const char *curve; /* "RSA1024" too */
	long version;      /* -1: 1 */
	const char *extra_critical; /* an extension nobody knows */
	const char *digest;
};

static void
extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX context;
	if (value == NULL || strcmp(value, "-") == 0)
		return;
	X509V3_set_ctx(&context, issuer, cert, NULL, NULL, 0);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	CU_ASSERT_PTR_NOT_NULL_FATAL(extension);
	X509_add_ext(cert, extension, -1);
	X509_EXTENSION_free(extension);
}

static const char *
or(const char *value, const char *standard)
{
	return value != NULL ? value : standard;
}

static struct made
make(const struct made *issuer, const struct wish *wish, bool ca)
{
	static long serial = 4096;
	const char *curve = or(wish->curve, "P-256");
	EVP_PKEY *key = strcmp(curve, "RSA1024") == 0 ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024) : EVP_PKEY_Q_keygen(NULL, NULL, "EC", curve);
	X509 *cert = X509_new();
	X509_NAME *name = X509_NAME_new();
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)or(wish->subject, ca ? "ca" : "leaf"), -1, -1, 0);
	X509_set_version(cert, wish->version == -1 ? X509_VERSION_1 : X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), serial++);
	X509_set_subject_name(cert, name);
	X509_set_issuer_name(cert, issuer == NULL ? name : X509_get_subject_name(issuer->cert));
	ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)(NOW + (wish->from != 0 ? wish->from : -100)));
	ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)(NOW + (wish->until != 0 ? wish->until : 3600)));
	X509_set_pubkey(cert, key);
	X509 *by = issuer == NULL ? cert : issuer->cert;
	if (wish->version != -1) {
		extend(cert, by, NID_basic_constraints, or(wish->basic, ca ? "critical,CA:TRUE" : "CA:FALSE"));
		extend(cert, by, NID_key_usage, or(wish->usage, ca ? "critical,keyCertSign" : "critical,digitalSignature"));
		extend(cert, by, NID_ext_key_usage, wish->extended);
		extend(cert, by, NID_subject_alt_name, or(wish->san, ca ? "-" : SVID));
		extend(cert, by, NID_name_constraints, wish->constraints);
		extend(cert, by, NID_subject_key_identifier, "hash");
		if (issuer != NULL)
			extend(cert, by, NID_authority_key_identifier, "keyid");
		if (wish->extra_critical != NULL)
			extend(cert, by, OBJ_create(wish->extra_critical, "x", "x") , "critical,ASN1:UTF8String:x");
	}
	X509_sign(cert, issuer == NULL ? key : issuer->key, strcmp(or(wish->digest, ""), "SHA1") == 0 ? EVP_sha1() : EVP_sha256());
	X509_NAME_free(name);
	ERR_clear_error();
	return (struct made){cert, key};
}

static void
unmake(struct made *made)
{
	X509_free(made->cert);
	EVP_PKEY_free(made->key);
}

static void
add_der(struct sg_buf *out, X509 *cert)
{
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);
	sg_buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
}

static void
add_pem(struct sg_buf *out, X509 *cert)
{
	char *text;
	BIO *bio = BIO_new(BIO_s_mem());
	PEM_write_bio_X509(bio, cert);
	long len = BIO_get_mem_data(bio, &text);
	sg_buf_add(out, text, (size_t)len);
	BIO_free(bio);
}

static struct made root;
static X509_STORE *anchors;

static void
begin(void)
{
	struct sg_buf pem;
	sg_buf_init(&pem, 1 << 16);
	root = make(NULL, &(struct wish){.subject = "root"}, true);
	add_pem(&pem, root.cert);
	CU_ASSERT_EQUAL_FATAL(sg_anchors_read(&anchors, sg_buf_view(&pem), NULL), SG_OK);
	sg_buf_done(&pem);
}

static void
end(void)
{
	X509_STORE_free(anchors);
	unmake(&root);
}

static const struct sg_chain_rules spiffe = {{"acme.example", 12}, false, NOW, 4};

static const char *
verdict(struct sg_str der, const struct sg_chain_rules *rules, struct sg_chain_facts *facts)
{
	struct sg_err err = {0};
	enum sg_status status = sg_chain_read(anchors, der, rules, facts, &err);
	return status == SG_OK ? "ok" : err.code;
}

static void
leaves(void)
{
	static const struct {
		struct wish wish;
		const char *want;
	} rows[] = {
		{{0}, "ok"},
		{{.extended = "clientAuth,serverAuth"}, "ok"},
		{{.san = "URI:spiffe://acme.example/gw,DNS:gw.acme.example"}, "ok"},
		{{.curve = "P-384"}, "ok"},
		{{.basic = "-"}, "ok"},
		{{.until = -1}, "chain_path"},
		{{.from = 10}, "chain_path"},
		{{.extra_critical = "1.3.6.1.4.1.99999.1"}, "chain_path"},
		{{.curve = "RSA1024"}, "chain_path"},
		{{.version = -1}, "leaf_ca"},
		{{.basic = "critical,CA:TRUE", .usage = "critical,digitalSignature,keyCertSign"}, "leaf_ca"},
		{{.usage = "-"}, "leaf_usage"},
		{{.usage = "critical,keyEncipherment"}, "leaf_usage"},
		{{.usage = "critical,digitalSignature,cRLSign"}, "leaf_usage"},
		{{.extended = "serverAuth"}, "leaf_extended"},
		{{.extended = "anyExtendedKeyUsage"}, "leaf_extended"},
		{{.san = "-"}, "leaf_names"},
		{{.san = "URI:spiffe://acme.example/gw,URI:spiffe://acme.example/other"}, "leaf_uris"},
		{{.san = "URI:spiffe://acme.example/gw,URI:https://acme.example/"}, "leaf_uris"},
		{{.san = "URI:spiffe://evil.example/gw"}, "leaf_spiffe"},
		{{.san = "URI:spiffe://acme.example.evil/gw"}, "leaf_spiffe"},
		{{.san = "URI:spiffe://acme.example"}, "leaf_spiffe"},
		{{.san = "URI:spiffe://acme.example/"}, "leaf_spiffe"},
		{{.san = "URI:spiffe://acme.example/a/../b"}, "leaf_spiffe"},
		{{.san = "URI:spiffe://acme.example/a%2fb"}, "leaf_spiffe"},
		{{.san = "URI:SPIFFE://acme.example/gw"}, "leaf_spiffe"},
		{{.san = "URI:https://acme.example/gw"}, "leaf_spiffe"},
		{{.san = "DNS:gw.acme.example"}, "leaf_dns"},
		{{.san = "URI:spiffe://acme.example/gw,DNS:*.acme.example"}, "leaf_dns"},
		{{.san = "email:a@acme.example"}, "leaf_dns"},
	};
	begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made leaf = make(&root, &rows[i].wish, false);
		struct sg_chain_facts facts = {"untouched"};
		struct sg_buf der;
		sg_buf_init(&der, 1 << 16);
		add_der(&der, leaf.cert);
		const char *got = verdict(sg_buf_view(&der), &spiffe, &facts);
		if (strcmp(got, rows[i].want) != 0)
			fprintf(stderr, "  row %zu: %s, not %s\n", i, got, rows[i].want);
		CU_ASSERT_STRING_EQUAL(got, rows[i].want);
		CU_ASSERT_STRING_EQUAL(facts.spiffe_id, strcmp(got, "ok") == 0 ? "spiffe://acme.example/gw" : "untouched");
		sg_buf_done(&der);
		unmake(&leaf);
	}
	end();
}

static void
dns_names(void)
{
	static const struct {
		const char *san, *want, *dns;
	} rows[] = {{"DNS:gw.acme.example", "ok", "gw.acme.example"}, {"DNS:localhost", "ok", "localhost"},
		    {"DNS:a.acme.example,DNS:b.acme.example", "leaf_dns", ""}, {"DNS:*.acme.example", "leaf_dns", ""},
		    {"DNS:GW.acme.example", "leaf_dns", ""}, {"DNS:a..b", "leaf_dns", ""}, {"DNS:-a.b", "leaf_dns", ""},
		    {"DNS:a_b.c", "leaf_dns", ""}, {"URI:spiffe://acme.example/gw", "leaf_spiffe", ""}, {"IP:127.0.0.1", "leaf_dns", ""}};
	static const struct sg_chain_rules rules = {{NULL, 0}, true, NOW, 4};
	begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made leaf = make(&root, &(struct wish){.san = rows[i].san}, false);
		struct sg_chain_facts facts = {""};
		struct sg_buf der;
		sg_buf_init(&der, 1 << 16);
		add_der(&der, leaf.cert);
		const char *got = verdict(sg_buf_view(&der), &rules, &facts);
		if (strcmp(got, rows[i].want) != 0)
			fprintf(stderr, "  %s: %s\n", rows[i].san, got);
		CU_ASSERT_STRING_EQUAL(got, rows[i].want);
		CU_ASSERT_STRING_EQUAL(facts.dns, rows[i].dns);
		sg_buf_done(&der);
		unmake(&leaf);
	}
	end();
}

/* One intermediate, wished for, under the root; a leaf below it. */
static void
paths(void)
{
	static const struct {
		struct wish ca;
		const char *want;
	} rows[] = {
		{{.basic = "critical,CA:TRUE,pathlen:0"}, "ok"},
		{{.extended = "clientAuth"}, "ok"},
		{{.extended = "anyExtendedKeyUsage"}, "ok"},
		{{.extended = "serverAuth,codeSigning"}, "issuer_extended"},
		{{.basic = "critical,CA:FALSE"}, "chain_path"},
		{{.basic = "-", .usage = "critical,keyCertSign"}, "chain_path"},
		{{.usage = "critical,digitalSignature"}, "chain_path"},
		{{.until = -1}, "chain_path"},
		{{.constraints = "critical,permitted;URI:.example"}, "ok"},
		{{.constraints = "critical,permitted;URI:.other"}, "chain_path"},
		{{.constraints = "critical,excluded;URI:acme.example"}, "chain_path"},
	};
	begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made ca = make(&root, &rows[i].ca, true), leaf = make(&ca, &(struct wish){0}, false);
		struct sg_chain_facts facts = {""};
		struct sg_buf der;
		sg_buf_init(&der, 1 << 16);
		add_der(&der, leaf.cert);
		CU_ASSERT_STRING_EQUAL(verdict(sg_buf_view(&der), &spiffe, &facts), "chain_path"); /* the link is missing */
		add_der(&der, ca.cert);
		const char *got = verdict(sg_buf_view(&der), &spiffe, &facts);
		if (strcmp(got, rows[i].want) != 0)
			fprintf(stderr, "  path %zu: %s, not %s\n", i, got, rows[i].want);
		CU_ASSERT_STRING_EQUAL(got, rows[i].want);
		sg_buf_done(&der);
		unmake(&leaf);
		unmake(&ca);
	}
	/* a CA below one that says pathlen:0 */
	struct made first = make(&root, &(struct wish){.basic = "critical,CA:TRUE,pathlen:0"}, true);
	struct made below = make(&first, &(struct wish){.subject = "second"}, true), leaf = make(&below, &(struct wish){0}, false);
	struct sg_chain_facts facts = {""};
	struct sg_buf der;
	sg_buf_init(&der, 1 << 16);
	add_der(&der, leaf.cert);
	add_der(&der, below.cert);
	add_der(&der, first.cert);
	CU_ASSERT_STRING_EQUAL(verdict(sg_buf_view(&der), &spiffe, &facts), "chain_path");
	sg_buf_done(&der);
	unmake(&leaf);
	unmake(&below);
	unmake(&first);
	end();
}

/* As many intermediates as the rules allow, and one more. */
static void
depth(void)
{
	begin();
	for (int extra = 0; extra <= 1; extra++) {
		struct made cas[3], *issuer = &root;
		struct sg_chain_rules rules = spiffe;
		struct sg_chain_facts facts = {""};
		struct sg_buf der;
		rules.depth = 2;
		for (int i = 0; i < rules.depth + extra; i++) {
			char name[16];
			snprintf(name, sizeof(name), "ca%d", i);
			cas[i] = make(issuer, &(struct wish){.subject = name}, true);
			issuer = &cas[i];
		}
		struct made leaf = make(issuer, &(struct wish){0}, false);
		sg_buf_init(&der, 1 << 16);
		add_der(&der, leaf.cert);
		for (int i = rules.depth + extra - 1; i >= 0; i--)
			add_der(&der, cas[i].cert);
		CU_ASSERT_STRING_EQUAL(verdict(sg_buf_view(&der), &rules, &facts), extra == 0 ? "ok" : "chain_path");
		sg_buf_done(&der);
		unmake(&leaf);
		for (int i = 0; i < rules.depth + extra; i++)
			unmake(&cas[i]);
	}
	end();
}

static void
malformed(void)
{
	begin();
	struct made leaf = make(&root, &(struct wish){0}, false), stranger = make(NULL, &(struct wish){.subject = "root"}, true),
		    forged = make(&stranger, &(struct wish){0}, false);
	struct sg_chain_facts facts = {""};
	struct sg_buf der;
	sg_buf_init(&der, 1 << 20);
	add_der(&der, leaf.cert);
	struct sg_str whole = sg_buf_view(&der);
	CU_ASSERT_STRING_EQUAL(verdict((struct sg_str){"", 0}, &spiffe, &facts), "chain_size");
	for (size_t len = 1; len < whole.len; len++)
		CU_ASSERT_STRING_EQUAL(verdict((struct sg_str){whole.ptr, len}, &spiffe, &facts), "chain_der");
	/* one bit of it turned: never taken */
	for (size_t bit = 0; bit < whole.len * 8; bit += 5) {
		der.ptr[bit / 8] = (char)(der.ptr[bit / 8] ^ 1 << bit % 8);
		CU_ASSERT_STRING_NOT_EQUAL(verdict(whole, &spiffe, &facts), "ok");
		der.ptr[bit / 8] = (char)(der.ptr[bit / 8] ^ 1 << bit % 8);
	}
	CU_ASSERT_STRING_EQUAL(verdict(whole, &spiffe, &facts), "ok");
	sg_buf_add(&der, "x", 1);
	CU_ASSERT_STRING_EQUAL(verdict(sg_buf_view(&der), &spiffe, &facts), "chain_der");
	sg_buf_clear(&der);
	for (int i = 0; i < SG_CHAIN_CERTS_MAX; i++)
		add_der(&der, leaf.cert);
	CU_ASSERT_STRING_EQUAL(verdict(sg_buf_view(&der), &spiffe, &facts), "ok");
	add_der(&der, leaf.cert);
	CU_ASSERT_STRING_EQUAL(verdict(sg_buf_view(&der), &spiffe, &facts), "chain_many");
	while (der.len <= SG_CHAIN_BYTES_MAX)
		add_der(&der, leaf.cert);
	CU_ASSERT_STRING_EQUAL(verdict((struct sg_str){der.ptr, SG_CHAIN_BYTES_MAX + 1}, &spiffe, &facts), "chain_size");
	sg_buf_clear(&der);
	add_der(&der, forged.cert); /* a root of the same name with another key, brought along */
	add_der(&der, stranger.cert);
	CU_ASSERT_STRING_EQUAL(verdict(sg_buf_view(&der), &spiffe, &facts), "chain_path");
	sg_buf_clear(&der);
	add_der(&der, root.cert);
	CU_ASSERT_STRING_EQUAL(verdict(sg_buf_view(&der), &spiffe, &facts), "leaf_ca");
	sg_buf_done(&der);
	unmake(&forged);
	unmake(&stranger);
	unmake(&leaf);
	end();
}

static void
anchors_refused(void)
{
	struct made ca = make(NULL, &(struct wish){.subject = "root"}, true), middle = make(&ca, &(struct wish){.subject = "m"}, true),
		    leaf = make(&ca, &(struct wish){0}, false), self = make(NULL, &(struct wish){0}, false);
	X509 *const bad[] = {middle.cert, leaf.cert, self.cert};
	struct sg_err err = {0};
	X509_STORE *store = NULL;
	struct sg_buf pem;
	sg_buf_init(&pem, 1 << 20);
	for (size_t i = 0; i < 3; i++) {
		sg_buf_clear(&pem);
		add_pem(&pem, ca.cert);
		add_pem(&pem, bad[i]);
		CU_ASSERT_EQUAL(sg_anchors_read(&store, sg_buf_view(&pem), &err), SG_MALFORMED);
		CU_ASSERT_STRING_EQUAL(err.code, "anchor_ca");
	}
	static const char *const texts[] = {"", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
					    "-----BEGIN CERTIFICATE-----\nMIIB"};
	for (size_t i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(sg_anchors_read(&store, sg_str(texts[i]), &err), SG_MALFORMED);
		CU_ASSERT_STRING_EQUAL(err.code, "anchor_pem");
	}
	sg_buf_clear(&pem);
	add_pem(&pem, ca.cert);
	sg_buf_text(&pem, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"); /* a good one in front does not cover a bad one */
	CU_ASSERT_EQUAL(sg_anchors_read(&store, sg_buf_view(&pem), &err), SG_MALFORMED);
	CU_ASSERT_PTR_NULL(store);
	sg_buf_clear(&pem);
	for (int extra = 0; extra <= 1; extra++) {
		for (int i = extra == 0 ? 0 : SG_ANCHORS_MAX; i < SG_ANCHORS_MAX + extra; i++)
			add_pem(&pem, ca.cert);
		CU_ASSERT_EQUAL(sg_anchors_read(&store, sg_buf_view(&pem), &err), extra == 0 ? SG_OK : SG_LIMIT);
	}
	X509_STORE_free(store);
	sg_buf_done(&pem);
	unmake(&self);
	unmake(&leaf);
	unmake(&middle);
	unmake(&ca);
}

static void
what_is_said(void)
{
	begin();
	struct made leaf = make(&root, &(struct wish){.subject = "gate, way"}, false);
	struct sg_chain_facts facts = {""};
	struct sg_buf der;
	char hex[SG_SHA256_HEX];
	sg_buf_init(&der, 1 << 16);
	add_der(&der, leaf.cert);
	CU_ASSERT_STRING_EQUAL(verdict(sg_buf_view(&der), &spiffe, &facts), "ok");
	CU_ASSERT_STRING_EQUAL(facts.subject, "CN=gate\\, way");
	CU_ASSERT_STRING_EQUAL(facts.dns, "");
	sg_sha256_hex(hex, sg_buf_view(&der));
	CU_ASSERT_STRING_EQUAL(facts.fingerprint, hex);
	sg_buf_clear(&der);
	add_der(&der, root.cert);
	sg_sha256_hex(hex, sg_buf_view(&der));
	CU_ASSERT_STRING_EQUAL(facts.issuer_fingerprint, hex);
	CU_ASSERT_EQUAL(strlen(facts.serial) % 2, 0);
	sg_buf_done(&der);
	unmake(&leaf);
	end();
}

SG_CASES("token.chain", {"leaves, each wrong in one way", leaves}, {"DNS names", dns_names}, {"paths", paths}, {"depth", depth},
	 {"malformed", malformed}, {"anchors", anchors_refused}, {"what is said", what_is_said})
