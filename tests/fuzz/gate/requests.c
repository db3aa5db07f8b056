/* SPDX-License-Identifier: Apache-2.0
 * Whole requests of every route, at random, through one gate: a catalogue with every form, the guide's and the default pack's policies and rules that
 * reach every way of merging and narrowing. A request that takes too long, breaks memory or is undefined ends the program and is printed, with the
 * seed that makes it again: requests SECONDS [SEED]. */
#include "unit/gate/play.h"

#include "policy/policy.h"

#include <dirent.h>
#include <signal.h>
#include <sys/time.h>
#include <time.h>

enum { LIVES = 400 /* requests one gate takes */, HANG_S = 5, SOURCES = 96, IDS = 64, BODY_MAX = 60000 };

static uint64_t seed;
static struct play *p;
static struct sg_policy *policy;
static struct sg_buf manifest, answer;
static unsigned long lives;
static char last[BODY_MAX + 4096];

static unsigned
roll(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 16) % below;
}

#define PICK(list) ((list)[roll(sizeof(list) / sizeof(*(list)))])

/* ---- policy ---- */

static struct sg_policy_source sources[SOURCES];
static size_t source_count;

static const char own_rules[] =
	"rule { id = 'f-cap', on = {'db.*','pay.**'}, effect = allow { narrow = { limit = at_most(100) } } }\n"
	"rule { id = 'f-floor', on = 'db.*', when = function(r) return r.context:get('floor') ~= nil end, effect = allow { narrow = { limit = at_least(-10) } } }\n"
	"rule { id = 'f-only', on = {'db.*','fs.**'}, when = function(r) return r.context:get('only') ~= nil end, effect = allow { narrow = { limit = only { 5, 50, 500 }, ['options.region'] = only { 'eu', 'us' } } } }\n"
	"rule { id = 'f-one', on = {'db.*','mail.**'}, when = function(r) return r.context:get('one') ~= nil end, effect = allow { narrow = { ['options.region'] = only { 'eu' }, to = only { 'a@x' } } } }\n"
	"rule { id = 'f-step', on = '**', when = function(r) return r.context:get('step') ~= nil end, effect = step_up { approvers = 'finance', quorum = 1, ttl = '2m', say = 'ask', narrow = { limit = at_most(7) } } }\n"
	"rule { id = 'f-step2', on = '**', when = function(r) return r.context:get('step2') ~= nil end, effect = step_up { approvers = 'ops', quorum = 2, ttl = '1m' } }\n"
	"rule { id = 'f-defer', on = '**', when = function(r) return r.context:get('defer') ~= nil end, effect = defer { retry_after = '5s' } }\n"
	"rule { id = 'f-deny', on = '**', when = function(r) return r.context:get('deny') ~= nil end, effect = deny { code = 'no', say = 'no' } }\n"
	"rule { id = 'f-raise', on = '**', when = function(r) return r.context:get('raise') ~= nil end, effect = allow { raise = 'confidential', taint = {'x','y'}, ttl = '5s', obligations = {'log'} } }\n"
	"rule { id = 'f-fails', on = '**', when = function(r) return r.context:get('fails') ~= nil and r.args.a.b.c.d == 1 end, effect = allow {} }\n"
	"rule { id = 'f-origin', on = '**', when = function(r) return r.context:get('origin') ~= nil and r.args.to.trusted end, effect = allow {} }\n"
	"rule { id = 'f-methods', on = '**', when = function(r) return r.context:get('step') ~= nil end, effect = step_up { approvers = 'ops', methods = {'admin'} } }\n"
	"rule { id = 'f-note', on = 'db.*', when = function(r) return r.context:get('origin') ~= nil end, effect = allow { narrow = { note = at_most(1) } } }\n"
	"rule { id = 'f-two', on = 'db.*', when = function(r) return r.context:get('one') ~= nil end, effect = allow { narrow = { limit = only { 5, 50 } }, obligations = {'log','blur'} } }\n"
	"rule { id = 'f-any', on = {'x.*','repo.*'}, effect = allow {} }\n"
	"after { id = 'f-after', on = '**', effect = function(r) if r.outcome.result == 'failed' then return add { taint = {'failed'}, raise = 'restricted' } end return add {} end }\n";

