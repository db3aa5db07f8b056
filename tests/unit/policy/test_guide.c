/* SPDX-License-Identifier: Apache-2.0
 * The guide is true: each of its blocks and each example is loaded and tried, line by line; the reference is what the
 * code says.
 *   -- try: ACTION ARGS [tainted] [effect=WORD] [hour=N] [weekday=N] [closed] [steps=N] [denied=N] [history=JSON] [provenance=JSON]
 *   [result=WORD] => KINDS sorted, "none", or an error code */
#include "unit/policy/world.h"

#include "policy/spec.h"

#include <dirent.h>
#include <stdlib.h>

static char file_text[1 << 16];

static const char *
read_whole(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t len = file == NULL ? 0 : fread(file_text, 1, sizeof(file_text) - 1, file);
	if (file != NULL)
		fclose(file);
	file_text[len] = '\0';
	return file_text;
}

struct question {
	char action[128], args[1024], history[1024], provenance[1024], result[32], effect[32], want[128];
	bool tainted, closed;
	int hour, weekday, steps, denied;
};

/* Cuts the next word at a blank outside brackets; NULL at the end. */
static char *
next_word(char **rest)
{
	char *word = *rest, *at = word;
	for (int depth = 0; *at != '\0' && (depth > 0 || *at != ' '); at++)
		depth += *at == '{' || *at == '[' ? 1 : *at == '}' || *at == ']' ? -1 : 0;
	*rest = *at == '\0' ? at : at + 1;
	*at = '\0';
	return word[0] == '\0' ? NULL : word;
}

static void
read_word(struct question *q, const char *word)
{
	q->tainted |= strcmp(word, "tainted") == 0;
	q->closed |= strcmp(word, "closed") == 0;
	sscanf(word, "hour=%d", &q->hour);
	sscanf(word, "weekday=%d", &q->weekday);
	sscanf(word, "steps=%d", &q->steps);
	sscanf(word, "denied=%d", &q->denied);
	sscanf(word, "provenance=%1023s", q->provenance);
	sscanf(word, "history=%1023[^\n]", q->history);
	sscanf(word, "result=%31s", q->result);
	sscanf(word, "effect=%31s", q->effect);
}

static bool
read_question(char *line, struct question *q)
{
	char *arrow = strstr(line, " => "), *rest = line;
	*q = (struct question){.hour = 9, .weekday = 1, .history = "{}", .provenance = "[]", .effect = "read"};
	if (arrow == NULL)
		return false;
	*arrow = '\0';
	snprintf(q->want, sizeof(q->want), "%s", arrow + 4);
	char *word = next_word(&rest);
	snprintf(q->action, sizeof(q->action), "%s", word == NULL ? "" : word);
	word = next_word(&rest);
	snprintf(q->args, sizeof(q->args), "%s", word == NULL ? "" : word);
	while ((word = next_word(&rest)) != NULL)
		read_word(q, word);
	return true;
}

