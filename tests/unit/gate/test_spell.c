/* SPDX-License-Identifier: Apache-2.0
 * One thing, one spelling: every row of the table as a resource, as an argument, as an element of one, as what a grant names, as a handle of memory and as a pattern. What is decided
 * is the normal form, for the digest, policy and the answer alike; what is none is refused with a hint. */
#include "base/pattern.h"
#include "gate/state/grant.h"
#include "gate/desk/spell.h"
#include "unit/base/spellings.h"
#include "unit/gate/play.h"

static struct play *p;
static char *task;
static char asked[1 << 16]; /* the last question */

static const char *
keep(const char *input)
{
	snprintf(asked, sizeof(asked), "%s", input);
	return play_allow(input);
}

/* A type t-FORM and two arguments FORM and FORM.s for each form. */
static void
configure(void)
{
	char arguments[1024] = "\"name\":\"mail.read\",\"arguments\":[", resources[4096] = "\"resources\":{";
	for (int f = 0; f < SG_FORM_COUNT; f++) {
		const char *name = sg_form_word((enum sg_form)f);
		snprintf(arguments + strlen(arguments), sizeof(arguments) - strlen(arguments), "%s\"%s?:%s\",\"%ss?:%s[]\"", f > 0 ? "," : "", name, name, name, name);
		snprintf(resources + strlen(resources), sizeof(resources) - strlen(resources),
			 "\"%s\":{\"budgets\":[],\"closed\":\"no\",\"environment\":\"\",\"form\":\"%s\",\"memory\":%s,\"owner\":\"\",\"patterns\":[\"**\"],\"sensitivity\":\"internal\","
			 "\"taints\":[],\"type\":\"t-%s\"},",
			 name, name, f == SG_FORM_exact ? "false" : "true", name);
	}
	strcat(arguments, "]");
	strcat(resources, "\"any\":{\"budgets\":[],\"closed\":\"no\",\"environment\":\"\",\"form\":\"exact\",\"memory\":false,\"owner\":\"\",\"patterns\":[\"**\"],\"sensitivity\":"
			  "\"public\",\"taints\":[],\"type\":\"any\"}},\"attest\":{");
	CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"name\":\"mail.read\"", arguments, "\"attest\":{", resources,
								"\"limits\":{", "\"limits\":{\"denials\":1000000,\"domain_denials\":1000000,", NULL}));
}

static void
begin(void)
{
	p = play_new();
	p->effects = keep;
	configure();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	task = play_task(p, 1, "t");
}

static void
end(void)
{
	free(task);
	play_end(p);
}

/* As JSON, quotes around it. */
static const char *
quoted(const char *text)
{
	static struct sg_buf out;
	sg_buf_done(&out);
	sg_buf_init(&out, 64 << 10);
	sg_canon_string(&out, sg_str(text));
	sg_buf_add(&out, "", 1);
	return out.ptr;
}

static const char *
ask(const char *args, const char *type, const char *id)
{
	static int keys;
	static char body[16384];
	asked[0] = '\0';
	if (++keys % 400 == 0) { /* a task has a bound on its attempts */
		char key[16];
		snprintf(key, sizeof(key), "t%d", keys);
		free(task);
		task = play_task(p, 1, key);
	}
	snprintf(body, sizeof(body), "{\"action\":\"mail.read\",\"arguments\":%s,\"key\":\"k%d\",\"resource\":{\"id\":%s,\"properties\":{\"a\":1},\"type\":\"%s\"},\"task\":\"%s\"}", args,
		 keys, id, type, task);
	return play_ask(p, 1, SG_ROUTE_A_ACT, "", body);
}

static bool
says(const struct spelling *s, const char *answer, const char *code, const char *seen)
{
	bool good = s->normal == NULL ? strstr(answer, code) != NULL && strstr(answer, "\"hint\":") != NULL && asked[0] == '\0'
				      : strstr(answer, "\"verdict\":\"allow\"") != NULL && strstr(asked, seen) != NULL;
	if (!good)
		fprintf(stderr, "  %s '%s': %.600s\n  wanted %s in %.300s\n", sg_form_word(s->form), s->text, answer, seen, asked);
	return good;
}

static bool
never_sent(const struct spelling *s)
{
	return s->text[0] == '\0' || (s->form == SG_FORM_exact && !sg_pattern_match(SG_STR("**"), sg_str(s->text), '/')); /* refused before, by route and intent */
}

static void
resources(void)
{
	begin();
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		const struct spelling *s = &spellings[i];
		char type[32], seen[16384] = "";
		if (never_sent(s))
			continue;
		snprintf(type, sizeof(type), "t-%s", sg_form_word(s->form));
		if (s->normal != NULL)
			snprintf(seen, sizeof(seen), "\"resource\":{\"environment\":\"\",\"id\":%s,", quoted(s->normal));
		CU_ASSERT_TRUE(says(s, ask("{}", type, quoted(s->text)), "\"code\":\"resource_form\"", seen));
	}
	end();
}

