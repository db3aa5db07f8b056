/* SPDX-License-Identifier: Apache-2.0
 * What the tests came to, for people, as TAP version 14, or as JSON. */
#include "main/stepgate_policy.h"

#include "base/canon.h"
#include "base/str.h"

#include <stdio.h>

enum { SHOWN = 400 }; /* bytes of a value shown to people */

/* ---- shared ---- */

/* Files of a set hold text of their authors; what reaches a terminal is plain. */
static void
put(struct sg_str text)
{
	for (size_t i = 0; i < text.len && i < SHOWN; i++)
		putchar((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F ? '?' : text.ptr[i]);
	if (text.len > SHOWN)
		fputs("...", stdout);
}

static void
put_json(const struct sg_json *value)
{
	struct sg_buf text;
	sg_buf_init(&text, SG_TRY_TEXT);
	sg_canon_write(&text, value);
	put(text.failed ? SG_STR("(too long to show)") : sg_buf_view(&text));
	sg_buf_done(&text);
}

/* ---- people ---- */

static void
label(const char *lead, const char *name)
{
	printf("%s%-9s ", lead, name);
}

static void
put_spoke(const struct sg_try *try, const char *lead)
{
	for (size_t i = 0; i < try->effect_count; i++) {
		const struct sg_effect *e = &try->effects[i];
		label(lead, i == 0 ? "spoke" : "");
		put(sg_json_text_at(e->json, "kind"));
		printf(" by ");
		put(e->rule);
		printf(" at %.*s:%lld\n", SG_STR_ARG(e->file), (long long)e->line);
	}
	if (try->effect_count == 0 && try->failure == NULL)
		printf("%sspoke     no rule\n", lead);
	if (try->failure == NULL)
		return;
	int64_t line = 0;
	sg_json_int(sg_json_get(try->failure, "line"), &line);
	label(lead, "error");
	put(sg_json_text_at(try->failure, "code"));
	printf(" at %.*s:%lld: ", SG_STR_ARG(sg_json_text_at(try->failure, "file")), (long long)line);
	put(sg_json_text_at(try->failure, "text"));
	printf("\n");
}

static void
put_failure(const struct sg_try *try, const char *lead)
{
	if (try->error.what[0] != '\0') {
		label(lead, "mistake");
		put(sg_str(try->error.what));
		printf("\n");
		if (try->error.hint[0] != '\0')
			printf("%shint      %s\n", lead, try->error.hint);
		return;
	}
	label(lead, "asked");
	put_json(try->ask);
	printf("\n");
	for (size_t i = 0; i < try->wrong_count; i++) {
		label(lead, "expected");
		printf("%.*s ", SG_STR_ARG(try->wrong[i].member));
		put(try->wrong[i].expected);
		printf("\n");
		label(lead, "got");
		printf("%.*s ", SG_STR_ARG(try->wrong[i].member));
		put(try->wrong[i].got);
		printf("\n");
	}
	put_spoke(try, lead);
}

static void
put_word(const struct sg_try_tell *tell, bool good)
{
	printf("%s%s%s", tell->color ? (good ? "\033[32m" : "\033[31m") : "", good ? "ok  " : "FAIL", tell->color ? "\033[0m" : "");
}

/* ---- JSON: one array, an object a test ---- */

static void
write_wrong(struct sg_json_writer *w, const struct sg_try *try)
{
	sg_jw_name(w, "wrong");
	sg_jw_array(w);
	for (size_t i = 0; i < try->wrong_count; i++) {
		sg_jw_object(w);
		sg_jw_member_raw(w, "expected", try->wrong[i].expected);
		sg_jw_member_raw(w, "got", try->wrong[i].got);
		sg_jw_member_str(w, "member", try->wrong[i].member);
		sg_jw_end(w);
	}
	sg_jw_end(w);
}

static void
write_rules(struct sg_json_writer *w, const struct sg_try *try)
{
	sg_jw_name(w, "spoke");
	sg_jw_array(w);
	for (size_t i = 0; i < try->effect_count; i++) {
		sg_jw_object(w);
		sg_jw_name(w, "effect");
		sg_jw_value(w, try->effects[i].json);
		sg_jw_member_str(w, "file", try->effects[i].file);
		sg_jw_member_int(w, "line", try->effects[i].line);
		sg_jw_member_str(w, "rule", try->effects[i].rule);
		sg_jw_end(w);
	}
	sg_jw_end(w);
}

static void
write_or_null(struct sg_json_writer *w, const char *name, const struct sg_json *value)
{
	sg_jw_name_text(w, name);
	value != NULL ? sg_jw_value(w, value) : sg_jw_null(w);
}

static void
put_object(const struct sg_try_tell *tell, const struct sg_try *try)
{
	struct sg_json_writer w;
	struct sg_buf text;
	sg_buf_init(&text, 8 << 20);
	sg_jw_begin(&w, &text);
	sg_jw_object(&w);
	write_or_null(&w, "asked", try->ask);
	write_or_null(&w, "error", try->failure);
	write_or_null(&w, "expected", try->expect);
	sg_jw_member_str(&w, "file", try->file);
	write_or_null(&w, "got", try->got);
	sg_jw_member_text(&w, "hint", try->error.hint);
	sg_jw_member_str(&w, "id", try->id);
	sg_jw_member_int(&w, "line", try->line);
	sg_jw_member_text(&w, "mistake", try->error.what);
	sg_jw_member_bool(&w, "passed", sg_try_good(try));
	write_rules(&w, try);
	write_wrong(&w, try);
	sg_jw_end(&w);
	if (sg_jw_done(&w))
		printf("%s%.*s", tell->done == 0 ? "" : ",", SG_STR_ARG(sg_buf_view(&text)));
	sg_buf_done(&text);
}

/* ---- any ---- */

void
sg_try_tell_start(const struct sg_try_tell *tell)
{
	if (tell->form == SG_TRY_TAP)
		printf("TAP version 14\n");
	if (tell->form == SG_TRY_JSON)
		printf("{\"tests\":[");
}

static void
put_tap(const struct sg_try_tell *tell, const struct sg_try *try)
{
	bool good = sg_try_good(try);
	printf("%sok %zu - %.*s:%lld ", good ? "" : "not ", tell->done + 1, SG_STR_ARG(try->file), (long long)try->line);
	put(try->id);
	printf("\n");
	if (!good)
		put_failure(try, "# ");
}

void
sg_try_tell(struct sg_try_tell *tell, const struct sg_try *try)
{
	bool good = sg_try_good(try);
	if (tell->form == SG_TRY_JSON) {
		put_object(tell, try);
	} else if (tell->form == SG_TRY_TAP) {
		put_tap(tell, try);
	} else if (!good) {
		put_word(tell, false);
		printf(" %.*s:%lld ", SG_STR_ARG(try->file), (long long)try->line);
		put(try->id);
		printf("\n");
		put_failure(try, "     ");
	}
	tell->done++;
	tell->failed += !good;
}

static void
put_problem(const struct sg_json *problem, struct sg_str file, const char *lead)
{
	int64_t line = 0;
	struct sg_str hint = sg_json_text_at(problem, "hint");
	sg_json_int(sg_json_get(problem, "line"), &line);
	printf("%s%.*s:%lld: ", lead, SG_STR_ARG(file), (long long)line);
	put(sg_json_text_at(problem, "what"));
	printf("\n");
	if (hint.len > 0)
		printf("%s\thint: %.*s\n", lead, SG_STR_ARG(hint));
}

void
sg_try_tell_spec(struct sg_try_tell *tell, struct sg_str file, struct sg_str report)
{
	struct sg_arena arena;
	const struct sg_json *root = NULL;
	struct sg_json_limits limits = {.bytes = SG_TRY_REPORT, .nodes = 1 << 20};
	sg_arena_init(&arena, 256 << 20);
	sg_json_parse(&arena, report, &limits, &root, NULL);
	const struct sg_json *errors = sg_json_get(root, "errors");
	if (tell->form == SG_TRY_JSON)
		printf("%s{\"errors\":", tell->done == 0 ? "" : ",");
	else if (tell->form == SG_TRY_TAP)
		printf("not ok %zu - %.*s\n", tell->done + 1, SG_STR_ARG(file));
	else
		put_word(tell, false), printf(" %.*s cannot be read\n", SG_STR_ARG(file));
	for (const struct sg_json *e = tell->form == SG_TRY_JSON ? NULL : sg_json_first(errors); e != NULL; e = sg_json_next(errors, e))
		put_problem(e, file, tell->form == SG_TRY_TAP ? "# " : "     ");
	if (tell->form == SG_TRY_JSON) {
		struct sg_buf text;
		sg_buf_init(&text, SG_TRY_REPORT);
		if (errors != NULL)
			sg_canon_write(&text, errors);
		sg_buf_text(&text, ",\"file\":");
		sg_canon_string(&text, file);
		printf("%.*s,\"passed\":false}", SG_STR_ARG(sg_buf_view(&text)));
		sg_buf_done(&text);
	}
	sg_arena_done(&arena);
	tell->done++;
	tell->failed++;
}

void
sg_try_tell_end(const struct sg_try_tell *tell)
{
	if (tell->form == SG_TRY_JSON)
		printf("],\"total\":%zu,\"wrong\":%zu}\n", tell->done, tell->failed);
	else if (tell->form == SG_TRY_TAP)
		printf("1..%zu\n", tell->done);
	else
		printf("%zu test%s, %zu failed\n", tell->done, tell->done == 1 ? "" : "s", tell->failed);
}
