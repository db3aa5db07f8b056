/* SPDX-License-Identifier: Apache-2.0
 * A leaf is folded whole or not at all: without a member, with one of another form, or without what it stands on, the state is as it was. */
#include "base/canon.h"
#include "base/str.h"
#include "gate/snapshot/snapshot.h"
#include "gate/state/fold.h"
#include "gate/state/leaf_form.h"
#include "unit/cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOMENT "{\"boot\":5,\"boot_id\":\"b\",\"wall\":1000}"
#define H64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DOMAIN "{\"fade\":3600000,\"id\":\"n-1\",\"kind\":\"uid\",\"name\":\"1001\"}"
#define TASK(id, parent, grant)                                                                                               \
	"{\"agent\":\"helper\",\"asked\":\"1\",\"asserted\":false,\"claimed\":true,\"clock\":" MOMENT ",\"domain\":" DOMAIN ",\"ends\":" MOMENT       \
	",\"enforcer\":\"\",\"environment\":\"prod\",\"grant\":" grant ",\"group\":\"\",\"idle\":0,\"inputs\":[\"0123456789abcdef\"],\"instance\":\"i-1\"," \
	"\"intent\":\"work\",\"key\":\"k\",\"limits\":{\"money\":100},\"on_behalf\":\"\",\"opener\":\"agent:helper\",\"opener_uid\":1001,\"parent\":\"" parent          \
	"\",\"pid\":7,\"rests_on\":\"0123456789abcdef\",\"role\":\"\",\"start\":9,\"strength\":\"boundary\",\"task\":\"" id "\",\"uid\":1001}"
#define DECISION(key, verdict, approval, lease, charges)                                                                      \
	"{\"action\":\"pay.send\",\"agent\":\"helper\",\"approval\":\"" approval "\",\"args_cut\":false,\"args_seen\":[\"0123456789abcdef\"],\"asked\":\"" H64 \
	"\",\"asker\":\"agent:helper\",\"bound\":\"\",\"carried\":[\"web\"],\"charges\":" charges ",\"class\":3,\"clock\":" MOMENT ",\"code\":\"allowed\",\"cost\":{\"money\":5}," \
	"\"deny_code\":\"\",\"digest\":\"" H64 "\",\"domain\":\"n-1\",\"file\":\"p.lua\",\"instance\":\"i-1\",\"intent\":\"work\",\"kept\":[\"0123456789abcdef\",\"cut\"],\"key\":\"" key       \
	"\",\"lease\":" lease ",\"line\":3,\"memory\":{\"id\":\"m1\",\"write\":true},\"named\":[\"0123456789abcdef\"],\"narrowed\":false,\"obligations\":[],\"report_by\":" MOMENT      \
	",\"resource_seen\":[],\"resource_type\":\"account\",\"rule\":\"r\",\"same\":\"0123456789abcdef\",\"sensitivity\":\"internal\",\"step\":0,"    \
	"\"strength\":\"boundary\",\"tail\":\"0123456789abcdef\",\"taint\":[\"mail\"],\"task\":\"t-1\",\"use_by\":" MOMENT ",\"verdict\":\"" verdict "\"}"

