/* SPDX-License-Identifier: Apache-2.0
 * Modules that start well and answer badly, not at all, or try to leave their room. */
#include "guest.h"

#include "base/canon.h"
#include "base/str.h"
#include "unit/cases.h"

#include <dlfcn.h>
#include <stepgate/issue.h>

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef SG_SANITIZE
enum { SANITIZED = 1 }; /* the sanitizer catches signals, and its sandbox profile is looser: walls are for the plain build */
#else
enum { SANITIZED = 0 };
#endif

static const char hostile[] = SG_BUILD_DIR "/modules/hostile";
static const char a_look[] = "{\"gid\":0,\"pid\":1,\"start_time\":1,\"uid\":0,\"verb\":\"look\"}";
static const char a_make[] = "{\"asker\":\"agent\",\"claims\":{\"sub\":\"s\"},\"lease\":\"abcd\",\"request\":{\"action\":\"a.b\",\"arguments\":{},\"decision\":\"d1\",\"resource\":null},\"verb\":\"make\"}";

static void
start(struct guest *g, const char *kind, const char *module, const char *options)
{
	guest_start(g, (struct sg_host_process){.kind = kind,
						.name = "x",
						.module = module,
						.module_dir = hostile,
						.stanza = sg_str(options),
						.call_limit = 2 * SG_SEC});
	CU_ASSERT_PTR_NOT_NULL_FATAL(guest_ready(g));
}

static void
start_rogue(struct guest *g, const char *kind, const char *how)
{
	char options[100];
	snprintf(options, sizeof(options), "{\"how\":\"%s\"}", how);
	start(g, kind, "rogue", options);
}

/* After `code` (NULL: a good answer) the host is as well as before. */
static void
look_answers(const char *how, const char *code)
{
	struct guest g;
	bool ok = false;
	int pidfd = guest_pidfd(getpid());
	start_rogue(&g, "attest", how);
	for (int i = 0; i < 2; i++) {
		const struct sg_json *answer = guest_call(&g, a_look, pidfd);
		if (code != NULL && !guest_refused(answer, code))
			printf("\n    %s: %s", how, guest_text(&g, answer, "code"));
		CU_ASSERT(code == NULL ? sg_json_bool(sg_json_get(answer, "ok"), &ok) && ok
				       : guest_refused(answer, code));
	}
	CU_ASSERT_EQUAL(guest_end(&g), 0);
	close(pidfd);
}

