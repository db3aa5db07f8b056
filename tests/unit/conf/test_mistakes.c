/* SPDX-License-Identifier: Apache-2.0
 * Mistakes people make in configuration files: each has its code, its exact place and a hint that helps. */
#include "unit/conf/folder.h"

#define LISTEN(attest, address) attest "listen : { enforcer : { address = \"" address "\"  certificate = \"/c\"  key = \"/k\" } }\n"
#define READS "attest : { gw : { use = \"x509\"  kind = \"verify\" } }\n"
#define ATTEST "attest : { peer : { use = \"peer\" } }\n"
#define AGENT(more)                                                                                                    \
	ATTEST "agents : { a : { owner = \"o\"  escalate = \"e\"  review_by = \"2027-01-31\"  environment = \"s\"\n"   \
	       "match = [ \"peer:uid=1\" ]  reach = [ \"x.*\" ]\n" more " } }\n"

static const struct mistake {
	struct sg_str text;
	const char *code;
	uint32_t line, column;
	const char *hint; /* part of it */
} mistakes[] = {
	/* what libconfig would cut, wrap, misplace or exit on */
	{SG_STR("\xEF\xBB\xBFmode = \"dev\"\n"), "conf_bom", 1, 1, "without BOM"},
	{SG_STR("mode = \"dev\"\n\0"), "conf_nul", 2, 1, "remove"},
	{SG_STR("mode = \"de\0v\"\n"), "conf_nul", 1, 11, "remove"},
	{SG_STR("mode = \"d\x01\"\n"), "conf_control", 1, 10, "remove"},
	{SG_STR("\n# caf\xe9\n"), "conf_utf8", 2, 6, "UTF-8"},
	{SG_STR("mode = \"\xc0\xaf\"\n"), "conf_utf8", 1, 9, "UTF-8"},
	{SG_STR("# ok\n  mode = \"dev\nrun_dir = \"/x\"\n"), "conf_string_open", 2, 10, "same line"},
	{SG_STR("mode = \"dev"), "conf_string_open", 1, 8, "same line"},
	{SG_STR("mode = \"dev\"\n  /* not closed\n\n"), "conf_comment_open", 2, 3, "*/"},
	{SG_STR("\n @include \"/etc\"\n"), "conf_include", 2, 2, "conf.d"},
	{SG_STR("@include_dir \"x\"\n"), "conf_include", 1, 1, "conf.d"},
	{SG_STR("mode = \"a\\qb\"\n"), "conf_escape", 1, 10, "known"},
	{SG_STR("mode = \"\\x00\"\n"), "conf_escape", 1, 9, "known"},
	{SG_STR("limits : { rate = 3000000000 }\n"), "conf_integer", 1, 19, "2147483647"},
	{SG_STR("limits : { rate = 2147483648 }\n"), "conf_integer", 1, 19, "2147483647"},
	{SG_STR("limits : { rate = 99999999999999999999 }\n"), "conf_integer", 1, 19, "2147483647"},
	{SG_STR("limits : { rate = 0755 }\n"), "conf_leading_zero", 1, 19, "0660"},
	{SG_STR("limits : { rate = 0x10 }\n"), "conf_number", 1, 19, "decimal"},
	{SG_STR("limits : { rate = 1.5 }\n"), "conf_number", 1, 19, "decimal"},
	{SG_STR("limits : { rate = 10L }\n"), "conf_number", 1, 19, "decimal"},
	{SG_STR("limits : { rate = 10s }\n"), "conf_number", 1, 19, "\"5s\""},
	{SG_STR("limits : { rate = +5 }\n"), "conf_number", 1, 19, "decimal"},
	/* order of words */
	{SG_STR("mode \"dev\"\n"), "conf_syntax", 1, 6, "NAME = VALUE"},
	{SG_STR("mode = dev\n"), "conf_syntax", 1, 8, "quotes"},
	{SG_STR("mode = yes\n"), "conf_syntax", 1, 8, "true or false"},
	{SG_STR("mode =\n"), "conf_syntax", 2, 1, ""},
	{SG_STR("= 1\n"), "conf_syntax", 1, 1, "NAME = VALUE"},
	{SG_STR("mode = 'dev'\n"), "conf_syntax", 1, 8, "quotes"},
	{SG_STR("a.b = 1\n"), "conf_syntax", 1, 2, "quotes"},
	{SG_STR("a = [ { } ]\n"), "conf_syntax", 1, 7, ""},
	{SG_STR("a = [ \"x\", ]\n"), "conf_comma", 1, 10, "remove"},
	{SG_STR("a = [ \"x\" \"y\" ]\n"), "conf_comma", 1, 11, "join"},
	{SG_STR("a = [ 1 2 ]\n"), "conf_comma", 1, 9, "comma"},
	{SG_STR("a = 1;; b = 2\n"), "conf_comma", 1, 7, "remove"},
	{SG_STR("a = [ 1, \"x\" ]\n"), "conf_type", 1, 10, ""},
	{SG_STR("agents : {\n  x : {\n  }\n"), "conf_bracket", 1, 10, "close"},
	{SG_STR("a = [ \"x\"\n"), "conf_bracket", 1, 5, "close"},
	{SG_STR("a : { b = 1 ]\n"), "conf_bracket", 1, 13, ""},
	{SG_STR("a : { } }\n"), "conf_bracket", 1, 9, "remove"},
	{SG_STR("mode = \"dev\"\nrun_dir = \"/x\"  mode = \"enforce\"\n"), "conf_duplicate", 2, 17, "remove"},
	{SG_STR("limits : { rate = 1\n rate = 2 }\n"), "conf_duplicate", 2, 2, "remove"},
	/* unknown and missing */
	{SG_STR("trust_domian = \"x\"\n"), "conf_unknown", 1, 1, "\"trust_domain\"?"},
	{SG_STR("agent : { }\n"), "conf_unknown", 1, 1, "\"agents\"?"},
	{SG_STR("limits : { max_bodi = \"1KiB\" }\n"), "conf_unknown", 1, 12, "\"max_body\"?"},
	{SG_STR("intents : { i : { actions = [ ]  sensitivity = \"public\"\n tttl = \"1h\" } }\n"), "conf_unknown", 2,
	 2, "\"ttl\"?"},
	{SG_STR("zzzzzzzz = 1\n"), "conf_unknown", 1, 1, ""},
	{SG_STR(ATTEST "issue : { t : { use = \"jwt\" order = 1 options = \"x\" } }\n"), "conf_unknown", 2, 29, ""},
	{SG_STR("admins : { mira : { } }\n"), "conf_required", 1, 12, "add uid"},
	{SG_STR("actions : { d : { effect = \"read\"  sensitivity = \"public\" } }\n"), "conf_required", 1, 13,
	 "add name"},
	{SG_STR("admins : { Mira : { uid = 1 } }\n"), "conf_name", 1, 12, "a-z"},
	{SG_STR("admins : { *x : { uid = 1 } }\n"), "conf_name", 1, 12, "a-z"},
	/* kinds, forms, bounds */
	{SG_STR("limits : { use_by = 30 }\n"), "conf_type", 1, 21, "\"60s\""},
	{SG_STR("limits : { rate = \"20\" }\n"), "conf_type", 1, 19, "such as 10"},
	{SG_STR("limits = \"none\"\n"), "conf_type", 1, 10, "{ ... }"},
	{SG_STR("admins : { mira = 1000 }\n"), "conf_type", 1, 19, "{ ... }"},
	{SG_STR("agents : { }\nintents : { i : { actions = \"x.*\"  sensitivity = \"public\" } }\n"), "conf_type", 2,
	 29, "patterns"},
	{SG_STR("issue : { t : { use = \"jwt\"  keys = [ \"a\" ] } }\n"), "conf_type", 1, 37, "single"},
	{SG_STR("limits : { use_by = \"30\" }\n"), "conf_value", 1, 21, "\"60s\""},
	{SG_STR("limits : { use_by = \"30 s\" }\n"), "conf_value", 1, 21, "\"60s\""},
	{SG_STR("limits : { max_body = \"64kb\" }\n"), "conf_value", 1, 23, "\"64KiB\""},
	{SG_STR(LISTEN(READS, "localhost:8443")), "conf_value", 2, 35, "in numbers"},
	{SG_STR(LISTEN(READS, "127.0.0.1:65536")), "conf_value", 2, 35, "in numbers"},
	{SG_STR(LISTEN(READS, "127.0.0.1:0") ), "conf_value", 2, 35, "in numbers"},
	{SG_STR(LISTEN(READS, "127.0.0.256:1")), "conf_value", 2, 35, "in numbers"},
	{SG_STR(LISTEN(READS, "::1:84430")), "conf_value", 2, 35, "in numbers"},
	{SG_STR(LISTEN(ATTEST, "127.0.0.1:8443")), "conf_attest_stack", 2, 12, "verify"},
	{SG_STR(ATTEST "listen : { admin : { address = \"[::1]:8443\"  certificate = \"/c\"  key = \"/k\" } }\n"), "conf_reference", 2, 12,
	 "call it enforcer"},
	{SG_STR("run_dir = \"run\"\n"), "conf_value", 1, 11, "absolute"},
	{SG_STR("run_dir = \"/a/../b\"\n"), "conf_value", 1, 11, "absolute"},
	{SG_STR("trust_domain = \"ACME.example\"\n"), "conf_value", 1, 16, "lower case"},
	{SG_STR("limits : { burst = 0 }\n"), "conf_range", 1, 20, "from 1 to 100000"},
	{SG_STR("limits : { policy_deadline = \"6s\" }\n"), "conf_range", 1, 30, "from \"1ms\" to \"5s\""},
	{SG_STR("limits : { max_body = \"2MiB\" }\n"), "conf_range", 1, 23, "from \"1KiB\" to \"1MiB\""},
	{SG_STR("issue : { t : { use = \"jwt\"  ttl = \"61s\" } }\n"), "conf_range", 1, 36,
	 "limits.credential_ttl_max"},
	{SG_STR("mode = \"develop\"\n"), "conf_choice", 1, 8, "enforce|dev"},
	{SG_STR("actions : { d : { name = \"d\"  effect = \"run\"  sensitivity = \"public\" } }\n"), "conf_choice", 1,
	 40, "read|write|execute|delegate"},
	{SG_STR("actions : { d : { name = \"d.*\"  effect = \"read\"  sensitivity = \"public\" } }\n"), "conf_value", 1,
	 26, "deploy.run"},
	{SG_STR("intents : { i : { actions = [ \"a.b*\" ]  sensitivity = \"public\" } }\n"), "conf_value", 1, 31,
	 "dotted"},
	{SG_STR("intents : { i : { actions = [ \"a.**.b\" ]  sensitivity = \"public\" } }\n"), "conf_value", 1, 31,
	 "dotted"},
	{SG_STR("intents : { i : { actions = ( { } )  sensitivity = \"public\" } }\n"), "conf_type", 1, 31, "dotted"},
	/* stanzas about each other */
	{SG_STR(AGENT("intents = [ \"fix-bug\" ]")), "conf_reference", 4, 13, "add it to intents"},
	{SG_STR(AGENT("") "intents : { fix : { actions = [ ]  sensitivity = \"public\" } }\n"
			  "enforcers : { g : { match = [ \"peer:uid=2\" ]  for_agents = [ \"b\" ] } }\n"),
	 "conf_reference", 6, 62, "add it to agents"},
	{SG_STR(ATTEST "enforcers : { g : { match = [ \"pear:uid=2\" ]  for_agents = [ \"*\" ] } }\n"),
	 "conf_reference", 2, 31, "\"peer\"?"},
	{SG_STR(ATTEST "enforcers : { g : { match = [ \"uid=2\" ]  for_agents = [ \"*\" ] } }\n"), "conf_value", 2, 31,
	 "peer:uid=1001"},
	{SG_STR(ATTEST "enforcers : { g : { match = [ \"peer:uid<2\" ]  for_agents = [ \"*\" ] } }\n"), "conf_value", 2, 31,
	 "!=value"},
	{SG_STR(ATTEST "enforcers : { g : { match = [ \"peer:exe~/usr/**/x\" ]  for_agents = [ \"*\" ] } }\n"), "conf_value", 2, 31,
	 "~pattern"},
	{SG_STR(ATTEST "enforcers : { g : { match = [ \"peer:uid!=0\", \"peer:exe~/*/**\", \"peer:gid\" ]  for_agents = [ \"*\" ] } }\n"),
	 "conf_value", 2, 29, "STEP:fact=value"},
	{SG_STR(ATTEST "enforcers : { g : { match = [ ]  for_agents = [ \"*\" ] } }\n"), "conf_range", 2, 29,
	 "from 1 to 16"},
	{SG_STR("groups : { ops : { members = [ \"mira\" ] } }\n"), "conf_reference", 1, 32, "add it to admins"},
	{SG_STR("actions : { d : { name = \"d\"  effect = \"read\"  sensitivity = \"public\"  credential = \"tok\" } "
		"}\n"
		"issue : { token : { use = \"jwt\" } }\n"),
	 "conf_reference", 1, 85, "\"token\"?"},
	{SG_STR("actions : { a : { name = \"d\"  effect = \"read\"  sensitivity = \"public\" }\n"
		"b : { name = \"d\"  effect = \"read\"  sensitivity = \"public\" } }\n"),
	 "conf_not_unique", 2, 14, "its own"},
	{SG_STR("agents : { a : { owner = \"o\"  escalate = \"e\"  review_by = \"2027-02-29\"  environment = \"s\"\n"
		"match = [ \"peer:uid=1\" ]  reach = [ ] } }\n" ATTEST),
	 "conf_value", 1, 59, "2027-01-31"},
	{SG_STR("attest : { a : { use = \"x\" } b : { use = \"x\" } c : { use = \"x\" } d : { use = \"x\" } e : { use = \"x\" } f : { use = \"x\" } g : { use = \"x\" } h : { use = \"x\" } i : { use = \"x\" } j : { use = \"x\" } k : { use = \"x\" } l : { use = \"x\" } m : { use = \"x\" } n : { use = \"x\" } o : { use = \"x\" } p : { use = \"x\" } q : { use = \"x\" } }\n"), "conf_too_many", 1, 1, ""},
	{SG_STR("\nattest : { peer : { use = \"peer\"  control = \"optional\" } }\n"
		"agents : { a : { owner = \"o\"  escalate = \"e\"  review_by = \"2028-02-29\"  environment = \"s\"\n"
		"match = [ \"peer:uid=1\" ]  reach = [ ] } }\n"),
	 "conf_attest_stack", 2, 1, "required"},
};

