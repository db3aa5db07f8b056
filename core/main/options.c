/* SPDX-License-Identifier: Apache-2.0
 * Reading the command line from its table. */
#include "main/options.h"

#include <getopt.h>
#include <stdio.h>

enum { FIRST_LONG = 256 };

enum {
#define X(field, letter, name, argument, text) INDEX_##field,
	SG_MAIN_OPTIONS(X)
#undef X
	COUNT
};

static const struct {
	int letter;
	const char *name, *argument, *text;
} rows[COUNT] = {
#define X(field, letter, name, argument, text) {letter, name, argument, text},
	SG_MAIN_OPTIONS(X)
#undef X
};

static const char **
field_of(struct sg_main_options *options, int index)
{
	const char **fields[COUNT] = {
#define X(field, letter, name, argument, text) &options->field,
		SG_MAIN_OPTIONS(X)
#undef X
	};
	return fields[index];
}

bool
sg_main_options_read(struct sg_main_options *options, int argc, char **argv)
{
	struct option longs[COUNT + 1] = {{0}};
	char shorts[3 * COUNT + 1] = "";
	size_t at = 0;
	for (int i = 0; i < COUNT; i++) {
		longs[i] = (struct option){rows[i].name, rows[i].argument != NULL, NULL, FIRST_LONG + i};
		if (rows[i].letter == 0)
			continue;
		shorts[at++] = (char)rows[i].letter;
		if (rows[i].argument != NULL)
			shorts[at++] = ':';
	}
	for (int c; (c = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
		int index = c - FIRST_LONG;
		for (int i = 0; index < 0 && i < COUNT; i++)
			if (rows[i].letter == c)
				index = i;
		if (index < 0 || index >= COUNT)
			return false;
		*field_of(options, index) = optarg != NULL ? optarg : "";
	}
	if (optind < argc)
		fprintf(stderr, "stepgated: %s: no such argument; see stepgated --help\n", argv[optind]);
	return optind == argc;
}

void
sg_main_options_help(void)
{
	printf("stepgated: decides every action of every AI agent at the moment of the action\n\n");
	for (int i = 0; i < COUNT; i++)
		printf("  %c%c%s --%s%s%s\n        %s\n", rows[i].letter != 0 ? '-' : ' ', rows[i].letter != 0 ? rows[i].letter : ' ',
		       rows[i].letter != 0 ? "," : " ", rows[i].name, rows[i].argument != NULL ? " " : "",
		       rows[i].argument != NULL ? rows[i].argument : "", rows[i].text);
	printf("\nExit: 0 stopped as asked or all good, 1 check failed, 64 usage, 70 internal, 78 configuration or state.\n");
}

/* Roff reads a line that begins with a dot or a quote as its own, and a dash as a hyphen. */
static void
man_text(const char *text)
{
	for (; *text != '\0'; text++)
		printf(*text == '-' ? "\\-" : *text == '\\' ? "\\e" : "%c", *text);
}

void
sg_main_options_man(void)
{
	static const char *const before[] = {
		".TH STEPGATED 8 \"\" \"stepgate " SG_VERSION "\" \"Stepgate\"",
		".SH NAME", "stepgated \\- decides every action of every AI agent at the moment of the action",
		".SH SYNOPSIS", ".B stepgated", "[\\fIoptions\\fR]",
		".SH DESCRIPTION", "Stays in the foreground until it is stopped, and logs to its standard error. As shipped it knows no agent and refuses everything.",
		"It is started as root. What looks at processes (attestation), and programs that modules run, become users that nobody else is; all else stays uid 0 without capabilities, behind Landlock and seccomp. Started as another user it is that user in all of them. What is missing stands in",
		".BR \"stepgate status\" .",
		".SH OPTIONS",
	};
	static const char *const behind[] = {
		".SH SIGNALS", ".TP", "SIGHUP", "reads configuration and policy again, and takes both or none; what is wrong stands in the log, and what is in force stays so",
		".TP", "SIGTERM, SIGINT", "writes what is to be recorded, and stops",
		".SH ENVIRONMENT", ".TP", "NOTIFY_SOCKET, WATCHDOG_USEC", "as in", ".BR sd_notify (3):", "READY once it is open, RELOADING, STOPPING, and that it turns",
		".SH FILES", ".TP", ".I " SG_CONFIG_FILE, "the configuration; files of conf.d beside it in the order of their names", ".TP", ".I /var/lib/stepgate", "journal and keys (state_dir)",
		".TP", ".I /run/stepgate", "sockets (run_dir)",
		".SH EXIT STATUS", "0 stopped as asked or all good, 1 a check failed, 64 usage, 70 internal, 78 configuration or state: starting again mends nothing.",
		".SH SEE ALSO", ".BR stepgate (1)",
	};
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		puts(before[i]);
	for (int i = 0; i < COUNT; i++) {
		printf(".TP\n\\fB");
		if (rows[i].letter != 0)
			printf("\\-%c\\fR, \\fB", rows[i].letter);
		printf("\\-\\-");
		man_text(rows[i].name);
		printf(rows[i].argument != NULL ? "\\fR \\fI%s\\fR\n" : "\\fR\n", rows[i].argument);
		man_text(rows[i].text);
		putchar('\n');
	}
	for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++)
		puts(behind[i]);
}
