/* SPDX-License-Identifier: Apache-2.0
 * Calls that wait for their turn at a module. It is asked for a few at a time; whoever asks for much waits behind whoever asks for little. Private
 * to the loop. */
#ifndef SG_GATE_LOOP_LINE_H
#define SG_GATE_LOOP_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stepgate/types.h>

enum {
	SG_CALLS_AT_ONCE = 2,   /* one that it works at, and the next */
	SG_CALLS_QUICK = 16,    /* at most, of one whose last so many took less than SG_CALL_QUICK_MS each */
	SG_CALL_QUICK_MS = 5,
	SG_CALLS_LINE = 4096,   /* that wait at one module */
	SG_CALLS_SHARE = 1024,  /* of them of one agent */
	SG_BACK_LINE = 2048,    /* more do not wait where another one is to take something back: what does not wait comes again, and what is asked for has room */
	SG_BACK_SHARE = 64,     /* of those of one agent */
	SG_FIRST_LINE = 8192    /* nor where an operator takes back */
};

/* What is asked for, what is taken back, what an operator takes back. */
enum sg_lined_kind { SG_LINED_CALL, SG_LINED_BACK, SG_LINED_FIRST, SG_LINED_KINDS };

struct sg_lined {
	struct sg_lined *next;
	uint64_t id, whose, turn;
	enum sg_lined_kind kind;
	size_t len;
	char request[];
};

/* Zeroed: empty. */
struct sg_line {
	struct sg_lined *first, *last;
	size_t count;
	uint64_t turn; /* of the last one that had its turn, in rounds */
};

/* Copies the request. False: the line is full, or whoever asks has their share of it; or no memory. */
bool sg_line_add(struct sg_line *line, enum sg_lined_kind kind, uint64_t id, uint64_t whose, struct sg_str request);
/* Takes the one whose turn it is: what an operator takes back; else in rounds, of each that waits one of a kind, the oldest first. The caller frees. NULL: nobody waits. */
struct sg_lined *sg_line_next(struct sg_line *line);
/* Takes what is asked for, and leaves what is to be taken back. In the order in which they came; the caller frees each. NULL: nothing. */
struct sg_lined *sg_line_take_calls(struct sg_line *line);

#endif
