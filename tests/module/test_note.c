/* SPDX-License-Identifier: Apache-2.0
 * The note, read from real files that were cut or had a byte changed: refused with a code or read, never anything else.
 */
#include "host/note.h"

#include "base/fd.h"
#include "base/str.h"
#include "unit/cases.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

static char *bytes;
static size_t size;

static void
need_file(void)
{
	struct stat st;
	if (bytes != NULL)
		return;
	int fd = open(SG_BUILD_DIR "/modules/attest-peer.so", O_RDONLY);
	CU_ASSERT_FATAL(fd >= 0 && fstat(fd, &st) == 0);
	size = (size_t)st.st_size;
	bytes = malloc(size);
	CU_ASSERT_FATAL(sg_read_whole(fd, bytes, size));
	close(fd);
}

static const char *
read_copy(const char *from, size_t len, struct sg_note *note)
{
	static struct sg_err err;
	char *copy = malloc(len + (len == 0)); /* its own allocation, so that reading past the end is seen */
	err = (struct sg_err){0};
	memcpy(copy, from, len);
	enum sg_status status = sg_note_read((struct sg_str){copy, len}, note, &err);
	free(copy);
	return status == SG_OK ? "ok" : err.code;
}

static void
a_good_file(void)
{
	struct sg_note note;
	need_file();
	CU_ASSERT_STRING_EQUAL(read_copy(bytes, size, &note), "ok");
	CU_ASSERT(note.abi == SG_ABI && note.kind == SG_KIND_attest);
	CU_ASSERT_STRING_EQUAL(note.name, "peer");
}

static void
every_cut_is_refused(void)
{
	struct sg_note note;
	size_t taken = 0;
	need_file();
	/* section headers are the last thing in the file */
	for (size_t len = 0; len < size; len += len < 4096 ? 1 : 61)
		taken += strcmp(read_copy(bytes, len, &note), "ok") == 0;
	CU_ASSERT_EQUAL(taken, 0);
}

static char *
find_note(void)
{
	static const char owner[12] = "stepgate";
	return memmem(bytes, size, owner, sizeof(owner));
}

static void
with_word(char *at, uint32_t value, const char *code)
{
	uint32_t was;
	struct sg_note note;
	memcpy(&was, at, 4);
	memcpy(at, &value, 4);
	const char *got = read_copy(bytes, size, &note);
	memcpy(at, &was, 4);
	CU_ASSERT_STRING_EQUAL(got, code);
}

static void
changed_notes(void)
{
	struct sg_note note;
	need_file();
	char *at = find_note();
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	with_word(at - 12, 8, "module_no_note"); /* another owner */
	with_word(at - 12, UINT32_MAX, "module_note");
	with_word(at - 12, 0x7fffffff, "module_note");
	with_word(at - 8, UINT32_MAX, "module_note");
	with_word(at - 8, UINT32_MAX - 3, "module_note");
	with_word(at - 8, 0, "module_note");
	with_word(at - 8, 39, "module_note");
	with_word(at - 8, 44, "module_note");
	with_word(at - 4, 7, "module_no_note"); /* another type */
	with_word(at, 0, "module_no_note");
	with_word(at + 20, 0, "module_note"); /* no name */
	char name[SG_NOTE_NAME];
	memcpy(name, at + 20, sizeof(name));
	memset(at + 20, 'x', sizeof(name));
	CU_ASSERT_STRING_EQUAL(read_copy(bytes, size, &note), "module_note");
	memcpy(at + 20, name, sizeof(name));
}

static void
changed_heads(void)
{
	struct sg_note note;
	ElfW(Ehdr) good, head;
	need_file();
	memcpy(&good, bytes, sizeof(good));
#define CHANGE(member, value, code)                                                                                    \
	do {                                                                                                           \
		head = good;                                                                                           \
		head.member = (value);                                                                                 \
		memcpy(bytes, &head, sizeof(head));                                                                    \
		const char *got = read_copy(bytes, size, &note);                                                       \
		memcpy(bytes, &good, sizeof(good));                                                                    \
		CU_ASSERT_STRING_EQUAL(got, code);                                                                     \
	} while (0)
	CHANGE(e_ident[0], 'M', "module_elf");
	CHANGE(e_ident[EI_CLASS], sizeof(void *) == 8 ? ELFCLASS32 : ELFCLASS64, "module_elf");
	CHANGE(e_ident[EI_DATA], ELFDATA2MSB, "module_elf");
	CHANGE(e_type, ET_EXEC, "module_elf");
	CHANGE(e_type, ET_REL, "module_elf");
	CHANGE(e_phentsize, 1, "module_elf");
	CHANGE(e_shentsize, 0, "module_elf");
	CHANGE(e_phoff, size, "module_elf");
	CHANGE(e_phoff, UINT64_MAX, "module_elf");
	CHANGE(e_phnum, 0, "module_no_note");
	CHANGE(e_phnum, 0xffff, "module_elf");
	CHANGE(e_shoff, size - 1, "module_elf");
	CHANGE(e_shoff, UINT64_MAX - 8, "module_elf");
	CHANGE(e_shnum, 0, "module_symbols");
#undef CHANGE
}

/* Any byte of the headers, set to some values: an answer with a code, no crash (run with a sanitizer to see more). */
static void
any_byte(void)
{
	static const unsigned char values[] = {0, 1, 0x7f, 0x80, 0xff};
	struct sg_note note;
	size_t answers = 0;
	need_file();
	for (size_t i = 0; i < size; i += i < 1500 || i + 2500 > size ? 1 : 97)
		for (size_t v = 0; v < sizeof(values); v++) {
			char was = bytes[i];
			bytes[i] = (char)values[v];
			const char *code = read_copy(bytes, size, &note);
			bytes[i] = was;
			answers += strcmp(code, "ok") == 0 || strncmp(code, "module_", 7) == 0;
			CU_ASSERT_FATAL(code != NULL);
		}
	CU_ASSERT(answers > 5000);
}

static void
kinds(void)
{
	for (uint32_t kind = 1; kind <= 5; kind++)
		CU_ASSERT(sg_kind_named(sg_kind_name(kind)) == kind);
	CU_ASSERT(sg_kind_name(0) == NULL && sg_kind_name(6) == NULL && sg_kind_named("policy") == 0 &&
		  sg_kind_named("") == 0);
}

SG_CASES("module.note", {"a good file", a_good_file}, {"every cut is refused", every_cut_is_refused},
	 {"changed notes", changed_notes}, {"changed heads", changed_heads}, {"any byte", any_byte}, {"kinds", kinds})
