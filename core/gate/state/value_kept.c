/* SPDX-License-Identifier: Apache-2.0
 * What a domain keeps of values (kept.h), and whether it keeps one: by its forms without marks, and by the runs of letters and digits that stand in it. */
#include "gate/state/letters.h"
#include "gate/state/named.h"

#include "base/str.h"

enum { SPANS = 32, MANY_MOST = 1 << 20 };

/* Without case, blanks and marks; as it is where nothing would be left. */
static struct sg_str
compact_of(struct sg_str form, enum sg_form_kind kind, char out[SG_FORM_MAX])
{
	const char *blank = kind == SG_FORM_SPELLED && form.len > 0 ? memchr(form.ptr, ' ', form.len) : NULL;
	if (blank != NULL) /* behind the name of its form */
		form = (struct sg_str){blank + 1, form.len - (size_t)(blank + 1 - form.ptr)};
	size_t len = sg_letters(form, out, SG_FORM_MAX);
	return len == 0 || len > SG_FORM_MAX ? form : (struct sg_str){out, len};
}

/* Under which a domain keeps it, whatever its kind. */
static uint64_t
kept_digest(const struct sg_state *state, struct sg_str compact)
{
	return sg_form_digest(state, NULL, compact, SG_FORM_COMPACT);
}

/* ---- what is kept ---- */

/* One value, and what of it its tree trusts. */
struct keeping {
	struct sg_values_kept *kept;
	struct sg_str value, trusted[SPANS];
	size_t spans;
	char last[SG_FORM_MAX]; /* most forms of a word come to the same */
	size_t last_len;
};

static bool
lies_in(struct sg_str part, struct sg_str whole)
{
	return part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len;
}

/* Policy takes it for what it is, here. */
static bool
is_trusted(const struct sg_values_kept *kept, struct sg_str form, enum sg_form_kind kind)
{
	if (kept->task->root->tree == NULL)
		return false;
	const struct sg_origin *origin = sg_values_known(kept->task, sg_form_digest(kept->state, kept->task, form, kind));
	bool given = origin != NULL && strcmp(origin->where, "task") == 0 && origin->sayer == 0;
	return given || (origin != NULL && strcmp(origin->where, "unknown") != 0 && origin->taint.count == 0);
}

static void
put(struct sg_values_kept *kept, uint64_t digest)
{
	char text[SG_KEPT_CHARS];
	bool room = kept->room > 0 && sg_kept_put(&kept->seen, digest);
	kept->cut |= !room;
	if (!room)
		return;
	kept->room--;
	sg_kept_write(digest, text);
	sg_buf_add(&kept->many, text, sizeof(text));
}

static bool
is_there(const struct sg_values_kept *kept, uint64_t digest)
{
	return sg_kept_has(&kept->task->domain->kept, digest) || sg_kept_has(&kept->seen, digest);
}

/* True: it is the one that was looked at just now. */
static bool
is_last(struct keeping *k, struct sg_str compact)
{
	if (compact.len == k->last_len && memcmp(compact.ptr, k->last, compact.len) == 0)
		return true;
	memcpy(k->last, compact.ptr, compact.len);
	k->last_len = compact.len;
	return false;
}

/* One more is looked at. False: there are too many. */
static bool
take_one(struct sg_values_kept *kept)
{
	kept->cut |= kept->forms == 0;
	kept->forms -= kept->forms > 0;
	return !kept->cut;
}

static bool
keep_form(void *to, struct sg_str form, enum sg_form_kind kind)
{
	struct keeping *k = to;
	char out[SG_FORM_MAX];
	if (!take_one(k->kept))
		return false;
	struct sg_str compact = compact_of(form, kind, out);
	if (is_last(k, compact))
		return !k->kept->cut;
	uint64_t digest = kept_digest(k->kept->state, compact);
	if (is_there(k->kept, digest))
		return !k->kept->cut;
	bool trusted = is_trusted(k->kept, form, kind);
	if (trusted && k->spans < SPANS && lies_in(form, k->value))
		k->trusted[k->spans++] = form;
	k->last_len = trusted ? 0 : k->last_len; /* in other letters it may be another */
	if (!trusted)
		put(k->kept, digest);
	return !k->kept->cut;
}

static bool
is_spared(const struct keeping *k, const struct sg_piece *piece)
{
	const char *end = piece->kind == SG_PIECE_PAIR ? piece->next.ptr + piece->next.len : piece->run.ptr + piece->run.len;
	for (size_t i = 0; i < k->spans; i++)
		if (lies_in((struct sg_str){piece->run.ptr, (size_t)(end - piece->run.ptr)}, k->trusted[i]))
			return true;
	return false;
}

