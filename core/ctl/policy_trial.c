/* SPDX-License-Identifier: Apache-2.0
 * A copy of the policy folder, for stepgated and stepgate-policy to look at. */
#include "ctl/policy_trial.h"

#include "ctl/daemon.h"
#include "ctl/start.h"

#include "base/fd.h"
#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static bool
is_of(const struct sg_pack *packs, size_t count, const char *file)
{
	bool found = false;
	for (size_t i = 0; i < count; i++) {
		char name[SG_PACK_NAME + 16];
		snprintf(name, sizeof(name), "%s.lua", packs[i].name);
		found |= strcmp(name, file) == 0;
	}
	return found;
}

static bool
copy(const char *from, const char *to, const char *name)
{
	char path[SG_PACK_PATH], part[64 << 10];
	ssize_t n = -1;
	snprintf(path, sizeof(path), "%s/%s", from, name);
	int in = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	snprintf(path, sizeof(path), "%s/%s", to, name);
	int out = in < 0 ? -1 : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good = out >= 0;
	while (good && (n = read(in, part, sizeof(part))) > 0)
		good = sg_write_whole(out, (struct sg_str){part, (size_t)n});
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return good && n == 0;
}

static bool
copy_others(const struct sg_pack *packs, size_t count, const char *folder, const char *to)
{
	DIR *dir = opendir(folder);
	bool good = dir != NULL || errno == ENOENT;
	for (struct dirent *e; dir != NULL && good && (e = readdir(dir)) != NULL;) {
		size_t len = strlen(e->d_name);
		if (len > 4 && strcmp(e->d_name + len - 4, ".lua") == 0 && e->d_name[0] != '.' && !is_of(packs, count, e->d_name))
			good = copy(folder, to, e->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	return good;
}

static bool
write_packs(const struct sg_pack *packs, size_t count, const char *to)
{
	bool good = true;
	for (size_t i = 0; i < count && good; i++) {
		char path[SG_PACK_PATH];
		snprintf(path, sizeof(path), "%s/%s.lua", to, packs[i].name);
		good = sg_make_file(path, sg_buf_view(&packs[i].text), 0600) == SG_MAKE_MADE;
	}
	return good;
}

static void
clear(const char *folder)
{
	DIR *dir = opendir(folder);
	for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;)
		unlinkat(dirfd(dir), e->d_name, 0);
	if (dir != NULL)
		closedir(dir);
	rmdir(folder);
}

/* What they say on stderr goes there; on stdout, only if they do not agree. */
static int
agree(const struct sg_ctl *ctl, const char *program, const char *const *arguments, const char *what)
{
	struct sg_buf said;
	sg_buf_init(&said, 4 << 20);
	int status = sg_daemon_read(program, arguments, ctl->json, &said);
	if (status != 0 && !ctl->json)
		fprintf(stderr, "%.*s", SG_STR_ARG(sg_buf_view(&said)));
	sg_buf_done(&said);
	return status == 0 ? SG_CTL_OK : sg_ctl_fail(ctl, SG_CTL_CONFIG, "policy", "nothing was put in place", "%s", what);
}

int
sg_trial_run(const struct sg_ctl *ctl, const struct sg_pack *packs, size_t count, const char *folder, const char *config)
{
	char trial[] = "/tmp/stepgate-policy-XXXXXX";
	const char *check[] = {"--policy-check", trial, "-c", config, NULL}, *tests[] = {"test", trial, NULL};
	if (mkdtemp(trial) == NULL)
		return sg_ctl_fail(ctl, SG_CTL_CANNOT_MAKE, "make", "", "%s: %s", trial, strerror(errno));
	bool copied = copy_others(packs, count, folder, trial) && write_packs(packs, count, trial);
	int code = copied ? SG_CTL_OK : sg_ctl_fail(ctl, SG_CTL_PERMISSION, "make", "", "%s cannot be copied to be looked at: %s", folder, strerror(errno));
	if (code == SG_CTL_OK)
		code = agree(ctl, "stepgated", check, "with what is shipped the policy does not load");
	if (code == SG_CTL_OK)
		code = agree(ctl, "stepgate-policy", tests, "with what is shipped a test of the policy fails");
	clear(trial);
	return code;
}

void
sg_trial_difference(const struct sg_pack *pack, const char *folder)
{
	char path[SG_PACK_PATH];
	int ends[2], status;
	snprintf(path, sizeof(path), "%s/%s.lua", folder, pack->name);
	fflush(stdout);
	pid_t pid = pipe(ends) == 0 ? fork() : -1;
	if (pid == 0) {
		dup2(ends[0], STDIN_FILENO);
		close(ends[0]);
		close(ends[1]);
		execlp("diff", "diff", "-u", "--label", path, "--label", "shipped", "--", path, "-", (char *)NULL);
		fprintf(stderr, "%s differs from what is shipped\n", path);
		_exit(127);
	}
	if (pid < 0)
		return;
	close(ends[0]);
	sg_write_whole(ends[1], sg_buf_view(&pack->text));
	close(ends[1]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
}
