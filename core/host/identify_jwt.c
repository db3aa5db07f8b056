/* SPDX-License-Identifier: Apache-2.0
 * verify/jwt as a step of the attest stack: the bearer token that a peer presents, of an issuer outside whose keys are granted as a file. What the
 * issuer signed are facts of strength boundary. It is a bearer token all the same: whoever holds it is taken for its subject, so let issuers make
 * them short-lived and for this audience alone. The key set is read at start; a new one is read when the configuration is loaded again. */
#include "base/err.h"
#include "base/str.h"
#include "host/built_in.h"
#include "host/verify_jwt.h"
#include "token/spiffe.h"

enum { JWKS_MAX = 128 << 10, JWKS_BUDGET = 4 << 20, TOKEN_BUDGET = 512 << 10 };

const struct sg_option sg_jwt_options[] = {
	[SG_JWT_AUDIENCE] = {"audience", SG_OPTION_TEXT, "", 0, 256, "the one audience a token must be for"},
	[SG_JWT_ISSUER] = {"issuer", SG_OPTION_TEXT, "", 0, 256, "exactly this iss; may be left out for profile jwt-svid alone"},
	[SG_JWT_LEEWAY] = {"leeway", SG_OPTION_INTEGER, "5", 0, 30, "seconds that clocks may differ"},
	[SG_JWT_LIFETIME] = {"lifetime", SG_OPTION_INTEGER, "3660", 1, 86400, "seconds a token may live, from iat to exp"},
	[SG_JWT_PROFILE] = {"profile", SG_OPTION_TEXT, "oidc", 1, 16, "oidc, jwt-svid, kubernetes or github"},
	[SG_JWT_TRUST_DOMAIN] = {"trust_domain", SG_OPTION_TEXT, "", 0, 255, "profile jwt-svid: the trust domain of subjects"},
	{NULL},
};

/* ---- profiles: which claims become facts ---- */

struct claim {
	const char *fact, *path; /* names joined by '/' */
	bool required;
};

struct sg_jwt_profile {
	const char *name;
	const struct claim *claims;
	enum sg_status (*check)(const struct sg_jwt_verifier *self, const struct sg_json *claims, struct sg_err *err);
};

static const struct claim common[] = {{"aud", "aud", false}, {"iss", "iss", false}, {"sub", "sub", true}, {NULL}};
static const struct claim svid[] = {{"spiffe_id", "sub", true}, {NULL}};
static const struct claim kubernetes[] = {
	{"namespace", "kubernetes.io/namespace", true},
	{"node", "kubernetes.io/node/name", false},
	{"pod", "kubernetes.io/pod/name", false},
	{"pod_uid", "kubernetes.io/pod/uid", false},
	{"serviceaccount", "kubernetes.io/serviceaccount/name", true},
	{"serviceaccount_uid", "kubernetes.io/serviceaccount/uid", true},
	{NULL},
};
static const struct claim github[] = {
	{"environment", "environment", false},
	{"event_name", "event_name", false},
	{"job_workflow_ref", "job_workflow_ref", false},
	{"ref", "ref", true},
	{"ref_type", "ref_type", false},
	{"repository", "repository", true},
	{"repository_id", "repository_id", true},
	{"repository_owner", "repository_owner", false},
	{"repository_owner_id", "repository_owner_id", true},
	{"run_id", "run_id", false},
	{"runner_environment", "runner_environment", false},
	{"workflow", "workflow", false},
	{"workflow_ref", "workflow_ref", false},
	{NULL},
};
static const struct claim none[] = {{NULL}};

static const struct sg_json *
walk(const struct sg_json *json, const char *path)
{
	struct sg_str rest = sg_str(path);
	while (json != NULL && rest.ptr != NULL)
		json = sg_json_get_str(json, sg_str_cut(&rest, '/'));
	if (json != NULL && json->type == SG_JSON_ARRAY && json->count == 1)
		json = sg_json_first(json); /* an audience of one */
	return json;
}

static enum sg_status
check_svid(const struct sg_jwt_verifier *self, const struct sg_json *claims, struct sg_err *err)
{
	struct sg_str subject = {"", 0}, domain, path;
	sg_json_string(sg_json_get(claims, "sub"), &subject);
	if (sg_spiffe_read(subject, &domain, &path, NULL) != SG_OK || path.len == 0 || !sg_str_eq(domain, self->trust_domain))
		return sg_fail(err, SG_REFUSED, "token_subject", "sub is no SPIFFE ID with a path in the trust domain");
	return SG_OK;
}

/* The subject and the claims beside it name the same account. */
static enum sg_status
check_kubernetes(const struct sg_jwt_verifier *self, const struct sg_json *claims, struct sg_err *err)
{
	struct sg_str space = {"", 0}, account = {"", 0}, subject = {"", 0};
	(void)self;
	sg_json_string(walk(claims, "kubernetes.io/namespace"), &space);
	sg_json_string(walk(claims, "kubernetes.io/serviceaccount/name"), &account);
	sg_json_string(sg_json_get(claims, "sub"), &subject);
	struct sg_str rest = subject, system = sg_str_cut(&rest, ':'), kind = rest.ptr == NULL ? rest : sg_str_cut(&rest, ':'),
		      first = rest.ptr == NULL ? rest : sg_str_cut(&rest, ':');
	if (!sg_str_is(system, "system") || !sg_str_is(kind, "serviceaccount") || rest.ptr == NULL || !sg_str_eq(first, space) ||
	    !sg_str_eq(rest, account))
		return sg_fail(err, SG_REFUSED, "token_subject", "sub is not the service account that the claims name");
	return SG_OK;
}

static enum sg_status
check_nothing(const struct sg_jwt_verifier *self, const struct sg_json *claims, struct sg_err *err)
{
	(void)self, (void)claims, (void)err;
	return SG_OK;
}

