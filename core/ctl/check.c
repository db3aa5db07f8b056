/* SPDX-License-Identifier: Apache-2.0
 * Checking policy and configuration before they are in force: stepgated does it, with the code that will run them. */
#include "ctl/daemon.h"
#include "ctl/show.h"

#include "base/str.h"

enum { TEST_WORDS = 2000 };

static int
check_folder(const struct sg_ctl *ctl, const char *folder, const char *config)
{
	const char *arguments[] = {"--policy-check", folder, NULL, NULL, NULL, NULL};
	size_t at = 2;
	if (ctl->json)
		arguments[at++] = "--json";
	if (config != NULL) {
		arguments[at++] = "-c";
		arguments[at] = config;
	}
	return sg_daemon_become(ctl, "stepgated", arguments);
}

int
sg_ctl_policy_check(struct sg_ctl *ctl)
{
	struct sg_buf text;
	struct sg_arena arena;
	char folder[1100];
	const struct sg_json *json = NULL;
	const char *config = ctl->option[SG_CTL_OPTION_config];
	if (ctl->arg_count > 0)
		return check_folder(ctl, ctl->args[0], config);
	sg_buf_init(&text, SG_DAEMON_DOCUMENT);
	sg_arena_init(&arena, 256 << 20);
	int code = sg_daemon_config(ctl, config != NULL ? config : SG_CTL_CONFIG_FILE, &text, &arena, &json);
	snprintf(folder, sizeof(folder), "%.*s", SG_STR_ARG(sg_json_text_at(json, "policy_dir")));
	sg_arena_done(&arena);
	sg_buf_done(&text);
	return code == SG_CTL_OK ? check_folder(ctl, folder, config != NULL ? config : SG_CTL_CONFIG_FILE) : code;
}

int
sg_ctl_policy_test(struct sg_ctl *ctl)
{
	const char *words[TEST_WORDS + 6] = {"test"};
	size_t count = 1;
	if (ctl->option[SG_CTL_OPTION_config] != NULL) {
		words[count++] = "--config";
		words[count++] = ctl->option[SG_CTL_OPTION_config];
	}
	if (ctl->json)
		words[count++] = "--json";
	if (ctl->option[SG_CTL_OPTION_tap] != NULL)
		words[count++] = "--tap";
	for (char **word = ctl->rest; *word != NULL; word++) {
		if (count >= TEST_WORDS)
			return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "name folders", "policy test: too many words");
		words[count++] = *word;
	}
	return sg_daemon_become(ctl, "stepgate-policy", words);
}

int
sg_ctl_config_check(struct sg_ctl *ctl)
{
	const char *vendor = ctl->option[SG_CTL_OPTION_vendor];
	const char *arguments[] = {"-t", "-c", ctl->arg_count > 0 ? ctl->args[0] : SG_CTL_CONFIG_FILE, NULL, NULL, NULL, NULL};
	size_t at = 3;
	if (vendor != NULL) {
		arguments[at++] = "--vendor";
		arguments[at++] = vendor;
	}
	arguments[at] = ctl->json ? "--json" : NULL;
	return sg_daemon_become(ctl, "stepgated", arguments);
}