static size_t in_force; /* the first so many sources: own rules alone, or more of them; many files agree on little */

static void
load(void)
{
	sg_policy_free(policy);
	policy = NULL;
	sg_buf_clear(&manifest);
	if (sg_policy_load(sources, in_force, NULL, &policy, &manifest) != SG_OK)
		policy = NULL;
}

/* A file joins the set if the set still loads: blocks of the guide use some names twice. */
static void
offer(const char *name, struct sg_str text)
{
	char *kept = strdup(name);
	if (source_count == SOURCES)
		abort();
	sources[source_count++] = (struct sg_policy_source){sg_str(kept), {strndup(text.ptr, text.len), text.len}};
	in_force = source_count;
	load();
	if (policy == NULL) {
		free((char *)sources[--source_count].text.ptr);
		free(kept);
	}
}

static char *
read_whole(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *text = calloc(1, 1 << 18);
	size_t len = file == NULL ? 0 : fread(text, 1, (1 << 18) - 1, file);
	if (len == 0)
		abort();
	fclose(file);
	return text;
}

static void
offer_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
		char path[4096];
		if (strstr(e->d_name, ".lua") == NULL || strstr(e->d_name, "_test") != NULL)
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		char *text = read_whole(path);
		offer(e->d_name, sg_str(text));
		free(text);
	}
	closedir(dir);
}

static void
load_all(void)
{
	char *guide = read_whole(SG_SOURCE_DIR "/lua/README.md");
	int block = 0;
	sg_buf_init(&manifest, 4 << 20);
	sg_buf_init(&answer, 2 << 20);
	offer("00-own.lua", sg_str(own_rules));
	offer_folder(SG_SOURCE_DIR "/lua/stepgate");
	for (const char *at = guide; (at = strstr(at, "```lua\n")) != NULL; block++) {
		char name[32];
		const char *end = strstr(at += 7, "```");
		snprintf(name, sizeof(name), "guide-%02d.lua", block);
		if (memmem(at, (size_t)(end - at), "\ntest {", 7) == NULL)
			offer(name, (struct sg_str){at, (size_t)(end - at)});
		at = end;
	}
	offer_folder(SG_SOURCE_DIR "/lua/examples");
	printf("%zu policy files\n", source_count);
	if (source_count < 15)
		abort(); /* the guide and the pack are not there */
	free(guide);
}

/* What no policy of ours says, and a worker that was taken over might. */
#define FORGED(effect) "{\"effects\":[{\"effect\":" effect ",\"file\":\"a\",\"line\":1,\"rule\":\"r\"}],\"error\":null}"
static const char *const forged[] = {
	"{}", "{\"effects\":[1],\"error\":null}", "{\"effects\":{},\"error\":null}", FORGED("{\"kind\":\"none\"}"), FORGED("{\"kind\":\"allow\"}"),
	FORGED("{\"kind\":\"allow\",\"narrow\":{\"limit\":[1,2]},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0}"),
	FORGED("{\"kind\":\"allow\",\"narrow\":{\"limit\":{\"at_most\":[1]}},\"obligations\":[],\"say\":\"\",\"taint\":[],\"ttl\":0}"),
	FORGED("{\"kind\":\"allow\",\"narrow\":{\"limit\":{\"only\":[]}},\"obligations\":[{}],\"say\":\"\",\"taint\":[{}],\"ttl\":-1}"),
	FORGED("{\"approvers\":\"\",\"kind\":\"step_up\",\"methods\":[1],\"narrow\":{},\"quorum\":0,\"say\":\"\",\"ttl\":0}"),
	FORGED("{\"approvers\":\"finance\",\"kind\":\"step_up\",\"methods\":[\"web\"],\"narrow\":{},\"quorum\":99,\"say\":\"\",\"ttl\":0}"),
};

static const char *
judge(const char *input)
{
	if (roll(25) == 0)
		return PICK(forged);
	sg_buf_clear(&answer);
	bool hook = strstr(input, "\"outcome\":{") != NULL;
	if (policy == NULL || (hook ? sg_policy_after : sg_policy_judge)(policy, sg_str(input), &answer) != SG_OK)
		return "";
	sg_buf_add(&answer, "", 1);
	if (sg_policy_spent(policy))
		load();
	return answer.ptr;
}

