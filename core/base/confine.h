/* SPDX-License-Identifier: Apache-2.0
 * Confinement: what a role may still do once it has started. One row a role; seccomp allow-list, Landlock, no new privileges,
 * no capabilities, no core dumps, no descriptors but those named. What the kernel lacks is reported, never silently skipped. */
#ifndef SG_BASE_CONFINE_H
#define SG_BASE_CONFINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stepgate/types.h>

enum sg_profile {
	SG_PROFILE_GATE,
	SG_PROFILE_DOOR,
	SG_PROFILE_ZYGOTE,
	SG_PROFILE_WORKER,
	SG_PROFILE_ATTEST, /* reads /proc of others: no Landlock; started as root it becomes a user that nobody else is (own_uid.h) and keeps CAP_SYS_PTRACE alone;
			    * without root it shares the uid of the others, and could read what that user's files hold */
	SG_PROFILE_ISSUE,
	SG_PROFILE_VERIFY,
	SG_PROFILE_AUDIT,
	SG_PROFILE_COUNT
};

/* LOCKED: memory is never swapped out, in the roles that credentials pass through. */
enum sg_layer { SG_LAYER_SECCOMP = 1, SG_LAYER_LANDLOCK = 2, SG_LAYER_CAPABILITIES = 4, SG_LAYER_NO_NEW_PRIVS = 8, SG_LAYER_LOCKED = 16 };

/* What a host may do by itself because its stanza says so. READS: open what it may read (its folders) by path, whenever it likes. */
enum sg_more { SG_MORE_LOCKS = 4, SG_MORE_RESOLVER = 8, SG_MORE_NETWORK = 16, SG_MORE_READS = 32 };

enum { SG_CONFINE_FOLDERS = 12 };

/* Landlock: below `path`, or `path` itself if it is a file, files may be read, and with `write` made, replaced and removed. */
struct sg_confine_folder {
	const char *path;
	bool write;
};

struct sg_confinement {
	enum sg_profile profile;
	bool loading; /* a host that has yet to load its module: system libraries may be read and run until sg_confine_further */
	struct sg_confine_folder folders[SG_CONFINE_FOLDERS];
	size_t folder_count;
	unsigned more; /* a set of enum sg_more */
	bool watched; /* where a vendor checks a module: whose parent may go on seeing what is refused (watched.h). Never of the daemon's. */
	const int *keep; /* descriptors that stay open beside 0, 1, 2 */
	size_t keep_count;
};

/* Applies a row to this process, for good. Call after everything is opened and before the first foreign byte.
 * `*layers` gets the set of enum sg_layer now in force. SG_UNAVAILABLE (not_confined) if seccomp, capabilities or no_new_privs could not be
 * applied: the caller must exit. A kernel without Landlock, or memory that may not be
 * locked, is not an error here: the caller reports the missing layer.
 * With SG_SANITIZE the seccomp list is the looser "sanitizer" one (the same, and what the sanitizer's run time needs). */
enum sg_status sg_confine(const struct sg_confinement *how, unsigned *layers, struct sg_err *err);

/* After a `loading` confinement: the profile's own system calls and no more; a host with a folder that it may write keeps those for files,
 * which Landlock holds to that folder. SG_UNAVAILABLE not_confined: the caller must exit.
 * A module has run by now, and what runs first need not return. So the list of this stage was made at the first one, is the only one that can be loaded
 * over it, and whether it was can be seen from outside: sg_confined_lists. A module that loads it by itself leaves out Landlock's part: what system
 * libraries hold stays readable to it where its profile opens files at all. */
enum sg_status sg_confine_further(const struct sg_confinement *how, struct sg_err *err);

/* How many lists of system calls the process `pid` (0: this one) has on, by the kernel's word; -1 if it cannot be seen (/proc is hidden, or the
 * kernel, before 5.9, does not say). */
int sg_confined_lists(int pid);

/* Layers a profile should have; what is missing of them is told in `stepgate status`. */
unsigned sg_profile_layers(enum sg_profile profile);

/* What a profile lacks of those that may be missing, in words; NULL: nothing. */
const char *sg_profile_lacks(enum sg_profile profile, unsigned layers);

/* "gate", "door", ... */
const char *sg_profile_name(enum sg_profile profile);

/* Sets PR_SET_PDEATHSIG to SIGKILL and makes sure the parent still is `parent`. */
enum sg_status sg_die_with_parent(int parent, struct sg_err *err);

#endif
