/* SPDX-License-Identifier: Apache-2.0
 * The reason table, looked up. */
#include "gate/catalogue/verdict.h"
#include "gate/catalogue/reason.h"

#include <string.h>

static const struct {
	const char *code, *text;
} rows[SG_REASON_COUNT] = {
#define X(name, text) {#name, text},
	SG_REASONS(X)
#undef X
};

const char *
sg_reason_code(enum sg_reason reason)
{
	return (unsigned)reason < SG_REASON_COUNT ? rows[reason].code : rows[0].code;
}

const char *
sg_reason_text(enum sg_reason reason)
{
	return (unsigned)reason < SG_REASON_COUNT ? rows[reason].text : rows[0].text;
}

enum sg_reason
sg_reason_named(const char *code, size_t len)
{
	for (unsigned i = 0; i < SG_REASON_COUNT; i++)
		if (strlen(rows[i].code) == len && memcmp(rows[i].code, code, len) == 0)
			return (enum sg_reason)i;
	return SG_REASON_internal;
}

bool
sg_reason_is_ours(enum sg_reason reason)
{
	static const enum sg_reason ours[] = {
		SG_REASON_internal,	   SG_REASON_facts_unavailable, SG_REASON_policy_unavailable, SG_REASON_audit_unavailable,
		SG_REASON_audit_lags,	   SG_REASON_clock_behind,	SG_REASON_issue_unavailable,  SG_REASON_issue_failed,
		SG_REASON_issue_unconfirmed, SG_REASON_clock_ahead,
		SG_REASON_credential_wrong, SG_REASON_rejudge_limit,	SG_REASON_history_short,      SG_REASON_overloaded,
	};
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (ours[i] == reason)
			return true;
	return false;
}

const char *
sg_verdict_name(enum sg_verdict verdict)
{
	return verdict == SG_ALLOW ? "allow" : verdict == SG_STEP_UP ? "step_up" : verdict == SG_DEFER ? "defer" : "deny";
}

static const enum sg_verdict verdicts[] = {SG_ALLOW, SG_DEFER, SG_DENY, SG_STEP_UP};

unsigned
sg_verdict_place(enum sg_verdict verdict)
{
	return verdict == SG_ALLOW ? 0 : verdict == SG_DEFER ? 1 : verdict == SG_STEP_UP ? 3 : 2;
}

enum sg_verdict
sg_verdict_at(unsigned place)
{
	return place < 4 ? verdicts[place] : SG_DENY;
}
