/* SPDX-License-Identifier: Apache-2.0
 * stepgate-mcp: what `stepgate mcp` runs. Each form takes the options of its own and no others: what is passed over would seem to hold. */
#include "enforce/mcp.h"

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_USAGE = 64, NAME_MOST = 64 };

static const struct form {
	const char *name;
	unsigned takes, needs;
	int (*run)(const struct sg_mcp_options *options);
} forms[] = {
#define X(name, takes, needs, arguments, text) {#name, takes, needs, sg_mcp_##name},
	SG_MCP_FORMS(X)
#undef X
};

static int
usage(FILE *to, int status)
{
	fprintf(to, "stepgate mcp: an MCP session with a decision before each call\n\n");
#define X(name, takes, needs, arguments, text) fprintf(to, "  stepgate mcp %s%s%s\n      %s\n", strcmp(#name, "cooperate") == 0 ? "" : #name, strcmp(#name, "cooperate") == 0 ? "" : " ", arguments, text);
	SG_MCP_FORMS(X)
#undef X
	fprintf(to, "\nActions are named mcp.NAME.tools.TOOL, mcp.NAME.resources.read, mcp.NAME.prompts.get; the catalogue must know them.\n"
		    "A server's instructions reach the client only if --instructions is their SHA-256, which stderr says of those that are left out.\n"
		    "Speaks the initialize-based revisions of MCP (2025-11-25 and before).\n"
		    "Exit: the server's own, or 1 no task, 64 usage, 69 daemon or server away.\n");
	return status;
}

static int
refuse(const char *word, const char *what)
{
	fprintf(stderr, "stepgate mcp: %s: %s\n\n", word, what);
	return usage(stderr, EXIT_USAGE);
}

/* ---- one option ---- */

struct given {
	struct sg_mcp_options *o;
	unsigned options;
};

static unsigned
option_of(const char *word, size_t len)
{
#define X(bit, name) \
	if (len == strlen(name) && memcmp(word, name, len) == 0) \
		return SG_MCP_##bit;
	SG_MCP_OPTIONS(X)
#undef X
	return 0;
}

static bool
keep(struct given *g, unsigned option, const char *value)
{
	const char **fields[] = {&g->o->run, &g->o->name, &g->o->intent, &g->o->socket, &g->o->listen, &g->o->server, &g->o->gateway};
	int64_t uid;
	g->options |= option;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (option == 1U << i)
			*fields[i] = value;
	if (option == SG_MCP_INSTRUCTIONS)
		g->o->instructions = value;
	if (option == SG_MCP_NAME) /* a dot would make its actions another server's */
		return value[0] != '\0' && strlen(value) <= NAME_MOST && strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == strlen(value);
	if (option == SG_MCP_INSTRUCTIONS)
		return strlen(value) == 64 && strspn(value, "0123456789abcdef") == 64;
	if (option != SG_MCP_ADMIT)
		return value[0] != '\0';
	if (!sg_str_int(sg_str(value), 0, UINT32_MAX - 1, &uid))
		return false;
	g->o->admit = (long)uid;
	return true;
}

/* Takes the option at argv[*at], `--name VALUE` or `--name=VALUE`, written out. 0, or an exit code. */
static int
take(struct given *g, const struct form *form, char **argv, int *at)
{
	const char *word = argv[*at], *equals = strchr(word, '=');
	unsigned option = strncmp(word, "--", 2) == 0 ? option_of(word + 2, equals != NULL ? (size_t)(equals - word - 2) : strlen(word + 2)) : 0;
	const char *value = equals != NULL ? equals + 1 : argv[*at + 1];
	if (option == 0)
		return refuse(word, "no such option");
	if ((form->takes & option) == 0)
		return refuse(word, "this form does not take it");
	if ((g->options & option) != 0)
		return refuse(word, "given twice");
	if (value == NULL)
		return refuse(word, "a value is missing");
	*at += equals == NULL;
	return keep(g, option, value) ? 0 : refuse(word, "takes another value");
}

static const struct form *
find(const char *name)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	return NULL;
}

int
main(int argc, char **argv)
{
	const char *run = getenv("STEPGATE_RUN");
	struct sg_mcp_options o = {.run = run != NULL ? run : "/run/stepgate", .name = "server", .intent = "mcp", .admit = -1};
	struct given g = {&o, 0};
	bool named = argc > 1 && argv[1][0] != '-';
	const struct form *form = find(named ? argv[1] : "cooperate");
	int at = named ? 2 : 1;
	if (form == NULL)
		return refuse(argv[1], "no such form");
	for (; at < argc && argv[at][0] == '-' && strcmp(argv[at], "--") != 0; at++) {
		if (strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0)
			return usage(stdout, 0);
		int code = take(&g, form, argv, &at);
		if (code != 0)
			return code;
	}
	at += at < argc && strcmp(argv[at], "--") == 0;
	if (at < argc) {
		if ((form->takes & SG_MCP_COMMAND) == 0)
			return refuse(argv[at], "this form starts no command");
		g.options |= SG_MCP_COMMAND;
		o.command = argv + at;
	}
	return (form->needs & ~g.options) != 0 ? refuse(form->name, "something it needs is missing") : form->run(&o);
}
