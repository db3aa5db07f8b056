/* SPDX-License-Identifier: Apache-2.0
 * Reading a module's file from outside: names, note, digest, and the loader's own judgement. */
#include "host/inspect.h"

#include "base/canon.h"
#include "base/err.h"
#include "base/str.h"
#include "host/elf_take.h"
#include "host/load.h"
#include "host/needed.h"
#include "host/note.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_MAX = 64, NAME_MAX_SHOWN = 128 };

bool
sg_module_file_name(const char *file, char *folder, char *kind, char *name)
{
	const char *slash = strrchr(file, '/'), *base = slash != NULL ? slash + 1 : file;
	const char *dash = strchr(base, '-'), *dot = strrchr(base, '.');
	char given[PATH_MAX] = ".";
	if (dash == NULL || dot == NULL || dot < dash || strcmp(dot, ".so") != 0 || dash - base > 31 || dot - dash - 1 > 31 || strlen(file) >= PATH_MAX)
		return false;
	snprintf(kind, 32, "%.*s", (int)(dash - base), base);
	snprintf(name, 32, "%.*s", (int)(dot - dash - 1), dash + 1);
	if (slash != NULL)
		snprintf(given, sizeof(given), "%.*s", slash == file ? 1 : (int)(slash - file), file);
	if (file[0] == '/')
		return snprintf(folder, PATH_MAX, "%s", given) < PATH_MAX; /* as it is: its links are what the loader looks at */
	return realpath(given, folder) != NULL;
}

/* ---- names in the file ---- */

static bool
name_at(struct sg_str file, const ElfW(Shdr) * names, uint64_t at, char out[NAME_MAX_SHOWN])
{
	if (at >= names->sh_size || names->sh_offset > file.len || at >= file.len - names->sh_offset)
		return false;
	const char *from = file.ptr + names->sh_offset + at;
	size_t room = file.len - names->sh_offset - at, len = 0;
	for (; len < room && len < NAME_MAX_SHOWN - 1 && from[len] != '\0'; len++)
		out[len] = from[len] < ' ' || from[len] > '~' ? '?' : from[len];
	out[len] = '\0';
	return true;
}

static void
exports(struct sg_str file, const ElfW(Shdr) * table, const ElfW(Shdr) * names, struct sg_json_writer *w)
{
	char name[NAME_MAX_SHOWN];
	unsigned count = 0;
	for (uint64_t i = 0; i < table->sh_size / sizeof(ElfW(Sym)) && count < NAMES_MAX; i++) {
		ElfW(Sym) symbol;
		if (!sg_elf_take_row(file, table->sh_offset, i, &symbol, sizeof(symbol)))
			return;
		if (sg_elf_exported(&symbol) && name_at(file, names, symbol.st_name, name)) {
			sg_jw_text(w, name);
			count++;
		}
	}
}

typedef void names_fn(struct sg_str file, const ElfW(Shdr) * table, const ElfW(Shdr) * names, struct sg_json_writer *w);

/* One array: of the first section of this type, if its strings are there. */
static void
list_names(struct sg_json_writer *w, const char *member, struct sg_str file, uint32_t type, names_fn *list)
{
	ElfW(Ehdr) head;
	ElfW(Shdr) table, names;
	sg_jw_name_text(w, member);
	sg_jw_array(w);
	bool good = sg_elf_head(file, &head, NULL) == SG_OK;
	for (unsigned i = 0; good && i < head.e_shnum; i++)
		if (sg_elf_take_row(file, head.e_shoff, i, &table, sizeof(table)) && table.sh_type == type) {
			if (table.sh_link < head.e_shnum && sg_elf_take_row(file, head.e_shoff, table.sh_link, &names, sizeof(names)))
				list(file, &table, &names, w);
			break;
		}
	sg_jw_end(w);
}

