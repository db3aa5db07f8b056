/* SPDX-License-Identifier: Apache-2.0
 * init and dev: making what a daemon needs, and running a private one. */
#include "ctl/daemon.h"
#include "ctl/start.h"

#include "base/str.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 1200, RUN_DIR_MAX = 90, FILE_MAX = 256 << 10 };

/* In the build tree modules lie beside the programs; once installed, where the build was told. */
static void
module_dir(char out[PATH])
{
	char here[SG_DAEMON_PATH], built[SG_DAEMON_PATH + 16];
	snprintf(out, PATH, "%s", SG_MODULE_PATH);
	if (!sg_daemon_here(here))
		return;
	snprintf(built, sizeof(built), "%s/../modules", here);
	char *real = realpath(built, NULL);
	struct stat status;
	if (real != NULL && stat(real, &status) == 0 && S_ISDIR(status.st_mode))
		snprintf(out, PATH, "%s", real);
	free(real);
}

struct place {
	const char *folder;
	char modules[PATH], uid[16];
};

/* @DIR@, @UID@, @MODULES@ */
static void
fill(struct sg_buf *out, struct sg_str text, const struct place *place)
{
	const struct {
		const char *name, *value;
	} rows[] = {{"@DIR@", place->folder}, {"@UID@", place->uid}, {"@MODULES@", place->modules}};
	while (text.len > 0) {
		size_t taken = 0;
		for (size_t i = 0; text.ptr[0] == '@' && i < sizeof(rows) / sizeof(rows[0]); i++)
			if (sg_str_starts(text, rows[i].name)) {
				sg_buf_text(out, rows[i].value);
				taken = strlen(rows[i].name);
				break;
			}
		if (taken == 0)
			sg_buf_add(out, text.ptr, taken = 1);
		text.ptr += taken;
		text.len -= taken;
	}
}

static const char main_file[] = "stepgate.conf";

static int
write_file(const struct sg_ctl *ctl, const struct place *place, const struct sg_start_file *file, struct sg_made *made)
{
	char path[PATH];
	struct sg_buf text;
	sg_buf_init(&text, FILE_MAX);
	snprintf(path, sizeof(path), "%.1000s/%s", place->folder, file->path);
	fill(&text, (struct sg_str){(const char *)file->bytes, file->len}, place);
	int code = sg_made_note(ctl, made, sg_make_file(path, sg_buf_view(&text), 0644), path);
	sg_buf_done(&text);
	return code;
}

/* The main file last: once it is there the folder is its owner's, and a file taken out of it stays out. */
static int
write_files(const struct sg_ctl *ctl, const struct place *place, struct sg_made *made)
{
	static const char *const below[] = {"conf.d", "policy.d"};
	char path[PATH];
	int code = SG_CTL_OK;
	for (size_t i = 0; i < 2 && code == SG_CTL_OK; i++) {
		snprintf(path, sizeof(path), "%.1000s/%s", place->folder, below[i]);
		code = sg_made_note(ctl, made, sg_make_folder(path, 0755), path);
	}
	for (int last = 0; last < 2; last++)
		for (size_t i = 0; i < sg_start_file_count && code == SG_CTL_OK; i++)
			if ((strcmp(sg_start_files[i].path, main_file) == 0) == (last == 1))
				code = write_file(ctl, place, &sg_start_files[i], made);
	return code;
}

int
sg_start_folder(const struct sg_ctl *ctl, const char *folder, char *path, size_t room, struct sg_made *made)
{
	struct place place = {.folder = path};
	char main_path[PATH];
	int code = sg_made_note(ctl, made, sg_make_folder(folder, 0700), folder);
	char *real = code == SG_CTL_OK ? realpath(folder, NULL) : NULL;
	if (real == NULL)
		return code != SG_CTL_OK
			       ? code
			       : sg_ctl_fail(ctl, SG_CTL_CANNOT_MAKE, "make", "", "%s: %s", folder, strerror(errno));
	snprintf(path, room, "%s", real);
	free(real);
	if (strlen(path) > RUN_DIR_MAX || strpbrk(path, "\"\\\n\r\t") != NULL)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "sockets lie in it, and the path of a socket is short",
				   "%s: choose a folder of at most %d plain characters", path, RUN_DIR_MAX);
	module_dir(place.modules);
	snprintf(place.uid, sizeof(place.uid), "%u", (unsigned)getuid());
	snprintf(main_path, sizeof(main_path), "%.1000s/%s", path, main_file);
	if (access(main_path, F_OK) == 0)
		return sg_made_note(ctl, made, SG_MAKE_KEPT, main_path);
	return write_files(ctl, &place, made);
}

