/* SPDX-License-Identifier: Apache-2.0
 * The growing buffer: its cap at the cap and one beyond, its sticky failure. */
#include "base/buf.h"
#include "base/str.h"
#include "unit/cases.h"

#include <string.h>

static void
test_cap(void)
{
	struct sg_buf buf;
	sg_buf_init(&buf, 1000);
	char bytes[1001] = {0};
	sg_buf_add(&buf, bytes, 1000);
	CU_ASSERT(!buf.failed && buf.len == 1000);
	sg_buf_add(&buf, bytes, 1);
	CU_ASSERT(buf.failed && buf.len == 1000);
	sg_buf_clear(&buf);
	CU_ASSERT(!buf.failed && buf.len == 0);
	CU_ASSERT_PTR_NULL(sg_buf_reserve(&buf, 1001));
	sg_buf_text(&buf, "x");
	CU_ASSERT(buf.failed && buf.len == 0); /* sticky */
	sg_buf_clear(&buf);
	CU_ASSERT_PTR_NULL(sg_buf_reserve(&buf, SIZE_MAX));
	sg_buf_done(&buf);
	CU_ASSERT(buf.ptr == NULL && buf.max == 1000 && !buf.failed);
}

static void
test_growth(void)
{
	struct sg_buf buf;
	sg_buf_init(&buf, 1 << 20);
	for (int i = 0; i < 10000; i++)
		sg_buf_printf(&buf, "%d,", i % 10);
	CU_ASSERT(!buf.failed && buf.len == 20000);
	for (size_t i = 0; i < buf.len; i += 2)
		CU_ASSERT_FATAL(buf.ptr[i] == (char)('0' + i / 2 % 10) && buf.ptr[i + 1] == ',');
	sg_buf_drop(&buf, 19998);
	CU_ASSERT(sg_str_is(sg_buf_view(&buf), "9,"));
	sg_buf_drop(&buf, 2);
	CU_ASSERT_EQUAL(buf.len, 0);
	sg_buf_str(&buf, (struct sg_str){NULL, 0});
	sg_buf_str(&buf, SG_STR("a\0b"));
	CU_ASSERT(sg_str_eq(sg_buf_view(&buf), SG_STR("a\0b")));
	sg_buf_done(&buf);
}

static bool
is_clean(const struct sg_buf *buf)
{
	for (size_t i = buf->len; i < buf->room; i++)
		if (buf->ptr[i] == 'S')
			return false;
	return true;
}

/* Credentials pass through buffers that are kept for the next one. */
static void
test_forgets(void)
{
	struct sg_buf buf;
	sg_buf_init(&buf, 1000);
	memset(sg_buf_reserve(&buf, 256), 0, 256);
	sg_buf_text(&buf, "SSSSSSSS0123456789");
	sg_buf_drop(&buf, 8);
	CU_ASSERT(is_clean(&buf) && sg_str_is(sg_buf_view(&buf), "0123456789"));
	sg_buf_text(&buf, "SSSS");
	sg_buf_cut(&buf, 10);
	CU_ASSERT(is_clean(&buf) && buf.len == 10);
	sg_buf_text(&buf, "SSSS");
	sg_buf_clear(&buf);
	CU_ASSERT(is_clean(&buf) && buf.len == 0);
	sg_buf_text(&buf, "SSSS");
	sg_buf_drop(&buf, 4);
	CU_ASSERT(is_clean(&buf));
	sg_buf_cut(&buf, 0);
	sg_buf_done(&buf);
}

SG_CASES("base.buf", {"the cap holds and failure sticks", test_cap}, {"it grows and drops", test_growth},
	 {"behind its length nothing stays", test_forgets})
