/* SPDX-License-Identifier: Apache-2.0
 * A backup: a folder with `state`, a copy of a state folder whose journal ends at a leaf that was on disk, and a manifest that names that leaf and the digest of
 * each file. The manifest is written last: without one the copy was never finished. */
#ifndef SG_CTL_BACKUP_H
#define SG_CTL_BACKUP_H

#include "base/digest.h"
#include "base/json.h"
#include "ctl/segments.h"

#define SG_BACKUP_MANIFEST "backup.json"
#define SG_BACKUP_STATE "state"

enum { SG_BACKUP_FORMAT = 1, SG_BACKUP_FILES = 1 << 16, SG_BACKUP_NAME = 1024, SG_BACKUP_DEPTH = 8, SG_BACKUP_MANIFEST_MOST = 16 << 20 };

struct sg_ctl;

/* backup_folder.c. The folders of state and sockets that the configuration names. SG_CTL_OK or an exit code, told. */
int sg_backup_folders(const struct sg_ctl *ctl, char *state, char *run, size_t room);
/* The folder `to`, made unless it is there: ours alone, empty, and not within `state`, which is called `from`. SG_CTL_OK and *out, or an exit code, told. */
int sg_backup_folder(const struct sg_ctl *ctl, const char *to, int state, const char *from, int *out);

/* ---- backup_copy.c ---- */

struct dirent;
/* What stands in a folder, names in byte order, each and the list to be freed; how many, or -1: errno. */
int sg_backup_list(int folder, struct dirent ***names);

/* What a copy goes by. */
struct sg_copying {
	bool (*wanted)(const char *path); /* below the folder that is copied; NULL: all */
	long uid, gid;                    /* of the copies; -1: whoever copies */
	size_t files, passed_over;        /* copied; neither files nor folders, and links, which are not */
	char wrong[SG_BACKUP_NAME + 64];  /* where it failed, and why */
};

/* Copies the files and folders of `from` into `to`, both open, each file synced, names in their order: what is appended to is had as it was when its turn came, and
 * what comes later by name is no older. False: copying->wrong. Follows no link. */
bool sg_backup_copy(struct sg_copying *copying, int from, int to);

struct stat;
/* restore_keys.c. What signed the tokens of what is lost goes, and what signs from now on is made, the owner's. SG_CTL_OK or an exit code, told. */
int sg_restore_keys(const struct sg_ctl *ctl, int state, const char *path, const struct stat *owner);

/* ---- backup_manifest.c ---- */

struct sg_backup_point {
	uint64_t leaf;
	char chain[SG_SHA256_HEX];  /* behind that leaf */
	char digest[SG_SHA256_HEX]; /* of the manifest, which has the digest of each file: noted elsewhere, it tells whether anything was changed */
	int64_t made_ms;
};

/* Writes the manifest of what stands in the folder `backup` beside it, synced. False: `wrong` says why. */
bool sg_backup_write(int backup, const struct sg_backup_point *point, char wrong[SG_BACKUP_NAME]);
/* Reads it and holds each file against it, none missing, none more, none changed. False: `wrong` says what is. */
bool sg_backup_check(int backup, struct sg_backup_point *point, char wrong[SG_BACKUP_NAME]);

#endif
