/* SPDX-License-Identifier: Apache-2.0
 * What an accepted loss says of the anchor. */
#include "frame/loss.h"

#include "base/str.h"

#include <fcntl.h>
#include <unistd.h>

bool
sg_loss_cut(int journal, struct sg_cut *cut)
{
	char text[SG_LOSS_FILE_MOST];
	struct sg_arena arena;
	const struct sg_json *loss = NULL;
	int fd = openat(journal, SG_LOSS_FILE, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text));
	if (fd >= 0)
		close(fd);
	sg_arena_init(&arena, 1 << 20);
	bool good = len > 0 && sg_json_parse(&arena, (struct sg_str){text, (size_t)len}, NULL, &loss, NULL) == SG_OK && sg_cut_of_object(sg_json_get(loss, "cut"), cut);
	sg_arena_done(&arena);
	return good;
}
