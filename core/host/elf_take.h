/* SPDX-License-Identifier: Apache-2.0
 * Taking pieces of a file that may be anything: each checks that the piece is all there. */
#ifndef SG_HOST_ELF_TAKE_H
#define SG_HOST_ELF_TAKE_H

#include <link.h>
#include <stdbool.h>
#include <stepgate/types.h>
#include <string.h>

/* Copies `size` bytes at `at`; false if they are not all there. */
static inline bool
sg_elf_take(struct sg_str file, uint64_t at, void *out, size_t size)
{
	if (at > file.len || size > file.len - at)
		return false;
	memcpy(out, file.ptr + at, size);
	return true;
}

/* The i-th of the entries of `size` bytes in the table at `table`. */
static inline bool
sg_elf_take_row(struct sg_str file, uint64_t table, uint64_t i, void *out, size_t size)
{
	return table <= file.len && i <= file.len / size && sg_elf_take(file, table + i * size, out, size);
}

/* The head of a shared object for this kind of machine whose tables lie within the file. SG_REFUSED module_elf. */
enum sg_status sg_elf_head(struct sg_str file, ElfW(Ehdr) * head, struct sg_err *err);

/* A table of `count` rows lies within the file. */
bool sg_elf_holds(struct sg_str file, uint64_t table, uint64_t count, size_t size);

/* True if the symbol can be seen from outside. */
static inline bool
sg_elf_exported(const ElfW(Sym) * symbol)
{
	unsigned bind = symbol->st_info >> 4, visibility = symbol->st_other & 3;
	return symbol->st_shndx != SHN_UNDEF && bind != STB_LOCAL && (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

#endif
