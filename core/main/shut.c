/* SPDX-License-Identifier: Apache-2.0
 * Access lists as the kernel has them in system.posix_acl_access (linux/posix_acl_xattr.h): a version, then entries in the order of their kinds, users by their
 * numbers (acl(5)). */
#include "main/shut.h"

#include <endian.h>
#include <errno.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

static const char name[] = "system.posix_acl_access";

struct list {
	struct posix_acl_xattr_header head;
	struct posix_acl_xattr_entry entries[SG_SHUT_MOST + 5];
	size_t count;
};

static void
put(struct list *l, unsigned kind, unsigned may, unsigned id)
{
	l->entries[l->count++] = (struct posix_acl_xattr_entry){htole16((uint16_t)kind), htole16((uint16_t)may), htole32(id)};
}

static int
by_uid(const void *a, const void *b)
{
	uid_t x = *(const uid_t *)a, y = *(const uid_t *)b;
	return x < y ? -1 : x > y;
}

static size_t
sorted(const struct sg_shut *shut, uid_t uids[SG_SHUT_MOST])
{
	size_t count = 0;
	for (size_t i = 0; i < SG_SHUT_MOST; i++)
		if (shut->users[i].until != 0)
			uids[count++] = shut->users[i].uid;
	qsort(uids, count, sizeof(uids[0]), by_uid);
	return count;
}

/* The users who may nothing, in their order. False: it names others, users or groups, who may something, or more than are ever shut out. */
static bool
users_of(const unsigned char *list, size_t len, uint32_t users[SG_SHUT_MOST], size_t *count)
{
	*count = 0;
	for (size_t at = sizeof(struct posix_acl_xattr_header); at + sizeof(struct posix_acl_xattr_entry) <= len; at += sizeof(struct posix_acl_xattr_entry)) {
		struct posix_acl_xattr_entry e;
		memcpy(&e, list + at, sizeof(e));
		unsigned kind = le16toh(e.e_tag);
		if (kind == ACL_GROUP || (kind == ACL_USER && (e.e_perm != 0 || *count == SG_SHUT_MOST)))
			return false;
		if (kind == ACL_USER)
			users[(*count)++] = le32toh(e.e_id);
	}
	return true;
}

/* A list stands there that shuts out others than the one that was written last: an administrator's, from before or from just now. What the mode says is the
 * administrator's in any case. */
static bool
is_anothers(const struct sg_shut *shut, const char *path)
{
	unsigned char there[4096];
	uint32_t mine[SG_SHUT_MOST], theirs[SG_SHUT_MOST];
	size_t my_count = 0, their_count = 0;
	ssize_t len = lgetxattr(path, name, there, sizeof(there));
	if (len <= 0)
		return len < 0 && errno == ERANGE;
	return !users_of(there, (size_t)len, theirs, &their_count) || !users_of(shut->list, shut->list_len, mine, &my_count) || my_count != their_count ||
	       their_count == 0 || memcmp(mine, theirs, my_count * sizeof(mine[0])) != 0;
}

static bool
is_mine(const struct posix_acl_xattr_entry *e, const uint32_t users[SG_SHUT_MOST], size_t count)
{
	bool mine = false;
	for (size_t i = 0; i < count; i++)
		mine |= le16toh(e->e_tag) == ACL_USER && e->e_perm == 0 && le32toh(e->e_id) == users[i];
	return mine;
}

/* Who was shut out here for a moment does not stay so because somebody else wrote to the list meanwhile: what this daemon put in comes out, the rest stays. */
static void
take_out(const struct sg_shut *shut, const char *path)
{
	unsigned char there[4096];
	uint32_t mine[SG_SHUT_MOST];
	size_t count = 0, kept = sizeof(struct posix_acl_xattr_header);
	ssize_t len = lgetxattr(path, name, there, sizeof(there));
	if (len <= 0 || shut->list_len == 0 || !users_of(shut->list, shut->list_len, mine, &count))
		return;
	for (size_t at = kept; at + sizeof(struct posix_acl_xattr_entry) <= (size_t)len; at += sizeof(struct posix_acl_xattr_entry)) {
		struct posix_acl_xattr_entry e;
		memcpy(&e, there + at, sizeof(e));
		if (is_mine(&e, mine, count))
			continue;
		memcpy(there + kept, &e, sizeof(e));
		kept += sizeof(e);
	}
	if (kept < (size_t)len)
		lsetxattr(path, name, there, kept, 0);
}

bool
sg_shut_write(struct sg_shut *shut, const char *path)
{
	uid_t uids[SG_SHUT_MOST];
	struct list l = {.head = {htole32(POSIX_ACL_XATTR_VERSION)}};
	struct stat status;
	size_t count = sorted(shut, uids);
	if (lstat(path, &status) != 0 || !S_ISSOCK(status.st_mode))
		return false;
	if (is_anothers(shut, path)) {
		take_out(shut, path);
		shut->list_len = 0;
		if (!shut->other)
			fprintf(stderr, "stepgated: %s has an access list of its own: users who connect there without end are not shut out for a moment\n", path);
		shut->other = true;
		return false;
	}
	if (count == 0) {
		shut->list_len = 0;
		return lremovexattr(path, name) == 0 || errno == ENODATA;
	}
	unsigned group = status.st_mode >> 3 & 7; /* the mask's bits where there is a list: nothing but these is taken away */
	put(&l, ACL_USER_OBJ, status.st_mode >> 6 & 7, ACL_UNDEFINED_ID);
	for (size_t i = 0; i < count; i++)
		put(&l, ACL_USER, 0, uids[i]);
	put(&l, ACL_GROUP_OBJ, group, ACL_UNDEFINED_ID);
	put(&l, ACL_MASK, group, ACL_UNDEFINED_ID);
	put(&l, ACL_OTHER, status.st_mode & 7, ACL_UNDEFINED_ID);
	size_t len = sizeof(l.head) + l.count * sizeof(l.entries[0]);
	if (lsetxattr(path, name, &l, len, 0) != 0)
		return false;
	ssize_t there = lgetxattr(path, name, shut->list, sizeof(shut->list)); /* as the kernel has it, whatever it made of it */
	shut->list_len = there > 0 ? (size_t)there : 0;
	return true;
}

bool
sg_shut_add(struct sg_shut *shut, uid_t uid, sg_time now)
{
	size_t place = SG_SHUT_MOST;
	for (size_t i = 0; i < SG_SHUT_MOST; i++) {
		if (shut->users[i].until == 0)
			place = i;
		else if (shut->users[i].uid == uid)
			return false;
	}
	if (place == SG_SHUT_MOST)
		return false;
	shut->users[place].uid = uid;
	shut->users[place].until = now + SG_SHUT_MS * SG_MSEC;
	return true;
}

bool
sg_shut_over(struct sg_shut *shut, sg_time now)
{
	bool some = false;
	for (size_t i = 0; i < SG_SHUT_MOST; i++)
		if (shut->users[i].until != 0 && now >= shut->users[i].until) {
			shut->users[i].until = 0;
			some = true;
		}
	return some;
}