static const struct {
	const char *kind, *body;
} leaves[] = {
	{"start", "{\"boot_id\":\"b\",\"key\":\"KEY\",\"mode\":\"enforce\",\"torn\":0,\"version\":\"1\"}"},
	{"agent", "{\"agent\":\"helper\",\"by\":\"mira\",\"event\":\"owner_gone\",\"sliced\":false}"},
	{"agent", "{\"agent\":\"helper\",\"by\":\"mira\",\"event\":\"owner_back\",\"sliced\":false}"},
	{"task", TASK("t-1", "", "null")},
	{"task", TASK("t-2", "t-1", "{\"actions\":[\"pay.*\"],\"constraints\":{},\"hand_on\":[],\"max_depth\":1,\"resources\":[\"*\"],\"sensitivity\":\"internal\"}")},
	{"claim", "{\"asserted\":false,\"clock\":" MOMENT ",\"domain\":" DOMAIN ",\"generation\":2,\"group\":\"\",\"instance\":\"i-2\",\"pid\":8,\"rests_on\":\"0123456789abcdef\","
		  "\"start\":9,\"strength\":\"hint\",\"task\":\"t-2\",\"uid\":1001}"},
	{"shown", "{\"agent\":\"helper\",\"instance\":\"i-2\",\"rests_on\":\"fedcba9876543210\",\"strength\":\"boundary\"}"},
	{"plan", "{\"any_order\":true,\"digest\":\"" H64 "\",\"steps\":[\"0123456789abcdef\"],\"task\":\"t-1\",\"times\":[2]}"},
	{"tool", "{\"action\":\"mcp.x.y\",\"digest\":\"\",\"event\":\"quarantine\",\"pinned\":\"\",\"server\":\"x\",\"task\":\"t-1\"}"},
	{"approval", "{\"agent\":\"helper\",\"approval\":\"a-1\",\"asked\":\"" H64 "\",\"asker\":\"agent:helper\",\"asker_uid\":1001,\"clock\":" MOMENT ",\"digest\":\"" H64
		     "\",\"ends\":" MOMENT ",\"event\":\"open\",\"groups\":{\"finance\":1},\"level\":1,\"life\":0,\"methods\":[\"admin\",\"phone\"],\"opener\":\"agent:helper\",\"owner\":\"mira\","
		     "\"reasons\":[\"0123456789abcdef\",\"0123456789abcdef\"],\"rule\":\"r\",\"say\":\"ask\",\"task\":\"t-1\",\"v\":2}"},
	{"decision", DECISION("k1", "step_up", "a-1", "null", "[]")},
	{"approval", "{\"approval\":\"a-1\",\"comment\":\"as agreed\",\"counter\":7,\"enrolment\":\"e-9\",\"event\":\"proof\",\"group\":\"finance\",\"human\":\"jon\",\"method\":\"admin\",\"person\":\"jon@x\",\"uid\":501}"},
	{"decision", DECISION("k2", "allow", "a-1",
			      "{\"audience\":\"api\",\"by\":\"0123456789abcdef\",\"confirm\":false,\"ends\":" MOMENT ",\"id\":\"l-1\",\"issuer\":\"token\",\"level\":\"public\"}",
			      "[[\"agent:helper/money/60000\",5]]")},
	{"lease", "{\"by\":\"stepgate\",\"lease\":\"l-1\",\"mask\":{\"len\":20,\"print\":\"0123456789abcdef\"},\"state\":\"active\",\"why\":\"released\"}"},
	{"outcome", "{\"by\":\"agent:helper\",\"decision\":\"d13-0123456789abcdef\",\"happened\":true,\"hook\":\"due\",\"kept\":[\"0123456789abcdef\"],\"of\":\"\",\"result\":\"ok\",\"self\":true,\"sensitivity\":\"internal\","
		    "\"taint\":[\"web\"],\"task\":\"t-1\",\"used\":{\"money\":7},\"values\":[\"0123456789abcdef\"]}"},
	{"decision", DECISION("k3", "deny", "", "null", "[]")},
	{"withheld", "{\"code\":\"withheld_facts\",\"decision\":\"d13-0123456789abcdef\",\"issuer\":\"\",\"lease\":\"l-1\",\"sensitivity\":\"confidential\","
		     "\"taint\":[\"late\"],\"task\":\"t-1\"}"},
	{"approval", "{\"approval\":\"a-1\",\"comment\":\"not this\",\"event\":\"void\",\"group\":\"\",\"human\":\"\",\"method\":\"\",\"person\":\"\",\"uid\":0}"},
	{"domain", "{\"by\":\"mira\",\"domain\":\"n-1\",\"event\":\"frozen\",\"kind\":\"uid\",\"name\":\"1001\",\"why\":\"x\"}"},
	{"domain", "{\"by\":\"mira\",\"domain\":\"n-1\",\"event\":\"cleanse\",\"kind\":\"uid\",\"name\":\"1001\",\"why\":\"x\"}"},
	{"memory", "{\"agent\":\"helper\",\"alone\":true,\"by\":\"mira\",\"event\":\"forgotten\",\"reason\":\"x\"}"},
	{"human", "{\"admin\":\"jon\",\"by\":\"mira\",\"disabled\":true,\"human\":\"jon@x\"}"},
	{"task_end", "{\"alone\":true,\"by\":\"mira\",\"how\":\"thawed\",\"sliced\":false,\"task\":\"t-1\",\"why\":\"x\"}"},
	{"kill", "{\"agent\":\"helper\",\"all\":false,\"by\":\"mira\",\"lift\":false,\"reason\":\"x\",\"sliced\":true}"},
	{"ended", "{\"approvals\":[\"a-1\"],\"leases\":[\"l-1\"],\"of\":\"agent:helper\",\"over\":true,\"tasks\":[\"t-1\",\"t-9\"]}"},
	{"kill", "{\"agent\":\"\",\"all\":true,\"by\":\"mira\",\"lift\":false,\"reason\":\"x\",\"sliced\":false}"},
	{"kill", "{\"agent\":\"\",\"all\":true,\"by\":\"mira\",\"lift\":true,\"reason\":\"x\",\"sliced\":false}"},
	{"gap", "{\"count\":1,\"from\":1,\"reason\":\"x\",\"to\":2}"},
	{"admin", "{\"ahead\":1,\"by\":\"mira\",\"clock\":" MOMENT ",\"digest\":\"\",\"from_ms\":1,\"last\":1,\"module\":\"\",\"pid\":1,\"reason\":\"\",\"result\":\"\","
		  "\"stanza\":\"\",\"to_ms\":1,\"uid\":1,\"verb\":\"reload\",\"what\":\"\"}"},
	{"alert", "{\"agent\":\"helper\",\"task\":\"t-1\",\"what\":\"frozen\",\"who\":\"mira\"}"},
	{"enrolment", "{\"admin\":\"jon\",\"by\":\"mira\",\"code\":\"" H64 "\",\"ends\":" MOMENT ",\"enrolment\":\"e-1\",\"event\":\"begun\",\"method\":\"phone\",\"person\":\"jon@x\",\"uid\":501}"},
	{"enrolment", "{\"counter\":5,\"enrolment\":\"e-1\",\"event\":\"enrolled\",\"fingerprint\":\"ab-cd\",\"key\":\"totp\",\"own\":true}"},
	{"enrolment", "{\"by\":\"mira\",\"counter\":5,\"enrolment\":\"e-1\",\"event\":\"confirmed\",\"reason\":\"\"}"},
	{"snapshot", "{\"digest\":\"\",\"leaf\":3}"},
	{"stop", "{}"},
	{"keep", "{\"chain\":\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\",\"event\":\"deleted\",\"first\":1,\"last\":2,\"segment\":1,\"why\":\"age\"}"},
	{"checkpoint", "{}"},
};
enum { LEAVES = sizeof(leaves) / sizeof(leaves[0]) };

