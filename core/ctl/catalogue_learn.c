/* SPDX-License-Identifier: Apache-2.0
 * catalogue learn: stanzas for what a server offers, or for what was denied. They are printed; taking them up is another step, by somebody who read them. */
#include "ctl/config.h"
#include "ctl/learn.h"
#include "ctl/learn_denials.h"

#include "base/str.h"

struct proposal {
	const struct sg_ctl *ctl;
	const char *name;
	struct sg_learn_server server;
	struct sg_learn_tool *tools;
	struct sg_buf out;
};

/* ---- as configuration ---- */

static void
list(struct sg_buf *out, const char *key, const char *const *items, size_t count)
{
	if (count == 0)
		return;
	sg_buf_printf(out, "    %s = [ ", key);
	for (size_t i = 0; i < count; i++)
		sg_buf_printf(out, "%s\"%s\"", i > 0 ? ", " : "", items[i]);
	sg_buf_text(out, " ]\n");
}

static void
action(struct sg_buf *out, const struct sg_learn_tool *t)
{
	if (t->about[0] != '\0')
		sg_buf_printf(out, "  # %s\n", t->about);
	sg_buf_printf(out, "  %s : {\n    name = \"%s\"\n    class = \"%s\"  effect = \"%s\"  sensitivity = \"restricted\"\n", t->stanza, t->action, t->kind, t->effect);
	if (t->says != NULL)
		sg_buf_printf(out, "    # %s\n", t->says);
	list(out, "arguments", t->arguments, t->argument_count);
	if (t->argument_count == 0)
		sg_buf_text(out, "    # it names no arguments, so any are let through\n");
	if (t->left_out > 0)
		sg_buf_printf(out, "    # %zu of its arguments cannot be named here: calls with them are refused\n", t->left_out);
	list(out, "authority", t->authority, t->authority_count);
	list(out, "taints", &t->taint, 1);
	sg_buf_text(out, "  }\n");
}

static void
heading(struct proposal *p)
{
	struct sg_buf *out = &p->out;
	sg_buf_printf(out, "# Proposed by stepgate catalogue learn for the MCP server \"%s\": ", p->name);
	sg_learn_comment(out, p->server.name, 60);
	sg_buf_text(out, " ");
	sg_learn_comment(out, p->server.version, 30);
	sg_buf_printf(out, ", %zu tools. Nothing of it is in force.\n", p->server.count + p->server.odd_count);
	sg_buf_text(out, "# Guessed from names, on the side of refusing: class; effect is never \"read\" and sensitivity always \"restricted\" until you say otherwise;\n"
			 "# authority names the arguments that say who gets something or where it goes, whole where a schema cannot be looked into; taints is what a task\n"
			 "# carries once it has read an answer: take it away where nobody else's words come back. Still to do: an agent's reach and an intent's actions.\n");
}

static void
as_text(struct proposal *p)
{
	heading(p);
	sg_buf_text(&p->out, "actions : {\n");
	for (size_t i = 0; i < p->server.count; i++)
		if (p->tools[i].why_not == NULL)
			action(&p->out, &p->tools[i]);
		else
			sg_buf_printf(&p->out, "  # left out: %s cannot be called through stepgate: %s\n", p->tools[i].tool, p->tools[i].why_not);
	for (size_t i = 0; i < p->server.odd_count; i++)
		sg_buf_printf(&p->out, "  # left out: %s: %s\n", p->server.odd[i].name, p->server.odd[i].why);
	sg_buf_printf(&p->out, "  # What it says by the way (names in lists, its log, questions to the client's model) taints with this one, which a rule must then allow:\n"
			       "  # %s : { name = \"mcp.%s.said\"  sensitivity = \"restricted\"  effect = \"read\"  taints = [ \"mcp:%s\" ] }\n",
		      sg_learn_stanza(&p->server.arena, sg_str(sg_arena_printf(&p->server.arena, "said_mcp_%s", p->name))), p->name, p->name);
	sg_buf_text(&p->out, "}\ntools : {\n");
	for (size_t i = 0; i < p->server.count; i++)
		if (p->tools[i].why_not == NULL)
			sg_buf_printf(&p->out, "  %s : { action = \"%s\"  server = \"%s\"  tool = \"%s\"\n    digest = \"%s\" }\n", p->tools[i].stanza,
				      p->tools[i].action, p->name, p->tools[i].tool, p->tools[i].digest);
	sg_buf_text(&p->out, "}\n");
}

/* ---- as JSON: every text in it is printable ASCII without quotes, or made so by the writer ---- */

static void
json_list(struct sg_buf *out, const char *key, const char *const *items, size_t count)
{
	sg_buf_printf(out, "\"%s\":[", key);
	for (size_t i = 0; i < count; i++)
		sg_buf_printf(out, "%s\"%s\"", i > 0 ? "," : "", items[i]);
	sg_buf_text(out, "]");
}

