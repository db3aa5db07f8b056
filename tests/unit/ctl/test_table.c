/* SPDX-License-Identifier: Apache-2.0
 * One table: everything that can be typed has help, stands in the manual and is completed; nothing else is taken. */
#include "unit/cases.h"

#include "base/str.h"
#include "ctl/find.h"

#include <string.h>
#include <unistd.h>

static char *
made_by(void (*write)(FILE *))
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	write(to);
	fclose(to);
	return text;
}

static void
bash(FILE *to)
{
	CU_ASSERT_TRUE(sg_ctl_completion(to, "bash"));
}

static void
zsh(FILE *to)
{
	CU_ASSERT_TRUE(sg_ctl_completion(to, "zsh"));
}

static void
fish(FILE *to)
{
	CU_ASSERT_TRUE(sg_ctl_completion(to, "fish"));
	CU_ASSERT_FALSE(sg_ctl_completion(to, "csh"));
}

/* As a manual page writes it. */
static void
roff(const char *text, char *out)
{
	for (; *text != '\0'; text++) {
		if (*text == '-')
			*out++ = '\\';
		*out++ = *text;
	}
	*out = '\0';
}

static void
test_each_command(void)
{
	char *help = made_by(sg_ctl_help), *man = made_by(sg_ctl_man), *in_bash = made_by(bash), *in_zsh = made_by(zsh), *in_fish = made_by(fish);
	for (size_t i = 0; i < sg_ctl_command_count; i++) {
		const struct sg_ctl_command *c = &sg_ctl_commands[i];
		char quoted[64], first[64];
		CU_ASSERT_PTR_NOT_NULL(c->run);
		CU_ASSERT_TRUE(strlen(c->text) > 3);
		CU_ASSERT_TRUE(c->least <= c->most);
		CU_ASSERT_PTR_NOT_NULL(strstr(help, c->words));
		CU_ASSERT_PTR_NOT_NULL(strstr(help, c->text));
		CU_ASSERT_PTR_NOT_NULL(strstr(man, c->words));
		snprintf(quoted, sizeof(quoted), "\"%s", c->words);
		CU_ASSERT_PTR_NOT_NULL(strstr(in_bash, quoted));
		CU_ASSERT_PTR_NOT_NULL(strstr(in_zsh, quoted));
		snprintf(first, sizeof(first), "'%.*s:", (int)strcspn(c->words, " "), c->words);
		CU_ASSERT_PTR_NOT_NULL(strstr(in_zsh, first));
		snprintf(quoted, sizeof(quoted), "-a '%s'", strrchr(c->words, ' ') != NULL ? strrchr(c->words, ' ') + 1 : c->words);
		CU_ASSERT_PTR_NOT_NULL(strstr(in_fish, quoted));
	}
	free(help);
	free(man);
	free(in_bash);
	free(in_zsh);
	free(in_fish);
}

static void
test_each_option(void)
{
	char *man = made_by(sg_ctl_man);
	for (int i = 0; i < SG_CTL_OPTION_COUNT; i++) {
		char name[64];
		bool used = i == SG_CTL_OPTION_man || i == SG_CTL_OPTION_completion || i == SG_CTL_OPTION_version;
		roff(sg_ctl_options[i].name, name);
		CU_ASSERT_PTR_NOT_NULL(strstr(man, name));
		for (size_t c = 0; c < sg_ctl_command_count; c++)
			used |= (sg_ctl_commands[c].options & (UINT64_C(1) << i)) != 0;
		CU_ASSERT_TRUE(used);
		for (int k = 0; k < i; k++) {
			CU_ASSERT_STRING_NOT_EQUAL(sg_ctl_options[i].name, sg_ctl_options[k].name);
			CU_ASSERT_TRUE(sg_ctl_options[i].letter == 0 ||
				       sg_ctl_options[i].letter != sg_ctl_options[k].letter);
		}
	}
	CU_ASSERT_TRUE(SG_CTL_OPTION_COUNT <= 64);
	free(man);
}

static void
test_help_of_each(void)
{
	for (size_t i = 0; i < sg_ctl_command_count; i++) {
		char *text = NULL;
		size_t len = 0;
		FILE *to = open_memstream(&text, &len);
		sg_ctl_help_command(to, &sg_ctl_commands[i]);
		fclose(to);
		for (int k = 0; k < SG_CTL_OPTION_COUNT; k++) {
			char name[64];
			snprintf(name, sizeof(name), "  --%s ", sg_ctl_options[k].name);
			bool there = strstr(text, name + 1) != NULL || strstr(text, sg_ctl_options[k].text) != NULL;
			CU_ASSERT_EQUAL(there, (sg_ctl_commands[i].options & (UINT64_C(1) << k)) != 0);
		}
		free(text);
	}
}

