/* SPDX-License-Identifier: Apache-2.0
 * stepgate(1) in man(7), from the tables. */
#include "ctl/ctl.h"

#include <string.h>

static void
one_option(FILE *to, const struct sg_ctl_option *option)
{
	fputs(".TP\n\\fB", to);
	if (option->letter != 0)
		fprintf(to, "\\-%c\\fR, \\fB", option->letter);
	fputs("\\-\\-", to);
	sg_ctl_man_text(to, option->name);
	fputs("\\fR", to);
	if (option->argument != NULL) {
		fputs(" \\fI", to);
		sg_ctl_man_text(to, option->argument);
		fputs("\\fR", to);
	}
	fputc('\n', to);
	sg_ctl_man_text(to, option->text);
	fputc('\n', to);
}

static void
one_command(FILE *to, const struct sg_ctl_command *command, const char *before)
{
	fprintf(to, ".TP\n\\fB%s", before);
	sg_ctl_man_text(to, command->words);
	fputs("\\fR", to);
	if (command->arguments[0] != '\0') {
		fputs(" \\fI", to);
		sg_ctl_man_text(to, command->arguments);
		fputs("\\fR", to);
	}
	fputc('\n', to);
	sg_ctl_man_text(to, command->text);
	fputs(".\n", to);
	sg_ctl_man_text(to, command->more);
	if (command->more[0] != '\0')
		fputc('\n', to);
	const char *comma = "Options: ";
	for (int i = 0; i < SG_CTL_OPTION_COUNT; i++)
		if (i != SG_CTL_OPTION_help && (command->options & (UINT64_C(1) << i)) != 0) {
			fprintf(to, "%s\\fB\\-\\-", comma);
			sg_ctl_man_text(to, sg_ctl_options[i].name);
			fputs("\\fR", to);
			comma = ", ";
		}
	fputs(comma[0] == ',' ? ".\n" : "", to);
}

void
sg_ctl_man(FILE *to)
{
	fprintf(to,
		".TH STEPGATE 1 \"\" \"stepgate %s\"\n.SH NAME\nstepgate \\- operate stepgated, look at what it "
		"decided\n",
		SG_VERSION);
	fprintf(to,
		".SH SYNOPSIS\n.B stepgate\n.I COMMAND\n[\\fIARGUMENTS\\fR] [\\fIOPTIONS\\fR]\n.SH DESCRIPTION\n"
		"Results go to standard output, talk to standard error. Text that agents wrote is shown with control, "
		"escape and direction "
		"characters made visible. Colour only on a terminal, and never where NO_COLOR is set.\n.SH COMMANDS\n");
	for (size_t i = 0; i < sg_ctl_command_count; i++)
		one_command(to, &sg_ctl_commands[i], "");
	fprintf(to, ".SH LINES OF STEPGATE AGENT\n");
	for (size_t i = 0; i < sg_ctl_session_count; i++)
		one_command(to, &sg_ctl_session[i], "");
	fprintf(to, ".SH OPTIONS\n");
	for (int i = 0; i < SG_CTL_OPTION_COUNT; i++)
		one_option(to, &sg_ctl_options[i]);
	fprintf(to, ".SH EXIT STATUS\n");
#define X(name, number, meaning) fprintf(to, ".TP\n%d\n", number), sg_ctl_man_text(to, meaning), fputc('\n', to);
	SG_CTL_EXITS(X)
#undef X
	fprintf(to, ".SH ENVIRONMENT\n.TP\nSTEPGATE_RUN\nfolder of the sockets\n.TP\nNO_COLOR\nno colour\n.SH SEE "
		    "ALSO\nstepgated(8), stepgate.conf(5)\n");
}