static void
test_mistakes(void)
{
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		const struct mistake *want = &mistakes[i];
		struct folder f;
		folder_open(&f);
		folder_put(&f, "stepgate.conf", want->text);
		enum sg_status status = folder_load(&f, NULL);
		CU_ASSERT_EQUAL(status, SG_MALFORMED);
		CU_ASSERT_EQUAL(f.document.len, 0);
		CU_ASSERT_FATAL(f.errors.count > 0);
		const struct sg_conf_error *got = &f.errors.list[0];
		bool same = strcmp(got->code, want->code) == 0 && got->line == want->line &&
			    got->column == want->column && strstr(got->hint, want->hint) != NULL;
		if (!same) {
			printf("\n    mistake %zu: wanted %s at %u:%u with \"%s\", got %s", i, want->code, want->line,
			       want->column, want->hint, got->code);
			folder_show(&f);
		}
		CU_ASSERT(same);
		folder_close(&f);
	}
}

/* A single mistake gives a single message: no echo of it in later checks. */
static void
test_one_each(void)
{
	size_t extra = 0;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct folder f;
		folder_open(&f);
		folder_put(&f, "stepgate.conf", mistakes[i].text);
		folder_load(&f, NULL);
		extra += f.errors.count - 1;
		folder_close(&f);
	}
	CU_ASSERT(extra <= 4); /* some texts above hold more than one mistake on purpose */
}