static struct sg_state state;

static void
begin(void)
{
	static const unsigned char key[SG_KEY_BYTES] = {1};
	CU_ASSERT_EQUAL_FATAL(sg_state_init(&state, key, "b", NULL), SG_OK);
	state.now = (struct sg_clock){1000, 5 * SG_MSEC};
}

/* Everything a snapshot holds. */
static void
digest(char out[SG_SHA256_HEX])
{
	struct sg_snapshot_head head = {.leaf = 1};
	CU_ASSERT_EQUAL(sg_snapshot_digest(&state, &head, out, NULL), SG_OK);
}

static enum sg_status
fold_text(size_t at, struct sg_str body)
{
	struct sg_arena arena;
	struct sg_buf text;
	struct sg_record record = {.number = at + 1};
	sg_buf_init(&text, 1 << 16);
	sg_buf_printf(&text, "{\"at\":%zu,\"body\":%.*s,\"kind\":\"%s\",\"n\":%zu}", 1000 + at, SG_STR_ARG(body), leaves[at].kind, at + 1);
	sg_arena_init(&arena, 1 << 20);
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_buf_view(&text), NULL, &record.json, NULL), SG_OK);
	enum sg_status status = sg_state_fold(&state, &record, NULL);
	sg_arena_done(&arena);
	sg_buf_done(&text);
	return status;
}

