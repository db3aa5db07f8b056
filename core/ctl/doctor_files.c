/* SPDX-License-Identifier: Apache-2.0
 * Modes and owners. Only the state's owner and root may reach into it; a start looks at the same, and refuses. */
#include "ctl/doctor.h"

#include "base/digest.h"
#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH = 1400 };

/* What a folder of the state holds. */
static const struct place {
	const char *name;
	bool secret; /* nobody else may look into it */
} places[] = {{"keys", true}, {"issue", true}, {"journal", false}, {"policy", false}};

struct look {
	struct sg_doctor *d;
	uid_t owner;
	bool closed; /* nobody else gets as far as this */
	size_t seen;
};

static void
check_one(struct look *look, const char *path, const struct stat *st, bool secret)
{
	enum sg_doctor_level level = look->closed ? SG_DOCTOR_WARNING : SG_DOCTOR_ERROR;
	bool folder = S_ISDIR(st->st_mode);
	char remedy[PATH + 64];
	look->seen++;
	snprintf(remedy, sizeof(remedy), "chown %u %s", (unsigned)look->owner, path);
	if (st->st_uid != 0 && st->st_uid != look->owner)
		sg_doctor_say(look->d, SG_DOCTOR_ERROR, remedy, "%s belongs to uid %u, neither root nor the daemon's", path, (unsigned)st->st_uid);
	snprintf(remedy, sizeof(remedy), "chmod %s %s", secret ? folder ? "0700" : "0600" : "go-w", path);
	if ((st->st_mode & 022) != 0)
		sg_doctor_say(look->d, level, remedy, "%s may be written by others (mode %04o)", path, (unsigned)(st->st_mode & 07777));
	else if (secret && (st->st_mode & 077) != 0)
		sg_doctor_say(look->d, level, remedy, "%s may be read by others (mode %04o)", path, (unsigned)(st->st_mode & 07777));
}

/* A file that the daemon removed meanwhile is nobody's fault. */
static void
gone_or_unseen(struct sg_doctor *d, const char *path)
{
	if (errno != ENOENT)
		sg_doctor_unseen(d, path);
}

static void
check_entries(struct look *look, const char *folder, DIR *list, bool secret)
{
	char path[PATH];
	struct stat st;
	for (struct dirent *entry; (entry = readdir(list)) != NULL;) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		snprintf(path, sizeof(path), "%.1100s/%s", folder, entry->d_name);
		if (fstatat(dirfd(list), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			gone_or_unseen(look->d, path);
		else if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode))
			check_one(look, path, &st, secret);
		else
			sg_doctor_say(look->d, SG_DOCTOR_WARNING, "look at who put it there, and move it away", "%s is no regular file", path);
	}
}

static void
check_place(struct look *look, const char *state, const struct place *place)
{
	char path[PATH];
	struct stat st = {0};
	snprintf(path, sizeof(path), "%.1100s/%s", state, place->name);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	if (list == NULL && errno == ENOENT)
		sg_doctor_say(look->d, SG_DOCTOR_ERROR, "stepgate init", "%s is not there", path);
	else if (list == NULL)
		sg_doctor_unseen(look->d, path);
	if (list == NULL)
		return;
	if (fstat(fd, &st) == 0)
		check_one(look, path, &st, place->secret);
	bool closed = look->closed;
	look->closed |= (st.st_mode & 011) == 0;
	check_entries(look, path, list, place->secret);
	look->closed = closed;
	closedir(list);
}

static void
check_state_key(struct look *look, const char *state)
{
	char path[PATH];
	struct stat st;
	snprintf(path, sizeof(path), "%.1100s/keys/state.key", state);
	if (stat(path, &st) == 0 && st.st_size != SG_KEY_BYTES)
		sg_doctor_say(look->d, SG_DOCTOR_ERROR, "put it back from where it is kept", "%s is not %d bytes", path, SG_KEY_BYTES);
	else if (access(path, F_OK) != 0 && errno == ENOENT)
		sg_doctor_say(look->d, SG_DOCTOR_ERROR, "put keys/ back from where it is kept; without a journal yet: stepgate init", "%s is not there", path);
}

static void
check_state(struct sg_doctor *d, const char *state)
{
	struct look look = {.d = d};
	struct stat st;
	if (stat(state, &st) != 0) {
		if (errno == ENOENT)
			sg_doctor_say(d, SG_DOCTOR_ERROR, "stepgate init", "%s is not there", state);
		else
			sg_doctor_unseen(d, state);
		return;
	}
	look.owner = d->owner = st.st_uid;
	check_one(&look, state, &st, false);
	if (access(state, R_OK | X_OK) != 0) {
		sg_doctor_unseen(d, state);
		return;
	}
	look.closed = (st.st_mode & 077) == 0;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		check_place(&look, state, &places[i]);
	check_state_key(&look, state);
	sg_doctor_say(d, SG_DOCTOR_OK, "", "%s: %zu files and folders were looked at; they belong to uid %u or root", state, look.seen, (unsigned)look.owner);
}

/* What the daemon would not take; configuration files are looked at as they are read. */
static void
check_policy_folder(struct sg_doctor *d, const char *policy)
{
	struct look look = {.d = d, .owner = d->owner};
	struct stat st;
	DIR *list = opendir(policy);
	if (list == NULL)
		sg_doctor_unseen(d, policy);
	if (list == NULL)
		return;
	if (fstat(dirfd(list), &st) == 0)
		check_one(&look, policy, &st, false);
	check_entries(&look, policy, list, false);
	closedir(list);
}

void
sg_doctor_files(struct sg_doctor *d)
{
	const char *state = sg_doctor_path(d, "state_dir"), *policy = state == NULL ? NULL : sg_doctor_path(d, "policy_dir");
	if (state != NULL)
		check_state(d, state);
	if (policy != NULL)
		check_policy_folder(d, policy);
}
