/* SPDX-License-Identifier: Apache-2.0
 * stepgate-policy: the command line of `stepgate policy test`, and the way through all tests. */
#include "main/stepgate_policy.h"

#include "base/canon.h"
#include "base/digest.h"
#include "base/str.h"
#include "conf/load.h"
#include "policy/spec.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_FAILED = 1, EXIT_USAGE = 64, EXIT_UNREADABLE = 66, EXIT_INTERNAL = 70, EXIT_CONFIG = 78 };

#define CONFIG_FILE SG_CONFIG_FILE

struct wish {
	const char *config;
	enum sg_try_form form;
	char *const *paths;
	struct sg_buf document; /* of the configuration */
	struct sg_arena arena;
	const struct sg_json *conf; /* NULL without one */
	struct sg_catalogue *catalogue;
};

static int
usage(FILE *to, int code)
{
	fprintf(to, "stepgate policy test [OPTION...] [PATH...]\n"
		    "    asks a policy set what its specs (NAME_test.lua) say it should answer. PATH is a folder, a spec, or a policy\n"
		    "    file; default is the folder that the configuration names. Exit 0: as expected, 1: not, 78: the set does not load\n"
		    "    -c, --config FILE   take what is known of actions, agents and resources from this configuration\n"
		    "    -j, --json          the results as JSON\n"
		    "        --tap           the results as TAP version 14\n"
		    "    -h, --help          print this\n");
	return code;
}

static bool
read_config(struct wish *wish)
{
	struct sg_conf_source source = {.file = wish->config};
	struct sg_conf_errors errors;
	struct sg_buf text;
	sg_conf_errors_init(&errors);
	sg_buf_init(&text, 1 << 20);
	bool good = sg_conf_load(&source, &wish->document, &errors) == SG_OK &&
		    sg_canon_parse(&wish->arena, sg_buf_view(&wish->document), &sg_conf_document_limits, &wish->conf, NULL) == SG_OK;
	if (!good) {
		sg_conf_errors_print(&text, &errors);
		fwrite(text.ptr, 1, text.len, stderr);
	}
	sg_buf_done(&text);
	sg_conf_errors_done(&errors);
	return good && sg_catalogue_create(&wish->catalogue, sg_buf_view(&wish->document), NULL) == SG_OK;
}

/* ---- the way through ---- */

static void
try_spec(struct sg_try_tell *tell, struct sg_try_set *set, const struct sg_policy_source *spec)
{
	static const struct sg_json_limits limits = {.bytes = SG_SPEC_REPORT + 64, .nodes = 1 << 20};
	const struct sg_json *root = NULL, *tests;
	struct sg_arena arena;
	struct sg_buf report;
	sg_arena_init(&arena, 256 << 20);
	sg_buf_init(&report, SG_TRY_REPORT);
	if (sg_policy_spec(spec, &report) != SG_OK || sg_json_parse(&arena, sg_buf_view(&report), &limits, &root, NULL) != SG_OK) {
		sg_try_tell_spec(tell, spec->name, sg_buf_view(&report));
	} else {
		tests = sg_json_get(root, "tests");
		for (const struct sg_json *t = sg_json_first(tests); t != NULL; t = sg_json_next(tests, t)) {
			struct sg_try *try = calloc(1, sizeof(*try));
			if (try == NULL)
				abort(); /* a test left out must not look like one that passed */
			sg_try_run(try, set, spec->name, t);
			sg_try_tell(tell, try);
			sg_try_done(try);
			free(try);
		}
	}
	sg_buf_done(&report);
	sg_arena_done(&arena);
}

static void
print_problems(const struct sg_try_folder *folder, enum sg_try_form form)
{
	struct sg_buf out;
	bool json = form == SG_TRY_JSON;
	sg_buf_init(&out, SG_TRY_REPORT);
	sg_policy_check(folder->set, folder->set_count, NULL, json, &out);
	if (form == SG_TRY_TAP)
		printf("Bail out! the policy set does not load\n");
	fprintf(json ? stdout : stderr, "%.*s%s", SG_STR_ARG(sg_buf_view(&out)), json ? "\n" : "");
	sg_buf_done(&out);
}

