/* SPDX-License-Identifier: Apache-2.0
 * Steps about credentials: made, taken back, and the contract of taking back: twice, late, of what never was, after a restart. */
#include "host/check_step.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/str.h"

#include <stepgate/issue.h>

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LIFE_S = 30 };

static bool
given(const struct sg_check_list *list, const char *name)
{
	size_t len = strlen(name);
	for (size_t i = 0; i < list->count; i++)
		if (strncmp(list->pair[i], name, len) == 0 && (list->pair[i][len] == '=' || list->pair[i][len] == ':'))
			return true;
	return false;
}

static void
add(struct sg_buf *out, const struct sg_check_list *list, const char *name, const char *json, const char **comma)
{
	if (given(list, name))
		return;
	sg_buf_printf(out, "%s\"%s\":%s", *comma, name, json);
	*comma = ",";
}

static void
write_resource(const struct sg_check *c, struct sg_buf *out)
{
	struct sg_str id = sg_str(c->wish->resource != NULL ? c->wish->resource : "repo:acme/site"), type = sg_str_cut(&id, ':');
	sg_buf_text(out, "\"resource\":{\"id\":");
	sg_canon_string(out, id);
	sg_buf_text(out, ",\"type\":");
	sg_canon_string(out, type);
	sg_buf_text(out, "},");
}

/* What the gate would say; `pad` adds a claim or an argument of so many bytes. */
static void
write_make(struct sg_check *c, const char *lease, size_t claim_pad, size_t argument_pad, bool empty, struct sg_buf *out)
{
	const struct sg_check_list *claims = &c->wish->claims;
	const char *comma = "";
	char quoted[80], iat[24], exp[24];
	long long now = (long long)time(NULL);
	snprintf(quoted, sizeof(quoted), "\"%s\"", lease);
	snprintf(iat, sizeof(iat), "%lld", now);
	snprintf(exp, sizeof(exp), "%lld", now + LIFE_S);
	sg_buf_text(out, "{\"asker\":\"enforcer\",\"verb\":\"make\",\"lease\":");
	sg_buf_printf(out, "%s,\"claims\":{", quoted);
	if (!empty) {
		add(out, claims, "iss", "\"https://stepgate.example\"", &comma);
		add(out, claims, "sub", "\"spiffe://acme.example/agent/code-helper\"", &comma);
		add(out, claims, "aud", "\"https://api.acme.example\"", &comma);
		add(out, claims, "iat", iat, &comma);
		add(out, claims, "exp", exp, &comma);
		add(out, claims, "jti", quoted, &comma);
		sg_check_members(out, claims, comma[0] != '\0');
		if (claim_pad > 0)
			sg_buf_printf(out, ",\"zz_pad\":\"%0*d\"", (int)claim_pad, 0);
	}
	sg_buf_text(out, "},\"request\":{\"action\":\"repo.read\",\"decision\":\"d1-00112233445566778899\",");
	write_resource(c, out);
	sg_buf_text(out, "\"arguments\":{");
	comma = "";
	if (!empty)
		sg_check_members(out, &c->wish->arguments, false);
	if (argument_pad > 0)
		sg_buf_printf(out, "%s\"zz_pad\":\"%0*d\"", !empty && c->wish->arguments.count > 0 ? "," : "", (int)argument_pad, 0);
	sg_buf_text(out, "}}}");
}

static bool
make(struct sg_check *c, const char *lease, size_t claim_pad, size_t argument_pad, bool empty, struct sg_err *why)
{
	struct sg_buf request, answer;
	sg_buf_init(&request, SG_REQUEST_MAX * 2);
	sg_buf_init(&answer, SG_ANSWER_MAX);
	write_make(c, lease, claim_pad, argument_pad, empty, &request);
	sg_check_at(c, "make");
	bool ok = sg_check_ask(c, sg_buf_view(&request), -1, &answer, why);
	sg_buf_done(&request);
	sg_buf_done(&answer);
	return ok;
}