/* ---- the parser; what it says goes nowhere ---- */

static int
parse(struct sg_ctl *ctl, char **argv)
{
	int argc = 0, kept = dup(STDERR_FILENO);
	while (argv[argc] != NULL)
		argc++;
	FILE *nowhere = freopen("/dev/null", "w", stderr);
	CU_ASSERT_PTR_NOT_NULL_FATAL(nowhere);
	*ctl = (struct sg_ctl){0};
	int code = sg_ctl_parse(ctl, sg_ctl_commands, sg_ctl_command_count, argc, argv);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	return code;
}

#define PARSE(ctl, ...) parse((ctl), (char *[]){__VA_ARGS__, NULL})

static void
test_parse(void)
{
	struct sg_ctl ctl;
	CU_ASSERT_EQUAL(PARSE(&ctl, "approvals", "approve", "a-1", "--json"), SG_CTL_OK);
	CU_ASSERT_EQUAL(ctl.command->run, sg_ctl_approvals_approve);
	CU_ASSERT_STRING_EQUAL(ctl.args[0], "a-1");
	CU_ASSERT_TRUE(ctl.json);
	CU_ASSERT_EQUAL(PARSE(&ctl, "--run", "/x", "approvals", "--all"), SG_CTL_OK);
	CU_ASSERT_EQUAL(ctl.command->run, sg_ctl_approvals_list);
	CU_ASSERT_STRING_EQUAL(ctl.option[SG_CTL_OPTION_run], "/x");
	CU_ASSERT_EQUAL(PARSE(&ctl, "act", "t", "a.b", "--arg", "a=1", "--arg=b:=2", "-r", "x:y"), SG_CTL_OK);
	CU_ASSERT_EQUAL(ctl.given_count, 3);
	CU_ASSERT_EQUAL(ctl.given[1].option, SG_CTL_OPTION_arg);
	CU_ASSERT_STRING_EQUAL(ctl.given[1].value, "b:=2");
	CU_ASSERT_EQUAL(ctl.given[2].option, SG_CTL_OPTION_resource);
	CU_ASSERT_EQUAL(PARSE(&ctl, "why", "--", "-x"), SG_CTL_OK);
	CU_ASSERT_STRING_EQUAL(ctl.args[0], "-x");
	CU_ASSERT_EQUAL(PARSE(&ctl, "introspect", "-"), SG_CTL_OK);
	CU_ASSERT_EQUAL(PARSE(&ctl, "why", "--help"), SG_CTL_OK);
	CU_ASSERT_EQUAL(PARSE(&ctl, "--version"), SG_CTL_OK);
	CU_ASSERT_PTR_NULL(ctl.command);
}

static void
test_refused(void)
{
	struct sg_ctl ctl;
	CU_ASSERT_EQUAL(PARSE(&ctl, "approvals", "app", "a-1"), SG_CTL_USAGE);
	CU_ASSERT_EQUAL(PARSE(&ctl, "stat"), SG_CTL_USAGE);
	CU_ASSERT_EQUAL(PARSE(&ctl, "status", "--jso"), SG_CTL_USAGE); /* a unique beginning is no name */
	CU_ASSERT_EQUAL(PARSE(&ctl, "status", "--json=1"), SG_CTL_USAGE);
	CU_ASSERT_EQUAL(PARSE(&ctl, "status", "--run"), SG_CTL_USAGE);
	CU_ASSERT_EQUAL(PARSE(&ctl, "status", "--run", "a", "--run", "b"), SG_CTL_USAGE);
	CU_ASSERT_EQUAL(PARSE(&ctl, "status", "--all"), SG_CTL_USAGE);
	CU_ASSERT_EQUAL(PARSE(&ctl, "status", "-jf"), SG_CTL_USAGE);
	CU_ASSERT_EQUAL(PARSE(&ctl, "status", "more"), SG_CTL_USAGE);
	CU_ASSERT_EQUAL(PARSE(&ctl, "why"), SG_CTL_USAGE);
	CU_ASSERT_EQUAL(PARSE(&ctl, "audit"), SG_CTL_LISTED);
	CU_ASSERT_EQUAL(PARSE(&ctl, "a", "b", "c", "d", "e", "f", "g", "h"), SG_CTL_USAGE);
}

/* Help has a place for each, by who uses it. */
static void
test_readers(void)
{
	for (size_t i = 0; i < sg_ctl_command_count; i++) {
		if (sg_ctl_reader_of(&sg_ctl_commands[i]) >= 6)
			fprintf(stderr, "  %s\n", sg_ctl_commands[i].words);
		CU_ASSERT_TRUE(sg_ctl_reader_of(&sg_ctl_commands[i]) < 6);
	}
}

