/* SPDX-License-Identifier: Apache-2.0
 * Which command is meant; where none is, what is near, or what a group holds. */
#include "ctl/find.h"

#include "base/near.h"
#include "base/str.h"

static size_t
first_len(const char *words)
{
	return strcspn(words, " ");
}

static bool
begins_with(const struct sg_ctl_command *command, const char *word)
{
	return strlen(word) == first_len(command->words) && strncmp(command->words, word, strlen(word)) == 0;
}

size_t
sg_ctl_words_match(const char *words, const char *const *args, size_t count)
{
	const char *space = strchr(words, ' ');
	size_t first = first_len(words);
	if (count == 0 || strlen(args[0]) != first || memcmp(args[0], words, first) != 0)
		return 0;
	if (space == NULL)
		return 1;
	if (count == 1)
		return strcmp(space + 1, "list") == 0 ? 1 : 0;
	return strcmp(args[1], space + 1) == 0 ? 2 : 0;
}

/* Commands whose first word is `word`: how many; `out` gets them, NULL: none. */
static size_t
group(const struct sg_ctl_command *commands, size_t count, const char *word, FILE *out)
{
	size_t found = 0;
	for (size_t i = 0; i < count; i++)
		if (begins_with(&commands[i], word)) {
			found++;
			if (out != NULL)
				sg_ctl_help_line(out, &commands[i]);
		}
	return found;
}

/* The nearest of what may stand there: the second words of a group, or first words and whole commands. */
static void
offer(struct sg_near *near, const struct sg_ctl_command *commands, size_t count, const char *of)
{
	for (size_t i = 0; i < count; i++) {
		const char *words = commands[i].words;
		size_t first = first_len(words);
		if (of != NULL && begins_with(&commands[i], of) && words[first] == ' ')
			sg_near_offer(near, sg_str(words + first + 1));
		if (of == NULL)
			sg_near_offer(near, (struct sg_str){words, first});
	}
}

int
sg_ctl_no_command(const struct sg_ctl *ctl, const struct sg_ctl_command *commands, size_t count)
{
	char hint[160];
	const char *first = ctl->args[0], *second = ctl->arg_count > 1 ? ctl->args[1] : NULL;
	bool is_group = group(commands, count, first, NULL) > 0;
	if (is_group && second == NULL && !ctl->json) {
		group(commands, count, first, stdout);
		return SG_CTL_LISTED;
	}
	struct sg_near near = sg_near(sg_str(is_group && second != NULL ? second : first));
	offer(&near, commands, count, is_group ? first : NULL);
	if (is_group && second != NULL) {
		char other[96];
		snprintf(other, sizeof(other), "stepgate %.60s lists what there is", first);
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", sg_near_hint(&near, '"', other, hint, sizeof(hint)), "%.100s %.100s: no such command", first, second);
	}
	return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", sg_near_hint(&near, '"', "stepgate --help lists commands and options", hint, sizeof(hint)), "%.200s: no such command", first);
}
