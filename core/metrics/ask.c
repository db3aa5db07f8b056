/* SPDX-License-Identifier: Apache-2.0
 * The daemon's status, asked for on the operators' socket, and what it means for whoever waits for decisions. */
#include "metrics/metrics.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/str.h"
#include "frame/client.h"

#include <stdio.h>

enum { ANSWER_MAX = 8 << 20 };

static bool
is_status(const struct sg_json *json)
{
	static const char *const members[] = {"audit_lags", "clock", "confinement", "journal", "killed", "modules", "reasons", "unrecorded", "verdicts"};
	bool good = json != NULL && json->type == SG_JSON_OBJECT;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		good = good && sg_json_get(json, members[i]) != NULL;
	return good;
}

const struct sg_json *
sg_metrics_ask(const char *run, struct sg_arena *arena, struct sg_err *err)
{
	char path[512];
	struct sg_buf request, bytes;
	struct sg_client_answer answer = {0};
	struct sg_json_limits limits = {.bytes = ANSWER_MAX, .nodes = 1 << 20};
	const struct sg_json *json = NULL;
	snprintf(path, sizeof(path), "%s/admin.sock", run);
	sg_buf_init(&request, 4096);
	sg_buf_init(&bytes, ANSWER_MAX + (64 << 10));
	sg_client_write(&request, "GET", "/v1/status", NULL, SG_STR(""), false);
	enum sg_status status = sg_client_talk(path, sg_buf_view(&request), &bytes, &answer, err);
	if (status == SG_OK && answer.status != 200)
		status = sg_fail(err, SG_REFUSED, "not_permitted", "the daemon answers with %u", answer.status);
	struct sg_str body = status == SG_OK ? sg_arena_copy(arena, answer.body) : SG_STR("");
	if (status == SG_OK && (sg_canon_parse(arena, body, &limits, &json, NULL) != SG_OK || !is_status(json))) {
		json = NULL;
		sg_fail(err, SG_MALFORMED, "answer_json", "that is no status: is it stepgated of this version that listens there?");
	}
	sg_buf_done(&request);
	sg_buf_done(&bytes);
	return json;
}

bool
sg_metrics_module_ready(const struct sg_json *modules, struct sg_str name)
{
	for (const struct sg_json *m = sg_json_first(modules); m != NULL; m = sg_json_next(modules, m))
		if (sg_str_eq(sg_json_text_at(m, "name"), name) && sg_json_is(m, "state", "ready"))
			return true;
	return false;
}

static bool
attests(const struct sg_json *status)
{
	const struct sg_json *modules = sg_json_get(status, "modules");
	bool any = false, ready = true;
	for (const struct sg_json *m = sg_json_first(modules); m != NULL; m = sg_json_next(modules, m)) {
		struct sg_str name = sg_json_text_at(m, "name");
		bool attest = sg_str_starts(name, "attest.");
		any |= attest;
		ready = ready && (!attest || sg_metrics_module_ready(modules, name));
	}
	return any && ready;
}

static bool
all_killed(const struct sg_json *status)
{
	const struct sg_json *killed = sg_json_get(status, "killed");
	struct sg_str first = {"", 0};
	sg_json_string(sg_json_first(killed), &first);
	return sg_str_is(first, "all");
}

const char *
sg_metrics_unready(const struct sg_json *status)
{
	if (status == NULL)
		return "the daemon does not answer";
	if (!sg_json_is(status, "journal", "open"))
		return "the journal is not open";
	if (sg_json_text_at(status, "policy").len == 0)
		return "no policy is in force";
	if (!attests(status))
		return "attestation is not ready";
	bool lags = false;
	if (sg_json_bool(sg_json_get(status, "audit_lags"), &lags) && lags)
		return "a required sink lags";
	if (!sg_json_is(sg_json_get(status, "clock"), "state", "good"))
		return "the clock waits for an operator's word";
	return all_killed(status) ? "everything is killed" : NULL;
}
