/* SPDX-License-Identifier: Apache-2.0
 * The three modules of the spine, end to end by frames: a look at a process, a token, the same token read again. */
#include "guest.h"

#include "base/canon.h"
#include "base/confine.h"
#include "base/digest.h"
#include "base/fd.h"
#include "base/peer.h"
#include "base/str.h"
#include "token/access.h"
#include "unit/cases.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char modules[] = SG_BUILD_DIR "/modules";
static char pem[SG_PEM_MAX];

static void
need_key(void)
{
	struct sg_jwk key;
	struct sg_buf text;
	if (pem[0] != '\0')
		return;
	sg_buf_init(&text, sizeof(pem) - 1);
	if (sg_jwk_make(&key, NULL) != SG_OK || sg_jwk_write_pem(&text, &key, NULL) != SG_OK)
		abort();
	memcpy(pem, text.ptr, text.len);
	sg_buf_done(&text);
	sg_jwk_done(&key);
}

static void
start_peer(struct guest *g)
{
	guest_start(
		g, (struct sg_host_process){.kind = "attest", .name = "peer", .module = "peer", .module_dir = modules});
}

static void
start_jwt(struct guest *g)
{
	need_key();
	int fd = guest_secret(pem);
	guest_start(g, (struct sg_host_process){.kind = "issue",
						.name = "token",
						.module = "jwt",
						.module_dir = modules,
						.stanza = SG_STR("{\"lifetime_max\":\"60\"}"),
						.key = fd});
	close(fd);
}

static void
start_verify(struct guest *g)
{
	guest_start(g, (struct sg_host_process){
			       .kind = "verify", .name = "verify", .module = "jwt", .module_dir = modules});
}

/* ---- peer ---- */

