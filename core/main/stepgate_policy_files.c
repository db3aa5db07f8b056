/* SPDX-License-Identifier: Apache-2.0
 * Which files are tested with which. */
#include "main/stepgate_policy.h"

#include "base/str.h"
#include "policy/spec.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { BUDGET = 512 << 20 };

static bool
complain(const char *path, const char *what)
{
	fprintf(stderr, "stepgate policy test: %s: %s\n", path, what);
	return false;
}

static bool
ends(const char *name, const char *with)
{
	size_t len = strlen(name), end = strlen(with);
	return len > end && strcmp(name + len - end, with) == 0;
}

static const char *
base_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? path : slash + 1;
}

static struct sg_str
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? SG_STR(".") : (struct sg_str){path, slash == path ? 1 : (size_t)(slash - path)};
}

static bool
read_file(struct sg_arena *arena, const char *path, struct sg_str *text)
{
	FILE *file = fopen(path, "rbe");
	char *bytes = file == NULL ? NULL : malloc(SG_POLICY_FILE + 1);
	size_t len = bytes == NULL ? 0 : fread(bytes, 1, SG_POLICY_FILE + 1, file);
	bool good = bytes != NULL && !ferror(file) && len <= SG_POLICY_FILE;
	if (good)
		*text = sg_arena_copy(arena, (struct sg_str){bytes, len});
	if (!good)
		complain(path, file == NULL ? strerror(errno) : "it cannot be read, or has more than 1 MiB");
	free(bytes);
	if (file != NULL)
		fclose(file);
	return good;
}

static bool
add(struct sg_arena *arena, struct sg_policy_source **list, size_t *count, const char *path, const char *name)
{
	if (*list == NULL)
		*list = sg_arena_alloc(arena, SG_POLICY_FILES * sizeof(**list));
	if (*list == NULL || *count == SG_POLICY_FILES)
		return complain(path, "too many files");
	struct sg_policy_source *source = &(*list)[*count];
	source->name = sg_arena_copy(arena, sg_str(name));
	if (!read_file(arena, path, &source->text))
		return false;
	(*count)++;
	return true;
}

static int
is_lua(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && ends(entry->d_name, ".lua");
}

/* Policy files of the folder, and its specs if they are wanted. */
static bool
read_folder(struct sg_try_files *files, struct sg_try_folder *folder, bool specs)
{
	struct dirent **names = NULL;
	const char *at = sg_arena_strdup(&files->arena, folder->path);
	int count = at == NULL ? -1 : scandir(at, &names, is_lua, alphasort);
	bool good = count >= 0 || complain(at == NULL ? "" : at, strerror(errno));
	for (int i = 0; i < count; i++) {
		const char *path = sg_arena_printf(&files->arena, "%s/%s", at, names[i]->d_name);
		bool spec = sg_spec_named(sg_str(names[i]->d_name));
		if (good && path != NULL && spec && specs)
			good = add(&files->arena, &folder->specs, &folder->spec_count, path, path);
		else if (good && path != NULL && !spec)
			good = add(&files->arena, &folder->set, &folder->set_count, path, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return good && !files->arena.overflow;
}

static struct sg_try_folder *
folder_at(struct sg_try_files *files, struct sg_str path, bool *fresh)
{
	for (size_t i = 0; i < files->count; i++)
		if (sg_str_eq(files->folders[i].path, path)) {
			*fresh = false;
			return &files->folders[i];
		}
	*fresh = true;
	if (files->count == SG_TRY_FOLDERS)
		return NULL;
	files->folders[files->count] = (struct sg_try_folder){.path = sg_arena_copy(&files->arena, path)};
	return &files->folders[files->count++];
}

/* `own`: policy files were given by name, so a folder's own are not looked for. */
static bool
take_spec(struct sg_try_files *files, const char *path, bool own)
{
	bool fresh;
	struct sg_try_folder *folder = folder_at(files, own ? SG_STR("") : folder_of(path), &fresh);
	if (folder == NULL)
		return complain(path, "too many folders");
	return (own || !fresh || read_folder(files, folder, false)) && add(&files->arena, &folder->specs, &folder->spec_count, path, path);
}

static bool
take(struct sg_try_files *files, const char *path, bool own)
{
	struct stat status;
	bool fresh;
	if (stat(path, &status) != 0)
		return complain(path, strerror(errno));
	if (!S_ISDIR(status.st_mode))
		return !sg_spec_named(sg_str(base_of(path))) || take_spec(files, path, own);
	size_t len = strlen(path);
	while (len > 1 && path[len - 1] == '/')
		len--;
	struct sg_try_folder *folder = folder_at(files, (struct sg_str){path, len}, &fresh);
	if (folder == NULL || !fresh)
		return complain(path, "too many folders, or one of them twice");
	return read_folder(files, folder, true);
}

static bool
is_policy(const char *path)
{
	struct stat status;
	return ends(path, ".lua") && !sg_spec_named(sg_str(base_of(path))) && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* The specs of the policy files' names, as far as they are there. */
static bool
take_beside(struct sg_try_files *files, char *const *paths)
{
	struct stat status;
	bool good = true;
	for (size_t i = 0; good && paths[i] != NULL; i++) {
		const char *spec = sg_arena_printf(&files->arena, "%.*s" SG_SPEC_ENDING, (int)strlen(paths[i]) - 4, paths[i]);
		if (is_policy(paths[i]) && spec != NULL && stat(spec, &status) == 0)
			good = take_spec(files, spec, true);
	}
	return good;
}

static bool
give_set(struct sg_try_files *files, char *const *paths)
{
	struct sg_policy_source *set = NULL;
	size_t count = 0;
	for (size_t i = 0; paths[i] != NULL; i++)
		if (is_policy(paths[i]) && !add(&files->arena, &set, &count, paths[i], base_of(paths[i])))
			return false;
	for (size_t i = 0; i < files->count; i++) {
		files->folders[i].set = set;
		files->folders[i].set_count = count;
	}
	return true;
}

bool
sg_try_files_read(struct sg_try_files *files, char *const *paths)
{
	bool own = false, good = true;
	size_t specs = 0;
	*files = (struct sg_try_files){.count = 0};
	sg_arena_init(&files->arena, BUDGET);
	for (size_t i = 0; paths[i] != NULL; i++)
		own |= is_policy(paths[i]);
	for (size_t i = 0; good && paths[i] != NULL; i++)
		good = take(files, paths[i], own);
	if (good && own && files->count == 0)
		good = take_beside(files, paths);
	good = good && (!own || give_set(files, paths));
	for (size_t i = 0; i < files->count; i++)
		specs += files->folders[i].spec_count;
	return good && (specs > 0 || complain(paths[0], "no tests there: they stand in files NAME" SG_SPEC_ENDING));
}

void
sg_try_files_done(struct sg_try_files *files)
{
	sg_arena_done(&files->arena);
}
