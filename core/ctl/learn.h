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

/* What is left out of what is proposed. */
struct sg_learn_odd {
	const char *name, *why; /* printable ASCII */
	struct sg_str twice;    /* the name that came more than once, if that is why; else empty */
};

/* What a server says it has. */
struct sg_learn_server {
	struct sg_arena arena; /* everything below lives here */
	struct sg_str name, version;
	const struct sg_json *tools[SG_LEARN_TOOLS];
	size_t count, listed; /* listed: with those that are odd */
	struct sg_learn_odd odd[SG_LEARN_TOOLS];
	size_t odd_count;
};

/* learn_odd.c. Leaves a tool out, told by its entry: an object, or text that cannot be read. */
void sg_learn_leave_out(struct sg_learn_server *server, const struct sg_json *entry, const char *why);
void sg_learn_unreadable(struct sg_learn_server *server, struct sg_str entry, const struct sg_err *err);
/* A name that comes twice is nobody's: true if this entry's came before; both are left out. */
bool sg_learn_twice(struct sg_learn_server *server, const struct sg_json *entry, struct sg_str name);

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
	const char *taint; /* the label of what it returns */
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
/* Does a text of that name say what is meant, and neither who nor where? Only if each of its words is known to. */
bool sg_guess_harmless(struct sg_str name);

enum { SG_SCHEMA_DEPTH = 8, SG_SCHEMA_LOOKS = 2048, SG_SCHEMA_PATH = 3 }; /* schemas below one another, in all; names below an argument's in a path */

/* learn_schema.c: adds the paths of an argument that bear authority; `root` is where references lead to. */
void sg_learn_authority(struct sg_arena *arena, const struct sg_json *root, const struct sg_json *property, struct sg_learn_tool *tool);
bool sg_learn_nameable(struct sg_str name);
/* What a reference within the schema means; NULL: nothing, or it leads elsewhere. */
const struct sg_json *sg_schema_referred(const struct sg_json *root, const struct sg_json *ref);
/* Does it let in members whose names it does not say? `also_additional`: counting what additionalProperties lets in. */
bool sg_schema_unnamed(const struct sg_json *schema, bool also_additional);

/* learn_arguments.c: arguments and authority from its inputSchema. */
void sg_learn_arguments(struct sg_arena *arena, const struct sg_json *schema, struct sg_learn_tool *tool);

/* Appends what somebody else wrote as at most `most` printable ASCII characters on one line, so that it can stand in a comment. */
void sg_learn_comment(struct sg_buf *out, struct sg_str text, size_t most);

/* A name for a stanza: lower case letters, digits and '_', at most 63, in the arena. */
const char *sg_learn_stanza(struct sg_arena *arena, struct sg_str name);
/* Another one, for a name whose stanza is taken. */
const char *sg_learn_apart(struct sg_arena *arena, const char *stanza, struct sg_str name);

#endif
