/* SPDX-License-Identifier: Apache-2.0
 * The reader of command lines: what it reads, as one text, what it refuses with which code, and its bounds. */
#include "unit/policy/world.h"

#include "policy/shell/shell.h"

static const struct sg_str allowed[] = {{"CI", 2}, {"NODE_ENV", 8}};

static struct sg_shell *
read_line(struct sg_str line)
{
	struct sg_shell *shell = malloc(sg_shell_room(line.len));
	CU_ASSERT_PTR_NOT_NULL_FATAL(shell);
	bool read = sg_shell_read(line, allowed, 2, shell);
	CU_ASSERT_EQUAL(read, shell->code == SG_SHELL_read);
	return shell;
}

static void
write_word(struct sg_buf *out, const char *before, const struct sg_shell_word *word)
{
	static const char *const marks[] = {"", "*", "~"};
	sg_buf_printf(out, "%s[%.*s]%s", before, SG_STR_ARG(word->text), marks[word->mark]);
}

/* git [git][status] in sub; > [x]: what joins it, words, assignments, redirections, folder. */
static void
write_command(struct sg_buf *out, const struct sg_shell *shell, const struct sg_shell_command *c)
{
	sg_buf_printf(out, "%s%s", c->after, c->after[0] != '\0' ? " " : "");
	for (size_t i = 0; i < c->assignments; i++)
		sg_buf_printf(out, "%.*s=(%.*s)", SG_STR_ARG(shell->assignments[c->assignment + i].name), SG_STR_ARG(shell->assignments[c->assignment + i].value));
	for (size_t i = 0; i < c->words; i++)
		write_word(out, "", &shell->words[c->word + i]);
	for (size_t i = 0; i < c->redirections; i++) {
		const struct sg_shell_redirection *at = &shell->redirections[c->redirection + i];
		sg_buf_printf(out, " %d%s", at->fd, at->operator);
		write_word(out, "", &at->target);
	}
	if (c->timed)
		sg_buf_text(out, " timed");
	if (!c->folder_known || c->folder.len > 0)
		sg_buf_printf(out, " in %.*s", SG_STR_ARG(c->folder_known ? c->folder : SG_STR("?")));
	sg_buf_text(out, "\n");
}