/* All sets are loaded before the first test is told. */
static int
load_all(const struct wish *wish, const struct sg_try_files *files, struct sg_try_set *sets)
{
	struct sg_buf report;
	int code = 0;
	sg_buf_init(&report, SG_TRY_REPORT);
	for (size_t i = 0; i < files->count; i++) {
		sets[i].folder = &files->folders[i];
		sets[i].conf = wish->conf;
		sets[i].catalogue = wish->catalogue;
		if (code == 0 && !sg_try_set_load(&sets[i], &report)) {
			print_problems(&files->folders[i], wish->form);
			code = EXIT_CONFIG;
		}
	}
	sg_buf_done(&report);
	return code;
}

static int
try_all(const struct wish *wish, const struct sg_try_files *files)
{
	static struct sg_try_set sets[SG_TRY_FOLDERS];
	const char *no_color = getenv("NO_COLOR");
	struct sg_try_tell tell = {.form = wish->form,
				   .color = isatty(STDOUT_FILENO) == 1 && (no_color == NULL || no_color[0] == '\0')};
	int code = load_all(wish, files, sets);
	if (code == 0)
		sg_try_tell_start(&tell);
	for (size_t i = 0; code == 0 && i < files->count; i++)
		for (size_t j = 0; j < files->folders[i].spec_count; j++)
			try_spec(&tell, &sets[i], &files->folders[i].specs[j]);
	if (code == 0)
		sg_try_tell_end(&tell);
	for (size_t i = 0; i < files->count; i++)
		sg_try_set_done(&sets[i]);
	if (code == 0 && tell.done == 0) { /* nothing asked is nothing shown */
		fprintf(stderr, "stepgate policy test: the files declare no test\n");
		code = EXIT_UNREADABLE;
	}
	return code != 0 ? code : tell.failed > 0 ? EXIT_FAILED : 0;
}

static int
run(struct wish *wish)
{
	struct sg_try_files files;
	struct sg_str folder = SG_STR("");
	char *from_config[2] = {NULL, NULL};
	if (wish->paths[0] == NULL && wish->config == NULL)
		wish->config = CONFIG_FILE;
	if (wish->config != NULL && !read_config(wish))
		return EXIT_CONFIG;
	if (wish->paths[0] == NULL) {
		sg_json_string(sg_json_get(wish->conf, "policy_dir"), &folder);
		from_config[0] = sg_arena_strdup(&wish->arena, folder);
		wish->paths = from_config;
	}
	int code = sg_try_files_read(&files, wish->paths) ? try_all(wish, &files) : EXIT_UNREADABLE;
	sg_try_files_done(&files);
	return code;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {{"config", 1, NULL, 'c'}, {"json", 0, NULL, 'j'}, {"tap", 0, NULL, 't'}, {"help", 0, NULL, 'h'}, {0}};
	struct wish wish = {.form = SG_TRY_PEOPLE};
	struct sg_err err = {0};
	if (argc < 2 || strcmp(argv[1], "test") != 0)
		return argc > 1 && strcmp(argv[1], "--help") == 0 ? usage(stdout, 0) : usage(stderr, EXIT_USAGE);
	for (int c; (c = getopt_long(argc - 1, argv + 1, "c:jh", longs, NULL)) != -1;) {
		if (c == 'h')
			return usage(stdout, 0);
		if (c == '?')
			return usage(stderr, EXIT_USAGE);
		if (c == 'c')
			wish.config = optarg;
		else
			wish.form = c == 'j' ? SG_TRY_JSON : SG_TRY_TAP;
	}
	if (sg_digest_start(&err) != SG_OK) {
		fprintf(stderr, "stepgate policy test: %s: %s\n", err.code, err.text);
		return EXIT_INTERNAL;
	}
	wish.paths = argv + 1 + optind;
	sg_buf_init(&wish.document, SG_CONF_MAX_DOCUMENT);
	sg_arena_init(&wish.arena, 256 << 20);
	int code = run(&wish);
	sg_catalogue_destroy(wish.catalogue);
	sg_arena_done(&wish.arena);
	sg_buf_done(&wish.document);
	return fflush(stdout) != 0 && code == 0 ? EXIT_INTERNAL : code;
}
