/* SPDX-License-Identifier: Apache-2.0
 * Letters, digits, and what is neither. */
#include "gate/state/letters.h"

#include "base/hidden.h"

#include <string.h>

enum kind { LETTER, MARK, END, NOTHING };

struct one {
	enum kind kind;
	size_t len; /* in the text */
	char plain[4];
	size_t plain_len;
};

/* Marks and blanks beyond ASCII; what is no mark is a letter. */
static bool
is_mark(uint32_t c)
{
	static const struct {
		uint32_t from, to;
	} marks[] = {
		{0x80, 0xa9}, {0xab, 0xb1}, {0xb4, 0xb4}, {0xb6, 0xb8}, {0xbb, 0xbf}, {0xd7, 0xd7}, {0xf7, 0xf7}, {0x2c2, 0x2df}, {0x37e, 0x37e}, {0x387, 0x387}, {0x482, 0x482},
		{0x55a, 0x55f}, {0x589, 0x58a}, {0x5be, 0x5be}, {0x5c0, 0x5c0}, {0x5c3, 0x5c3}, {0x5f3, 0x5f4}, {0x600, 0x60f}, {0x61b, 0x61f}, {0x66a, 0x66d}, {0x6d4, 0x6d4},
		{0x700, 0x70d}, {0x964, 0x965}, {0x970, 0x970}, {0xe3f, 0xe3f}, {0xe4f, 0xe4f}, {0xe5a, 0xe5b}, {0xf04, 0xf12}, {0x104a, 0x104f}, {0x1360, 0x1368}, {0x1400, 0x1400},
		{0x1680, 0x1680}, {0x17d4, 0x17db}, {0x1800, 0x180a}, {0x2000, 0x206f}, {0x207a, 0x207e}, {0x208a, 0x208e}, {0x20a0, 0x20cf}, {0x2190, 0x245f}, {0x2500, 0x2bff},
		{0x2e00, 0x2e7f}, {0x3000, 0x3004}, {0x3008, 0x3020}, {0x3030, 0x3030}, {0x303d, 0x303f}, {0x30a0, 0x30a0}, {0x30fb, 0x30fb}, {0xfd3e, 0xfd3f}, {0xfe10, 0xfe1f},
		{0xfe30, 0xfe6f}, {0xff5f, 0xff65}, {0xffe0, 0xffef}, {0x10100, 0x10102}, {0x1f000, 0x1faff},
	};
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]) && c >= marks[i].from; i++)
		if (c <= marks[i].to)
			return true;
	return false;
}

/* Simple folding (Unicode 15) of Latin, Greek, Cyrillic and Armenian; `every` second one of a range where small and large alternate. */
static uint32_t
small(uint32_t c)
{
	static const struct {
		uint32_t from, to, add, every;
	} rows[] = {
		{0xc0, 0xd6, 0x20, 1},    {0xd8, 0xde, 0x20, 1},    {0x100, 0x12e, 1, 2},   {0x132, 0x136, 1, 2},   {0x139, 0x147, 1, 2},   {0x14a, 0x176, 1, 2},
		{0x179, 0x17d, 1, 2},     {0x1cd, 0x1db, 1, 2},     {0x1de, 0x1ee, 1, 2},   {0x1f8, 0x21e, 1, 2},   {0x222, 0x232, 1, 2},   {0x386, 0x386, 0x26, 1},
		{0x388, 0x38a, 0x25, 1},  {0x38c, 0x38c, 0x40, 1},  {0x38e, 0x38f, 0x3f, 1}, {0x391, 0x3ab, 0x20, 1}, {0x3c2, 0x3c2, 1, 1},   {0x400, 0x40f, 0x50, 1},
		{0x410, 0x42f, 0x20, 1},  {0x460, 0x480, 1, 2},     {0x48a, 0x4be, 1, 2},   {0x4c1, 0x4cd, 1, 2},   {0x4d0, 0x52e, 1, 2},   {0x531, 0x556, 0x30, 1},
		{0x1e00, 0x1e94, 1, 2},   {0x1ea0, 0x1efe, 1, 2},
	};
	static const uint32_t others[][2] = {{0x130, 'i'}, {0x178, 0xff}, {0x17f, 's'}, {0x1e9e, 0xdf}, {0x212a, 'k'}, {0x212b, 0xe5}};
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (c == others[i][0])
			return others[i][1];
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (c >= rows[i].from && c <= rows[i].to)
			return (c - rows[i].from) % rows[i].every == 0 ? c + rows[i].add : c;
	return c;
}

static struct one
of_ascii(char c, size_t len)
{
	static const char ends[] = " \t\r\n,;()<>[]{}\"'|`";
	char plain = c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
	bool letter = (plain >= 'a' && plain <= 'z') || (c >= '0' && c <= '9');
	enum kind kind = letter ? LETTER : c != '\0' && strchr(ends, c) != NULL ? END : MARK;
	return (struct one){kind, len, {plain}, letter};
}

static struct one
written(uint32_t c, size_t len)
{
	struct one one = {LETTER, len, {0}, 2};
	if (c < 0x800) {
		one.plain[0] = (char)(0xc0 | c >> 6);
	} else if (c < 0x10000) {
		one.plain[0] = (char)(0xe0 | c >> 12);
		one.plain[1] = (char)(0x80 | (c >> 6 & 0x3f));
		one.plain_len = 3;
	} else {
		one.plain[0] = (char)(0xf0 | c >> 18);
		one.plain[1] = (char)(0x80 | (c >> 12 & 0x3f));
		one.plain[2] = (char)(0x80 | (c >> 6 & 0x3f));
		one.plain_len = 4;
	}
	one.plain[one.plain_len - 1] = (char)(0x80 | (c & 0x3f));
	return one;
}

