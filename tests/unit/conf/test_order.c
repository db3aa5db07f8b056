/* SPDX-License-Identifier: Apache-2.0
 * The order of the attest stack: after and before, and what cannot be ordered. Where values come from. */
#include "base/canon.h"
#include "conf/check.h"
#include "unit/conf/folder.h"

/* The steps by their order, separated by blanks; "" if the file did not load. */
static void
stack_of(struct folder *f, char out[256])
{
	struct sg_arena arena;
	const struct sg_json *root;
	out[0] = '\0';
	sg_arena_init(&arena, 1 << 20);
	if (sg_canon_parse(&arena, sg_buf_view(&f->document), &sg_conf_document_limits, &root, NULL) == SG_OK) {
		const struct sg_json *attest = sg_json_get(root, "attest");
		for (int64_t want = 0; want < (int64_t)attest->count; want++)
			for (const struct sg_json *s = sg_json_first(attest); s != NULL; s = sg_json_next(attest, s)) {
				int64_t order;
				struct sg_str use;
				if (sg_json_int(sg_json_get(s, "order"), &order) && order == want &&
				    sg_json_string(sg_json_get(s, "use"), &use))
					snprintf(out + strlen(out), 256 - strlen(out), "%s%.*s", want > 0 ? " " : "",
						 SG_STR_ARG(use));
			}
	}
	sg_arena_done(&arena);
}

static void
orders(const char *steps, const char *want)
{
	struct folder f;
	struct sg_buf text;
	char got[256];
	folder_open(&f);
	sg_buf_init(&text, 1 << 16);
	sg_buf_printf(&text, "attest : { %s }\n", steps);
	folder_put(&f, "stepgate.conf", sg_buf_view(&text));
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_OK);
	stack_of(&f, got);
	if (strcmp(got, want) != 0)
		folder_show(&f);
	CU_ASSERT_STRING_EQUAL(got, want);
	sg_buf_done(&text);
	folder_close(&f);
}

#define STEP(name, more) #name " : { use = \"" #name "\"  " more " }\n"
#define AFTER(name) "after = \"" #name "\" "
#define BEFORE(name) "before = \"" #name "\" "

static void
test_orders(void)
{
	orders(STEP(c, "") STEP(a, "") STEP(b, ""), "c a b");
	orders(STEP(a, "") STEP(b, AFTER(c)) STEP(c, ""), "a c b");
	orders(STEP(a, "") STEP(b, "") STEP(c, BEFORE(a)), "b c a");
	orders(STEP(a, AFTER(b)) STEP(b, AFTER(c)) STEP(c, AFTER(d)) STEP(d, ""), "d c b a");
	orders(STEP(a, "") STEP(b, AFTER(a)) STEP(c, BEFORE(b)), "a c b");
	orders(STEP(a, AFTER(b) BEFORE(c)) STEP(c, "") STEP(b, ""), "b a c");
	orders(STEP(a, BEFORE(b)) STEP(b, AFTER(a)), "a b");
	orders(STEP(a, "after = \"\"") STEP(b, "before = \"\""), "a b");
}

/* A later file may move a step that an earlier one declared. */
static void
test_merged(void)
{
	struct folder f;
	char got[256];
	folder_open(&f);
	folder_put(&f, "stepgate.conf", SG_STR("attest : { peer : { use = \"peer\" } exe : { use = \"exe\" } }\n"));
	folder_put(&f, "conf.d/50-x.conf", SG_STR("attest : { tpm : { use = \"tpm\"  before = \"exe\" } }\n"));
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_OK);
	stack_of(&f, got);
	CU_ASSERT_STRING_EQUAL(got, "peer tpm exe");
	folder_put(&f, "conf.d/60-y.conf", SG_STR("attest : { peer : { after = \"exe\" } }\n"));
	CU_ASSERT_EQUAL(folder_load(&f, NULL), SG_OK);
	stack_of(&f, got);
	CU_ASSERT_STRING_EQUAL(got, "tpm exe peer");
	folder_close(&f);
}

/* As many steps as may be, each after the next one. One more is refused. */
static void
test_long(void)
{
	struct folder f;
	struct sg_buf text;
	folder_open(&f);
	sg_buf_init(&text, 1 << 20);
	for (int count = SG_CONF_MAX_STEPS; count <= SG_CONF_MAX_STEPS + 1; count++) {
		sg_buf_clear(&text);
		sg_buf_text(&text, "attest : {\n");
		for (int i = 0; i < count; i++)
			sg_buf_printf(&text, "s%d : { use = \"u\" %s%d%s }\n", i, i < count - 1 ? "after = \"s" : "x = ", i + 1, i < count - 1 ? "\"" : "");
		sg_buf_text(&text, "}\n");
		folder_put(&f, "stepgate.conf", sg_buf_view(&text));
		CU_ASSERT_EQUAL(folder_load(&f, NULL), count == SG_CONF_MAX_STEPS ? SG_OK : SG_MALFORMED);
		if (count > SG_CONF_MAX_STEPS)
			CU_ASSERT_STRING_EQUAL(f.errors.list[0].code, "conf_too_many");
	}
	sg_buf_done(&text);
	folder_close(&f);
}

/* ---- any stack ---- */

enum { STEPS = 7 };

struct wishes {
	int after[STEPS], before[STEPS]; /* a step, or -1 */
};

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Whether every wish holds when step i runs at place[i]. */
static bool
holds(const struct wishes *w, const int64_t *place)
{
	for (int i = 0; i < STEPS; i++)
		if ((w->after[i] >= 0 && place[w->after[i]] >= place[i]) ||
		    (w->before[i] >= 0 && place[i] >= place[w->before[i]]))
			return false;
	return true;
}

