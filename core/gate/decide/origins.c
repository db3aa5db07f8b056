/* SPDX-License-Identifier: Apache-2.0
 * Where the arguments of a question come from. Only so many are looked at as `sg_value_look` has room for: those that bear authority first, so that no
 * padding pushes them out; what is not listed is unknown to policy. */
#include "gate/decide/decide.h"
#include "gate/state/values.h"

#include "base/str.h"
#include "gate/catalogue/catalogue.h"
#include "gate/state/fold.h"
#include "gate/state/labels.h"

#include <string.h>

enum { PROVENANCE_MAX = 256 }; /* values listed; as many as policy takes */

struct origins {
	struct sg_json_writer *w;
	const struct sg_state *state;
	const struct sg_task *task;
	struct sg_value_look look;
	const struct sg_action *action;
	enum sg_form form; /* of the argument that is looked through */
	struct {
		const struct sg_json *value;
		enum sg_form form;
	} written[PROVENANCE_MAX];
	size_t count;
};

/* Once for each form it has: where two arguments have one value, the row that is not trusted counts. */
static bool
is_written(const struct origins *o, const struct sg_json *value)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->written[i].form == o->form && sg_json_eq(o->written[i].value, value))
			return true;
	return false;
}

/* It said so itself, or another agent above it did that is the same user, or in the same domain: two names are not two parties. */
static bool
is_own_word(const struct sg_task *task, uint64_t sayer)
{
	for (const struct sg_task *t = task; sayer != 0 && t != NULL; t = t->parent) {
		bool same = t == task || t->domain == task->domain || (t->instance->uid >= 0 && t->instance->uid == task->instance->uid);
		if (same && sayer == sg_person_tag(sg_str(t->agent)))
			return true;
	}
	return false;
}

/* What an agent handed on with a task is another party's word for who took it, and its own for itself. Either is a word for what was said, and for nothing
 * that was built with a piece of it. */
static const char *
where_of(const struct origins *o, const struct sg_origin *origin, bool part)
{
	bool inputs = origin != NULL && (strcmp(origin->where, "task") == 0 || strcmp(origin->where, "self") == 0);
	if (origin == NULL || (part && inputs))
		return "unknown";
	bool own = is_own_word(o->task, origin->sayer);
	return own && inputs ? "self" : origin->where;
}

static void
write_origin(struct origins *o, const struct sg_json *value)
{
	bool part = false;
	if (o->count == PROVENANCE_MAX || !sg_value_look_take(&o->look, value) || is_written(o, value))
		return;
	const struct sg_origin *origin = sg_value_origin(o->state, o->task, value, o->form, &o->look, &part);
	o->written[o->count].form = o->form;
	o->written[o->count++].value = value;
	sg_jw_object(o->w);
	sg_jw_name(o->w, "labels");
	if (origin != NULL && !part && strcmp(origin->where, "unknown") != 0)
		sg_write_labels(o->w, &origin->taint);
	else /* what stands around the part may be from anywhere */
		sg_write_all_read(o->w, o->task, part ? &origin->taint : NULL);
	sg_jw_member_text(o->w, "origin", where_of(o, origin, part));
	sg_jw_member_text(o->w, "source", origin != NULL ? origin->decision : "");
	sg_jw_name(o->w, "value");
	sg_jw_value(o->w, value);
	sg_jw_end(o->w);
}

static bool
is_spent(const struct origins *o)
{
	return o->count == PROVENANCE_MAX || o->look.values == 0 || o->look.forms == 0;
}

/* All below one argument is of its form. */
static void
set_form(struct origins *o, struct sg_str argument, int depth)
{
	for (size_t i = 0; depth == 0 && i < o->action->argument_count; i++)
		if (sg_str_eq(o->action->arguments[i].name, argument))
			o->form = o->action->arguments[i].form;
}

static void
write_below(struct origins *o, const struct sg_json *value, int depth)
{
	bool many = value->type == SG_JSON_ARRAY || value->type == SG_JSON_OBJECT;
	if (depth == SG_VALUE_DEPTH || is_spent(o))
		return;
	for (const struct sg_json *v = many ? sg_json_first(value) : NULL; v != NULL && !is_spent(o); v = sg_json_next(value, v)) {
		o->form = depth == 0 ? SG_FORM_exact : o->form;
		set_form(o, v->name, depth);
		write_below(o, v, depth + 1);
	}
	if (value->type == SG_JSON_STRING || value->type == SG_JSON_NUMBER)
		write_origin(o, value);
}

/* What is left of a path behind the member `name`; false: it leads elsewhere. "payee.iban" as one name is taken for the path. */
static bool
path_behind(struct sg_str path, struct sg_str name, struct sg_str *rest)
{
	if (name.len > path.len || memcmp(path.ptr, name.ptr, name.len) != 0)
		return false;
	*rest = (struct sg_str){path.ptr + name.len, path.len - name.len};
	if (rest->len > 0 && rest->ptr[0] != '.')
		return false;
	if (rest->len > 0)
		*rest = (struct sg_str){rest->ptr + 1, rest->len - 1};
	return true;
}

/* Behind a number that stands for a place in a list; else the path as it is. */
static struct sg_str
behind_place(struct sg_str path)
{
	size_t len = 0;
	while (len < path.len && path.ptr[len] >= '0' && path.ptr[len] <= '9')
		len++;
	bool place = len > 0 && (len == path.len || path.ptr[len] == '.');
	len += place && len < path.len;
	return place ? (struct sg_str){path.ptr + len, path.len - len} : path;
}

/* A list along the way stands for all its elements, whatever place the path names. */
static void
write_at(struct origins *o, const struct sg_json *value, struct sg_str path, int depth)
{
	bool list = value->type == SG_JSON_ARRAY;
	struct sg_str rest = list ? behind_place(path) : path;
	if (depth == SG_VALUE_DEPTH || is_spent(o))
		return;
	if (path.len == 0 || (!list && value->type != SG_JSON_OBJECT)) {
		write_below(o, value, depth);
		return;
	}
	for (const struct sg_json *v = sg_json_first(value); v != NULL && !is_spent(o); v = sg_json_next(value, v))
		if (list || path_behind(path, v->name, &rest)) {
			o->form = depth == 0 ? SG_FORM_exact : o->form;
			set_form(o, v->name, depth);
			write_at(o, v, rest, depth + 1);
		}
}

void
sg_write_origins(struct sg_json_writer *w, const struct sg_state *state, const struct sg_task *task, const struct sg_action *action,
		 const struct sg_json *args)
{
	struct origins o = {.w = w, .action = action, .state = state, .task = task, .look = SG_LOOK_AT_ARGUMENTS};
	sg_jw_array(w);
	for (size_t i = 0; i < action->authority.count; i++)
		write_at(&o, args, action->authority.items[i], 0);
	write_below(&o, args, 0);
	sg_jw_end(w);
}
