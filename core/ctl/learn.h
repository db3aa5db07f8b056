/* SPDX-License-Identifier: Apache-2.0
 * Learning: what an MCP server says of its tools, as stanzas that an operator may take up. Nothing here puts anything in force, and nothing of what
 * a server says is believed where that would let more through. */
#ifndef SG_CTL_LEARN_H
#define SG_CTL_LEARN_H

#include "ctl/ctl.h"

enum {
	SG_LEARN_TOOLS = 512,          /* of one server */
	SG_LEARN_PAGES = 64,           /* of tools/list */
	SG_LEARN_LINE = 4 << 20,       /* one message */
	SG_LEARN_BYTES = 32 << 20,     /* all of them */
	SG_LEARN_MESSAGES = 2000,
	SG_LEARN_SECONDS = 60,         /* from its start to its last answer */
	SG_LEARN_ARGUMENTS = 64,       /* of one tool */
	SG_LEARN_FILE = 240 << 10,     /* what is proposed must fit one file of conf.d */
	SG_LEARN_NAME = 128            /* a tool's name */
};

/* What a server says it has. */
struct sg_learn_server {
	struct sg_arena arena; /* everything below lives here */
	struct sg_str name, version;
	const struct sg_json *tools[SG_LEARN_TOOLS];
	size_t count;
};

/* Runs `command`, asks for its tools and ends it. SG_CTL_OK, or SG_CTL_DENIED after what is wrong with its answers was told. End it with
 * sg_learn_server_done in every case. */
int sg_learn_server(const struct sg_ctl *ctl, char *const *command, struct sg_learn_server *server);
void sg_learn_server_done(struct sg_learn_server *server);

/* What is proposed for one tool. Texts live in the arena that was given. */
struct sg_learn_tool {
	const char *stanza, *action, *tool;
	const char *kind, *effect; /* guessed */
	const char *says;          /* what the server claims that would let more through; NULL: nothing */
	const char *why_not;       /* not NULL: it cannot be called through stepgate, so nothing is proposed */
	const char *about;         /* the beginning of its description, printable ASCII */
	const char *arguments[SG_LEARN_ARGUMENTS], *authority[SG_LEARN_ARGUMENTS];
	size_t argument_count, authority_count;
	size_t left_out; /* arguments that no stanza can name: calls with them are refused */
	char digest[65];
};

/* Reads one entry of tools/list of the server that is called `name`. False: it is no tool; *wrong says why. */
bool sg_learn_tool(struct sg_arena *arena, const char *name, const struct sg_json *entry, struct sg_learn_tool *tool, const char **wrong);

/* learn_guess.c, by words of a name such as "sendMoney" or "to_account". Never NULL; the class of the first row that fits, else "other". */
const char *sg_guess_class(struct sg_str name);
/* "execute" or "delegate" or "write"; never "read": that is for somebody who knows. */
const char *sg_guess_effect(struct sg_str name);
/* Does an argument of that name say who gets something, or where it goes? */
bool sg_guess_authority(struct sg_str name);

/* learn_arguments.c: arguments and authority from its inputSchema. */
void sg_learn_arguments(struct sg_arena *arena, const struct sg_json *schema, struct sg_learn_tool *tool);

/* Appends what somebody else wrote as at most `most` printable ASCII characters on one line, so that it can stand in a comment. */
void sg_learn_comment(struct sg_buf *out, struct sg_str text, size_t most);

/* A name for a stanza: lower case letters, digits and '_', at most 63, in the arena. */
const char *sg_learn_stanza(struct sg_arena *arena, struct sg_str name);
/* Another one, for a name whose stanza is taken. */
const char *sg_learn_apart(struct sg_arena *arena, const char *stanza, struct sg_str name);

#endif
