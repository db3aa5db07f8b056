/* SPDX-License-Identifier: Apache-2.0
 * Mistakes people make in configuration files: each has its code, its exact place and a hint that helps. */
#include "unit/conf/folder.h"

#define D64 "1111111111111111111111111111111111111111111111111111111111111111"

#define ATTEST "attest : { peer : { use = \"peer\" } }\n"
#define AGENT(more)                                                                                                    \
	ATTEST "agents : { a : { owner = \"o\"  escalate = \"e\"  review_by = \"2027-01-31\"  environment = \"s\"\n"   \
	       "match = [ \"peer:uid=1\" ]  reach = [ \"x.*\" ]\n" more " } }\n"

#define ACTS(more) "actions : { pay : { name = \"pay.send\"  effect = \"write\"  sensitivity = \"internal\"  arguments = [ \"iban:iban\", \"to:object\", \"amount?:number\" ]\n" more " } }\n"

#define LISTEN(attest, address) attest "listen : { enforcer : { address = \"" address "\"  certificate = \"/c\"  key = \"/k\" } }\n"
#define READS "attest : { gw : { use = \"x509\"  kind = \"verify\" } }\n"
#define STEP(name) name " : { use = \"x\" } "
#define SIXTEEN                                                                                                        \
	STEP("a") STEP("b") STEP("c") STEP("d") STEP("e") STEP("f") STEP("g") STEP("h") STEP("i") STEP("j") STEP("k") STEP("l") STEP("m") STEP("n") \
	STEP("o") STEP("p")

#define FIFTY_SIX                                                                                                      \
	SIXTEEN STEP("a1") STEP("a2") STEP("a3") STEP("a4") STEP("a5") STEP("a6") STEP("a7") STEP("a8") STEP("b1") STEP("b2") STEP("b3") STEP("b4") STEP("b5") STEP("b6") \
	STEP("b7") STEP("b8") STEP("c1") STEP("c2") STEP("c3") STEP("c4") STEP("c5") STEP("c6") STEP("c7") STEP("c8") STEP("d1") STEP("d2") STEP("d3") STEP("d4") STEP("d5") \
	STEP("d6") STEP("d7") STEP("d8") STEP("e1") STEP("e2") STEP("e3") STEP("e4") STEP("e5") STEP("e6") STEP("e7") STEP("e8")

#define FORM "address does not have the form it needs"
#define ENTRY "an entry of match does not have the form it needs: "

