/* SPDX-License-Identifier: Apache-2.0
 * Lines of a snapshot about what was allowed before, read: as they are written now, and as the version before wrote them. */
#include "gate/state/history.h"
#include "gate/snapshot/snapshot_in.h"

#include "base/str.h"

#include <stdlib.h>

static struct sg_history *
history_of(struct sg_fold *f)
{
	struct sg_str agent = sg_fold_text(f, "agent");
	if (agent.len == 0) {
		struct sg_tree *t = sg_take_tree(f);
		return t == NULL ? NULL : &t->history;
	}
	struct sg_history *h = sg_table_get(&f->state->histories, agent);
	if (h != NULL || (h = sg_take_fresh(f, sizeof(*h))) == NULL)
		return h;
	h->agent = sg_fold_keep(f, "agent");
	if (h->agent == NULL) {
		free(h);
		return NULL;
	}
	sg_fold_put(f, &f->state->histories, h->agent, h);
	return h;
}

enum { PARTS_MAX = 10 + SG_DIMENSIONS + SG_DEPTH_MAX - 1 };

static void
parts_of(const struct sg_json *json, const struct sg_json *part[PARTS_MAX])
{
	part[0] = sg_json_first(json);
	for (size_t i = 1; i < PARTS_MAX; i++)
		part[i] = part[i - 1] == NULL ? NULL : sg_json_next(json, part[i - 1]);
}

/* What stands at the end of both forms: spent, tasks above. */
static bool
read_rest(const struct sg_json *const *part, struct sg_event *event)
{
	bool good = true;
	for (int d = 0; d < SG_DIMENSIONS; d++)
		good &= sg_json_int(part[d], &event->spent[d]);
	for (size_t a = 0; a < SG_DEPTH_MAX - 1 && part[SG_DIMENSIONS + a] != NULL; a++)
		event->above[a] = sg_take_hex(part[SG_DIMENSIONS + a]);
	return good;
}

static bool
read_deed(struct sg_fold *f, const struct sg_json *json, struct sg_event *event)
{
	const struct sg_json *part[PARTS_MAX + 1] = {NULL};
	struct sg_str action = {"", 0};
	int64_t n = 0, first_n = 0, mixed = 0;
	parts_of(json, part);
	*event = (struct sg_event){.task = sg_take_hex(part[8]), .instance = sg_take_hex(part[9])};
	bool good = sg_json_string(part[0], &action) && sg_json_int(part[1], &event->at_ms) && sg_json_int(part[2], &event->first_ms) &&
		    sg_json_int(part[3], &n) && sg_json_int(part[4], &first_n) && sg_json_int(part[5], &event->times) &&
		    sg_json_int(part[6], &event->failed) && sg_json_int(part[7], &mixed) && read_rest(part + 10, event);
	event->n = (uint64_t)n;
	event->first_n = (uint64_t)first_n;
	event->open = event->times == 0;
	event->times += event->open;
	event->mixed = (mixed & 1) != 0;
	event->doubted = mixed >> 1; /* none, in snapshots of before */
	event->action = sg_state_word(f->state, action);
	return good && mixed >= 0 && first_n >= 0 && n >= first_n && event->times > 0 && event->action != NULL;
}

void
sg_read_deeds_line(struct sg_fold *f)
{
	struct sg_history *h = history_of(f);
	const struct sg_json *list = sg_fold_get(f, "events");
	for (const struct sg_json *e = sg_json_first(list); h != NULL && e != NULL; e = sg_json_next(list, e)) {
		struct sg_event event;
		if (!read_deed(f, e, &event) || !sg_history_put(h, &event))
			f->missing = "events";
	}
	if (h == NULL)
		return;
	h->next = (uint64_t)sg_fold_int(f, "next");
	h->short_ms = sg_fold_int(f, "short");
}

/* The form before: action, time, task, root, instance; of each subject the newest OLD_MAX events of all actions together. */
static bool
read_event(struct sg_fold *f, const struct sg_json *json, bool tree, struct sg_event *event)
{
	const struct sg_json *part[PARTS_MAX + 1] = {NULL};
	struct sg_str action = {"", 0};
	parts_of(json, part);
	*event = (struct sg_event){.task = tree ? sg_take_hex(part[2]) : 0, .instance = tree ? 0 : sg_take_hex(part[4])};
	bool good = sg_json_string(part[0], &action) && sg_json_int(part[1], &event->at_ms) && read_rest(part + 5, event);
	if (!tree)
		memset(event->above, 0, sizeof(event->above));
	event->action = sg_state_word(f->state, action);
	return good && event->action != NULL;
}

void
sg_read_history_line(struct sg_fold *f)
{
	enum { OLD_MAX = 1024 };
	struct sg_history *h = history_of(f);
	const struct sg_json *list = sg_fold_get(f, "events");
	for (const struct sg_json *e = sg_json_first(list); h != NULL && e != NULL; e = sg_json_next(list, e)) {
		struct sg_event event;
		if (!read_event(f, e, h->agent == NULL, &event) || !sg_history_add(h, &event))
			f->missing = "events";
		else if (h->next == 1)
			h->old_ms = event.at_ms;
	}
	if (h != NULL && h->next >= OLD_MAX) /* more may have been there */
		h->short_ms = h->old_ms;
}
