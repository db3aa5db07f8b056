/* SPDX-License-Identifier: Apache-2.0
 * What one rule declared that it needs of the past, answered and written under the keys that policy looks for: "pattern|within", with "|scope" where
 * the rule names another than the usual one, several patterns joined by " > " or " + ", a sum behind what is summed. */
#include "gate/state/history.h"
#include "gate/decide/decide.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>

enum { NEEDS_MAX = 16, KEY_MAX = 4096 };

struct need {
	const char *key;
	const struct sg_json *json;
	struct sg_asked asked;
};

struct kind {
	const char *name, *joined;
	enum sg_scope usual;
	void (*write)(struct sg_json_writer *w, const struct sg_state *state, struct need *need, struct sg_str now);
};

static struct sg_str
pattern_of(const struct need *need)
{
	struct sg_str out = {"", 0};
	sg_json_string(sg_json_get(need->json, "action"), &out);
	return out;
}

static void
write_count(struct sg_json_writer *w, const struct sg_state *state, struct need *need, struct sg_str now)
{
	(void)now;
	sg_jw_int(w, sg_history_count(state, &need->asked, pattern_of(need)));
}

static void
write_did(struct sg_json_writer *w, const struct sg_state *state, struct need *need, struct sg_str now)
{
	need->asked.action = now;
	sg_jw_bool(w, sg_history_did(state, &need->asked, pattern_of(need)));
}

static void
write_together(struct sg_json_writer *w, const struct sg_state *state, struct need *need, struct sg_str now)
{
	sg_jw_bool(w, sg_history_together(state, &need->asked, sg_json_get(need->json, "actions"), now));
}

static void
write_order(struct sg_json_writer *w, const struct sg_state *state, struct need *need, struct sg_str now)
{
	(void)now;
	sg_jw_bool(w, sg_history_order(state, &need->asked, sg_json_get(need->json, "actions")));
}

static void
write_since(struct sg_json_writer *w, const struct sg_state *state, struct need *need, struct sg_str now)
{
	need->asked.action = now;
	int64_t since = sg_history_since(state, &need->asked, pattern_of(need));
	since < 0 ? sg_jw_null(w) : sg_jw_int(w, since);
}

static void
write_sum(struct sg_json_writer *w, const struct sg_state *state, struct need *need, struct sg_str now)
{
	enum sg_dimension of = SG_DIMENSION_calls;
	struct sg_str word = {"", 0};
	(void)now;
	sg_json_string(sg_json_get(need->json, "of"), &word);
	sg_dimension_named(word, &of);
	sg_jw_int(w, sg_history_sum(state, &need->asked, pattern_of(need), of));
}

static const struct kind kinds[] = {
	{"count", NULL, SG_SCOPE_AGENT, write_count},
	{"did", NULL, SG_SCOPE_TASK, write_did},
	{"never_together", " + ", SG_SCOPE_TASK, write_together},
	{"order", " > ", SG_SCOPE_TASK, write_order},
	{"since", NULL, SG_SCOPE_TASK, write_since},
	{"sum", NULL, SG_SCOPE_AGENT, write_sum},
};

static const char *
joined(const struct sg_json *patterns, const char *by, struct sg_arena *arena)
{
	struct sg_buf text;
	sg_buf_init(&text, KEY_MAX);
	for (const struct sg_json *p = sg_json_first(patterns); p != NULL; p = sg_json_next(patterns, p)) {
		struct sg_str pattern = {"", 0};
		sg_json_string(p, &pattern);
		if (text.len > 0)
			sg_buf_text(&text, by);
		sg_buf_str(&text, pattern);
	}
	const char *copy = text.failed ? NULL : sg_arena_strdup(arena, sg_buf_view(&text));
	sg_buf_done(&text);
	return copy;
}

static bool
read_need(const struct kind *kind, const struct sg_json *json, const struct sg_task *task, int64_t now_ms, struct sg_arena *arena, struct need *out)
{
	struct sg_str scope = {"", 0}, of = {"", 0}, pattern = {"", 0};
	*out = (struct need){.json = json, .asked = {.task = task, .scope = kind->usual, .now_ms = now_ms, .trouble = SG_REASON_allowed}};
	sg_json_int(sg_json_get(json, "within"), &out->asked.within_ms);
	sg_json_string(sg_json_get(json, "scope"), &scope);
	sg_json_string(sg_json_get(json, "of"), &of);
	sg_json_string(sg_json_get(json, "action"), &pattern);
	sg_scope_named(scope, &out->asked.scope);
	const char *what = kind->joined != NULL ? joined(sg_json_get(json, "actions"), kind->joined, arena) : sg_arena_strdup(arena, pattern);
	if (what == NULL)
		return false;
	bool usual = out->asked.scope == kind->usual;
	out->key = sg_arena_printf(arena, "%.*s%s%s|%lld%s%.*s", SG_STR_ARG(of), of.len > 0 ? ":" : "", what, (long long)out->asked.within_ms,
				   usual ? "" : "|", usual ? 0 : (int)scope.len, scope.ptr);
	return out->key != NULL;
}

static int
by_key(const void *a, const void *b)
{
	return sg_str_cmp(sg_str(((const struct need *)a)->key), sg_str(((const struct need *)b)->key));
}

void
sg_write_past(struct sg_json_writer *w, const struct sg_state *state, const struct sg_task *task, const struct sg_json *needs, struct sg_str now,
	      int64_t now_ms, struct sg_arena *arena, enum sg_reason *trouble, size_t *walked)
{
	sg_jw_object(w);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		const struct sg_json *list = sg_json_get(needs, kinds[k].name);
		struct need all[NEEDS_MAX];
		size_t count = 0;
		for (const struct sg_json *n = sg_json_first(list); n != NULL && count < NEEDS_MAX; n = sg_json_next(list, n))
			count += read_need(&kinds[k], n, task, now_ms, arena, &all[count]);
		qsort(all, count, sizeof(all[0]), by_key);
		sg_jw_name_text(w, kinds[k].name);
		sg_jw_object(w);
		for (size_t i = 0; i < count; i++) {
			sg_jw_name_text(w, all[i].key);
			kinds[k].write(w, state, &all[i], now);
			*walked += all[i].asked.walked;
			if (all[i].asked.trouble != SG_REASON_allowed)
				*trouble = all[i].asked.trouble;
		}
		sg_jw_end(w);
	}
	sg_jw_end(w);
}