static void
test_pairs_limit(void)
{
	static char pair[] = "--arg=a=b";
	char *argv[SG_CTL_GIVEN + 5] = {"act", "t", "a.b"};
	struct sg_ctl ctl;
	for (size_t i = 0; i < SG_CTL_GIVEN; i++)
		argv[3 + i] = pair;
	CU_ASSERT_EQUAL(parse(&ctl, argv), SG_CTL_OK);
	argv[3 + SG_CTL_GIVEN] = pair;
	CU_ASSERT_EQUAL(parse(&ctl, argv), SG_CTL_USAGE);
}

static void
test_plain(void)
{
	char id[130];
	memset(id, 'a', sizeof(id));
	id[128] = '\0';
	CU_ASSERT_TRUE(sg_ctl_plain(id));
	id[128] = 'a';
	id[129] = '\0';
	CU_ASSERT_FALSE(sg_ctl_plain(id));
	CU_ASSERT_TRUE(sg_ctl_plain("d12-00ff"));
	CU_ASSERT_FALSE(sg_ctl_plain(""));
	CU_ASSERT_FALSE(sg_ctl_plain("../status"));
	CU_ASSERT_FALSE(sg_ctl_plain("a?all=yes"));
	CU_ASSERT_FALSE(sg_ctl_plain("a\r\nX: y"));
	CU_ASSERT_FALSE(sg_ctl_plain("%2e"));
}

/* ---- the body of an act ---- */

static void
body_is(const char *want, char **argv)
{
	struct sg_ctl ctl;
	struct sg_buf body;
	int code = SG_CTL_OK;
	sg_buf_init(&body, SG_CTL_BODY);
	CU_ASSERT_EQUAL_FATAL(parse(&ctl, argv), SG_CTL_OK);
	int kept = dup(STDERR_FILENO);
	CU_ASSERT_PTR_NOT_NULL_FATAL(freopen("/dev/null", "w", stderr));
	bool good = sg_ctl_act_body(&ctl, ctl.args[0], ctl.args[1], &body, &code);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	CU_ASSERT_EQUAL(good, want != NULL);
	CU_ASSERT_TRUE(want != NULL ? sg_str_is(sg_buf_view(&body), want) : code == SG_CTL_USAGE);
	sg_buf_done(&body);
}

#define BODY(want, ...) body_is((want), (char *[]){"act", "t-1", "fs.read", "--key", "k", __VA_ARGS__, NULL})

static void
test_body(void)
{
	BODY("{\"action\":\"fs.read\",\"arguments\":{\"a\":\"007\",\"b\":[1,true]},\"key\":\"k\",\"resource\":{\"id\":"
	     "\"x:y\",\"type\":\"file\"},"
	     "\"task\":\"t-1\"}",
	     "--arg", "b:=[1, true]", "--arg", "a=007", "--resource", "file:x:y");
	BODY("{\"action\":\"fs.read\",\"arguments\":{},\"context\":{\"approval\":\"a-1\"},\"key\":\"k\",\"task\":\"t-"
	     "1\"}",
	     "--approval", "a-1");
	BODY("{\"action\":\"fs.read\",\"arguments\":{\"a\":\"x=\\\"y\\\"\"},\"key\":\"k\",\"task\":\"t-1\"}", "--arg",
	     "a=x=\"y\"");
	BODY(NULL, "--arg", "nothing");
	BODY(NULL, "--arg", "=x");
	BODY(NULL, "--arg", ":=1");
	BODY(NULL, "--arg", "a:=01");
	BODY(NULL, "--arg", "a:=1,\"b\":2");
	BODY(NULL, "--arg", "a:=1},\"context\":{\"b\":1");
	BODY(NULL, "--arg", "a:=");
	BODY(NULL, "--arg", "a=1", "--arg", "a=2");
	BODY(NULL, "--arg", "a=\377");
	BODY(NULL, "--resource", "file:x", "--resource", "file:y");
	BODY(NULL, "--resource", "file");
	BODY(NULL, "--resource", ":x");
	BODY(NULL, "--resource", "file:");
}

SG_CASES("ctl.table", {"each command has help, manual and completion", test_each_command},
	 {"each option stands in the manual, is used, is unique", test_each_option},
	 {"a command's help shows its options and no others", test_help_of_each}, {"command lines", test_parse},
	 {"command lines that are wrong", test_refused}, {"as many --arg as fit, and one more", test_pairs_limit},
	 {"what may stand in a path", test_plain}, {"bodies of act", test_body}, {"each has its readers", test_readers})