static void
ask(struct sg_policy *policy, const struct question *q, struct sg_buf *answer)
{
	static const char form[] =
		"{\"action\":{\"authority\":[\"iban\"],\"class\":\"data\",\"effect\":\"%s\",\"environment\":\"\","
		"\"name\":\"%s\",\"sensitivity\":\"internal\"},"
		"\"agent\":{\"autonomy\":\"autonomous\",\"environment\":\"staging\",\"id\":\"spiffe://acme.example/a\","
		"\"name\":\"a\",\"owner\":\"mira\",\"review_left\":86400000,\"strength\":\"boundary\"},"
		"\"approval\":null,\"args\":%s,\"context\":{},\"enforcer\":null,\"history\":%s,"
		"\"instance\":{\"facts\":{},\"id\":\"i1\",\"labels\":[],\"sensitivity\":\"internal\"},"
		"\"outcome\":%s%s%s,\"provenance\":%s,"
		"\"resource\":{\"environment\":\"\",\"id\":\"res-7\",\"known\":true,\"owner\":\"\",\"properties\":{},"
		"\"sensitivity\":\"internal\",\"type\":\"thing\"},\"sensitivity\":\"internal\","
		"\"task\":{\"age\":5000,\"budget\":{\"money\":100000},\"chain\":[{\"agent\":\"a\",\"intent\":\"fix-bug\","
		"\"narrowed\":[],\"role\":null,\"task\":\"t1\"}],\"classes\":[],\"denied\":%d,\"depth\":0,"
		"\"environment\":\"staging\",\"id\":\"t1\",\"intent\":\"fix-bug\",\"labels\":[%s],\"left\":60000,"
		"\"on_behalf_of\":null,\"parent\":null,\"role\":null,\"root\":\"t1\",\"sensitivity\":\"internal\","
		"\"step_ups\":0,\"steps\":%d,\"tainted\":%s},"
		"\"time\":{\"here\":{\"date\":\"2026-09-21\",\"holiday\":false,\"hour\":%d,\"minute\":30,\"office\":%s,\"offset\":0,\"weekday\":%d,\"zone\":\"UTC\"},"
		"\"hour\":%d,\"minute\":30,\"unix\":1790000000,\"weekday\":1}}";
	char request[8192];
	bool after = q->result[0] != '\0';
	snprintf(request, sizeof(request), form, q->effect, q->action, q->args, q->history,
		 after ? "{\"labels\":[],\"result\":\"" : "null", q->result, after ? "\"}" : "", q->provenance, q->denied,
		 q->tainted ? "\"mail:1\"" : "", q->steps, q->tainted ? "true" : "false", q->hour, q->closed ? "false" : "true", q->weekday, q->hour);
	CU_ASSERT_EQUAL((after ? sg_policy_after : sg_policy_judge)(policy, sg_str(request), answer), SG_OK);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The kinds of all effects, sorted, or the error's code, or "none". */
static void
summarise(struct sg_str answer, char *out, size_t room)
{
	static char words[64][32];
	const char *list[64];
	struct sg_arena arena;
	const struct sg_json *root = NULL;
	struct sg_str text;
	size_t count = 0, len = 0;
	sg_arena_init(&arena, 8 << 20);
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, answer, NULL, &root, NULL), SG_OK);
	const struct sg_json *effects = sg_json_get(root, "effects");
	for (const struct sg_json *e = sg_json_first(effects); e != NULL && count < 64; e = sg_json_next(effects, e)) {
		CU_ASSERT_TRUE(sg_json_string(sg_json_get(sg_json_get(e, "effect"), "kind"), &text));
		snprintf(words[count], sizeof(words[count]), "%.*s", SG_STR_ARG(text));
		list[count] = words[count];
		count++;
	}
	qsort(list, count, sizeof(list[0]), by_text);
	snprintf(out, room, "none");
	for (size_t i = 0; i < count; i++)
		len += (size_t)snprintf(out + len, room - len, "%s%s", i == 0 ? "" : " ", list[i]);
	if (sg_json_string(sg_json_get(sg_json_get(root, "error"), "code"), &text))
		snprintf(out, room, "%.*s", SG_STR_ARG(text));
	sg_arena_done(&arena);
}

/* The order in which a line of the guide names kinds does not matter. */
static void
sort_words(char *text)
{
	char copy[128], *list[16], *rest;
	size_t count = 0, len = 0;
	snprintf(copy, sizeof(copy), "%s", text);
	for (char *word = strtok_r(copy, " ", &rest); word != NULL && count < 16; word = strtok_r(NULL, " ", &rest))
		list[count++] = word;
	qsort(list, count, sizeof(list[0]), by_text);
	for (size_t i = 0; i < count; i++)
		len += (size_t)sprintf(text + len, "%s%s", i == 0 ? "" : " ", list[i]);
}

