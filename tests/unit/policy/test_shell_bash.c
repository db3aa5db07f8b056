/* SPDX-License-Identifier: Apache-2.0
 * The reader against bash: what is read is run with stubs for programs, and each stub must be given the words, the folder, the standard input, the output files and
 * the assignments that the reader said. Twice, with stubs that succeed and stubs that fail, so that both sides of && and || run. The lines are those of the pack's
 * tests, and some hundred put together by chance. */
#include "unit/cases.h"

#include "base/buf.h"
#include "base/str.h"
#include "policy/shell/shell.h"
#include "policy/spec.h"
#include "base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wformat-truncation" /* a path that is cut is not found, and the test says so */
#endif

#define HOME "/nowhere/home"

enum { CHANCE = 400, PATH = 4096 };

static const struct sg_str allowed[] = {{"CI", 2}, {"NODE_ENV", 8}};
static char top[PATH], bin[PATH], tree[PATH], record[PATH], start_file[PATH];
static int ran;

/* ---- the stub: this program under another name ---- */

static void
put(struct sg_buf *out, const char *name, struct sg_str text)
{
	sg_buf_printf(out, "%s(%.*s)", name, SG_STR_ARG(text));
}

static void
put_link(struct sg_buf *out, const char *name, const char *path)
{
	char target[PATH] = "";
	ssize_t len = readlink(path, target, sizeof(target) - 1);
	put(out, name, (struct sg_str){target, len > 0 ? (size_t)len : 0});
}

static void
put_assigned(struct sg_buf *out)
{
	for (size_t i = 0; i < 2; i++)
		if (getenv(allowed[i].ptr) != NULL)
			put(out, allowed[i].ptr, sg_str(getenv(allowed[i].ptr)));
}

static void
put_input(struct sg_buf *out)
{
	char text[1024];
	sg_buf_text(out, "in(");
	for (ssize_t len; (len = read(STDIN_FILENO, text, sizeof(text))) > 0;)
		sg_buf_add(out, text, (size_t)len);
	sg_buf_text(out, ")");
}

__attribute__((constructor)) static void
stub(int argc, char **argv)
{
	const char *path = getenv("SG_SHELL_STUB"), *status = getenv("SG_SHELL_STATUS");
	struct sg_buf out;
	char folder[PATH] = "";
	if (path == NULL || status == NULL)
		return;
	if (argc == 1 && strcmp(argv[0], "cat") == 0 && lseek(STDOUT_FILENO, 0, SEEK_CUR) < 0) { /* into a pipe: the one in "$(cat ...)" */
		char text[4096];
		for (ssize_t len; (len = read(STDIN_FILENO, text, sizeof(text))) > 0;)
			if (write(STDOUT_FILENO, text, (size_t)len) != len)
				_exit(99);
		_exit(0);
	}
	sg_buf_init(&out, 1 << 20);
	for (int i = 0; i < argc; i++)
		put(&out, "", sg_str(argv[i]));
	put(&out, "at", sg_str(getcwd(folder, sizeof(folder)) != NULL ? folder : ""));
	put_link(&out, "1", "/proc/self/fd/1");
	put_link(&out, "2", "/proc/self/fd/2");
	put_assigned(&out);
	put_input(&out);
	sg_buf_add(&out, "", 1); /* one write, and what parts two records */
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
	_exit(fd >= 0 && write(fd, out.ptr, out.len) == (ssize_t)out.len ? atoi(status) : 99);
}

/* ---- what must come ---- */

/* Names under which a stub can stand, and folders in which it may run: all within the tree. */
static bool
is_inside(struct sg_str path)
{
	return path.len > 0 && path.len < 200 && path.ptr[0] != '/' && memmem(path.ptr, path.len, "..", 2) == NULL;
}

static bool
can_run(const struct sg_shell *shell)
{
	for (size_t i = 0; i < shell->command_count; i++) {
		const struct sg_shell_command *c = &shell->commands[i];
		struct sg_str name = c->words > 0 ? shell->words[c->word].text : SG_STR("x");
		if (!c->folder_known || (c->folder.len > 0 && !is_inside(c->folder)) || !is_inside(name) || memchr(name.ptr, '/', name.len) != NULL)
			return false;
		if (sg_str_is(name, "cat") && c->words == 1 && i + 1 < shell->command_count && strcmp(shell->commands[i + 1].after, "|") == 0)
			return false; /* the stub takes it for the one in a word */
		if (sg_str_is(name, "cd") && !c->timed && (!is_inside(shell->words[c->word + 1].text) || c->redirections > 0))
			return false;
	}
	for (size_t i = 0; i < shell->redirection_count; i++) {
		const struct sg_shell_redirection *at = &shell->redirections[i];
		bool null = sg_str_is(at->target.text, "/dev/null"), file = at->operator[1] == '\0' || sg_str_is(sg_str(at->operator), ">>");
		if (file && at->target.text.ptr[at->target.text.len - 1] == '/')
			return false; /* a folder, and what runs is a question of files */
		if ((file && !null && !is_inside(at->target.text)) || at->target.mark != SG_SHELL_PLAIN || at->fd > 2)
			return false;
		if (!file && at->operator[0] == '>' && at->target.text.ptr[0] > '2')
			return false;
	}
	return true;
}

