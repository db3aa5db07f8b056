/* SPDX-License-Identifier: Apache-2.0
 * base64url: one spelling for one byte string. */
#include "token/base64url.h"

#include "base/str.h"
#include "unit/cases.h"

static void
writes_as(struct sg_str bytes, const char *text)
{
	struct sg_buf out;
	unsigned char back[64];
	size_t len = 99;
	sg_buf_init(&out, 100);
	sg_b64u_write(&out, bytes);
	CU_ASSERT(!out.failed && sg_str_is(sg_buf_view(&out), text));
	CU_ASSERT(sg_b64u_read(sg_str(text), back, bytes.len, &len) && len == bytes.len &&
		  memcmp(back, bytes.ptr, len) == 0);
	if (bytes.len > 0)
		CU_ASSERT(!sg_b64u_read(sg_str(text), back, bytes.len - 1, &len));
	sg_buf_done(&out);
}

static void
known_answers(void)
{
	writes_as(SG_STR(""), "");
	writes_as(SG_STR("f"), "Zg");
	writes_as(SG_STR("fo"), "Zm8");
	writes_as(SG_STR("foo"), "Zm9v");
	writes_as(SG_STR("foob"), "Zm9vYg");
	writes_as(SG_STR("fooba"), "Zm9vYmE");
	writes_as(SG_STR("foobar"), "Zm9vYmFy");
	writes_as(SG_STR("\xff\xff\xff"), "____");
	writes_as(SG_STR("\xfb\xef\xbe"), "----");
	writes_as(SG_STR("\0\0"), "AAA");
	writes_as(SG_STR("\003\354\377\340\301"), "A-z_4ME"); /* RFC 7515 appendix C */
}

static void
one_spelling_only(void)
{
	static const char *const bad[] = {"A",     "Zg==",      "Zg=",     "Zh",   "Zm9",  "Zm_",
					  "Zm9v ", " Zm9v",     "Zm9v\n",  "Zm+v", "Zm/v", "Zm.v",
					  "Zm9vA", "Z\xc3\xa9", "Zm9\x01", "=",    "====", "Zm9vYh"};
	unsigned char out[64];
	size_t len;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT(!sg_b64u_read(sg_str(bad[i]), out, sizeof(out), &len));
	CU_ASSERT(!sg_b64u_read(SG_STR("Zm\09v"), out, sizeof(out), &len));
}

static void
every_last_character(void)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned char out[4];
	size_t len;
	int two = 0, three = 0;
	for (int i = 0; i < 64; i++) {
		char text[4] = {'Z', alphabet[i], 0, 0};
		two += sg_b64u_read((struct sg_str){text, 2}, out, 4, &len);
		text[2] = text[1];
		three += sg_b64u_read((struct sg_str){text, 3}, out, 4, &len);
	}
	CU_ASSERT_EQUAL(two, 4);
	CU_ASSERT_EQUAL(three, 16);
}

static void
a_full_buffer_fails(void)
{
	struct sg_buf out;
	sg_buf_init(&out, 7);
	sg_b64u_write(&out, SG_STR("foobar"));
	CU_ASSERT(out.failed);
	sg_buf_done(&out);
}

SG_CASES("token.base64url", {"known answers", known_answers}, {"one spelling only", one_spelling_only},
	 {"every last character", every_last_character}, {"a full buffer fails", a_full_buffer_fails})
