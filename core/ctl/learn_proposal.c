/* SPDX-License-Identifier: Apache-2.0
 * The stanza that would change a denial. What agents asked for is anybody's text: only what can stand in a file as it is gets into one. */
#include "ctl/learn.h"
#include "ctl/learn_denials.h"

#include "base/pattern.h"
#include "base/str.h"

enum { NAME_MOST = 128 };

static bool
only(struct sg_str text, const char *more)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c != '\0' && strchr(more, c) != NULL)))
			return false;
	}
	return text.len > 0 && text.len <= NAME_MOST;
}

static bool
is_action(struct sg_str text)
{
	return only(text, "._-:") && sg_pattern_valid(text, '.');
}

/* The list that is in force, and one more: in a file a list replaces the one before it. */
static void
longer(struct sg_buf *out, const struct sg_json *list, struct sg_str one)
{
	sg_buf_text(out, "[ ");
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e)) {
		sg_canon_string(out, e->string); /* it stood in a file before */
		sg_buf_text(out, ", ");
	}
	sg_buf_printf(out, "\"%.*s\" ]", SG_STR_ARG(one));
}

static void
propose_action(struct sg_buf *out, struct sg_arena *arena, const struct sg_denial *d, const struct sg_json *document)
{
	(void)document;
	const char *stanza = sg_learn_stanza(arena, d->action);
	if (is_action(d->action) && stanza != NULL)
		sg_buf_printf(out, "actions : { a_%.60s : { name = \"%.*s\"  class = \"%s\"  effect = \"%s\"  sensitivity = \"restricted\" } }", stanza,
			      SG_STR_ARG(d->action), sg_guess_class(d->action), sg_guess_effect(d->action));
}

static void
propose_list(struct sg_buf *out, const char *section, struct sg_str stanza, const char *key, const struct sg_denial *d, const struct sg_json *document)
{
	const struct sg_json *group = sg_json_get_str(sg_json_get(document, section), stanza), *in_force = sg_json_get(group, key);
	if (!is_action(d->action) || in_force == NULL)
		return;
	sg_buf_printf(out, "%s : { %.*s : { %s = ", section, SG_STR_ARG(stanza), key);
	longer(out, in_force, d->action);
	sg_buf_text(out, " } }");
}

static void
propose_reach(struct sg_buf *out, struct sg_arena *arena, const struct sg_denial *d, const struct sg_json *document)
{
	(void)arena;
	propose_list(out, "agents", d->agent, "reach", d, document);
}

static void
propose_intent(struct sg_buf *out, struct sg_arena *arena, const struct sg_denial *d, const struct sg_json *document)
{
	(void)arena;
	propose_list(out, "intents", d->intent, "actions", d, document);
}

static void
propose_resource(struct sg_buf *out, struct sg_arena *arena, const struct sg_denial *d, const struct sg_json *document)
{
	(void)document;
	const char *stanza = sg_learn_stanza(arena, sg_str(sg_arena_printf(arena, "%.*s_%.*s", SG_STR_ARG(d->type), SG_STR_ARG(d->id))));
	if (stanza != NULL && only(d->type, "._-") && only(d->id, "._-:/@+=,~ ") && sg_pattern_valid(d->id, '/'))
		sg_buf_printf(out, "resources : { r_%.60s : { type = \"%.*s\"  patterns = [ \"%.*s\" ]  sensitivity = \"restricted\" } }", stanza,
			      SG_STR_ARG(d->type), SG_STR_ARG(d->id));
}

void
sg_denial_proposal(struct sg_buf *out, struct sg_arena *arena, const struct sg_denial *denial, const struct sg_json *document)
{
#define X(code_, what)                                                                                                 \
	if (strcmp(denial->code, #code_) == 0)                                                                         \
		propose_##what(out, arena, denial, document);
	SG_DENIALS(X)
#undef X
}
