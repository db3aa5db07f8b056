/* SPDX-License-Identifier: Apache-2.0
 * Opening a file whose bytes will be trusted: every part of its path is checked on the descriptor that the next step
 * goes through, so that nothing can be exchanged between check and use. */
#ifndef SG_BASE_FD_H
#define SG_BASE_FD_H

#include <stdbool.h>
#include <stepgate/types.h>

/* Opens the regular file at `path` (absolute, without "." and "..") for reading, following no link. Every folder and
 * the file must belong to root or to the effective user and be writable by nobody else; a sticky folder such as /tmp is
 * borne further up, where it keeps others from exchanging what is not theirs, but not as the folder of the file itself.
 * `*fd` is the caller's. Errors: SG_MALFORMED path_form; SG_NOT_FOUND path_missing; SG_REFUSED path_link, path_type,
 * path_owner, path_writable; SG_UNAVAILABLE path_unreadable. The text names the part. */
enum sg_status sg_open_trusted(const char *path, int *fd, struct sg_err *err);

/* The same for a folder, which itself must not be sticky and writable. */
enum sg_status sg_open_trusted_folder(const char *path, int *fd, struct sg_err *err);

/* One part, open: a folder (`last`: nothing is below it) or a file, as above. */
enum sg_status sg_part_trusted(int fd, struct sg_str part, bool folder, bool last, struct sg_err *err);

/* way.c: the same for a folder that links may lead to, and with "." and ".."; a relative path begins in the working folder. Every folder that holds a name of the
 * way is looked at, those too that a link leads away from, and links are root's or the effective user's: nobody else could have put one there. */
enum sg_status sg_open_trusted_way(const char *path, int *fd, struct sg_err *err);

/* Reads exactly `len` bytes from the start of `fd`; false on an error or an early end. */
bool sg_read_whole(int fd, void *bytes, size_t len);
/* Nobody has the file open for writing, and whoever wants to is held up until `fd` is closed. True also where that cannot be told (another user's file, some
 * file systems): there sg_file_unchanged must do. */
bool sg_file_unwritten(int fd);
struct stat;
/* Still what it was when `before` was taken: what was read meanwhile is never the half of something. */
bool sg_file_unchanged(int fd, const struct stat *before);
/* Writes all of `bytes` where `fd` stands; false on an error, errno says which. `fd` blocks. */
bool sg_write_whole(int fd, struct sg_str bytes);

enum { SG_DESCRIPTORS = 65536 + 1024 /* of connections, the most that limits.connections may say, and the rest */ };
/* Raises the soft limit of open descriptors, and where that is allowed the hard one, to `most`. Returns how many there may be. */
size_t sg_descriptors_raise(size_t most);

#endif