static bool
keep_piece(void *to, const struct sg_piece *piece)
{
	struct keeping *k = to;
	char out[SG_PIECE_MAX];
	struct sg_str text = sg_piece_text(piece, out);
	if (text.len < SG_RUN_LEAST || is_spared(k, piece))
		return !k->kept->cut;
	uint64_t digest = kept_digest(k->kept->state, text);
	bool alone = piece->kind != SG_PIECE_PAIR && piece->run.len <= SG_FORM_MAX;
	if (!is_there(k->kept, digest) && !(alone && is_trusted(k->kept, piece->run, SG_FORM_PART)))
		put(k->kept, digest);
	return !k->kept->cut;
}

static bool
keep_pieces(void *to, struct sg_str text)
{
	return sg_pieces(text, false, keep_piece, to) && (!sg_may_be_escaped(text) || sg_pieces(text, true, keep_piece, to));
}

void
sg_text_keep(struct sg_values_kept *kept, struct sg_str text)
{
	struct keeping k = {.kept = kept, .value = text};
	kept->cut |= kept->values == 0 || text.len > kept->bytes;
	if (kept->cut)
		return;
	kept->values--;
	kept->bytes -= text.len;
	kept->cut |= !sg_value_all_forms(text, keep_form, keep_pieces, &k);
}

static void
keep_all(struct sg_values_kept *kept, const struct sg_json *value, int depth)
{
	bool holds = value->type == SG_JSON_ARRAY || value->type == SG_JSON_OBJECT;
	struct sg_buf text;
	kept->cut |= holds && value->count > 0 && depth == SG_VALUE_DEPTH;
	for (const struct sg_json *v = holds && !kept->cut ? sg_json_first(value) : NULL; v != NULL && !kept->cut; v = sg_json_next(value, v)) {
		if (value->type == SG_JSON_OBJECT)
			sg_text_keep(kept, v->name);
		keep_all(kept, v, depth + 1);
	}
	if (holds || kept->cut)
		return;
	sg_buf_init(&text, MANY_MOST);
	if (sg_value_text(value, &text))
		sg_text_keep(kept, sg_buf_view(&text));
	sg_buf_done(&text);
}

void
sg_values_keep_begin(struct sg_values_kept *kept, const struct sg_state *state, const struct sg_task *task, size_t room)
{
	*kept = (struct sg_values_kept){.state = state, .task = task, .room = room, .values = SG_REPORT_VALUES, .bytes = SG_REPORT_BYTES, .forms = SG_KEEP_FORMS};
	sg_buf_init(&kept->many, MANY_MOST);
}

void
sg_values_keep(struct sg_values_kept *kept, const struct sg_json *value)
{
	if (value != NULL)
		keep_all(kept, value, 0);
}

void
sg_values_keep_end(struct sg_values_kept *kept, struct sg_json_writer *w)
{
	struct sg_buf text;
	char mark = SG_KEPT_MANY;
	sg_buf_init(&text, MANY_MOST + 1);
	sg_buf_add(&text, &mark, 1);
	sg_buf_str(&text, sg_buf_view(&kept->many));
	if (kept->many.len > 0)
		sg_jw_str(w, sg_buf_view(&text));
	if (kept->cut || kept->many.failed || text.failed)
		sg_jw_text(w, SG_KEPT_CUT);
	sg_buf_done(&text);
	sg_buf_done(&kept->many);
	sg_kept_free(&kept->seen);
}

/* ---- whether it is kept ---- */

struct asking {
	const struct sg_state *state;
	const struct sg_task *task;
	struct sg_value_look *look;
	bool any, over;
};

/* Until one is not kept. A run beside others says less than what it stands beside. */
static bool
ask_piece(void *to, const struct sg_piece *piece)
{
	struct asking *a = to;
	char out[SG_PIECE_MAX];
	struct sg_str text = sg_piece_text(piece, out);
	if (piece->kind == SG_PIECE_RUN || text.len < SG_RUN_LEAST)
		return true;
	a->over = a->look->forms == 0;
	a->look->forms -= !a->over;
	a->any = true;
	return !a->over && sg_task_keeps(a->task, kept_digest(a->state, text));
}

bool
sg_value_is_kept(const struct sg_state *state, const struct sg_task *task, struct sg_str form, enum sg_form_kind kind, struct sg_value_look *look)
{
	char out[SG_FORM_MAX];
	struct asking a = {.state = state, .task = task, .look = look};
	if (sg_task_keeps(task, kept_digest(state, compact_of(form, kind, out))))
		return true;
	return (sg_pieces(form, false, ask_piece, &a) && a.any) || a.over;
}
