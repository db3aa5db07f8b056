/* SPDX-License-Identifier: Apache-2.0
 * Being an agent for a while: one process, one instance, commands from standard input. With --json every line gets
 * exactly one line back. */
#include "ctl/show.h"

#include "base/str.h"

#include <stdlib.h>
#include <unistd.h>

/* Cuts `line` into words, in place. "double quotes" keep spaces, \" and \\ inside them. -1: too many, or a quote left
 * open. */
static int
split(char *line, char **words, int room)
{
	int count = 0;
	char *to = line;
	for (char *at = line;;) {
		at += strspn(at, " \t\r\n");
		if (*at == '\0')
			return count;
		if (count == room)
			return -1;
		words[count++] = to;
		bool quoted = false;
		for (; *at != '\0' && (quoted || strchr(" \t\r\n", *at) == NULL); at++) {
			if (*at == '"')
				quoted = !quoted;
			else if (quoted && *at == '\\' && (at[1] == '"' || at[1] == '\\'))
				*to++ = *++at;
			else
				*to++ = *at;
		}
		if (quoted)
			return -1;
		bool last = *at == '\0';
		at += !last;
		*to++ = '\0';
		if (last)
			return count;
	}
}

int
sg_ctl_session_act(struct sg_ctl *ctl)
{
	struct sg_buf body;
	struct sg_ctl_answer answer;
	int code = SG_CTL_OK;
	sg_buf_init(&body, SG_CTL_BODY);
	/* without a task the daemon says what is missing; it is recorded there */
	if (sg_ctl_act_body(ctl, ctl->task != NULL ? ctl->task : "none", ctl->args[0], &body, &code)) {
		code = sg_ctl_ask(ctl, SG_FACE_AGENT, "POST", "/v1/act", NULL, &body, &answer);
		if (code == SG_CTL_OK)
			code = sg_ctl_decided(ctl, answer.json);
		sg_ctl_answer_done(&answer);
	}
	sg_buf_done(&body);
	return code;
}

int
sg_ctl_session_help(struct sg_ctl *ctl)
{
	if (ctl->json)
		return sg_ctl_fail(ctl, SG_CTL_OK, "help", "", "stepgate agent --help");
	sg_ctl_help_session(stdout, ctl->session, ctl->session_count);
	return SG_CTL_OK;
}

int
sg_ctl_session_quit(struct sg_ctl *ctl)
{
	ctl->ended = true;
	return SG_CTL_OK;
}

static int
run_line(struct sg_ctl *session, char *line)
{
	enum { WORDS = 2 * SG_CTL_GIVEN + 32 };
	char *words[WORDS];
	const char *run = session->option[SG_CTL_OPTION_run];
	struct sg_ctl one = {.json = session->json, .color = session->color, .task = session->task, .session = session->session, .session_count = session->session_count};
	int count = split(line, words, WORDS);
	if (count < 0)
		return sg_ctl_fail(session, SG_CTL_USAGE, "usage", "", "too many words, or a quote that is not closed");
	int code = sg_ctl_parse(&one, session->session, session->session_count, count, words);
	if (code != SG_CTL_OK || one.command == NULL)
		return code;
	if (one.option[SG_CTL_OPTION_help] != NULL)
		return sg_ctl_session_help(&one);
	one.option[SG_CTL_OPTION_run] = run;
	code = one.command->run(&one);
	session->task = one.task;
	session->ended = one.ended;
	return code;
}

int
sg_ctl_agent(struct sg_ctl *ctl)
{
	char *line = NULL;
	size_t room = 0;
	int code = SG_CTL_OK;
	bool person = isatty(STDIN_FILENO) == 1;
	while (!ctl->ended) {
		if (person)
			fprintf(stderr, "agent> ");
		if (getline(&line, &room, stdin) < 0)
			break;
		if (line[strspn(line, " \t\r\n")] == '\0' || line[0] == '#')
			continue;
		code = run_line(ctl, line);
		fflush(stdout);
	}
	free(line);
	return code;
}
