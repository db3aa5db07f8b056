/* SPDX-License-Identifier: Apache-2.0
 * audit/file: each leaf as one line of a file that is rotated by size. After a crash the end of the file is mended and leaves that stand
 * in it are not written again, so that each stands there once. What others do to the file is seen before the next leaf: moved away, a new one is
 * begun; removed or cut, a gap says how many leaves stood there. */
#include <stepgate/audit.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME, ROTATE_BYTES, KEEP };
enum { TAIL_MAX = 131072, PENDING_MAX = 1 << 20, LEAF_MAX = 65536 };

static const struct sg_option options_table[] = {
	{"name", SG_OPTION_TEXT, "journal.jsonl", 1, 64, "name of the file in the granted folder"},
	{"rotate_bytes", SG_OPTION_INTEGER, "104857600", 65536, 1099511627776, "a file of this size becomes NAME.1, NAME.1 becomes NAME.2 and so on"},
	{"keep", SG_OPTION_INTEGER, "10", 1, 1000, "files kept beside the present one"},
	{NULL},
};

struct sink {
	const struct sg_host *host;
	int folder, fd;
	const char *name;
	int64_t rotate_bytes, keep, size;
	uint64_t last, written; /* in the file for good; handed over */
	uint64_t first;         /* the first leaf in this file, 0: none */
	bool known;             /* the last leaf in the file is this journal's */
	size_t last_len;
	char last_leaf[LEAF_MAX];
	size_t len;
	char pending[PENDING_MAX];
};

static enum sg_status
configure(const struct sg_options *options, struct sg_err *err)
{
	struct sg_str name = options->values[NAME].text;
	if (name.ptr[0] == '.' || strchr(name.ptr, '/') != NULL || strlen(name.ptr) != name.len)
		return sg_refuse(err, SG_MALFORMED, "file_name", "name is a plain file name that does not begin with a dot");
	return SG_OK;
}

