/* SPDX-License-Identifier: Apache-2.0
 * Outcomes, told until they are taken: what came of a call counts, whatever the daemon can take just now. */
#include "enforce/daemon_in.h"
#include "enforce/tell.h"
#include "enforce/proxy.h"

#include "base/str.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { UNTOLD_MOST = 64, TELL_LAST_MS = 60000 };

enum taken { TAKEN, NOT_NOW, NOT_SO };

static enum taken
report(struct sg_daemon *daemon, struct sg_str decision, const char *result, struct sg_str values)
{
	char target[128];
	struct sg_buf body, bytes;
	struct sg_client_answer answer = {0};
	snprintf(target, sizeof(target), "/v1/decisions/%.*s/outcome", SG_STR_ARG(decision));
	sg_buf_init(&body, SG_DAEMON_BODY);
	sg_buf_init(&bytes, SG_DAEMON_BODY);
	bool perhaps = strcmp(result, SG_FAILED_PERHAPS) == 0;
	sg_buf_printf(&body, "{%s\"result\":\"%s\"", perhaps ? "\"happened\":true," : "", perhaps ? "failed" : result);
	sg_buf_text(&body, values.len > 0 ? ",\"values\":" : "");
	sg_buf_str(&body, values);
	sg_buf_text(&body, "}");
	bool told = !body.failed && sg_daemon_talk(daemon, "POST", target, sg_buf_view(&body), &bytes, &answer, NULL) == SG_OK;
	bool later = !body.failed && (!told || answer.status == 429 || answer.status == 503);
	sg_buf_done(&bytes);
	sg_buf_done(&body);
	return told && answer.status < 300 ? TAKEN : later ? NOT_NOW : NOT_SO;
}

/* What the daemon does not take with its values it may take without. */
static enum taken
report_either(struct sg_daemon *daemon, struct sg_str decision, const char *result, struct sg_str values)
{
	struct sg_str none = {NULL, 0};
	enum taken taken = report(daemon, decision, result, values);
	return taken == NOT_SO && values.len > 0 ? report(daemon, decision, result, none) : taken;
}

struct sg_untold {
	struct sg_untold *next;
	char decision[64], result[sizeof(SG_FAILED_PERHAPS)];
	struct sg_str values; /* behind it */
	char bytes[];
};

static void
keep(struct sg_daemon *daemon, struct sg_str decision, const char *result, struct sg_str values)
{
	struct sg_untold *one = daemon->untold_count < UNTOLD_MOST && decision.len < sizeof(one->decision) ? calloc(1, sizeof(*one) + values.len) : NULL;
	struct sg_untold **end = &daemon->untold;
	if (one == NULL) {
		sg_mcp_tell("the outcome of %.*s was not taken", SG_STR_ARG(decision));
		return;
	}
	snprintf(one->decision, sizeof(one->decision), "%.*s", SG_STR_ARG(decision));
	snprintf(one->result, sizeof(one->result), "%s", result);
	if (values.len > 0)
		memcpy(one->bytes, values.ptr, values.len);
	one->values = (struct sg_str){one->bytes, values.len};
	while (*end != NULL)
		end = &(*end)->next;
	*end = one;
	daemon->untold_count++;
	daemon->tell_ms = sg_mcp_now_ms() + SG_TELL_MS;
}

static void
drop_first(struct sg_daemon *daemon, bool taken)
{
	struct sg_untold *one = daemon->untold;
	if (!taken)
		sg_mcp_tell("the outcome of %s was not taken", one->decision);
	daemon->untold = one->next;
	daemon->untold_count--;
	free(one);
}

bool
sg_daemon_tell_again(struct sg_daemon *daemon)
{
	if (daemon->untold == NULL || sg_mcp_now_ms() < daemon->tell_ms)
		return daemon->untold == NULL;
	enum taken taken = NOT_SO;
	for (struct sg_untold *one; taken != NOT_NOW && (one = daemon->untold) != NULL;) {
		taken = report_either(daemon, sg_str(one->decision), one->result, one->values);
		if (taken != NOT_NOW)
			drop_first(daemon, taken == TAKEN);
	}
	daemon->tell_ms = sg_mcp_now_ms() + SG_TELL_MS;
	return daemon->untold == NULL;
}

/* What came of it is worth more than the values: without them it costs least, and what is not told of is unknown. */
static void
tell_less(struct sg_daemon *daemon)
{
	for (struct sg_untold *one = daemon->untold; one != NULL; one = one->next)
		one->values.len = 0;
}

void
sg_daemon_tell_last(struct sg_daemon *daemon)
{
	for (int waited = 0; waited < TELL_LAST_MS && !sg_daemon_tell_again(daemon); waited += SG_TELL_MS) {
		poll(NULL, 0, SG_TELL_MS);
		if (waited >= TELL_LAST_MS / 2)
			tell_less(daemon);
	}
	while (daemon->untold != NULL)
		drop_first(daemon, false);
}

void
sg_daemon_outcome(struct sg_daemon *daemon, struct sg_str decision, const char *result, struct sg_str values)
{
	enum taken taken = daemon->untold == NULL ? report_either(daemon, decision, result, values) : NOT_NOW; /* in their order */
	if (taken == NOT_NOW)
		keep(daemon, decision, result, values);
	else if (taken == NOT_SO)
		sg_mcp_tell("the outcome of %.*s was not taken", SG_STR_ARG(decision));
}
