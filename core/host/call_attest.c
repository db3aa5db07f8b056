/* SPDX-License-Identifier: Apache-2.0
 * Looking at a peer: what the gate read from the kernel goes in, facts come out, checked and sorted. */
#include "base/err.h"
#include "base/str.h"
#include "host/call.h"

#include <stepgate/attest.h>

static bool
read_number(const struct sg_json *json, const char *name, int64_t min, int64_t max, int64_t *out)
{
	return sg_json_int(sg_json_get(json, name), out) && *out >= min && *out <= max;
}

static enum sg_status
read_peer(const struct sg_call *call, struct sg_attest_in *in, struct sg_err *err)
{
	int64_t gid, pid, start, uid;
	const struct sg_json *json = call->request;
	if (json->count != 5 || call->pidfd < 0 || !read_number(json, "gid", 0, UINT32_MAX, &gid) ||
	    !read_number(json, "pid", 0, INT32_MAX, &pid) || !read_number(json, "start_time", 0, INT64_MAX, &start) ||
	    !read_number(json, "uid", 0, UINT32_MAX, &uid))
		return sg_fail(err, SG_MALFORMED, "call_malformed",
			       "a look names gid, pid, start_time and uid and brings a pidfd");
	*in = (struct sg_attest_in){sizeof(*in),    sg_call_deadline(call->instance),
				    call->pidfd,    (int32_t)pid,
				    (uint32_t)uid,  (uint32_t)gid,
				    (uint64_t)start};
	return SG_OK;
}

static bool
good_fact(const struct sg_fact *fact)
{
	size_t name = fact->name == NULL ? 0 : strnlen(fact->name, SG_FACT_NAME_MAX + 1);
	size_t value = fact->value == NULL ? 0 : strnlen(fact->value, SG_FACT_VALUE_MAX + 1);
	if (name == 0 || name > SG_FACT_NAME_MAX || value == 0 || value > SG_FACT_VALUE_MAX)
		return false;
	for (size_t i = 0; i < name; i++) {
		char c = fact->name[i];
		if (!(c >= 'a' && c <= 'z') && (i == 0 || (!(c >= '0' && c <= '9') && c != '_')))
			return false;
	}
	for (size_t i = 0; i < value; i++)
		if ((unsigned char)fact->value[i] < ' ' || fact->value[i] == 127)
			return false;
	return fact->strength >= SG_FACT_HINT && fact->strength <= SG_FACT_BOUNDARY;
}

/* Into byte order of their names; false if one is bad or stated twice. */
static bool
sort_facts(struct sg_fact *facts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct sg_fact one = facts[i];
		size_t to = i;
		if (!good_fact(&one))
			return false;
		while (to > 0 && strcmp(facts[to - 1].name, one.name) > 0) {
			facts[to] = facts[to - 1];
			to--;
		}
		facts[to] = one;
		if (to > 0 && strcmp(facts[to - 1].name, one.name) == 0)
			return false;
	}
	return true;
}

bool
sg_call_write_facts(struct sg_json_writer *w, struct sg_fact *facts, size_t count)
{
	if (count > SG_FACTS_ROOM || !sort_facts(facts, count))
		return false;
	static const char *const strengths[] = {"", "hint", "content", "boundary"};
	sg_jw_object(w);
	sg_jw_name(w, "facts");
	sg_jw_object(w);
	for (size_t i = 0; i < count; i++) {
		sg_jw_name_text(w, facts[i].name);
		sg_jw_object(w);
		sg_jw_member_text(w, "strength", strengths[facts[i].strength]);
		sg_jw_member_text(w, "value", facts[i].value);
		sg_jw_end(w);
	}
	sg_jw_end(w);
	sg_jw_member_bool(w, "ok", true);
	sg_jw_end(w);
	return !w->out->failed;
}

/* A module may say so of a look alone, and must mean it: without the code it is a mistake, as everywhere. */
static bool
is_part(enum sg_status status, const struct sg_err *why)
{
	return status == SG_AGAIN && why->code != NULL && strcmp(why->code, "look_more") == 0;
}

/* Whatever a part of it stated does not count. */
static enum sg_status
look(struct sg_instance *instance, const struct sg_attest_in *in, struct sg_attest_out *out, struct sg_err *why)
{
	enum sg_status status;
	do {
		out->count = 0;
		*why = (struct sg_err){0};
		status = instance->module->attest->look(instance->state, in, out, why);
	} while (is_part(status, why) && !instance->takes_turns && instance->host.now(&instance->host) < in->deadline);
	instance->look_more = is_part(status, why);
	return instance->look_more ? sg_fail(why, SG_TIMEOUT, "look_late", "there is more to look at than time") : status;
}

enum sg_status
sg_call_attest(const struct sg_call *call, struct sg_err *err)
{
	struct sg_fact facts[SG_FACTS_ROOM];
	struct sg_attest_in in;
	struct sg_attest_out out = {sizeof(out), facts, 0, SG_FACTS_ROOM};
	struct sg_err why = {0};
	if (!sg_str_is(call->verb, "look"))
		return sg_fail(err, SG_REFUSED, "call_verb", "an attest module knows look");
	enum sg_status status = read_peer(call, &in, err);
	if (status != SG_OK)
		return status;
	status = look(call->instance, &in, &out, &why);
	if (status != SG_OK) {
		sg_module_err(err, &why, status);
		return err->status;
	}
	if (out.facts != facts || out.count == 0 || !sg_call_write_facts(call->answer, facts, out.count))
		return sg_fail(err, SG_BUG, "module_facts", "the module stated facts that are out of bounds or not UTF-8");
	return SG_OK;
}