static bool
verb(struct sg_check *c, const char *name, const char *lease, struct sg_err *why)
{
	char request[160];
	struct sg_buf answer;
	sg_buf_init(&answer, SG_ANSWER_MAX);
	snprintf(request, sizeof(request), "{\"lease\":\"%s\",\"verb\":\"%s\"}", lease, name);
	sg_check_at(c, "%s", name);
	bool ok = sg_check_ask(c, sg_str(request), -1, &answer, why);
	sg_buf_done(&answer);
	return ok;
}

/* Names of this run, so that what is outside sees each once. */
static const char *
lease(unsigned which)
{
	static char text[8][48];
	char *name = text[which & 7];
	snprintf(name, sizeof(text[0]), "check-%ld-%lld-%u", (long)getpid(), (long long)time(NULL), which);
	return name;
}

static bool
must(struct sg_check *c, enum sg_promise promise, bool ok, const char *what, const struct sg_err *why)
{
	return ok || (sg_check_in_bounds(c, what, why) && sg_check_fail(c, promise, "%s: %s: %s", what, why->code, why->text));
}

void
sg_check_issue_call(struct sg_check *c)
{
	struct sg_err why = {0};
	const char *name = lease(0);
	make(c, name, 0, 0, false, &why);
	verb(c, "confirm", name, &why);
	verb(c, "revoke", name, &why);
}

bool
sg_check_issue_make(struct sg_check *c)
{
	struct sg_err why = {0};
	if (!sg_check_begin(c))
		return false;
	const char *name = lease(1);
	bool good = must(c, SG_PROMISE_make, make(c, name, 0, 0, false, &why), "make refuses an ordinary request (add --claim, --argument or --resource if it needs more)", &why) &&
		    must(c, SG_PROMISE_twice, make(c, name, 0, 0, false, &why), "make for the same lease a second time", &why);
	verb(c, "revoke", name, &why);
	sg_check_stop(c);
	return good;
}

bool
sg_check_issue_keys(struct sg_check *c)
{
	struct sg_buf first, second;
	struct sg_err why = {0};
	if (!sg_check_begin(c))
		return false;
	sg_buf_init(&first, SG_ANSWER_MAX);
	sg_buf_init(&second, SG_ANSWER_MAX);
	sg_check_at(c, "keys");
	bool good = must(c, SG_PROMISE_keys, sg_check_ask(c, SG_STR("{\"verb\":\"keys\"}"), -1, &first, &why), "keys", &why) &&
		    must(c, SG_PROMISE_keys, sg_check_ask(c, SG_STR("{\"verb\":\"keys\"}"), -1, &second, &why), "keys a second time", &why);
	bool none = good && sg_str_is(sg_buf_view(&first), "{\"jwks\":null,\"ok\":true}");
	if (good && !sg_str_eq(sg_buf_view(&first), sg_buf_view(&second)))
		good = sg_check_fail(c, SG_PROMISE_twice, "keys answers another set the second time");
	if (none && c->loaded.module->issue->format != SG_FORMAT_OPAQUE)
		good = sg_check_fail(c, SG_PROMISE_keys, "there are none, and nobody can verify this format without");
	sg_buf_done(&first);
	sg_buf_done(&second);
	sg_check_stop(c);
	return good;
}

bool
sg_check_issue_revoke(struct sg_check *c)
{
	struct sg_err why = {0};
	if (!sg_check_begin(c))
		return false;
	const char *name = lease(2);
	bool good = must(c, SG_PROMISE_revoke, verb(c, "revoke", lease(3), &why), "revoke of what never was", &why);
	bool made = good && make(c, name, 0, 0, false, &why);
	if (good && !made)
		good = sg_check_skip(c, "make refuses: %s: %s", why.code, why.text);
	good = good && must(c, SG_PROMISE_revoke, verb(c, "revoke", name, &why), "revoke", &why) &&
	       must(c, SG_PROMISE_twice, verb(c, "revoke", name, &why), "revoke a second time", &why) &&
	       must(c, SG_PROMISE_reap, verb(c, "reap", name, &why), "reap of what was revoked", &why) &&
	       must(c, SG_PROMISE_revoke, verb(c, "revoke", name, &why), "revoke of what is long gone", &why);
	sg_check_stop(c);
	return good;
}

