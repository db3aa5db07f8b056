/* SPDX-License-Identifier: Apache-2.0
 * One screen about the daemon. What is missing around it stands last, where it is seen. */
#include "ctl/show.h"

#include "base/str.h"

static void
show_counts(const struct sg_json *a)
{
	sg_show_rowf("decided", "%lld, %lld of them allowed", (long long)sg_show_int(a, "decided"),
		     (long long)sg_show_int(a, "allowed"));
	sg_show_rowf("open", "%lld tasks, %lld credentials, %lld approvals waiting, %lld connections",
		     (long long)sg_show_int(a, "tasks"), (long long)sg_show_int(a, "leases"),
		     (long long)sg_show_int(a, "approvals"), (long long)sg_show_int(a, "connections"));
	if (sg_show_int(a, "shut_out") > 0)
		sg_show_rowf("shut out", "%lld times a user who only connected, for a second each", (long long)sg_show_int(a, "shut_out"));
	if (sg_show_int(a, "turned_out") > 0)
		sg_show_rowf("turned out", "%lld connections of users whom no stanza names, for others to find place", (long long)sg_show_int(a, "turned_out"));
	const struct sg_json *work = sg_json_get(a, "work"), *slowest = sg_json_get(work, "slowest_request");
	if (sg_show_int(slowest, "us") > 0)
		sg_show_rowf("slowest", "request %.*s, %lld us in the gate; a turn of it %lld us", SG_STR_ARG(sg_json_text_at(slowest, "route")),
			     (long long)sg_show_int(slowest, "us"), (long long)sg_show_int(work, "slowest_turn_us"));
	if (sg_show_int(work, "hangs") > 0)
		sg_show_rowf("hangs", "%lld, %lld callers refused for it now", (long long)sg_show_int(work, "hangs"), (long long)sg_show_int(work, "refused_callers"));
	const struct sg_json *revoking = sg_json_get(a, "revoking");
	if (sg_show_int(revoking, "open") > 0)
		sg_show_rowf("revoking", "%lld credentials, %lld of them their issuer does not take back: stepgate leases list", (long long)sg_show_int(revoking, "open"),
			     (long long)sg_show_int(revoking, "failing"));
	const struct sg_json *gaps = sg_json_get(a, "unrecorded");
	if (sg_show_int(gaps, "closed") + sg_show_int(gaps, "overloaded") > 0)
		sg_show_rowf("unrecorded", "%lld denials while the journal was closed, %lld while overloaded",
			     (long long)sg_show_int(gaps, "closed"), (long long)sg_show_int(gaps, "overloaded"));
}

/* "module  issue.token  ready", and for one that is not well: what is wrong. */
static void
show_modules(const struct sg_json *modules)
{
	for (const struct sg_json *m = sg_json_first(modules); m != NULL; m = sg_json_next(modules, m)) {
		struct sg_str name = sg_json_text_at(m, "name"), state = sg_json_text_at(m, "state"), why = sg_json_text_at(m, "why");
		sg_show_rowf("module", "%-20.*s %.*s%s%.*s", SG_STR_ARG(name), SG_STR_ARG(state), why.len > 0 ? "  " : "", SG_STR_ARG(why));
	}
}

/* One row for each text of a list that says what is weaker than it should be. */
static void
show_warnings(const char *name, const struct sg_json *list)
{
	for (const struct sg_json *l = sg_json_first(list); l != NULL; l = sg_json_next(list, l)) {
		struct sg_buf json;
		sg_buf_init(&json, 64 << 10);
		sg_canon_write(&json, l);
		sg_show_row(name, l->type == SG_JSON_STRING ? l->string : sg_buf_view(&json));
		sg_buf_done(&json);
	}
}