/* The one that begins at `text`, which is not empty. A byte that is none of UTF-8 is a mark. */
static struct one
first_of(struct sg_str text)
{
	uint32_t c = 0;
	if ((unsigned char)text.ptr[0] < 0x80)
		return of_ascii(text.ptr[0], 1);
	size_t len = sg_utf8_first(text, &c);
	if (len == 0)
		return (struct one){MARK, 1, {0}, 0};
	if (c >= 0xff01 && c <= 0xff5e)
		return of_ascii((char)(c - 0xfee0), len);
	if (sg_is_hidden(c))
		return (struct one){NOTHING, len, {0}, 0};
	if (is_mark(c))
		return (struct one){END, len, {0}, 0};
	c = small(c);
	return c < 0x80 ? of_ascii((char)c, len) : written(c, len);
}

static struct sg_str
behind(struct sg_str text, size_t len)
{
	return (struct sg_str){text.ptr + len, text.len - len};
}

size_t
sg_letters(struct sg_str text, char *out, size_t room)
{
	size_t len = 0;
	while (text.len > 0) {
		struct one one = first_of(text);
		if (len + one.plain_len > room && one.kind == LETTER)
			return room + 1;
		if (one.kind == LETTER)
			memcpy(out + len, one.plain, one.plain_len);
		len += one.kind == LETTER ? one.plain_len : 0;
		text = behind(text, one.len);
	}
	return len;
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static size_t
hex_at(struct sg_str text, size_t at, size_t count)
{
	size_t len = 0;
	while (len < count && at + len < text.len && is_hex(text.ptr[at + len]))
		len++;
	return len == count ? count : 0;
}

/* Bytes of what stands for one character; 0: nothing does. */
static size_t
escape_at(struct sg_str text)
{
	char mark = text.ptr[0], next = text.len > 1 ? text.ptr[1] : '\0';
	if (mark == '%' || mark == '=')
		return hex_at(text, 1, 2) > 0 ? 3 : 0;
	if (mark != '\\' || next == '\0')
		return 0;
	size_t digits = next == 'u' ? 4 : next == 'x' ? 2 : next == 'U' ? 8 : 0;
	return hex_at(text, 2, digits) == digits ? 2 + digits : 2;
}

/* A word on its way. */
struct word {
	bool (*each)(void *, const struct sg_piece *);
	void *to;
	struct sg_str before; /* the run before the one there is */
	const char *run;      /* NULL: none */
	size_t runs, letters;
	bool all, stopped;
};

static void
give(struct word *w, enum sg_piece_kind kind, struct sg_str run, struct sg_str next)
{
	struct sg_piece piece = {kind, run, next};
	w->stopped = w->stopped || !w->each(w->to, &piece);
}

static const struct sg_str none = {"", 0};

static void
end_run(struct word *w, const char *end)
{
	if (w->run == NULL)
		return;
	struct sg_str run = {w->run, (size_t)(end - w->run)};
	w->all &= w->letters <= SG_RUN_MAX;
	if (w->runs > 0) {
		give(w, SG_PIECE_RUN, w->before, none);
		give(w, SG_PIECE_PAIR, w->before, run);
	}
	w->before = run;
	w->run = NULL;
	w->runs++;
}

static void
end_word(struct word *w, const char *end)
{
	end_run(w, end);
	if (w->runs > 0)
		give(w, w->runs == 1 ? SG_PIECE_LONE : SG_PIECE_RUN, w->before, none);
	w->runs = 0;
}

static void
step(struct word *w, const struct one *one, const char *at)
{
	if (one->kind == LETTER && w->run == NULL) {
		w->run = at;
		w->letters = 0;
	}
	if (one->kind == LETTER)
		w->letters += one->plain_len;
	if (one->kind == MARK)
		end_run(w, at);
	if (one->kind == END)
		end_word(w, at);
}

bool
sg_pieces(struct sg_str text, bool escaped, bool (*each)(void *to, const struct sg_piece *piece), void *to)
{
	struct word w = {.each = each, .to = to, .all = true};
	while (text.len > 0 && !w.stopped) {
		struct one one = first_of(text);
		size_t more = escaped && one.kind == MARK ? escape_at(text) : 0;
		if (more > 0)
			one.len = more;
		step(&w, &one, text.ptr);
		text = behind(text, one.len);
	}
	end_word(&w, text.ptr);
	return w.all && !w.stopped;
}

/* The last, or the first letters of it. */
static size_t
side(struct sg_str text, bool last, char out[SG_PAIR_SIDE])
{
	char plain[SG_RUN_MAX];
	size_t len = sg_letters(text, plain, sizeof(plain));
	len = len > sizeof(plain) ? sizeof(plain) : len;
	size_t part = len < SG_PAIR_SIDE ? len : SG_PAIR_SIDE;
	memcpy(out, plain + (last ? len - part : 0), part);
	return part;
}

struct sg_str
sg_piece_text(const struct sg_piece *piece, char *out)
{
	size_t len = 0;
	if (piece->kind != SG_PIECE_PAIR) {
		len = sg_letters(piece->run, out, SG_RUN_MAX);
		return (struct sg_str){out, len > SG_RUN_MAX ? 0 : len};
	}
	len = side(piece->run, true, out);
	out[len++] = '.';
	len += side(piece->next, false, out + len);
	return (struct sg_str){out, len};
}

bool
sg_may_be_escaped(struct sg_str text)
{
	return text.len > 0 && (memchr(text.ptr, '\\', text.len) != NULL || memchr(text.ptr, '%', text.len) != NULL || memchr(text.ptr, '=', text.len) != NULL);
}
