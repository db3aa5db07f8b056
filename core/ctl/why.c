/* SPDX-License-Identifier: Apache-2.0
 * Why a decision came out as it did: the record, read for people. */
#include "ctl/show.h"

#include "base/str.h"

static void
show_facts(const struct sg_json *input)
{
	const struct sg_json *facts = sg_json_get(sg_json_get(input, "instance"), "facts");
	for (const struct sg_json *f = sg_json_first(facts); f != NULL; f = sg_json_next(facts, f))
		sg_show_rowf(f == sg_json_first(facts) ? "facts" : "", "%.*s = %.*s (%.*s)", SG_STR_ARG(f->name),
			     SG_STR_ARG(sg_json_text_at(f, "value")), SG_STR_ARG(sg_json_text_at(f, "strength")));
}

/* What the asker's domain carries by now, where it carries something. */
static void
show_domain(const struct sg_json *domain)
{
	char since[32];
	const struct sg_json *labels = sg_json_get(domain, "labels");
	bool frozen = sg_show_bool(domain, "frozen");
	if (domain == NULL || domain->type != SG_JSON_OBJECT || (!frozen && (labels == NULL || labels->count == 0)))
		return;
	sg_show_time(since, sg_show_int(domain, "since"));
	sg_show_rowf("domain", "%.*s %.*s%s, since %s", SG_STR_ARG(sg_json_text_at(domain, "kind")), SG_STR_ARG(sg_json_text_at(domain, "name")),
		     frozen ? ", frozen" : "", since);
	if (labels != NULL && labels->count > 0)
		sg_show_member("it carries", domain, "labels");
}

/* {"effects":[{"effect":{...},"file","line","rule"},...],"error":...} */
static void
show_said(const struct sg_json *said)
{
	const struct sg_json *effects = sg_json_get(said, "effects");
	for (const struct sg_json *e = sg_json_first(effects); e != NULL; e = sg_json_next(effects, e)) {
		struct sg_buf json;
		sg_buf_init(&json, 256 << 10);
		sg_canon_write(&json, sg_json_get(e, "effect"));
		sg_show_rowf(e == sg_json_first(effects) ? "rules said" : "", "%.*s (%.*s:%lld) %.*s",
			     SG_STR_ARG(sg_json_text_at(e, "rule")), SG_STR_ARG(sg_json_text_at(e, "file")),
			     (long long)sg_show_int(e, "line"), (int)json.len, json.ptr);
		sg_buf_done(&json);
	}
	sg_show_member("error", said, "error");
}

static void
show_who(const struct sg_json *body, const struct sg_json *input)
{
	const struct sg_json *task = sg_json_get(input, "task");
	sg_show_rowf("agent", "%.*s (%.*s), asked by %.*s", SG_STR_ARG(sg_json_text_at(body, "agent")),
		     SG_STR_ARG(sg_json_text_at(body, "strength")), SG_STR_ARG(sg_json_text_at(body, "asker")));
	show_facts(input);
	sg_show_member("task", body, "task");
	if (task != NULL)
		sg_show_rowf(
			"ceilings", "intent %.*s, environment %.*s, %lld s left, has seen %.*s",
			SG_STR_ARG(sg_json_text_at(task, "intent")), SG_STR_ARG(sg_json_text_at(task, "environment")),
			(long long)(sg_show_int(task, "left") / 1000), SG_STR_ARG(sg_json_text_at(task, "sensitivity")));
	const struct sg_json *labels = sg_json_get(task, "labels");
	if (labels != NULL && labels->count > 0)
		sg_show_member("tainted by", task, "labels");
}

static void
show_asked(const struct sg_json *body, const struct sg_json *seal, const struct sg_json *input)
{
	const struct sg_json *resource = sg_json_get(input, "resource"), *request = sg_json_get(seal, "request");
	sg_show_member("action", body, "action");
	if (resource != NULL)
		sg_show_rowf("resource", "%.*s:%.*s", SG_STR_ARG(sg_json_text_at(resource, "type")),
			     SG_STR_ARG(sg_json_text_at(resource, "id")));
	else
		sg_show_member("resource", request, "resource");
	sg_show_member("asked", input != NULL ? input : request, input != NULL ? "args" : "arguments");
	if (sg_show_bool(body, "narrowed"))
		sg_show_member("effective", seal, "effective");
}

static void
show_effects(const struct sg_json *body)
{
	struct sg_str rule = sg_json_text_at(body, "rule");
	if (rule.len > 0)
		sg_show_rowf("rule", "%.*s (%.*s:%lld)", SG_STR_ARG(rule), SG_STR_ARG(sg_json_text_at(body, "file")),
			     (long long)sg_show_int(body, "line"));
	sg_show_member("its code", body, "deny_code");
	sg_show_member("approval", body, "approval");
	const struct sg_json *lease = sg_json_get(body, "lease"), *taint = sg_json_get(body, "taint");
	if (lease != NULL && lease->type == SG_JSON_OBJECT)
		sg_show_rowf("lease", "%.*s by %.*s for %.*s", SG_STR_ARG(sg_json_text_at(lease, "id")),
			     SG_STR_ARG(sg_json_text_at(lease, "issuer")),
			     SG_STR_ARG(sg_json_text_at(lease, "audience")));
	if (taint != NULL && taint->count > 0)
		sg_show_member("adds taint", body, "taint");
}

static const char *
replay_text(struct sg_str result)
{
	static const struct {
		const char *result, *text;
	} rows[] = {{"same", "same: policy says the same about the recorded question"},
		    {"different", "different: policy now says something else about the recorded question"},
		    {"decided_by_ceiling", "decided before policy was asked, by a ceiling"},
		    {"other_policy", "not judged again: another policy is in force by now"},
		    {"not_reproducible", "not reproducible: the day key of its input is gone, or another one has taken its name"},
		    {"failed", "failed: policy did not answer this time"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (sg_str_is(result, rows[i].result))
			return rows[i].text;
	return "unknown";
}

static void
show_why(const struct sg_ctl *ctl, const struct sg_json *answer)
{
	char when[32];
	const struct sg_json *leaf = sg_json_get(answer, "leaf"), *body = sg_json_get(leaf, "body"),
			     *seal = sg_json_get(answer, "input");
	const struct sg_json *input = sg_json_get(seal, "input"), *replay = sg_json_get(answer, "replay");
	sg_show_time(when, sg_show_int(leaf, "at") / 1000);
	sg_show_verdict(ctl, sg_json_text_at(body, "verdict"), 0);
	printf("  ");
	sg_show_cell(sg_json_text_at(body, "code"), 0);
	printf("  %s, leaf %lld\n", when, (long long)sg_show_int(leaf, "n"));
	input = input != NULL && input->type == SG_JSON_OBJECT ? input : NULL;
	show_who(body, input);
	show_domain(sg_json_get(answer, "domain"));
	show_asked(body, seal, input);
	show_effects(body);
	show_said(sg_json_get(seal, "answer"));
	sg_show_member("digest", body, "digest");
	sg_show_member("policy", leaf, "policy");
	sg_show_member("config", leaf, "config");
	sg_show_row("replay", sg_str(replay_text(sg_json_text_at(replay, "result"))));
}

int
sg_ctl_why(struct sg_ctl *ctl)
{
	return sg_ctl_asked(ctl, SG_FACE_ADMIN, "GET", "/v1/decisions/%s", ctl->args[0], NULL, show_why);
}