/* The leaf's own text, with this state's fingerprint. */
static void
body_of(size_t at, struct sg_buf *out)
{
	char fingerprint[33];
	const char *key = strstr(leaves[at].body, "KEY");
	sg_state_fingerprint(&state, fingerprint);
	if (key == NULL)
		sg_buf_text(out, leaves[at].body);
	else
		sg_buf_printf(out, "%.*s%s%s", (int)(key - leaves[at].body), leaves[at].body, fingerprint, key + 3);
}

/* The body with another value for the member, or (NULL) without it. */
static void
with(const struct sg_json *body, const char *member, const char *value, struct sg_buf *out)
{
	struct sg_json_writer w;
	sg_jw_begin(&w, out);
	sg_jw_object(&w);
	for (const struct sg_json *m = sg_json_first(body); m != NULL; m = sg_json_next(body, m)) {
		bool it = sg_str_is(m->name, member);
		if (it && value == NULL)
			continue;
		sg_jw_name_str(&w, m->name);
		it ? sg_jw_raw(&w, sg_str(value)) : sg_jw_value(&w, m);
	}
	sg_jw_end(&w);
}

static void
is_refused(size_t at, const struct sg_json *body, const char *member, const char *value)
{
	char before[SG_SHA256_HEX], after[SG_SHA256_HEX];
	struct sg_buf text;
	sg_buf_init(&text, 1 << 16);
	with(body, member, value, &text);
	digest(before);
	bool refused = fold_text(at, sg_buf_view(&text)) == SG_BUG;
	digest(after);
	if (!refused || strcmp(before, after) != 0)
		printf("  leaf %zu (%s), %s = %s: %s\n", at + 1, leaves[at].kind, member, value != NULL ? value : "(none)", refused ? "half folded" : "folded");
	CU_ASSERT_TRUE(refused);
	CU_ASSERT_STRING_EQUAL(before, after);
	sg_buf_done(&text);
}