static void
make_folders(char *path)
{
	for (char *at = path + 1; (at = strchr(at, '/')) != NULL; at++) {
		*at = '\0';
		mkdir(path, 0700);
		*at = '/';
	}
}

static void
make_file(struct sg_str folder, struct sg_str name, const char *last)
{
	char path[PATH];
	snprintf(path, sizeof(path), "%s/%.*s/%.*s%s", tree, SG_STR_ARG(folder), SG_STR_ARG(name), last);
	make_folders(path);
	int fd = last[0] == '\0' ? open(path, O_CREAT | O_WRONLY, 0600) : -1;
	if (fd >= 0)
		close(fd);
}

static void
make_stub(struct sg_str name)
{
	char path[PATH + 256];
	snprintf(path, sizeof(path), "%s/%.*s", bin, SG_STR_ARG(name));
	char self[PATH] = "";
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) > 0 && symlink(self, path) != 0 && errno != EEXIST)
		CU_FAIL("no stub");
}

static void
prepare(const struct sg_shell *shell)
{
	for (size_t i = 0; i < shell->command_count; i++) {
		const struct sg_shell_command *c = &shell->commands[i];
		make_file(c->folder, SG_STR(""), "/");
		if (c->words > 0 && sg_str_is(shell->words[c->word].text, "cd") && !c->timed)
			make_file(c->folder, shell->words[c->word + 1].text, "/");
		else if (c->words > 0)
			make_stub(shell->words[c->word].text);
		for (size_t k = 0; k < c->redirections; k++)
			if (shell->redirections[c->redirection + k].operator[1] != '<' && shell->redirections[c->redirection + k].operator[1] != '&')
				make_file(c->folder, shell->redirections[c->redirection + k].target.text, "");
	}
}

static void
put_word(struct sg_buf *out, const struct sg_shell_word *word)
{
	if (word->mark == SG_SHELL_HOME)
		sg_buf_printf(out, "(%s%.*s)", HOME, (int)word->text.len - 1, word->text.ptr + 1);
	else
		put(out, "", word->text);
}

struct outputs {
	char at[3][PATH];
	struct sg_str input;
};

static void
redirected(const struct sg_shell *shell, const struct sg_shell_command *c, struct outputs *o)
{
	for (size_t i = 0; i < c->redirections; i++) {
		const struct sg_shell_redirection *at = &shell->redirections[c->redirection + i];
		struct sg_str target = at->target.text;
		const char *slash = c->folder.len > 0 ? "/" : "";
		if (strcmp(at->operator, "<<") == 0)
			o->input = target;
		else if (strcmp(at->operator, ">&") == 0)
			memcpy(o->at[at->fd], o->at[target.ptr[0] - '0'], PATH);
		else if (target.ptr[0] == '/')
			snprintf(o->at[at->fd], PATH, "%.*s", SG_STR_ARG(target));
		else
			snprintf(o->at[at->fd], PATH, "%s/%.*s%s%.*s", tree, SG_STR_ARG(c->folder), slash, SG_STR_ARG(target));
		if (at->fd == 0 && at->operator[1] != '<')
			o->input = SG_STR("");
	}
}

static void
put_command(struct sg_buf *out, const struct sg_shell *shell, const struct sg_shell_command *c)
{
	struct outputs o = {.at = {"/dev/null", "/dev/null", "/dev/null"}, .input = SG_STR("")};
	redirected(shell, c, &o);
	for (size_t i = 0; i < c->words; i++)
		put_word(out, &shell->words[c->word + i]);
	sg_buf_printf(out, "at(%s%s%.*s)", tree, c->folder.len > 0 ? "/" : "", SG_STR_ARG(c->folder));
	put(out, "1", sg_str(o.at[1]));
	put(out, "2", sg_str(o.at[2]));
	for (size_t n = 0; n < 2; n++)
		for (size_t i = c->assignments; i > 0; i--)
			if (sg_str_eq(shell->assignments[c->assignment + i - 1].name, allowed[n])) {
				put(out, allowed[n].ptr, shell->assignments[c->assignment + i - 1].value);
				break;
			}
	put(out, "in", o.input);
	sg_buf_add(out, "", 1);
}

static bool
pipes(const struct sg_shell *shell, size_t i)
{
	return i < shell->command_count && strcmp(shell->commands[i].after, "|") == 0;
}

