/* SPDX-License-Identifier: Apache-2.0
 * Confinement, applied: descriptors, capabilities, Landlock, seccomp, in this order. The system calls of each role are in confine_calls.c. */
#include "base/confine.h"

#include "base/own_uid.h"

#include "base/confine_calls.h"
#include "base/err.h"
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>


const char *
sg_profile_name(enum sg_profile profile)
{
	static const char *const names[SG_PROFILE_COUNT] = {"gate", "door", "zygote", "worker", "attest", "issue", "verify", "audit"};
	return (unsigned)profile < SG_PROFILE_COUNT ? names[profile] : "unknown";
}

unsigned
sg_profile_layers(enum sg_profile profile)
{
	unsigned all = SG_LAYER_SECCOMP | SG_LAYER_CAPABILITIES | SG_LAYER_NO_NEW_PRIVS;
	bool hands_on = profile == SG_PROFILE_GATE || profile == SG_PROFILE_DOOR || profile == SG_PROFILE_ISSUE || profile == SG_PROFILE_VERIFY;
	return all | (profile == SG_PROFILE_ATTEST ? 0 : SG_LAYER_LANDLOCK) | (hands_on ? SG_LAYER_LOCKED : 0);
}

const char *
sg_profile_lacks(enum sg_profile profile, unsigned layers)
{
	unsigned missing = sg_profile_layers(profile) & ~layers & (SG_LAYER_LANDLOCK | SG_LAYER_LOCKED);
	if (missing == (SG_LAYER_LANDLOCK | SG_LAYER_LOCKED))
		return "Landlock and locked memory (RLIMIT_MEMLOCK: unlimited)";
	if (missing == SG_LAYER_LOCKED)
		return "locked memory (RLIMIT_MEMLOCK: unlimited)";
	return missing != 0 ? "Landlock" : NULL;
}

static bool
is_kept(int fd, const struct sg_confinement *how)
{
	for (size_t i = 0; i < how->keep_count; i++)
		if (how->keep[i] == fd)
			return true;
	return false;
}

/* Closes everything above stderr that is not on the list, range by range. */
static void
close_others(const struct sg_confinement *how)
{
	unsigned from = 3;
	for (int fd = 3; fd < 65536; fd++) {
		if (!is_kept(fd, how))
			continue;
		if ((unsigned)fd > from)
			syscall(SYS_close_range, from, (unsigned)fd - 1, 0);
		from = (unsigned)fd + 1;
	}
	syscall(SYS_close_range, from, ~0U, 0);
}

/* The attestation host goes without Landlock (any rule set takes /proc/PID/exe away), so it gets a uid of its own that owns nothing: neither keys nor
 * journal can be opened by it. Its one capability survives the change. */
static int
leave_root(void)
{
	return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && sg_become_nobody_else(NULL) ? 0 : -1;
}

static int
drop_capabilities(enum sg_profile profile)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct now[2] = {{0}}, want[2] = {{0}};
	if (syscall(SYS_capget, &head, now) != 0)
		return -1;
	unsigned ptrace_bit = 1U << CAP_SYS_PTRACE;
	if (profile == SG_PROFILE_ATTEST && geteuid() == 0 && leave_root() != 0)
		return -1;
	if (profile == SG_PROFILE_ATTEST && (now[0].permitted & ptrace_bit) != 0)
		want[0].effective = want[0].permitted = ptrace_bit;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return syscall(SYS_capset, &head, want) == 0 ? 0 : -1;
}

