/* SPDX-License-Identifier: Apache-2.0
 * module new, info, check. New is done here; the others look into modules, which is another program's. */
#include "ctl/daemon.h"
#include "ctl/template.h"

#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

enum { MODULE_PATH = 1024, NAME_MOST = 31, TEMPLATE_MAX = 64 << 10 };

static const char *const kinds[] = {"attest", "issue", "verify", "audit", "prove"};

struct project {
	const char *kind, *name, *folder;
	char id[NAME_MOST + 1]; /* the name with _ for - */
};

static bool
known_kind(const char *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	return false;
}

static bool
good_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
	return len > 0 && len <= NAME_MOST && name[len] == '\0' && name[0] >= 'a' && name[0] <= 'z';
}

/* There is nothing in it, or it is not there. */
static bool
is_free(const char *path)
{
	DIR *folder = opendir(path);
	if (folder == NULL)
		return errno == ENOENT;
	size_t count = 0;
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count <= 2;
}

static void
fill(struct sg_buf *out, struct sg_str text, const struct project *p)
{
	const struct {
		const char *mark, *value;
	} rows[] = {{"@KIND@", p->kind}, {"@NAME@", p->name}, {"@ID@", p->id}};
	while (text.len > 0) {
		size_t taken = 1, row = 0;
		while (row < 3 && !sg_str_starts(text, rows[row].mark))
			row++;
		if (row < 3) {
			sg_buf_text(out, rows[row].value);
			taken = strlen(rows[row].mark);
		} else {
			sg_buf_add(out, text.ptr, 1);
		}
		text.ptr += taken;
		text.len -= taken;
	}
}

/* FOLDER/FILE, with the module's name for NAME; a template that begins with "dot." is hidden; ".in", which keeps it out of our own sources, goes. */
static void
path_of(const struct project *p, const char *file, char out[MODULE_PATH + 128])
{
	bool own = strncmp(file, "NAME.", 5) == 0, hidden = strncmp(file, "dot.", 4) == 0;
	snprintf(out, MODULE_PATH + 128, "%.1000s/%s%s", p->folder, own ? p->name : "", own ? file + 4 : hidden ? file + 3 : file);
	size_t len = strlen(out);
	if (len > 3 && strcmp(out + len - 3, ".in") == 0)
		out[len - 3] = '\0';
}

static int
write_one(const struct sg_ctl *ctl, const struct project *p, const struct sg_start_file *file, struct sg_made *made)
{
	char path[MODULE_PATH + 128];
	struct sg_buf text;
	path_of(p, strchr(file->path, '/') + 1, path);
	sg_buf_init(&text, TEMPLATE_MAX);
	fill(&text, (struct sg_str){(const char *)file->bytes, file->len}, p);
	int code = sg_made_note(ctl, made, sg_make_file(path, sg_buf_view(&text), 0644), path);
	sg_buf_done(&text);
	return code;
}

static int
write_project(const struct sg_ctl *ctl, const struct project *p, struct sg_made *made)
{
	char own[16];
	snprintf(own, sizeof(own), "%s/", p->kind);
	int code = sg_made_note(ctl, made, sg_make_folder(p->folder, 0755), p->folder);
	for (size_t i = 0; i < sg_template_file_count && code == SG_CTL_OK; i++)
		if (strncmp(sg_template_files[i].path, own, strlen(own)) == 0 || strncmp(sg_template_files[i].path, "all/", 4) == 0)
			code = write_one(ctl, p, &sg_template_files[i], made);
	return code;
}

int
sg_ctl_module_new(struct sg_ctl *ctl)
{
	struct project p = {.kind = ctl->args[0], .name = ctl->args[1], .folder = ctl->arg_count > 2 ? ctl->args[2] : ctl->args[1]};
	struct sg_made made = {.json = ctl->json};
	if (!known_kind(p.kind))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "module_kind", "attest, issue, verify, audit or prove", "%.64s: no kind of module", p.kind);
	if (!good_name(p.name))
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "module_name", "a letter, then letters, digits, - and _, all lower case, at most 31",
				   "%.64s: no name of a module", p.name);
	if (strlen(p.folder) > 900 || !is_free(p.folder))
		return sg_ctl_fail(ctl, SG_CTL_CANNOT_MAKE, "module_folder", "name another as DIR; nothing is written over", "%.200s: there is something in it already",
				   p.folder);
	for (size_t i = 0; p.name[i] != '\0'; i++)
		p.id[i] = p.name[i] == '-' ? '_' : p.name[i];
	sg_buf_init(&made.made, 1 << 20);
	sg_buf_init(&made.kept, 1 << 20);
	int code = write_project(ctl, &p, &made);
	if (code == SG_CTL_OK && ctl->json)
		sg_made_print(&made);
	else if (code == SG_CTL_OK)
		printf("next: cd %s && cmake -B build && cmake --build build && ctest --test-dir build\n", p.folder);
	sg_buf_done(&made.made);
	sg_buf_done(&made.kept);
	return code;
}

static int
pass_on(struct sg_ctl *ctl, const char *verb)
{
	const char *words[256] = {verb};
	size_t count = 1;
	for (char **word = ctl->rest; *word != NULL; word++) {
		if (count == sizeof(words) / sizeof(words[0]) - 2)
			return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "", "module %s: too many words", verb);
		words[count++] = *word;
	}
	if (ctl->json)
		words[count++] = "--json";
	return sg_daemon_become(ctl, "stepgate-module", words);
}

int
sg_ctl_module_info(struct sg_ctl *ctl)
{
	return pass_on(ctl, "info");
}

int
sg_ctl_module_check(struct sg_ctl *ctl)
{
	return pass_on(ctl, "check");
}