static void
facts_out_of_bounds(void)
{
	static const char *const bad[] = {"nothing",  "count",         "pointer",    "null",        "twice",   "upper",
					  "colon",    "digit",         "empty_name", "empty_value", "control", "bytes",
					  "cut_utf8", "zero_strength", "strength",   "name49",      "value257"};
	static const char *const good[] = {"wide", "name48", "value256", "many"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		look_answers(bad[i], "module_facts");
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		look_answers(good[i], NULL);
	look_answers("memory", "module_memory");
	look_answers("secret", "no_secret_now");
	look_answers("again", "module_error");
	look_answers("positive", "module_error");
}

static void
thirty_two_facts(void)
{
	struct guest g;
	bool ok = false;
	int pidfd = guest_pidfd(getpid());
	start(&g, "attest", "rogue", "{\"count\":\"32\",\"how\":\"many\"}");
	const struct sg_json *answer = guest_call(&g, a_look, pidfd);
	CU_ASSERT(sg_json_bool(sg_json_get(answer, "ok"), &ok) && ok && sg_json_get(answer, "facts")->count == 32);
	CU_ASSERT_EQUAL(guest_end(&g), 0);
	start(&g, "attest", "rogue", "{\"count\":\"33\",\"how\":\"many\"}");
	CU_ASSERT(guest_refused(guest_call(&g, a_look, pidfd), "module_facts"));
	CU_ASSERT_EQUAL(guest_end(&g), 0);
	close(pidfd);
}

static void
deadline_and_cleanup(void)
{
	struct guest g;
	int pidfd = guest_pidfd(getpid());
	start_rogue(&g, "attest", "deadline");
	const struct sg_json *answer = guest_call(&g, a_look, pidfd);
	CU_ASSERT(sg_json_is(sg_json_get(sg_json_get(answer, "facts"), "a"), "value", "yes"));
	CU_ASSERT_EQUAL(guest_end(&g), 0);
	start_rogue(&g, "attest", "cleanup");
	CU_ASSERT_PTR_NOT_NULL(guest_call(&g, a_look, pidfd));
	CU_ASSERT_EQUAL(guest_end(&g), 0);
	const char *at_once = strstr(g.said, "info: c32\n"), *newest = strstr(g.said, "info: c31\n"),
		   *oldest = strstr(g.said, "info: c0\n");
	CU_ASSERT(at_once != NULL && newest > at_once && oldest > newest);
	close(pidfd);
}

/* abort() in a confined process may not signal itself, and ends in the instruction that cannot be run. */
static void
death_in_a_call(void)
{
	static const struct {
		const char *how;
		int code;
	} deaths[] = {{"crash", -SIGSEGV}, {"null_write", -SIGSEGV}, {"wild_code", 0}, {"leave", 0}};
	for (size_t i = 0; i < sizeof(deaths) / sizeof(deaths[0]); i++) {
		struct guest g;
		int pidfd = guest_pidfd(getpid());
		start_rogue(&g, "attest", deaths[i].how);
		const struct sg_json *answer = guest_call(&g, a_look, pidfd);
		CU_ASSERT(answer == NULL || guest_refused(answer, "module_error"));
		int code = guest_end(&g);
		CU_ASSERT(code == deaths[i].code || (SANITIZED && code != 0));
		close(pidfd);
	}
}

/* The host does not watch itself: it can be killed at any moment, which is what its caller does at the deadline. */
static void
hanging_calls_can_be_killed(void)
{
	static const char *const hangs[] = {"hang", "spin"};
	for (size_t i = 0; i < 2; i++) {
		struct guest g;
		int pidfd = guest_pidfd(getpid());
		start_rogue(&g, "attest", hangs[i]);
		CU_ASSERT(sg_link_queue(&g.link, SG_FRAME_H_LOOK, 1, sg_str(a_look), pidfd, NULL) == SG_OK);
		CU_ASSERT(sg_link_flush(&g.link, NULL) == SG_OK);
		struct pollfd answer = {.fd = g.link.fd, .events = POLLIN};
		CU_ASSERT_EQUAL(poll(&answer, 1, 200), 0);
		kill(g.pid, SIGKILL);
		CU_ASSERT_EQUAL(guest_end(&g), -SIGKILL);
	}
}

static void
credentials_out_of_bounds(void)
{
	static const struct {
		const char *how, *code;
	} cases[] = {{"none", "module_token"},
		     {"empty", "module_token"},
		     {"long", "module_token"},
		     {"huge", "module_token"},
		     {"bytes", "module_token"},
		     {"at_limit", NULL},
		     {"echo", NULL}};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guest g;
		bool ok = false;
		start_rogue(&g, "issue", cases[i].how);
		const struct sg_json *answer = guest_call(&g, a_make, -1);
		CU_ASSERT(cases[i].code != NULL ? guest_refused(answer, cases[i].code)
						: sg_json_bool(sg_json_get(answer, "ok"), &ok) && ok);
		CU_ASSERT_EQUAL(guest_end(&g), 0);
	}
	struct guest g;
	start_rogue(&g, "issue", "wild");
	CU_ASSERT_PTR_NULL(guest_call(&g, a_make, -1));
	CU_ASSERT(guest_end(&g) != 0);
	start_rogue(&g, "issue", "revoke");
	CU_ASSERT(guest_refused(guest_call(&g, "{\"lease\":\"abcd\",\"verb\":\"revoke\"}", -1), "cloud_away"));
	CU_ASSERT(guest_refused(guest_call(&g, "{\"lease\":\"abcd\",\"verb\":\"reap\"}", -1),
				"cloud_away")); /* no reap: as revoke */
	CU_ASSERT(!guest_refused(guest_call(&g, "{\"lease\":\"abc\",\"verb\":\"reap\"}", -1), "cloud_away"));
	CU_ASSERT_EQUAL(guest_end(&g), 0);
}

static void
keys_are_made_canonical(void)
{
	struct guest g;
	start_rogue(&g, "issue", "unsorted");
	const struct sg_json *answer = guest_call(&g, "{\"verb\":\"keys\"}", -1);
	CU_ASSERT_PTR_NOT_NULL(sg_json_get(sg_json_get(answer, "jwks"), "keys"));
	CU_ASSERT_EQUAL(guest_end(&g), 0);
}

static void
claims_out_of_bounds(void)
{
	struct guest g;
	static const char *const bad[] = {
		"none",          "x", "[]", "1", "null", "{\\\"a\\\":1,\\\"a\\\":2}", "{\\\"a\\\":9007199254740993}",
		"{\\\"a\\\":1}x"};
	char request[200];
	start(&g, "verify", "rogue", "{}");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(request, sizeof(request), "{\"jwks\":null,\"lease\":\"\",\"token\":\"%s\",\"verb\":\"verify\"}", bad[i]);
		CU_ASSERT(guest_refused(guest_call(&g, request, -1), "module_claims"));
	}
	const struct sg_json *good =
		guest_call(&g, "{\"jwks\":null,\"lease\":\"\",\"token\":\"{ \\\"b\\\":1, \\\"a\\\":2}\",\"verb\":\"verify\"}", -1);
	CU_ASSERT_PTR_NOT_NULL(sg_json_get(sg_json_get(good, "claims"), "b"));
	CU_ASSERT_PTR_NULL(guest_call(&g, "{\"jwks\":null,\"lease\":\"\",\"token\":\"crash\",\"verb\":\"verify\"}", -1));
	CU_ASSERT(guest_end(&g) != 0);
}

/* ---- walls, from inside ---- */

static enum { LOAD, START, CALL } const stages[] = {LOAD, START, CALL};

