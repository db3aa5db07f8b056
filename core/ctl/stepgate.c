/* SPDX-License-Identifier: Apache-2.0
 * stepgate(1): find the command in the table, run it, end as it says. */
#include "ctl/find.h"
#include "ctl/whole_id.h"

#include "base/digest.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* What needs no command. -1: something else was asked for. */
static int
without_command(const struct sg_ctl *ctl)
{
	const char *shell = ctl->option[SG_CTL_OPTION_completion];
	if (ctl->option[SG_CTL_OPTION_version] != NULL)
		printf("stepgate %s\n", SG_VERSION);
	else if (ctl->option[SG_CTL_OPTION_man] != NULL)
		sg_ctl_man(stdout);
	else if (shell != NULL && !sg_ctl_completion(stdout, shell))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "completion is there for bash, zsh and fish");
	else if (ctl->option[SG_CTL_OPTION_help] != NULL)
		sg_ctl_help(stdout);
	else if (shell == NULL)
		return -1;
	return SG_CTL_OK;
}

int
main(int argc, char **argv)
{
	struct sg_ctl ctl = {.session = sg_ctl_session, .session_count = sg_ctl_session_count};
	struct sg_err err = {0};
	const char *no_color = getenv("NO_COLOR");
	ctl.color = isatty(STDOUT_FILENO) == 1 && (no_color == NULL || no_color[0] == '\0');
	signal(SIGPIPE, SIG_IGN);
	if (sg_digest_start(&err) != SG_OK)
		return sg_ctl_fail(&ctl, SG_CTL_INTERNAL, err.code, "", "%s", err.text);
	int code = sg_ctl_parse(&ctl, sg_ctl_commands, sg_ctl_command_count, argc - 1, argv + 1);
	if (code == SG_CTL_LISTED)
		return SG_CTL_OK;
	if (code != SG_CTL_OK)
		return code;
	if (ctl.command == NULL) {
		code = without_command(&ctl);
		if (code < 0)
			sg_ctl_help(stderr);
		return code < 0 ? SG_CTL_USAGE : code;
	}
	if (ctl.option[SG_CTL_OPTION_help] != NULL) {
		sg_ctl_help_command(stdout, ctl.command);
		return SG_CTL_OK;
	}
	char whole[128];
	code = sg_ctl_whole_id(&ctl, whole);
	code = code == SG_CTL_OK ? ctl.command->run(&ctl) : code;
	if (fflush(stdout) != 0 || ferror(stdout) != 0)
		return code == SG_CTL_OK ? SG_CTL_INTERNAL : code;
	return code;
}