static void
each_row(size_t at, const struct sg_json *body)
{
	static const char *const wrong[] = {"[[]]", "{\"a\":[]}", "1.5", "[1,\"x\",null]", "[[\"agent:x/money\",1]]"};
	const struct sg_leaf_member *row = sg_leaf_members(sg_str(leaves[at].kind), sg_json_text_at(body, "event"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	for (; row->name.ptr != NULL; row++) {
		CU_ASSERT_PTR_NOT_NULL(sg_json_get_str(body, row->name)); /* every row is played */
		if (row->need == SG_MEMBER_must)
			is_refused(at, body, row->name.ptr, NULL);
		for (size_t i = 0; row->form != SG_MEMBER_anything && row->need != SG_MEMBER_told && i < sizeof(wrong) / sizeof(wrong[0]); i++)
			if (sg_leaf_part(row->form) == NULL || i != 1)
				is_refused(at, body, row->name.ptr, wrong[i]);
	}
}

/* What it names is not there, is there already, or is not what it may be. */
static void
each_reference(size_t at, const struct sg_json *body)
{
	static const struct {
		size_t leaf; /* from 1 */
		const char *member, *value;
	} cases[] = {
		{1, "key", "\"0123\""},       {4, "parent", "\"t-9\""},      {4, "parent", "\"t-1\""},   {5, "task", "\"t-1\""},
		{5, "parent", "\"t-2\""},     {5, "grant", "{\"actions\":5}"}, {5, "grant", "null"},       {6, "task", "\"t-9\""},
		{8, "task", "\"\""},          {9, "task", "\"t-9\""},        {10, "task", "\"t-9\""},    {10, "groups", "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1}"},
		{12, "approval", "\"a-9\""},  {12, "event", "\"\""},         {12, "event", "\"Proof\""}, {13, "key", "\"k1\""},
		{13, "charges", "[[\"x\",1]]"}, {13, "lease", "{}"},          {13, "memory", "{\"id\":\"m\"}"}, {16, "key", "\"k2\""},
		{18, "approval", "\"\""},     {19, "domain", "\"n-9\""},     {19, "event", "\"Frozen\""}, {21, "event", "\"\""},
		{23, "task", "\"t-9\""},     {25, "of", "\"agent:hel\""},    {25, "of", "\"all\""},
		{31, "event", "\"Begun\""},  {32, "enrolment", "\"e-9\""},  {33, "event", "\"\""},     {33, "enrolment", "\"\""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (cases[i].leaf == at + 1)
			is_refused(at, body, cases[i].member, cases[i].value);
}

static void
each_leaf(void (*look)(size_t at, const struct sg_json *body))
{
	begin();
	for (size_t at = 0; at < LEAVES; at++) {
		struct sg_arena arena;
		struct sg_buf text;
		const struct sg_json *body;
		sg_arena_init(&arena, 1 << 20);
		sg_buf_init(&text, 1 << 16);
		body_of(at, &text);
		CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_buf_view(&text), NULL, &body, NULL), SG_OK);
		look(at, body);
		if (fold_text(at, sg_buf_view(&text)) != SG_OK)
			printf("  leaf %zu (%s) is not folded\n", at + 1, leaves[at].kind);
		CU_ASSERT_EQUAL(fold_text(LEAVES - 1, SG_STR("{}")), SG_OK);
		sg_buf_done(&text);
		sg_arena_done(&arena);
	}
	sg_state_done(&state);
}

static void
rows(void)
{
	each_leaf(each_row);
}

static void
references(void)
{
	each_leaf(each_reference);
}

static bool
add_line(void *to, struct sg_str line)
{
	sg_buf_str(to, line);
	sg_buf_text(to, "\n");
	return true;
}

/* The state that the snapshot of this one gives takes its place. */
static void
through_a_snapshot(void)
{
	static const unsigned char key[SG_KEY_BYTES] = {1};
	struct sg_state again;
	struct sg_snapshot_head head = {.leaf = 1}, read;
	struct sg_buf text;
	sg_buf_init(&text, 1 << 20);
	CU_ASSERT_EQUAL(sg_snapshot_write(&state, &head, add_line, &text, NULL), SG_OK);
	CU_ASSERT_EQUAL(sg_state_init(&again, key, "b", NULL), SG_OK);
	again.now = state.now;
	CU_ASSERT_EQUAL(sg_snapshot_read(&again, sg_buf_view(&text), &read, NULL), SG_OK);
	sg_state_done(&state);
	state = again;
	sg_buf_done(&text);
}

enum { LEASED = 14, OUTCOME = 15 }; /* leaves, from 1 */
#define SAYS(label)                                                                                                           \
	"{\"by\":\"agent:helper\",\"decision\":\"d13-0123456789abcdef\",\"happened\":true,\"hook\":\"\",\"of\":\"\",\"result\":\"ok\",\"self\":true,\"sensitivity\":\"public\"," \
	"\"taint\":[\"" label "\"],\"task\":\"t-1\",\"used\":{},\"values\":[]}"

static bool
is_soaked(void)
{
	const struct sg_lease *l = sg_state_lease(&state, SG_STR("l-1"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(l);
	return l->taint_seq != l->task->taint.seq;
}

/* A credential whose task was labelled since is so behind a snapshot as well, whatever more comes; another is when it is labelled. */
static void
soaked_before_a_snapshot(void)
{
	for (int before = 0; before < 2; before++) {
		begin();
		for (size_t at = 0; at < LEASED; at++) {
			struct sg_buf text;
			sg_buf_init(&text, 1 << 16);
			body_of(at, &text);
			CU_ASSERT_EQUAL(fold_text(at, sg_buf_view(&text)), SG_OK);
			sg_buf_done(&text);
		}
		if (before)
			CU_ASSERT_EQUAL(fold_text(OUTCOME - 1, SG_STR(SAYS("first"))), SG_OK);
		through_a_snapshot();
		CU_ASSERT_EQUAL(is_soaked(), before);
		for (int more = 0; more < 3; more++) {
			CU_ASSERT_EQUAL(fold_text(OUTCOME - 1, more == 0 ? SG_STR(SAYS("a")) : more == 1 ? SG_STR(SAYS("b")) : SG_STR(SAYS("c"))), SG_OK);
			CU_ASSERT_TRUE(is_soaked());
		}
		sg_state_done(&state);
	}
}

static bool
is_played(const struct sg_leaf_member *rows)
{
	for (size_t at = 0; at < LEAVES; at++) {
		const char *event = strstr(leaves[at].body, "\"event\":\"");
		struct sg_str rest = sg_str(event != NULL ? event + 9 : "");
		if (sg_leaf_members(sg_str(leaves[at].kind), sg_str_cut(&rest, '"')) == rows)
			return true;
	}
	return false;
}

/* Every body there is, its members in the order of canonical JSON: the walk depends on it. */
static void
all(void)
{
#define X(kind, event, rows)                                                                                                  \
	CU_ASSERT_TRUE(is_played(sg_leaf_members(SG_STR(#kind), SG_STR(event))));                                             \
	for (const struct sg_leaf_member *r = sg_leaf_members(SG_STR(#kind), SG_STR(event)); r->name.ptr != NULL && r[1].name.ptr != NULL; r++)   \
		CU_ASSERT_TRUE(strcmp(r[0].name.ptr, r[1].name.ptr) < 0);
	SG_LEAF_BODIES(X)
#undef X
#define X(form, rows, text)                                                                                                   \
	for (const struct sg_leaf_member *r = sg_leaf_part(SG_MEMBER_##form); r[1].name.ptr != NULL; r++)                         \
		CU_ASSERT_TRUE(strcmp(r[0].name.ptr, r[1].name.ptr) < 0);
	SG_LEAF_PARTS(X)
#undef X
}

static void
read_page(const char *path, struct sg_buf *out)
{
	char part[4096];
	FILE *file = fopen(path, "rb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	for (size_t got; (got = fread(part, 1, sizeof(part), file)) > 0;)
		sg_buf_str(out, (struct sg_str){part, got});
	fclose(file);
}

static void
page(void)
{
	const char *path = SG_SOURCE_DIR "/core/gate/LEAVES.md";
	struct sg_buf made, there;
	sg_buf_init(&made, 1 << 16);
	sg_buf_init(&there, 1 << 16);
	sg_leaf_page(&made);
	if (getenv("SG_WRITE_REFERENCE") != NULL) {
		FILE *file = fopen(path, "wb");
		CU_ASSERT_PTR_NOT_NULL_FATAL(file);
		fwrite(made.ptr, 1, made.len, file);
		fclose(file);
	}
	read_page(path, &there);
	CU_ASSERT_TRUE(sg_str_eq(sg_buf_view(&made), sg_buf_view(&there)));
	sg_buf_done(&made);
	sg_buf_done(&there);
}

/* A device that lost leaves may have revoked proves nothing any more. */
static void
devices_after_a_loss(void)
{
	static const char *const verbs[] = {"reload", "release", "restored", "restore", "accept-loss"};
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		char body[64];
		size_t admin = LEAVES, device = LEAVES;
		begin();
		for (size_t at = LEAVES; at-- > 0;) {
			admin = strcmp(leaves[at].kind, "admin") == 0 ? at : admin;
			device = strcmp(leaves[at].kind, "enrolment") == 0 ? at : device;
		}
		CU_ASSERT_EQUAL(fold_text(device, sg_str(leaves[device].body)), SG_OK);
		CU_ASSERT_EQUAL(state.enrolments.count, 1);
		snprintf(body, sizeof(body), "{\"by\":\"mira\",\"verb\":\"%s\"}", verbs[i]);
		CU_ASSERT_EQUAL(fold_text(admin, sg_str(body)), SG_OK);
		CU_ASSERT_EQUAL(state.enrolments.count, i < 3);
		sg_state_done(&state);
	}
}

SG_CASES("gate.leaves", {"devices after a loss", devices_after_a_loss}, {"without a member, or with one of another form", rows}, {"without what it stands on", references},
	 {"labelled before a snapshot", soaked_before_a_snapshot},
	 {"every body is played, its rows in order", all}, {"the page is what the rows say", page})