/* What a prober sees of itself without any wall: the positive control, without which held says nothing. Loaded as any library would be. */
static char control[2048];

static void *
plain_alloc(const struct sg_host *host, size_t size)
{
	(void)host;
	return calloc(1, size);
}

static void
run_control(void)
{
	int ends[2];
	CU_ASSERT_FATAL(pipe(ends) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		struct sg_host plain = {.size = sizeof(plain), .alloc = plain_alloc};
		struct sg_issue_out out = {.size = sizeof(out)};
		void *library = dlopen(SG_BUILD_DIR "/modules/hostile/issue-prober.so", RTLD_NOW | RTLD_LOCAL);
		const struct sg_module *m = library == NULL ? NULL : dlsym(library, "sg_module");
		if (m == NULL || m->start(&plain, NULL, NULL, NULL) != SG_OK || m->issue->make(NULL, NULL, &out, NULL) != SG_OK)
			_exit(1);
		_exit(write(ends[1], out.token.ptr, out.token.len) == (ssize_t)out.token.len ? 0 : 1);
	}
	close(ends[1]);
	ssize_t len = read(ends[0], control, sizeof(control) - 1);
	control[len > 0 ? len : 0] = '\0';
	close(ends[0]);
	waitpid(pid, NULL, 0);
	CU_ASSERT_FATAL(strstr(control, "read=open,open,open;") != NULL);
}

static bool
open_in(const char *seen, int stage)
{
	return strlen(seen) == 14 && strncmp(seen + stage * 5, "open", 4) == 0;
}

static void
check_wall(const char *name, const char *seen, bool (*may)(const char *name, int stage))
{
	char entry[96];
	snprintf(entry, sizeof(entry), "%s=open,open,open;", name);
	bool works = strstr(control, entry) != NULL;
	if (SANITIZED)
		return;
	if (!works)
		printf("\n    %s: NOT RUN (does not work here even without a wall) ", name);
	CU_ASSERT_EQUAL(strlen(seen), 14);
	for (size_t i = 0; i < 3; i++) {
		bool is_open = open_in(seen, stages[i]);
		if (is_open && works && !may(name, stages[i]))
			printf("\n    %s: %s ", name, seen);
		CU_ASSERT(!is_open || may(name, stages[i]));
	}
}

/* A library is code: until it has started, memory may be run. */
static bool
issue_may(const char *name, int stage)
{
	return stage != CALL && strcmp(name, "execute") == 0;
}

/* It reads files for a living; the third descriptor is the pidfd of this call. */
static bool
attest_may(const char *name, int stage)
{
	return strcmp(name, "read") == 0 || (stage == CALL && strcmp(name, "descriptors") == 0) || issue_may(name, stage);
}

static void
walls_of_an_attest_host(void)
{
	struct guest g;
	int pidfd = guest_pidfd(getpid()), open_one = dup(0);
	run_control();
	start(&g, "attest", "prober", "{}");
	const struct sg_json *facts = sg_json_get(guest_call(&g, a_look, pidfd), "facts");
	CU_ASSERT_FATAL(facts != NULL && facts->count >= 15);
	for (const struct sg_json *f = sg_json_first(facts); f != NULL; f = sg_json_next(facts, f)) {
		char name[64];
		snprintf(name, sizeof(name), "%.*s", SG_STR_ARG(f->name));
		check_wall(name, guest_text(&g, f, "value"), attest_may);
	}
	CU_ASSERT_EQUAL(guest_end(&g), 0);
	close(pidfd);
	close(open_one);
}

static void
walls_of_an_issue_host(void)
{
	struct guest g;
	int open_one = dup(0), count = 0;
	run_control();
	start(&g, "issue", "prober", "{}");
	struct sg_str rest = sg_str(guest_text(&g, guest_call(&g, a_make, -1), "token"));
	while (rest.ptr != NULL && rest.len > 0) {
		struct sg_str value = sg_str_cut(&rest, ';');
		struct sg_str name = sg_str_cut(&value, '=');
		char text[2][64];
		snprintf(text[0], sizeof(text[0]), "%.*s", SG_STR_ARG(name));
		snprintf(text[1], sizeof(text[1]), "%.*s", SG_STR_ARG(value));
		check_wall(text[0], text[1], issue_may);
		count++;
	}
	CU_ASSERT(count >= 15);
	CU_ASSERT_EQUAL(guest_end(&g), 0);
	close(open_one);
}

SG_CASES("module.rogue", {"facts out of bounds", facts_out_of_bounds}, {"32 facts, not 33", thirty_two_facts},
	 {"deadline and cleanup", deadline_and_cleanup}, {"death in a call", death_in_a_call},
	 {"hanging calls can be killed", hanging_calls_can_be_killed},
	 {"credentials out of bounds", credentials_out_of_bounds}, {"keys are made canonical", keys_are_made_canonical},
	 {"claims out of bounds", claims_out_of_bounds}, {"walls of an attest host", walls_of_an_attest_host},
	 {"walls of an issue host", walls_of_an_issue_host})