static enum sg_status
open_file(struct sink *self, struct sg_err *err)
{
	struct stat st;
	self->fd = openat(self->folder, self->name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (self->fd < 0 || fstat(self->fd, &st) != 0 || !S_ISREG(st.st_mode))
		return sg_refuse(err, SG_UNAVAILABLE, "file_open", "%s: %s", self->name, strerror(errno));
	self->size = st.st_size;
	return SG_OK;
}

/* A leaf's number, or that of the leaf which comes behind a gap. 0: neither. */
static uint64_t
number_of(const struct sink *self, struct sg_str line, bool *is_leaf)
{
	struct sg_str number;
	*is_leaf = self->host->member(self->host, line, "n", &number) == SG_OK;
	return *is_leaf || self->host->member(self->host, line, "next", &number) == SG_OK ? strtoull(number.ptr, NULL, 10) : 0;
}

/* The last whole line of the file's end, and its number. A gap stands for the leaf before the one that did not get here. False: it is neither, so the file is somebody else's. */
static bool
take_last(struct sink *self, const char *tail, size_t end)
{
	bool is_leaf;
	size_t line = end > 0 ? end - 1 : 0;
	while (line > 0 && tail[line - 1] != '\n')
		line--;
	struct sg_str leaf = {tail + line, end > 0 ? end - 1 - line : 0};
	uint64_t number = number_of(self, leaf, &is_leaf);
	if (number > 0)
		self->last = is_leaf ? number : number - 1;
	self->last_len = is_leaf && leaf.len < LEAF_MAX ? leaf.len : 0;
	memcpy(self->last_leaf, leaf.ptr, self->last_len);
	self->known = self->last_len == 0;
	return number > 0;
}

static size_t
read_end(int fd, int64_t size, char *tail, int64_t *from)
{
	*from = size > TAIL_MAX ? size - TAIL_MAX : 0;
	ssize_t end = pread(fd, tail, TAIL_MAX, *from);
	while (end > 0 && tail[end - 1] != '\n')
		end--;
	return end > 0 ? (size_t)end : 0;
}

/* A crash right behind a rotation leaves an empty file: what was written last stands in the one before. */
static void
look_before(struct sink *self, char *tail)
{
	char name[96];
	struct stat st;
	int64_t from;
	snprintf(name, sizeof(name), "%s.1", self->name);
	int fd = openat(self->folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0 && fstat(fd, &st) == 0)
		take_last(self, tail, read_end(fd, st.st_size, tail, &from));
	if (fd >= 0)
		close(fd);
}

/* What the file begins with; behind its last line, so that `tail` may be used again. */
static void
take_first(struct sink *self, char *tail)
{
	bool is_leaf;
	ssize_t n = pread(self->fd, tail, TAIL_MAX, 0);
	const char *end = n > 0 ? memchr(tail, '\n', (size_t)n) : NULL;
	self->first = end == NULL ? 0 : number_of(self, (struct sg_str){tail, (size_t)(end - tail)}, &is_leaf);
}

static enum sg_status
replaced(const struct sink *self, struct sg_err *err)
{
	return sg_refuse(err, SG_UNAVAILABLE, "file_replaced", "something else stands in %s: move it away", self->name);
}

/* Cuts what a crash left behind the last whole line. */
static enum sg_status
mend(struct sink *self, struct sg_err *err)
{
	int64_t from;
	char *tail = self->host->alloc(self->host, TAIL_MAX);
	if (tail == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for a sink");
	size_t end = read_end(self->fd, self->size, tail, &from);
	bool ours = end > 0 ? take_last(self, tail, end) : self->size == 0 || (pread(self->fd, tail, 1, 0) == 1 && tail[0] == '{');
	if (!ours)
		return replaced(self, err);
	if (from + (int64_t)end != self->size && ftruncate(self->fd, from + (int64_t)end) != 0)
		return sg_refuse(err, SG_UNAVAILABLE, "file_write", "%s: %s", self->name, strerror(errno));
	self->size = from + (int64_t)end;
	if (end > 0)
		take_first(self, tail);
	else
		look_before(self, tail);
	return SG_OK;
}

static enum sg_status
start(const struct sg_host *host, const struct sg_options *options, void **state, struct sg_err *err)
{
	struct sink *self = calloc(1, sizeof(*self));
	if (self == NULL)
		return sg_refuse(err, SG_NOMEM, "no_memory", "no memory for a sink");
	self->host = host;
	self->folder = host->descriptor(host, "folder");
	self->name = options->values[NAME].text.ptr;
	self->rotate_bytes = options->values[ROTATE_BYTES].number;
	self->keep = options->values[KEEP].number;
	self->fd = -1;
	self->known = true;
	*state = self;
	enum sg_status status = self->folder < 0 ? sg_refuse(err, SG_NOT_FOUND, "file_no_folder", "grant \"folder=folder:PATH\"") : open_file(self, err);
	if (status == SG_OK)
		status = mend(self, err);
	if (status != SG_OK && self->fd >= 0)
		close(self->fd);
	if (status != SG_OK)
		free(self);
	return status;
}

static void
stop(void *state)
{
	struct sink *self = state;
	close(self->fd);
	free(self);
}

static enum sg_status
push(struct sink *self, struct sg_err *err)
{
	size_t done = 0;
	while (done < self->len) {
		ssize_t n = write(self->fd, self->pending + done, self->len - done);
		if (n < 0 && errno != EINTR)
			return sg_refuse(err, SG_UNAVAILABLE, "file_write", "%s: %s", self->name, strerror(errno));
		done += n > 0 ? (size_t)n : 0;
	}
	self->size += (int64_t)self->len;
	self->len = 0;
	return SG_OK;
}

static enum sg_status
add(struct sink *self, const char *bytes, size_t len, struct sg_err *err)
{
	if (self->len + len > PENDING_MAX && push(self, err) != SG_OK)
		return err->status;
	memcpy(self->pending + self->len, bytes, len);
	self->len += len;
	return SG_OK;
}

/* NAME.keep goes, the others move up by one. */
static enum sg_status
rotate(struct sink *self, struct sg_err *err)
{
	char from[96], to[96];
	for (int64_t i = self->keep - 1; i >= 0; i--) {
		snprintf(from, sizeof(from), i > 0 ? "%s.%lld" : "%s", self->name, (long long)i);
		snprintf(to, sizeof(to), "%s.%lld", self->name, (long long)i + 1);
		if (renameat(self->folder, from, self->folder, to) != 0 && errno != ENOENT)
			return sg_refuse(err, SG_UNAVAILABLE, "file_rotate", "%s: %s", from, strerror(errno));
	}
	close(self->fd);
	self->first = 0;
	enum sg_status status = open_file(self, err);
	if (status == SG_OK && fsync(self->folder) != 0)
		status = sg_refuse(err, SG_UNAVAILABLE, "file_rotate", "the folder: %s", strerror(errno));
	return status;
}

static enum sg_status
add_gap(struct sink *self, uint64_t missing, uint64_t next, struct sg_err *err)
{
	char gap[96];
	int len = snprintf(gap, sizeof(gap), "{\"kind\":\"gap\",\"missing\":%llu,\"next\":%llu}\n", (unsigned long long)missing, (unsigned long long)next);
	return add(self, gap, (size_t)len, err);
}

/* In the place of one that is there no more. One that has something in it is somebody's: it is left alone. */
static enum sg_status
open_anew(struct sink *self, struct sg_err *err)
{
	int old = self->fd;
	enum sg_status status = open_file(self, err);
	if (status == SG_OK && self->size > 0)
		status = replaced(self, err);
	if (status == SG_OK)
		close(old);
	else {
		if (self->fd >= 0)
			close(self->fd);
		self->fd = old;
	}
	return status;
}

/* Before the first leaf of a batch: is the file still the one at its name, and as long as it was? What was moved away is safe where it is. */
static enum sg_status
look_again(struct sink *self, struct sg_err *err)
{
	struct stat mine, there;
	enum sg_status status = SG_OK;
	if (fstat(self->fd, &mine) != 0)
		return sg_refuse(err, SG_UNAVAILABLE, "file_open", "%s: %s", self->name, strerror(errno));
	bool same = fstatat(self->folder, self->name, &there, AT_SYMLINK_NOFOLLOW) == 0 && there.st_ino == mine.st_ino && there.st_dev == mine.st_dev;
	bool lost = mine.st_nlink == 0 || mine.st_size < self->size;
	if (!same)
		status = open_anew(self, err);
	if (status != SG_OK)
		return status;
	uint64_t missing = lost && self->first > 0 && self->first <= self->last ? self->last - self->first + 1 : 0;
	self->size = same ? mine.st_size : 0;
	self->first = same && !lost ? self->first : 0;
	return missing > 0 ? add_gap(self, missing, self->last + 1, err) : SG_OK;
}

static enum sg_status
write_leaf(void *state, const struct sg_audit_in *in, struct sg_err *err)
{
	struct sink *self = state;
	enum sg_status status = SG_OK;
	self->written = in->number;
	if (in->number == self->last && !self->known && (in->leaf.len != self->last_len || memcmp(in->leaf.ptr, self->last_leaf, in->leaf.len) != 0))
		return sg_refuse(err, SG_REFUSED, "file_other_journal", "leaf %llu stands in %s already, and is another: move the old files away",
				 (unsigned long long)in->number, self->name);
	self->known |= in->number >= self->last;
	if (in->number <= self->last)
		return SG_OK; /* it stands there already */
	if (self->len == 0)
		status = look_again(self, err);
	if (status == SG_OK && in->missing > 0)
		status = add_gap(self, in->missing, in->number, err);
	if (status == SG_OK && self->first == 0)
		self->first = in->number;
	if (status == SG_OK)
		status = add(self, in->leaf.ptr, in->leaf.len, err);
	return status == SG_OK ? add(self, "\n", 1, err) : status;
}

static enum sg_status
flush(void *state, const struct sg_audit_in *in, struct sg_audit_out *out, struct sg_err *err)
{
	struct sink *self = state;
	(void)in;
	enum sg_status status = push(self, err);
	if (status == SG_OK && fdatasync(self->fd) != 0)
		status = sg_refuse(err, SG_UNAVAILABLE, "file_write", "%s: %s", self->name, strerror(errno));
	if (status == SG_OK && self->size >= self->rotate_bytes)
		status = rotate(self, err);
	if (status == SG_OK && self->written > self->last)
		self->last = self->written;
	/* what stands here already is safe once it is known to be of the same journal; the host counts what it handed over */
	out->durable = status == SG_OK && self->known ? self->written : 0;
	return status;
}

static const struct sg_audit_ops operations = {sizeof(operations), write_leaf, flush};

SG_MODULE(audit, "file", .options = options_table, .configure = configure, .start = start, .stop = stop, .audit = &operations);