/* What it has loaded besides, or where it looks for that: plain names, or "RUNPATH $ORIGIN". */
static void
list_needed(struct sg_json_writer *w, const char *member, struct sg_str file, bool refused)
{
	struct sg_needed row;
	char text[SG_NEEDED_TEXT + 16];
	sg_jw_name_text(w, member);
	sg_jw_array(w);
	for (unsigned i = 0; i < NAMES_MAX && sg_needed_row(file, i, &row, NULL) == SG_OK; i++) {
		bool plain = strcmp(row.tag, "NEEDED") == 0;
		snprintf(text, sizeof(text), "%s%s%s", plain ? "" : row.tag, plain ? "" : " ", row.text);
		if (row.refused == refused)
			sg_jw_text(w, text);
	}
	sg_jw_end(w);
}

/* ---- the loader's judgement ---- */

static enum sg_status
judge(const char *path, struct sg_err *err)
{
	char folder[PATH_MAX], kind[32], name[32];
	struct sg_loaded loaded;
	if (!sg_module_file_name(path, folder, kind, name) || sg_kind_named(kind) == 0)
		return sg_fail(err, SG_REFUSED, "module_name", "the file is not named KIND-NAME.so, and the loader looks for no other");
	if (sg_built_in(sg_kind_named(kind), name) != NULL)
		return sg_fail(err, SG_REFUSED, "module_built_in", "the daemon has %s/%s built in and never looks at this file", kind, name);
	enum sg_status status = sg_load_open(folder, kind, name, &loaded, err);
	if (loaded.fd >= 0)
		close(loaded.fd);
	return status;
}

static void
write_all(struct sg_json_writer *w, const char *path, struct sg_str file)
{
	struct sg_note note;
	struct sg_err err = {0};
	char digest[SG_SHA256_HEX];
	enum sg_status read = sg_note_read(file, &note, &err);
	bool noted = read == SG_OK || strcmp(err.code, "module_symbols") == 0 || strcmp(err.code, "module_needs") == 0; /* what is looked at last */
	bool loads = judge(path, &err) == SG_OK;
	sg_sha256_hex(digest, file);
	sg_jw_object(w);
	sg_jw_name(w, "abi");
	if (noted)
		sg_jw_int(w, note.abi);
	else
		sg_jw_null(w);
	sg_jw_member_text(w, "code", loads ? NULL : err.code);
	list_names(w, "exports", file, SHT_DYNSYM, exports);
	sg_jw_member_text(w, "file", path);
	sg_jw_member_text(w, "hint", loads ? NULL : sg_host_hint(err.code));
	sg_jw_member_text(w, "kind", noted ? sg_kind_name(note.kind) : NULL);
	sg_jw_member_bool(w, "loads", loads);
	sg_jw_member_text(w, "name", noted ? note.name : NULL);
	list_needed(w, "needs", file, false);
	list_needed(w, "paths", file, true);
	sg_jw_member_text(w, "sha256", digest);
	sg_jw_member_int(w, "size", (int64_t)file.len);
	sg_jw_member_text(w, "text", loads ? NULL : err.text);
	sg_jw_end(w);
}

enum sg_status
sg_inspect(const char *path, struct sg_buf *out, struct sg_err *err)
{
	struct stat st;
	struct sg_json_writer w;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		if (fd >= 0)
			close(fd);
		return sg_fail(err, SG_UNAVAILABLE, "file_unreadable", "%s: no regular file that you can read", path);
	}
	bool fits = st.st_size > 0 && st.st_size <= SG_MODULE_FILE_MAX;
	void *bytes = fits ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	close(fd);
	if (bytes == MAP_FAILED)
		return sg_fail(err, SG_LIMIT, "module_size", "%s: a module has 1 to %d bytes", path, SG_MODULE_FILE_MAX);
	sg_jw_begin(&w, out);
	write_all(&w, path, (struct sg_str){bytes, (size_t)st.st_size});
	munmap(bytes, (size_t)st.st_size);
	return sg_jw_done(&w) ? SG_OK : sg_fail(err, SG_MALFORMED, "file_name", "the file's name cannot be written down");
}
