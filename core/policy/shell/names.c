/* SPDX-License-Identifier: Apache-2.0
 * Commands after which the words of a line no longer say what is done. By name, with or without a path before it; what is missing here is for a rule, which knows
 * the programs that it lets pass. Those of dash, bash, zsh and ksh stand together. */
#include "policy/shell/in.h"

#include "base/str.h"

static const char *const reserved[] = {
	"!",  "[[",   "]]", "case", "coproc", "do",   "done", "elif",   "else",   "end",   "esac", "fi",    "for",  "foreach",
	"function", "if", "in", "nocorrect", "noglob", "repeat", "select", "then", "time", "until", "while", NULL,
};

static const char *const builtins[] = {
	"-",       ".",        "alias",     "autoload", "bg",      "bind",    "builtin",  "caller",  "chdir",  "command", "compgen", "complete", "compopt",
	"declare", "dirs",     "disable",   "disown",   "emulate", "enable",  "eval",     "exec",    "export", "fc",      "fg",      "float",    "functions",
	"getopts", "hash",     "history",   "integer",  "jobs",    "let",     "local",    "logout",  "mapfile", "nameref", "popd",   "pushd",    "read",
	"readarray", "readonly", "rehash",  "sched",    "set",     "setopt",  "shift",    "shopt",   "source", "suspend", "trap",    "typeset",  "unalias",
	"unfunction", "unset", "unsetopt",  "vared",    "wait",    "zle",     "zmodload", NULL,
};

static const char *const shells[] = {
	"ash", "bash", "busybox", "cmd", "csh", "dash", "elvish", "fish", "ksh", "ksh93", "lksh", "mksh", "nu", "osh", "powershell", "pwsh", "rbash", "rksh",
	"rzsh", "sash", "sh", "tcsh", "toybox", "xonsh", "yash", "zsh", NULL,
};

static const char *const wrappers[] = {
	"at",      "batch",  "bwrap",    "capsh",  "chroot", "chrt",   "dbus-run-session", "direnv", "doas", "entr",   "env",     "fakechroot", "fakeroot",
	"firejail", "flock", "gdb",      "ionice", "ltrace", "nice",   "nohup",  "nsenter", "numactl", "parallel", "pkexec", "proot", "rlwrap", "run-parts",
	"runuser", "script", "setarch",  "setpriv", "setsid", "setuidgid", "softlimit", "start-stop-daemon", "stdbuf", "strace", "su", "sudo", "systemd-run",
	"taskset", "time",   "timeout",  "unbuffer", "unshare", "valgrind", "watch", "xargs", "xvfb-run", NULL,
};

static bool
stands_in(const char *const *names, struct sg_str name)
{
	for (size_t i = 0; names[i] != NULL; i++)
		if (sg_str_is(name, names[i]))
			return true;
	return false;
}

bool
sg_shell_is_reserved(struct sg_str word)
{
	return stands_in(reserved, word);
}

static struct sg_str
last_part(struct sg_str path)
{
	struct sg_str rest = path;
	while (rest.ptr != NULL)
		path = sg_str_cut(&rest, '/');
	return path;
}

/* A pattern that could become one of its own words counts as one. */
static bool
find_acts(const struct sg_shell_word *words, size_t count)
{
	static const char *const acts[] = {"-delete", "-exec", "-fls", "-fprint", "-ok", NULL};
	for (size_t i = 1; i < count; i++) {
		if (words[i].mark == SG_SHELL_PATTERN && strchr("-*?[", words[i].text.ptr[0]) != NULL)
			return true;
		for (size_t k = 0; acts[k] != NULL; k++)
			if (sg_str_starts(words[i].text, acts[k]))
				return true;
	}
	return false;
}

/* `printf -v NAME` and `test -v NAME` look into NAME, and a subscript in it is computed. */
static bool
names_variable(const struct sg_shell_word *words, size_t count)
{
	bool tests = sg_str_is(words[0].text, "test") || sg_str_is(words[0].text, "[");
	for (size_t i = 1; i < count; i++) {
		if (words[i].mark == SG_SHELL_PATTERN)
			return true;
		if (sg_str_starts(words[i].text, "-v") || (tests && sg_str_is(words[i].text, "-R")))
			return true;
	}
	return false;
}

enum sg_shell_code
sg_shell_refuses(const struct sg_shell_word *words, size_t count)
{
	struct sg_str name = last_part(words[0].text);
	if (stands_in(builtins, name) || words[0].text.ptr[0] == '%') /* %1 is fg */
		return SG_SHELL_builtin;
	if (stands_in(shells, name))
		return SG_SHELL_shell;
	if (stands_in(wrappers, name))
		return SG_SHELL_wrapper;
	if (sg_str_is(name, "find") && find_acts(words, count))
		return SG_SHELL_find;
	bool looks = sg_str_is(name, "printf") || sg_str_is(name, "test") || sg_str_is(name, "[");
	return looks && names_variable(words, count) ? SG_SHELL_builtin : SG_SHELL_read;
}