static void
test_no_agents_stack(void)
{
	struct folder f;
	folder_open(&f);
	folder_put(&f, "stepgate.conf", SG_STR("attest : { peer : { use = \"peer\"  control = \"optional\" } }\n"));
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_OK);
	folder_put(&f, "stepgate.conf", SG_STR(""));
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_OK);
	folder_put(&f, "stepgate.conf", SG_STR(AGENT("")));
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_OK);
	folder_close(&f);
}

/* Everything at once, in the order of the file, and never more than the bound. */
static void
test_many(void)
{
	struct folder f;
	struct sg_buf text;
	folder_open(&f);
	sg_buf_init(&text, 1 << 16);
	for (int i = 0; i < SG_CONF_MAX_ERRORS; i++)
		sg_buf_printf(&text, "unknown%02d = 1\n", i);
	folder_put(&f, "stepgate.conf", sg_buf_view(&text));
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_MALFORMED);
	CU_ASSERT_EQUAL(f.errors.count, SG_CONF_MAX_ERRORS);
	CU_ASSERT_FALSE(f.errors.more);
	for (uint32_t i = 0; i < f.errors.count; i++)
		CU_ASSERT_EQUAL(f.errors.list[i].line, i + 1);
	sg_buf_text(&text, "one_more = 1\n");
	folder_put(&f, "stepgate.conf", sg_buf_view(&text));
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_MALFORMED);
	CU_ASSERT_EQUAL(f.errors.count, SG_CONF_MAX_ERRORS);
	CU_ASSERT(f.errors.more);
	sg_buf_done(&text);
	folder_close(&f);
}

