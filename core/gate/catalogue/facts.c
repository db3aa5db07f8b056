/* SPDX-License-Identifier: Apache-2.0
 * Facts, matched: what a fact means is its module's business. */
#include "gate/catalogue/facts.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/match.h"
#include "base/str.h"

enum sg_status
sg_facts_read(struct sg_facts *facts, struct sg_str text, struct sg_err *err)
{
	struct sg_json_limits limits = {.bytes = SG_FACTS_MAX, .depth = 2};
	sg_arena_init(&facts->arena, SG_FACTS_BUDGET);
	enum sg_status status = sg_canon_parse(&facts->arena, text, &limits, &facts->json, err);
	if (status == SG_OK && facts->json->type != SG_JSON_OBJECT)
		status = sg_fail(err, SG_MALFORMED, "facts_form", "facts are an object");
	facts->text = sg_arena_copy(&facts->arena, text);
	if (status == SG_OK && facts->arena.overflow)
		status = sg_fail(err, SG_NOMEM, "no_memory", "no memory for facts");
	if (status != SG_OK)
		sg_facts_done(facts);
	return status;
}

void
sg_facts_done(struct sg_facts *facts)
{
	sg_arena_done(&facts->arena);
	facts->json = NULL;
	facts->text = (struct sg_str){NULL, 0};
}

static bool
ends_in(struct sg_str text, const char *tail)
{
	size_t len = strlen(tail);
	return text.len >= len && memcmp(text.ptr + text.len - len, tail, len) == 0;
}

struct fact_of {
	const char *fact, *module;
};

/* The modules of ours that look at the kernel, and what is the kernel's word only from them. */
static const struct fact_of kernels[] = {{"cgroup", "peer"}, {"terminal", "peer"}, {"run", "peer"}, {"invocation_id", "systemd"}};

/* Facts of theirs that are a boundary, or a hint where the user could have arranged them: below its own manager it names units and containers as it likes. */
static const struct fact_of grounded[] = {{"cgroup", "peer"}, {"invocation_id", "systemd"}, {"manager", "systemd"}, {"slice", "systemd"}, {"unit", "systemd"},
		{"id", "container"}, {"pod", "container"}, {"runtime", "container"}};

static bool
is_in(struct sg_str name, const struct fact_of *rows, size_t count, const struct sg_catalogue *catalogue)
{
	struct sg_str step = sg_str_cut(&name, ':');
	for (size_t i = 0; i < catalogue->attest.count && name.ptr != NULL; i++)
		for (size_t k = 0; k < count; k++)
			if (sg_str_eq(catalogue->steps[i].name, step) && !catalogue->steps[i].presented && sg_str_is(name, rows[k].fact) &&
			    sg_str_is(catalogue->steps[i].use, rows[k].module))
				return true;
	return false;
}

static bool
is_kernels(struct sg_str name, const char *fact, const struct sg_catalogue *catalogue)
{
	struct sg_str last = name;
	sg_str_cut(&last, ':');
	return last.ptr != NULL && sg_str_is(last, fact) && is_in(name, kernels, sizeof(kernels) / sizeof(kernels[0]), catalogue);
}

const struct sg_json *
sg_facts_kernel(const struct sg_facts *facts, const struct sg_catalogue *catalogue, const char *fact)
{
	for (const struct sg_json *f = sg_json_first(facts->json); f != NULL; f = sg_json_next(facts->json, f))
		if (is_kernels(f->name, fact, catalogue))
			return f;
	return NULL;
}

/* In a login session, or with a terminal. */
bool
sg_facts_human(const struct sg_facts *facts, const struct sg_catalogue *catalogue)
{
	const struct sg_json *terminal = sg_facts_kernel(facts, catalogue, "terminal");
	if (terminal != NULL && !sg_str_is(sg_json_text_at(terminal, "value"), "no"))
		return true;
	struct sg_str rest = sg_json_text_at(sg_facts_kernel(facts, catalogue, "cgroup"), "value");
	while (rest.ptr != NULL) {
		struct sg_str part = sg_str_cut(&rest, '/');
		if (sg_str_starts(part, "session-") && ends_in(part, ".scope"))
			return true;
	}
	return false;
}

bool
sg_facts_same(const struct sg_facts *a, const struct sg_facts *b)
{
	return a->json != NULL && b->json != NULL && sg_str_eq(a->text, b->text);
}

bool
sg_facts_agree(const struct sg_facts *before, const struct sg_facts *after)
{
	for (const struct sg_json *f = sg_json_first(before->json); f != NULL; f = sg_json_next(before->json, f)) {
		const struct sg_json *now = sg_json_get_str(after->json, f->name);
		if (now != NULL && !sg_json_eq(f, now))
			return false;
	}
	return true;
}

