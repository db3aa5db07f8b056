/* SPDX-License-Identifier: Apache-2.0
 * Where each command runs. `cd X && ...` is known; behind `;`, a newline or `||` nobody knows whether the cd was done. As shells do it by default, `..` takes a
 * name away, whatever a link is. */
#include "policy/shell/in.h"

#include "base/str.h"

/* Appends one part to the folder that begins at `first`. False: no room. */
static bool
step(struct sg_shell *out, size_t first, struct sg_str part)
{
	char *folder = out->text + first;
	size_t len = out->text_len - first, name = len;
	if (part.len == 0 || sg_str_is(part, "."))
		return true;
	while (name > 0 && folder[name - 1] != '/')
		name--;
	bool up = sg_str_is(part, ".."), absolute = len > 0 && folder[0] == '/';
	if (up && absolute && len == 1)
		return true;
	if (up && len > 0 && !sg_str_is((struct sg_str){folder + name, len - name}, "..")) {
		out->text_len = first + (name > 1 ? name - 1 : absolute ? 1 : 0);
		return true;
	}
	if (len + 1 + part.len > SG_SHELL_FOLDER)
		return false;
	if (len > 0 && folder[len - 1] != '/')
		out->text[out->text_len++] = '/';
	memcpy(out->text + out->text_len, part.ptr, part.len);
	out->text_len += part.len;
	return true;
}

static bool
walk(struct sg_shell_reader *r, struct sg_str path)
{
	struct sg_shell *out = r->out;
	size_t first = out->text_len;
	if (path.ptr[0] == '/')
		out->text[out->text_len++] = '/';
	else {
		memcpy(out->text + first, r->folder.ptr, r->folder.len);
		out->text_len += r->folder.len;
	}
	for (struct sg_str rest = path; rest.len > 0;)
		if (!step(out, first, sg_str_cut(&rest, '/')))
			return sg_shell_fail(r, SG_SHELL_folder);
	r->folder = (struct sg_str){out->text + first, out->text_len - first};
	return true;
}

static bool
change(struct sg_shell_reader *r, const char *next)
{
	const struct sg_shell_command *now = r->now;
	const struct sg_shell_word *words = &r->out->words[now->word];
	bool piped = now->after[0] == '|' && now->after[1] == '\0', pipes = next[0] == '|' && next[1] == '\0';
	if (piped || pipes || now->words != 2 || now->assignments > 0)
		return sg_shell_fail(r, SG_SHELL_folder);
	if (words[1].mark != SG_SHELL_PLAIN || words[1].text.len == 0 || words[1].text.ptr[0] == '-')
		return sg_shell_fail(r, SG_SHELL_folder);
	r->moved = true;
	r->lost = (r->lost && words[1].text.ptr[0] != '/') || now->after[0] == '|';
	return walk(r, words[1].text);
}

bool
sg_shell_move(struct sg_shell_reader *r, const char *next)
{
	struct sg_shell_command *now = r->now;
	bool again = now->after[0] == ';' || (now->after[0] == '|' && now->after[1] == '|');
	r->lost = r->lost || (r->moved && again);
	now->folder_known = !r->lost;
	now->folder = r->lost ? SG_STR("") : r->folder;
	if (now->words == 0 || now->timed || !sg_str_is(r->out->words[now->word].text, "cd"))
		return true;
	return change(r, next);
}