/* Of a file there are no rights of a folder. */
static int
allow_below(int rules, const char *path, uint64_t access)
{
	const uint64_t of_files = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
	struct landlock_path_beneath_attr below = {.allowed_access = access};
	struct stat st;
	below.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (below.parent_fd < 0)
		return -1;
	if (fstat(below.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		below.allowed_access &= of_files;
	int result = (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0);
	close(below.parent_fd);
	return result;
}

enum {
	READING = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	WRITING = READING | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE |
		  LANDLOCK_ACCESS_FS_MAKE_DIR,
};

/* Where the loader finds libraries, and libraries their own files. What is not there is not needed. */
static void
allow_libraries(int rules)
{
	static const char *const folders[] = {"/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib", "/etc/ssl/certs"};
	static const char *const one_file[] = {"/etc/ld.so.cache", "/etc/ssl/openssl.cnf"};
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		allow_below(rules, folders[i], READING | LANDLOCK_ACCESS_FS_EXECUTE);
	for (size_t i = 0; i < sizeof(one_file) / sizeof(one_file[0]); i++)
		allow_below(rules, one_file[i], LANDLOCK_ACCESS_FS_READ_FILE);
}

/* How this machine finds names. Links among them (resolv.conf is one where systemd writes it) are followed now, to where they lead now. */
static void
allow_resolver(int rules)
{
	static const char *const files[] = {"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services"};
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		allow_below(rules, files[i], LANDLOCK_ACCESS_FS_READ_FILE);
}

/* Every right of Landlock's first version is handled, so nothing in the file system is left except what is named. */
static bool
apply_landlock(const struct sg_confinement *how)
{
	const uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
	struct landlock_ruleset_attr attr = {.handled_access_fs = all};
	int rules = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (rules < 0)
		return false;
	bool ok = true;
	for (size_t i = 0; ok && i < how->folder_count; i++)
		ok = allow_below(rules, how->folders[i].path, how->folders[i].write ? WRITING : READING) == 0;
	if (how->loading)
		allow_libraries(rules);
	if ((how->more & SG_MORE_RESOLVER) != 0)
		allow_resolver(rules);
	ok = ok && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	close(rules);
	return ok;
}

/* The rules of the loading stage stay; this takes the libraries away again. */
static bool
narrow_landlock(const struct sg_confinement *how)
{
	struct sg_confinement further = *how;
	further.loading = false;
	return apply_landlock(&further);
}

static bool
writes_files(const struct sg_confinement *how)
{
	for (size_t i = 0; i < how->folder_count; i++)
		if (how->folders[i].write)
			return true;
	return false;
}

static const void *next_list; /* of a loading host: what sg_confine_further loads. A module that changes this ends its process. */

static unsigned
call_sets(const struct sg_confinement *how)
{
	return (how->loading ? SG_CALLS_LOADING : 0) | (writes_files(how) ? SG_CALLS_FILES : 0) | how->more;
}

static enum sg_status
calls_failed(int failed, struct sg_err *err)
{
	return failed == 0 ? SG_OK : sg_fail(err, SG_UNAVAILABLE, "not_confined", "seccomp: %s", strerror(-failed));
}

static enum sg_status
apply_calls(const struct sg_confinement *how, struct sg_err *err)
{
	return calls_failed(sg_confine_calls(how->profile, call_sets(how), next_list), err);
}

/* Before Landlock, which would not let it open what it lays down. */
static enum sg_status
keep_next(const struct sg_confinement *how, struct sg_err *err)
{
	unsigned sets = call_sets(how) & ~(unsigned)SG_CALLS_LOADING;
	return how->loading ? calls_failed(sg_confine_next_keep(how->profile, sets, &next_list), err) : SG_OK;
}

enum sg_status
sg_confine(const struct sg_confinement *how, unsigned *layers, struct sg_err *err)
{
	*layers = 0;
	close_others(how);
	bool locked = (sg_profile_layers(how->profile) & SG_LAYER_LOCKED) != 0 && sg_process_lock();
	if (keep_next(how, err) != SG_OK)
		return SG_UNAVAILABLE;
	if (drop_capabilities(how->profile) != 0)
		return sg_fail(err, SG_UNAVAILABLE, "not_confined", "capabilities: %s", strerror(errno));
	if (!how->watched)
		sg_process_undumpable();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return sg_fail(err, SG_UNAVAILABLE, "not_confined", "no_new_privs: %s", strerror(errno));
	*layers = SG_LAYER_CAPABILITIES | SG_LAYER_NO_NEW_PRIVS | (locked ? SG_LAYER_LOCKED : 0);

	if ((sg_profile_layers(how->profile) & SG_LAYER_LANDLOCK) != 0 && apply_landlock(how))
		*layers |= SG_LAYER_LANDLOCK;
	enum sg_status status = apply_calls(how, err);
	if (status == SG_OK)
		*layers |= SG_LAYER_SECCOMP;
	return status;
}

enum sg_status
sg_confine_further(const struct sg_confinement *how, struct sg_err *err)
{
	if ((sg_profile_layers(how->profile) & SG_LAYER_LANDLOCK) != 0)
		narrow_landlock(how); /* what can fail here failed, and was told, at the first wall */
	return calls_failed(sg_confine_next_load(next_list), err);
}

enum sg_status
sg_die_with_parent(int parent, struct sg_err *err)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != parent)
		return sg_fail(err, SG_UNAVAILABLE, "orphan", "the parent process is gone");
	return SG_OK;
}