static void
arguments(void)
{
	begin();
	for (int list = 0; list < 2; list++)
		for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
			const struct spelling *s = &spellings[i];
			const char *name = sg_form_word(s->form);
			char args[16384], seen[16384] = "";
			snprintf(args, sizeof(args), list ? "{\"%ss\":[%s]}" : "{\"%s\":%s}", name, quoted(s->text));
			if (s->normal != NULL)
				snprintf(seen, sizeof(seen), list ? "\"args\":{\"%ss\":[%s]}" : "\"args\":{\"%s\":%s}", name, quoted(s->normal));
			const char *answer = ask(args, "any", "\"1\"");
			CU_ASSERT_TRUE(says(s, answer, "\"code\":\"arguments_form\"", seen));
			if (s->normal != NULL) /* who executes is told */
				CU_ASSERT_PTR_NOT_NULL(strstr(answer, list ? "\"effective\":{\"arguments\":{\"" : strstr(seen, "{")));
		}
	end();
}

/* What one task hands down may be written in any spelling; what is asked below in any other is that, and another value is not. */
static void
grants(void)
{
	begin();
	for (int how = 0; how < 3; how++)
		for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
			const struct spelling *s = &spellings[i];
			const char *name = sg_form_word(s->form);
			static const char *const ways[] = {"{\"%s\":{\"exact\":%s}}", "{\"%s\":{\"one_of\":[\"other\",%s]}}", "{\"%ss\":{\"exact\":[%s]}}"};
			char limit[16384], text[20000], normal[16384];
			if (s->normal == NULL || s->text[0] == '\0')
				continue;
			snprintf(limit, sizeof(limit), ways[how], name, quoted(s->text));
			snprintf(text, sizeof(text), "{\"mail.read\":%s}", limit);
			struct sg_arena arena;
			const struct sg_json *constraints = NULL, *value = NULL;
			sg_arena_init(&arena, 8 << 20);
			CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(text), NULL, &constraints, NULL), SG_OK);
			snprintf(normal, sizeof(normal), how == 2 ? "[%s]" : "%s", quoted(s->normal));
			CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_str(normal), NULL, &value, NULL), SG_OK);
			const struct sg_json *c = sg_json_first(sg_json_first(constraints));
			bool good = sg_constraint_admits(c, value, s->form);
			if (!good)
				fprintf(stderr, "  %s: '%s' is not '%s' (%d)\n", name, s->text, s->normal, how);
			CU_ASSERT(good);
			CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, how == 2 ? SG_STR("[\"something else\"]") : SG_STR("\"something else\""), NULL, &value, NULL), SG_OK);
			CU_ASSERT_FALSE(sg_constraint_admits(c, value, s->form));
			sg_arena_done(&arena);
		}
	end();
}

/* The same through the gate: handed on in one spelling, asked in another. */
static void
handed_on(void)
{
	begin();
	CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"name\":\"mail.read\"", "\"name\":\"mail.read\",\"arguments\":[\"iban?:iban\",\"host?:host\"]", "\"intents\":{\"work\":{",
								"\"intents\":{\"work\":{\"children\":10,\"depth\":4,", NULL}));
	char body[1024], on[128];
	snprintf(body, sizeof(body), "{\"actions\":[\"mail.read\"],\"constraints\":{\"mail.read\":{\"iban\":{\"exact\":\"DE75 5121 0800 1245 1261 99\"}}},\"key\":\"d1\"}");
	snprintf(on, sizeof(on), "%s", task);
	char *child = play_between(play_ask(p, 1, SG_ROUTE_A_DELEGATE, on, body), "\"id\":\"", "\"");
	CU_ASSERT_TRUE_FATAL(child[0] != '\0');
	static const struct {
		const char *args;
		bool good;
	} rows[] = {{"{\"iban\":\"DE75512108001245126199\"}", true}, {"{\"iban\":\"de75 5121 0800 1245 126199\"}", true}, {"{\"iban\":\"DE02120300000000202051\"}", false}, {"{}", false}};
	static const char *const beside[] = {"{\"n\":1,\"N\":2}", "{\"N\":1}"};
	char *counted = play_between(play_ask(p, 1, SG_ROUTE_A_DELEGATE, on, "{\"actions\":[\"repo.read\"],\"constraints\":{\"repo.read\":{\"n\":{\"range\":[0,5]}}},\"key\":\"d2\"}"), "\"id\":\"", "\"");
	for (size_t i = 0; i < 2; i++)
		CU_ASSERT_TRUE(play_has(play_act(p, 1, counted, "repo.read", beside[i], i == 0 ? "n0" : "n1"), "outside_constraint"));
	CU_ASSERT_TRUE(play_has(play_act(p, 1, counted, "repo.read", "{\"n\":1}", "n2"), "\"allow\""));
	free(counted);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char key[8];
		snprintf(key, sizeof(key), "h%zu", i);
		const char *answer = play_act(p, 1, child, "mail.read", rows[i].args, key);
		CU_ASSERT_EQUAL(strstr(answer, "\"verdict\":\"allow\"") != NULL, rows[i].good);
	}
	free(child);
	end();
}

