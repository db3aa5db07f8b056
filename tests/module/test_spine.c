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
	guest_start(g, (struct sg_host_process){.kind = "attest", .name = "peer", .module = "peer", .module_dir = modules});
}

static void
start_jwt(struct guest *g)
{
	static const char *const names[] = {"key"};
	need_key();
	int fd = guest_secret(pem);
	guest_start(g, (struct sg_host_process){.kind = "issue",
						.name = "token",
						.module = "jwt",
						.module_dir = modules,
						.options = SG_STR("{\"lifetime_max\":\"60\"}"),
						.secrets = &fd,
						.secret_names = names,
						.secret_count = 1});
	close(fd);
}

static void
start_verify(struct guest *g)
{
	guest_start(g, (struct sg_host_process){.kind = "verify", .name = "verify", .module = "jwt", .module_dir = modules});
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
	snprintf(text, sizeof(text), "{\"gid\":%u,\"pid\":%d,\"start_time\":%llu,\"uid\":%u,\"verb\":\"look\"}", (unsigned)getgid(),
		 (int)pid, (unsigned long long)start_time, (unsigned)uid);
	return text;
}

static bool
fact_is(const struct sg_json *answer, const char *name, const char *value, const char *strength)
{
	const struct sg_json *fact = sg_json_get(sg_json_get(answer, "facts"), name);
	return (value == NULL ? fact != NULL : sg_json_is(fact, "value", value)) && sg_json_is(fact, "strength", strength);
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
	CU_ASSERT(sg_json_is(ready, "kind", "attest") && sg_json_is(ready, "name", "peer") && sg_json_is(ready, "module", "peer"));
	CU_ASSERT(strlen(guest_text(&g, ready, "digest")) == 64);
	CU_ASSERT(sg_json_get(ready, "jwks") != NULL && sg_json_get(ready, "jwks")->type == SG_JSON_NULL);
	int64_t layers = 0;
	CU_ASSERT(sg_json_int(sg_json_get(ready, "layers"), &layers));
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
	CU_ASSERT(guest_refused(guest_call(&g, look_request(getpid(), sg_process_start_time(getpid()), getuid()), pidfd), "peer_gone"));
	bool ok = false;
	CU_ASSERT(sg_json_bool(sg_json_get(guest_call(&g, look_request(getpid(), sg_process_start_time(getpid()), getuid()), mine), "ok"), &ok) && ok);
	CU_ASSERT_EQUAL(guest_end(&g), 0);
	close(pidfd);
	close(mine);
}

/* ---- jwt and verify ---- */

static const char *
make_request(struct guest *g, const char *lease, int64_t iat, int64_t exp)
{
	return sg_arena_printf(&g->arena,
			       "{\"claims\":{\"aud\":\"https://api.acme.example\",\"client_id\":\"spiffe://acme.example/agent/a\",\"exp\":%lld,"
			       "\"iat\":%lld,\"iss\":\"spiffe://acme.example\",\"jti\":\"%s\",\"scope\":\"deploy.run\",\"sg\":{\"v\":1},"
			       "\"sub\":\"spiffe://acme.example/agent/a\"},\"lease\":\"%s\",\"verb\":\"make\"}",
			       (long long)exp, (long long)iat, lease, lease);
}

static const char *
verify_request(struct guest *g, const char *jwks, const char *token)
{
	struct sg_buf text;
	sg_buf_init(&text, 64 << 10);
	sg_buf_printf(&text, "{\"jwks\":%s,\"token\":", jwks);
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
	static const char *const others[] = {"{\"lease\":\"never-was\",\"verb\":\"revoke\"}", "{\"lease\":\"lease-1\",\"verb\":\"confirm\"}",
					     "{\"lease\":\"lease-1\",\"verb\":\"reap\"}", "{\"verb\":\"keys\"}"};
	for (size_t i = 0; i < 4; i++) {
		ok = false;
		CU_ASSERT(sg_json_bool(sg_json_get(guest_call(&issuer, others[i], -1), "ok"), &ok) && ok);
	}
	CU_ASSERT_EQUAL(guest_end(&issuer), 0);
	CU_ASSERT_EQUAL(guest_end(&verifier), 0);
}

SG_CASES("module.spine", {"peer states what the kernel says", peer_states_what_the_kernel_says},
	 {"peer refuses what is gone or another", peer_refuses_what_is_gone_or_another},
	 {"a token is made and read again", a_token_is_made_and_read_again})