static const struct {
	const char *line, *want; /* as written above, or the code alone */
} rows[] = {
	{"git status", "[git][status]\n"},
	{" \t git\tstatus ;\n\n", "[git][status]\n"},
	{"a 'b c' \"d e\" f\\ g h'i'\"j\"", "[a][b c][d e][f g][hij]\n"},
	{"a \"\" ''", "[a][][]\n"},
	{"a \"x\\$y\\`z\\\"\\\\\\n\"", "[a][x$y`z\"\\\\n]\n"},
	{"a 'x$(y)`z`!'", "[a][x$(y)`z`!]\n"},
	{"a \"(foo$|bar$)\" x$ \"$ 5\" hi!", "[a][(foo$|bar$)][x$][$ 5][hi!]\n"},
	{"a && b || c | d; e\nf", "[a]\n&& [b]\n|| [c]\n| [d]\n; [e]\n; [f]\n"},
	{"a &&\n\n b |\n c", "[a]\n&& [b]\n| [c]\n"},
	{"git pu\\\nsh \\\n --force", "[git][push][--force]\n"},
	{"a b\\\n c\\\n\td 'e'\\\n 'f'", "[a][b][c][d][e][f]\n"},
	{"a>b 2>&1 >>c <d 2>/dev/null x", "[a][x] 1>[b] 2>&[1] 1>>[c] 0<[d] 2>[/dev/null]\n"},
	{"cat</etc/passwd", "[cat] 0<[/etc/passwd]\n"},
	{"> x", " 1>[x]\n"},
	{"echo 2 >x y2>z", "[echo][2][y2] 1>[x] 1>[z]\n"},
	{"echo '2'>x \\2>y", "[echo][2][2] 1>[x] 1>[y]\n"},
	{"a *.c b?d e[f] '*' \\? ~/x ~ '~/y' HEAD~1 HEAD@{1} @{u} x]", "[a][*.c]*[b?d]*[e[f]]*[*][?][~/x]~[~]~[~/y][HEAD~1][HEAD@{1}][@{u}][x]]\n"},
	{"[ -f x ] && test -d y", "[[][-f][x][]]\n&& [test][-d][y]\n"},
	{"echo x > ~/.bashrc", "[echo][x] 1>[~/.bashrc]~\n"},
	{"CI=1 NODE_ENV='a b' npm test A=b", "CI=(1)NODE_ENV=(a b)[npm][test][A=b]\n"},
	{"timeout 60 pytest -q; timeout 1.5m ls", "[pytest][-q] timed\n; [ls] timed\n"},
	{"timeout 5 cd x && ls", "[cd][x] timed\n&& [ls]\n"},
	{"cat <<'EOF' > x | wc\n$(id) 'b\nEOF\nls", "[cat] 0<<[$(id) 'b\n] 1>[x]\n| [wc]\n; [ls]\n"},
	{"cat <<\"A_1\" <<'B'\n1\nA_1\n2\nB", "[cat] 0<<[1\n] 0<<[2\n]\n"},
	{"cat <<'EOF'\nEOF", "[cat] 0<<[]\n"},
	{"git commit -m \"$(cat <<'EOF'\na \"b\" ) $c\n\n\nEOF\n)\" -q", "[git][commit][-m][a \"b\" ) $c][-q]\n"},
	{"a \"$(cat  << 'E'  \nx\nE\n\n  )\"y", "[a][xy]\n"},
	{"cd a/./b && ls; ls", "[cd][a/./b]\n&& [ls] in a/b\n; [ls] in ?\n"},
	{"cd a && cd .. && cd ../c && ls | wc", "[cd][a]\n&& [cd][..] in a\n&& [cd][../c]\n&& [ls] in ../c\n| [wc] in ../c\n"},
	{"cd /x//y/../.. && cd .. && cd z && ls", "[cd][/x//y/../..]\n&& [cd][..] in /\n&& [cd][z] in /\n&& [ls] in /z\n"},
	{"cd ../.. && cd ../x && a || b && c", "[cd][../..]\n&& [cd][../x] in ../..\n&& [a] in ../../../x\n|| [b] in ?\n&& [c] in ?\n"},
	{"a || cd x && b", "[a]\n|| [cd][x]\n&& [b] in ?\n"},
	{"cd a; cd /b && c; cd d && e", "[cd][a]\n; [cd][/b] in ?\n&& [c] in /b\n; [cd][d] in ?\n&& [e] in ?\n"},
	{"cd aa && cd bb && ls", "[cd][aa]\n&& [cd][bb] in aa\n&& [ls] in aa/bb\n"},
	{"echo \"\303\251\"", "[echo][\303\251]\n"},
	{"\"if\" x; 'eval\\' y", "[if][x]\n; [eval\\][y]\n"},
	{"find . -name '*.c' -type f", "[find][.][-name][*.c][-type][f]\n"},
	{"a#b x#", "[a#b][x#]\n"},
	/* refused */
	{"", "empty"}, {" \n ", "empty"}, {"a;;b", "reserved"}, {"; a", "empty"}, {"a && && b", "empty"}, {"| a", "empty"}, {"a ; ; b", "empty"}, {"a\n; b", "empty"},
	{"a &&", "unfinished"}, {"a |\n", "unfinished"}, {"a 'b", "unfinished"}, {"a \"b", "unfinished"}, {"a \"b\\", "unfinished"}, {"a \\", "unfinished"}, {"cat <<'E'\nx", "unfinished"},
	{"cat <<'E'", "unfinished"}, {"a \"$(cat <<'E'\nx", "unfinished"},
	{"a\rb", "control"}, {"a \033[1m", "control"}, {"a 'b\001'", "control"}, {"a \177", "control"}, {"a \377", "utf8"}, {"a '\300\257'", "utf8"}, {"a '\355\240\200'", "utf8"},
	{"a '\342\200\256b'", "hidden"}, {"a\342\200\213b", "hidden"}, {"ls\302\240-la", "letters"}, {"ls\357\274\233 id", "letters"}, {"a \\\303\251", "letters"}, {"caf\303\251", "letters"},
	{"a $x", "expansion"}, {"a ${x}", "expansion"}, {"a \"$x\"", "expansion"}, {"a $?", "expansion"}, {"a $'x'", "expansion"}, {"a $\"x\"", "expansion"}, {"$x", "expansion"},
	{"a $(id)", "substitution"}, {"a \"$(id)\"", "substitution"}, {"a `id`", "substitution"}, {"a \"`id`\"", "substitution"}, {"a <(id)", "substitution"}, {"a >(id)", "substitution"},
	{"a $((1+1))", "substitution"}, {"a \"x$(cat <<'E'\ny\nE\n)\"", "substitution"}, {"a $(cat <<'E'\ny\nE\n)", "substitution"}, {"a \"$(cat <<'E'\ny\nE\n) \"", "substitution"},
	{"a \"$(cat x <<'E'\ny\nE\n)\"", "substitution"}, {"a \"$(cat <<'E' | sh\ny\nE\n)\"", "substitution"}, {"a \"$(cat <<'E'\ny\nE\nid)\"", "substitution"}, {"a \"$(cat <<E\ny\nE\n)\"", "heredoc"},
	{"a {b,c}", "braces"}, {"{ a; }", "braces"}, {"a {}", "braces"}, {"a x}", "braces"}, {"a @{1..2}", "braces"}, {"a @{b,c}", "braces"}, {"a x{1}", "braces"},
	{"a ~b", "tilde"}, {"a ~+", "tilde"}, {"a ~\"/x\"", "tilde"}, {"a b=~/x", "tilde"}, {"a x:~/y", "tilde"}, {"a ~/*", "tilde"}, {"~/x", "tilde"},
	{"a =b", "equals"}, {"*x a", "pattern"}, {"a > *.c", "pattern"}, {"[a] b", "pattern"}, {"A[0]=x b", "pattern"},
	{"a !b", "history"}, {"a \"b!c\"", "history"}, {"!!", "history"}, {"^a^b", "history"}, {"! a", "reserved"}, {"a # b", "comment"}, {"#a", "comment"}, {"a >#b", "comment"},
	{"(a)", "group"}, {"a()", "group"}, {"a (b)", "group"}, {"a @(b|c)", "group"}, {"CI=(x) a", "group"}, {"a &", "background"}, {"a & b", "background"}, {"a &> b", "background"},
	{"a |& b", "redirection"}, {"a >| b", "redirection"}, {"a <> b", "redirection"}, {"a <<< b", "redirection"}, {"a >&b", "redirection"}, {"a 2>&-", "redirection"}, {"a 2>&1x", "redirection"},
	{"a <&3", "redirection"}, {"a 12>b", "redirection"}, {"a >", "redirection"}, {"a > ''", "redirection"}, {"a >;b", "redirection"}, {"a <1-9>b", "redirection"}, {"a >! b", "redirection"},
	{"a 2>&1>b", "redirection"}, {"a 3<<'E'\nE\n", "redirection"},
	{"cat <<E\nx\nE\n", "heredoc"}, {"cat <<-'E'\nE\n", "heredoc"}, {"cat <<\\E\nE\n", "heredoc"}, {"cat <<'E'x\nE\n", "heredoc"}, {"cat <<'a b'\n", "heredoc"}, {"cat <<''\n\n", "heredoc"},
	{"cat <<'E' 'a\nb'\nE\n", "heredoc"}, {"cat <<'E' \"a\nb\"\nE\n", "heredoc"}, {"cat <<'E' \\\nx\nE\n", "heredoc"}, {"cat <<'E' \"$(cat <<'F'\nF\n)\"\nE\n", "substitution"},
	{"if a; then b; fi", "reserved"}, {"for x in y; do z; done", "reserved"}, {"while a; do b; done", "reserved"}, {"case x in y) z;; esac", "reserved"}, {"function f", "reserved"},
	{"[[ a ]]", "reserved"}, {"time a", "reserved"}, {"coproc a", "reserved"}, {"a && if b", "reserved"}, {"a;& b", "reserved"},
	{"%1", "builtin"}, {"eval a", "builtin"}, {". a", "builtin"}, {"source a", "builtin"}, {"exec a", "builtin"}, {"trap a EXIT", "builtin"}, {"alias a=b", "builtin"}, {"command a", "builtin"}, {"builtin a", "builtin"},
	{"export A=b", "builtin"}, {"set -x", "builtin"}, {"e'va'l a", "builtin"}, {"\\eval a", "builtin"}, {"read x", "builtin"}, {"printf -v x y", "builtin"}, {"test -v 'a[$(id)]'", "builtin"},
	{"[ -v x ]", "builtin"}, {"printf *", "builtin"}, {"a | while read x", "reserved"}, {"unset a", "builtin"}, {"chdir x", "builtin"}, {"pushd x", "builtin"},
	{"sh -c a", "shell"}, {"/bin/bash x.sh", "shell"}, {"zsh", "shell"}, {"a | dash", "shell"}, {"busybox ls", "shell"},
	{"env a", "wrapper"}, {"sudo a", "wrapper"}, {"nohup a", "wrapper"}, {"a | xargs b", "wrapper"}, {"/usr/bin/env a", "wrapper"}, {"timeout -k 5 5 a", "wrapper"}, {"timeout 5", "wrapper"},
	{"timeout 5 timeout 5 a", "wrapper"}, {"timeout x a", "wrapper"}, {"timeout 5 sh", "shell"}, {"timeout 5 eval a", "builtin"}, {"/usr/bin/timeout 5 a", "wrapper"}, {"timeout 5 *", "pattern"},
	{"find . -delete", "find"}, {"find . -exec a {} +", "braces"}, {"find . -exec a '{}' +", "find"}, {"find . -execdir a", "find"}, {"find . -ok a", "find"}, {"find . -fprintf a b", "find"}, {"find * -name a", "find"},
	{"A=b c", "assignment"}, {"CI=1", "assignment"}, {"CI=1; a", "assignment"}, {"CI+=1 a", "assignment"}, {"PATH=. a", "assignment"}, {"CI=* a", "assignment"}, {"CI=1 >x", "assignment"},
	{"cd", "folder"}, {"cd -", "folder"}, {"cd a b", "folder"}, {"cd ~", "folder"}, {"cd a*", "folder"}, {"cd a | b", "folder"}, {"b | cd a", "folder"}, {"cd ''", "folder"}, {"CI=1 cd a", "folder"}, {"cd -P a", "folder"},
	{"'' a", "empty"}, {"\"\"", "empty"},
};