static void
json_tool(struct sg_buf *out, const struct sg_learn_tool *t)
{
	sg_buf_text(out, "{\"about\":");
	sg_canon_string(out, sg_str(t->about));
	sg_buf_printf(out, ",\"action\":\"%s\",", t->action);
	json_list(out, "arguments", t->arguments, t->argument_count);
	sg_buf_text(out, ",");
	json_list(out, "authority", t->authority, t->authority_count);
	sg_buf_printf(out, ",\"class\":\"%s\",\"digest\":\"%s\",\"effect\":\"%s\",\"left_out\":", t->kind, t->digest, t->effect);
	sg_canon_string(out, sg_str(t->why_not != NULL ? t->why_not : ""));
	sg_buf_printf(out, ",\"sensitivity\":\"restricted\",\"stanza\":\"%s\",\"taints\":[\"%s\"],\"tool\":\"%s\",\"unnamed_arguments\":%zu}", t->stanza, t->taint, t->tool,
		      t->left_out);
}

static void
as_json(struct proposal *p)
{
	sg_buf_text(&p->out, "{\"left_out\":[");
	for (size_t i = 0; i < p->server.odd_count; i++) {
		sg_buf_text(&p->out, i > 0 ? ",{\"name\":" : "{\"name\":");
		sg_canon_string(&p->out, sg_str(p->server.odd[i].name));
		sg_buf_text(&p->out, ",\"why\":");
		sg_canon_string(&p->out, sg_str(p->server.odd[i].why));
		sg_buf_text(&p->out, "}");
	}
	sg_buf_printf(&p->out, "],\"server\":\"%s\",\"tools\":[", p->name);
	for (size_t i = 0; i < p->server.count; i++) {
		sg_buf_text(&p->out, i > 0 ? "," : "");
		json_tool(&p->out, &p->tools[i]);
	}
	sg_buf_text(&p->out, "]}\n");
}

/* ---- the command ---- */

/* Two names that differ only in what a stanza's name cannot hold. */
static void
tell_apart(struct proposal *p, size_t at)
{
	for (size_t k = 0; k < at; k++)
		if (strcmp(p->tools[k].stanza, p->tools[at].stanza) == 0)
			p->tools[at].stanza = sg_learn_apart(&p->server.arena, p->tools[at].stanza, sg_str(p->tools[at].tool));
}

/* What is left of it is proposed; where nothing is, what is wrong with the first of its tools is told. */
static int
read_tools(struct proposal *p)
{
	size_t read = 0;
	struct sg_learn_server *server = &p->server;
	p->tools = sg_arena_alloc(&server->arena, (server->count + 1) * sizeof(*p->tools));
	for (size_t i = 0; p->tools != NULL && i < server->count; i++) {
		const char *wrong = "";
		if (sg_learn_tool(&server->arena, p->name, server->tools[i], &p->tools[read], &wrong))
			tell_apart(p, read++);
		else
			sg_learn_leave_out(server, server->tools[i], wrong);
	}
	server->count = read;
	if (read == 0 && server->odd_count > 0)
		return sg_ctl_fail(p->ctl, SG_CTL_DENIED, "mcp_tool", "no tool of this server can be proposed", "%s of %s: %s", server->odd[0].name, p->name, server->odd[0].why);
	return p->tools != NULL && !p->server.arena.overflow ? SG_CTL_OK : sg_ctl_fail(p->ctl, SG_CTL_INTERNAL, "memory", "", "there is no memory for so many tools");
}

static bool
good_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
	return len > 0 && len <= 32 && name[len] == '\0';
}

static int
learn_mcp(struct sg_ctl *ctl)
{
	struct proposal p = {.ctl = ctl, .name = ctl->option[SG_CTL_OPTION_mcp]};
	if (!good_name(p.name))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "a-z, 0-9, '_' and '-', at most 32: the NAME of stepgate mcp --name NAME", "%.64s: no name for a server", p.name);
	if (ctl->rest == NULL || ctl->rest[0] == NULL)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "stepgate catalogue learn --mcp NAME -- SERVER...", "which server?");
	sg_buf_init(&p.out, SG_LEARN_FILE);
	int code = sg_learn_server(ctl, ctl->rest, &p.server);
	if (code == SG_CTL_OK)
		code = read_tools(&p);
	if (code == SG_CTL_OK) {
		ctl->json ? as_json(&p) : as_text(&p);
		if (p.out.failed)
			code = sg_ctl_fail(ctl, SG_CTL_DENIED, "mcp_server", "a file of conf.d has at most 256 KiB", "%s has too many tools for one file", p.name);
		else
			sg_config_print(ctl, &p.out);
	}
	sg_buf_done(&p.out);
	sg_learn_server_done(&p.server);
	return code;
}

int
sg_ctl_catalogue_learn(struct sg_ctl *ctl)
{
	bool mcp = ctl->option[SG_CTL_OPTION_mcp] != NULL, denials = ctl->option[SG_CTL_OPTION_denials] != NULL;
	if (mcp == denials || ctl->arg_count > 0)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "learn from what? --mcp NAME -- SERVER... or --denials");
	if (mcp && ctl->option[SG_CTL_OPTION_since] != NULL)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "--since belongs to --denials");
	return mcp ? learn_mcp(ctl) : sg_learn_denials(ctl);
}
