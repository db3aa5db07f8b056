/* SPDX-License-Identifier: Apache-2.0
 * What attestation says about a peer, folded over the stack, and who that makes it. */
#ifndef SG_GATE_FACTS_H
#define SG_GATE_FACTS_H

#include "base/buf.h"
#include "gate/catalogue/catalogue.h"

enum sg_strength { SG_HINT, SG_CONTENT, SG_BOUNDARY };

/* The facts of one look: canonical JSON {"STEP:fact":{"strength","value"},...}, compared byte for byte with the next look. */
struct sg_facts {
	struct sg_arena arena;
	const struct sg_json *json;
	struct sg_str text; /* canonical */
};

enum { SG_FACTS_BUDGET = 64 << 10, SG_FACTS_MAX = 16 << 10 };

/* Reads the answer of the attestation stack. SG_MALFORMED: facts_form, json_*. The caller ends it with sg_facts_done. */
enum sg_status sg_facts_read(struct sg_facts *facts, struct sg_str text, struct sg_err *err);
void sg_facts_done(struct sg_facts *facts);
bool sg_facts_same(const struct sg_facts *a, const struct sg_facts *b);
/* True if every fact that both have is the same in both; `before` may be empty. */
bool sg_facts_agree(const struct sg_facts *before, const struct sg_facts *after);
/* They agree, what the kernel said before is still said, and no stanza of an agent or an enforcer fits now that did not, or the other way round: what else
 * became known, or is no longer, is judged by `match` each time. */
bool sg_facts_stand(const struct sg_facts *before, const struct sg_facts *after, const struct sg_catalogue *catalogue);

/* True if a match expression (base/match.h) holds; `*strength` is then the fact's own, or hint where the expression does not narrow. */
bool sg_facts_hold(const struct sg_facts *facts, struct sg_str match, enum sg_strength *strength);

/* True if every entry holds and there is one at least. `*strength`: the strongest fact among them; a hint, if one of them (a unit, a container, a control
 * group) is told so surely of others, and here its user could have arranged it. */
bool sg_facts_fit(const struct sg_facts *facts, const struct sg_strings *match, const struct sg_catalogue *catalogue, enum sg_strength *strength);

/* The agent whose match the facts satisfy. `name` (may be empty) chooses among several. SG_OK; SG_NOT_FOUND no_agent; SG_REFUSED agent_ambiguous. */
enum sg_status sg_facts_agent(const struct sg_facts *facts, const struct sg_catalogue *catalogue, struct sg_str name,
			      const struct sg_agent **agent, enum sg_strength *strength);
const struct sg_enforcer *sg_facts_enforcer(const struct sg_facts *facts, const struct sg_catalogue *catalogue);

/* A person seems to sit there: some step says that the process has a terminal, or that it lives in a login session's scope. */
bool sg_facts_human(const struct sg_facts *facts, const struct sg_catalogue *catalogue);
/* The fact `cgroup`, `terminal`, `run` or `invocation_id` of the step whose module looks at the kernel; NULL: it says nothing. What another step states under such a
 * name is that step's word, for `match` alone. */
const struct sg_json *sg_facts_kernel(const struct sg_facts *facts, const struct sg_catalogue *catalogue, const char *fact);

const char *sg_strength_name(enum sg_strength strength);
/* An unknown word is a hint. */
enum sg_strength sg_strength_named(struct sg_str word);

#endif