static void
one_digest(void)
{
	char *one, *other;
	begin();
	one = play_between(ask("{\"iban\":\"DE75 5121 0800 1245 1261 99\"}", "t-path", "\"/srv//key/\""), "\"digest\":\"", "\"");
	other = play_between(ask("{\"iban\":\"DE75512108001245126199\"}", "t-path", "\"/srv/key\""), "\"digest\":\"", "\"");
	CU_ASSERT_EQUAL(strlen(one), 64);
	CU_ASSERT_STRING_EQUAL(one, other);
	free(one);
	free(other);
	end();
}

/* What is written under one spelling is read under another. */
static void
memory(void)
{
	begin();
	ask("{}", "t-path", "\"/notes//a/\"");
	size_t at = 0, count = 0;
	for (void *m; (m = sg_table_next(&p->gate->state.memories, &at)) != NULL;)
		count++;
	ask("{}", "t-path", "\"/notes/a\"");
	ask("{}", "t-path", "\"//notes/a//\"");
	at = 0;
	size_t after = 0;
	for (void *m; (m = sg_table_next(&p->gate->state.memories, &at)) != NULL;)
		after++;
	CU_ASSERT_EQUAL(count, after);
	char one[33], other[33];
	sg_state_handle(&p->gate->state, SG_STR("a|b"), SG_STR("c"), one);
	sg_state_handle(&p->gate->state, SG_STR("a"), SG_STR("b|c"), other);
	CU_ASSERT_STRING_NOT_EQUAL(one, other);
	end();
}

/* ---- what the catalogue knows by another spelling ---- */

#define ROW_OF(name, more) ROW(name, more)
#define ROW(name, more) "\"" name "\":{\"budgets\":[],\"memory\":false,\"owner\":\"\",\"taints\":[]," more "}"

#define CATCH_ALL(name, level) ROW_OF(name, "\"closed\":\"no\",\"environment\":\"\",\"form\":\"exact\",\"patterns\":[\"**\"],\"sensitivity\":\"" level "\",\"type\":\"f\"")
#define PROD(name) ROW_OF(name, "\"closed\":\"no\",\"environment\":\"prod\",\"form\":\"exact\",\"patterns\":[\"prod/**\"],\"sensitivity\":\"internal\",\"type\":\"f\"")

#define ALL_URIS ROW_OF("a", "\"closed\":\"no\",\"environment\":\"\",\"form\":\"uri\",\"patterns\":[\"**\"],\"sensitivity\":\"internal\",\"type\":\"u\"")
#define PATHS(pattern, name, level) ROW_OF(name, "\"closed\":\"no\",\"environment\":\"\",\"form\":\"path\",\"patterns\":[\"" pattern "\"],\"sensitivity\":\"" level "\",\"type\":\"f\"")
#define SECRET_URI(pattern) ROW_OF("s", "\"closed\":\"no\",\"environment\":\"\",\"form\":\"uri\",\"patterns\":[\"" pattern "\"],\"sensitivity\":\"restricted\",\"type\":\"u\"")
#define ONE_URI ROW_OF("k", "\"closed\":\"yes\",\"environment\":\"\",\"form\":\"uri\",\"patterns\":[\"https://h/x\"],\"sensitivity\":\"internal\",\"type\":\"u\"")
#define SECRET ROW_OF("s", "\"closed\":\"no\",\"environment\":\"\",\"form\":\"exact\",\"patterns\":[\"/srv/secret/**\"],\"sensitivity\":\"restricted\",\"type\":\"f\"")
#define MEMORY                                                                                                          \
	"\"m\":{\"budgets\":[],\"memory\":true,\"owner\":\"\",\"taints\":[],\"closed\":\"no\",\"environment\":\"\",\"form\":\"exact\",\"patterns\":[\"**\"],\"sensitivity\":\"internal\",\"type\":\"f\"}"

/* What a rule reads of a resource is what all stanzas say that restrict it, with a query or without. */
static void
told(void)
{
	char resources[2048];
	p = play_new();
	snprintf(resources, sizeof(resources), "\"resources\":{%s,%s},\"attest\":{", ALL_URIS,
		 "\"s\":{\"budgets\":[],\"memory\":false,\"owner\":\"cfo\",\"taints\":[],\"closed\":\"no\",\"environment\":\"prod\",\"form\":\"uri\",\"patterns\":[\"https://pay/book\",\"s3://pay/x\"],\"sensitivity\":\"restricted\",\"type\":\"u\"}");
	CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"attest\":{", resources, NULL}));
	static const char *const ids[] = {"https://pay/book", "https://pay/book?x=1", "s3://pay/x", "s3://pay/x?versions"};
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct sg_resource_told t = sg_catalogue_told(p->gate->catalogue, SG_STR("u"), sg_str(ids[i]));
		CU_ASSERT_TRUE(t.known && sg_str_is(t.owner, "cfo") && sg_str_is(t.environment, "prod") && t.level == SG_RESTRICTED);
	}
	struct sg_resource_told t = sg_catalogue_told(p->gate->catalogue, SG_STR("u"), SG_STR("https://pay/books?x=1"));
	CU_ASSERT_TRUE(t.known && t.owner.len == 0 && t.level == SG_INTERNAL);
	play_end(p);
}