static int
make(const struct sg_ctl *ctl, const char *folder, char *config, size_t room)
{
	char path[PATH] = "";
	struct sg_made made = {.json = ctl->json};
	int code = SG_CTL_OK;
	sg_buf_init(&made.made, 1 << 20);
	sg_buf_init(&made.kept, 1 << 20);
	if (folder != NULL) {
		code = sg_start_folder(ctl, folder, path, sizeof(path), &made);
		snprintf(config, room, "%.1000s/stepgate.conf", path);
	}
	else
		code = sg_start_site(ctl, &made);
	if (code == SG_CTL_OK)
		code = sg_start_state(ctl, config, &made);
	if (code == SG_CTL_OK && ctl->json)
		sg_made_print(&made);
	sg_buf_done(&made.made);
	sg_buf_done(&made.kept);
	return code;
}

static void
tell_ready(const struct sg_ctl *ctl, const char *config)
{
	const char *admin = ctl->option[SG_CTL_OPTION_admin];
	if (ctl->arg_count > 0) {
		printf("ready: stepgate dev %s\n", ctl->args[0]);
		return;
	}
	if (ctl->option[SG_CTL_OPTION_config] != NULL) {
		printf("ready: stepgated -c %s\n", config);
		return;
	}
	printf("ready: systemctl start stepgated, or without systemd: stepgated\n");
	if (admin != NULL && getgrnam("stepgate-admin") != NULL)
		printf("next:  usermod -aG stepgate-admin %s       (who is in it may connect)\n", admin);
	printf("next:  stepgate config add agent NAME ...  (until then everything is refused; stepgate config add --help)\n");
}

int
sg_ctl_init(struct sg_ctl *ctl)
{
	char config[PATH];
	const char *given = ctl->option[SG_CTL_OPTION_config];
	bool own = given != NULL || ctl->option[SG_CTL_OPTION_trust_domain] != NULL || ctl->option[SG_CTL_OPTION_admin] != NULL;
	if (own && ctl->arg_count > 0)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "DIR is a whole private set-up, with a trust domain and an admin of its own", "either DIR or --config, --trust-domain and --admin");
	if (ctl->option[SG_CTL_OPTION_admin] != NULL && ctl->option[SG_CTL_OPTION_trust_domain] == NULL)
		return sg_ctl_fail(ctl, SG_CTL_USAGE, "usage", "stepgate config add admin NAME user=USER adds one later", "--admin goes with --trust-domain");
	snprintf(config, sizeof(config), "%s", given != NULL ? given : SG_CTL_CONFIG_FILE);
	int code = make(ctl, ctl->arg_count > 0 ? ctl->args[0] : NULL, config, sizeof(config));
	if (code == SG_CTL_OK && !ctl->json)
		tell_ready(ctl, config);
	return code;
}

int
sg_ctl_dev(struct sg_ctl *ctl)
{
	char config[PATH];
	const char *arguments[] = {"-c", config, "--watch", NULL};
	int code = make(ctl, ctl->args[0], config, sizeof(config));
	if (code != SG_CTL_OK)
		return code;
	fflush(stdout);
	fprintf(stderr,
		"dev: agent, enforcer and approver are all uid %u here, and may do each other's part. This shows how "
		"things work; it is no boundary.\n"
		"In another terminal:  export STEPGATE_RUN=%s\n"
		"                      stepgate agent      then: open write-report\n"
		"                      stepgate status, approvals list, why ID, audit tail -f\n"
		"Policy in %s/policy.d is loaded again when a file is saved. Ctrl-C ends it.\n\n",
		(unsigned)getuid(), ctl->args[0], ctl->args[0]);
	return sg_daemon_become(ctl, "stepgated", arguments);
}