static void
show_keep(const struct sg_json *keep)
{
	int64_t from = sg_show_int(keep, "from");
	if (from > 1)
		sg_show_rowf("record", "from leaf %lld on; what was before was deleted by retention", (long long)from);
	const struct sg_json *held = sg_json_get(keep, "held");
	if (held != NULL)
		sg_show_rowf("HELD", "nothing of the record is deleted: %.*s (%.*s, leaf %lld)", SG_STR_ARG(sg_json_text_at(held, "reason")), SG_STR_ARG(sg_json_text_at(held, "by")),
			     (long long)sg_show_int(held, "leaf"));
	else if (sg_show_bool(keep, "hold"))
		sg_show_row("HELD", SG_STR("nothing of the record is deleted (limits.keep_hold)"));
	if (sg_json_text_at(keep, "needed").len > 0)
		sg_show_rowf("record", "beyond its bound: %.*s still needs what would be deleted", SG_STR_ARG(sg_json_text_at(keep, "needed")));
}

static void
show_status(const struct sg_ctl *ctl, const struct sg_json *a)
{
	struct sg_str policy = sg_json_text_at(a, "policy");
	printf("stepgated ");
	sg_show_cell(sg_json_text_at(a, "version"), 0);
	printf("  journal ");
	sg_show_verdict(ctl, sg_json_text_at(a, "journal"), 0);
	putchar('\n');
	sg_show_member("mode", a, "mode");
	if (sg_json_is(a, "mode", "dev"))
		sg_show_row("", SG_STR("dev: agent, enforcer and admin may share a uid; this is no boundary"));
	sg_show_member("trust domain", a, "trust_domain");
	sg_show_row("policy", policy.len > 0 ? policy : SG_STR("none in force: everything is denied"));
	sg_show_member("config", a, "config");
	sg_show_rowf("agents", "%lld", (long long)sg_show_int(a, "agents"));
	show_counts(a);
	sg_show_rowf("journal", "durable up to leaf %lld", (long long)sg_show_int(a, "durable"));
	const struct sg_json *clock = sg_json_get(a, "clock");
	if (clock != NULL && !sg_json_is(clock, "state", "good"))
		sg_show_rowf("CLOCK", "%.*s by %lld s: nothing is allowed; set it right, or stepgate clock accept", SG_STR_ARG(sg_json_text_at(clock, "state")),
			     (long long)((sg_show_int(clock, "ahead_ms") + sg_show_int(clock, "behind_ms")) / 1000));
	if (sg_json_is(a, "tls", "closed"))
		sg_show_row("TLS", SG_STR("closed: its address is somebody else's (listen.enforcer); no enforcer comes in there; it is tried again each second"));
	if (sg_json_text_at(a, "passed_over").len > 0)
		sg_show_member("PASSED OVER", a, "passed_over");
	show_keep(sg_json_get(a, "keep"));
	const struct sg_json *killed = sg_json_get(a, "killed");
	if (killed != NULL && killed->count > 0)
		sg_show_member("KILLED", a, "killed");
	show_modules(sg_json_get(a, "modules"));
	const struct sg_json *memories = sg_json_get(a, "memories");
	if (sg_show_int(memories, "kept") * 2 >= sg_show_int(memories, "most") && memories != NULL)
		sg_show_rowf("memories", "%lld of %lld are kept; stepgate memories list", (long long)sg_show_int(memories, "kept"), (long long)sg_show_int(memories, "most"));
	if (sg_show_int(a, "execs_unseen") > 0)
		sg_show_rowf("exec", "not seen on %lld connections: whether the process has begun another program since", (long long)sg_show_int(a, "execs_unseen"));
	show_warnings("identity", sg_json_get(a, "identity"));
	show_warnings("confinement", sg_json_get(a, "confinement"));
}

int
sg_ctl_status(struct sg_ctl *ctl)
{
	struct sg_ctl_answer answer;
	int code = sg_ctl_ask(ctl, SG_FACE_ADMIN, "GET", "/v1/status", NULL, NULL, &answer);
	if (code == SG_CTL_OK && !ctl->json)
		show_status(ctl, answer.json);
	const struct sg_json *killed = sg_json_get(answer.json, "killed"), *first = sg_json_first(killed);
	bool all_killed = first != NULL && first->type == SG_JSON_STRING && sg_str_is(first->string, "all");
	if (code == SG_CTL_OK && (all_killed || !sg_json_is(answer.json, "journal", "open") || sg_json_is(answer.json, "tls", "closed")))
		code = SG_CTL_DENIED;
	sg_ctl_answer_done(&answer);
	return code;
}
