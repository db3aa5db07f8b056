/* SPDX-License-Identifier: Apache-2.0
 * From JSON to the digests of its values, and back from a value to where it was seen. */
#include "base/canon.h"
#include "base/str.h"
#include "gate/state/named.h"

enum { TEXT_MAX = 1 << 20 };

bool
sg_value_look_take(struct sg_value_look *look, const struct sg_json *value)
{
	struct sg_str text = {"", 0};
	sg_json_string(value, &text);
	if (look->values == 0 || look->forms == 0 || text.len > look->bytes)
		return false;
	look->values--;
	look->bytes -= text.len;
	return true;
}

enum { FEW = 16 };

/* Digests, each once: a few in place, more in a table of their own. */
struct once {
	size_t count;
	struct sg_kept more;
	uint64_t *few; /* FEW of them; `count` say something */
};

static bool
has_once(const struct once *once, uint64_t digest)
{
	bool has = false;
	for (size_t i = 0; i < once->count && i < FEW && !has; i++)
		has = once->few[i] == digest;
	return has || sg_kept_has(&once->more, digest);
}

/* True: it was not there, and is now. */
static bool
put_once(struct once *once, uint64_t digest)
{
	size_t before = once->more.count;
	if (has_once(once, digest))
		return false;
	if (once->count < FEW)
		once->few[once->count] = digest;
	else if (!sg_kept_put(&once->more, digest) || once->more.count == before)
		return false;
	once->count++;
	return true;
}

struct writing {
	struct sg_json_writer *w;
	struct sg_value_look look;
	const struct sg_state *state;
	const struct sg_task *task;
	size_t most;
	enum sg_values_of of;
	struct sg_str value; /* that is written */
	bool cut;     /* not all was looked at */
	bool over;    /* the tree took no more */
	bool refuses; /* what a domain of the tree keeps is not placed by this */
	bool told;  /* by whoever did what was asked: short names in it are looked for */
	bool named; /* the value holds one */
	bool long_value; /* it has no form as a whole, and was not looked through */
	struct once written;
};

static bool
is_placed(const struct writing *wr, const struct sg_origin *origin)
{
	if (origin != NULL && wr->of == SG_VALUES_GIVEN && strcmp(origin->where, "unknown") == 0)
		return false; /* that somebody named it says less than that it is given */
	return origin != NULL && !(wr->of >= SG_VALUES_ASKED && sg_value_replaced(origin, sg_value_teller(wr->task)));
}

/* Each form is looked at by itself; but a piece of a value that holds no name holds none, unless it was decoded, and then it is no piece of it. */
static bool
holds_name(struct writing *wr, struct sg_str form, enum sg_form_kind kind)
{
	bool piece = form.ptr >= wr->value.ptr && form.ptr + form.len <= wr->value.ptr + wr->value.len;
	if (kind == SG_FORM_COMPACT || !wr->told) /* a compact form makes nothing trusted */
		return false;
	if (kind == SG_FORM_WHOLE || (kind == SG_FORM_SPELLED && wr->named))
		return wr->named;
	bool clean = kind == SG_FORM_PART && piece && !wr->named && !wr->long_value;
	return !clean && sg_value_is_named(wr->state, wr->task, form, &wr->look);
}

/* ---- a name in another encoding ---- */

struct hidden {
	struct writing *wr;
	struct sg_str in; /* the form that is looked into */
	bool found;
};

/* A name of what was read with labels, that does not stand there as it is. */
static bool
is_hidden_name(void *to, struct sg_str form, enum sg_form_kind kind)
{
	struct hidden *h = to;
	struct writing *wr = h->wr;
	if (kind == SG_FORM_COMPACT || kind == SG_FORM_SPELLED || memmem(h->in.ptr, h->in.len, form.ptr, form.len) != NULL)
		return true;
	if (wr->look.forms == 0) {
		h->found = true;
		return false;
	}
	wr->look.forms--;
	const struct sg_origin *origin = wr->task->root->tree == NULL ? NULL : sg_values_known(wr->task, sg_form_digest(wr->state, wr->task, form, SG_FORM_WHOLE));
	h->found = (origin != NULL && origin->taint.count > 0) || sg_value_is_kept(wr->state, wr->task, form, kind, &wr->look);
	return !h->found;
}

