/* SPDX-License-Identifier: Apache-2.0
 * What ABI 1 is in bytes: size of every struct, offset of every member, value of every enumerator, as tests/module/abi.txt has them. Once
 * released, only these may change there: a struct's size, by members behind the last; rows that are new. All else raises SG_ABI. */
#include "unit/cases.h"

#include <stepgate/attest.h>
#include <stepgate/audit.h>
#include <stepgate/issue.h>
#include <stepgate/prove.h>
#include <stepgate/verify.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static char made[32768];

#define STRUCT(s) say("struct " #s " %zu\n", sizeof(struct s));
#define MEMBER(s, m) say("  " #m " %zu+%zu\n", offsetof(struct s, m), sizeof(((struct s *)0)->m));
#define VALUE(v) say(#v " %lld\n", (long long)(v));

__attribute__((format(printf, 1, 2))) static void
say(const char *format, ...)
{
	va_list args;
	size_t at = strlen(made);
	va_start(args, format);
	vsnprintf(made + at, sizeof(made) - at, format, args);
	va_end(args);
}

static void
write_structs(void)
{
#include "abi_rows.h"
}

static char *
read_file(const char *path)
{
	static char text[1 << 17];
	FILE *file = fopen(path, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

static void
sizes_and_offsets(void)
{
	made[0] = '\0';
	write_structs();
	if (sizeof(void *) != 8) {
		printf("NOT RUN: abi.txt is of machines with 64 bits\n");
		return;
	}
	bool same = strcmp(made, read_file(SG_SOURCE_DIR "/tests/module/abi.txt")) == 0;
	if (!same) {
		FILE *file = fopen(SG_BUILD_DIR "/abi.txt", "w");
		CU_ASSERT_PTR_NOT_NULL_FATAL(file);
		fputs(made, file);
		fclose(file);
		printf("\nThe ABI is another now: diff tests/module/abi.txt %s/abi.txt\n"
		       "Behind the last member of a struct that begins with `size`, or a new enumerator: take the new file, add a line with the day to the list\n"
		       "behind \"Versions\" in stepgate/module.h. Anything else: raise SG_ABI there as well.\n",
		       SG_BUILD_DIR);
	}
	CU_ASSERT(same);
}

/* ---- nothing of the headers is left out ---- */

static const char *const headers[] = {"types.h", "module.h", "attest.h", "issue.h", "verify.h", "audit.h", "prove.h"};

static void
blank_comments(char *text)
{
	for (char *at = text; (at = strstr(at, "/*")) != NULL;) {
		char *end = strstr(at, "*/");
		CU_ASSERT_PTR_NOT_NULL_FATAL(end);
		memset(at, ' ', (size_t)(end + 2 - at));
	}
}

static bool
has_row(const char *format, const char *name)
{
	char row[128], first[128];
	snprintf(row, sizeof(row), format, name);
	snprintf(first, sizeof(first), "%s", row + 1);
	return strstr(made, row) != NULL || strncmp(made, first, strlen(first)) == 0;
}

/* The last word before each of , ; [ ) or = within `body`; function pointers as (*name). */
static size_t
members(char *body)
{
	size_t count = 0;
	for (char *part = strtok(body, ";"); part != NULL; part = strtok(NULL, ";")) {
		char *pointer = strstr(part, "(*");
		char *name = pointer != NULL ? pointer + 2 : part;
		if (pointer != NULL)
			name[strcspn(name, ")")] = '\0';
		for (char *rest = name; rest != NULL && *rest != '\0';) {
			char *comma = strchr(rest, ',');
			if (comma != NULL)
				*comma = '\0';
			rest[strcspn(rest, "[")] = '\0';
			size_t len = strlen(rest);
			while (len > 0 && isspace((unsigned char)rest[len - 1]))
				rest[--len] = '\0';
			while (len > 0 && (isalnum((unsigned char)rest[len - 1]) || rest[len - 1] == '_'))
				len--;
			if (rest[len] != '\0') {
				count++;
				if (!has_row("\n  %s ", rest + len))
					printf("no row for member %s\n", rest + len);
				CU_ASSERT(has_row("\n  %s ", rest + len));
			}
			rest = comma != NULL ? comma + 1 : NULL;
		}
	}
	return count;
}

static size_t
structs_of(char *text)
{
	size_t count = 0;
	char name[64];
	for (char *at = text; (at = strstr(at, "\nstruct ")) != NULL; at++) {
		int taken = 0;
		if (sscanf(at, "\nstruct %63[a-z_] {%n", name, &taken) != 1 || taken == 0)
			continue;
		static char body[8192];
		const char *end = strstr(at + taken, "\n}");
		CU_ASSERT_PTR_NOT_NULL_FATAL(end);
		snprintf(body, sizeof(body), "%.*s", (int)(end - at - taken), at + taken);
		if (!has_row("\nstruct %s ", name))
			printf("no row for struct %s\n", name);
		CU_ASSERT(has_row("\nstruct %s ", name));
		CU_ASSERT(members(body) > 0);
		count++;
	}
	return count;
}

static size_t
enumerators_of(const char *text)
{
	size_t count = 0;
	char name[64];
	for (const char *at = text; (at = strstr(at, "\nenum ")) != NULL; at++) {
		const char *end = strchr(at, '}'), *one = strchr(at, '{');
		for (; one != NULL && one < end && (one = strstr(one, "SG_")) != NULL && one < end; one += strlen(name)) {
			CU_ASSERT_FATAL(sscanf(one, "%63[A-Za-z0-9_]", name) == 1);
			if (!has_row("\n%s ", name))
				printf("no row for %s\n", name);
			CU_ASSERT(has_row("\n%s ", name));
			count++;
		}
	}
	return count;
}

static void
nothing_is_left_out(void)
{
	size_t structs = 0, values = 0;
	char path[512];
	made[0] = '\0';
	write_structs();
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		snprintf(path, sizeof(path), SG_SOURCE_DIR "/core/include/stepgate/%s", headers[i]);
		char *text = read_file(path);
		blank_comments(text);
		values += enumerators_of(text);
		structs += structs_of(text);
	}
	CU_ASSERT(structs >= 20);
	CU_ASSERT(values >= 30);
}

SG_CASES("module.abi", {"sizes and offsets", sizes_and_offsets}, {"nothing of the headers is left out", nothing_is_left_out})