/* The records of what runs, were each program to end with `status`. */
static void
expected(struct sg_buf *out, const struct sg_shell *shell, int status)
{
	bool runs = true;
	int last = 0;
	for (size_t i = 0; i < shell->command_count; i++) {
		const struct sg_shell_command *c = &shell->commands[i];
		bool builtin = c->words == 0 || (sg_str_is(shell->words[c->word].text, "cd") && !c->timed);
		if (!pipes(shell, i))
			runs = strcmp(c->after, "&&") == 0 ? last == 0 : strcmp(c->after, "||") == 0 ? last != 0 : true;
		if (runs && !builtin)
			put_command(out, shell, c);
		if (runs && !pipes(shell, i + 1))
			last = builtin ? 0 : status;
	}
}

/* ---- comparing ---- */

static bool
run(struct sg_str line, int status, bool patterns)
{
	char text[SG_SHELL_LINE + 1], path[PATH + 8], stub_path[PATH + 32], stub_status[32], start[PATH + 16];
	snprintf(text, sizeof(text), "%.*s", SG_STR_ARG(line));
	snprintf(path, sizeof(path), "PATH=%s", bin);
	snprintf(stub_path, sizeof(stub_path), "SG_SHELL_STUB=%s", record);
	snprintf(stub_status, sizeof(stub_status), "SG_SHELL_STATUS=%d", status);
	snprintf(start, sizeof(start), "BASH_ENV=%s", start_file);
	char *argv[] = {"bash", "-c", text, NULL}, *env[] = {path, stub_path, stub_status, start, patterns ? "SG_PATTERNS=yes" : "SG_PATTERNS=no", "HOME=" HOME, "LC_ALL=C.UTF-8", NULL};
	pid_t child = fork();
	if (child == 0) {
		int null = open("/dev/null", O_RDWR);
		for (int fd = 0; fd < 3; fd++)
			dup2(null, fd);
		if (chdir(tree) == 0)
			execve("/bin/bash", argv, env);
		_exit(127);
	}
	int ended;
	return child > 0 && waitpid(child, &ended, 0) == child && WIFEXITED(ended);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Records in an order that does not depend on who of a pipe was first. A pipe is nothing. */
static size_t
split(char *at, size_t len, char **records)
{
	size_t count = 0;
	for (char *end = at + len, *next; at < end && count < SG_SHELL_COMMANDS; at = next) {
		next = at + strlen(at) + 1;
		for (char *pipe; (pipe = strstr(at, "(pipe:[")) != NULL;) {
			char *close = strchr(pipe, ')');
			memcpy(pipe + 1, "/dev/null", 9);
			memmove(pipe + 10, close, strlen(close) + 1);
		}
		records[count++] = at;
	}
	qsort(records, count, sizeof(*records), by_text);
	return count;
}

static bool
same(struct sg_buf *want)
{
	static char got[1 << 20];
	char *wanted[SG_SHELL_COMMANDS], *came[SG_SHELL_COMMANDS];
	int fd = open(record, O_RDONLY);
	ssize_t len = fd >= 0 ? read(fd, got, sizeof(got) - 1) : 0;
	if (fd >= 0)
		close(fd);
	size_t wants = split(want->ptr, want->len, wanted), comes = split(got, len > 0 ? (size_t)len : 0, came);
	for (size_t i = 0; i < wants || i < comes; i++)
		if (i >= wants || i >= comes || strcmp(wanted[i], came[i]) != 0) {
			fprintf(stderr, "    bash: %s\n    read: %s\n", i < comes ? came[i] : "-", i < wants ? wanted[i] : "-");
			return false;
		}
	return true;
}

static int
remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	(void)status, (void)kind, (void)where;
	return remove(path);
}

