/* SPDX-License-Identifier: Apache-2.0
 * What an identity rests on: the attest stack as it is written, but for how much its modules say. */
#include "base/digest.h"
#include "unit/gate/play.h"

static struct sg_catalogue *
with(const char *stack)
{
	struct sg_catalogue *catalogue = NULL;
	struct sg_err err = {0};
	char *document = play_canonical(play_document), *at = strstr(document, "\"attest\":{"), *text = NULL;
	CU_ASSERT_FATAL(at != NULL && asprintf(&text, "%.*s\"attest\":{%s%s", (int)(at - document), document, stack, strstr(at, "}},") + 1) > 0);
	free(document);
	enum sg_status status = sg_catalogue_create(&catalogue, sg_str(text), &err);
	if (status != SG_OK)
		printf("\n    %s: %s", err.code, err.text);
	CU_ASSERT_FATAL(status == SG_OK);
	free(text);
	return catalogue;
}

static uint64_t
stack_of(const char *stack)
{
	struct sg_catalogue *c = with(stack);
	uint64_t digest = c->stack;
	sg_catalogue_destroy(c);
	return digest;
}

/* As programs of before made it, of the text of the stack as it stands: a process that showed itself to one of them need not do so again. */
static uint64_t
before(const char *stack)
{
	struct sg_catalogue *c = with(stack);
	unsigned char digest[SG_SHA256_BYTES];
	struct sg_buf text;
	uint64_t out;
	static const char *const parts[] = {"attest", "mode", "trust_domain"};
	sg_buf_init(&text, 1 << 20);
	for (size_t i = 0; i < 3; i++) {
		sg_buf_text(&text, "\n");
		sg_canon_write(&text, sg_json_get(c->document, parts[i]));
	}
	sg_sha256(digest, sg_buf_view(&text));
	memcpy(&out, digest, sizeof(out));
	sg_buf_done(&text);
	sg_catalogue_destroy(c);
	return out;
}

static void
but_for_what_is_said(void)
{
	static const char plain[] = "\"peer\":{\"control\":\"required\",\"options\":{},\"order\":0,\"use\":\"peer\"}", loud[] = "\"peer\":{\"control\":\"required\",\"log_level\":\"debug\",\"options\":{},\"order\":0,\"use\":\"peer\"}",
			  other[] = "\"peer\":{\"control\":\"required\",\"options\":{},\"order\":0,\"refresh\":5,\"use\":\"peer\"}", two[] = "\"peer\":{\"control\":\"required\",\"options\":{},\"order\":0,\"use\":\"peer\"},\"unit\":{\"control\":\"required\",\"options\":{},\"order\":1,\"use\":\"systemd\"}";
	CU_ASSERT_EQUAL(stack_of(plain), before(plain));
	CU_ASSERT_EQUAL(stack_of(two), before(two));
	CU_ASSERT_EQUAL(stack_of(""), before(""));
	CU_ASSERT_EQUAL(stack_of(loud), stack_of(plain));
	CU_ASSERT_NOT_EQUAL(stack_of(other), stack_of(plain));
	CU_ASSERT_NOT_EQUAL(stack_of(two), stack_of(plain));
}

SG_CASES("gate.rests_on", {"but for what is said", but_for_what_is_said})
