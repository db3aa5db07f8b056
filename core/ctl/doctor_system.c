/* SPDX-License-Identifier: Apache-2.0
 * What the daemon stands on: kernel, /proc, clock, disk. */
#include "ctl/doctor.h"

#include "base/own_uid.h"
#include "base/str.h"

#include <errno.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

enum { LINE = 4096, INODES_LEAST = 64, INODES_FEW = 1024, SEGMENTS_FEW = 4 };

/* ---- kernel ---- */

static bool
has_seccomp(void)
{
	unsigned action = SECCOMP_RET_KILL_PROCESS;
	return prctl(PR_GET_SECCOMP) >= 0 && syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static bool
has_pidfd(void)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool
first_line(const char *path, char *out, size_t room)
{
	FILE *file = fopen(path, "re");
	bool got = file != NULL && fgets(out, (int)room, file) != NULL;
	if (got)
		out[strcspn(out, "\n")] = '\0';
	if (file != NULL)
		fclose(file);
	return got;
}

static void
say_security_modules(struct sg_doctor *d)
{
	static const char path[] = "/sys/kernel/security/lsm";
	char line[LINE];
	if (first_line(path, line, sizeof(line)))
		sg_doctor_say(d, SG_DOCTOR_OK, "", "security modules: %s", line);
	else
		sg_doctor_unseen(d, path);
}

void
sg_doctor_kernel(struct sg_doctor *d)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < 1)
		sg_doctor_say(d, SG_DOCTOR_WARNING, "a kernel from 5.13 on with CONFIG_SECURITY_LANDLOCK, and landlock in its lsm= list", "no Landlock (%s): parts of the daemon may open files that are not theirs",
			      strerror(errno));
	if (!has_seccomp())
		sg_doctor_say(d, SG_DOCTOR_ERROR, "a kernel with CONFIG_SECCOMP_FILTER", "no seccomp filters: the daemon does not start");
	if (!has_pidfd())
		sg_doctor_say(d, SG_DOCTOR_ERROR, "a kernel from 5.3 on; in a container: allow pidfd_open", "no pidfd (%s): a process cannot be told from a later one with its number", strerror(errno));
	if (!sg_own_uids_are())
		sg_doctor_say(d, SG_DOCTOR_WARNING, "a user namespace that maps all users, or none", "the user namespace here has no users that nobody else is: attestation runs as nobody (65534)");
	if (abi >= 1 && has_seccomp() && has_pidfd())
		sg_doctor_say(d, SG_DOCTOR_OK, "", "Landlock ABI %ld, seccomp, pidfd", abi);
	say_security_modules(d);
}

/* ---- /proc ---- */

/* What stands behind hidepid= among the options of the mount of /proc; "" where it is not. */
static bool
hidepid(char out[16])
{
	char line[LINE];
	bool found = false;
	FILE *mounts = fopen("/proc/self/mounts", "re");
	for (out[0] = '\0'; mounts != NULL && fgets(line, sizeof(line), mounts) != NULL;) {
		char where[256], options[2048];
		if (sscanf(line, "%*s %255s %*s %2047s", where, options) != 2 || strcmp(where, "/proc") != 0)
			continue;
		const char *at = strstr(options, "hidepid=");
		found = true;
		snprintf(out, 16, "%.*s", at == NULL ? 0 : (int)strcspn(at + 8, ","), at == NULL ? "" : at + 8);
	}
	if (mounts != NULL)
		fclose(mounts);
	return found;
}

void
sg_doctor_proc(struct sg_doctor *d)
{
	char value[16];
	if (!hidepid(value))
		sg_doctor_say(d, SG_DOCTOR_UNSEEN, "", "not looked at: no mount of /proc is to be seen");
	else if (value[0] == '\0' || strcmp(value, "0") == 0 || strcmp(value, "off") == 0)
		sg_doctor_say(d, SG_DOCTOR_OK, "", "/proc shows all processes");
	else
		sg_doctor_say(d, SG_DOCTOR_WARNING, "let the daemon run as root, or mount /proc with hidepid=0", "/proc is mounted with hidepid=%s: a daemon without root cannot look at the processes of agents", value);
}

/* ---- clock ---- */

void
sg_doctor_clock(struct sg_doctor *d)
{
	struct timex now = {0};
	int state = adjtimex(&now);
	if (state < 0)
		sg_doctor_unseen(d, "adjtimex");
	else if (state == TIME_ERROR || (now.status & STA_UNSYNC) != 0)
		sg_doctor_say(d, SG_DOCTOR_WARNING, "run systemd-timesyncd, chrony or another NTP client", "nobody keeps the system's clock right: a step stops all decisions (clock_ahead, clock_behind)");
	else
		sg_doctor_say(d, SG_DOCTOR_OK, "", "synchronised, within %ld us", now.maxerror);
}

/* ---- disk ---- */

static void
check_room(struct sg_doctor *d, const char *path, const struct statvfs *fs)
{
	int64_t segment = 64 << 20;
	uint64_t free = (uint64_t)fs->f_bavail * fs->f_frsize;
	sg_json_int(sg_json_get(sg_json_get(d->document, "limits"), "segment_bytes"), &segment);
	bool none = free < (uint64_t)segment;
	if (free < (uint64_t)segment * SEGMENTS_FEW)
		sg_doctor_say(d, none ? SG_DOCTOR_ERROR : SG_DOCTOR_WARNING, "make room, or move state_dir to a larger disk", "%s: %llu KiB are left, %s (limits.segment_bytes); a full disk closes the journal", path,
			      (unsigned long long)(free >> 10), none ? "not one segment" : "a few segments");
	if (fs->f_files > 0 && fs->f_favail < INODES_FEW)
		sg_doctor_say(d, fs->f_favail < INODES_LEAST ? SG_DOCTOR_ERROR : SG_DOCTOR_WARNING, "remove small files there, or move state_dir", "%s: %llu inodes are left", path,
			      (unsigned long long)fs->f_favail);
	if (free >= (uint64_t)segment * SEGMENTS_FEW && (fs->f_files == 0 || fs->f_favail >= INODES_FEW))
		sg_doctor_say(d, SG_DOCTOR_OK, "", "%s: %llu MiB and %llu inodes are left", path, (unsigned long long)(free >> 20), (unsigned long long)fs->f_favail);
}

void
sg_doctor_disk(struct sg_doctor *d)
{
	struct statvfs fs;
	const char *path = sg_doctor_path(d, "state_dir");
	if (path != NULL && statvfs(path, &fs) != 0)
		sg_doctor_unseen(d, path);
	else if (path != NULL)
		check_room(d, path, &fs);
}
