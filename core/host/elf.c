/* SPDX-License-Identifier: Apache-2.0
 * The head of an ELF file. */
#include "host/elf_take.h"
#include "host/needed.h"

#include "base/err.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>

/* A table of `count` rows lies within the file. */
bool
sg_elf_holds(struct sg_str file, uint64_t table, uint64_t count, size_t size)
{
	return table <= file.len && count <= (file.len - table) / size;
}

enum sg_status
sg_elf_head(struct sg_str file, ElfW(Ehdr) * head, struct sg_err *err)
{
	const unsigned char class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
	const unsigned char order = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
	if (!sg_elf_take(file, 0, head, sizeof(*head)) || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 ||
	    head->e_ident[EI_CLASS] != class || head->e_ident[EI_DATA] != order || head->e_type != ET_DYN ||
	    head->e_phentsize != sizeof(ElfW(Phdr)) || head->e_shentsize != sizeof(ElfW(Shdr)))
		return sg_fail(err, SG_REFUSED, "module_elf", "not a shared object of this kind of machine");
	if (!sg_elf_holds(file, head->e_phoff, head->e_phnum, sizeof(ElfW(Phdr))) ||
	    !sg_elf_holds(file, head->e_shoff, head->e_shnum, sizeof(ElfW(Shdr))))
		return sg_fail(err, SG_REFUSED, "module_elf", "its headers are cut short");
	return SG_OK;
}