static const struct sg_jwt_profile profiles[] = {
	{"oidc", none, check_nothing},
	{"jwt-svid", svid, check_svid},
	{"kubernetes", kubernetes, check_kubernetes},
	{"github", github, check_nothing},
};

static const struct sg_jwt_profile *
profile_named(struct sg_str name)
{
	for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
		if (sg_str_is(name, profiles[i].name))
			return &profiles[i];
	return NULL;
}

/* ---- starting ---- */

enum sg_status
sg_jwt_configure(const struct sg_options *options, struct sg_err *err)
{
	const struct sg_value *v = options->values;
	const struct sg_jwt_profile *profile = profile_named(v[SG_JWT_PROFILE].text);
	bool used = v[SG_JWT_AUDIENCE].text.len > 0 || v[SG_JWT_ISSUER].text.len > 0 || v[SG_JWT_TRUST_DOMAIN].text.len > 0;
	struct sg_str domain, path;
	char id[SG_TRUST_DOMAIN_MAX + 16];
	if (profile == NULL)
		return sg_fail(err, SG_MALFORMED, "option_profile", "profile is oidc, jwt-svid, kubernetes or github");
	bool is_svid = profile->claims == svid;
	if (!used && !is_svid)
		return SG_OK; /* for our own tokens alone */
	if (v[SG_JWT_AUDIENCE].text.len == 0)
		return sg_fail(err, SG_MALFORMED, "option_audience", "say which audience a token must be for");
	if (!is_svid && v[SG_JWT_ISSUER].text.len == 0)
		return sg_fail(err, SG_MALFORMED, "option_issuer", "say which issuer is trusted");
	snprintf(id, sizeof(id), "spiffe://%.*s", SG_STR_ARG(v[SG_JWT_TRUST_DOMAIN].text));
	if (is_svid ? sg_spiffe_read(sg_str(id), &domain, &path, NULL) != SG_OK || path.len > 0 : v[SG_JWT_TRUST_DOMAIN].text.len > 0)
		return sg_fail(err, SG_MALFORMED, "option_trust_domain", "profile jwt-svid, and no other, has a trust domain");
	return SG_OK;
}

enum sg_status
sg_jwt_identify_start(struct sg_jwt_verifier *self, const struct sg_options *options, struct sg_err *err)
{
	const struct sg_value *v = options->values;
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_json_limits limits = {.bytes = JWKS_MAX};
	struct sg_str text;
	const struct sg_jwt_profile *profile = profile_named(v[SG_JWT_PROFILE].text);
	if (profile == NULL)
		return sg_fail(err, SG_BUG, "option_profile", "configure has refused this profile");
	if (v[SG_JWT_AUDIENCE].text.len == 0)
		return self->host->descriptor(self->host, "jwks") < 0 ? SG_OK : sg_fail(err, SG_MALFORMED, "option_audience", "say which audience a token must be for");
	enum sg_status status = sg_granted_text(self->host, "jwks", JWKS_MAX, "jwks_unreadable", &text, err);
	if (status != SG_OK)
		return status;
	sg_arena_init(&arena, JWKS_BUDGET);
	status = sg_json_parse(&arena, text, &limits, &json, err);
	if (status == SG_OK)
		status = sg_outside_keys_read(&self->outside, json, err);
	sg_arena_done(&arena);
	if (status != SG_OK)
		return status;
	self->profile = profile;
	self->trust_domain = v[SG_JWT_TRUST_DOMAIN].text;
	self->rules = (struct sg_outside_rules){.issuer = v[SG_JWT_ISSUER].text, .audience = v[SG_JWT_AUDIENCE].text, .svid = profile->claims == svid,
						.leeway = v[SG_JWT_LEEWAY].number, .lifetime = v[SG_JWT_LIFETIME].number};
	return SG_OK;
}

/* ---- identifying ---- */

static enum sg_status
state_claims(const struct sg_jwt_verifier *self, const struct claim *rows, const struct sg_json *claims, struct sg_attest_out *out,
	     struct sg_err *err)
{
	for (; rows->fact != NULL; rows++) {
		struct sg_str text = {"", 0};
		const struct sg_json *claim = walk(claims, rows->path);
		if (claim == NULL && !rows->required)
			continue;
		const char *value = sg_json_string(claim, &text) ? sg_fact_text(self->host, text) : NULL;
		if (value == NULL)
			return sg_fail(err, SG_MALFORMED, "token_claim", "%s is missing, or no text of 1 to 256 bytes", rows->fact);
		sg_fact(out, rows->fact, value, SG_FACT_BOUNDARY);
	}
	return SG_OK;
}

enum sg_status
sg_jwt_identify(void *state, const struct sg_identify_in *in, struct sg_attest_out *out, struct sg_err *err)
{
	struct sg_jwt_verifier *self = state;
	struct sg_outside_rules rules = self->rules;
	struct sg_arena arena;
	const struct sg_json *claims = NULL;
	if (in->form != SG_PRESENTED_TOKEN)
		return SG_NOT_FOUND;
	if (self->profile == NULL)
		return sg_fail(err, SG_UNAVAILABLE, "identify_unset", "this step has no audience, issuer and key set");
	rules.wall = self->host->wall(self->host) / SG_SEC;
	sg_arena_init(&arena, TOKEN_BUDGET);
	enum sg_status status = sg_outside_token(&arena, &self->outside, in->bytes, &rules, &claims, err);
	if (status == SG_OK)
		status = self->profile->check(self, claims, err);
	if (status == SG_OK)
		status = state_claims(self, common, claims, out, err);
	if (status == SG_OK)
		status = state_claims(self, self->profile->claims, claims, out, err);
	sg_arena_done(&arena);
	return status;
}
