/* SPDX-License-Identifier: Apache-2.0
 * The dynamic table, found and read by addresses. A library that lies where somebody else may write would run in the host unseen, before any check of
 * the module; so a module has what the system's own folders hold, under plain names, and nothing else. */
#include "host/needed.h"

#include "base/err.h"
#include "base/str.h"
#include "host/elf_take.h"

#include <elf.h>

#ifndef DT_DEPAUDIT
#define DT_DEPAUDIT 0x6ffffefb
#endif

/* `always`: whatever it says; else only with a slash. */
static const struct {
	int64_t tag;
	const char *name;
	bool always;
} tags[] = {
	{DT_NEEDED, "NEEDED", false},       {DT_RPATH, "RPATH", true}, {DT_RUNPATH, "RUNPATH", true},   {DT_AUXILIARY, "AUXILIARY", true},
	{DT_FILTER, "FILTER", true},        {DT_AUDIT, "AUDIT", true}, {DT_DEPAUDIT, "DEPAUDIT", true}, {DT_CONFIG, "CONFIG", true},
};

struct table {
	struct sg_str file;
	ElfW(Ehdr) head;
	uint64_t strings; /* an address */
};

/* Copies what will stand at an address, from the last segment that is loaded there; what is loaded behind the file's bytes is zero. */
static bool
at_address(const struct table *t, uint64_t address, void *out, size_t size)
{
	bool found = false;
	ElfW(Phdr) part, last = {.p_type = PT_NULL};
	for (unsigned i = 0; i < t->head.e_phnum; i++)
		if (sg_elf_take_row(t->file, t->head.e_phoff, i, &part, sizeof(part)) && part.p_type == PT_LOAD && address >= part.p_vaddr &&
		    address - part.p_vaddr < part.p_memsz) {
			last = part;
			found = true;
		}
	uint64_t within = address - last.p_vaddr;
	memset(out, 0, size);
	if (!found || size > last.p_memsz - within)
		return false;
	if (within >= last.p_filesz)
		return true;
	return last.p_offset <= UINT64_MAX - within && sg_elf_take(t->file, last.p_offset + within, out, size < last.p_filesz - within ? size : (size_t)(last.p_filesz - within));
}

/* The i-th row of the dynamic table; false behind its end. */
static bool
dynamic_row(const struct table *t, uint64_t table, uint64_t i, ElfW(Dyn) * row, bool *whole)
{
	*whole = i < t->file.len && table <= UINT64_MAX - i * sizeof(*row) && at_address(t, table + i * sizeof(*row), row, sizeof(*row));
	return *whole && row->d_tag != DT_NULL;
}

static bool
take_text(const struct table *t, uint64_t at, struct sg_needed *row)
{
	size_t len = 0;
	row->refused = false;
	for (char c;; at++) {
		if (at == UINT64_MAX || !at_address(t, at, &c, 1))
			return false;
		if (c == '\0')
			break;
		row->refused |= c == '/';
		if (len + 1 < sizeof(row->text))
			row->text[len++] = c < ' ' || c > '~' ? '?' : c;
	}
	row->text[len] = '\0';
	return true;
}

static enum sg_status
broken(struct sg_err *err)
{
	return sg_fail(err, SG_REFUSED, "module_elf", "its dynamic table is broken");
}

/* Walks one table; `left` counts down to the row that is wanted. */
static enum sg_status
walk(struct table *t, uint64_t table, unsigned *left, struct sg_needed *row, struct sg_err *err)
{
	ElfW(Dyn) dynamic;
	bool whole;
	t->strings = 0;
	for (uint64_t i = 0; dynamic_row(t, table, i, &dynamic, &whole); i++)
		if (dynamic.d_tag == DT_STRTAB)
			t->strings = dynamic.d_un.d_ptr;
	for (uint64_t i = 0; whole && dynamic_row(t, table, i, &dynamic, &whole); i++)
		for (size_t k = 0; k < sizeof(tags) / sizeof(tags[0]); k++) {
			if (dynamic.d_tag != tags[k].tag || (*left)-- > 0)
				continue;
			row->tag = tags[k].name;
			if (t->strings > UINT64_MAX - dynamic.d_un.d_val || !take_text(t, t->strings + dynamic.d_un.d_val, row))
				return broken(err);
			row->refused |= tags[k].always;
			return SG_OK;
		}
	return whole ? SG_NOT_FOUND : broken(err);
}

enum sg_status
sg_needed_row(struct sg_str file, unsigned i, struct sg_needed *row, struct sg_err *err)
{
	struct table t = {.file = file};
	ElfW(Phdr) part;
	enum sg_status status = sg_elf_head(file, &t.head, err);
	if (status != SG_OK)
		return status;
	for (unsigned k = 0; k < t.head.e_phnum; k++) {
		if (!sg_elf_take_row(file, t.head.e_phoff, k, &part, sizeof(part)))
			return broken(err);
		if (part.p_type == PT_DYNAMIC && (status = walk(&t, part.p_vaddr, &i, row, err)) != SG_NOT_FOUND)
			return status;
	}
	return SG_NOT_FOUND;
}

enum sg_status
sg_needed_check(struct sg_str file, struct sg_err *err)
{
	struct sg_needed row;
	enum sg_status status;
	for (unsigned i = 0; (status = sg_needed_row(file, i, &row, err)) == SG_OK; i++)
		if (row.refused)
			return sg_fail(err, SG_REFUSED, "module_needs", "its %s is \"%.*s\": it is loaded from the system's own folders, by plain names, alone", row.tag, 100, row.text);
	return status == SG_NOT_FOUND ? SG_OK : status;
}
