/* SPDX-License-Identifier: Apache-2.0
 * What `stepgate init` makes: state and keys for a configuration, and a whole private set-up below a folder. Nothing
 * that exists is written over, everything is synced. */
#ifndef SG_CTL_START_H
#define SG_CTL_START_H

#include "ctl/ctl.h"

#include <sys/types.h>

/* The files of a private set-up, built in: those of core/ctl/start and the examples of lua/. Made by the build. */
struct sg_start_file {
	const char *path; /* below the folder */
	const unsigned char *bytes;
	size_t len;
};
extern const struct sg_start_file sg_start_files[];
extern const size_t sg_start_file_count;

/* What was made and what was there already, for people or as JSON. */
struct sg_made {
	struct sg_buf made, kept; /* JSON strings with commas */
	bool json;
};

enum sg_make { SG_MAKE_MADE, SG_MAKE_KEPT, SG_MAKE_FAILED };

/* A folder with this mode, or the one that is there. FAILED: errno. */
enum sg_make sg_make_folder(const char *path, mode_t mode);
/* A file with these bytes, whole or not at all, synced with its folder. KEPT: there is one already. FAILED: errno. */
enum sg_make sg_make_file(const char *path, struct sg_str bytes, mode_t mode);
/* The same in the place of what is there. False with errno; then that is as before. */
bool sg_make_replace(const char *path, struct sg_str bytes, mode_t mode);

/* State, keys and lock for the configuration in `file`. SG_CTL_OK or an exit code, told. */
int sg_start_state(const struct sg_ctl *ctl, const char *file, struct sg_made *made);

/* site.c: conf.d/00-site.conf of the configuration that is meant, where --trust-domain is given and something of it is not configured yet. SG_CTL_OK or
 * an exit code, told. */
int sg_start_site(const struct sg_ctl *ctl, struct sg_made *made);

/* stepgate.conf, conf.d and policy.d below `folder` (made if missing); `path` gets its absolute path. */
int sg_start_folder(const struct sg_ctl *ctl, const char *folder, char *path, size_t room, struct sg_made *made);

/* Notes one result; the exit code for it. */
int sg_made_note(const struct sg_ctl *ctl, struct sg_made *made, enum sg_make result, const char *path);
/* Both lists as one line of JSON on stdout. */
void sg_made_print(const struct sg_made *made);

#endif