/* ---- the catalogue ---- */

#define ACTION(key, name, kind, effect, more)                                                                                                       \
	"\"" key "\":{\"class\":\"" kind "\",\"credential\":\"\",\"effect\":\"" effect "\",\"environment\":\"\",\"name\":\"" name                     \
	"\",\"narrow\":[\"limit\",\"options.region\",\"to\",\"amount\"],\"sensitivity\":\"internal\",\"taints\":[]" more "},"

#define RESOURCE(name, type, form, memory, closed)                                                                                                   \
	"\"" name "\":{\"budgets\":[\"calls=100000/1h\"],\"closed\":\"" closed "\",\"environment\":\"\",\"form\":\"" form "\",\"memory\":" memory                       \
	",\"owner\":\"\",\"patterns\":[\"/srv/**\",\"plan\",\"https://h.example/**\"],\"sensitivity\":\"internal\",\"taints\":[\"note\"],\"type\":\"" type "\"}"

static const char actions[] = ACTION("dq", "db.query", "data", "read", "")
	ACTION("fr", "fs.read", "data", "read", ",\"authority\":[\"path\"]") ACTION("fw", "fs.write", "data", "write", ",\"authority\":[\"path\"]")
	ACTION("fm", "fs.move", "data", "write", "") ACTION("ms", "mail.send", "web", "write", ",\"authority\":[\"to\"]")
	ACTION("pt", "pay.transfer", "payment", "write", ",\"authority\":[\"iban\",\"to\"],\"costs\":[\"money=amount\"]")
	ACTION("xa", "x.a", "web", "read",
	       ",\"arguments\":[\"limit:integer(0..1000)\"]")
	ACTION("xb", "x.b", "code", "execute", ",\"arguments\":[\"to?:email[]\",\"iban?:iban\",\"path?:path\",\"a?:uri\",\"b?:host\",\"s?:name[](0..3)\"]") ACTION("dr", "deploy.run", "infrastructure", "execute", "");

static bool
configure(void)
{
	struct sg_buf text;
	const char *at = strstr(play_document, "\"actions\":{") + 11;
	sg_buf_init(&text, 1 << 20);
	sg_buf_text(&text, "{\"actions\":{");
	sg_buf_text(&text, actions);
	const char *intents = strstr(at, "\"intents\":{");
	sg_buf_add(&text, at, (size_t)(intents - at));
	sg_buf_text(&text, "\"intents\":{\"wide\":{\"actions\":[\"**\"],\"budgets\":[\"calls=200\",\"money=500\"],\"children\":6,\"depth\":4,\"environment\":\"\",\"idle\":0,"
			   "\"resources\":[\"**\"],\"roles\":[],\"sensitivity\":\"restricted\",\"tree\":[],\"ttl\":3600000},");
	sg_buf_text(&text, intents + 11);
	text.len -= 1; /* the document's own brace */
	sg_buf_text(&text, ",\"resources\":{" RESOURCE("f", "file", "path", "true", "auto") "," RESOURCE("t", "table", "exact", "false", "auto") "," RESOURCE("u", "url", "uri", "true", "no") "}}");
	sg_buf_add(&text, "", 1);
	for (char *i; (i = strstr(text.ptr, "\"intents\":[\"work\"]")) != NULL;)
		memcpy(i, "\"intents\":[\"wide\"]", 18);
	for (char *i; (i = strstr(text.ptr, "\"reach\":[\"mail.*")) != NULL;)
		memcpy(i, "\"reach\":[\"**\",\"x", 16); /* helper reaches everything; what is cut is a pattern that fits nothing */
	char *canonical = play_canonical(text.ptr);
	struct sg_err err = {0};
	bool good = sg_gate_configure(p->gate, sg_str(canonical), &err) == SG_OK;
	if (!good)
		fprintf(stderr, "configure: %s %s\n", err.code, err.text);
	free(canonical);
	sg_buf_done(&text);
	return good;
}

/* ---- bodies ---- */

