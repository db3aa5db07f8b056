/* SPDX-License-Identifier: Apache-2.0
 * The state's lock and the faces' sockets. */
#include "main/supervisor.h"

#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/str.h"
#include "frame/restoring.h"
#include "main/handed.h"
#include "main/notify.h"
#include "main/would.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Anybody may knock at agent and enforcer: who may speak is decided by attestation, not by a mode. */
static const struct {
	enum sg_face face;
	mode_t mode;
	const char *group; /* option that names it; NULL: the daemon's own */
} rows[SG_FACES] = {{SG_FACE_AGENT, 0666, NULL}, {SG_FACE_ENFORCER, 0666, NULL}, {SG_FACE_ADMIN, 0660, "admin_group"}, {SG_FACE_APPROVER, 0660, "approver_group"}};

bool
sg_supervisor_lock(struct sg_supervisor *s)
{
	char path[1100];
	snprintf(path, sizeof(path), "%s/lock", s->state_dir);
	s->lock = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (s->lock < 0) {
		fprintf(stderr, "stepgated: %s: %s\n\thint: run stepgate init first; it makes state and keys\n", path, strerror(errno));
		return false;
	}
	if (flock(s->lock, LOCK_EX | LOCK_NB) != 0) {
		fprintf(stderr, "stepgated: %s is held by another daemon\n", s->state_dir);
		return false;
	}
	snprintf(path, sizeof(path), "%s/" SG_RESTORING, s->state_dir);
	if (access(path, F_OK) == 0) {
		fprintf(stderr, "stepgated: %s is half restored\n\thint: give stepgate restore again\n", s->state_dir);
		return false;
	}
	return true;
}

/* Nothing is there, or what belongs there: what else is at that path is not ours to touch. False with errno. */
static bool
is_free_for(const char *path, mode_t type)
{
	struct stat status;
	if (lstat(path, &status) != 0)
		return errno == ENOENT;
	errno = EEXIST;
	return (status.st_mode & S_IFMT) == type;
}

/* A socket left behind by a daemon that died is removed. */
static bool
clear_path(const char *path)
{
	return is_free_for(path, S_IFSOCK) && (unlink(path) == 0 || errno == ENOENT);
}

/* The file is born with the group: root without CAP_CHOWN may take a group, and give no file away. Who is not root gives it one of its own. */
static bool
bind_as(int fd, const struct sockaddr_un *address, gid_t group)
{
	gid_t own = getegid();
	bool taken = group != own && setegid(group) == 0;
	bool good = bind(fd, (const struct sockaddr *)address, sizeof(*address)) == 0;
	if (taken && setegid(own) != 0)
		return false;
	return good && (taken || group == own || chown(address->sun_path, (uid_t)-1, group) == 0);
}

/* The socket that was kept over a restart, if the file is still its own and belongs to whom it should. Who was shut out of it, or let in, by an access list is forgotten. */
static int
kept_at(const char *face, const struct sockaddr_un *address, mode_t mode, gid_t group)
{
	char name[SG_HANDED_NAME];
	struct stat st;
	sg_handed_name(name, face, address->sun_path);
	if (lstat(address->sun_path, &st) != 0 || st.st_uid != geteuid() || st.st_gid != group)
		return -1;
	int fd = sg_handed_take(name, (const struct sockaddr *)address), on = 1;
	bool bare = fd >= 0 && (lremovexattr(address->sun_path, "system.posix_acl_access") == 0 || errno == ENODATA || errno == EOPNOTSUPP);
	bool good = bare && chmod(address->sun_path, mode) == 0 && setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0 && listen(fd, SG_BACKLOG) == 0; /* again: whose it is now */
	if (!good && fd >= 0)
		close(fd);
	return good ? fd : -1;
}

static int
bind_at(const struct sockaddr_un *address, mode_t mode, gid_t group)
{
	if (!clear_path(address->sun_path))
		return -1;
	int on = 1, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	mode_t before = umask(0777 & ~mode);
	bool good = fd >= 0 && bind_as(fd, address, group) &&
		    setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0 && /* handed on to each connection: its very first byte names its sender */
		    listen(fd, SG_BACKLOG) == 0;
	umask(before);
	if (!good && fd >= 0)
		close(fd);
	return good ? fd : -1;
}

static int
listen_at(const char *face, const char *path, mode_t mode, gid_t group)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address.sun_path))
		return -1;
	memcpy(address.sun_path, path, strlen(path) + 1);
	int kept = kept_at(face, &address, mode, group);
	return kept >= 0 ? kept : bind_at(&address, mode, group);
}

static void
run_path(const struct sg_json *document, char out[200])
{
	snprintf(out, 200, "%.*s", SG_STR_ARG(sg_json_text_at(document, "run_dir")));
}

static void
face_path(char path[108], const char *folder, enum sg_face face)
{
	snprintf(path, 108, "%.90s/%s.sock", folder, sg_face_name(face));
}

static bool
has_parent(const char *path)
{
	char above[200];
	const char *slash = strrchr(path, '/');
	snprintf(above, sizeof(above), "%.*s/", slash == NULL ? 0 : (int)(slash - path), path);
	return access(above, X_OK) == 0;
}