static void
lines(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sg_buf got;
		struct sg_shell *shell = read_line(sg_str(rows[i].line));
		sg_buf_init(&got, 1 << 16);
		if (shell->code != SG_SHELL_read)
			sg_buf_text(&got, sg_shell_code_word(shell->code));
		for (size_t k = 0; shell->code == SG_SHELL_read && k < shell->command_count; k++)
			write_command(&got, shell, &shell->commands[k]);
		bool good = sg_str_is(sg_buf_view(&got), rows[i].want);
		if (!good)
			fprintf(stderr, "  %s\n    is read as %.*s\n    not as %s\n", rows[i].line, SG_STR_ARG(sg_buf_view(&got)), rows[i].want);
		CU_ASSERT_TRUE(good);
		sg_buf_done(&got);
		free(shell);
	}
}

/* `count` times `part`, behind `head`. */
static enum sg_shell_code
code_of(const char *head, const char *part, size_t count, const char *tail)
{
	struct sg_buf line;
	sg_buf_init(&line, 1 << 20);
	sg_buf_text(&line, head);
	for (size_t i = 0; i < count; i++)
		sg_buf_text(&line, part);
	sg_buf_text(&line, tail);
	struct sg_shell *shell = read_line(sg_buf_view(&line));
	enum sg_shell_code code = shell->code;
	free(shell);
	sg_buf_done(&line);
	return code;
}

