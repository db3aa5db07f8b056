/* SPDX-License-Identifier: Apache-2.0
 * A file of conf.d under an editor: the copy, the editor, and taking the file's place. */
#ifndef SG_CTL_EDIT_H
#define SG_CTL_EDIT_H

#include "base/buf.h"

#include <sys/stat.h>

enum { SG_EDIT_NAME = 112, SG_EDIT_PATH = 1200 };

struct sg_edit {
	char folder[SG_EDIT_PATH];                   /* .../conf.d */
	char name[SG_EDIT_NAME];                     /* "50-x.conf" */
	char path[SG_EDIT_PATH + SG_EDIT_NAME];      /* both */
	char copy[SG_EDIT_PATH + SG_EDIT_NAME + 40]; /* what the editor gets; "" while there is none */
	int dir;                                     /* the folder, or -1 */
	bool exists;                                 /* the file; then `before` is what it was */
	struct stat before;
	struct sg_buf old, text; /* the file, the edited copy */
};

/* Works out where NAME (with or without ".conf") lies beside `config`. False: no such name can be. */
bool sg_edit_name(struct sg_edit *edit, const char *config, const char *name);
/* Opens the folder (making it if absent) and lays down the copy: of the file, or where there is none yet of the one that it will mask, of its
 * name in `vendor` (NULL: none). False with errno. */
bool sg_edit_begin(struct sg_edit *edit, const char *vendor);
/* Runs the editor on the copy; its exit status, -1 if it did not end by itself. */
int sg_edit_run(const struct sg_edit *edit);
/* Reads the copy into `text`. False with errno. */
bool sg_edit_read(struct sg_edit *edit);
bool sg_edit_same(const struct sg_edit *edit);
/* `text` takes the file's place: written beside, synced, renamed, folder synced. False with errno (EBUSY: the file is
 * no longer what it was); then the file is as before. */
bool sg_edit_install(struct sg_edit *edit);
/* Removes the copy. */
void sg_edit_end(struct sg_edit *edit);

#endif