/* Whoever may write the folder, or one above it, may put a socket of theirs in the place of ours, and answer a kill with "effective". One that is not there yet is made. */
static void
check_run(const struct sg_would *w)
{
	struct sg_err err = {0};
	char path[200];
	int fd = -1;
	run_path(w->document, path);
	enum sg_status status = sg_open_trusted_way(path, &fd, &err);
	if (status == SG_OK)
		close(fd);
	else if (status == SG_NOT_FOUND && !has_parent(path))
		sg_would_fault(w, "", "run_dir: %s", err.text);
	else if (status != SG_NOT_FOUND)
		sg_would_fault(w, "nobody but root and the daemon's user may write where its sockets are", "run_dir: %s", err.text);
}

/* What a start makes there: the faces' sockets, and the lock beside them. */
static void
check_in_run(const struct sg_would *w)
{
	char folder[200], path[108], lock[240];
	run_path(w->document, folder);
	for (int i = 0; i < SG_FACES; i++) {
		face_path(path, folder, rows[i].face);
		if (!is_free_for(path, S_IFSOCK) && errno == EEXIST)
			sg_would_fault(w, "move it away", "%s is not a socket, and one is to be there", path);
	}
	snprintf(lock, sizeof(lock), "%s/lock", folder);
	if (!is_free_for(lock, S_IFREG) && errno == EEXIST)
		sg_would_fault(w, "move it away", "%s is not a regular file, and the lock of run_dir is to be there", lock);
}

/* A file that nobody else can open: the folder itself is anybody's to lock. -1 with errno. */
static int
open_lock(int folder)
{
	int fd = openat(folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600), error = errno;
	struct stat status;
	bool good = fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && fchmod(fd, 0600) == 0;
	if (fd >= 0 && !good) {
		error = EPERM;
		close(fd);
	}
	errno = error;
	return good ? fd : -1;
}

/* Sockets are replaced only by who holds the lock beside them: another daemon's are not taken over. */
static bool
lock_run(struct sg_supervisor *s)
{
	int folder = open(s->run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s->run_lock = folder < 0 ? -1 : open_lock(folder);
	int error = errno;
	if (folder >= 0)
		close(folder);
	errno = error;
	if (s->run_lock < 0 || flock(s->run_lock, LOCK_EX | LOCK_NB) != 0) {
		fprintf(stderr, "stepgated: %s: %s\n", s->run_dir, s->run_lock < 0 ? strerror(errno) : "another daemon has its sockets here; choose another run_dir");
		return false;
	}
	return true;
}

/* The group that `option` names, the process's own where it names none. False: the system has no such group. */
static bool
group_of(const struct sg_json *config, const char *option, char name[80], gid_t *group)
{
	char *end = name;
	snprintf(name, 80, "%.*s", SG_STR_ARG(sg_json_text_at(config, option)));
	*group = getegid();
	if (name[0] == '\0')
		return true;
	unsigned long number = name[0] >= '0' && name[0] <= '9' ? strtoul(name, &end, 10) : 0;
	const struct group *row = *end == '\0' && end != name ? NULL : getgrnam(name);
	bool known = row != NULL || (*end == '\0' && end != name && number < (gid_t)-1);
	*group = row != NULL ? row->gr_gid : (gid_t)number;
	return known;
}

static void
check_groups(const struct sg_would *w)
{
	static const char *const options[] = {"admin_group", "approver_group"};
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		gid_t group;
		char name[80], hint[120];
		if (group_of(w->document, options[i], name, &group))
			continue;
		snprintf(hint, sizeof(hint), "groupadd --system %s", name);
		sg_would_fault(w, hint, "%s: there is no group \"%s\"", options[i], name);
	}
}

void
sg_would_listen(const struct sg_would *w)
{
	check_run(w);
	check_in_run(w);
	check_groups(w);
}

bool
sg_supervisor_listen(struct sg_supervisor *s)
{
	if (mkdir(s->run_dir, 0755) != 0 && errno != EEXIST) {
		fprintf(stderr, "stepgated: %s: %s\n", s->run_dir, strerror(errno));
		return false;
	}
	if (!sg_would_pass(s->config, sg_would_listen) || !lock_run(s))
		return false;
	for (int i = 0; i < SG_FACES; i++) {
		s->faces[i].face = rows[i].face;
		face_path(s->faces[i].path, s->run_dir, rows[i].face);
		char name[80];
		gid_t group = getegid();
		if (rows[i].group != NULL && !group_of(s->config, rows[i].group, name, &group))
			return false;
		s->faces[i].fd = listen_at(sg_face_name(rows[i].face), s->faces[i].path, rows[i].mode, group);
		if (s->faces[i].fd < 0) {
			fprintf(stderr, "stepgated: %s: cannot listen: %s\n", s->faces[i].path, strerror(errno));
			return false;
		}
	}
	return true;
}

bool
sg_supervisor_hand_over(const struct sg_supervisor *s)
{
	bool given = s->tls < 0 || sg_notify_keep(SG_TLS_KEPT, s->tls);
	for (int i = 0; i < SG_FACES; i++) {
		char name[SG_HANDED_NAME];
		sg_handed_name(name, sg_face_name(s->faces[i].face), s->faces[i].path);
		given = (name[0] == '\0' || sg_notify_keep(name, s->faces[i].fd)) && given;
	}
	return given;
}

void
sg_supervisor_unlisten(const struct sg_supervisor *s)
{
	for (int i = 0; i < SG_FACES && !sg_notify_heard(); i++)
		clear_path(s->faces[i].path);
}