static void
test_printed(void)
{
	struct folder f;
	struct sg_buf out;
	char want[512];
	folder_open(&f);
	sg_buf_init(&out, 1 << 16);
	folder_put(&f, "stepgate.conf", SG_STR("limits : {\n\t/* \xc3\xa9 */ rat = 5 }\n"));
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_MALFORMED);
	sg_conf_errors_print(&out, &f.errors);
	sg_buf_add(&out, "", 1);
	snprintf(want, sizeof(want),
		 "%s:2:10: unknown option \"rat\" in limits; did you mean \"rate\"?\n"
		 "    \t/* \xc3\xa9 */ rat = 5 }\n    \t        ^\n",
		 f.file);
	CU_ASSERT_STRING_EQUAL(out.ptr, want);
	sg_buf_clear(&out);
	sg_conf_errors_write(&out, &f.errors);
	sg_buf_add(&out, "", 1);
	snprintf(want, sizeof(want),
		 "{\"errors\":[{\"caret\":10,\"code\":\"conf_unknown\",\"column\":10,\"file\":\"%s\",\"hint\":"
		 "\"did you mean \\\"rate\\\"?\",\"line\":2,\"source\":\"\\t/* \xc3\xa9 */ rat = 5 }\",\"what\":"
		 "\"unknown option \\\"rat\\\" in limits\"}],\"more\":false}",
		 f.file);
	CU_ASSERT_STRING_EQUAL(out.ptr, want);
	sg_buf_done(&out);
	folder_close(&f);
}

