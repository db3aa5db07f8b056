/* SPDX-License-Identifier: Apache-2.0
 * What the daemon's own status complains about. */
#include "ctl/doctor.h"
#include "ctl/show.h"

#include "base/str.h"

enum { REMEDY = 512 };

static void
check_journal(struct sg_doctor *d)
{
	struct sg_str journal = sg_json_text_at(d->status, "journal");
	if (sg_str_is(journal, "closed"))
		sg_doctor_say(d, SG_DOCTOR_ERROR, "df and dmesg: the disk of state_dir is full or fails", "the journal is closed: nothing can be recorded, so everything is refused");
	else if (sg_str_is(journal, "full"))
		sg_doctor_say(d, SG_DOCTOR_ERROR, "df: make room on the disk of state_dir; it goes on by itself", "the disk is full: what operators say is recorded in the room that was held for it, what agents ask is refused");
	else if (!sg_str_is(journal, "open"))
		sg_doctor_say(d, SG_DOCTOR_WARNING, "look at the disk of state_dir", "the journal is %.*s: a write is not yet on disk", SG_STR_ARG(journal));
}

static void
check_killed(struct sg_doctor *d)
{
	const struct sg_json *killed = sg_json_get(d->status, "killed");
	char remedy[REMEDY];
	for (const struct sg_json *k = sg_json_first(killed); k != NULL; k = sg_json_next(killed, k)) {
		bool all = sg_str_is(k->string, "all");
		snprintf(remedy, sizeof(remedy), "ask who wanted it; then: stepgate lift %s%.*s", all ? "--all" : "--agent ", all ? 0 : (int)k->string.len, k->string.ptr);
		sg_doctor_say(d, SG_DOCTOR_WARNING, remedy, "killed: %.*s", SG_STR_ARG(k->string));
	}
}

static void
check_clock(struct sg_doctor *d)
{
	const struct sg_json *clock = sg_json_get(d->status, "clock");
	if (clock != NULL && !sg_json_is(clock, "state", "good"))
		sg_doctor_say(d, SG_DOCTOR_ERROR, "set the clock right; if it is right: stepgate clock accept --reason TEXT", "the daemon's clock is %.*s by %lld s: nothing is allowed",
			      SG_STR_ARG(sg_json_text_at(clock, "state")), (long long)((sg_show_int(clock, "ahead_ms") + sg_show_int(clock, "behind_ms")) / 1000));
}

static void
check_counts(struct sg_doctor *d)
{
	const struct sg_json *gaps = sg_json_get(d->status, "unrecorded"), *work = sg_json_get(d->status, "work"), *memories = sg_json_get(d->status, "memories");
	int64_t unrecorded = sg_show_int(gaps, "closed") + sg_show_int(gaps, "overloaded"), unseen = sg_show_int(d->status, "execs_unseen"), hangs = sg_show_int(work, "hangs");
	if (unrecorded > 0)
		sg_doctor_say(d, SG_DOCTOR_WARNING, "see packaging/README.md, Unrecorded", "%lld denials were not recorded", (long long)unrecorded);
	if (hangs > 0)
		sg_doctor_say(d, SG_DOCTOR_WARNING, "see packaging/README.md, Gate hangs", "the gate hung %lld times", (long long)hangs);
	if (unseen > 0)
		sg_doctor_say(d, SG_DOCTOR_WARNING, "let the daemon run as root, with /proc readable", "on %lld connections nobody sees whether the process began another program", (long long)unseen);
	if (sg_show_int(memories, "most") > 0 && sg_show_int(memories, "kept") * 2 >= sg_show_int(memories, "most"))
		sg_doctor_say(d, SG_DOCTOR_WARNING, "stepgate memories list", "%lld of %lld memories are kept", (long long)sg_show_int(memories, "kept"), (long long)sg_show_int(memories, "most"));
}

static void
check_keep(struct sg_doctor *d)
{
	const struct sg_json *keep = sg_json_get(d->status, "keep"), *held = sg_json_get(keep, "held");
	struct sg_str needed = sg_json_text_at(keep, "needed");
	if (held != NULL)
		sg_doctor_say(d, SG_DOCTOR_WARNING, "see that there is room for it; once it is no more needed: stepgate audit release --reason TEXT", "the record is held: %.*s (%.*s)",
			      SG_STR_ARG(sg_json_text_at(held, "reason")), SG_STR_ARG(sg_json_text_at(held, "by")));
	if (needed.len > 0)
		sg_doctor_say(d, SG_DOCTOR_WARNING, "end it (stepgate tasks, approvals, leases list), see to the sink, or give the record more room (keep_days, keep_bytes)",
			      "the record is kept beyond its bound: %.*s still needs what would be deleted", SG_STR_ARG(needed));
}

static void
check_warnings(struct sg_doctor *d, const char *name, const char *remedy)
{
	const struct sg_json *list = sg_json_get(d->status, name);
	for (const struct sg_json *l = sg_json_first(list); l != NULL; l = sg_json_next(list, l))
		if (l->type == SG_JSON_STRING)
			sg_doctor_say(d, SG_DOCTOR_WARNING, remedy, "%.*s", SG_STR_ARG(l->string));
}

