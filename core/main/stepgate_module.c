/* SPDX-License-Identifier: Apache-2.0
 * stepgate-module: what `stepgate module info` and `stepgate module check` run. */
#include "base/digest.h"
#include "base/json.h"
#include "base/str.h"
#include "conf/grant.h"
#include "host/check.h"
#include "host/inspect.h"
#include "token/jwk.h"

#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_USAGE = 64, EXIT_UNREADABLE = 66, EXIT_INTERNAL = 70, REASON_MAX = 200 };

extern const struct sg_check_memory sg_check_malloc;

static int
usage(FILE *to, int code)
{
	fprintf(to, "stepgate module info FILE [--json]\n"
		    "    what the file says it is; nothing of it is run. Exit 0: the loader would take it, 1: it would not\n"
		    "stepgate module check FILE [OPTION...]\n"
		    "    whether it keeps what the headers promise, as TAP version 14. Exit 0: nothing is broken, 1: something is\n"
		    "    --option NAME=VALUE         an option of its stanza; may be repeated\n"
		    "    --grant NAME=KIND:WHAT      a grant of its stanza; may be repeated\n"
		    "    --grant WORD                locks, resolver or network, as there; a step runs the module behind the walls that all these leave\n"
		    "    --grant NAME=KIND           a stand-in: secret (a new P-256 key in PEM), file (empty), folder (new, empty),\n"
		    "                                unix (a datagram socket that is read), tcp (a connection that is read)\n"
		    "    --claim NAME=VALUE          issue: a claim, beside or instead of those that the check makes up\n"
		    "    --argument NAME=VALUE       issue: an argument of the action\n"
		    "    --resource TYPE:ID          issue: the resource of the action (repo:acme/site)\n"
		    "    --without malloc=REASON     the step in which malloc fails is left out, and the reason stands in its place: what is written in a language\n"
		    "                                that ends the process then (Rust) is started again, and nothing is allowed meanwhile\n"
		    "    --without facts=REASON      attest: the step that asks for facts of an ordinary process is left out, and the reason stands in its place\n"
		    "    --token FILE, --chain FILE  verify: a bearer token, certificates in DER one behind the other, that it has to take\n"
		    "    --seconds N                 a step that takes longer hangs (default %d, at most %d)\n",
		SG_CHECK_SECONDS, SG_CHECK_SECONDS_MAX);
	return code;
}

/* ---- info ---- */

static void
print_list(const struct sg_json *json, const char *label, const char *member)
{
	struct sg_str text;
	const struct sg_json *list = sg_json_get(json, member);
	printf("%-8s", label);
	for (const struct sg_json *e = sg_json_first(list); e != NULL; e = sg_json_next(list, e))
		if (sg_json_string(e, &text))
			printf(" %.*s", SG_STR_ARG(text));
	printf("\n");
}

static void
print_text(const struct sg_json *json, const char *label, const char *member)
{
	struct sg_str text;
	int64_t number;
	const struct sg_json *value = sg_json_get(json, member);
	if (sg_json_string(value, &text))
		printf("%-8s %.*s\n", label, SG_STR_ARG(text));
	else if (sg_json_int(value, &number))
		printf("%-8s %lld\n", label, (long long)number);
	else
		printf("%-8s -\n", label);
}

static void
print_people(const struct sg_json *json, bool loads)
{
	static const char *const members[] = {"file", "kind", "name", "abi", "sha256", "size"};
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		print_text(json, members[i], members[i]);
	print_list(json, "exports", "exports");
	print_list(json, "needs", "needs");
	print_list(json, "paths", "paths"); /* none, in one that is taken */
	printf("%-8s %s uid %u%s\n", "loader", loads ? "would take it, for a daemon of" : "refuses it, for a daemon of", (unsigned)geteuid(), geteuid() == 0 ? "" : " (a daemon of another user asks for a file of root or its own)");
	if (loads)
		return;
	print_text(json, "code", "code");
	print_text(json, "text", "text");
	print_text(json, "hint", "hint");
}

static int
info(const char *file, bool as_json)
{
	struct sg_buf out;
	struct sg_arena arena;
	struct sg_err err = {0};
	const struct sg_json *json = NULL;
	bool loads = false;
	sg_buf_init(&out, 1 << 20);
	sg_arena_init(&arena, 8 << 20);
	int code = EXIT_UNREADABLE;
	if (sg_inspect(file, &out, &err) != SG_OK || sg_json_parse(&arena, sg_buf_view(&out), &(struct sg_json_limits){.bytes = 1 << 20}, &json, &err) != SG_OK)
		fprintf(stderr, "stepgate module: %s: %s\n", err.code, err.text);
	else
		code = sg_json_bool(sg_json_get(json, "loads"), &loads) && loads ? 0 : 1;
	if (json != NULL && as_json)
		printf("%.*s\n", (int)out.len, out.ptr);
	else if (json != NULL)
		print_people(json, loads);
	sg_arena_done(&arena);
	sg_buf_done(&out);
	return code;
}