static bool
look_into(void *to, struct sg_str text)
{
	struct hidden *h = to;
	bool whole = sg_value_forms(text, is_hidden_name, h);
	h->found |= !whole; /* or not all of it was looked at */
	return !h->found;
}

/* What came back holds, in percent, hexadecimal or base64, what a domain of the tree keeps. */
static bool
hides_a_name(struct writing *wr, struct sg_str form)
{
	struct hidden h = {.wr = wr, .in = form};
	return !sg_value_decoded(form, look_into, &h) && h.found;
}

/* mailto:NAME is NAME to whoever acts on it. */
static struct sg_str
behind_scheme(struct sg_str form)
{
	const char *colon = form.len > 0 ? memchr(form.ptr, ':', form.len) : NULL;
	size_t at = colon == NULL ? form.len : (size_t)(colon - form.ptr) + 1;
	return (struct sg_str){form.ptr + at, form.len - at};
}

/* A domain of the tree keeps it: as it is, behind a scheme, or in another encoding. */
static bool
is_kept_somehow(struct writing *wr, struct sg_str form, enum sg_form_kind kind)
{
	struct sg_str rest = behind_scheme(form);
	return sg_value_is_kept(wr->state, wr->task, form, kind, &wr->look) || (rest.len >= SG_FORM_LEAST && sg_value_is_kept(wr->state, wr->task, rest, kind, &wr->look)) || hides_a_name(wr, form);
}

static void
place_form(struct writing *wr, struct sg_str form, enum sg_form_kind kind, uint64_t digest)
{
	char hex[17];
	const struct sg_tree *tree = wr->task->root->tree;
	if (wr->refuses && kind != SG_FORM_COMPACT && is_kept_somehow(wr, form, kind))
		return;
	if (tree != NULL && is_placed(wr, sg_values_find(&tree->values, digest)))
		return;
	wr->over |= wr->written.count >= wr->most;
	if (wr->written.count >= wr->most || !put_once(&wr->written, digest))
		return;
	sg_value_hex(digest, hex);
	sg_jw_text(wr->w, hex);
}

static bool
write_form(void *to, struct sg_str form, enum sg_form_kind kind)
{
	struct writing *wr = to;
	if (wr->written.count >= wr->most || wr->look.forms == 0)
		return false;
	wr->look.forms--;
	if (holds_name(wr, form, kind))
		return true;
	place_form(wr, form, kind, sg_form_digest(wr->state, wr->task, form, kind));
	return true;
}

static void
write_scalars(struct writing *wr, const struct sg_json *value, int depth)
{
	bool empty = value == NULL || ((value->type == SG_JSON_ARRAY || value->type == SG_JSON_OBJECT) && value->count == 0);
	bool over = depth == SG_VALUE_DEPTH || wr->written.count >= wr->most || wr->look.values == 0 || wr->look.forms == 0;
	if (empty)
		return;
	wr->cut |= over;
	if (over)
		return;
	if (value->type == SG_JSON_ARRAY || value->type == SG_JSON_OBJECT) {
		for (const struct sg_json *v = sg_json_first(value); v != NULL; v = sg_json_next(value, v))
			write_scalars(wr, v, depth + 1);
		return;
	}
	struct sg_buf text;
	if (!sg_value_look_take(&wr->look, value)) {
		wr->cut = true;
		return;
	}
	sg_buf_init(&text, TEXT_MAX);
	if (sg_value_text(value, &text)) {
		wr->value = sg_buf_view(&text);
		wr->told = wr->of == SG_VALUES_TOLD || wr->of == SG_VALUES_REPORTED;
		wr->long_value = text.len > SG_FORM_MAX;
		wr->named = wr->told && !wr->long_value && sg_value_is_named(wr->state, wr->task, wr->value, &wr->look);
		wr->cut |= !sg_value_forms(sg_buf_view(&text), write_form, wr);
	}
	sg_buf_done(&text);
}