/* The first order, of all there are by place in the file, in which every wish holds: tried one by one. */
static bool
first_order(const struct wishes *w, int64_t *place, int at, unsigned used)
{
	if (at == STEPS)
		return holds(w, place);
	for (int i = 0; i < STEPS; i++) {
		if ((used >> i & 1) != 0)
			continue;
		place[i] = at;
		if (first_order(w, place, at + 1, used | 1U << i))
			return true;
	}
	return false;
}

static const struct sg_conf_file nowhere = {.path = "x"};

static struct sg_conf_node *
text_node(struct sg_arena *arena, const char *name, int step)
{
	struct sg_conf_node *node = sg_conf_node_new(arena, SG_CONF_TEXT);
	node->name = sg_str(name);
	node->text = step < 0 ? SG_STR("") : sg_str(sg_arena_printf(arena, "s%d", step));
	node->place.file = node->value.file = &nowhere;
	return node;
}

static struct sg_conf_node *
tree_of(struct sg_arena *arena, const struct wishes *w)
{
	struct sg_conf_node *root = sg_conf_node_new(arena, SG_CONF_GROUP),
			    *attest = sg_conf_node_new(arena, SG_CONF_GROUP);
	attest->name = SG_STR("attest");
	sg_conf_node_append(root, attest);
	for (int i = 0; i < STEPS; i++) {
		struct sg_conf_node *stanza = sg_conf_node_new(arena, SG_CONF_GROUP);
		stanza->name = sg_str(sg_arena_printf(arena, "s%d", i));
		sg_conf_node_append(stanza, text_node(arena, "after", w->after[i]));
		sg_conf_node_append(stanza, text_node(arena, "before", w->before[i]));
		sg_conf_node_append(attest, stanza);
	}
	return root;
}

/* Two thousand stacks: ordered as trying every order says, or refused where none is good. */
static void
test_any(void)
{
	uint32_t seed = 1;
	int refused = 0;
	for (int round = 0; round < 2000; round++) {
		struct wishes w;
		struct sg_arena arena;
		struct sg_conf_errors errors;
		int64_t want[STEPS], got[STEPS];
		for (int i = 0; i < STEPS; i++) {
			w.after[i] = next_random(&seed) % 3 == 0 ? (int)(next_random(&seed) % STEPS) : -1;
			w.before[i] = next_random(&seed) % 4 == 0 ? (int)(next_random(&seed) % STEPS) : -1;
		}
		sg_arena_init(&arena, 1 << 20);
		sg_conf_errors_init(&errors);
		struct sg_conf_node *root = tree_of(&arena, &w);
		sg_conf_order(&arena, root, &errors);
		bool possible = first_order(&w, want, 0, 0);
		CU_ASSERT_EQUAL(possible, errors.count == 0);
		refused += !possible;
		int i = 0;
		for (const struct sg_conf_node *s = root->first->first; s != NULL; s = s->next)
			got[i++] = s->number;
		if (possible)
			CU_ASSERT_EQUAL(memcmp(got, want, sizeof(want)), 0);
		sg_conf_errors_done(&errors);
		sg_arena_done(&arena);
	}
	CU_ASSERT(refused > 200 && refused < 1800);
}

/* ---- origins ---- */

static void
test_origins(void)
{
	struct folder f;
	struct sg_buf origins;
	char want[1024];
	folder_open(&f);
	sg_buf_init(&origins, SG_CONF_MAX_ORIGINS);
	folder_put(
		&f, "stepgate.conf",
		SG_STR("mode = \"dev\"\nattest : { peer : { use = \"peer\"  depth = 2 } }\nlimits : { rate = 5 }\n"));
	folder_put(&f, "conf.d/10.conf", SG_STR("\n/* \xc3\xa9 */ limits : { rate = 6 }\n"));
	struct sg_conf_source source = {.file = f.file};
	CU_ASSERT_EQUAL(sg_conf_load_origins(&source, &f.document, &origins, &f.errors), SG_OK);
	sg_buf_add(&origins, "", 1);
#define AT(column, file, line) "{\"column\":" #column ",\"file\":\"%s/" file "\",\"line\":" #line "}"
	snprintf(
		want, sizeof(want),
		"{\"attest\":" AT(1, "stepgate.conf", 2) ",\"attest.peer\":" AT(
			12, "stepgate.conf",
			2) ",\"attest.peer.depth\":" AT(35, "stepgate.conf",
							2) ",\"attest.peer.use\":" AT(21, "stepgate.conf",
										      2) ",\"limits\":" AT(1,
													   "stepgate."
													   "conf",
													   3) ",\"limit"
													      "s."
													      "rate\""
													      ":" AT(20,
														     "c"
														     "o"
														     "n"
														     "f"
														     "."
														     "d"
														     "/"
														     "1"
														     "0"
														     "."
														     "c"
														     "o"
														     "n"
														     "f",
														     2) ",\"mode\":" AT(1,
																	"stepgate.conf",
																	1) "}",
		f.path, f.path, f.path, f.path, f.path, f.path, f.path);
	CU_ASSERT_STRING_EQUAL(origins.ptr, want);
	sg_buf_clear(&origins);
	folder_put(&f, "conf.d/20.conf", SG_STR("nonsense = 1\n"));
	f.document.len = 0;
	CU_ASSERT_EQUAL(sg_conf_load_origins(&source, &f.document, &origins, &f.errors), SG_MALFORMED);
	CU_ASSERT_EQUAL(f.document.len, 0);
	CU_ASSERT_EQUAL(origins.len, 0);
	sg_buf_done(&origins);
	folder_close(&f);
}

SG_CASES("conf.order", {"after and before", test_orders}, {"a later file moves a step", test_merged},
	 {"as many steps as may be", test_long}, {"any stack, against trying every order", test_any},
	 {"each value has its place", test_origins})
