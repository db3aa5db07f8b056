/* SPDX-License-Identifier: Apache-2.0
 * A dumped chunk (Lua 5.4, ldump.c): header, then functions within functions. Only instructions are changed, all else is passed over. */
#include "policy/exact/in.h"

#include <lua.h>
#include <stdint.h>
#include <string.h>

/* lopcodes.h, ltm.h: the same in every release of 5.4. */
enum { OP_MOVE = 0, OP_MMBIN = 46, OP_MMBINK = 48, TM_ADD = 6, TM_SUB = 7, TM_MUL = 8, TM_SHL = 16, TM_SHR = 17 };
enum { NIL = 0x00, FALSE = 0x01, TRUE = 0x11, INTEGER = 0x03, FLOAT = 0x13, SHORT = 0x04, LONG = 0x14 };

struct dump {
	unsigned char *at, *end;
	bool good;
};

static unsigned char *
skip(struct dump *d, size_t count, size_t size)
{
	unsigned char *at = d->at;
	d->good = d->good && count <= (size_t)(d->end - d->at) / size;
	d->at += d->good ? count * size : 0;
	return at;
}

static unsigned
byte(struct dump *d)
{
	const unsigned char *at = skip(d, 1, 1);
	return d->good ? *at : 0;
}

/* Seven bits a byte, the highest first; the last has its eighth bit. */
static size_t
number(struct dump *d)
{
	size_t value = 0;
	unsigned b = 0;
	while (d->good && (b & 0x80) == 0) {
		b = byte(d);
		d->good = d->good && value <= SIZE_MAX >> 7;
		value = value << 7 | (b & 0x7F);
	}
	return d->good ? value : 0;
}

static void
text(struct dump *d)
{
	size_t size = number(d);
	skip(d, size > 0 ? size - 1 : 0, 1);
}

static bool
may_wrap(uint32_t called)
{
	unsigned op = called & 0x7F, event = called >> 24;
	return op >= OP_MMBIN && op <= OP_MMBINK && ((event >= TM_ADD && event <= TM_MUL) || event == TM_SHL || event == TM_SHR);
}

/* What stands before the call of a metamethod is passed by: the register that it would set is moved to itself. */
static void
code(struct dump *d)
{
	size_t count = number(d);
	unsigned char *at = skip(d, count, sizeof(uint32_t));
	for (size_t i = 1; d->good && i < count; i++) {
		uint32_t before, called;
		memcpy(&before, at + (i - 1) * sizeof(before), sizeof(before));
		memcpy(&called, at + i * sizeof(called), sizeof(called));
		if (!may_wrap(called))
			continue;
		uint32_t into = before >> 7 & 0xFF, nothing = OP_MOVE | into << 7 | into << 16;
		memcpy(at + (i - 1) * sizeof(nothing), &nothing, sizeof(nothing));
	}
}

static void
constants(struct dump *d)
{
	for (size_t left = number(d); d->good && left > 0; left--) {
		unsigned kind = byte(d);
		if (kind == INTEGER || kind == FLOAT)
			skip(d, 8, 1);
		else if (kind == SHORT || kind == LONG)
			text(d);
		else
			d->good = d->good && (kind == NIL || kind == FALSE || kind == TRUE);
	}
}

static void
lines(struct dump *d)
{
	skip(d, number(d), 1);
	for (size_t left = number(d); d->good && left > 0; left--) {
		number(d);
		number(d);
	}
}

static void
names(struct dump *d)
{
	for (size_t left = number(d); d->good && left > 0; left--) {
		text(d);
		number(d);
		number(d);
	}
	for (size_t left = number(d); d->good && left > 0; left--)
		text(d);
}

/* Lua's compiler nests functions no deeper than 200. */
static void
function(struct dump *d)
{
	text(d);
	number(d);
	number(d);
	skip(d, 3, 1);
	code(d);
	constants(d);
	skip(d, number(d), 3);
	for (size_t left = number(d); d->good && left > 0; left--)
		function(d);
	lines(d);
	names(d);
}

bool
sg_exact_change(unsigned char *dump, size_t len)
{
	static const unsigned char known[] = "\x1bLua\x54\x00\x19\x93\r\n\x1a\n\x04\x08\x08\x78\x56";
	struct dump d = {dump, dump + len, len > sizeof(known) && memcmp(dump, known, sizeof(known) - 1) == 0};
	skip(&d, 15 + 16 + 1, 1); /* the header, an integer and a number in it, and how many upvalues */
	if (d.good)
		function(&d);
	return d.good && d.at == d.end;
}