size_t
sg_values_write(struct sg_json_writer *w, const struct sg_state *state, const struct sg_task *task, const struct sg_json *value, size_t most,
		struct sg_value_look look, enum sg_values_of of, bool labelled, bool *all)
{
	uint64_t few[FEW];
	struct writing wr = {.w = w, .written = {.few = few}, .look = look, .state = state, .task = task, .most = most, .of = of};
	bool report = of == SG_VALUES_TOLD || of == SG_VALUES_REPORTED;
	wr.refuses = report && !labelled && sg_task_keeps_any(task);
	sg_jw_array(w);
	write_scalars(&wr, value, 0);
	sg_jw_end(w);
	size_t count = wr.written.count;
	if (all != NULL)
		*all = !wr.cut && !wr.over;
	sg_kept_free(&wr.written.more);
	return count;
}

struct search {
	struct sg_value_look *look;
	const struct sg_state *state;
	const struct sg_task *task;
	const struct sg_origin *whole, *part;
};

/* What the tree's own actions brought says more than what its inputs carry. */
static bool
is_input(const struct sg_origin *origin)
{
	return strcmp(origin->where, "task") == 0 || strcmp(origin->where, "self") == 0 || strcmp(origin->where, "unknown") == 0;
}

static void
suspect(struct search *s, const struct sg_origin *found)
{
	if (found != NULL && found->taint.count > 0 && (s->part == NULL || (is_input(s->part) && !is_input(found))))
		s->part = found;
}

/* A part that is clean makes nothing trusted; one that has labels makes the whole suspect. So does the same without marks, whichever of the two had them. */
static bool
search_form(void *to, struct sg_str form, enum sg_form_kind kind)
{
	struct search *s = to;
	if (s->look->forms == 0)
		return false;
	s->look->forms--;
	if (kind == SG_FORM_SPELLED)
		return true; /* what an argument has is in its form already */
	const struct sg_origin *found = sg_values_known(s->task, sg_form_digest(s->state, s->task, form, SG_FORM_WHOLE));
	if (kind == SG_FORM_WHOLE && s->whole == NULL)
		s->whole = found;
	if (kind != SG_FORM_WHOLE)
		suspect(s, found);
	suspect(s, sg_values_known(s->task, sg_form_digest(s->state, s->task, form, SG_FORM_COMPACT)));
	return true;
}

static bool
is_placed_by_nobody(const struct sg_origin *origin)
{
	return origin == NULL || strcmp(origin->where, "unknown") == 0;
}

/* Seen in another spelling. */
static const struct sg_origin *
find_spelled(const struct search *s, enum sg_form form, struct sg_str text)
{
	const struct sg_origin *found = NULL;
	enum sg_spelling spelling;
	struct sg_buf out;
	sg_buf_init(&out, 4 * SG_FORM_MAX);
	if (form != SG_FORM_exact && sg_value_spelled(form, text, &out, &spelling))
		found = sg_values_known(s->task, sg_form_digest(s->state, s->task, sg_buf_view(&out), SG_FORM_SPELLED));
	sg_buf_done(&out);
	return found;
}

const struct sg_origin *
sg_value_origin(const struct sg_state *state, const struct sg_task *task, const struct sg_json *value, enum sg_form form, struct sg_value_look *look, bool *part)
{
	struct search s = {.look = look, .state = state, .task = task};
	struct sg_buf text;
	*part = false;
	if (task->root->tree == NULL || task->root->tree->values.count == 0)
		return NULL;
	sg_buf_init(&text, TEXT_MAX);
	if (sg_value_text(value, &text)) {
		sg_value_forms(sg_buf_view(&text), search_form, &s);
		const struct sg_origin *spelled = is_placed_by_nobody(s.whole) ? find_spelled(&s, form, sg_buf_view(&text)) : NULL;
		if (spelled != NULL)
			s.whole = spelled; /* that the agent named it before says less */
	}
	sg_buf_done(&text);
	*part = s.whole == NULL && s.part != NULL;
	return s.whole != NULL ? s.whole : s.part;
}
