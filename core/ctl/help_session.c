/* SPDX-License-Identifier: Apache-2.0
 * The commands of a session, for people. */
#include "ctl/ctl.h"

void
sg_ctl_help_line(FILE *to, const struct sg_ctl_command *command)
{
	char left[64];
	snprintf(left, sizeof(left), "%s %s", command->words, command->arguments);
	fprintf(to, "  %-26s %s\n", left, command->text);
}

void
sg_ctl_help_session(FILE *to, const struct sg_ctl_command *session, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sg_ctl_help_line(to, &session[i]);
	fprintf(to, "Options as in stepgate act, task open, task delegate and outcome. Words with spaces stand in double quotes.\n");
}