/* ---- check ---- */

static bool
take(struct sg_check_list *list, const char *pair)
{
	if (list->count == SG_CHECK_LIST_MAX || pair[0] == '=')
		return false;
	list->pair[list->count++] = pair;
	return true;
}

static bool
is_permission(const char *word)
{
	struct sg_grant grant;
	return sg_grant_read(sg_str(word), &grant) && sg_grant_is_permission(grant.kind);
}

static bool
take_pair(struct sg_check_wish *wish, int c, const char *pair)
{
	struct sg_check_list *list = c == 'o' ? &wish->options : c == 'g' ? &wish->grants : c == 'c' ? &wish->claims : &wish->arguments;
	return (strchr(pair, '=') != NULL || (c == 'g' && is_permission(pair))) && take(list, pair);
}

/* What stands behind `step`; NULL: another step, or no reason, or one that is no line. */
static const char *
reason_of(const char *pair, const char *step)
{
	const char *reason = strncmp(pair, step, strlen(step)) == 0 ? pair + strlen(step) : "";
	bool line = reason[0] != '\0' && strlen(reason) <= REASON_MAX;
	for (const char *at = reason; *at != '\0'; at++)
		line &= (unsigned char)*at >= ' ' && *at != 0x7f && *at != '#';
	return line ? reason : NULL;
}

static bool
take_reason(struct sg_check_wish *wish, const char *pair)
{
	const char *no_malloc = reason_of(pair, "malloc="), *no_facts = reason_of(pair, "facts=");
	wish->no_malloc = no_malloc != NULL ? no_malloc : wish->no_malloc;
	wish->no_facts = no_facts != NULL ? no_facts : wish->no_facts;
	return no_malloc != NULL || no_facts != NULL;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {{"option", 1, NULL, 'o'}, {"grant", 1, NULL, 'g'}, {"claim", 1, NULL, 'c'}, {"argument", 1, NULL, 'a'}, {"resource", 1, NULL, 'r'},
					      {"seconds", 1, NULL, 's'}, {"without", 1, NULL, 'w'}, {"token", 1, NULL, 't'}, {"chain", 1, NULL, 'n'}, {"json", 0, NULL, 'j'}, {"help", 0, NULL, 'h'}, {0}};
	struct sg_check_wish wish = {.seconds = SG_CHECK_SECONDS, .memory = &sg_check_malloc};
	struct sg_err err = {0};
	bool as_json = false, good = argc > 1;
	signal(SIGPIPE, SIG_IGN);
	for (int c; good && (c = getopt_long(argc - 1, argv + 1, "jh", longs, NULL)) != -1;) {
		if (c == 'h')
			return usage(stdout, 0);
		if (c == 'j')
			as_json = true;
		else if (c == 'r')
			good = strchr(wish.resource = optarg, ':') != NULL;
		else if (c == 'w')
			good = take_reason(&wish, optarg);
		else if (c == 't' || c == 'n')
			*(c == 't' ? &wish.token : &wish.chain) = optarg;
		else if (c == 's')
			good = (wish.seconds = (unsigned)strtoul(optarg, NULL, 10)) >= 1 && wish.seconds <= SG_CHECK_SECONDS_MAX;
		else
			good = c != '?' && take_pair(&wish, c, optarg);
	}
	if (!good || optind != argc - 2)
		return argc > 1 && strcmp(argv[1], "--help") == 0 ? usage(stdout, 0) : usage(stderr, EXIT_USAGE);
	if (sg_digest_start(&err) != SG_OK || sg_jwk_start(&err) != SG_OK) {
		fprintf(stderr, "stepgate module: %s: %s\n", err.code, err.text);
		return EXIT_INTERNAL;
	}
	wish.file = argv[1 + optind];
	if (strcmp(argv[1], "info") == 0)
		return info(wish.file, as_json);
	if (strcmp(argv[1], "check") == 0 && !as_json)
		return sg_check_run(&wish, stdout) ? 0 : 1;
	return usage(stderr, EXIT_USAGE);
}
