/* SPDX-License-Identifier: Apache-2.0
 * A folder is opened again by its own name in itself. */
#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

DIR *
sg_folder_list(int folder)
{
	int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = again < 0 ? NULL : fdopendir(again);
	int error = errno;
	if (list == NULL && again >= 0)
		close(again);
	errno = error;
	return list;
}
