/* SPDX-License-Identifier: Apache-2.0
 * The fold: what each kind of leaf does to the state. One function a kind, in the files fold_*.c; one table of kinds. */
#include "base/err.h"
#include "base/str.h"
#include "gate/state/fold_memory.h"
#include "gate/state/fold_in.h"
#include "gate/state/leaf_form.h"

#include <string.h>

/* What the gate before this one had on its way may have reached somebody: the leaf that says so is written with the answer, not before it. */
static void
may_be_handed(void *to, struct sg_lease *lease)
{
	(void)to;
	lease->handed = true;
}

void
sg_fold_kind_start(struct sg_fold *f)
{
	sg_state_pending(f->state, may_be_handed, NULL);
}

/* Told to those who read; they mean nothing to the state. */
#define NOTHING(kind)                                                                                                  \
	void sg_fold_kind_##kind(struct sg_fold *f)                                                                    \
	{                                                                                                              \
		(void)f;                                                                                               \
	}
NOTHING(stop)
NOTHING(gap)
NOTHING(alert)
NOTHING(snapshot)
NOTHING(checkpoint)

static const struct {
	struct sg_str name;
	const char *(*asks)(const struct sg_fold *);
	void (*fold)(struct sg_fold *);
} kinds[] = {
#define X(name, function, asks, text) {{#name, sizeof(#name) - 1}, sg_fold_asks_##asks, sg_fold_kind_##function},
	SG_LEAF_KINDS(X)
#undef X
};

/* Leaves that windows and thresholds count say what both clocks showed. */
static void
bring_up(struct sg_fold *f)
{
	struct sg_steady *s = &f->state->steady;
	const struct sg_json *clock = sg_fold_get(f, "clock");
	int64_t wall_ms = 0, boot_ms = 0;
	struct sg_str boot_id;
	if (sg_json_int(sg_json_get(clock, "wall"), &wall_ms) && sg_json_int(sg_json_get(clock, "boot"), &boot_ms) &&
	    sg_json_string(sg_json_get(clock, "boot_id"), &boot_id) && boot_id.len < sizeof(s->boot_id) && sg_fold_time(wall_ms) && sg_fold_time(boot_ms)) {
		bool first = s->boot_id[0] == '\0', same = sg_str_is(boot_id, s->boot_id);
		int64_t wall = wall_ms - s->at.wall_ms, boot = boot_ms - s->at.boot / SG_MSEC, passed = same && boot < wall ? boot : wall;
		s->ms += first ? wall_ms : passed > 0 ? passed : 0;
		s->at = (struct sg_clock){wall_ms, boot_ms * SG_MSEC};
		memcpy(s->boot_id, boot_id.ptr, boot_id.len);
		s->boot_id[boot_id.len] = '\0';
	}
	f->steady_ms = s->boot_id[0] == '\0' ? f->at_ms : s->ms;
}

static bool
read_head(struct sg_leaf_head *head, const struct sg_json *json)
{
	int64_t n = 0;
	head->body = sg_json_get(json, "body");
	sg_json_string(sg_json_get(json, "kind"), &head->kind);
	sg_json_string(sg_json_get(json, "config"), &head->config);
	sg_json_string(sg_json_get(json, "policy"), &head->policy);
	bool good = sg_json_int(sg_json_get(json, "at"), &head->at_ms) && sg_json_int(sg_json_get(json, "n"), &n);
	head->number = (uint64_t)n;
	return good;
}

/* Which of the kinds it is, and what keeps it from being folded: its form and what it stands on are asked of all of it. */
static size_t
ask(struct sg_fold *f, struct sg_str kind)
{
	size_t i = 0, count = sizeof(kinds) / sizeof(kinds[0]);
	sg_json_index_make(&f->named, f->body);
	while (i < count && !sg_str_eq(kind, kinds[i].name))
		i++;
	if (i == count)
		f->missing = "kind";
	if (f->missing == NULL)
		f->missing = sg_leaf_lacks(sg_leaf_members(kind, sg_fold_text_or(f, "event")), f->body);
	if (f->missing == NULL)
		f->missing = kinds[i].asks(f);
	return i;
}

static struct sg_fold
begin(struct sg_state *state, const struct sg_record *record, struct sg_str *kind)
{
	struct sg_leaf_head read = {.body = NULL};
	const struct sg_leaf_head *head = &record->head;
	bool good = true;
	if (head->body == NULL) {
		good = read_head(&read, record->json);
		head = &read;
	}
	*kind = head->kind;
	return (struct sg_fold){.missing = good ? NULL : "at", .state = state, .body = head->body, .number = head->number, .at_ms = head->at_ms, .config = head->config, .policy = head->policy};
}

const char *
sg_state_lacks(struct sg_state *state, const struct sg_record *record)
{
	struct sg_str kind;
	struct sg_fold f = begin(state, record, &kind);
	ask(&f, kind);
	return f.missing;
}

/* Names of operators have no colon; what falls with an owner is an operator's doing, whoever notices. */
static bool
by_operator(const struct sg_fold *f, struct sg_str kind)
{
	struct sg_str by = sg_fold_text_or(f, "by");
	return sg_str_is(kind, "agent") || sg_str_is(kind, "human") || sg_str_is(kind, "kill") ||
	       (by.len > 0 && memchr(by.ptr, ':', by.len) == NULL && !sg_str_is(by, "stepgate") && !sg_str_is(by, "policy"));
}

/* Nothing is touched before all was asked: nothing is folded by half. */
enum sg_status
sg_state_fold(struct sg_state *state, const struct sg_record *record, struct sg_err *err)
{
	struct sg_str kind;
	struct sg_fold f = begin(state, record, &kind);
	size_t i = ask(&f, kind);
	if (i == sizeof(kinds) / sizeof(kinds[0]))
		return sg_fail(err, SG_BUG, "state_kind", "leaf %llu is of a kind this version does not know", (unsigned long long)f.number);
	if (f.missing == NULL) {
		bring_up(&f);
		state->by_operator = by_operator(&f, kind);
		kinds[i].fold(&f);
		sg_fold_memory_flow(&f);
	}
	if (f.missing != NULL)
		return sg_fail(err, SG_BUG, "state_form", "leaf %llu (%.*s) lacks %s", (unsigned long long)f.number, SG_STR_ARG(kind), f.missing);
	return SG_OK;
}