static void
sweep(void)
{
	unlink(record);
	nftw(tree, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	CU_ASSERT_EQUAL_FATAL(mkdir(tree, 0700), 0);
}

/* They stand for files, and are compared as they are written; what is not marked as one is left to bash. */
static bool
has_patterns(const struct sg_shell *shell)
{
	for (size_t i = 0; i < shell->word_count; i++)
		if (shell->words[i].mark == SG_SHELL_PATTERN)
			return true;
	return false;
}

static void
compare(struct sg_str line)
{
	struct sg_shell *shell = malloc(sg_shell_room(line.len));
	CU_ASSERT_PTR_NOT_NULL_FATAL(shell);
	if (sg_shell_read(line, allowed, 2, shell) && can_run(shell))
		for (int status = 0; status < 2; status++) {
			struct sg_buf want;
			sg_buf_init(&want, 1 << 20);
			sweep();
			prepare(shell);
			expected(&want, shell, status);
			bool good = run(line, status, has_patterns(shell)) && same(&want);
			if (!good)
				fprintf(stderr, "  differs: %.*s\n", SG_STR_ARG(line));
			CU_ASSERT_TRUE(good);
			sg_buf_done(&want);
			ran++;
		}
	free(shell);
}

/* ---- lines ---- */

static void
of_the_pack(void)
{
	static char text[1 << 20];
	struct sg_policy_source source = {SG_STR("coding_test.lua"), {text, 0}};
	struct sg_buf report;
	struct sg_arena arena;
	const struct sg_json *root = NULL;
	const struct sg_json_limits limits = {.bytes = 8 << 20, .depth = 20, .nodes = 100000};
	struct sg_err err;
	FILE *file = fopen(SG_SOURCE_DIR "/lua/stepgate/coding_test.lua", "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	source.text.len = fread(text, 1, sizeof(text), file);
	fclose(file);
	sg_buf_init(&report, SG_SPEC_REPORT);
	sg_arena_init(&arena, 64 << 20);
	CU_ASSERT_EQUAL_FATAL(sg_policy_spec(&source, &report), SG_OK);
	CU_ASSERT_EQUAL_FATAL(sg_json_parse(&arena, sg_buf_view(&report), &limits, &root, &err), SG_OK);
	const struct sg_json *tests = sg_json_get(root, "tests");
	for (const struct sg_json *each = sg_json_first(tests); each != NULL; each = sg_json_next(tests, each)) {
		struct sg_str line;
		if (sg_json_string(sg_json_get(sg_json_get(sg_json_get(each, "ask"), "args"), "command"), &line))
			compare(line);
	}
	sg_arena_done(&arena);
	sg_buf_done(&report);
	printf("%d runs ", ran);
	CU_ASSERT_TRUE(ran > 100);
}

static uint32_t
chance(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static void
by_chance(void)
{
	static const char *const parts[] = {"a", "b c", "'d e'", "\"f\\$g\"", "\"h\\i\"", " ", " ", " ", "\t", ";", "&&", "||", "|", "\n", "\\\n", "\\ ", "\\\\", "2>&1", " >x", "2>y", ">>z", "<i",
		" <<'E' ", "\nq 'r\nE\n", "*", "?", "~", " ~/p", "CI=1 ", "CI=", "{", "}", "@{1}", "!", "#", "$", "\"$(cat <<'E'\nw \"v\nE\n)\"", "timeout 5 ", "cd f && ", "[", "]", "x[1]", "=", "~x", "-",
		"2", ">", "<", "&", "(", ")", "^", "\"", "'", "\"j$ k\"", "\"l!\"", "1>&2 ", ":", "+=", "%", ",", "\"\"", "''", ">/dev/null", "/", "g/h"};
	const char *more = getenv("SG_SHELL_SEED"); /* by hand: other lines, and many */
	uint32_t seed = more != NULL ? (uint32_t)atoi(more) : 14;
	int before = ran, most = more != NULL ? 20 * CHANCE : CHANCE;
	for (int i = 0; ran - before < 2 * most && i < 400 * most; i++) {
		char line[512] = "a ";
		for (uint32_t count = 1 + chance(&seed) % 9; count > 0; count--)
			strcat(line, parts[chance(&seed) % (sizeof(parts) / sizeof(parts[0]))]);
		compare(sg_str(line));
	}
	printf("%d runs ", ran - before);
	CU_ASSERT_TRUE(ran - before >= CHANCE);
}

static bool
begin(void)
{
	snprintf(top, sizeof(top), "/tmp/shell.XXXXXX");
	if (access("/bin/bash", X_OK) != 0 || mkdtemp(top) == NULL)
		return false;
	snprintf(bin, sizeof(bin), "%.1000s/bin", top);
	snprintf(tree, sizeof(tree), "%.1000s/tree", top);
	snprintf(record, sizeof(record), "%.1000s/record", top);
	snprintf(start_file, sizeof(start_file), "%.1000s/start", top);
	FILE *start = fopen(start_file, "w");
	if (start == NULL || mkdir(bin, 0700) != 0)
		return false;
	fprintf(start, "case $SG_PATTERNS in yes) set -f;; esac\nenable -n : echo pwd printf test [ true false type kill umask ulimit exit return break continue times help logout caller let\n");
	fclose(start);
	char path[PATH + 16];
	snprintf(path, sizeof(path), "%s/timeout", bin);
	make_stub(SG_STR("cat"));
	return symlink("/usr/bin/timeout", path) == 0;
}

static void
all(void)
{
	if (!begin()) {
		printf("NOT RUN (no bash) ");
		return;
	}
	of_the_pack();
	by_chance();
	CU_ASSERT_EQUAL(nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

SG_CASES("policy.shell_bash", {"bash sees the words that the reader says", all})
