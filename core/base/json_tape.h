/* SPDX-License-Identifier: Apache-2.0
 * Values noted as they are written: what a reader of the text would come to, without reading it. */
#ifndef SG_BASE_JSON_TAPE_H
#define SG_BASE_JSON_TAPE_H

#include "base/arena.h"
#include "base/canon.h"

enum { SG_TAPE_LEVELS = SG_JSON_MAX_DEPTH + 1 };

/* Belongs to one writer. Names of the code and the written text are borrowed: they outlive what is noted. */
struct sg_json_tape {
	struct sg_arena *arena;
	struct sg_json *nodes, *open[SG_TAPE_LEVELS];
	size_t count, room, depth;
	const char *text; /* where the written text began */
	bool failed;      /* more values than room, no memory, or the text was moved */
};

/* From now on `w`, which has written nothing yet, notes its values in the arena: at most `most` of them, of a text of at most `bytes`, for which room is taken
 * now, so that it stays where it is. */
void sg_json_tape_begin(struct sg_json_tape *tape, struct sg_json_writer *w, struct sg_arena *arena, size_t most, size_t bytes);

/* The one whole value that was written; it lives as long as the arena and the text. NULL: it was not noted, read the text. */
const struct sg_json *sg_json_tape_end(const struct sg_json_tape *tape, const struct sg_json_writer *w);

/* For the writer alone, each behind what it wrote. `name`: the member's; {NULL, 0} in an array and at the top. */
void sg_json_tape_open(struct sg_json_tape *tape, struct sg_str name, bool object);
void sg_json_tape_close(struct sg_json_tape *tape);
/* `written`: the string as it stands in the text, quotes included. */
void sg_json_tape_text(struct sg_json_tape *tape, struct sg_str name, struct sg_str says, struct sg_str written);
void sg_json_tape_number(struct sg_json_tape *tape, struct sg_str name, double number, struct sg_str written);
void sg_json_tape_bool(struct sg_json_tape *tape, struct sg_str name, bool value);
void sg_json_tape_null(struct sg_json_tape *tape, struct sg_str name);
/* One that was read, or canonical bytes, which are read now. */
void sg_json_tape_value(struct sg_json_tape *tape, struct sg_str name, const struct sg_json *value);
void sg_json_tape_raw(struct sg_json_tape *tape, struct sg_str name, struct sg_str canonical);
/* Where a name is kept as long as the text: in it, if it was written as it is. */
struct sg_str sg_json_tape_kept(struct sg_json_tape *tape, struct sg_str says, struct sg_str written);

#endif