static bool
kernel_says(const struct sg_facts *before, const struct sg_facts *after, const struct sg_catalogue *catalogue)
{
	for (const struct sg_json *f = sg_json_first(before->json); f != NULL; f = sg_json_next(before->json, f)) {
		struct sg_str rest = f->name, step = sg_str_cut(&rest, ':'); /* one that a reload took away says nothing any more */
		if (sg_json_is(f, "strength", "boundary") && sg_strings_have(&catalogue->attest, step) && sg_json_get_str(after->json, f->name) == NULL)
			return false;
	}
	return true;
}

bool
sg_facts_stand(const struct sg_facts *before, const struct sg_facts *after, const struct sg_catalogue *catalogue)
{
	enum sg_strength a, b;
	if (before->json == NULL || after->json == NULL || !kernel_says(before, after, catalogue) || !sg_facts_agree(before, after))
		return false;
	for (size_t i = 0; i < catalogue->agent_count; i++)
		if (sg_facts_fit(before, &catalogue->agents[i].match, catalogue, &a) != sg_facts_fit(after, &catalogue->agents[i].match, catalogue, &b))
			return false;
	for (size_t i = 0; i < catalogue->enforcer_count; i++)
		if (sg_facts_fit(before, &catalogue->enforcers[i].match, catalogue, &a) != sg_facts_fit(after, &catalogue->enforcers[i].match, catalogue, &b))
			return false;
	return true;
}

enum sg_strength
sg_strength_named(struct sg_str word)
{
	return sg_str_is(word, "boundary") ? SG_BOUNDARY : sg_str_is(word, "content") ? SG_CONTENT : SG_HINT;
}

const char *
sg_strength_name(enum sg_strength strength)
{
	return strength == SG_BOUNDARY ? "boundary" : strength == SG_CONTENT ? "content" : "hint";
}

bool
sg_facts_hold(const struct sg_facts *facts, struct sg_str text, enum sg_strength *strength)
{
	struct sg_match match;
	struct sg_str have, word;
	if (!sg_match_read(text, &match, NULL))
		return false;
	const struct sg_json *fact = sg_json_get_str(facts->json, match.name);
	if (!sg_json_string(sg_json_get(fact, "value"), &have) || !sg_json_string(sg_json_get(fact, "strength"), &word) ||
	    !sg_match_holds(&match, have))
		return false;
	*strength = match.narrows ? sg_strength_named(word) : SG_HINT;
	return true;
}

/* The condition is on what could be the kernel's word and here is the user's own. */
static bool
is_arranged(struct sg_str text, enum sg_strength strength, const struct sg_catalogue *catalogue)
{
	struct sg_match match;
	return strength == SG_HINT && sg_match_read(text, &match, NULL) && match.narrows && is_in(match.name, grounded, sizeof(grounded) / sizeof(grounded[0]), catalogue);
}

bool
sg_facts_fit(const struct sg_facts *facts, const struct sg_strings *match, const struct sg_catalogue *catalogue, enum sg_strength *strength)
{
	enum sg_strength best = SG_HINT;
	bool arranged = false;
	for (size_t i = 0; i < match->count; i++) {
		enum sg_strength one;
		if (!sg_facts_hold(facts, match->items[i], &one))
			return false;
		arranged |= is_arranged(match->items[i], one, catalogue);
		best = one > best ? one : best;
	}
	*strength = arranged ? SG_HINT : best;
	return match->count > 0;
}

enum sg_status
sg_facts_agent(const struct sg_facts *facts, const struct sg_catalogue *catalogue, struct sg_str name,
	       const struct sg_agent **agent, enum sg_strength *strength)
{
	const struct sg_agent *found = NULL;
	for (size_t i = 0; i < catalogue->agent_count; i++) {
		const struct sg_agent *one = &catalogue->agents[i];
		enum sg_strength its;
		if ((name.len > 0 && !sg_str_eq(one->name, name) && !sg_str_eq(one->id, name)) ||
		    !sg_facts_fit(facts, &one->match, catalogue, &its))
			continue;
		if (found != NULL)
			return sg_fail(NULL, SG_REFUSED, "agent_ambiguous", "several agents fit");
		found = one;
		*strength = its;
	}
	*agent = found;
	return found != NULL ? SG_OK : SG_NOT_FOUND;
}

const struct sg_enforcer *
sg_facts_enforcer(const struct sg_facts *facts, const struct sg_catalogue *catalogue)
{
	enum sg_strength strength;
	for (size_t i = 0; i < catalogue->enforcer_count; i++)
		if (sg_facts_fit(facts, &catalogue->enforcers[i].match, catalogue, &strength) && strength != SG_HINT)
			return &catalogue->enforcers[i];
	return NULL;
}
