/* SPDX-License-Identifier: Apache-2.0
 * Listing a folder that is held open. */
#ifndef SG_BASE_FOLDER_H
#define SG_BASE_FOLDER_H

#include <dirent.h>

/* A listing of its own: the descriptor stays the caller's, and where another listing of it stands does not matter. closedir() ends it. NULL: errno says
 * why. */
DIR *sg_folder_list(int folder);

#endif
