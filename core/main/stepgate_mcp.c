/* SPDX-License-Identifier: Apache-2.0
 * stepgate-mcp: what `stepgate mcp` runs. */
#include "enforce/mcp.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_USAGE = 64 };

static int
usage(FILE *to, int status)
{
	fprintf(to, "stepgate mcp: an MCP session with a decision before each call\n\n");
#define X(name, arguments, text) fprintf(to, "  stepgate mcp %s%s%s\n      %s\n", strcmp(#name, "cooperate") == 0 ? "" : #name, strcmp(#name, "cooperate") == 0 ? "" : " ", arguments, text);
	SG_MCP_FORMS(X)
#undef X
	fprintf(to, "\nActions are named mcp.NAME.tools.TOOL, mcp.NAME.resources.read, mcp.NAME.prompts.get; the catalogue must know them.\n"
		    "Speaks the initialize-based revisions of MCP (2025-11-25 and before).\n"
		    "Exit: the server's own, or 1 no task, 64 usage, 69 daemon or server away.\n");
	return status;
}

static bool
complete(const char *form, const struct sg_mcp_options *o)
{
	if (strcmp(form, "cooperate") == 0)
		return o->command != NULL;
	if (strcmp(form, "serve") == 0)
		return o->socket != NULL && o->admit >= 0 && o->command != NULL;
	if (strcmp(form, "gateway") == 0)
		return o->listen != NULL && o->server != NULL;
	return o->gateway != NULL;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {{"run", 1, NULL, 'r'}, {"name", 1, NULL, 'n'}, {"intent", 1, NULL, 'i'}, {"socket", 1, NULL, 's'},
					      {"listen", 1, NULL, 'l'}, {"server", 1, NULL, 'v'}, {"gateway", 1, NULL, 'g'},
					      {"admit", 1, NULL, 'a'}, {"help", 0, NULL, 'h'}, {0}};
	const char *form = "cooperate", *run = getenv("STEPGATE_RUN");
	struct sg_mcp_options o = {.run = run != NULL ? run : "/run/stepgate", .name = "server", .intent = "mcp", .admit = -1};
	if (argc > 1 && argv[1][0] != '-') {
		form = argv[1];
		argv++;
		argc--;
	}
	for (int c; (c = getopt_long(argc, argv, "+h", longs, NULL)) != -1;) {
		const char **fields[] = {['r'] = &o.run, ['n'] = &o.name, ['i'] = &o.intent, ['s'] = &o.socket, ['l'] = &o.listen,
					 ['v'] = &o.server, ['g'] = &o.gateway};
		if (c == 'h')
			return usage(stdout, 0);
		char *end = "x";
		if (c == 'a')
			o.admit = strtol(optarg, &end, 10);
		else if (c != '?' && (size_t)c < sizeof(fields) / sizeof(fields[0]) && fields[c] != NULL)
			*fields[c] = optarg;
		if (c == '?' || (c == 'a' && (*end != '\0' || optarg[0] == '\0' || o.admit < 0)))
			return usage(stderr, EXIT_USAGE);
	}
	if (optind < argc)
		o.command = argv + optind;
	if (!complete(form, &o))
		return usage(stderr, EXIT_USAGE);
#define X(name, arguments, text)                                                                                       \
	if (strcmp(form, #name) == 0)                                                                                  \
		return sg_mcp_##name(&o);
	SG_MCP_FORMS(X)
#undef X
	return usage(stderr, EXIT_USAGE);
}