bool
sg_check_issue_confirm(struct sg_check *c)
{
	struct sg_err why = {0};
	if (!sg_check_begin(c))
		return false;
	const char *name = lease(4);
	bool made = make(c, name, 0, 0, false, &why);
	bool good = !made || (must(c, SG_PROMISE_confirm, verb(c, "confirm", name, &why), "confirm", &why) &&
			      must(c, SG_PROMISE_twice, verb(c, "confirm", name, &why), "confirm a second time", &why));
	good = good && must(c, SG_PROMISE_reap, verb(c, "reap", name, &why), "reap", &why) &&
	       must(c, SG_PROMISE_twice, verb(c, "reap", name, &why), "reap a second time", &why) &&
	       must(c, SG_PROMISE_reap, verb(c, "reap", lease(5), &why), "reap of what never was", &why);
	sg_check_stop(c);
	return good;
}

static bool
restart(struct sg_check *c)
{
	struct sg_err err = {0};
	sg_check_stop(c);
	return sg_check_start(c, &err) == SG_OK || sg_check_fail(c, SG_PROMISE_start, "it does not start again: %s: %s", err.code, err.text);
}

bool
sg_check_issue_restart(struct sg_check *c)
{
	struct sg_err why = {0};
	if (!sg_check_begin(c))
		return false;
	const char *one = lease(6), *two = lease(7);
	bool made = make(c, one, 0, 0, false, &why) && make(c, two, 0, 0, false, &why);
	if (!restart(c))
		return false;
	bool good = must(c, SG_PROMISE_found, verb(c, "revoke", one, &why), "revoke after a restart", &why) &&
		    must(c, SG_PROMISE_found, verb(c, "reap", two, &why), "reap after a restart", &why) &&
		    must(c, SG_PROMISE_twice, verb(c, "revoke", two, &why), "revoke after a restart, of what was reaped", &why);
	if (good && !made)
		good = sg_check_skip(c, "make refuses: %s: %s", why.code, why.text);
	sg_check_stop(c);
	return good;
}

/* Bytes that the claims have without padding, the padding's own name and quotes counted. */
static size_t
claims_size(struct sg_check *c, const char *name)
{
	struct sg_buf request, canonical;
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	sg_arena_init(&arena, 8 << 20);
	sg_buf_init(&request, SG_REQUEST_MAX);
	sg_buf_init(&canonical, SG_REQUEST_MAX);
	write_make(c, name, 1, 0, false, &request);
	if (sg_json_parse(&arena, sg_buf_view(&request), NULL, &json, NULL) == SG_OK)
		sg_canon_write(&canonical, sg_json_get(json, "claims"));
	size_t size = canonical.len - (canonical.len > 0);
	sg_buf_done(&request);
	sg_buf_done(&canonical);
	sg_arena_done(&arena);
	return size;
}

bool
sg_check_issue_sizes(struct sg_check *c)
{
	struct sg_err why = {0};
	char longest[SG_LEASE_MAX + 1];
	if (!sg_check_begin(c))
		return false;
	memset(longest, 'x', SG_LEASE_MAX);
	longest[SG_LEASE_MAX] = '\0';
	const char *name = lease(1);
	size_t size = claims_size(c, name), room = size > 0 && size < SG_CLAIMS_MAX ? SG_CLAIMS_MAX - size : 1;
	bool good = make(c, name, 0, 0, true, &why) || sg_check_in_bounds(c, "make with no claims", &why);
	good = good && (make(c, name, room, 0, false, &why) || sg_check_in_bounds(c, "make with the largest claims", &why));
	good = good && (!make(c, name, room + 1, 0, false, &why) || sg_check_fail(c, SG_PROMISE_make, "claims beyond their bound came through"));
	good = good && (make(c, name, 0, 60000, false, &why) || sg_check_in_bounds(c, "make with large arguments", &why));
	good = good && (make(c, longest, 0, 0, false, &why) || sg_check_in_bounds(c, "make for the longest lease", &why));
	good = good && must(c, SG_PROMISE_revoke, verb(c, "revoke", longest, &why), "revoke of the longest lease", &why) &&
	       must(c, SG_PROMISE_revoke, verb(c, "revoke", "a", &why), "revoke of the shortest lease", &why) &&
	       must(c, SG_PROMISE_revoke, verb(c, "revoke", name, &why), "revoke", &why);
	sg_check_stop(c);
	return good;
}
