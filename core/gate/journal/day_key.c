/* SPDX-License-Identifier: Apache-2.0
 * Day keys: what sealed inputs are readable by. Destroying a day's file makes that day's inputs unreadable for good. */
#include "base/err.h"
#include "base/secret.h"
#include "base/str.h"
#include "gate/journal/journal_files.h"
#include "gate/journal/pulse.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

static enum sg_status
read_from_disk(const struct sg_journal *journal, const char *name, unsigned char key[SG_KEY_BYTES], struct sg_err *err)
{
	const struct sg_sys *sys = journal->sys;
	int fd = sys->openat(sys, journal->keys, name, O_RDONLY, 0);
	if (fd < 0)
		return sg_fail(err, errno == ENOENT ? SG_NOT_FOUND : SG_UNAVAILABLE, errno == ENOENT ? "day_key_gone" : "journal_io",
			       "%s: %s", name, strerror(errno));
	ssize_t got = sys->pread(sys, fd, key, SG_KEY_BYTES, 0);
	int error = errno;
	sys->close(sys, fd);
	if (got < 0)
		return sg_fail(err, SG_UNAVAILABLE, "journal_io", "%s: %s", name, strerror(error));
	if (got != SG_KEY_BYTES)
		return sg_fail(err, SG_MALFORMED, "day_key", "%s is not a key", name);
	return SG_OK;
}

static enum sg_status
read_key(const struct sg_journal *journal, const char *name, unsigned char key[SG_KEY_BYTES], struct sg_err *err)
{
	sg_pulse_disk(true);
	enum sg_status status = read_from_disk(journal, name, key, err);
	sg_pulse_disk(false);
	return status;
}

static enum sg_status
make_key(const struct sg_journal *journal, const char *name, unsigned char key[SG_KEY_BYTES], struct sg_err *err)
{
	const struct sg_sys *sys = journal->sys;
	char temporary[] = "new.key";
	int error = 0;
	if (sys->random(sys, key, SG_KEY_BYTES) != 0)
		return sg_fail(err, SG_UNAVAILABLE, "no_randomness", "no random bytes for a day key");
	int fd = sys->openat(sys, journal->keys, temporary, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		return sg_fail(err, SG_UNAVAILABLE, "journal_io", "%s: %s", name, strerror(errno));
	int failed = sg_write_all(sys, fd, (struct sg_str){(char *)key, SG_KEY_BYTES}, 0, &error);
	if (failed == 0 && sys->fdatasync(sys, fd) != 0)
		failed = -1;
	sys->close(sys, fd);
	if (failed != 0 || sys->renameat(sys, journal->keys, temporary, name) != 0 || sys->fsync(sys, journal->keys) != 0)
		return sg_fail(err, SG_UNAVAILABLE, "journal_io", "%s could not be written", name);
	return SG_OK;
}

enum sg_status
sg_day_key(const struct sg_journal *journal, uint64_t day, bool create, unsigned char key[SG_KEY_BYTES], struct sg_err *err)
{
	char name[32];
	snprintf(name, sizeof(name), "%" PRIu64 ".key", day);
	enum sg_status status = read_key(journal, name, key, err);
	return status == SG_NOT_FOUND && create ? make_key(journal, name, key, err) : status;
}