static pid_t
start_sleeper(void)
{
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

static const char *
look_request(pid_t pid, uint64_t start_time, uid_t uid)
{
	static char text[200];
	snprintf(text, sizeof(text), "{\"gid\":%u,\"pid\":%d,\"start_time\":%llu,\"uid\":%u,\"verb\":\"look\"}",
		 (unsigned)getgid(), (int)pid, (unsigned long long)start_time, (unsigned)uid);
	return text;
}

static bool
fact_is(const struct sg_json *answer, const char *name, const char *value, const char *strength)
{
	const struct sg_json *fact = sg_json_get(sg_json_get(answer, "facts"), name);
	return (value == NULL ? fact != NULL : sg_json_is(fact, "value", value)) &&
	       sg_json_is(fact, "strength", strength);
}

static void
peer_states_what_the_kernel_says(void)
{
	struct guest g;
	char number[32], exe[256] = "";
	pid_t sleeper = start_sleeper();
	int pidfd = guest_pidfd(sleeper);
	uint64_t born = sg_process_start_time(sleeper);
	start_peer(&g);
	const struct sg_json *ready = guest_ready(&g);
	CU_ASSERT(sg_json_is(ready, "kind", "attest") && sg_json_is(ready, "name", "peer") &&
		  sg_json_is(ready, "module", "peer"));
	CU_ASSERT(strlen(guest_text(&g, g.loading, "digest")) == 64);
	CU_ASSERT(sg_json_get(ready, "jwks") != NULL && sg_json_get(ready, "jwks")->type == SG_JSON_NULL);
	int64_t layers = 0;
	CU_ASSERT(sg_json_int(sg_json_get(g.loading, "layers"), &layers));
	CU_ASSERT_EQUAL((unsigned)layers, sg_profile_layers(SG_PROFILE_ATTEST));

	const struct sg_json *first = guest_call(&g, look_request(sleeper, born, getuid()), pidfd);
	const struct sg_json *second = guest_call(&g, look_request(sleeper, born, getuid()), pidfd);
	snprintf(number, sizeof(number), "%d", (int)sleeper);
	CU_ASSERT(fact_is(first, "pid", number, "hint"));
	snprintf(number, sizeof(number), "%llu", (unsigned long long)born);
	CU_ASSERT(fact_is(first, "start_time", number, "boundary"));
	snprintf(number, sizeof(number), "%u", (unsigned)getuid());
	CU_ASSERT(fact_is(first, "uid", number, "boundary"));
	snprintf(number, sizeof(number), "%u", (unsigned)getgid());
	CU_ASSERT(fact_is(first, "gid", number, "boundary"));
	CU_ASSERT(fact_is(first, "no_new_privs", "0", "hint") && fact_is(first, "seccomp", NULL, "hint"));
	CU_ASSERT(readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0);
	CU_ASSERT(fact_is(first, "exe", exe, "hint"));
	CU_ASSERT(sg_json_eq(first, second));
	CU_ASSERT_EQUAL(guest_end(&g), 0);
	close(pidfd);
	kill(sleeper, SIGKILL);
	waitpid(sleeper, NULL, 0);
}

static void
peer_refuses_what_is_gone_or_another(void)
{
	struct guest g;
	pid_t sleeper = start_sleeper();
	int pidfd = guest_pidfd(sleeper), mine = guest_pidfd(getpid());
	uint64_t born = sg_process_start_time(sleeper);
	start_peer(&g);
	CU_ASSERT_PTR_NOT_NULL_FATAL(guest_ready(&g));
	CU_ASSERT(guest_refused(guest_call(&g, look_request(sleeper, born + 1, getuid()), pidfd), "peer_gone"));
	CU_ASSERT(guest_refused(guest_call(&g, look_request(sleeper, 0, getuid()), pidfd), "peer_gone"));
	CU_ASSERT(guest_refused(guest_call(&g, look_request(sleeper, born, getuid() + 1), pidfd), "peer_gone"));
	CU_ASSERT(guest_refused(guest_call(&g, look_request(0, born, getuid()), pidfd), "peer_gone"));
	CU_ASSERT(guest_refused(guest_call(&g, look_request(0, 0, getuid()), pidfd), "peer_gone"));
	CU_ASSERT(guest_refused(guest_call(&g, look_request(INT32_MAX, born, getuid()), pidfd), "peer_gone"));
	kill(sleeper, SIGKILL);
	siginfo_t how;
	waitid(P_PID, (id_t)sleeper, &how, WEXITED | WNOWAIT); /* dead and not yet reaped: /proc still shows it */
	CU_ASSERT(guest_refused(guest_call(&g, look_request(sleeper, born, getuid()), pidfd), "peer_gone"));
	waitpid(sleeper, NULL, 0);
	CU_ASSERT(guest_refused(guest_call(&g, look_request(sleeper, born, getuid()), pidfd), "peer_gone"));
	/* a pidfd of a dead process with the number of a living one */
	CU_ASSERT(guest_refused(
		guest_call(&g, look_request(getpid(), sg_process_start_time(getpid()), getuid()), pidfd), "peer_gone"));
	bool ok = false;
	CU_ASSERT(sg_json_bool(
			  sg_json_get(guest_call(&g, look_request(getpid(), sg_process_start_time(getpid()), getuid()),
						 mine),
				      "ok"),
			  &ok) &&
		  ok);
	CU_ASSERT_EQUAL(guest_end(&g), 0);
	close(pidfd);
	close(mine);
}

/* The process stays, the program does not: the second look says so. */
static void
another_program_is_another_fact(void)
{
	struct guest g;
	int go[2];
	CU_ASSERT_FATAL(pipe2(go, O_CLOEXEC) == 0);
	pid_t child = fork();
	if (child == 0) {
		char byte;
		close(go[1]);
		if (read(go[0], &byte, 1) == 1)
			execl("/bin/sleep", "sleep", "60", (char *)NULL);
		_exit(1);
	}
	int pidfd = guest_pidfd(child);
	uint64_t born = sg_process_start_time(child);
	start_peer(&g);
	CU_ASSERT_PTR_NOT_NULL_FATAL(guest_ready(&g));
	const struct sg_json *first = guest_call(&g, look_request(child, born, getuid()), pidfd), *second = first;
	CU_ASSERT(write(go[1], "x", 1) == 1);
	for (int i = 0; i < 500 && sg_json_eq(first, second); i++) {
		usleep(10000);
		second = guest_call(&g, look_request(child, born, getuid()), pidfd);
	}
	CU_ASSERT(!sg_json_eq(first, second));
	const char *exe = guest_text(&g, sg_json_get(sg_json_get(second, "facts"), "exe"), "value");
	CU_ASSERT_PTR_NOT_NULL(strstr(exe, "/sleep") != NULL ? exe : strstr(exe, "busybox"));
	CU_ASSERT_EQUAL(guest_end(&g), 0);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(go[0]);
	close(go[1]);
	close(pidfd);
}

/* ---- jwt and verify ---- */

static const char *
make_request(struct guest *g, const char *lease, int64_t iat, int64_t exp)
{
	return sg_arena_printf(&g->arena,
			       "{\"asker\":\"agent\",\"claims\":{\"aud\":\"https://api.acme.example\",\"client_id\":\"spiffe://"
			       "acme.example/agent/a\",\"exp\":%lld,"
			       "\"iat\":%lld,\"iss\":\"spiffe://"
			       "acme.example\",\"jti\":\"%s\",\"scope\":\"deploy.run\",\"sg\":{\"v\":1},"
			       "\"sub\":\"spiffe://acme.example/agent/a\"},\"lease\":\"%s\",\"request\":{\"action\":\"a.b\",\"arguments\":{},\"decision\":\"d1\",\"resource\":null},\"verb\":\"make\"}",
			       (long long)exp, (long long)iat, lease, lease);
}

static const char *
verify_request(struct guest *g, const char *jwks, const char *token)
{
	struct sg_buf text;
	sg_buf_init(&text, 64 << 10);
	sg_buf_printf(&text, "{\"jwks\":%s,\"lease\":\"\",\"token\":", jwks);
	sg_canon_string(&text, sg_str(token));
	sg_buf_text(&text, ",\"verb\":\"verify\"}");
	char *copy = sg_arena_strdup(&g->arena, sg_buf_view(&text));
	sg_buf_done(&text);
	return copy;
}

static const char *
canonical(struct guest *g, const struct sg_json *json)
{
	struct sg_buf text;
	sg_buf_init(&text, 64 << 10);
	sg_canon_write(&text, json);
	char *copy = sg_arena_strdup(&g->arena, sg_buf_view(&text));
	sg_buf_done(&text);
	return copy;
}

static void
a_token_is_made_and_read_again(void)
{
	struct guest issuer, verifier;
	int64_t now = time(NULL);
	bool ok = false;
	start_jwt(&issuer);
	start_verify(&verifier);
	const struct sg_json *ready = guest_ready(&issuer);
	CU_ASSERT(sg_json_is(ready, "revocation", "next_use"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(guest_ready(&verifier));
	const char *jwks = canonical(&verifier, sg_json_get(ready, "jwks"));
	const char *request = make_request(&issuer, "lease-1", now, now + 60);
	const struct sg_json *made = guest_call(&issuer, request, -1);
	CU_ASSERT(sg_json_bool(sg_json_get(made, "ok"), &ok) && ok && sg_json_is(made, "lease", "lease-1"));
	const char *token = guest_text(&issuer, made, "token");

	ok = false;
	const struct sg_json *read = guest_call(&verifier, verify_request(&verifier, jwks, token), -1);
	CU_ASSERT(sg_json_bool(sg_json_get(read, "ok"), &ok) && ok);
	const struct sg_json *asked = NULL;
	CU_ASSERT(sg_canon_parse(&issuer.arena, sg_str(request), NULL, &asked, NULL) == SG_OK);
	CU_ASSERT(sg_json_eq(sg_json_get(read, "claims"), sg_json_get(asked, "claims")));
	CU_ASSERT(guest_refused(guest_call(&verifier, verify_request(&verifier, "null", token), -1), "token_no_keys"));

	for (int i = 0; i < 2; i++) {
		ok = false;
		const struct sg_json *gone = guest_call(&issuer, "{\"lease\":\"lease-1\",\"verb\":\"revoke\"}", -1);
		CU_ASSERT(sg_json_bool(sg_json_get(gone, "ok"), &ok) && ok && sg_json_is(gone, "lease", "lease-1"));
	}
	static const char *const others[] = {"{\"lease\":\"never-was\",\"verb\":\"revoke\"}",
					     "{\"lease\":\"lease-1\",\"verb\":\"confirm\"}",
					     "{\"lease\":\"lease-1\",\"verb\":\"reap\"}", "{\"verb\":\"keys\"}"};
	for (size_t i = 0; i < 4; i++) {
		ok = false;
		CU_ASSERT(sg_json_bool(sg_json_get(guest_call(&issuer, others[i], -1), "ok"), &ok) && ok);
	}
	CU_ASSERT_EQUAL(guest_end(&issuer), 0);
	CU_ASSERT_EQUAL(guest_end(&verifier), 0);
}

/* ---- what is not right ---- */

/* A token and its keys, from a host that has gone since. */
static void
make_token(char token[SG_JWS_MAX + 1], char jwks[1024])
{
	struct guest g;
	int64_t now = time(NULL);
	start_jwt(&g);
	const struct sg_json *ready = guest_ready(&g);
	snprintf(jwks, 1024, "%s", canonical(&g, sg_json_get(ready, "jwks")));
	const struct sg_json *made = guest_call(&g, make_request(&g, "lease-2", now, now + 30), -1);
	snprintf(token, SG_JWS_MAX + 1, "%s", guest_text(&g, made, "token"));
	CU_ASSERT_FATAL(strlen(token) > 200);
	CU_ASSERT_EQUAL(guest_end(&g), 0);
}

static void
refused_token(struct guest *g, const char *jwks, const char *token, const char *code)
{
	const struct sg_json *answer = guest_call(g, verify_request(g, jwks, token), -1);
	bool ok = true;
	if (code != NULL && !guest_refused(answer, code))
		printf("\n    want %s, got %s ", code, guest_text(g, answer, "code"));
	CU_ASSERT(code != NULL ? guest_refused(answer, code) : sg_json_bool(sg_json_get(answer, "ok"), &ok) && !ok);
	CU_ASSERT_PTR_NULL(sg_json_get(answer, "claims"));
}

static void
a_tampered_token_is_refused(void)
{
	static char token[SG_JWS_MAX + 1], jwks[1024], other_jwks[1024], other[SG_JWS_MAX + 1], text[2 * SG_JWS_MAX];
	struct guest g;
	bool ok = false;
	make_token(token, jwks);
	pem[0] = '\0'; /* the next host has another key */
	make_token(other, other_jwks);
	start_verify(&g);
	CU_ASSERT_PTR_NOT_NULL_FATAL(guest_ready(&g));
	CU_ASSERT(sg_json_bool(sg_json_get(guest_call(&g, verify_request(&g, jwks, token), -1), "ok"), &ok) && ok);

	size_t len = strlen(token);
	for (int i = 0; i < 60; i++) { /* one character exchanged, all over */
		size_t at = len * (size_t)i / 60;
		snprintf(text, sizeof(text), "%s", token);
		text[at] = text[at] == 'A' ? 'B' : text[at] == '.' ? '-' : 'A';
		refused_token(&g, jwks, text, NULL);
	}
	for (size_t cut = 1; cut < len; cut += 17) { /* cut short */
		snprintf(text, sizeof(text), "%.*s", (int)cut, token);
		refused_token(&g, jwks, text, NULL);
	}
	char *one = strchr(token, '.'), *two = strrchr(token, '.'), *other_two = strrchr(other, '.');
	refused_token(&g, jwks, other, "token_kid");
	refused_token(&g, other_jwks, token, "token_kid");
	snprintf(text, sizeof(text), "%.*s%s", (int)(two - token), token, other_two); /* the signature of another */
	refused_token(&g, jwks, text, "token_signature");
	snprintf(text, sizeof(text), "%.*s%s", (int)(two + 1 - token), token, "");
	refused_token(&g, jwks, text, "token_parts");
	snprintf(text, sizeof(text), "eyJhbGciOiJub25lIn0%s", one); /* {"alg":"none"} */
	refused_token(&g, jwks, text, "token_typ");
	snprintf(text, sizeof(text), "%s.x", token);
	refused_token(&g, jwks, text, "token_parts");
	snprintf(text, sizeof(text), "%s=", token);
	refused_token(&g, jwks, text, "token_signature_form");
	snprintf(text, sizeof(text), " %s", token);
	refused_token(&g, jwks, text, "token_base64");
	snprintf(text, sizeof(text), "%s\n", token);
	refused_token(&g, jwks, text, "token_signature_form");
	snprintf(text, sizeof(text), "Bearer %s", token);
	refused_token(&g, jwks, text, "token_base64");
	memset(text, 'A', SG_JWS_MAX + 1);
	text[SG_JWS_MAX + 1] = '\0';
	refused_token(&g, jwks, text, "call_size");
	text[SG_JWS_MAX] = '\0';
	refused_token(&g, jwks, text, "token_parts");
	refused_token(&g, jwks, "", "call_size");
	refused_token(&g, "{}", token, "jwks_form");
	refused_token(&g, "{\"keys\":[]}", token, "jwks_form");
	ok = false;
	CU_ASSERT(sg_json_bool(sg_json_get(guest_call(&g, verify_request(&g, jwks, token), -1), "ok"), &ok) && ok);
	CU_ASSERT_EQUAL(guest_end(&g), 0);
}

static void
the_issuer_refuses(void)
{
	struct guest g;
	int64_t now = time(NULL);
	start_jwt(&g);
	CU_ASSERT_PTR_NOT_NULL_FATAL(guest_ready(&g));
	const struct {
		int64_t iat, exp;
		const char *code;
	} times[] = {{now, now + 90, "jwt_lifetime"},
		     {now - 30, now + 31, "jwt_lifetime"},
		     {now, now, "jwt_time"},
		     {now - 60, now - 10, "jwt_time"},
		     {0, now + 30, "jwt_time"},
		     {now, 0, "jwt_time"},
		     {now, now - 1, "jwt_time"},
		     {-5, now + 30, "jwt_time"},
		     {now, INT64_C(9007199254740991), "jwt_lifetime"}};
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		CU_ASSERT(guest_refused(guest_call(&g, make_request(&g, "l", times[i].iat, times[i].exp), -1),
					times[i].code));

	static const struct {
		const char *claims, *code;
	} claims[] = {
		{"{}", "jwt_claim"},
		{"{\"aud\":\"a\",\"exp\":1,\"iat\":1,\"jti\":\"l\",\"sub\":\"s\"}", "jwt_claim"},
		{"{\"aud\":\"a\",\"exp\":1,\"iat\":1,\"iss\":\"i\",\"jti\":\"l\"}", "jwt_claim"},
		{"{\"exp\":1,\"iat\":1,\"iss\":\"i\",\"jti\":\"l\",\"sub\":\"s\"}", "jwt_claim"},
		{"{\"aud\":\"\",\"exp\":1,\"iat\":1,\"iss\":\"i\",\"jti\":\"l\",\"sub\":\"s\"}", "jwt_claim"},
		{"{\"aud\":\"a\",\"exp\":1,\"iat\":1,\"iss\":\"i\",\"sub\":\"s\"}", "jwt_jti"},
		{"{\"aud\":\"a\",\"exp\":1,\"iat\":1,\"iss\":\"i\",\"jti\":\"other\",\"sub\":\"s\"}", "jwt_jti"},
		{"{\"aud\":[\"a\"],\"exp\":1,\"iat\":1,\"iss\":\"i\",\"jti\":\"l\",\"sub\":\"s\"}", "call_malformed"},
		{"{\"aud\":\"a\",\"exp\":1.5,\"iat\":1,\"iss\":\"i\",\"jti\":\"l\",\"sub\":\"s\"}", "call_malformed"},
		{"[]", "call_malformed"},
		{"null", "call_malformed"},
	};
	for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
		const char *request = sg_arena_printf(&g.arena, "{\"asker\":\"agent\",\"claims\":%s,\"lease\":\"l\",\"request\":{\"action\":\"a.b\",\"arguments\":{},\"decision\":\"d1\",\"resource\":null},\"verb\":\"make\"}",
						      claims[i].claims);
		CU_ASSERT(guest_refused(guest_call(&g, request, -1), claims[i].code));
	}
	CU_ASSERT_EQUAL(guest_end(&g), 0);
}

/* The token's size is the bound, whatever the claims are. */
static void
the_issuer_at_its_bounds(void)
{
	struct guest g;
	int64_t now = time(NULL);
	struct sg_str longest = {NULL, 0};
	start_jwt(&g);
	CU_ASSERT_PTR_NOT_NULL_FATAL(guest_ready(&g));
	bool refused = false;
	for (int pad = 2300; pad < 3000; pad++) {
		const char *request = sg_arena_printf(&g.arena,
						      "{\"asker\":\"agent\",\"claims\":{\"a\":\"%0*d\",\"aud\":\"a\",\"exp\":%lld,\"iat\":%"
						      "lld,\"iss\":\"i\",\"jti\":\"l\","
						      "\"sub\":\"s\"},\"lease\":\"l\",\"request\":{\"action\":\"a.b\",\"arguments\":{},\"decision\":\"d1\",\"resource\":null},\"verb\":\"make\"}",
						      pad, 0, (long long)now + 30, (long long)now);
		const struct sg_json *answer = guest_call(&g, request, -1);
		refused = guest_refused(answer, "jwt_size");
		if (refused)
			break;
		CU_ASSERT_FATAL(sg_json_string(sg_json_get(answer, "token"), &longest));
	}
	CU_ASSERT(refused && longest.len <= SG_JWS_MAX && longest.len > SG_JWS_MAX - 8);
	CU_ASSERT_EQUAL(guest_end(&g), 0);
}

/* What a gate would never send: answered all the same, in order, by a host that stays. */
static void
malformed_calls_are_answered(void)
{
	static const struct {
		const char *request, *code;
	} calls[] = {
		{"x", "call_malformed"},
		{"{}", "call_malformed"},
		{"[]", "call_malformed"},
		{"1", "call_malformed"},
		{"\"make\"", "call_malformed"},
		{"{\"verb\":1}", "call_malformed"},
		{"{\"verb\":\"\"}", "call_verb"},
		{"{\"verb\":\"Make\"}", "call_verb"},
		{"{\"verb\":\"look\"}", "call_verb"},
		{"{\"verb\":\"verify\"}", "call_verb"},
		{"{ \"verb\":\"keys\"}", "call_malformed"},
		{"{\"request\":{\"action\":\"a.b\",\"arguments\":{},\"decision\":\"d1\",\"resource\":null},\"verb\":\"make\"}", "call_malformed"},
		{"{\"verb\":\"revoke\"}", "call_malformed"},
		{"{\"lease\":\"\",\"verb\":\"revoke\"}", "call_malformed"},
		{"{\"lease\":\"a b\",\"verb\":\"revoke\"}", "call_malformed"},
		{"{\"lease\":\"a/../b\",\"verb\":\"revoke\"}", "call_malformed"},
		{"{\"lease\":7,\"verb\":\"revoke\"}", "call_malformed"},
		{"{\"lease\":\"a\",\"more\":1,\"verb\":\"revoke\"}", "call_malformed"},
		{"{\"asker\":\"agent\",\"claims\":{},\"lease\":\"a\",\"more\":1,\"request\":{\"action\":\"a.b\",\"arguments\":{},\"decision\":\"d1\",\"resource\":null},\"verb\":\"make\"}", "call_malformed"},
		{"{\"lease\":\"a\",\"lease\":\"a\",\"verb\":\"revoke\"}", "call_malformed"},
		{"{\"lease\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"verb\":"
		 "\"revoke\"}",
		 "call_malformed"},
	};
	struct guest g;
	bool ok = false;
	start_jwt(&g);
	CU_ASSERT_PTR_NOT_NULL_FATAL(guest_ready(&g));
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		CU_ASSERT(guest_refused(guest_call(&g, calls[i].request, -1), calls[i].code));
	const char *longest =
		"{\"lease\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"verb\":\"revoke\"}";
	CU_ASSERT(sg_json_bool(sg_json_get(guest_call(&g, longest, -1), "ok"), &ok) && ok);
	int pidfd = guest_pidfd(getpid());
	CU_ASSERT(guest_refused(guest_call(&g, look_request(1, 1, 0), pidfd),
				"call_verb")); /* an issuer is not one that looks */
	CU_ASSERT_EQUAL(guest_end(&g), 0);

	static const char *const looks[] = {
		"{\"gid\":0,\"pid\":1,\"start_time\":1,\"verb\":\"look\"}",
		"{\"gid\":0,\"pid\":-1,\"start_time\":1,\"uid\":0,\"verb\":\"look\"}",
		"{\"gid\":0,\"pid\":2147483648,\"start_time\":1,\"uid\":0,\"verb\":\"look\"}",
		"{\"gid\":0,\"pid\":\"1\",\"start_time\":1,\"uid\":0,\"verb\":\"look\"}",
		"{\"gid\":4294967296,\"pid\":1,\"start_time\":1,\"uid\":0,\"verb\":\"look\"}",
		"{\"gid\":0,\"pid\":1,\"start_time\":1,\"uid\":-1,\"verb\":\"look\"}",
		"{\"gid\":0,\"more\":1,\"pid\":1,\"start_time\":1,\"uid\":0,\"verb\":\"look\"}"};
	start_peer(&g);
	CU_ASSERT_PTR_NOT_NULL_FATAL(guest_ready(&g));
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		CU_ASSERT(guest_refused(guest_call(&g, looks[i], pidfd), "call_malformed"));
	CU_ASSERT(guest_refused(guest_call(&g, look_request(1, 1, 0), -1), "call_malformed")); /* without a pidfd */
	CU_ASSERT_EQUAL(guest_end(&g), 0);
	close(pidfd);
}

/* Answers come in the order of the calls, each with its id, and those of one read together. */
static void
many_calls_at_once(void)
{
	struct guest g;
	struct sg_frame frame;
	enum { CALLS = 500 };
	start_jwt(&g);
	CU_ASSERT_PTR_NOT_NULL_FATAL(guest_ready(&g));
	for (uint64_t id = 0; id < CALLS; id++)
		CU_ASSERT(sg_link_queue(&g.link, SG_FRAME_H_CALL, id * 3,
					SG_STR("{\"lease\":\"a\",\"verb\":\"revoke\"}"), -1, NULL) == SG_OK);
	CU_ASSERT(sg_link_flush(&g.link, NULL) == SG_OK);
	for (uint64_t id = 0; id < CALLS; id++)
		CU_ASSERT_FATAL(sg_link_wait(&g.link, &frame, NULL) == SG_OK && frame.type == SG_FRAME_H_ANSWER &&
				frame.id == id * 3);
	CU_ASSERT_EQUAL(guest_end(&g), 0);
}

/* Bytes that are no frame end the host, and only it. */
static void
a_broken_gate_is_left(void)
{
	static const char junk[32] = "GET / HTTP/1.1";
	struct guest g;
	start_verify(&g);
	CU_ASSERT_PTR_NOT_NULL_FATAL(guest_ready(&g));
	CU_ASSERT(write(g.link.fd, junk, sizeof(junk)) == sizeof(junk));
	char byte;
	ssize_t got;
	while ((got = read(g.link.fd, &byte, 1)) == 1)
		continue; /* why it leaves, then its end */
	CU_ASSERT_EQUAL(got, 0);
	CU_ASSERT_EQUAL(guest_end(&g), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(g.said, "frame_"));
}

/* Descriptors that came with looks are closed again. */
static void
no_descriptor_stays(void)
{
	struct guest g;
	int pidfd = guest_pidfd(getpid()), answered = 0;
	start_peer(&g);
	CU_ASSERT_PTR_NOT_NULL_FATAL(guest_ready(&g));
	uint64_t born = sg_process_start_time(getpid());
	for (int i = 0; i < 1500; i++) {
		bool ok = false;
		sg_json_bool(sg_json_get(guest_call(&g, look_request(getpid(), born, getuid()), pidfd), "ok"), &ok);
		answered += ok;
	}
	CU_ASSERT_EQUAL(answered, 1500);
	CU_ASSERT_EQUAL(guest_end(&g), 0);
	close(pidfd);
}

SG_CASES("module.spine", {"peer states what the kernel says", peer_states_what_the_kernel_says},
	 {"peer refuses what is gone or another", peer_refuses_what_is_gone_or_another},
	 {"another program is another fact", another_program_is_another_fact},
	 {"a token is made and read again", a_token_is_made_and_read_again},
	 {"a tampered token is refused", a_tampered_token_is_refused}, {"the issuer refuses", the_issuer_refuses},
	 {"the issuer at its bounds", the_issuer_at_its_bounds},
	 {"malformed calls are answered", malformed_calls_are_answered}, {"many calls at once", many_calls_at_once},
	 {"a broken gate is left", a_broken_gate_is_left}, {"no descriptor stays", no_descriptor_stays})