/* Ids that answers named: of tasks, decisions, approvals and leases, each kept by its first letter. */
static const char kinds[] = "tdal";
static char ids[sizeof(kinds)][IDS][64];
static size_t id_count[sizeof(kinds)];

static void
remember_ids(const char *text)
{
	for (const char *at = text; (at = strstr(at, "d\":\"")) != NULL; at += 4) {
		size_t len = strcspn(at + 4, "\"");
		const char *kind = len < 4 ? NULL : strchr(kinds, at[4]);
		if (kind == NULL || *kind == '\0' || len >= sizeof(ids[0][0]))
			continue;
		size_t k = (size_t)(kind - kinds);
		snprintf(ids[k][id_count[k] < IDS ? id_count[k]++ : roll(IDS)], sizeof(ids[0][0]), "%.*s", (int)len, at + 4);
	}
}

static const char *
some_id(char kind)
{
	size_t k = roll(20) == 0 ? roll(4) : (size_t)(strchr(kinds, kind) - kinds);
	return id_count[k] == 0 || roll(20) == 0 ? "t-none" : ids[k][roll((unsigned)id_count[k])];
}

static void write_any(struct sg_buf *b, int depth);

static void
write_text(struct sg_buf *b)
{
	static const char *const texts[] = {"", "eu", "us", "a@x", "DE75512108001245126199", "/srv/docs/a", "/srv/docs/../x", "https://u@h.example:1/p?q", "-1", "100",
					    "\\u0000", "1234 5678 9012 3456", "%41%42", "YWJjZGVmZ2hpamts", "616263646566676869", "x y, z;(q)", "\\ud83d\\ude00", "**", "x.*", "~"};
	if (roll(5) == 0)
		sg_buf_printf(b, "\"%s\"", some_id(kinds[roll(4)]));
	else
		sg_buf_printf(b, "\"%s\"", PICK(texts));
}

static void
write_scalar(struct sg_buf *b)
{
	static const char *const numbers[] = {"0", "1", "-1", "5", "50", "99.5", "100", "101", "5000", "-0.5", "-11", "1e300", "9007199254740991", "1e-300", "0.1"};
	static const char *const words[] = {"true", "false", "null"};
	unsigned kind = roll(10);
	if (kind < 4)
		sg_buf_text(b, PICK(numbers));
	else if (kind < 9)
		write_text(b);
	else
		sg_buf_text(b, PICK(words));
}

static const char *const names[] = {"limit", "options", "region", "to", "iban", "amount", "path", "a", "b", "options.region", "actions", "constraints", "s", "budget"};

static void
write_object(struct sg_buf *b, int depth)
{
	unsigned first = roll(14), count = roll(5);
	sg_buf_text(b, "{");
	for (unsigned i = 0; i < count; i++) {
		sg_buf_printf(b, "%s\"%s\":", i == 0 ? "" : ",", names[(first + i) % 14]);
		write_any(b, depth + 1);
	}
	sg_buf_text(b, "}");
}

static void
write_array(struct sg_buf *b, int depth)
{
	unsigned count = roll(60) == 0 ? 300 : roll(5);
	sg_buf_text(b, "[");
	for (unsigned i = 0; i < count && b->len < BODY_MAX; i++) {
		if (i > 0)
			sg_buf_text(b, ",");
		write_any(b, depth + 1);
	}
	sg_buf_text(b, "]");
}

static void
write_any(struct sg_buf *b, int depth)
{
	unsigned kind = depth > 6 || b->len > BODY_MAX ? 9 : roll(10);
	if (kind == 0)
		write_object(b, depth);
	else if (kind <= 2)
		write_array(b, depth);
	else
		write_scalar(b);
}

/* A member that a route knows, right most of the time. */
static void
member(struct sg_buf *b, const char *name, const char *right)
{
	unsigned chance = roll(40);
	if (chance == 0)
		return;
	sg_buf_printf(b, "%s\"%s\":", b->ptr[b->len - 1] == '{' ? "" : ",", name);
	if (chance == 1 || right == NULL)
		write_any(b, 0);
	else
		sg_buf_text(b, right);
}

