/* SPDX-License-Identifier: Apache-2.0
 * The order of the attest stack: as written, but for what after and before ask. Of the steps that wait for nothing
 * more, the one written first runs next. */
#include "conf/check.h"

#include "base/str.h"

struct step {
	struct sg_conf_node *stanza;
	size_t waits; /* for so many that have no place yet */
	bool placed;
};

/* `second` runs after `first`; `says` is the value that asks for it. */
struct wish {
	struct step *first, *second;
	const struct sg_conf_node *says;
};

struct stack {
	struct step *steps;
	struct wish *wishes;
	size_t count, wish_count;
};

static struct step *
find(struct stack *stack, struct sg_str name)
{
	for (size_t i = 0; i < stack->count; i++)
		if (sg_str_eq(stack->steps[i].stanza->name, name))
			return &stack->steps[i];
	return NULL;
}

/* What one of the two options of a step asks for. A name that does not exist has been reported as a reference. */
static void
add_wish(struct stack *stack, struct step *step, const char *key, struct sg_conf_errors *errors)
{
	const struct sg_conf_node *value = sg_conf_node_get(step->stanza, key);
	if (value == NULL || value->kind != SG_CONF_TEXT || value->text.len == 0)
		return;
	struct step *other = find(stack, value->text);
	if (other == step)
		sg_conf_error_add(errors, SG_CONF_E_order, value->value, "name another step, or remove it",
				  "attest.%.*s waits for itself", SG_STR_ARG(step->stanza->name));
	if (other == NULL || other == step)
		return;
	bool after = key[0] == 'a';
	struct wish wish = {after ? other : step, after ? step : other, value};
	wish.second->waits++;
	stack->wishes[stack->wish_count++] = wish;
}

static struct step *
next_free(struct stack *stack)
{
	for (size_t i = 0; i < stack->count; i++)
		if (!stack->steps[i].placed && stack->steps[i].waits == 0)
			return &stack->steps[i];
	return NULL;
}

static void
place(struct stack *stack, struct step *step, int64_t number)
{
	step->stanza->number = number;
	step->placed = true;
	for (size_t i = 0; i < stack->wish_count; i++)
		if (stack->wishes[i].first == step)
			stack->wishes[i].second->waits--;
}

/* The wish that keeps `step` waiting. There is one for every step without a place. */
static const struct wish *
kept_by(const struct stack *stack, const struct step *step)
{
	for (size_t i = 0; i < stack->wish_count; i++)
		if (stack->wishes[i].second == step && !stack->wishes[i].first->placed)
			return &stack->wishes[i];
	return NULL;
}

/* Going back from any step without a place comes round sooner or later; then the ring is told from its first step on.
 */
static void
report_ring(struct stack *stack, struct step *from, struct sg_conf_errors *errors)
{
	char ring[256];
	struct sg_buf text;
	for (size_t i = 0; i < stack->count; i++)
		from = kept_by(stack, from)->first;
	struct step *start = from, *at = from;
	do { /* the one written first begins */
		at = kept_by(stack, at)->first;
		start = at < start ? at : start;
	} while (at != from);
	sg_buf_init(&text, sizeof(ring));
	for (at = start; at != start || text.len == 0; at = kept_by(stack, at)->first)
		sg_buf_printf(&text, "%.*s waits for ", SG_STR_ARG(at->stanza->name));
	sg_conf_error_add(errors, SG_CONF_E_order, kept_by(stack, start)->says->value,
			  "remove one after or before of them", "no step of these can be first: %.*s%.*s",
			  text.failed ? 0 : (int)text.len, text.ptr == NULL ? "" : text.ptr,
			  SG_STR_ARG(start->stanza->name));
	sg_buf_done(&text);
}

static bool
collect(struct sg_arena *arena, struct stack *stack, struct sg_conf_node *attest, struct sg_conf_errors *errors)
{
	stack->steps = sg_arena_alloc(arena, attest->count * sizeof(*stack->steps));
	stack->wishes = sg_arena_alloc(arena, 2 * attest->count * sizeof(*stack->wishes));
	if (stack->steps == NULL || stack->wishes == NULL)
		return false;
	for (struct sg_conf_node *s = attest->first; s != NULL; s = s->next)
		stack->steps[stack->count++] = (struct step){.stanza = s};
	for (size_t i = 0; i < stack->count; i++) {
		add_wish(stack, &stack->steps[i], "after", errors);
		add_wish(stack, &stack->steps[i], "before", errors);
	}
	return true;
}

void
sg_conf_order(struct sg_arena *arena, struct sg_conf_node *root, struct sg_conf_errors *errors)
{
	struct stack stack = {0};
	struct step *step;
	struct sg_conf_node *attest = sg_conf_node_get(root, "attest");
	if (attest == NULL || attest->kind != SG_CONF_GROUP || attest->count == 0 ||
	    attest->count > SG_CONF_MAX_STANZAS || !collect(arena, &stack, attest, errors))
		return; /* an arena that is full is seen at the end */
	int64_t number = 0;
	while ((step = next_free(&stack)) != NULL)
		place(&stack, step, number++);
	for (size_t i = 0; i < stack.count; i++)
		if (!stack.steps[i].placed) {
			report_ring(&stack, &stack.steps[i], errors);
			return;
		}
}
