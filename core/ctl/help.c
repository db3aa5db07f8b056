/* SPDX-License-Identifier: Apache-2.0
 * Help for people, from the tables. */
#include "ctl/ctl.h"

#include <string.h>

enum { WIDTH = 100 };

/* Words of `text` in lines of at most WIDTH, each behind `indent`. */
static void
wrapped(FILE *to, const char *indent, const char *text)
{
	size_t at = 0;
	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		if (at > 0 && at + 1 + len > WIDTH) {
			fputc('\n', to);
			at = 0;
		}
		at += (size_t)fprintf(to, "%s%.*s", at == 0 ? indent : " ", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', to);
}

static void
one_option(FILE *to, const struct sg_ctl_option *option)
{
	char left[64];
	snprintf(left, sizeof(left), "%c%c%s --%s%s%s", option->letter != 0 ? '-' : ' ',
		 option->letter != 0 ? option->letter : ' ', option->letter != 0 ? "," : " ", option->name,
		 option->argument != NULL ? " " : "", option->argument != NULL ? option->argument : "");
	fprintf(to, "  %-26s %s\n", left, option->text);
}

void
sg_ctl_help_command(FILE *to, const struct sg_ctl_command *command)
{
	fprintf(to, "stepgate %s%s%s: %s\n", command->words, command->arguments[0] != '\0' ? " " : "",
		command->arguments, command->text);
	if (command->more[0] != '\0') {
		fputc('\n', to);
		wrapped(to, "", command->more);
	}
	fprintf(to, "\nOptions:\n");
	for (int i = 0; i < SG_CTL_OPTION_COUNT; i++)
		if ((command->options & (UINT64_C(1) << i)) != 0)
			one_option(to, &sg_ctl_options[i]);
	if (strcmp(command->words, "agent") == 0) {
		fprintf(to, "\nLines it reads:\n");
		sg_ctl_help_session(to, sg_ctl_session, sg_ctl_session_count);
	}
}

/* Who uses what, by first words. A command that no list has stands under the first title (unit.ctl: none does). */
static const struct {
	const char *title, *words;
} readers[] = {
	{"Whoever sets it up", " init dev config catalogue secret "},
	{"Operators", " status doctor watch metrics web why version audit tasks agents humans domains leases memories clock kill lift reload backup restore "},
	{"Approvers", " approvals people "},
	{"Whoever writes policy", " policy try "},
	{"Agents, and what stands in front of them", " agent mcp task act outcome introspect "},
	{"Vendors of modules", " module "},
};
enum { READERS = sizeof(readers) / sizeof(readers[0]) };

size_t
sg_ctl_reader_of(const struct sg_ctl_command *command)
{
	char word[64];
	snprintf(word, sizeof(word), " %.*s ", (int)strcspn(command->words, " "), command->words);
	for (size_t i = 0; i < READERS; i++)
		if (strstr(readers[i].words, word) != NULL)
			return i;
	return READERS;
}

void
sg_ctl_help(FILE *to)
{
	fprintf(to, "stepgate: what the daemon decided, and what to do about it\n");
	for (size_t reader = 0; reader < READERS; reader++) {
		fprintf(to, "\n%s:\n", readers[reader].title);
		for (size_t i = 0; i < sg_ctl_command_count; i++)
			if (sg_ctl_reader_of(&sg_ctl_commands[i]) % READERS == reader)
				sg_ctl_help_line(to, &sg_ctl_commands[i]);
	}
	fprintf(to, "\nOptions of many commands; stepgate COMMAND --help lists those it takes:\n");
	static const int common[] = {SG_CTL_OPTION_json, SG_CTL_OPTION_run, SG_CTL_OPTION_help, SG_CTL_OPTION_version};
	for (size_t i = 0; i < sizeof(common) / sizeof(common[0]); i++)
		one_option(to, &sg_ctl_options[common[i]]);
	fprintf(to, "\nExit:\n");
#define X(name, number, text) fprintf(to, "  %2d  %s\n", number, text);
	SG_CTL_EXITS(X)
#undef X
}