static const char *
quoted(const char *text)
{
	static char out[4][128];
	static unsigned at;
	at = (at + 1) % 4;
	snprintf(out[at], sizeof(out[at]), "\"%s\"", text);
	return out[at];
}

/* Of a type with a form, or without, in many spellings. */
static const char *
some_resource(void)
{
	static const char *const types[] = {"file", "table", "url", "FILE"};
	static const char *const spelled[] = {"/srv/docs/a", "/srv//docs/a/", "/srv/docs/../x", "plan", "plan/", "/", "//", "https://h.example/", "HTTPS://H.example:443/%41", "..;", "\\\\srv", "/srv\\\\a"};
	static char out[160];
	snprintf(out, sizeof(out), "{\"id\":\"%s\",\"type\":\"%s\"}", PICK(spelled), PICK(types));
	return out;
}

static const char *const called[] = {"db.query", "db.query", "fs.read", "fs.write", "fs.move", "mail.send", "mail.read", "pay.transfer", "pay.send", "x.a", "x.b", "deploy.run",
				     "repo.read", "secret.read", "far.away", "no.such"};

static void
write_context(struct sg_buf *b)
{
	static const char *const flags[] = {"approval", "defer", "deny", "fails", "floor", "one", "only", "origin", "raise", "step", "step2", "tool"};
	sg_buf_text(b, "{");
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (roll(9) == 0)
			member(b, flags[i], i == 0 ? quoted(some_id('a')) : roll(3) == 0 ? NULL : "1");
	sg_buf_text(b, "}");
}

static void
write_arguments(struct sg_buf *b)
{
	sg_buf_text(b, "{");
	for (unsigned i = 0; i < 9; i++)
		if (roll(3) != 0)
			member(b, names[i], i == 0 && roll(2) == 0 ? "50" : i == 1 ? (roll(2) ? "{\"region\":\"eu\"}" : "{\"region\":[\"eu\",\"us\",\"cn\"]}") : NULL);
	sg_buf_text(b, "}");
}

static void
write_act(struct sg_buf *b)
{
	struct sg_buf part;
	char key[32];
	sg_buf_init(&part, 1 << 20);
	snprintf(key, sizeof(key), "k%u", roll(100000));
	member(b, "action", quoted(PICK(called)));
	write_arguments(&part);
	sg_buf_add(&part, "", 1);
	member(b, "arguments", part.ptr);
	sg_buf_clear(&part);
	write_context(&part);
	sg_buf_add(&part, "", 1);
	member(b, "context", part.ptr);
	member(b, "key", quoted(key));
	member(b, "resource", roll(3) == 0 ? some_resource() : roll(3) == 0 ? "{\"id\":\"thing\",\"type\":\"any\"}" : "{\"id\":\"repo:x/y\",\"properties\":{\"a\":[1,{}]},\"type\":\"repo\"}");
	member(b, "task", quoted(some_id('t')));
	sg_buf_done(&part);
}