static int
try_lines(struct sg_policy *policy, const char *text)
{
	static const char mark[] = "-- try: ";
	int done = 0;
	for (const char *at = text; (at = strstr(at, mark)) != NULL; done++) {
		char line[2048], got[256];
		struct question q;
		struct sg_buf answer;
		at += sizeof(mark) - 1;
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
		CU_ASSERT_TRUE_FATAL(read_question(line, &q));
		sg_buf_init(&answer, 1 << 16);
		ask(policy, &q, &answer);
		summarise(sg_buf_view(&answer), got, sizeof(got));
		sort_words(q.want);
		if (strcmp(got, q.want) != 0) {
			printf("\n  %s: wanted %s, got %.*s", q.action, q.want, SG_STR_ARG(sg_buf_view(&answer)));
			CU_FAIL("the guide is wrong");
		}
		sg_buf_done(&answer);
	}
	return done;
}

/* A block of tests is a spec; story.policy-test asks it of the block before it. */
static int
read_spec(const char *text)
{
	struct sg_policy_source source = {SG_STR("guide_test.lua"), sg_str(text)};
	struct sg_buf report;
	int tests = 0;
	sg_buf_init(&report, SG_SPEC_REPORT);
	CU_ASSERT_EQUAL(sg_policy_spec(&source, &report), SG_OK);
	sg_buf_add(&report, "", 1);
	for (const char *at = report.ptr; (at = strstr(at, "\"expect\":")) != NULL; at++)
		tests++;
	sg_buf_done(&report);
	return tests;
}

static int
try_set(const char *text)
{
	if (strstr(text, "\ntest {") != NULL)
		return read_spec(text);
	struct sg_policy *policy = world_load(text);
	if (policy == NULL) {
		printf("\n  %s\n  %s", text, world_report);
		CU_FAIL("does not load");
		return 0;
	}
	int done = try_lines(policy, text);
	sg_policy_free(policy);
	return done;
}

static void
guide(void)
{
	int blocks = 0, tries = 0;
	const char *at = read_whole(SG_SOURCE_DIR "/lua/README.md");
	while ((at = strstr(at, "```lua\n")) != NULL) {
		static char block[1 << 14];
		const char *end = strstr(at += 7, "```");
		CU_ASSERT_PTR_NOT_NULL_FATAL(end);
		snprintf(block, sizeof(block), "%.*s", (int)(end - at), at);
		tries += try_set(block);
		at = end + 3;
		blocks++;
	}
	printf(" %d blocks, %d tries ", blocks, tries);
	CU_ASSERT_TRUE(blocks >= 12 && tries >= 40);
}

static void
examples(void)
{
	int files = 0;
	DIR *folder = opendir(SG_SOURCE_DIR "/lua/examples");
	CU_ASSERT_PTR_NOT_NULL_FATAL(folder);
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		char path[4096];
		if (strstr(entry->d_name, ".lua") == NULL)
			continue;
		snprintf(path, sizeof(path), SG_SOURCE_DIR "/lua/examples/%s", entry->d_name);
		CU_ASSERT_TRUE(try_set(read_whole(path)) >= 3);
		files++;
	}
	closedir(folder);
	CU_ASSERT_TRUE(files >= 4);
}

static void
same(enum sg_policy_format format, const char *path)
{
	struct sg_buf out;
	sg_buf_init(&out, 1 << 16);
	sg_policy_api_write(&out, format);
	if (getenv("SG_WRITE_REFERENCE") != NULL) {
		FILE *file = fopen(path, "wb");
		CU_ASSERT_PTR_NOT_NULL_FATAL(file);
		fwrite(out.ptr, 1, out.len, file);
		fclose(file);
	}
	CU_ASSERT_TRUE(sg_str_is(sg_buf_view(&out), read_whole(path)));
	sg_buf_done(&out);
}

static void
reference(void)
{
	same(SG_POLICY_MARKDOWN, SG_SOURCE_DIR "/lua/REFERENCE.md");
	same(SG_POLICY_STUBS, SG_SOURCE_DIR "/lua/stubs/stepgate.lua");
}

SG_CASES("policy.guide", {"every block of the guide does what it says", guide},
	 {"every example does what it says", examples},
	 {"the reference and the stubs are what the code says", reference})
