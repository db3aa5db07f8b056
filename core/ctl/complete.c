/* SPDX-License-Identifier: Apache-2.0
 * Completion for bash, zsh and fish, from the tables: words of commands, then the options that the command takes. */
#include "ctl/ctl.h"

#include <string.h>

static void
options_of(FILE *to, const struct sg_ctl_command *command)
{
	for (int i = 0; i < SG_CTL_OPTION_COUNT; i++)
		if ((command->options & (UINT64_C(1) << i)) != 0)
			fprintf(to, " --%s", sg_ctl_options[i].name);
}

static size_t
first_word(const char *words)
{
	return strcspn(words, " ");
}

static bool
seen_before(size_t index)
{
	size_t len = first_word(sg_ctl_commands[index].words);
	for (size_t i = 0; i < index; i++)
		if (first_word(sg_ctl_commands[i].words) == len &&
		    memcmp(sg_ctl_commands[i].words, sg_ctl_commands[index].words, len) == 0)
			return true;
	return false;
}

static void
bash(FILE *to)
{
	fputs("# bash completion for stepgate(1); made from its command table\n_stepgate() {\n"
	      "\tlocal word=${COMP_WORDS[COMP_CWORD]} first=${COMP_WORDS[1]} second=${COMP_WORDS[2]} words=\n"
	      "\tif ((COMP_CWORD == 1)); then words=\"",
	      to);
	for (size_t i = 0; i < sg_ctl_command_count; i++)
		if (!seen_before(i))
			fprintf(to, "%s%.*s", i > 0 ? " " : "", (int)first_word(sg_ctl_commands[i].words),
				sg_ctl_commands[i].words);
	fputs(" --help --version\"\n\telse case \"$first $second\" in\n", to);
	for (size_t i = 0; i < sg_ctl_command_count; i++) {
		const struct sg_ctl_command *c = &sg_ctl_commands[i];
		fprintf(to, "\t\"%s%s) words=\"", c->words, strchr(c->words, ' ') != NULL ? "\"" : " \"*");
		options_of(to, c);
		fputs("\";;\n", to);
	}
	fputs("\tesac; fi\n\tif ((COMP_CWORD == 2)); then case $first in\n", to);
	for (size_t i = 0; i < sg_ctl_command_count; i++) {
		const char *words = sg_ctl_commands[i].words;
		size_t len = first_word(words);
		if (words[len] == '\0' || seen_before(i))
			continue;
		fprintf(to, "\t%.*s) words=\"", (int)len, words);
		for (size_t k = i; k < sg_ctl_command_count; k++)
			if (strncmp(sg_ctl_commands[k].words, words, len + 1) == 0)
				fprintf(to, "%s ", sg_ctl_commands[k].words + len + 1);
		fputs("\";;\n", to);
	}
	fputs("\tesac; fi\n\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n}\ncomplete -o default -F "
	      "_stepgate stepgate\n",
	      to);
}

/* A description stands in single quotes, where ':' and ''' mean something. */
static void
quoted(FILE *to, const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '\'')
			fputs("'\\''", to);
		else if (*text == ':' || *text == '[' || *text == ']' || *text == '\\')
			fprintf(to, "\\%c", *text);
		else
			fputc(*text, to);
}