static const struct mistake {
	struct sg_str text;
	const char *code;
	uint32_t line, column;
	const char *what; /* its beginning, where a path follows, else all of it */
	const char *hint; /* part of it */
	size_t more;      /* further messages: some texts hold more than one mistake */
} mistakes[] = {
	/* what libconfig would cut, wrap, misplace or exit on */
	{SG_STR("\xEF\xBB\xBFmode = \"dev\"\n"), "conf_bom", 1, 1, "the file starts with a byte order mark",
	 "without BOM"},
	{SG_STR("mode = \"dev\"\n\0"), "conf_nul", 2, 1, "a NUL byte", "remove"},
	{SG_STR("mode = \"de\0v\"\n"), "conf_nul", 1, 11, "a NUL byte", "remove"},
	{SG_STR("mode = \"d\x01\"\n"), "conf_control", 1, 10, "control character 0x01", "remove"},
	{SG_STR("\n# caf\xe9\n"), "conf_utf8", 2, 6, "byte 0xe9 is not UTF-8", "UTF-8"},
	{SG_STR("mode = \"\xc0\xaf\"\n"), "conf_utf8", 1, 9, "byte 0xc0 is not UTF-8", "UTF-8", 1},
	{SG_STR("# ok\n  mode = \"dev\nrun_dir = \"/x\"\n"), "conf_string_open", 2, 10,
	 "the string that starts here is not closed", "same line"},
	{SG_STR("mode = \"dev"), "conf_string_open", 1, 8, "the string that starts here is not closed", "same line"},
	{SG_STR("mode = \"dev\"\n  /* not closed\n\n"), "conf_comment_open", 2, 3,
	 "the comment that starts here does not end", "*/"},
	{SG_STR("\n @include \"/etc\"\n"), "conf_include", 2, 2, "@include is not read", "conf.d"},
	{SG_STR("@include_dir \"x\"\n"), "conf_include", 1, 1, "@include is not read", "conf.d"},
	{SG_STR("mode = \"a\\qb\"\n"), "conf_escape", 1, 10, "unknown escape", "known"},
	{SG_STR("mode = \"\\x00\"\n"), "conf_escape", 1, 9, "unknown escape", "known"},
	{SG_STR("limits : { rate = 3000000000 }\n"), "conf_integer", 1, 19, "the number is beyond 32 bits",
	 "2147483647"},
	{SG_STR("limits : { rate = 2147483648 }\n"), "conf_integer", 1, 19, "the number is beyond 32 bits",
	 "2147483647"},
	{SG_STR("limits : { rate = 99999999999999999999 }\n"), "conf_integer", 1, 19, "the number is beyond 32 bits",
	 "2147483647"},
	{SG_STR("limits : { rate = 0755 }\n"), "conf_leading_zero", 1, 19, "a number with leading zeros", "0660"},
	{SG_STR("limits : { rate = 0x10 }\n"), "conf_number", 1, 19, "not a number that is read here", "decimal"},
	{SG_STR("limits : { rate = 1.5 }\n"), "conf_number", 1, 19, "not a number that is read here", "decimal"},
	{SG_STR("limits : { rate = 10L }\n"), "conf_number", 1, 19, "not a number that is read here", "decimal"},
	{SG_STR("limits : { rate = 10s }\n"), "conf_number", 1, 19, "not a number that is read here", "\"5s\""},
	{SG_STR("limits : { rate = +5 }\n"), "conf_number", 1, 19, "not a number that is read here", "decimal"},
	/* order of words */
	{SG_STR("mode \"dev\"\n"), "conf_syntax", 1, 6, "expected = or : after \"mode\"", "NAME = VALUE"},
	{SG_STR("mode = dev\n"), "conf_syntax", 1, 8, "expected a value", "quotes"},
	{SG_STR("mode = yes\n"), "conf_syntax", 1, 8, "expected a value", "true or false"},
	{SG_STR("mode =\n"), "conf_syntax", 2, 1, "expected a value", "write NAME = VALUE"},
	{SG_STR("= 1\n"), "conf_syntax", 1, 1, "expected a name", "NAME = VALUE"},
	{SG_STR("mode = 'dev'\n"), "conf_syntax", 1, 8, "a character that means nothing here", "quotes", 1},
	{SG_STR("a.b = 1\n"), "conf_syntax", 1, 2, "a character that means nothing here", "quotes"},
	{SG_STR("a = [ { } ]\n"), "conf_syntax", 1, 7, "no brackets within [ ]",
	 "write strings or numbers, such as [ \"a\", \"b\" ]"},
	{SG_STR("a = [ \"x\", ]\n"), "conf_comma", 1, 10, "a comma behind the last entry", "remove"},
	{SG_STR("a = [ \"x\" \"y\" ]\n"), "conf_comma", 1, 11, "a string right behind a string", "join"},
	{SG_STR("a = [ 1 2 ]\n"), "conf_comma", 1, 9, "a comma is missing", "comma"},
	{SG_STR("a = 1;; b = 2\n"), "conf_comma", 1, 7, "a separator too many", "remove"},
	{SG_STR("a = [ 1, \"x\" ]\n"), "conf_type", 1, 10, "entries of one list are of one kind",
	 "write all of them as strings, or all as numbers"},
	{SG_STR("agents : {\n  x : {\n  }\n"), "conf_bracket", 1, 10, "the { that stands here is not closed", "close"},
	{SG_STR("a = [ \"x\"\n"), "conf_bracket", 1, 5, "the [ that stands here is not closed", "close"},
	{SG_STR("a : { b = 1 ]\n"), "conf_bracket", 1, 13, "this does not close the { of line 1",
	 "close it with } first"},
	{SG_STR("a : { } }\n"), "conf_bracket", 1, 9, "this closes nothing", "remove"},
	{SG_STR("mode = \"dev\"\nrun_dir = \"/x\"  mode = \"enforce\"\n"), "conf_duplicate", 2, 17,
	 "\"mode\" stands at line 1 already", "remove"},
	{SG_STR("limits : { rate = 1\n rate = 2 }\n"), "conf_duplicate", 2, 2, "\"rate\" stands at line 1 already",
	 "remove"},
	/* unknown and missing */
	{SG_STR("trust_domian = \"x\"\n"), "conf_unknown", 1, 1, "unknown option \"trust_domian\"",
	 "\"trust_domain\"?"},
	{SG_STR("agent : { }\n"), "conf_unknown", 1, 1, "unknown option \"agent\"", "\"agents\"?"},
	{SG_STR("limits : { max_bodi = \"1KiB\" }\n"), "conf_unknown", 1, 12, "unknown option \"max_bodi\" in limits",
	 "\"max_body\"?"},
	{SG_STR("intents : { i : { actions = [ ]  sensitivity = \"public\"\n tttl = \"1h\" } }\n"), "conf_unknown", 2,
	 2, "unknown option \"tttl\" in intents.i", "\"ttl\"?"},
	{SG_STR("zzzzzzzz = 1\n"), "conf_unknown", 1, 1, "unknown option \"zzzzzzzz\"",
	 "`stepgate config explain` lists what there is"},
	{SG_STR(ATTEST "issue : { t : { use = \"jwt\" order = 1 options = \"x\" } }\n"), "conf_unknown", 2, 29,
	 "unknown option \"order\" in issue.t", "`stepgate config explain issue` lists what there is", 1},
	{SG_STR("admins : { mira : { } }\n"), "conf_required", 1, 12, "admins.mira has no uid", "add uid"},
	{SG_STR("actions : { d : { effect = \"read\"  sensitivity = \"public\" } }\n"), "conf_required", 1, 13,
	 "actions.d has no name", "add name"},
	{SG_STR("admins : { Mira : { uid = 1 } }\n"), "conf_name", 1, 12, "\"Mira\" is not a name", "a-z"},
	{SG_STR("admins : { *x : { uid = 1 } }\n"), "conf_name", 1, 12, "\"*x\" is not a name", "a-z"},
	/* forms of resources */
	{SG_STR("resources : { a : { type = \"f\"  patterns = [ \"/a\" ]  sensitivity = \"public\"  form = \"path\" }\n b : { type = \"f\"  patterns = [ \"/b\" ]  sensitivity = \"public\" } }\n"), "conf_value", 2, 2,
	 "resources.a and resources.b have one type and two forms", "form = \"path\" in both"},
	{SG_STR("resources : { a : { type = \"f\"  patterns = [ \"srv/key\" ]  sensitivity = \"public\"  form = \"path\" } }\n"), "conf_value", 1, 46,
	 "\"srv/key\" of resources.a fits no id of form path: a path begins with '/'", "an absolute path"},
	{SG_STR("resources : { a : { type = \"f\"  patterns = [ \"x\" ]  sensitivity = \"public\"  form = \"paths\" } }\n"), "conf_choice", 1, 84,
	 "\"paths\" is not a choice of form", "path"},
	{SG_STR("resources : { a : { type = \"f\"  patterns = [ \"x\" ]  sensitivity = \"public\"  closed = true } }\n"), "conf_type", 1, 86, "closed is true or false", "auto|no|yes"},
	/* kinds, forms, bounds */
	{SG_STR("limits : { use_by = 30 }\n"), "conf_type", 1, 21, "use_by is a number", "\"60s\""},
	{SG_STR("limits : { rate = \"20\" }\n"), "conf_type", 1, 19, "rate is a string", "such as 10"},
	{SG_STR("limits = \"none\"\n"), "conf_type", 1, 10, "limits is a string", "{ ... }"},
	{SG_STR("admins : { mira = 1000 }\n"), "conf_type", 1, 19, "admins.mira is a number", "{ ... }"},
	{SG_STR("agents : { }\nintents : { i : { actions = \"x.*\"  sensitivity = \"public\" } }\n"), "conf_type", 2,
	 29, "actions is a string", "patterns"},
	{SG_STR("issue : { t : { use = \"jwt\"  keys = [ \"a\" ] } }\n"), "conf_type", 1, 37, "keys is a list",
	 "single"},
	{SG_STR("limits : { use_by = \"30\" }\n"), "conf_value", 1, 21, "use_by does not have the form it needs",
	 "\"60s\""},
	{SG_STR("limits : { use_by = \"30 s\" }\n"), "conf_value", 1, 21, "use_by does not have the form it needs",
	 "\"60s\""},
	{SG_STR("limits : { max_body = \"64kb\" }\n"), "conf_value", 1, 23, "max_body does not have the form it needs",
	 "\"64KiB\""},
	{SG_STR("run_dir = \"run\"\n"), "conf_value", 1, 11, "run_dir does not have the form it needs", "absolute"},
	{SG_STR("run_dir = \"/a/../b\"\n"), "conf_value", 1, 11, "run_dir does not have the form it needs", "absolute"},
	{SG_STR("trust_domain = \"ACME.example\"\n"), "conf_value", 1, 16,
	 "trust_domain does not have the form it needs", "lower case"},
	{SG_STR("limits : { burst = 0 }\n"), "conf_range", 1, 20, "burst is out of bounds", "from 1 to 100000"},
	{SG_STR("limits : { policy_deadline = \"6s\" }\n"), "conf_range", 1, 30, "policy_deadline is out of bounds",
	 "from \"1ms\" to \"5s\""},
	{SG_STR("limits : { max_body = \"2MiB\" }\n"), "conf_range", 1, 23, "max_body is out of bounds",
	 "from \"1KiB\" to \"1MiB\""},
	{SG_STR("issue : { t : { use = \"jwt\"  ttl = \"61s\" } }\n"), "conf_range", 1, 36,
	 "ttl of issue.t (\"61s\") is beyond limits.credential_ttl_max (\"60s\")", "limits.credential_ttl_max"},
	{SG_STR("mode = \"develop\"\n"), "conf_choice", 1, 8, "\"develop\" is not a choice of mode", "enforce|dev"},
	{SG_STR("actions : { d : { name = \"d\"  effect = \"run\"  sensitivity = \"public\" } }\n"), "conf_choice", 1,
	 40, "\"run\" is not a choice of effect", "read|write|execute|delegate"},
	{SG_STR("actions : { d : { name = \"d.*\"  effect = \"read\"  sensitivity = \"public\" } }\n"), "conf_value", 1,
	 26, "name does not have the form it needs", "deploy.run"},
	{SG_STR("intents : { i : { actions = [ \"a.b*\" ]  sensitivity = \"public\" } }\n"), "conf_value", 1, 31,
	 "an entry of actions does not have the form it needs", "dotted"},
	{SG_STR("intents : { i : { actions = [ \"a.**.b\" ]  sensitivity = \"public\" } }\n"), "conf_value", 1, 31,
	 "an entry of actions does not have the form it needs", "dotted"},
	{SG_STR("intents : { i : { actions = ( { } )  sensitivity = \"public\" } }\n"), "conf_type", 1, 31,
	 "an entry of actions is a group", "dotted"},
	/* stanzas about each other */
	{SG_STR(ATTEST "agents : { all : { owner = \"o\"  escalate = \"e\"  review_by = \"2027-01-31\"  environment = \"s\"  match = [ \"peer:uid=1\" ]  reach = [ \"x.*\" ] } }\n"),
	 "conf_not_unique", 2, 12, "an agent called all would be everybody to whoever kills it", "another name"},
	{SG_STR(ACTS("authority = [ \".iban\" ]")), "conf_value", 2, 15, "an entry of authority does not have the form it needs", "argument paths"},
	{SG_STR(ACTS("authority = [ \"to..x\" ]")), "conf_value", 2, 15, "an entry of authority does not have the form it needs", "argument paths"},
	{SG_STR(ACTS("narrow = [ \"to[0]\" ]")), "conf_value", 2, 12, "narrow of actions.pay: \"to[0]\" is a place in a list", "name one argument"},
	{SG_STR(ACTS("narrow = [ \"to.0.n\" ]")), "conf_value", 2, 12, "narrow of actions.pay: \"to.0.n\" is a place in a list", "name one argument"},
	{SG_STR(ACTS("narrow = [ \"to.00000000000000000000000000.n\" ]")), "conf_value", 2, 12, "narrow of actions.pay: \"to.00000000000000000000000000.n\" is a place in a list", "name one argument"},
	{SG_STR(ACTS("narrow = [ \"to.-1.n\" ]")), "conf_value", 2, 12, "narrow of actions.pay: \"to.-1.n\" is a place in a list", "name one argument"},
	{SG_STR(ACTS("narrow = [ \"to.*.n\" ]")), "conf_value", 2, 12, "narrow of actions.pay: \"to.*.n\" is a place in a list", "name one argument"},
	{SG_STR(ACTS("narrow = [ \"to['n']\" ]")), "conf_value", 2, 12, "narrow of actions.pay: \"to['n']\" is a place in a list", "name one argument"},
	{SG_STR(ACTS("costs = [ \"money=to.00\" ]")), "conf_value", 2, 11, "costs of actions.pay: \"to.00\" is a place in a list", "name one argument"},
	{SG_STR(ACTS("authority = [ \"ibann\" ]")), "conf_reference", 2, 15, "authority of actions.pay: there is no \"ibann\" in its arguments", "did you mean \"iban\"?"},
	{SG_STR(ACTS("authority = [ \"iban\", \"To.x\" ]")), "conf_reference", 2, 23, "authority of actions.pay: there is no \"To\" in its arguments", "\"to\""},
	{SG_STR(ACTS("narrow = [ \"limit\" ]")), "conf_reference", 2, 12, "narrow of actions.pay: there is no \"limit\" in its arguments", "add it to arguments"},
	{SG_STR(ACTS("costs = [ \"money=amout.x\" ]")), "conf_reference", 2, 11, "costs of actions.pay: there is no \"amout\" in its arguments", "did you mean \"amount\"?"},
	{SG_STR(AGENT("intents = [ \"fix-bug\" ]")), "conf_reference", 4, 13, "there is no \"fix-bug\" in intents",
	 "add it to intents"},
	{SG_STR(AGENT("") "intents : { fix : { actions = [ ]  sensitivity = \"public\" } }\n"
			  "enforcers : { g : { match = [ \"peer:uid=2\" ]  for_agents = [ \"b\" ] } }\n"),
	 "conf_reference", 6, 62, "there is no \"b\" in agents", "add it to agents"},
	{SG_STR(ATTEST "enforcers : { g : { match = [ \"pear:uid=2\" ]  for_agents = [ \"*\" ] } }\n"),
	 "conf_reference", 2, 31, "there is no \"pear\" in attest", "\"peer\"?"},
	{SG_STR(ATTEST "enforcers : { g : { match = [ \"uid=2\" ]  for_agents = [ \"*\" ] } }\n"), "conf_value", 2, 31,
	 ENTRY "it begins with the name of an attest step and a colon", "peer:uid=1001"},
	{SG_STR(LISTEN(READS, "localhost:8443")), "conf_value", 2, 35, FORM, "in numbers"},
	{SG_STR(LISTEN(READS, "127.0.0.1:65536")), "conf_value", 2, 35, FORM, "in numbers"},
	{SG_STR(LISTEN(READS, "127.0.0.1:0")), "conf_value", 2, 35, FORM, "in numbers"},
	{SG_STR(LISTEN(READS, "127.0.0.256:1")), "conf_value", 2, 35, FORM, "in numbers"},
	{SG_STR(LISTEN(READS, "::1:84430")), "conf_value", 2, 35, FORM, "in numbers"},
	{SG_STR(LISTEN(ATTEST, "127.0.0.1:8443")), "conf_attest_stack", 2, 12,
	 "nobody from the network could be known: no attest step that counts reads what is presented", "verify"},
	{SG_STR(ATTEST "listen : { admin : { address = \"[::1]:8443\"  certificate = \"/c\"  key = \"/k\" } }\n"), "conf_reference", 2, 12,
	 "there is no face \"admin\" for the network", "call it enforcer"},
	{SG_STR(ATTEST "enforcers : { g : { match = [ \"peer:uid<2\" ]  for_agents = [ \"*\" ] } }\n"), "conf_value", 2, 31,
	 ENTRY "a fact of a-z, 0-9 and '_' is followed by =, !=, ~ or nothing", "!=value"},
	{SG_STR(ATTEST "enforcers : { g : { match = [ \"peer:exe~/usr/**/x\" ]  for_agents = [ \"*\" ] } }\n"), "conf_value", 2, 31,
	 ENTRY "a pattern is segments between slashes, each plain, or * (one segment), or at the end ** (the rest)", "~pattern"},
	{SG_STR(ATTEST "enforcers : { g : { match = [ \"peer:uid!=0\", \"peer:exe~/*/**\", \"peer:gid\" ]  for_agents = [ \"*\" ] } }\n"),
	 "conf_value", 2, 29, "nothing in the match of enforcers.g says who it is", "STEP:fact=value"},
	{SG_STR("issue : { " FIFTY_SIX STEP("q") "}\n"), "conf_too_many", 1, 1, "more than 56 stanzas in attest, issue, audit and prove", "remove some"},
	{SG_STR("attest : { " SIXTEEN STEP("q") "}\n"), "conf_too_many", 1, 1, "more than 16 steps in attest", "take steps away"},
	{SG_STR(ATTEST "enforcers : { g : { match = [ ]  for_agents = [ \"*\" ] } }\n"), "conf_range", 2, 29,
	 "the number of entries in match is out of bounds", "from 1 to 16"},
	{SG_STR("groups : { ops : { members = [ \"mira\" ] } }\n"), "conf_reference", 1, 32,
	 "there is no \"mira\" in admins", "add it to admins"},
	{SG_STR("actions : { d : { name = \"d\"  effect = \"read\"  sensitivity = \"public\"  credential = \"tok\" } "
		"}\n"
		"issue : { token : { use = \"jwt\" } }\n"),
	 "conf_reference", 1, 85, "there is no \"tok\" in issue", "\"token\"?"},
	{SG_STR("actions : { a : { name = \"d\"  effect = \"read\"  sensitivity = \"public\" }\n"
		"b : { name = \"d\"  effect = \"read\"  sensitivity = \"public\" } }\n"),
	 "conf_not_unique", 2, 14, "\"d\" is the name of actions.a already", "its own"},
	{SG_STR("agents : { a : { owner = \"o\"  escalate = \"e\"  review_by = \"2027-02-29\"  environment = \"s\"\n"
		"match = [ \"peer:uid=1\" ]  reach = [ ] } }\n" ATTEST),
	 "conf_value", 1, 59, "review_by does not have the form it needs", "2027-01-31"},
	{SG_STR("\nattest : { peer : { use = \"peer\"  control = \"optional\" } }\n"
		"agents : { a : { owner = \"o\"  escalate = \"e\"  review_by = \"2028-02-29\"  environment = \"s\"\n"
		"match = [ \"peer:uid=1\" ]  reach = [ ] } }\n"),
	 "conf_attest_stack", 2, 1, "every attest step is optional, so nothing must hold", "required"},
	/* more that people write */
	{SG_STR("mode = “dev”\n"), "conf_syntax", 1, 8, "a character that means nothing here",
	 "strings stand in double quotes: \"text\"", 1},
	{SG_STR("/* é – ü */ mode = 'dev'\n"), "conf_syntax", 1, 20, "a character that means nothing here",
	 "strings stand in double quotes: \"text\"", 1},
	{SG_STR("trust_domain = \"bücher.example\"\n"), "conf_value", 1, 16,
	 "trust_domain does not have the form it needs",
	 "a SPIFFE trust domain in lower case, such as \"acme.example\""},
	{SG_STR("limits : {\r\n\trate = 007\r\n}\r\n"), "conf_leading_zero", 2, 9, "a number with leading zeros",
	 "modes are strings: \"0660\""},
	{SG_STR("limits : {\n\t\tmax_body = 64KiB\n}\n"), "conf_number", 2, 14, "not a number that is read here",
	 "numbers are plain decimal integers; times and sizes are strings such as \"5s\""},
	{SG_STR("limits : {\n  use_by = 5m\n}\n"), "conf_number", 2, 12, "not a number that is read here",
	 "numbers are plain decimal integers; times and sizes are strings such as \"5s\""},
	{SG_STR("limits : { use_by = \"5min\" }\n"), "conf_value", 1, 21, "use_by does not have the form it needs",
	 "a time with its unit (ms, s, m, h, d), such as \"60s\""},
	{SG_STR("limits : { use_by = \"1h30m\" }\n"), "conf_value", 1, 21, "use_by does not have the form it needs",
	 "a time with its unit (ms, s, m, h, d), such as \"60s\""},
	{SG_STR("limits : { use_by = \"-5s\" }\n"), "conf_value", 1, 21, "use_by does not have the form it needs",
	 "a time with its unit (ms, s, m, h, d), such as \"60s\""},
	{SG_STR("limits : { use_by = \"05s\" }\n"), "conf_value", 1, 21, "use_by does not have the form it needs",
	 "a time with its unit (ms, s, m, h, d), such as \"60s\""},
	{SG_STR("limits : { rate = -1 }\n"), "conf_range", 1, 19, "rate is out of bounds", "from 1 to 100000"},
	{SG_STR("limits : { rate = -2147483649 }\n"), "conf_integer", 1, 19, "the number is beyond 32 bits",
	 "the largest is 2147483647"},
	{SG_STR("limits = { rate 5 }\n"), "conf_syntax", 1, 17, "expected = or : after \"rate\"", "write NAME = VALUE"},
	{SG_STR("[limits]\nrate = 5\n"), "conf_syntax", 1, 1, "expected a name", "write NAME = VALUE"},
	{SG_STR("\"mode\": \"dev\"\n"), "conf_syntax", 1, 1, "expected a name", "write NAME = VALUE"},
	{SG_STR("mode == \"dev\"\n"), "conf_syntax", 1, 7, "expected a value", "write NAME = VALUE"},
	{SG_STR("limits.rate = 5\n"), "conf_syntax", 1, 7, "a character that means nothing here",
	 "write SECTION : { NAME = VALUE }; strings stand in double quotes"},
	{SG_STR("limits : ( { rate = 5 } )\n"), "conf_type", 1, 10, "limits is a list", "write NAME : { ... }"},
	{SG_STR("<limits\n"), "conf_syntax", 1, 1, "a character that means nothing here",
	 "strings stand in double quotes: \"text\""},
	{SG_STR("mode = \"dev\" -- for now\n"), "conf_number", 1, 14, "not a number that is read here",
	 "numbers are plain decimal integers; times and sizes are strings such as \"5s\""},
	{SG_STR("mode = null\n"), "conf_syntax", 1, 8, "expected a value", "strings stand in double quotes: \"text\""},
	{SG_STR("mode = true\n"), "conf_type", 1, 8, "mode is true or false", "enforce|dev"},
	{SG_STR("mode = \"Dev\"\n"), "conf_choice", 1, 8, "\"Dev\" is not a choice of mode",
	 "did you mean \"dev\"? one of enforce|dev"},
	{SG_STR("state_dir = \"C:\\state\"\n"), "conf_escape", 1, 16, "unknown escape",
	 "only \\\" and \\\\ are known; write other characters themselves"},
	{SG_STR("state_dir = \"~/state\"\n"), "conf_value", 1, 13, "state_dir does not have the form it needs",
	 "an absolute path without \"..\", such as \"/var/lib/stepgate\""},
	{SG_STR("attest : {\n  peer : { use = \"peer\"  control = \"requird\" }\n}\n"), "conf_choice", 2, 36,
	 "\"requird\" is not a choice of control",
	 "did you mean \"required\"? one of required|requisite|sufficient|optional"},
	{SG_STR("attest : {\n  peer : { control = \"required\" }\n}\n"), "conf_required", 2, 3,
	 "attest.peer has no use", "add use: the module"},
	{SG_STR("attest : { peer : { use = \"peer\" }\n  unit : { use = \"systemd\"  after = \"pear\" } }\n"),
	 "conf_reference", 2, 37, "there is no \"pear\" in attest", "did you mean \"peer\"?"},
	{SG_STR("attest : { peer : { use = \"peer\"  before = \"peer\" } }\n"), "conf_order", 1, 44,
	 "attest.peer waits for itself", "name another step, or remove it"},
	{SG_STR("attest : {\n  a : { use = \"a\"  after = \"c\" }\n  b : { use = \"b\"  after = \"a\" }\n  c : { use = "
		"\"c\"  after = \"b\" }\n}\n"),
	 "conf_order", 2, 28, "no step of these can be first: a waits for c waits for b waits for a",
	 "remove one after or before of them"},
	{SG_STR("attest : {\n  a : { use = \"a\" }\n  b : { use = \"b\"  before = \"a\"  after = \"a\" }\n}\n"),
	 "conf_order", 3, 29, "no step of these can be first: a waits for b waits for a",
	 "remove one after or before of them"},
	{SG_STR("attest : { peer : { use = \"peer\"  after = [ \"unit\" ] } }\n"), "conf_type", 1, 43,
	 "after is a list", "a name of a-z, 0-9, '.', '_' and '-', at most 63"},
	{SG_STR(ATTEST "agents : {\n  helper : {\n    escalate = \"e\"  review_by = \"2027-01-31\"  environment = "
		       "\"s\"\n    match = [ \"peer:uid=1\" ]  reach = [ ]\n  }\n}\n"),
	 "conf_required", 3, 3, "agents.helper has no owner", "add owner: the human who answers for it"},
	{SG_STR(AGENT("instance = \"proces\"")), "conf_choice", 4, 12, "\"proces\" is not a choice of instance",
	 "did you mean \"process\"? one of process|cgroup|unit"},
	{SG_STR(AGENT("review = \"2027-01-31\"")), "conf_unknown", 4, 1, "unknown option \"review\" in agents.a",
	 "did you mean \"review_by\"?"},
	{SG_STR(ATTEST "agents : { a : { owner = \"o\"  escalate = \"e\"  review_by = \"31.01.2027\"  environment = "
		       "\"s\"\nmatch = [ \"peer:uid=1\" ]  reach = [ ] } }\n"),
	 "conf_value", 2, 59, "review_by does not have the form it needs", "a day, such as \"2027-01-31\""},
	{SG_STR(ATTEST "agents : { a : { owner = \"\"  escalate = \"e\"  review_by = \"2027-01-31\"  environment = "
		       "\"s\"\nmatch = [ \"peer:uid=1\" ]  reach = [ ] } }\n"),
	 "conf_range", 2, 26, "the length of owner is out of bounds", "from 1 to 254"},
	{SG_STR(ATTEST "agents : { a : { owner = \"o\"  escalate = \"e\"  review_by = \"2027-01-31\"  environment = "
		       "\"s\"\nmatch = [ \"peer:uid=1\", \"unit:name=x\" ]  reach = [ ] } }\n"),
	 "conf_reference", 3, 25, "there is no \"unit\" in attest", "add it to attest"},
	{SG_STR("agents : { a : { owner = \"o\"  escalate = \"e\"  review_by = \"2027-01-31\"  environment = "
		"\"s\"\nmatch = [ \"peer:uid=1\" ]  reach = [ ] } }\n"),
	 "conf_attest_stack", 1, 1, "there are agents and no attest step",
	 "add peer : { use = \"peer\"  control = \"required\" }", 1},
	{SG_STR("agents : {\n  a : { owner = \"o\" }\n  a : { owner = \"p\" }\n}\n"), "conf_duplicate", 3, 3,
	 "\"a\" stands at line 2 already", "remove one"},
	{SG_STR("limits : { }\nlimits : { }\n"), "conf_duplicate", 2, 1, "\"limits\" stands at line 1 already",
	 "remove one"},
	{SG_STR("admins : { mira : { uid = \"mira\" } }\n"), "conf_type", 1, 27, "uid is a string",
	 "a number, such as 10"},
	{SG_STR("admins : { mira : { uid = 1, gid = 1 } }\n"), "conf_unknown", 1, 30,
	 "unknown option \"gid\" in admins.mira", "did you mean \"uid\"?"},
	{SG_STR("actions : { d : { name = \"d\"  effect = \"read\"  sensitivity = \"public\"\n  credential = \"none\" "
		"} }\n"),
	 "conf_reference", 2, 16, "there is no \"none\" in issue", "add it to issue"},
	{SG_STR("issue : { t : { use = \"jwt\"  audience = \"api\" } }\n"), "conf_type", 1, 41, "audience is a string",
	 "strings, such as [ \"a\", \"b\" ]"},
	{SG_STR("issue : { t : { use = \"jwt\"  ttl = \"2h\" } }\n"), "conf_range", 1, 36, "ttl is out of bounds",
	 "from \"1s\" to \"1h\""},
	{SG_STR("intents : { i : { actions = [ ]  sensitivity = \"public\"  ttl = \"9h\" } }\n"), "conf_range", 1, 64,
	 "ttl of intents.i (\"9h\") is beyond limits.task_ttl_max (\"8h\")", "lower it, or raise limits.task_ttl_max"},
	{SG_STR("run_dir = "
		"\"/run/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n"),
	 "conf_range", 1, 11, "the length of run_dir is out of bounds", "from 1 to 90"},
	{SG_STR("a={b={c={d={e={f={g={h={i={j={k={l={m={n={o={p={q={}}}}}}}}}}}}}}}}}\n"), "conf_depth", 1, 51,
	 "more than 16 brackets within each other", "take brackets away"},
	{SG_STR("@bind mode\n"), "conf_syntax", 1, 1, "nothing starts with @", "strings stand in double quotes"},
	{SG_STR("mode = \"dev\" \"enforce\"\n"), "conf_comma", 1, 14, "a string right behind a string",
	 "libconfig would join the two"},
	{SG_STR("rate = 5\n"), "conf_unknown", 1, 1, "unknown option \"rate\"", "it stands in limits : { ... }"},
	/* where the office is */
	{SG_STR("office : { zone = \"Europe/Berln\" }\n"), "conf_reference", 1, 19, "there is no zone \"Europe/Berln\" in /usr/share/zoneinfo", "did you mean \"Europe/Berlin\"?"},
	{SG_STR("office : { zone = \"Nowhere/Land_of_Oz\" }\n"), "conf_reference", 1, 19, "there is no zone \"Nowhere/Land_of_Oz\" in /usr/share/zoneinfo", "Europe/Berlin"},
	{SG_STR("office : { zone = \"Europe\" }\n"), "conf_reference", 1, 19, "there is no zone \"Europe\" in /usr/share/zoneinfo", "timedatectl"},
	{SG_STR("office : { zone = \"zone.tab\" }\n"), "conf_value", 1, 19, "zone does not have the form it needs", "Europe/Berlin"},
	{SG_STR("office : { zone = \"../../../etc/localtime\" }\n"), "conf_value", 1, 19, "zone does not have the form it needs", "Europe/Berlin"},
	{SG_STR("office : { zone = \"/etc/localtime\" }\n"), "conf_value", 1, 19, "zone does not have the form it needs", "Europe/Berlin"},
	{SG_STR("office : { zone = \"\" }\n"), "conf_range", 1, 19, "the length of zone is out of bounds", "from 1 to 63"},
	{SG_STR("office : { zone = 1 }\n"), "conf_type", 1, 19, "zone is a number", "Europe/Berlin"},
	{SG_STR("office : { hours = \"mon-fri 08:00-18:00\" }\n"), "conf_type", 1, 20, "hours is a string", "[ \"mon-fri 08:00-18:00\""},
	{SG_STR("office : { hours = [ \"mon-fri 08:00-18:00\", \"Sat 09:00-12:00\" ] }\n"), "conf_value", 1, 45,
	 "an entry of hours does not have the form it needs: the days are mon, tue, wed, thu, fri, sat, sun, or two of them with a - between", "days of the week and hours"},
	{SG_STR("office : { hours = [ \"mon 8-18\" ] }\n"), "conf_value", 1, 22, "an entry of hours does not have the form it needs: the hours are HH:MM-HH:MM, from 00:00 to 24:00", "08:00-18:00"},
	{SG_STR("office : { hours = [ \"mon 08:00-08:00\" ] }\n"), "conf_value", 1, 22, "an entry of hours does not have the form it needs: they end when they begin; a whole day is 00:00-24:00", "08:00-18:00"},
	{SG_STR("office : { holidays = [ \"2026-02-29\" ] }\n"), "conf_value", 1, 25, "an entry of holidays does not have the form it needs", "2026-12-25"},
	{SG_STR("office : { holidays = [ \"25.12.2026\" ] }\n"), "conf_value", 1, 25, "an entry of holidays does not have the form it needs", "2026-12-25"},
	{SG_STR("office : { offsets = [ \"0 3600\" ] }\n"), "conf_unknown", 1, 12, "unknown option \"offsets\" in office", "`stepgate config explain office` lists what there is"},
	{SG_STR("office : { holiday = [ ] }\n"), "conf_unknown", 1, 12, "unknown option \"holiday\" in office", "did you mean \"holidays\"?"},
	/* tasks, people, tools */
	{SG_STR("intents : { i : { actions = [ ]  sensitivity = \"internal\"  budgets = [ \"money=5/1d\" ] } }\n"), "conf_value", 1, 72,
	 "a budget of a task is for its whole life", "leave the window out"},
	{SG_STR("intents : { i : { actions = [ ]  sensitivity = \"internal\"  budgets = [ \"gold=5\" ] } }\n"), "conf_value", 1, 72,
	 "an entry of budgets does not have the form it needs", "DIMENSION=AMOUNT"},
	{SG_STR("actions : { a : { name = \"a.b\"  effect = \"read\"  sensitivity = \"public\"  costs = [ \"money=\" ] } }\n"), "conf_value", 1, 84,
	 "an entry of costs does not have the form it needs", "DIMENSION=ARGUMENT"},
	{SG_STR("actions : { a : { name = \"a.b\"  effect = \"read\"  sensitivity = \"public\"  arguments = [ \"x:float\" ] } }\n"), "conf_value", 1, 88,
	 "an entry of arguments does not have the form it needs", "NAME:TYPE"},
	{SG_STR("actions : { a : { name = \"unknown\"  effect = \"read\"  sensitivity = \"public\" } }\n"), "conf_value", 1, 26,
	 "\"unknown\" says where a value came from and is no action's name", "dotted name"},
	{SG_STR("actions : { a : { name = \"self\"  effect = \"read\"  sensitivity = \"public\" } }\n"), "conf_value", 1, 26,
	 "\"self\" says where a value came from and is no action's name", "dotted name"},
	{SG_STR("actions : { a : { name = \"mcp.s.tools.t\"  effect = \"read\"  sensitivity = \"internal\" } }\ntools : { t : { action = \"mcp.s.tools.tt\"  server = \"s\"  tool = \"t\"  digest = \"" D64 "\" } }\n"), "conf_reference", 2, 26, "there is no action named \"mcp.s.tools.tt\"", "\"mcp.s.tools.t\""},
	{SG_STR("actions : { a : { name = \"mcp.s.tools.t\"  effect = \"read\"  sensitivity = \"internal\" } }\ntools : { t : { action = \"mcp.s.tools.t\"  server = \"s\"  tool = \"u\"  digest = \"" D64 "\" } }\n"), "conf_value", 2, 26, "the tool \"u\" of the server \"s\" is another action", "mcp.s.tools.u"},
	{SG_STR("actions : { a : { name = \"mcp.s.tools.t\"  effect = \"read\"  sensitivity = \"internal\" } }\ntools : { t : { action = \"mcp.s.tools.t\"  server = \"r\"  tool = \"t\"  digest = \"" D64 "\" } }\n"), "conf_value", 2, 26, "the tool \"t\" of the server \"r\" is another action", "mcp.r.tools.t"},
	{SG_STR("tools : { t : { action = \"a.b\"  server = \"s\"  tool = \"t\"  digest = \"abc\" } } actions : { a : { name = \"a.b\"  effect = \"read\"  sensitivity = \"internal\" } }\n"), "conf_range", 1, 68, "the length of digest is out of bounds", "from 64"},
	{SG_STR("intents : { i : { actions = [ ]  sensitivity = \"internal\"  roles = [ \"planer\" ] } }\nroles : { planner : { } }\n"), "conf_reference", 1, 70,
	 "there is no \"planer\" in roles", "planner"},
	{SG_STR("humans : { a : { id = \"x@y\" } b : { id = \"x@y\" } }\n"), "conf_not_unique", 1, 42, "\"x@y\" is the id of humans.a already", "one stanza"},
	{SG_STR("admins : { x : { uid = 1 } }\n" AGENT("")), "conf_value", 4, 9, "uid 1 is admins.x: as agents.a everything that user runs is an agent, and could operate nothing", "a user of its own"},
	{SG_STR("humans : { h : { id = \"o\"  quota = 0 } }\n" AGENT("")), "conf_too_many", 3, 26, "agents.a is one more than humans.h may own (quota 0)", "raise the quota"},
	{SG_STR(AGENT("autonomy = \"full\"")), "conf_choice", 4, 12, "\"full\" is not a choice of autonomy", "read-only"},
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
		size_t len = strlen(want->what);
		bool same = strcmp(got->code, want->code) == 0 && got->line == want->line &&
			    got->column == want->column && strncmp(got->what, want->what, len) == 0 &&
			    (got->what[len] == '\0' || strchr(got->what, '/') != NULL) &&
			    strstr(got->hint, want->hint) != NULL && want->hint[0] != '\0';
		if (!same) {
			printf("\n    mistake %zu: wanted %s at %u:%u \"%s\" with \"%s\", got %s", i, want->code,
			       want->line, want->column, want->what, want->hint, got->code);
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
	CU_ASSERT(sizeof(mistakes) / sizeof(mistakes[0]) >= 60);
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct folder f;
		folder_open(&f);
		folder_put(&f, "stepgate.conf", mistakes[i].text);
		folder_load(&f, NULL);
		if (f.errors.count != 1 + mistakes[i].more)
			folder_show(&f);
		CU_ASSERT_EQUAL(f.errors.count, 1 + mistakes[i].more);
		folder_close(&f);
	}
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
	folder_put(&f, "stepgate.conf", SG_STR("attest : { " SIXTEEN "}\n"));
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_OK);
	folder_close(&f);
}

SG_CASES("conf.mistakes", {"each mistake has its code, place and hint", test_mistakes},
	 {"as many steps as there may be", test_most_steps}, {"one mistake, one message", test_one_each}, {"what is allowed without agents", test_no_agents_stack},
	 {"all at once, up to the bound", test_many}, {"as people and programs read them", test_printed},
	 {"nothing unprintable gets out", test_unprintable})
