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
