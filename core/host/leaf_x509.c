/* SPDX-License-Identifier: Apache-2.0
 * verify/x509_leaf, part of the program: it reads again the certificates that our own issuers made. */
#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"
#include "host/leaf.h"
#include "token/x509_leaf.h"

#include <stepgate/issue.h>

enum { BUDGET = 64 << 10, CLAIMS_ROOM = 16 << 10 };

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	(void)options;
	*state = (void *)host;
	enum sg_status status = sg_jwk_start(err);
	return status == SG_OK ? sg_digest_start(err) : status;
}

static void
write_claims(struct sg_buf *out, const struct sg_x509_leaf *leaf, struct sg_str lease)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_name(&w, "arguments");
	sg_jw_object(&w);
	sg_jw_member_str(&w, "public_key", leaf->public_key);
	sg_jw_end(&w);
	sg_jw_member_int(&w, "exp", leaf->before);
	sg_jw_member_str(&w, "jti", lease);
	sg_jw_member_str(&w, "sub", leaf->uri);
	sg_jw_end(&w);
	out->failed = !sg_jw_done(&w) || out->failed;
}

static enum sg_status
check(const struct sg_host *host, const struct sg_verify_in *in, const struct sg_x509_leaf *leaf, struct sg_err *err)
{
	struct sg_jwks keys = {0};
	unsigned char digest[SG_SHA256_BYTES], serial[SG_X509_SERIAL];
	enum sg_status status = sg_leaf_keys(&keys, in->keys, err);
	if (status == SG_OK)
		status = sg_x509_leaf_check(leaf, &keys, err);
	if (status == SG_OK)
		status = sg_leaf_time(host, leaf->after, leaf->before, err);
	sg_jwks_done(&keys);
	sg_sha256(digest, in->lease);
	sg_x509_serial(serial, digest);
	if (status == SG_OK && (in->lease.len == 0 || memcmp(serial, leaf->serial, sizeof(serial)) != 0))
		return sg_fail(err, SG_REFUSED, "x509_serial", "the serial number is not this lease's");
	return status;
}

static enum sg_status
verify(void *state, const struct sg_verify_in *in, struct sg_verify_out *out, struct sg_err *err)
{
	const struct sg_host *host = state;
	struct sg_arena arena;
	struct sg_buf text;
	struct sg_x509_leaf leaf;
	sg_arena_init(&arena, BUDGET);
	sg_buf_init(&text, CLAIMS_ROOM);
	enum sg_status status = sg_x509_leaf_read(&arena, in->token, &leaf, err);
	if (status == SG_OK)
		status = check(host, in, &leaf, err);
	if (status == SG_OK) {
		write_claims(&text, &leaf, in->lease);
		status = sg_leaf_answer(host, &text, out, err);
	}
	sg_x509_leaf_done(&leaf);
	sg_buf_done(&text);
	sg_arena_done(&arena);
	return status;
}

static const struct sg_verify_ops operations = {.size = sizeof(operations), .verify = verify};
const struct sg_module sg_leaf_x509 = {
	.size = sizeof(sg_leaf_x509), .abi = SG_ABI, .kind = SG_KIND_verify, .name = "x509_leaf", .start = start, .verify = &operations};