static void
known(void)
{
	static const struct {
		const char *row, *type, *id, *code; /* NULL: allowed */
	} rows[] = {
		{ROW("k", "\"closed\":\"auto\",\"environment\":\"prod\",\"form\":\"exact\",\"patterns\":[\"prod\"],\"sensitivity\":\"internal\",\"type\":\"db\""), "db", "prod", "wrong_environment"},
		{ROW("k", "\"closed\":\"auto\",\"environment\":\"prod\",\"form\":\"exact\",\"patterns\":[\"prod\"],\"sensitivity\":\"internal\",\"type\":\"db\""), "db", "prod/", "resource_form"},
		{ROW("k", "\"closed\":\"auto\",\"environment\":\"prod\",\"form\":\"exact\",\"patterns\":[\"prod\"],\"sensitivity\":\"internal\",\"type\":\"db\""), "db", "Prod", "unknown_resource"},
		{ROW("k", "\"closed\":\"auto\",\"environment\":\"prod\",\"form\":\"exact\",\"patterns\":[\"prod\"],\"sensitivity\":\"internal\",\"type\":\"db\""), "db", "prod%2Fx", "unknown_resource"},
		{ROW("k", "\"closed\":\"auto\",\"environment\":\"prod\",\"form\":\"name\",\"patterns\":[\"prod\"],\"sensitivity\":\"internal\",\"type\":\"db\""), "db", "Prod", "wrong_environment"},
		{ROW("k", "\"closed\":\"auto\",\"environment\":\"prod\",\"form\":\"name\",\"patterns\":[\"prod\"],\"sensitivity\":\"internal\",\"type\":\"db\""), "db", "prod/", "resource_form"},
		{ROW("k", "\"closed\":\"yes\",\"environment\":\"\",\"form\":\"name\",\"patterns\":[\"prod\"],\"sensitivity\":\"public\",\"type\":\"db\""), "db", "test", "unknown_resource"},
		{ROW("k", "\"closed\":\"auto\",\"environment\":\"\",\"form\":\"exact\",\"patterns\":[\"prod\"],\"sensitivity\":\"confidential\",\"type\":\"db\""), "db", "test", "unknown_resource"},
		{ROW("k", "\"closed\":\"auto\",\"environment\":\"\",\"form\":\"path\",\"patterns\":[\"/srv//pub/**\"],\"sensitivity\":\"internal\",\"type\":\"f\""), "f", "/srv/pub/key", NULL},
		{ROW("k", "\"closed\":\"auto\",\"environment\":\"\",\"form\":\"path\",\"patterns\":[\"/srv//pub/**\"],\"sensitivity\":\"internal\",\"type\":\"f\""), "f", "/srv/pub//key/", NULL},
		{ROW("k", "\"closed\":\"auto\",\"environment\":\"prod\",\"form\":\"path\",\"patterns\":[\"/srv/pub/key/\"],\"sensitivity\":\"internal\",\"type\":\"f\""), "f", "/srv/pub//key", "wrong_environment"},
		{ROW("k", "\"closed\":\"auto\",\"environment\":\"\",\"form\":\"path\",\"patterns\":[\"/srv/pub/**\"],\"sensitivity\":\"internal\",\"type\":\"f\""), "f", "/srv/pub/../key", "resource_form"},
		/* a type that is none */
		{CATCH_ALL("a", "internal"), "f\\u0000", "prod", "resource_form"}, {CATCH_ALL("a", "internal"), "f ", "prod", "resource_form"}, {CATCH_ALL("a", "internal"), " f", "prod", "resource_form"},
		{CATCH_ALL("a", "internal"), "f\\n", "prod", "resource_form"}, {CATCH_ALL("a", "internal"), "f/", "prod", "resource_form"}, {CATCH_ALL("a", "internal"), "f.", "prod", "resource_form"},
		{CATCH_ALL("a", "internal"), "f\\u200b", "prod", "resource_form"}, {CATCH_ALL("a", "internal"), "\\uff46", "prod", "resource_form"}, {CATCH_ALL("a", "internal"), "f;x", "prod", "resource_form"},
		{CATCH_ALL("a", "internal"), "F", "prod", "resource_form"}, {CATCH_ALL("a", "internal"), "f..g", "prod", "resource_form"}, {CATCH_ALL("a", "internal"), "urn:x:f", "prod", "unknown_resource"},
		{CATCH_ALL("a", "internal"), "a.b/c-d_e#f", "prod", "unknown_resource"},
		/* another spelling of what a stanza has, where the type has no form */
		{CATCH_ALL("a", "internal") "," SECRET, "f", "/srv/secret/key", "over_sensitivity"},
		{CATCH_ALL("a", "internal") "," SECRET, "f", "/srv//secret/key", "resource_form"},
		{CATCH_ALL("a", "internal") "," SECRET, "f", "//srv/secret/key", "resource_form"},
		{CATCH_ALL("a", "internal") "," SECRET, "f", "/srv/secret//key", "resource_form"},
		{CATCH_ALL("a", "internal") "," SECRET, "f", "/srv/secret/key/", "resource_form"},
		{CATCH_ALL("a", "internal") "," SECRET, "f", "/srv\\\\secret\\\\key", "resource_form"},
		{CATCH_ALL("a", "internal") "," SECRET, "f", "/srv/secrets//key", NULL},
		{CATCH_ALL("a", "internal") "," SECRET, "f", "https://acme.example/", NULL},
		{MEMORY, "f", "memo/x", NULL},
		{MEMORY, "f", "memo//x", "resource_form"},
		{MEMORY, "f", "memo/x/", "resource_form"},
		{MEMORY, "f", "https://acme.example/x", NULL},
		/* what is asked with a query is asked of what stands before it, which makes it no better known */
		{ALL_URIS "," SECRET_URI("https://h/secret"), "u", "https://h/secret", "over_sensitivity"},
		{ALL_URIS "," SECRET_URI("https://h/secret"), "u", "https://h/secret?x=1", "over_sensitivity"},
		{ALL_URIS "," SECRET_URI("https://h/secret"), "u", "https://h/secret/?x=1", "over_sensitivity"},
		{ALL_URIS "," SECRET_URI("https://h/secret"), "u", "https://h/secret?", "over_sensitivity"},
		{ALL_URIS "," SECRET_URI("https://h/secret"), "u", "https://h/secrets?x=1", NULL},
		{ALL_URIS "," SECRET_URI("https://h"), "u", "https://h?x=1", "over_sensitivity"},
		{ALL_URIS "," SECRET_URI("postgres://prod"), "u", "postgres://prod?sslmode=require", "over_sensitivity"},
		{ALL_URIS "," SECRET_URI("postgres://prod/**"), "u", "postgresql://prod:5432/?sslmode=require", "over_sensitivity"},
		{ALL_URIS "," SECRET_URI("postgresql://prod/**"), "u", "postgres://prod/x?sslmode=require", "over_sensitivity"},
		{ALL_URIS "," SECRET_URI("s3://pay/**"), "u", "s3://pay?versions", "over_sensitivity"},
		{ALL_URIS "," SECRET_URI("s3://pay/**"), "u", "s3://pays?versions", NULL},
		{ALL_URIS "," SECRET_URI("mariadb://prod/**"), "u", "mysql://prod/x", "over_sensitivity"},
		{CATCH_ALL("a", "internal") "," ROW_OF("s", "\"closed\":\"no\",\"environment\":\"\",\"form\":\"exact\",\"patterns\":[\"https://h/a\"],\"sensitivity\":\"restricted\",\"type\":\"f\""), "f", "https://h/a?x=1", "over_sensitivity"},
		{CATCH_ALL("a", "internal") "," ROW_OF("s", "\"closed\":\"no\",\"environment\":\"\",\"form\":\"exact\",\"patterns\":[\"https://h/a\"],\"sensitivity\":\"restricted\",\"type\":\"f\""), "f", "https://h/a/?x=1", "resource_form"},
		{CATCH_ALL("a", "internal") "," ROW_OF("s", "\"closed\":\"no\",\"environment\":\"\",\"form\":\"exact\",\"patterns\":[\"https://h/a\"],\"sensitivity\":\"restricted\",\"type\":\"f\""), "f", "https://h/a//?x", "resource_form"},
		{CATCH_ALL("a", "internal") "," ROW_OF("s", "\"closed\":\"no\",\"environment\":\"\",\"form\":\"exact\",\"patterns\":[\"https://h/a\"],\"sensitivity\":\"restricted\",\"type\":\"f\""), "f", "https://h/b?x=//y", NULL},
		/* a folder is not less than what is below it, and no better known for it */
		{ALL_URIS "," SECRET_URI("https://h/admin/**"), "u", "https://h/admin/x", "over_sensitivity"},
		{ALL_URIS "," SECRET_URI("https://h/admin/**"), "u", "https://h/admin/", "over_sensitivity"},
		{ALL_URIS "," SECRET_URI("https://h/admin/**"), "u", "https://h/admin", "over_sensitivity"},
		{ALL_URIS "," SECRET_URI("https://h/admin/**"), "u", "https://h/admin/?x=1", "over_sensitivity"},
		{ALL_URIS "," SECRET_URI("https://h/admin/**"), "u", "https://h/admins", NULL},
		{ALL_URIS "," SECRET_URI("https://h/*/admin/**"), "u", "https://h/a/admin/", "over_sensitivity"},
		{ALL_URIS "," SECRET_URI("https://h/*/admin/**"), "u", "https://h/a/b", NULL},
		{PATHS("/srv/**", "a", "internal") "," PATHS("/srv/secret/**", "b", "restricted"), "f", "/srv/secret/", "over_sensitivity"},
		{PATHS("/srv/**", "a", "internal") "," PATHS("/srv/secret/**", "b", "restricted"), "f", "/srv//secret", "over_sensitivity"},
		{PATHS("/srv/**", "a", "internal") "," PATHS("/srv/secret/**", "b", "restricted"), "f", "/srv/secrets", NULL},
		{PATHS("/srv/pub/**", "a", "internal"), "f", "/srv/pub/x", NULL},
		{PATHS("/srv/pub/**", "a", "internal"), "f", "/srv/pub", "unknown_resource"},
		{ONE_URI, "u", "https://h/x", NULL},
		{ONE_URI, "u", "https://h/x?a=1", "unknown_resource"},
		/* all stanzas that have it hold, whatever their names and however sensitive */
		{CATCH_ALL("a", "internal") "," PROD("b"), "f", "prod/db", "wrong_environment"},
		{CATCH_ALL("z", "internal") "," PROD("b"), "f", "prod/db", "wrong_environment"},
		{CATCH_ALL("a", "confidential") "," PROD("b"), "f", "prod/db", "wrong_environment"},
		{CATCH_ALL("a", "confidential") "," PROD("b"), "f", "test/db", NULL},
		{CATCH_ALL("a", "public") "," CATCH_ALL("c", "public") "," CATCH_ALL("d", "public") "," CATCH_ALL("e", "public") "," CATCH_ALL("f", "public") "," CATCH_ALL("g", "public") "," CATCH_ALL("h", "public") "," CATCH_ALL("i", "public"), "f", "x", NULL},
		{CATCH_ALL("a", "public") "," CATCH_ALL("c", "public") "," CATCH_ALL("d", "public") "," CATCH_ALL("e", "public") "," CATCH_ALL("f", "public") "," CATCH_ALL("g", "public") "," CATCH_ALL("h", "public") "," CATCH_ALL("i", "public") "," CATCH_ALL("j", "public"), "f", "x", "resource_many"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char resources[4096], id[64];
		p = play_new();
		snprintf(resources, sizeof(resources), "\"resources\":{%s},\"attest\":{", rows[i].row);
		CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"attest\":{", resources, NULL}));
		CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
		task = play_task(p, 1, "t");
		snprintf(id, sizeof(id), "\"%s\"", rows[i].id);
		const char *answer = ask("{}", rows[i].type, id);
		char code[64];
		snprintf(code, sizeof(code), "\"code\":\"%s\"", rows[i].code == NULL ? "allowed" : rows[i].code);
		if (!play_has(answer, code))
			fprintf(stderr, "  row %zu\n", i);
		CU_ASSERT_PTR_NOT_NULL(strstr(answer, code));
		end();
	}
}

