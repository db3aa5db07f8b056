/* SPDX-License-Identifier: Apache-2.0
 * What is recorded while the disk has no room: one table. */
#include "gate/desk/scarce.h"

#include "base/line.h"
#include "base/str.h"
#include "gate/desk/desk.h"
#include "gate/journal/reserve.h"

#include <string.h>

enum turn { WAITS, STOPS, WORD };

/* The first row that fits, `member` NULL: each of the kind; what no row fits waits. No agent can bring about many that are a WORD: operators do, or the end of the gate itself. */
static const struct {
	const char *kind, *member, *value;
	enum turn turn;
} rows[] = {
	{"kill", NULL, NULL, WORD},
	{"human", NULL, NULL, WORD},
	{"agent", NULL, NULL, WORD}, /* its owner went, too */
	{"start", NULL, NULL, WORD},
	{"stop", NULL, NULL, WORD},
	{"keep", NULL, NULL, WORD}, /* which makes room */
	{"withheld", NULL, NULL, WORD}, /* of what was under way when the disk was full */
	{"admin", "verb", "connection", WAITS},
	{"admin", NULL, NULL, WORD},
	{"alert", "what", "disk_full", WORD},
	{"alert", "what", "owner_gone", WORD},
	{"alert", "what", "journal_damaged", WORD},
	{"alert", "what", "frozen", STOPS},
	{"alert", "what", "domain_frozen", STOPS},
	{"task_end", "how", "frozen", STOPS},
	{"domain", "event", "frozen", STOPS},
	{"ended", NULL, NULL, STOPS},
	{"lease", "why", SG_LEASE_EXPIRED, WAITS}, /* its issuer is told all the same (revoking.c) */
	{"lease", "state", "revoking", STOPS},
	{"approval", "event", "denied", STOPS},
	{"approval", "event", "void", STOPS},
	{"outcome", "by", "policy", STOPS}, /* of hooks that were asked about already */
	{"gap", NULL, NULL, STOPS},
};

/* What an operator ended goes on ending. */
static bool
is_of_operator(const struct sg_gate *gate, const char *kind, const struct sg_json *body)
{
	char key[SG_ENDING_KEY];
	if (strcmp(kind, "ended") != 0)
		return false;
	sg_line_join(key, sizeof(key), "", sg_json_text_at(body, "of"));
	const struct sg_ending *ending = sg_state_ending(&gate->state, key);
	return ending != NULL && ending->by_operator;
}

/* Whoever is being answered speaks as an operator or an approver. */
static bool
is_said(struct sg_gate *gate)
{
	const struct sg_request *r = gate->work.id != 0 ? sg_request_find(gate, gate->work.id) : NULL;
	return r != NULL && r->route != NULL && (r->route->face == SG_FACE_ADMIN || r->route->face == SG_FACE_APPROVER);
}

static enum turn
turn_of(const struct sg_gate *gate, const char *kind, const struct sg_json *body)
{
	if (is_of_operator(gate, kind, body))
		return WORD;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].kind, kind) == 0 && (rows[i].member == NULL || sg_json_is(body, rows[i].member, rows[i].value)))
			return rows[i].turn;
	return WAITS;
}

bool
sg_scarce_takes(struct sg_gate *gate, const char *kind, struct sg_str body)
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	if (is_said(gate))
		return true;
	sg_arena_init(&arena, 8 << 20);
	sg_canon_parse(&arena, body, NULL, &json, NULL); /* what cannot be read fits the rows of its kind alone */
	enum turn turn = turn_of(gate, kind, json);
	sg_arena_done(&arena);
	return turn == WORD || (turn == STOPS && gate->journal.room > SG_RESERVE_FLOOR);
}
