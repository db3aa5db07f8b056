/* SPDX-License-Identifier: Apache-2.0
 * The tape of a text that is being written. Its strings stand in the text where they need no decoding, which is nearly always. */
#include "base/json_tape.h"

#include "base/str.h"

#include <string.h>

void
sg_json_tape_begin(struct sg_json_tape *tape, struct sg_json_writer *w, struct sg_arena *arena, size_t most, size_t bytes)
{
	tape->arena = arena;
	tape->nodes = sg_arena_room(arena, most * sizeof(struct sg_json));
	tape->count = tape->depth = 0;
	tape->room = most;
	tape->text = sg_buf_reserve(w->out, bytes);
	tape->failed = tape->nodes == NULL || tape->text == NULL || w->out->len > 0;
	w->tape = tape;
}

const struct sg_json *
sg_json_tape_end(const struct sg_json_tape *tape, const struct sg_json_writer *w)
{
	bool whole = !w->out->failed && w->at == w->level && w->comma;
	return !tape->failed && tape->depth == 0 && whole && w->out->ptr == tape->text ? tape->nodes : NULL;
}

/* One more, in what is open. NULL: there is no room, or it failed before. */
static struct sg_json *
add(struct sg_json_tape *tape, struct sg_str name, enum sg_json_type type)
{
	tape->failed |= tape->count == tape->room;
	if (tape->failed)
		return NULL;
	struct sg_json *node = &tape->nodes[tape->count++];
	*node = (struct sg_json){.type = type, .span = 1, .name = name};
	if (tape->depth > 0)
		tape->open[tape->depth - 1]->count++;
	return node;
}

void
sg_json_tape_open(struct sg_json_tape *tape, struct sg_str name, bool object)
{
	struct sg_json *node = add(tape, name, object ? SG_JSON_OBJECT : SG_JSON_ARRAY);
	if (node == NULL)
		return;
	node->sorted = object;
	tape->open[tape->depth++] = node;
}

void
sg_json_tape_close(struct sg_json_tape *tape)
{
	tape->failed |= tape->depth == 0;
	if (tape->failed)
		return;
	struct sg_json *node = tape->open[--tape->depth];
	node->span = (uint32_t)(&tape->nodes[tape->count] - node);
}

struct sg_str
sg_json_tape_kept(struct sg_json_tape *tape, struct sg_str says, struct sg_str written)
{
	if (written.len == says.len + 2)
		return (struct sg_str){written.ptr + 1, says.len};
	struct sg_str copy = sg_arena_copy(tape->arena, says);
	tape->failed |= copy.ptr == NULL;
	return copy;
}

void
sg_json_tape_text(struct sg_json_tape *tape, struct sg_str name, struct sg_str says, struct sg_str written)
{
	struct sg_json *node = add(tape, name, SG_JSON_STRING);
	if (node != NULL)
		node->string = sg_json_tape_kept(tape, says, written);
}

void
sg_json_tape_number(struct sg_json_tape *tape, struct sg_str name, double number, struct sg_str written)
{
	struct sg_json *node = add(tape, name, SG_JSON_NUMBER);
	if (node == NULL)
		return;
	node->number = number == 0 ? 0 : number;
	node->string = written;
}

void
sg_json_tape_bool(struct sg_json_tape *tape, struct sg_str name, bool value)
{
	struct sg_json *node = add(tape, name, SG_JSON_BOOL);
	if (node != NULL)
		node->boolean = value;
}

void
sg_json_tape_null(struct sg_json_tape *tape, struct sg_str name)
{
	add(tape, name, SG_JSON_NULL);
}

/* A value stands where it is added, with all that follows it; the order of its members is what was written. */
void
sg_json_tape_value(struct sg_json_tape *tape, struct sg_str name, const struct sg_json *value)
{
	bool plain = value->type != SG_JSON_OBJECT && value->type != SG_JSON_ARRAY;
	if (!plain && (value->span > tape->room - tape->count || value->count > 0)) { /* its objects may be in another order than they were written in */
		tape->failed = true;
		return;
	}
	struct sg_json *node = add(tape, name, value->type);
	if (node == NULL)
		return;
	*node = *value;
	node->name = name;
	node->sorted = value->type == SG_JSON_OBJECT;
}

void
sg_json_tape_raw(struct sg_json_tape *tape, struct sg_str name, struct sg_str canonical)
{
	const struct sg_json *value = NULL;
	if (sg_str_is(canonical, "[]")) {
		sg_json_tape_open(tape, name, false);
		sg_json_tape_close(tape);
		return;
	}
	tape->failed |= sg_canon_parse(tape->arena, canonical, NULL, &value, NULL) != SG_OK || value->span > tape->room - tape->count;
	struct sg_json *node = add(tape, name, SG_JSON_NULL);
	if (node == NULL)
		return;
	memcpy(node, value, value->span * sizeof(*node)); /* canonical: all of it stands in order */
	node->name = name;
	tape->count += value->span - 1;
}
