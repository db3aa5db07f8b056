/* SPDX-License-Identifier: Apache-2.0
 * Finding stepgated and running it. */
#include "ctl/daemon.h"

#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

bool
sg_daemon_here(char out[SG_DAEMON_PATH])
{
	ssize_t len = readlink("/proc/self/exe", out, SG_DAEMON_PATH - 1);
	if (len <= 0)
		return false;
	out[len] = '\0';
	char *slash = strrchr(out, '/');
	if (slash == NULL)
		return false;
	*slash = '\0';
	return true;
}

void
sg_daemon_find(const char *program, char out[SG_DAEMON_PATH])
{
	static const char *const places[] = {"", "/../sbin"};
	char here[SG_DAEMON_PATH];
	for (size_t i = 0; sg_daemon_here(here) && i < 2; i++)
		if (snprintf(out, SG_DAEMON_PATH, "%.1100s%s/%s", here, places[i], program) < SG_DAEMON_PATH &&
		    access(out, X_OK) == 0)
			return;
	snprintf(out, SG_DAEMON_PATH, "%s", program);
}

static void
run(const char *program, const char *const *arguments)
{
	char path[SG_DAEMON_PATH];
	size_t count = 0;
	while (arguments[count] != NULL)
		count++;
	const char **argv = calloc(count + 2, sizeof(*argv));
	if (argv == NULL)
		return;
	argv[0] = path;
	memcpy(argv + 1, arguments, count * sizeof(*argv));
	sg_daemon_find(program, path);
	execvp(path, (char *const *)argv);
	free(argv);
}

int
sg_daemon_become(const struct sg_ctl *ctl, const char *program, const char *const *arguments)
{
	fflush(stdout);
	run(program, arguments);
	return sg_ctl_fail(ctl, SG_CTL_INTERNAL, "no_program", "it is looked for beside stepgate, then in PATH; the package of its name brings it",
			   "%s: %s", program, strerror(errno));
}

int
sg_daemon_read(const char *program, const char *const *arguments, bool silent, struct sg_buf *out)
{
	int ends[2], status = 0;
	if (pipe(ends) != 0)
		return -1;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		if (silent)
			dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
		run(program, arguments);
		fprintf(stderr, "stepgate: %s: %s\n", program, strerror(errno));
		_exit(127);
	}
	close(ends[1]);
	for (ssize_t n = 1; pid > 0 && n > 0;) {
		char *to = sg_buf_reserve(out, 64 << 10);
		n = to == NULL ? 0 : read(ends[0], to, 64 << 10);
		out->len += n > 0 ? (size_t)n : 0;
		n = n < 0 && errno == EINTR ? 1 : n;
	}
	close(ends[0]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int
sg_daemon_config(const struct sg_ctl *ctl, const char *file, struct sg_buf *text, struct sg_arena *arena,
		 const struct sg_json **json)
{
	const char *vendor = ctl->option[SG_CTL_OPTION_vendor];
	const char *arguments[] = {"-c", file, "--print-config", vendor != NULL ? "--vendor" : NULL, vendor, NULL};
	struct sg_json_limits limits = {.bytes = SG_DAEMON_DOCUMENT, .nodes = 1 << 20};
	int status = sg_daemon_read("stepgated", arguments, false, text);
	if (status != 0)
		return sg_ctl_fail(ctl, status == SG_CTL_CONFIG ? SG_CTL_CONFIG : SG_CTL_INTERNAL, "config", "",
				   "%s: the configuration cannot be used", file);
	struct sg_str whole = sg_buf_view(text);
	while (whole.len > 0 && whole.ptr[whole.len - 1] == '\n')
		whole.len--;
	if (sg_canon_parse(arena, whole, &limits, json, NULL) != SG_OK)
		return sg_ctl_fail(ctl, SG_CTL_INTERNAL, "config", "", "stepgated printed no configuration");
	return SG_CTL_OK;
}
