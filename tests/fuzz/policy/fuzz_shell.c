/* SPDX-License-Identifier: Apache-2.0
 * Arbitrary command lines. What is read keeps the bounds and stands whole in its own memory; it is read again alike; and each text is one that the line could make. */
#include "base/str.h"
#include "policy/shell/shell.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition) ((condition) ? (void)0 : abort())

static void
within(const struct sg_shell *shell, struct sg_str text)
{
	bool empty = text.len == 0, inside = text.ptr >= shell->text && text.ptr + text.len <= shell->text + shell->text_len;
	MUST(empty || inside);
	MUST(empty || memchr(text.ptr, '\0', text.len) == NULL);
}

static void
command(const struct sg_shell *shell, const struct sg_shell_command *c)
{
	MUST(c->words > 0 || c->redirections > 0);
	MUST(c->words <= SG_SHELL_WORDS && c->word + c->words <= shell->word_count);
	MUST(c->redirection + c->redirections <= shell->redirection_count && c->assignment + c->assignments <= shell->assignment_count);
	MUST(c->words == 0 || (shell->words[c->word].mark == SG_SHELL_PLAIN && shell->words[c->word].text.len > 0));
	MUST(c->folder.len <= SG_SHELL_FOLDER && (c->folder_known || c->folder.len == 0));
	within(shell, c->folder);
	for (size_t i = 0; i < c->words; i++)
		within(shell, shell->words[c->word + i].text);
	for (size_t i = 0; i < c->redirections; i++)
		within(shell, shell->redirections[c->redirection + i].target.text);
}

static struct sg_shell *
read_line(struct sg_str line)
{
	static const struct sg_str allowed[] = {{"CI", 2}};
	struct sg_shell *shell = malloc(sg_shell_room(line.len));
	MUST(shell != NULL);
	MUST(sg_shell_read(line, allowed, 1, shell) == (shell->code == SG_SHELL_read));
	return shell;
}

/* A blank before a line and a newline behind it change nothing. */
static void
again(struct sg_str line, const struct sg_shell *first)
{
	char *longer = malloc(line.len + 2);
	MUST(longer != NULL);
	longer[0] = ' ';
	memcpy(longer + 1, line.ptr, line.len);
	longer[line.len + 1] = '\n';
	struct sg_shell *second = read_line((struct sg_str){longer, line.len + 2});
	bool same = second->code == SG_SHELL_read && second->command_count == first->command_count && second->word_count == first->word_count;
	MUST(second->code == SG_SHELL_too_long || same);
	for (size_t i = 0; same && i < first->word_count; i++)
		MUST(sg_str_eq(first->words[i].text, second->words[i].text) && first->words[i].mark == second->words[i].mark);
	free(second);
	free(longer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct sg_str line = {(const char *)bytes, len};
	struct sg_shell *shell = read_line(line);
	if (shell->code == SG_SHELL_read) {
		MUST(len <= SG_SHELL_LINE && shell->command_count > 0 && shell->command_count <= SG_SHELL_COMMANDS);
		for (size_t i = 0; i < shell->command_count; i++)
			command(shell, &shell->commands[i]);
		again(line, shell);
	}
	free(shell);
	return 0;
}
