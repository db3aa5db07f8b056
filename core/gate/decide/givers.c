/* SPDX-License-Identifier: Apache-2.0
 * Who may say yes. Nobody approves what they asked for, or what somebody asked for whom they answer: that is no second person. */
#include "gate/decide/decide.h"
#include "base/str.h"
#include "gate/decide/sight.h"
#include "gate/state/enrolment.h"

#include <strings.h>

struct person {
	const struct sg_admin *admin;
	const struct sg_human *human; /* as whom a stanza in humans names this admin; NULL: nobody */
};

static bool
is_joined(struct sg_str text, const char *head, struct sg_str tail)
{
	size_t len = strlen(head);
	return tail.len > 0 && text.len == len + tail.len && sg_str_starts(text, head) &&
	       sg_str_eq((struct sg_str){text.ptr + len, tail.len}, tail);
}

/* People write mail addresses in any case, and mean one person. */
static bool
same(struct sg_str a, struct sg_str b)
{
	return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

/* `id` as owner and on_behalf_of write people: the human's id; the admin's name; a mail address that begins with it. */
static bool
is_id(const struct person *p, struct sg_str id)
{
	struct sg_str name = p->admin->name;
	if (p->human != NULL && same(id, p->human->id))
		return true;
	return same(id, name) || (id.len > name.len && id.ptr[name.len] == '@' && same((struct sg_str){id.ptr, name.len}, name));
}

static bool
owns(const struct sg_gate *gate, const struct person *p, struct sg_str agent)
{
	const struct sg_agent *a = sg_catalogue_agent(gate->catalogue, agent);
	return a != NULL && is_id(p, a->owner);
}

/* An enforcer whose stanza names the admin's user is that admin's. */
static bool
runs(const struct sg_gate *gate, const struct person *p, struct sg_str enforcer)
{
	const struct sg_enforcer *e = sg_catalogue_enforcer(gate->catalogue, enforcer);
	return e != NULL && sg_match_names_uid(&e->match, p->admin->uid);
}

/* `who` as openers and askers are written. */
static bool
is_party(const struct sg_gate *gate, const struct person *p, struct sg_str who)
{
	struct sg_str rest = who, kind = sg_str_cut(&rest, ':');
	if (is_joined(who, "admin:", p->admin->name) || (p->human != NULL && is_joined(who, "human:", p->human->id)))
		return true;
	if (rest.ptr == NULL)
		return false;
	if (sg_str_is(kind, "agent"))
		return owns(gate, p, rest);
	if (sg_str_is(kind, "enforcer"))
		return runs(gate, p, rest);
	return (sg_str_is(kind, "human") || sg_str_is(kind, "admin")) && is_id(p, rest);
}

static bool
is_of_task(const struct sg_gate *gate, const struct person *p, const struct sg_task *task)
{
	if (task->opener_uid == (int64_t)p->admin->uid || (task->instance != NULL && task->instance->uid == (int64_t)p->admin->uid))
		return true; /* whatever stanza that user had then, or has now */
	return is_party(gate, p, sg_str(task->opener)) || owns(gate, p, sg_str(task->agent)) || is_id(p, sg_str(task->on_behalf)) ||
	       runs(gate, p, sg_str(task->enforcer));
}

static bool
is_self(const struct sg_gate *gate, const struct sg_approval *a, const struct person *p)
{
	if (gate->catalogue->dev) /* where all share a uid that says nothing */
		return false;
	if (is_id(p, sg_str(a->owner)) || is_party(gate, p, sg_str(a->opener)) || is_party(gate, p, sg_str(a->asker)) ||
	    a->asker_uid == (int64_t)p->admin->uid)
		return true;
	for (const struct sg_task *t = a->task; t != NULL; t = t->parent)
		if (is_of_task(gate, p, t))
			return true;
	return false;
}

/* Whoever speaks for an agent says no yes, also one given before that. */
static bool
is_an_agents(const struct sg_gate *gate, const struct sg_admin *admin)
{
	bool named = false;
	for (size_t i = 0; !named && !gate->catalogue->dev && i < gate->catalogue->agent_count; i++)
		named = sg_match_names_uid(&gate->catalogue->agents[i].match, (uid_t)admin->uid);
	return named;
}

enum sg_reason
sg_may_give(const struct sg_gate *gate, const struct sg_approval *a, const struct sg_admin *admin)
{
	struct person p = {admin, admin == NULL ? NULL : sg_catalogue_human_admin(gate->catalogue, admin->name)};
	if (admin == NULL || admin->watches_only || admin->page || sg_admin_gone(gate, admin->name) || is_an_agents(gate, admin))
		return SG_REASON_not_approver;
	return is_self(gate, a, &p) ? SG_REASON_self_approval : SG_REASON_allowed;
}

/* The stanza still is who said yes: a name that went on to somebody else says nothing. */
static bool
is_same_person(const struct sg_gate *gate, const struct sg_approval *a, size_t proof, const struct sg_admin *admin)
{
	const struct sg_human *human = sg_catalogue_human_admin(gate->catalogue, admin->name);
	uint64_t person = human != NULL ? sg_person_tag(human->id) : 0;
	return a->proofs[proof].uid == (int64_t)admin->uid && (a->proofs[proof].person == 0 || a->proofs[proof].person == person);
}

bool
sg_enrolment_stands(const struct sg_gate *gate, const struct sg_enrolment *e)
{
	const struct sg_admin *admin = sg_catalogue_admin(gate->catalogue, sg_str(e->admin));
	const struct sg_human *human = admin == NULL ? NULL : sg_catalogue_human_admin(gate->catalogue, admin->name);
	uint64_t person = human != NULL ? sg_person_tag(human->id) : 0;
	return admin != NULL && (int64_t)admin->uid == e->uid && (e->person == 0 || e->person == person) && !sg_admin_left_since(gate, admin->name, e->at_ms) &&
	       sg_strings_have(&gate->catalogue->methods, sg_str(e->method));
}

/* The device that proved it is there still, and theirs: one that was lost has said nothing. */
static bool
device_stands(const struct sg_gate *gate, const char *device)
{
	const struct sg_enrolment *e = device == NULL ? NULL : sg_state_enrolment(&gate->state, sg_str(device));
	return device == NULL || (e != NULL && e->state == SG_ENROLMENT_confirmed && sg_enrolment_stands(gate, e));
}

bool
sg_givers_stand(const struct sg_gate *gate, const struct sg_approval *a)
{
	for (size_t i = 0; i < a->proof_count; i++) {
		const struct sg_admin *admin = sg_catalogue_admin(gate->catalogue, sg_str(a->proofs[i].human));
		if (admin == NULL || !device_stands(gate, a->proofs[i].device) || !is_same_person(gate, a, i, admin) || sg_admin_left_since(gate, admin->name, a->proofs[i].at_ms) || !sg_admin_in(admin, sg_str(a->proofs[i].group)) || sg_may_give(gate, a, admin) != SG_REASON_allowed)
			return false;
	}
	return true;
}

bool
sg_approval_stands(const struct sg_gate *gate, const struct sg_approval *a)
{
	return a->labels == sg_taint_tag(&gate->state, &a->task->taint) && sg_givers_stand(gate, a);
}

/* That rule, in these words: whatever a rule's function looked at, a person said yes to what it told them. */
static bool
was_told(const struct sg_gate *gate, const struct sg_approval *a, const struct sg_ask *ask)
{
	uint64_t rule = sg_person_tag(ask->rule), words = sg_words_tag(&gate->state, ask->say);
	for (size_t i = 0; i < a->reason_count; i++)
		if (a->reasons[i].rule == rule && a->reasons[i].words == words)
			return true;
	return false;
}

/* Whatever asks now has asked then: a person said yes to these reasons and to no more. */
static bool
same_reasons(const struct sg_gate *gate, const struct sg_approval *a, const struct sg_request *r)
{
	if (!a->reasons_known) /* of before: it is held to the first of them, or to the very same rules */
		return strcmp(a->policy, gate->policy) == 0 || (sg_str_eq(r->merged.say, sg_str(a->say)) && (a->rule == 0 || a->rule == sg_person_tag(r->merged.rule)));
	for (size_t i = 0; i < r->merged.ask_count; i++)
		if (!was_told(gate, a, &r->merged.asks[i]))
			return false;
	return true;
}

bool
sg_approval_says(const struct sg_gate *gate, const struct sg_approval *a, const struct sg_request *r)
{
	return same_reasons(gate, a, r) && (a->level < 0 || (int64_t)r->level <= a->level);
}

bool
sg_approval_record(struct sg_gate *gate, const struct sg_approval *a, const char *event)
{
	struct sg_buf body;
	struct sg_json_writer w;
	sg_buf_init(&body, 1024);
	sg_jw_begin(&w, &body);
	sg_jw_object(&w);
	sg_jw_member_str(&w, "approval", sg_str(a->id));
	sg_jw_member_str(&w, "event", sg_str(event));
	sg_jw_end(&w);
	bool good = sg_record(gate, "approval", sg_buf_view(&body), SG_STR(""), NULL, NULL) == SG_OK;
	sg_buf_done(&body);
	return good;
}

size_t
sg_approval_review(struct sg_gate *gate, struct sg_approval *a)
{
	return sg_approval_live(&gate->state, a) && (a->v != SG_DIGEST_V || !sg_givers_stand(gate, a)) && sg_approval_record(gate, a, "void");
}