static void
write_body(struct sg_buf *b, enum sg_route route)
{
	char key[32];
	sg_buf_text(b, "{");
	snprintf(key, sizeof(key), "o%u", roll(1000));
	if (roll(30) == 0) {
		sg_buf_clear(b);
		write_object(b, 0);
		return;
	}
	if (route == SG_ROUTE_A_ACT || route == SG_ROUTE_E_ACT || route == SG_ROUTE_O_TRY) {
		write_act(b);
	} else if (route == SG_ROUTE_E_EVALUATION) {
		member(b, "action", "{\"name\":\"repo.read\",\"properties\":{\"limit\":[1,5000]}}");
		member(b, "resource", "{\"id\":\"r\",\"type\":\"repo\"}");
		member(b, "subject", "{\"id\":\"helper\",\"type\":\"agent\"}");
		sg_buf_printf(b, "%s\"context\":{\"task\":\"%s\"}", b->ptr[b->len - 1] == '{' ? "" : ",", some_id('t'));
	} else if (route == SG_ROUTE_A_TASK_OPEN || route == SG_ROUTE_E_TASK_OPEN || route == SG_ROUTE_O_TASK_OPEN) {
		member(b, "intent", "\"wide\"");
		member(b, "key", quoted(key));
		if (roll(2) == 0)
			member(b, "inputs", roll(2) ? "{\"iban\":\"DE75512108001245126199\",\"to\":\"a@x\"}" : NULL);
		if (route != SG_ROUTE_A_TASK_OPEN)
			member(b, "agent", "\"helper\"");
		if (route == SG_ROUTE_E_TASK_OPEN && roll(2) == 0)
			member(b, "session", roll(4) ? "\"s-1\"" : NULL);
	} else if (route == SG_ROUTE_A_DELEGATE) {
		member(b, "key", quoted(key));
		member(b, "actions", roll(2) ? "[\"db.*\",\"x.*\"]" : NULL);
		if (roll(2) == 0)
			member(b, "constraints", roll(2) ? "{\"db.query\":{\"limit\":{\"most\":50}}}" : NULL);
		if (roll(2) == 0)
			member(b, "budget", NULL);
	} else if (route == SG_ROUTE_A_OUTCOME || route == SG_ROUTE_E_OUTCOME) {
		member(b, "result", roll(4) ? "\"ok\"" : "\"failed\"");
		if (roll(2) == 0)
			member(b, "values", NULL);
		if (roll(4) == 0)
			member(b, "labels", NULL);
	} else if (route == SG_ROUTE_A_CEILING || route == SG_ROUTE_E_CEILING) {
		member(b, "actions", roll(2) ? "[\"db.query\",\"x.a\",\"no.such\"]" : NULL);
		member(b, "task", quoted(some_id('t')));
	} else if (route == SG_ROUTE_O_KILL || route == SG_ROUTE_O_LIFT) {
		member(b, "agent", "\"other\"");
	} else if (route == SG_ROUTE_O_AGENT) {
		member(b, "event", roll(2) ? "\"suspend\"" : "\"resume\"");
	} else if (route == SG_ROUTE_O_HUMAN) {
		member(b, "disabled", "false");
	} else if (roll(3) == 0) {
		member(b, PICK(names), NULL);
	}
	sg_buf_text(b, "}");
}

/* ---- playing ---- */

static void
tell(const char *what)
{
	char line[128];
	int len = snprintf(line, sizeof(line), "\n%s; the request was:\n", what);
	ssize_t told = write(2, line, (size_t)len) + write(2, last, strlen(last)) + write(2, "\n", 1);
	(void)told;
}

static void
hung(int number)
{
	tell(number == SIGPROF ? "a request holds the gate" : "a request ends the gate");
	_exit(1);
}

void __asan_on_error(void);

void
__asan_on_error(void)
{
	tell("a request breaks the gate's memory");
}

static void
watch(void)
{
	struct itimerval limit = {.it_value.tv_sec = HANG_S};
	setitimer(ITIMER_PROF, &limit, NULL);
}

static void
begin(void)
{
	static const size_t few[] = {1, 1, 7};
	in_force = lives % 4 == 3 ? source_count : few[lives % 4];
	lives++;
	load();
	if (policy == NULL)
		abort();
	p = play_new();
	p->effects = judge;
	if (!configure())
		abort();
	sg_gate_policy(p->gate, sg_buf_view(&manifest), 1);
	memset(id_count, 0, sizeof(id_count));
	play_connect(p, 1, SG_FACE_AGENT, 1001);
	play_connect(p, 2, SG_FACE_AGENT, 1002);
	play_connect(p, 3, SG_FACE_ENFORCER, 2001);
	play_connect(p, 4, SG_FACE_ADMIN, 501);
	play_facts(p, 1001);
	char body[96];
	for (int i = 0; i < 6; i++) {
		snprintf(body, sizeof(body), "{\"inputs\":{\"to\":\"a@x\"},\"intent\":\"wide\",\"key\":\"first%d\"}", i);
		remember_ids(play_ask(p, 1, SG_ROUTE_A_TASK_OPEN, "", body));
	}
}