static void
zsh(FILE *to)
{
	fputs("#compdef stepgate\n# zsh completion for stepgate(1); made from its command table\n"
	      "local -a commands options\nif ((CURRENT == 2)); then\n\tcommands=(\n",
	      to);
	for (size_t i = 0; i < sg_ctl_command_count; i++) {
		if (seen_before(i))
			continue;
		fprintf(to, "\t\t'%.*s:", (int)first_word(sg_ctl_commands[i].words), sg_ctl_commands[i].words);
		quoted(to, sg_ctl_commands[i].text);
		fputs("'\n", to);
	}
	fputs("\t)\n\t_describe command commands\n\treturn\nfi\ncase \"$words[2] $words[3]\" in\n", to);
	for (size_t i = 0; i < sg_ctl_command_count; i++) {
		const struct sg_ctl_command *c = &sg_ctl_commands[i];
		fprintf(to, "\"%s%s) options=(", c->words, strchr(c->words, ' ') != NULL ? "\"" : " \"*");
		for (int k = 0; k < SG_CTL_OPTION_COUNT; k++)
			if ((c->options & (UINT64_C(1) << k)) != 0) {
				fprintf(to, " '--%s%s[", sg_ctl_options[k].name,
					sg_ctl_options[k].argument != NULL ? "=" : "");
				quoted(to, sg_ctl_options[k].text);
				fprintf(to, "]%s%s'", sg_ctl_options[k].argument != NULL ? ":" : "",
					sg_ctl_options[k].argument != NULL ? "value:" : "");
			}
		fputs(" );;\n", to);
	}
	fputs("esac\nif ((CURRENT == 3)); then case $words[2] in\n", to);
	for (size_t i = 0; i < sg_ctl_command_count; i++) {
		const char *words = sg_ctl_commands[i].words;
		size_t len = first_word(words);
		if (words[len] == '\0' || seen_before(i))
			continue;
		fprintf(to, "%.*s) commands=(", (int)len, words);
		for (size_t k = i; k < sg_ctl_command_count; k++)
			if (strncmp(sg_ctl_commands[k].words, words, len + 1) == 0) {
				fprintf(to, " '%s:", sg_ctl_commands[k].words + len + 1);
				quoted(to, sg_ctl_commands[k].text);
				fputs("'", to);
			}
		fputs(" ); _describe command commands;;\n", to);
	}
	fputs("esac; fi\n_arguments -S $options '*:file:_files'\n", to);
}

/* In single quotes, where ''' and '\\' mean something. */
static void
fish_quoted(FILE *to, const char *text)
{
	for (; *text != '\0'; text++)
		fprintf(to, *text == '\'' || *text == '\\' ? "\\%c" : "%c", *text);
}

static void
fish_option(FILE *to, const char *words, const struct sg_ctl_option *option)
{
	fprintf(to, "complete -c stepgate -n '__stepgate_at \"%s\"'", words);
	if (option->letter != 0)
		fprintf(to, " -s %c", option->letter);
	fprintf(to, " -l %s%s -d '", option->name, option->argument != NULL ? " -r" : "");
	fish_quoted(to, option->text);
	fputs("'\n", to);
}

/* The words that are there so far, options left out, begin with those of a command. */
static void
fish(FILE *to)
{
	fputs("# fish completion for stepgate(1); made from its command table\n"
	      "function __stepgate_words\n\tset -l words (commandline -opc)\n\tstring match -v -- '-*' $words[2..-1]\nend\n"
	      "function __stepgate_at\n\tset -l words (__stepgate_words)\n\tstring match -q -- \"$argv[1] *\" \"$words \"\nend\n"
	      "function __stepgate_begins\n\tset -l words (__stepgate_words)\n\ttest \"$words\" = \"$argv[1]\"\nend\n"
	      "complete -c stepgate -s h -l help -d 'print help'\ncomplete -c stepgate -n '__stepgate_begins \"\"' -f -l version -d 'print the version'\n",
	      to);
	for (size_t i = 0; i < sg_ctl_command_count; i++) {
		const struct sg_ctl_command *c = &sg_ctl_commands[i];
		size_t len = first_word(c->words);
		bool one = c->words[len] == '\0';
		if (!seen_before(i)) {
			fprintf(to, "complete -c stepgate -n '__stepgate_begins \"\"' -f -a '%.*s' -d '", (int)len, c->words);
			fish_quoted(to, one ? c->text : "");
			fputs("'\n", to);
		}
		if (!one) {
			fprintf(to, "complete -c stepgate -n '__stepgate_begins \"%.*s\"' -f -a '%s' -d '", (int)len, c->words, c->words + len + 1);
			fish_quoted(to, c->text);
			fputs("'\n", to);
		}
		for (int k = 0; k < SG_CTL_OPTION_COUNT; k++)
			if ((c->options & (UINT64_C(1) << k)) != 0)
				fish_option(to, c->words, &sg_ctl_options[k]);
	}
}

bool
sg_ctl_completion(FILE *to, const char *shell)
{
	static const struct {
		const char *name;
		void (*write)(FILE *to);
	} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		if (strcmp(shell, shells[i].name) == 0) {
			shells[i].write(to);
			return true;
		}
	return false;
}