/* What a stanza says is not to be slipped past by another spelling: where it says anything that holds something back, its type is closed by itself. */
static void
closed(void)
{
	static const struct {
		const char *says, *closed;
		bool is;
	} rows[] = {
		{"\"environment\":\"\",\"memory\":false,\"sensitivity\":\"internal\",\"taints\":[]", "auto", false},
		{"\"environment\":\"\",\"memory\":true,\"sensitivity\":\"internal\",\"taints\":[]", "auto", true},
		{"\"environment\":\"\",\"memory\":false,\"sensitivity\":\"internal\",\"taints\":[\"x\"]", "auto", true},
		{"\"environment\":\"prod\",\"memory\":false,\"sensitivity\":\"internal\",\"taints\":[]", "auto", true},
		{"\"environment\":\"\",\"memory\":false,\"sensitivity\":\"confidential\",\"taints\":[]", "auto", true},
		{"\"environment\":\"\",\"memory\":true,\"sensitivity\":\"internal\",\"taints\":[\"x\"]", "no", false},
		{"\"environment\":\"\",\"memory\":false,\"sensitivity\":\"internal\",\"taints\":[]", "yes", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char resources[1024];
		p = play_new();
		snprintf(resources, sizeof(resources), "\"resources\":{\"k\":{\"budgets\":[],\"closed\":\"%s\",\"form\":\"exact\",\"owner\":\"\",\"patterns\":[\"prod\"],\"type\":\"db\",%s}},\"attest\":{", rows[i].closed,
			 rows[i].says);
		CU_ASSERT_TRUE_FATAL(play_reconfigure(p, (const char *const[]){"\"attest\":{", resources, NULL}));
		CU_ASSERT_EQUAL(sg_catalogue_closed(p->gate->catalogue, SG_STR("db")), rows[i].is);
		CU_ASSERT_FALSE(sg_catalogue_closed(p->gate->catalogue, SG_STR("other")));
		play_end(p);
	}
}

/* A member beside one that the catalogue names, in another case. */
static void
shadows(void)
{
	static const struct {
		const char *args;
		bool good;
	} rows[] = {
		{"{\"amount\":5,\"to\":{\"n\":1}}", true},	  {"{\"Amount\":5}", false},			 {"{\"AMOUNT\":5,\"amount\":1}", false},
		{"{\"amount\":5,\"amounts\":1}", true},	  {"{\"to\":{\"N\":1}}", false},		 {"{\"to\":{\"N\":1,\"n\":1}}", false},
		{"{\"To\":{\"n\":1}}", false},		  {"{\"TO.N\":1}", false},			 {"{\"other\":1,\"Other\":2}", false}, {"{\"o\":{\"amounts\":5,\"Amounts\":1}}", false}, {"{\"o\":[{\"x\":5,\"y\":1},{\"X\":5,\"x\":1}]}", false}, {"{\"o\":[{\"x\":5},{\"X\":5}]}", true}, {"{\"\u017f\":1,\"s\":2}", false},
		{"{\"to\":[{\"N\":1}]}", false}, {"{\"to\":[{\"n\":1},{\"n\":2,\"N\":1}]}", false}, {"{\"to\":[[{\"N\":1}]]}", false}, {"{\"to\":[{\"m\":1}]}", true},
		{"{\"to\":{\"n\":1},\"to.n\":5}", false}, {"{\"to.n\":5}", false}, {"{\"to\":{\"n\":1,\"to.n\":2}}", false}, {"{\"to\":[{\"to.n\":2}]}", false}, {"{\"to.m\":1}", true}, {"{\"to.n.x\":1}", true},
		{"{\"deep\":{\"Amount\":1}}", true},
		/* with what nobody sees, beside it or in its stead, at whatever depth */
		{"{\"amount\\u0000\":5}", false}, {"{\"amount\":1,\"amount\\u0000x\":5}", false}, {"{\"amount\\n\":5}", false}, {"{\"amount \":5}", false}, {"{\" amount\":5}", false},
		{"{\"am\\u200bount\":5}", false}, {"{\"am\\u00adount\":5}", false}, {"{\"\\ufeffamount\":5}", false}, {"{\"amount\\u007f\":5}", false}, {"{\"amount\\u202e\":5}", false},
		{"{\"to\":{\"n\\u0000\":1}}", false}, {"{\"deep\":[{\"x\\u0001\":1}]}", false}, {"{\"amount\\u00a0\":5}", false}, {"{\"amount\\u3000\":5}", false}, {"{\"\\u2003amount\":5}", false}, {"{\"amount\\u2800\":5}", false},
		{"{\"am\\ud82f\\udca0ount\":5}", false}, {"{\"amount\\u202f\":5}", false}, {"{\"amount\\u1680\":5}", false}, {"{\"am\\ufffeount\":5}", false}, {"{\"\":5}", true}, {"{\"\\u00e4\":5}", true},
		/* what becomes ASCII when it is written large or small; no characters */
		{"{\"AMO\xc5\xbfUNT\":1}", true}, {"{\"ti\\u00df\":1}", true}, {"{\"amount\\ud83f\\udfff\":5}", false}, {"{\"amount\\udbff\\udfff\":5}", false}, {"{\"amount\\ud83f\\udffe\":5}", false}, {"{\"amount\\ud83e\\udd80\":5}", true},
		/* brackets are a path to some */
		{"{\"amount[]\":5}", false}, {"{\"amount[0]\":5}", false}, {"{\"to[n]\":5}", false}, {"{\"TO[n]\":5}", false}, {"{\"to\":{\"n[]\":5}}", false}, {"{\"to.n[]\":5}", false}, {"{\"TO.N[0]\":5}", false}, {"{\"to\":{\"0\":{\"N\":5}}}", false}, {"{\"to\":{\"1\":{\"n[]\":5}}}", false}, {"{\"to\":{\"0\":{\"m\":5}}}", true}, {"{\"to\":{\"n\":1,\"0\":{\"n\":2}}}", false}, {"{\"to\":{\"n\":1,\"0\":{\"m\":2}}}", true}, {"{\"to\":{\"0\":{\"n\":1},\"1\":{\"n\":2}}}", true}, {"{\"amount\":1,\"0\":{\"amount\":2}}", false}, {"{\"[amount]\":5}", false}, {"{\"[[amount]]\":5}", false}, {"{\"[AMOUNT]\":5}", false}, {"{\"[to][n]\":5}", false}, {"{\"to\":{\"[n]\":5}}", false}, {"{\"[to.n]\":5}", false}, {"{\"[amounts]\":5}", true}, {"{\"[\":5}", true}, {"{\"[]\":5}", true}, {"{\"[]amount\":5}", false}, {"{\"amounts[0]\":5}", true},
		/* so are other ways to write one */
		{"{\"$.to.n\":5}", false}, {"{\"$['to']['n']\":5}", false}, {"{\"/to/n\":5}", false}, {"{\"/TO/N\":5}", false}, {"{\"to/0/n\":5}", false}, {"{\"#/to/n\":5}", false}, {"{\"to?.n\":5}", false}, {"{\"to->n\":5}", false}, {"{\"to.#.n\":5}", false}, {"{\"*.n\":5}", false}, {"{\"**.n\":5}", false}, {"{\"..n\":5}", false}, {"{\"to..n\":5}", false}, {"{\"to[0:1].n\":5}", false}, {"{\"to[:].n\":5}", false}, {"{\"to[0,1].n\":5}", false}, {"{\"to[?(@)].n\":5}", false}, {"{\"to.@.n\":5}", false}, {"{\"to.$[].n\":5}", false}, {"{\"to.-1.n\":5}", false}, {"{\"'to'.n\":5}", false}, {"{\"to`n`\":5}", false}, {"{\"to.(n)\":5}", false}, {"{\"to;n\":5}", false}, {"{\"to|n\":5}", false}, {"{\"to.n@\":5}", false}, {"{\"$.amount\":5}", false}, {"{\"/amount\":5}", false}, {"{\"amount[*]\":5}", false}, {"{\"to.\\u00a0n\":5}", false},
		{"{\"amount\":1,\"\":{\"amount\":5}}", false}, {"{\"amount\":1,\"**\":5}", false}, {"{\"amount*\":5}", false}, {"{\"-amount\":5}", false}, {"{\"@amount\":5}", false}, {"{\"$amount\":5}", false}, {"{\"#amount\":5}", false}, {"{\"amount[$gt]\":5}", false}, {"{\"amount.$gt\":5}", false}, {"{\"*\":{\"n\":5},\"to\":{\"n\":1}}", false}, {"{\"amount\":1,\"\":{\"other\":5}}", true}, {"{\"-amounts\":5}", true},
		{"{\"$amount_due\":5}", true}, {"{\"it's\":5}", true}, {"{\"x/n\":5}", true}, {"{\"/amounts\":5}", true}, {"{\"*.m\":5}", true}, {"{\"..m\":5}", true}, {"{\"to/m\":5}", true}, {"{\"$id\":5}", true}, {"{\"@type\":5}", true}, {"{\"a-mount\":5}", true}, {"{\"to-n\":5}", true}, {"{\"https://x/y\":5}", true}, {"{\"$.tom.n\":5}", true},
		{"{\"amount_due\":5}", true}, {"{\"am ount\":5}", true}, {"{\"m\\u00e4ngd\":5}", true},
	};
	p = play_new();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	task = play_task(p, 1, "t");
	p->gate->catalogue->limits.denials = p->gate->catalogue->limits.domain_denials = 1000;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char key[8];
		snprintf(key, sizeof(key), "s%zu", i);
		const char *answer = play_act(p, 1, task, "pay.send", rows[i].args, key);
		if ((strstr(answer, "\"code\":\"arguments_form\"") == NULL) != rows[i].good)
			fprintf(stderr, "  %s: %s\n", rows[i].args, answer);
		CU_ASSERT_EQUAL(strstr(answer, "\"code\":\"arguments_form\"") == NULL, rows[i].good);
	}
	end();
}

