/* SPDX-License-Identifier: Apache-2.0
 * verify/ssh, part of the program: it reads again the OpenSSH certificates that our own issuers made. */
#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"
#include "host/leaf.h"
#include "token/ssh_cert.h"

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
write_text(struct sg_json_writer *w, const char *name, struct sg_str value)
{
	if (value.ptr != NULL)
		sg_jw_named_str(w, name, value);
}

static void
write_claims(struct sg_buf *out, const struct sg_ssh_cert *cert, struct sg_str lease)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	sg_jw_name(&w, "arguments");
	sg_jw_object(&w);
	write_text(&w, "command", cert->command);
	write_text(&w, "principal", cert->principal);
	write_text(&w, "public_key", cert->public_key);
	write_text(&w, "source_address", cert->source);
	sg_jw_end(&w);
	sg_jw_member_int(&w, "exp", cert->before);
	sg_jw_member_str(&w, "jti", lease);
	sg_jw_end(&w);
	out->failed = !sg_jw_done(&w) || out->failed;
}

static enum sg_status
check(const struct sg_host *host, const struct sg_verify_in *in, const struct sg_ssh_cert *cert, struct sg_err *err)
{
	struct sg_jwks keys = {0};
	unsigned char digest[SG_SHA256_BYTES];
	enum sg_status status = sg_leaf_keys(&keys, in->keys, err);
	if (status == SG_OK)
		status = sg_ssh_cert_check(cert, &keys, err);
	if (status == SG_OK)
		status = sg_leaf_time(host, cert->after, cert->before, err);
	sg_jwks_done(&keys);
	sg_sha256(digest, in->lease);
	if (status == SG_OK && (in->lease.len == 0 || cert->serial != sg_ssh_serial(digest)))
		return sg_fail(err, SG_REFUSED, "ssh_serial", "the serial number is not this lease's");
	return status;
}

static enum sg_status
verify(void *state, const struct sg_verify_in *in, struct sg_verify_out *out, struct sg_err *err)
{
	const struct sg_host *host = state;
	struct sg_arena arena;
	struct sg_buf text;
	struct sg_ssh_cert cert;
	sg_arena_init(&arena, BUDGET);
	sg_buf_init(&text, CLAIMS_ROOM);
	enum sg_status status = sg_ssh_cert_read(&arena, in->token, &cert, err);
	if (status == SG_OK)
		status = check(host, in, &cert, err);
	if (status == SG_OK) {
		write_claims(&text, &cert, in->lease);
		status = sg_leaf_answer(host, &text, out, err);
	}
	sg_buf_done(&text);
	sg_arena_done(&arena);
	return status;
}

static const struct sg_verify_ops operations = {.size = sizeof(operations), .verify = verify};
const struct sg_module sg_leaf_ssh = {
	.size = sizeof(sg_leaf_ssh), .abi = SG_ABI, .kind = SG_KIND_verify, .name = "ssh", .start = start, .verify = &operations};