static void
bounds(void)
{
	static const struct {
		const char *head, *part, *tail;
		size_t most;
		enum sg_shell_code code;
	} limits[] = {
		{"a ", "b", "", SG_SHELL_LINE - 2, SG_SHELL_too_long},
		{"a", ";a", "", SG_SHELL_COMMANDS - 1, SG_SHELL_too_many},
		{"a", " b", "", SG_SHELL_WORDS - 1, SG_SHELL_too_many},
		{"a", " >b", "", SG_SHELL_REDIRECTIONS, SG_SHELL_too_many},
		{"", "CI=1 ", "a", SG_SHELL_ASSIGNMENTS, SG_SHELL_too_many},
		{"cat <<'A' <<'B' <<'C'", " <<'D'", "\nA\nB\nC\nD\n", 1, SG_SHELL_too_many},
		{"cd ", "b", " && c", SG_SHELL_FOLDER - 1, SG_SHELL_folder},
		{"a \"$(", "cat <<'E'\nx\nE\n", ")\"", SG_SHELL_NESTING, SG_SHELL_substitution},
	};
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		CU_ASSERT_EQUAL(code_of(limits[i].head, limits[i].part, limits[i].most, limits[i].tail), SG_SHELL_read);
		CU_ASSERT_EQUAL(code_of(limits[i].head, limits[i].part, limits[i].most + 1, limits[i].tail), limits[i].code);
	}
	CU_ASSERT_EQUAL(code_of("a", ";a b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b", 31, ""), SG_SHELL_read);
	CU_ASSERT_EQUAL(code_of("a b", ";a b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b b", 31, ""), SG_SHELL_too_many);
}