/* Names of properties, which rules read and enforcers act on. */
static void
properties(void)
{
	static const struct {
		const char *properties;
		bool good;
	} rows[] = {
		{"{\"env\":\"dev\"}", true}, {"{}", true}, {"{\"env\":\"dev\",\"Env\":\"prod\"}", false}, {"{\"env\\u0000\":\"prod\"}", false}, {"{\"env \":\"prod\"}", false}, {"{\"\\u200benv\":1}", false},
		{"{\"a\":{\"b\":1,\"B\":2}}", false}, {"{\"a\":[{\"b\\u2800\":1}]}", false}, {"{\"a\":{\"b\":1},\"B\":2}", true}, {"{\"limit\":1,\"lim\xc4\xb1t\":2}", false},
	};
	p = play_new();
	CU_ASSERT_TRUE_FATAL(play_connect(p, 1, SG_FACE_AGENT, 1001));
	task = play_task(p, 1, "t");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char body[512];
		snprintf(body, sizeof(body), "{\"action\":\"mail.read\",\"key\":\"p%zu\",\"resource\":{\"id\":\"7\",\"properties\":%s,\"type\":\"mail\"},\"task\":\"%s\"}", i, rows[i].properties, task);
		const char *answer = play_ask(p, 1, SG_ROUTE_A_ACT, "", body);
		if ((strstr(answer, "\"code\":\"resource_form\"") == NULL) != rows[i].good)
			fprintf(stderr, "  %s: %s\n", rows[i].properties, answer);
		CU_ASSERT_EQUAL(strstr(answer, "\"code\":\"resource_form\"") == NULL, rows[i].good);
		CU_ASSERT_EQUAL(strstr(answer, "\"verdict\":\"allow\"") != NULL, rows[i].good);
	}
	end();
}

SG_CASES("gate.spell", {"told", told}, {"resources", resources}, {"arguments", arguments}, {"grants", grants}, {"handed on", handed_on}, {"one digest", one_digest}, {"memory", memory}, {"what the catalogue knows", known}, {"closed", closed},
	 {"members in another case", shadows}, {"properties", properties})
