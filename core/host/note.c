/* SPDX-License-Identifier: Apache-2.0
 * ELF, as little of it as names a module. Every offset is checked against the file: it may be anything. */
#include "host/note.h"

#include "base/err.h"
#include "base/str.h"
#include "host/elf_take.h"
#include "host/needed.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>

static const struct {
	enum sg_kind kind;
	const char *name;
} kinds[] = {
	{SG_KIND_attest, "attest"}, {SG_KIND_issue, "issue"}, {SG_KIND_audit, "audit"}, {SG_KIND_verify, "verify"}, {SG_KIND_prove, "prove"}};

const char *
sg_kind_name(uint32_t kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].kind == kind)
			return kinds[i].name;
	return NULL;
}

enum sg_kind
sg_kind_named(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].kind;
	return 0;
}

static enum sg_status
accept_note(struct sg_str body, struct sg_note *note, unsigned *found, struct sg_err *err)
{
	if (body.len != sizeof(note->abi) + sizeof(note->kind) + sizeof(note->name))
		return sg_fail(err, SG_REFUSED, "module_note", "its note has %zu bytes", body.len);
	if (++*found > 1)
		return sg_fail(err, SG_REFUSED, "module_note", "it has two notes");
	memcpy(&note->abi, body.ptr, body.len);
	if (note->name[0] == '\0' || note->name[sizeof(note->name) - 1] != '\0')
		return sg_fail(err, SG_REFUSED, "module_note", "its note has no name");
	return SG_OK;
}

/* One segment of notes: {u32 owner size, u32 body size, u32 type, owner, body}, both padded. */
static enum sg_status
walk_notes(struct sg_str segment, size_t align, struct sg_note *note, unsigned *found, struct sg_err *err)
{
	size_t at = 0;
	enum sg_status status = SG_OK;
	while (status == SG_OK && segment.len - at >= 3 * sizeof(uint32_t)) {
		uint32_t head[3];
		memcpy(head, segment.ptr + at, sizeof(head));
		size_t owner = at + sizeof(head), left = segment.len - owner;
		size_t body_from = ((size_t)head[0] + align - 1) / align * align;
		if (body_from > left || head[1] > left - body_from)
			return sg_fail(err, SG_REFUSED, "module_note", "a note is cut short");
		bool ours = head[0] == sizeof("stepgate") && head[2] == SG_NOTE_TYPE &&
			    memcmp(segment.ptr + owner, "stepgate", sizeof("stepgate")) == 0;
		if (ours)
			status = accept_note((struct sg_str){segment.ptr + owner + body_from, head[1]}, note, found,
					     err);
		size_t next = body_from + ((size_t)head[1] + align - 1) / align * align;
		at = next > left ? segment.len : owner + next;
	}
	return status;
}

static enum sg_status
find_note(struct sg_str file, const ElfW(Ehdr) * head, struct sg_note *note, struct sg_err *err)
{
	unsigned found = 0;
	enum sg_status status = SG_OK;
	for (unsigned i = 0; status == SG_OK && i < head->e_phnum; i++) {
		ElfW(Phdr) part;
		if (!sg_elf_take_row(file, head->e_phoff, i, &part, sizeof(part)))
			return sg_fail(err, SG_REFUSED, "module_elf", "its program headers are cut short");
		if (part.p_type != PT_NOTE)
			continue;
		if (part.p_offset > file.len || part.p_filesz > file.len - part.p_offset)
			return sg_fail(err, SG_REFUSED, "module_note", "its notes are cut short");
		struct sg_str segment = {file.ptr + part.p_offset, part.p_filesz};
		status = walk_notes(segment, part.p_align == 8 ? 8 : 4, note, &found, err);
	}
	if (status == SG_OK && found == 0)
		return sg_fail(err, SG_REFUSED, "module_no_note", "no note of stepgate: not a module");
	return status;
}

static bool
is_named(struct sg_str file, const ElfW(Shdr) * names, uint32_t at, const char *name)
{
	char found[32];
	size_t len = strlen(name) + 1;
	return at < names->sh_size && len <= names->sh_size - at && names->sh_offset <= file.len &&
	       sg_elf_take(file, names->sh_offset + at, found, len) && memcmp(found, name, len) == 0;
}

/* Exactly one exported name. */
static enum sg_status
check_names(struct sg_str file, const ElfW(Ehdr) * head, const ElfW(Shdr) * symbols, struct sg_err *err)
{
	ElfW(Shdr) names;
	unsigned count = 0;
	if (symbols->sh_entsize != sizeof(ElfW(Sym)) || symbols->sh_link >= head->e_shnum ||
	    !sg_elf_take_row(file, head->e_shoff, symbols->sh_link, &names, sizeof(names)))
		return sg_fail(err, SG_REFUSED, "module_elf", "its symbol table is broken");
	for (uint64_t i = 0; i < symbols->sh_size / sizeof(ElfW(Sym)); i++) {
		ElfW(Sym) symbol;
		if (!sg_elf_take_row(file, symbols->sh_offset, i, &symbol, sizeof(symbol)))
			return sg_fail(err, SG_REFUSED, "module_elf", "its symbol table is cut short");
		if (!sg_elf_exported(&symbol))
			continue;
		if (!is_named(file, &names, symbol.st_name, "sg_module") || ++count > 1)
			return sg_fail(err, SG_REFUSED, "module_symbols", "it exports more than sg_module");
	}
	return count == 1 ? SG_OK : sg_fail(err, SG_REFUSED, "module_symbols", "it does not export sg_module");
}

static enum sg_status
find_names(struct sg_str file, const ElfW(Ehdr) * head, struct sg_err *err)
{
	for (unsigned i = 0; i < head->e_shnum; i++) {
		ElfW(Shdr) section;
		if (!sg_elf_take_row(file, head->e_shoff, i, &section, sizeof(section)))
			return sg_fail(err, SG_REFUSED, "module_elf", "its section headers are cut short");
		if (section.sh_type == SHT_DYNSYM)
			return check_names(file, head, &section, err);
	}
	return sg_fail(err, SG_REFUSED, "module_symbols", "it exports nothing");
}

enum sg_status
sg_note_read(struct sg_str file, struct sg_note *note, struct sg_err *err)
{
	ElfW(Ehdr) head = {.e_phnum = 0};
	enum sg_status status = sg_elf_head(file, &head, err);
	if (status == SG_OK)
		status = find_note(file, &head, note, err);
	if (status == SG_OK)
		status = find_names(file, &head, err);
	if (status == SG_OK)
		status = sg_needed_check(file, err);
	return status;
}
