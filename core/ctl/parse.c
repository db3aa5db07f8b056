/* SPDX-License-Identifier: Apache-2.0
 * Reading a command line by the tables. getopt_long takes any unique beginning of an option, which breaks scripts the
 * day a new one is added. */
#include "ctl/find.h"
#include "ctl/show.h"

#include "base/str.h"
#include "base/secret.h"

#include <stdlib.h>

static int
usage(const struct sg_ctl *ctl, const char *format, const char *what)
{
	char text[512];
	snprintf(text, sizeof(text), format, what);
	return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "stepgate --help lists commands and options", "%s", text);
}

static int
find_long(const char *name, size_t len)
{
	for (int i = 0; i < SG_CTL_OPTION_COUNT; i++)
		if (strlen(sg_ctl_options[i].name) == len && memcmp(sg_ctl_options[i].name, name, len) == 0)
			return i;
	return -1;
}

static int
find_letter(char letter)
{
	for (int i = 0; i < SG_CTL_OPTION_COUNT; i++)
		if (sg_ctl_options[i].letter != 0 && sg_ctl_options[i].letter == letter)
			return i;
	return -1;
}

/* argv[*at] is an option; takes its argument from behind '=' or from the next word. */
static int
read_option(struct sg_ctl *ctl, int argc, char **argv, int *at)
{
	const char *word = argv[*at], *value = NULL;
	bool is_long = word[1] == '-';
	const char *equals = is_long ? strchr(word, '=') : NULL;
	int index = is_long ? find_long(word + 2, equals != NULL ? (size_t)(equals - word - 2) : strlen(word + 2))
		    : word[2] == '\0' ? find_letter(word[1])
				      : -1;
	if (index < 0)
		return usage(ctl, "%.200s: no such option", word);
	if (sg_ctl_options[index].argument == NULL && equals != NULL)
		return usage(ctl, "%.200s: this option takes no value", word);
	if (sg_ctl_options[index].argument != NULL) {
		value = equals != NULL ? equals + 1 : *at + 1 < argc ? argv[++*at] : NULL;
		if (value == NULL)
			return usage(ctl, "%.200s: a value is missing", word);
	}
	if ((SG_CTL_REPEATED & (UINT64_C(1) << index)) != 0) {
		if (ctl->given_count == SG_CTL_GIVEN)
			return usage(ctl, "%.200s: too many", word);
		ctl->given[ctl->given_count].option = index;
		ctl->given[ctl->given_count++].value = value;
	} else if (ctl->option[index] != NULL && value != NULL) {
		return usage(ctl, "%.200s: given twice", word);
	}
	ctl->option[index] = value != NULL ? value : "";
	ctl->json |= index == SG_CTL_OPTION_json;
	return SG_CTL_OK;
}

static int
find_command(struct sg_ctl *ctl, const struct sg_ctl_command *commands, size_t count)
{
	size_t taken = 0;
	for (size_t i = 0; i < count && taken == 0; i++) {
		taken = sg_ctl_words_match(commands[i].words, ctl->args, ctl->arg_count);
		if (taken > 0)
			ctl->command = &commands[i];
	}
	if (taken == 0)
		return sg_ctl_no_command(ctl, commands, count);
	ctl->arg_count -= taken;
	memmove(ctl->args, ctl->args + taken, (ctl->arg_count + 1) * sizeof(ctl->args[0]));
	return SG_CTL_OK;
}

static int
check_command(const struct sg_ctl *ctl)
{
	for (int i = 0; i < SG_CTL_OPTION_COUNT; i++)
		if (ctl->option[i] != NULL && (ctl->command->options & (UINT64_C(1) << i)) == 0)
			return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "%s takes no --%s", ctl->command->words,
					   sg_ctl_options[i].name);
	if (ctl->option[SG_CTL_OPTION_help] == NULL &&
	    (ctl->arg_count < ctl->command->least || ctl->arg_count > ctl->command->most))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "usage: stepgate %s %s", ctl->command->words,
				   ctl->command->arguments);
	return SG_CTL_OK;
}

/* A command whose own words end the reading; `*taken` of them. */
static const struct sg_ctl_command *
passes_on(const struct sg_ctl_command *commands, size_t count, char **argv, int argc, size_t *taken)
{
	const char *words[2] = {argv[0], argc > 1 ? argv[1] : NULL};
	for (size_t i = 0; i < count; i++)
		if (commands[i].most == SG_CTL_REST && (*taken = sg_ctl_words_match(commands[i].words, words, argc > 1 ? 2 : 1)) > 0)
			return &commands[i];
	return NULL;
}

/* A command whose words stand already, and which runs what comes behind `--`. */
static bool
takes_program(const struct sg_ctl_command *commands, size_t count, const struct sg_ctl *ctl)
{
	for (size_t i = 0; i < count; i++)
		if (commands[i].most == SG_CTL_BEHIND && sg_ctl_words_match(commands[i].words, ctl->args, ctl->arg_count) > 0)
			return true;
	return false;
}

int
sg_ctl_parse(struct sg_ctl *ctl, const struct sg_ctl_command *commands, size_t count, int argc, char **argv)
{
	bool options = true;
	size_t taken = 0;
	ctl->command = NULL;
	ctl->given_count = ctl->arg_count = 0;
	memset(ctl->option, 0, sizeof(ctl->option));
	for (int i = 0; i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
			if (takes_program(commands, count, ctl)) {
				ctl->rest = argv + i + 1;
				break;
			}
		} else if (options && argv[i][0] == '-' && argv[i][1] != '\0') {
			if (read_option(ctl, argc, argv, &i) != SG_CTL_OK)
				return SG_CTL_USAGE;
		} else if (ctl->arg_count == 0 && (ctl->command = passes_on(commands, count, argv + i, argc - i, &taken)) != NULL) {
			ctl->rest = argv + i + taken;
			return i == 0 ? SG_CTL_OK : usage(ctl, "%.200s: its options stand behind it: it is another program", ctl->command->words);
		} else if (ctl->arg_count == SG_CTL_ARGS - 1) {
			return usage(ctl, "%.200s: too many words", argv[i]);
		} else {
			ctl->args[ctl->arg_count++] = argv[i];
		}
	}
	ctl->args[ctl->arg_count] = NULL;
	if (ctl->arg_count == 0)
		return SG_CTL_OK;
	int code = find_command(ctl, commands, count);
	return code == SG_CTL_OK ? check_command(ctl) : code;
}

bool
sg_ctl_plain(const char *id)
{
	size_t len = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
	return len > 0 && len <= 128 && id[len] == '\0';
}

void
sg_ctl_random_key(char key[33])
{
	unsigned char bytes[16];
	if (sg_random(bytes, sizeof(bytes), NULL) != SG_OK)
		abort(); /* a guessed name would be a repeat of somebody else's attempt */
	sg_hex(key, bytes, sizeof(bytes));
}
