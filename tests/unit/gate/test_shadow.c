/* SPDX-License-Identifier: Apache-2.0
 * What another reader would take for an argument is looked for within a bound: nesting multiplies what there is to look at. */
#include "unit/gate/play.h"

#include "conf/path.h"
#include "gate/state/grant.h"

/* {"0":{"0":...{"k0":1,"k1":1,...}}} */
static const struct sg_json *
nest(struct sg_arena *arena, int depth, int width)
{
	struct sg_buf text;
	sg_buf_init(&text, 65536);
	for (int i = 0; i < depth; i++)
		sg_buf_printf(&text, "{\"0\":");
	for (int i = 0; i < width; i++)
		sg_buf_printf(&text, "%s\"k%d\":1", i == 0 ? "{" : ",", i);
	for (int i = 0; i <= depth; i++)
		sg_buf_printf(&text, "}");
	const struct sg_json *json = NULL;
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(arena, sg_buf_view(&text), NULL, &json, NULL), SG_OK);
	sg_buf_done(&text);
	return json;
}

static bool
is_found(const struct sg_json *args, size_t *left)
{
	return sg_argument_shadow(SG_STR("o.limit"), args, left) != NULL;
}

/* As many looks as it takes, and one less. */
static void
counted(void)
{
	struct sg_arena arena;
	sg_arena_init(&arena, 1 << 20);
	const struct sg_json *args = nest(&arena, 3, 100);
	size_t left = SG_SHADOW_LOOKS;
	CU_ASSERT(!is_found(args, &left));
	size_t takes = SG_SHADOW_LOOKS - left, just = takes + 1;
	CU_ASSERT(takes >= 100 && takes < 10000);
	CU_ASSERT(!is_found(args, &just));
	CU_ASSERT_EQUAL(just, 1);
	just = takes;
	CU_ASSERT(is_found(args, &just));
	sg_arena_done(&arena);
}

/* One bound for all paths that are looked for. */
static void
together(void)
{
	struct sg_arena arena;
	sg_arena_init(&arena, 1 << 20);
	const struct sg_json *args = nest(&arena, 15, 3000);
	size_t left = SG_SHADOW_LOOKS;
	int paths = 0;
	while (!is_found(args, &left))
		paths++;
	CU_ASSERT_EQUAL(left, 0);
	CU_ASSERT(paths > 0 && paths < 100);
	sg_arena_done(&arena);
}

/* A name that is read as a path costs by its bytes and the path's: the bound is one of time. */
static void
by_bytes(void)
{
	char path[SG_PATH_MAX + 1], text[64];
	struct sg_arena arena;
	struct sg_buf args;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 4 << 20);
	memset(path, '#', sizeof(path));
	path[0] = 'q';
	sg_buf_init(&args, 1 << 20);
	for (int i = 0; i < 3600; i++) {
		snprintf(text, sizeof(text), "%c\"*.z%d\":1", i == 0 ? '{' : ',', i);
		sg_buf_text(&args, text);
	}
	sg_buf_text(&args, "}");
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_buf_view(&args), NULL, &json, NULL), SG_OK);
	size_t left = SG_SHADOW_LOOKS, paths = 0;
	while (paths < 1000 && sg_argument_shadow((struct sg_str){path, SG_PATH_MAX}, json, &left) == NULL)
		paths++;
	CU_ASSERT_EQUAL(paths, 0); /* 3,600 of them against one such path are too much; a path of few bytes is not */
	left = SG_SHADOW_LOOKS;
	CU_ASSERT_PTR_NULL(sg_argument_shadow(SG_STR("q"), json, &left));
	sg_buf_done(&args);
	sg_arena_done(&arena);
}

SG_CASES("gate.shadow", {"shadows are looked for as often as the bound says", counted}, {"for all paths together", together}, {"by the bytes of names and paths", by_bytes})
