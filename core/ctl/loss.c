/* SPDX-License-Identifier: Apache-2.0
 * Written beside and renamed, so that whoever reads it reads all of it. */
#include "ctl/loss.h"

#include "base/canon.h"
#include "base/str.h"
#include "frame/loss.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_FILE ".loss.new"

static void
write_word(struct sg_buf *text, const struct sg_loss *loss)
{
	char by[32];
	struct sg_json_writer w;
	struct sg_buf cut;
	sg_buf_init(&cut, SG_LOSS_FILE_MOST);
	sg_cut_object(&cut, &loss->cut);
	snprintf(by, sizeof(by), "uid:%u", (unsigned)getuid());
	sg_jw_begin(&w, text);
	sg_jw_object(&w);
	sg_jw_member_int(&w, "ahead", (int64_t)loss->ahead);
	sg_jw_member_text(&w, "by", by);
	if (loss->cut.segment != 0)
		sg_jw_member_raw(&w, "cut", sg_buf_view(&cut));
	sg_jw_member_bool(&w, "kill", loss->kill);
	sg_jw_member_int(&w, "last", (int64_t)loss->last);
	sg_jw_member_text(&w, "reason", loss->reason);
	sg_jw_member_text(&w, "what", loss->what);
	sg_jw_end(&w);
	sg_buf_done(&cut);
}

bool
sg_loss_write(int journal, const struct sg_loss *loss)
{
	struct sg_buf text;
	struct stat owner;
	sg_buf_init(&text, SG_LOSS_FILE_MOST - 1);
	write_word(&text, loss);
	int fd = text.failed ? -1 : openat(journal, NEW_FILE, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good = fd >= 0 && write(fd, text.ptr, text.len) == (ssize_t)text.len && fstat(journal, &owner) == 0 &&
		    (geteuid() != 0 || fchown(fd, owner.st_uid, owner.st_gid) == 0) && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	sg_buf_done(&text);
	return good && renameat(journal, NEW_FILE, journal, SG_LOSS_FILE) == 0 && fsync(journal) == 0;
}