/* Six of ten requests act: there the ways are. Ending everything is rare, so that there is something to end. */
static const struct sg_route_row *
some_route(void)
{
	size_t count;
	const struct sg_route_row *rows = sg_routes(&count);
	if (roll(10) < 6)
		return sg_route_row(SG_ROUTE_A_ACT);
	const struct sg_route_row *row = &rows[roll((unsigned)count)];
	bool ends = row->route == SG_ROUTE_O_KILL || row->route == SG_ROUTE_A_TASK_CLOSE || row->route == SG_ROUTE_O_TASK_CLOSE || row->route == SG_ROUTE_O_AGENT;
	return ends && roll(20) != 0 ? sg_route_row(SG_ROUTE_A_OUTCOME) : row;
}

static uint64_t
conn_of(const struct sg_route_row *row)
{
	return row->face == SG_FACE_AGENT ? 1 + (roll(8) == 0) : row->face == SG_FACE_ENFORCER ? 3 : 4;
}

static char
kind_in(const char *path)
{
	return strstr(path, "decisions") != NULL ? 'd' : strstr(path, "approvals") != NULL ? 'a' : strstr(path, "leases") != NULL ? 'l' : 't';
}

/* As play_all, but each look finds the one who is looked at. */
static void
drain(void)
{
	static const uid_t uids[] = {0, 1001, 1002, 2001, 501};
	for (int i = 0; i < 1000; i++) {
		play_flush(p);
		if (p->count == 0)
			break;
		if (p->queue[0].kind == PLAY_LOOK)
			play_facts(p, uids[p->queue[0].conn]);
		play_one(p);
	}
	sg_gate_tick(p->gate);
	play_flush(p);
}

static const char *
ask(uint64_t conn, enum sg_route route, const char *argument, const char *body)
{
	play_send(p, conn, route, argument, body);
	drain();
	return p->conns[conn].body != NULL ? p->conns[conn].body : "";
}

static void
one(const struct sg_route_row *row)
{
	struct sg_arena arena;
	struct sg_buf body;
	const struct sg_json *json = NULL;
	uint64_t conn = conn_of(row);
	sg_buf_init(&body, 1 << 20);
	write_body(&body, row->route);
	sg_buf_add(&body, "", 1);
	const char *argument = strstr(row->path, "{}") != NULL ? (row->route == SG_ROUTE_O_AGENT ? "other" : row->route == SG_ROUTE_O_HUMAN ? "jon" : row->route == SG_ROUTE_E_SESSION_END ? "s-1" : some_id(kind_in(row->path))) : "";
	snprintf(last, sizeof(last), "%s %s %.*s", row->name, argument, BODY_MAX, body.failed ? "" : body.ptr);
	sg_arena_init(&arena, 16 << 20);
	watch();
	if (!body.failed && sg_json_parse(&arena, sg_str(body.ptr), NULL, &json, NULL) == SG_OK) {
		if (roll(12) == 0)
			play_send(p, conn, row->route, argument, body.ptr);
		else
			remember_ids(ask(conn, row->route, argument, body.ptr));
	}
	sg_arena_done(&arena);
	sg_buf_done(&body);
}

static bool
all_there(void)
{
	for (int c = 1; c <= 4; c++)
		if (p->conns[c].closed)
			return false;
	return true;
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	time_t ends = time(NULL) + atoi(argv[1]);
	seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL) * 2654435761U;
	unsigned long played = 0, fate[sizeof(int) * 64] = {0};
	signal(SIGPROF, hung);
	load_all();
	while (time(NULL) < ends) {
		printf("seed %llu\n", (unsigned long long)seed);
		fflush(stdout);
		begin();
		for (int i = 0; i < LIVES && time(NULL) < ends && all_there(); i++, played++) {
			const struct sg_route_row *row = some_route();
			one(row);
			fate[row->route]++;
			p->boot += (sg_time)roll(200) * SG_MSEC;
			p->wall += (sg_time)roll(200) * SG_MSEC;
		}
		watch();
		drain();
		play_end(p);
	}
	size_t count, silent = 0;
	const struct sg_route_row *rows = sg_routes(&count);
	for (size_t i = 0; i < count; i++)
		silent += fate[rows[i].route] == 0;
	printf("%lu requests in %lu lives, %zu of %zu routes\n", played, lives, count - silent, count);
	return silent > 0 && played > 5000 ? 1 : 0;
}