void
sg_doctor_status(struct sg_doctor *d)
{
	struct sg_str passed = sg_json_text_at(d->status, "passed_over");
	sg_doctor_say(d, SG_DOCTOR_OK, "", "version %.*s, %lld agents", SG_STR_ARG(sg_json_text_at(d->status, "version")), (long long)sg_show_int(d->status, "agents"));
	check_journal(d);
	check_killed(d);
	check_clock(d);
	check_counts(d);
	check_keep(d);
	if (sg_json_text_at(d->status, "policy").len == 0)
		sg_doctor_say(d, SG_DOCTOR_WARNING, "write policy, then stepgate reload", "no policy is in force: everything is denied");
	if (sg_json_is(d->status, "tls", "closed"))
		sg_doctor_say(d, SG_DOCTOR_ERROR, "free the address of listen.enforcer", "the face over the network is closed: its address is somebody else's");
	if (passed.len > 0)
		sg_doctor_say(d, SG_DOCTOR_WARNING, "mend what it names, then stepgate reload", "a reload was passed over: %.*s", SG_STR_ARG(passed));
	check_warnings(d, "identity", "stepgate config explain agents says what is stronger");
	check_warnings(d, "confinement", "see what is said of the kernel; LimitMEMLOCK=infinity for locked memory");
}

/* ---- modules ---- */

static bool
is_required(const struct sg_doctor *d, struct sg_str sink)
{
	return sg_show_bool(sg_json_get_str(sg_json_get(d->document, "audit"), sink), "required");
}

/* Behind by more leaves than its stanza bears. */
static void
check_sink(struct sg_doctor *d, const struct sg_json *module, struct sg_str name)
{
	struct sg_str sink = {name.ptr + 6, name.len - 6};
	int64_t lag = sg_show_int(d->status, "durable") - sg_show_int(module, "durable"), most = 10000;
	sg_json_int(sg_json_get(sg_json_get_str(sg_json_get(d->document, "audit"), sink), "lag_leaves"), &most);
	if (lag > most)
		sg_doctor_say(d, is_required(d, sink) ? SG_DOCTOR_ERROR : SG_DOCTOR_WARNING, "see that what it carries to is there and takes it", "the sink %.*s lags by %lld leaves", SG_STR_ARG(sink),
			      (long long)lag);
	if (sg_show_int(module, "gaps") > 0)
		sg_doctor_say(d, SG_DOCTOR_WARNING, "carry the journal's own files there once", "the sink %.*s left out %lld leaves", SG_STR_ARG(sink), (long long)sg_show_int(module, "gaps"));
}

static void
check_module(struct sg_doctor *d, const struct sg_json *module)
{
	static const char *const well[] = {"ready", "prepared", "retiring"};
	struct sg_str name = sg_json_text_at(module, "name"), state = sg_json_text_at(module, "state"), why = sg_json_text_at(module, "why");
	bool good = false;
	for (size_t i = 0; i < sizeof(well) / sizeof(well[0]); i++)
		good |= sg_str_is(state, well[i]);
	if (!good)
		sg_doctor_say(d, sg_str_is(state, "starting") ? SG_DOCTOR_WARNING : SG_DOCTOR_ERROR, "stepgate module check FILE; journalctl -u stepgated", "%.*s is %.*s%s%.*s", SG_STR_ARG(name), SG_STR_ARG(state),
			      why.len > 0 ? ": " : "", SG_STR_ARG(why));
	if (name.len > 6 && memcmp(name.ptr, "audit.", 6) == 0)
		check_sink(d, module, name);
}

static void
check_issuers(struct sg_doctor *d)
{
	const struct sg_json *issuers = sg_json_get(sg_json_get(d->status, "revoking"), "issuers");
	for (const struct sg_json *i = sg_json_first(issuers); i != NULL; i = sg_json_next(issuers, i))
		sg_doctor_say(d, SG_DOCTOR_ERROR, "stepgate leases list says which credentials are still out, and why", "the issuer %.*s does not take credentials back", SG_STR_ARG(i->string));
}

void
sg_doctor_modules(struct sg_doctor *d)
{
	size_t before = d->of[SG_DOCTOR_WARNING] + d->of[SG_DOCTOR_ERROR];
	const struct sg_json *modules = sg_json_get(d->status, "modules");
	if (!sg_doctor_asked(d))
		return;
	for (const struct sg_json *m = sg_json_first(modules); m != NULL; m = sg_json_next(modules, m))
		check_module(d, m);
	check_issuers(d);
	if (sg_show_bool(d->status, "audit_lags"))
		sg_doctor_say(d, SG_DOCTOR_ERROR, "stepgate status names the sinks and why", "a required sink lags beyond its bounds: everything is denied");
	if (before == d->of[SG_DOCTOR_WARNING] + d->of[SG_DOCTOR_ERROR])
		sg_doctor_say(d, SG_DOCTOR_OK, "", "%lld modules are ready", (long long)(modules == NULL ? 0 : modules->count));
}
