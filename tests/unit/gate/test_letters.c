/* SPDX-License-Identifier: Apache-2.0
 * Runs of letters and digits, two of them side by side, and what they come to. */
#include "gate/state/letters.h"

#include "base/buf.h"
#include "base/str.h"
#include "unit/cases.h"

#include <stdio.h>

/* Each piece behind r, l or p, with a blank. */
static bool
note(void *to, const struct sg_piece *piece)
{
	char out[SG_PIECE_MAX];
	struct sg_str text = sg_piece_text(piece, out);
	sg_buf_printf(to, "%c%.*s ", "rlp"[piece->kind], SG_STR_ARG(text));
	return true;
}

static void
pieces(void)
{
	static const struct {
		const char *text, *wanted;
		bool escaped;
	} rows[] = {
		{"", "", false},
		{"DE44", "lde44 ", false},
		{"iban=DE44", "riban piban.de44 rde44 ", false},
		{"iban=DE44&amount=5", "riban piban.de44 rde44 pde44.amount ramount pamount.5 r5 ", false},
		{"**DE44**", "lde44 ", false},
		{"to DE44, now", "lto lde44 lnow ", false},
		{"bob@evil.example", "rbob pbob.evil revil pevil.example rexample ", false},
		{"a\xc2\xa0" "b\xef\xbc\x8c" "c\xe2\x80\x93" "d", "la lb lc ld ", false},
		{"\xc3\x84NGSTR\xc3\x96M", "l\xc3\xa4ngstr\xc3\xb6m ", false},
		{"\xd0\x96\xd0\xb8\xce\xa3\xcf\x82", "l\xd0\xb6\xd0\xb8\xcf\x83\xcf\x83 ", false},
		{"\xc4\xb0\xc5\xbf\xe2\x84\xaa", "lisk ", false},
		{"\xef\xbc\xa4\xef\xbc\xa5\xef\xbc\x94", "lde4 ", false},
		{"D\xc2\xad" "E\xe2\x80\x8b" "4", "lde4 ", false},
		{"\xe5\xbc\xa0\xe4\xb8\x89\xe3\x80\x82x", "l\xe5\xbc\xa0\xe4\xb8\x89 lx ", false},
		{"a\xff" "b", "ra pa.b rb ", false},
		{"a\\nDE44\\nb", "ra pa.nde44 rnde44 pnde44.nb rnb ", false},
		{"a\\nDE44\\nb", "ra pa.de44 rde44 pde44.b rb ", true},
		{"\\u003dDE44 \\x3dx \\U0000003dy", "lde44 lx ly ", true},
		{"a%3DDE44=3Db", "ra pa.de44 rde44 pde44.b rb ", true},
		{"a%zz\\", "ra pa.zz rzz ", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_buf got;
		sg_buf_init(&got, 1024);
		CU_ASSERT_TRUE(sg_pieces(sg_str(rows[i].text), rows[i].escaped, note, &got));
		if (!sg_str_is(sg_buf_view(&got), rows[i].wanted))
			printf("\n    row %zu: %.*s\n", i, SG_STR_ARG(sg_buf_view(&got)));
		CU_ASSERT_TRUE(sg_str_is(sg_buf_view(&got), rows[i].wanted));
		sg_buf_done(&got);
	}
}

static bool
refuse(void *to, const struct sg_piece *piece)
{
	(void)piece;
	++*(size_t *)to;
	return false;
}

static void
bounds(void)
{
	char text[2 * SG_RUN_MAX + 2], out[SG_PIECE_MAX];
	struct sg_buf got;
	size_t count = 0;
	sg_buf_init(&got, 4096);
	memset(text, 'X', sizeof(text));
	CU_ASSERT_TRUE(sg_pieces((struct sg_str){text, SG_RUN_MAX}, false, note, &got));
	CU_ASSERT_FALSE(sg_pieces((struct sg_str){text, SG_RUN_MAX + 1}, false, note, &got));
	text[SG_RUN_MAX] = '-';
	CU_ASSERT_TRUE(sg_pieces((struct sg_str){text, 2 * SG_RUN_MAX + 1}, false, note, &got));
	CU_ASSERT_FALSE(sg_pieces((struct sg_str){text, sizeof(text)}, false, note, &got));
	CU_ASSERT_FALSE(sg_pieces(sg_str("a b"), false, refuse, &count));
	CU_ASSERT_EQUAL(count, 1);
	struct sg_piece pair = {SG_PIECE_PAIR, {text, SG_RUN_MAX}, {text, SG_RUN_MAX}};
	CU_ASSERT_EQUAL(sg_piece_text(&pair, out).len, 2 * SG_PAIR_SIDE + 1);
	CU_ASSERT_EQUAL(sg_letters(sg_str("a-B c"), out, 3), 3);
	CU_ASSERT_EQUAL(sg_letters(sg_str("a-B c"), out, 2), 3);
	CU_ASSERT_TRUE(sg_may_be_escaped(sg_str("a=b")) && sg_may_be_escaped(sg_str("\\")) && !sg_may_be_escaped(sg_str("a b")));
	sg_buf_done(&got);
}

SG_CASES("gate.letters", {"pieces of texts", pieces}, {"bounds", bounds})