/* What reaches a terminal is printable, whatever the file holds. */
static void
test_unprintable(void)
{
	struct folder f;
	struct sg_buf out;
	folder_open(&f);
	sg_buf_init(&out, 1 << 16);
	folder_put(&f, "stepgate.conf", SG_STR("mode = \"\x1b[2J\xc2\x9b\xff\x7f\"\n"));
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_MALFORMED);
	CU_ASSERT_EQUAL(f.errors.count, 4);
	sg_conf_errors_print(&out, &f.errors);
	for (size_t i = 0; i < out.len; i++)
		CU_ASSERT((out.ptr[i] >= 0x20 && out.ptr[i] < 0x7f) || out.ptr[i] == '\n');
	sg_buf_done(&out);
	folder_close(&f);
}

/* As many steps as there may be. */
static void
test_most_steps(void)
{
	struct folder f;
	folder_open(&f);
	folder_put(&f, "stepgate.conf", SG_STR("attest : { a : { use = \"x\" } b : { use = \"x\" } c : { use = \"x\" } d : { use = \"x\" } e : { use = \"x\" } f : { use = \"x\" } g : { use = \"x\" } h : { use = \"x\" } i : { use = \"x\" } j : { use = \"x\" } k : { use = \"x\" } l : { use = \"x\" } m : { use = \"x\" } n : { use = \"x\" } o : { use = \"x\" } p : { use = \"x\" } }\n"));
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_OK);
	folder_close(&f);
}

SG_CASES("conf.mistakes", {"each mistake has its code, place and hint", test_mistakes},
	 {"as many steps as there may be", test_most_steps}, {"one mistake, one message", test_one_each}, {"what is allowed without agents", test_no_agents_stack},
	 {"all at once, up to the bound", test_many}, {"as people and programs read them", test_printed},
	 {"nothing unprintable gets out", test_unprintable})