static void
in_rules(void)
{
	static const struct {
		const char *expression, *want;
	} says[] = {
		{"#('a; b'):shell() == 2 and ('a b'):shell()[1].words[2] == 'b' and ('a b'):shell()[1].name == 'a' and ('>x'):shell()[1].name == ''", MATCHES},
		{"('a *'):shell()[1].marks[2] == 'pattern' and ('a ~'):shell()[1].marks[2] == 'home' and ('a b'):shell()[1].marks[2] == 'plain'", MATCHES},
		{"('a 2>x'):shell()[1].redirections[1].target == 'x' and ('a 2>x'):shell()[1].redirections[1].fd == 2 and ('a 2>~'):shell()[1].redirections[1].mark == 'home'", MATCHES},
		{"('A=b c'):shell({'A'})[1].assignments[1].value == 'b' and ('A=b c'):shell() == nil and ('A=b c'):shell({'B'}) == nil", MATCHES},
		{"('cd x && y'):shell()[2].folder == 'x' and ('cd x && y'):shell()[2].known and ('cd x; y'):shell()[2].known == false and ('cd x; y'):shell()[2].after == ';'", MATCHES},
		{"select(2, ('a $x'):shell()) == 'expansion' and select(3, ('a $x'):shell()):find('$') ~= nil and select(2, ('\\xff'):shell()) == 'utf8' and select(2, ('a\\0'):shell()) == 'control'", MATCHES},
		{"('a b'):shell()[1].word == 'b'", "policy_unknown_field"},
		{"('a >b'):shell()[1].redirections[1].name == 'b'", "policy_unknown_field"},
		{"('a b'):shell({5}) == nil", "policy_error"},
		{"('a b'):shell('A') == nil", "policy_error"},
		{"string.shell(5) == nil", "policy_error"},
	};
	for (size_t i = 0; i < sizeof(says) / sizeof(says[0]); i++) {
		char text[1024];
		snprintf(text, sizeof(text), WHEN("%s"), says[i].expression);
		CU_ASSERT_TRUE(world_says(text, "{}", says[i].want));
	}
}

static void
words_for_codes(void)
{
	for (int code = 0; code <= SG_SHELL_folder; code++)
		CU_ASSERT_TRUE(strlen(sg_shell_code_word((enum sg_shell_code)code)) > 2 && strlen(sg_shell_code_text((enum sg_shell_code)code)) > 10);
}

SG_CASES("policy.shell", {"what is read and what is refused", lines}, {"bounds", bounds}, {"in rules", in_rules}, {"each code has its words", words_for_codes})
