/* SPDX-License-Identifier: Apache-2.0
 * stepgated: the daemon's first lines. */
#include "base/canon.h"
#include "base/crypto_memory.h"
#include "base/digest.h"
#include "base/log.h"
#include "base/str.h"
#include "main/supervisor.h"
#include "main/would.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_USAGE = 64, EXIT_BAD_CONFIG = 78 };

static void
print(struct sg_buf *text, FILE *to)
{
	fwrite(text->ptr, 1, text->len, to);
	sg_buf_done(text);
}

/* `document`: of the configuration that it is to be in force with; empty: none. */
static int
check_policy(const char *folder, bool named, struct sg_str document, bool json)
{
	struct sg_policy_files files;
	struct sg_buf out;
	struct sg_arena arena;
	const struct sg_json *conf = NULL;
	struct sg_json_limits limits = {.bytes = SG_FRAME_MAX, .nodes = 1 << 20};
	sg_buf_init(&out, 4 << 20);
	sg_arena_init(&arena, 256 << 20);
	enum sg_status status = document.len > 0 ? sg_canon_parse(&arena, document, &limits, &conf, NULL) : SG_OK;
	enum sg_status read = sg_policy_files_read(&files, folder, named, &out);
	status = read != SG_OK ? read : status;
	if (status == SG_OK)
		status = sg_policy_check(files.list, files.count, conf, json, &out);
	if (!json && files.specs > 0)
		sg_buf_printf(&out, "%zu file%s of tests: not loaded, run by `stepgate policy test`\n", files.specs, files.specs == 1 ? "" : "s");
	print(&out, json || status == SG_OK ? stdout : stderr);
	sg_policy_files_done(&files);
	sg_arena_done(&arena);
	return status == SG_OK ? 0 : 1;
}

/* By a folder, and where there is one with the configuration too. */
static int
check_folder(const struct sg_main_options *options)
{
	struct sg_buf document;
	if (access(options->policy_check, F_OK) != 0) {
		fprintf(stderr, "stepgated: %s: %s\n\thint: a folder of *.lua files\n", options->policy_check, strerror(errno));
		return EXIT_BAD_CONFIG;
	}
	sg_buf_init(&document, SG_FRAME_MAX);
	bool good = options->config == NULL || sg_supervisor_config(options, &document, NULL);
	int code = good ? check_policy(options->policy_check, false, sg_buf_view(&document), options->json != NULL) : EXIT_BAD_CONFIG;
	sg_buf_done(&document);
	return code;
}

static bool
policy_folder(struct sg_str document, char out[1024])
{
	struct sg_arena arena;
	const struct sg_json *json = NULL;
	struct sg_str folder = {"", 0};
	struct sg_json_limits limits = {.bytes = SG_FRAME_MAX, .nodes = 1 << 20};
	sg_arena_init(&arena, 256 << 20);
	bool good = sg_canon_parse(&arena, document, &limits, &json, NULL) == SG_OK &&
		    sg_json_string(sg_json_get(json, "policy_dir"), &folder);
	snprintf(out, 1024, "%.*s", SG_STR_ARG(folder));
	sg_arena_done(&arena);
	return good;
}

static int
check_config(const struct sg_main_options *options)
{
	struct sg_conf_source source = {.file = options->config, .vendor_dir = options->vendor};
	struct sg_buf document;
	char folder[1024];
	sg_buf_init(&document, SG_FRAME_MAX);
	bool good = sg_supervisor_config(options, &document, NULL) && policy_folder(sg_buf_view(&document), folder);
	good = good && sg_would_disk(&source, options->json != NULL);
	bool opens = good;
	good = good && check_policy(folder, true, sg_buf_view(&document), options->json != NULL) == 0;
	if (opens && !good && options->json == NULL)
		fprintf(stderr, "stepgated: it would start, say so, and deny everything until the policy is mended; a reload would keep what is in force\n");
	sg_buf_done(&document);
	return good ? 0 : EXIT_BAD_CONFIG;
}

/* A file that is to be put into conf.d, its text on stdin: whether the modules of its stanzas would start. */
static int
check_draft(const struct sg_main_options *options)
{
	struct sg_conf_source source = {.file = options->config, .vendor_dir = options->vendor, .draft = options->draft};
	struct sg_buf text;
	sg_buf_init(&text, SG_CONF_MAX_FILE_BYTES);
	ssize_t got = 1;
	while (got > 0) {
		char *to = sg_buf_reserve(&text, 8192);
		got = to == NULL ? -1 : read(STDIN_FILENO, to, 8192);
		text.len += got > 0 ? (size_t)got : 0;
	}
	source.draft_text = sg_buf_view(&text);
	bool good = got == 0 && sg_would_disk(&source, options->json != NULL);
	sg_buf_done(&text);
	return good ? 0 : EXIT_BAD_CONFIG;
}

static int
print_config(const struct sg_main_options *options)
{
	struct sg_buf document;
	sg_buf_init(&document, SG_FRAME_MAX);
	if (!sg_supervisor_config(options, &document, NULL))
		return EXIT_BAD_CONFIG;
	sg_buf_text(&document, "\n");
	print(&document, stdout);
	return 0;
}

static int
print_api(const char *format)
{
	struct sg_buf out;
	sg_buf_init(&out, 1 << 20);
	sg_policy_api_write(&out, strcmp(format, "stubs") == 0 ? SG_POLICY_STUBS : SG_POLICY_MARKDOWN);
	print(&out, stdout);
	return 0;
}

/* Files that are opened later must not become somebody's input or output. */
static bool
fill_standard(void)
{
	int fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = open("/dev/null", O_RDWR);
	return fd >= 0 && close(fd) == 0;
}

int
main(int argc, char **argv)
{
	if (!fill_standard())
		return EXIT_BAD_CONFIG;
	sg_crypto_memory();
	struct sg_main_options options = {0};
	if (!sg_main_options_read(&options, argc, argv))
		return EXIT_USAGE;
	if (options.help != NULL) {
		sg_main_options_help();
		return 0;
	}
	if (options.man != NULL) {
		sg_main_options_man();
		return 0;
	}
	if (options.version != NULL) {
		printf("stepgated %s\n", SG_VERSION);
		return 0;
	}
	if (options.lua_api != NULL)
		return print_api(options.lua_api);
	if (options.policy_check != NULL)
		return check_folder(&options);
	if (options.config == NULL)
		options.config = SG_CONFIG_FILE;
	if (options.print_config != NULL)
		return print_config(&options);
	if (options.test != NULL)
		return options.draft != NULL ? check_draft(&options) : check_config(&options);
	if (!sg_log_begin()) /* an agent brings lines about; whoever does not read them holds nobody */
		return EXIT_BAD_CONFIG;
	return sg_supervisor_run(&options);
}
