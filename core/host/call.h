/* SPDX-License-Identifier: Apache-2.0
 * One call: a frame's payload in, a module's function between, an answer out. Whatever comes from either side, there is
 * an answer. */
#ifndef SG_HOST_CALL_H
#define SG_HOST_CALL_H

#include "base/canon.h"
#include "host/instance.h"

#include <stepgate/attest.h>

enum {
	SG_FACTS_ROOM = 32,
	SG_FACT_NAME_MAX = 48,
	SG_FACT_VALUE_MAX = 256,
	SG_LEASE_MAX = 64,
	SG_VERIFY_TOKEN_MAX = 4096,
	SG_ARGUMENTS_MAX = 2 << 20,
	SG_REQUEST_MAX = 2 << 20 /* a call to a module: what an agent asked (limits.max_body) and claims */
};
enum { SG_ANSWER_MAX = 256 << 10 };

/* Requests (canonical JSON) and what answers them; every failure is {"code","ok":false,"text"}.
 *   attest  {"gid","pid","start_time","uid","verb":"look"} + pidfd   {"facts":{NAME:{"strength","value"}},"ok":true}
 *   issue   {"asker":"agent"|"enforcer","claims":{...},"lease",
 *            "request":{"action","arguments":{...},"decision","resource":{...}|null},"verb":"make"}  {"lease","ok":true,"token"}
 *   issue   {"lease","verb":"revoke"|"confirm"|"reap"}                {"lease","ok":true}
 *   issue   {"verb":"keys"}                                           {"jwks":{...}|null,"ok":true}
 *   verify  {"jwks":{...}|null,"lease","token","verb":"verify"}       {"claims":{...},"ok":true}
 *   verify  {"bytes":BASE64URL,"form":"token"|"chain","verb":"identify"}   {"facts":{...},"ok":true}; facts are empty where the form is not the module's
 *   prove   {"challenge":BASE64URL,"counter","enrolment","key","person","response","site","verb":"offer"|"enrol"|"prove"}
 *           offer {"offer":{...},"ok":true}; enrol {"counter","fingerprint","key","ok":true,"seen"}; prove {"counter","ok":true,"seen"}
 * Codes of the host itself: call_malformed (not canonical, or a member is missing or wrong), call_verb (no such verb
 * for this kind), call_size (a bound above), enforcer_only (the module's credential is for enforcers, and an agent asked), module_memory, module_error, module_facts, module_token, module_claims,
 * module_keys, module_proof (the module answered out of bounds). All others are the module's. `pidfd` stays the caller's, -1 without
 * one. `answer` is overwritten. */
void sg_call(struct sg_instance *instance, struct sg_str request, int pidfd, struct sg_buf *answer);

/* The public keys of an issue module as canonical JSON: appends a JWK set or null. Errors: module_keys, and the
 * module's. */
enum sg_status sg_call_keys(struct sg_instance *instance, struct sg_buf *out, struct sg_err *err);

/* What the kinds do with a call; used by sg_call. Each writes the whole answer or fails. */
struct sg_call {
	struct sg_instance *instance;
	const struct sg_json *request;
	struct sg_str verb;
	int pidfd;
	struct sg_json_writer *answer;
};
/* Appends {"facts":{...},"ok":true}, facts sorted by name; false if one is out of bounds or stated twice. call_attest.c */
bool sg_call_write_facts(struct sg_json_writer *w, struct sg_fact *facts, size_t count);
enum sg_status sg_call_attest(const struct sg_call *call, struct sg_err *err);
enum sg_status sg_call_issue(const struct sg_call *call, struct sg_err *err);
enum sg_status sg_call_verify(const struct sg_call *call, struct sg_err *err);
enum sg_status sg_call_prove(const struct sg_call *call, struct sg_err *err);

/* When the current call will be cut off. */
sg_time sg_call_deadline(const struct sg_instance *instance);

#endif
