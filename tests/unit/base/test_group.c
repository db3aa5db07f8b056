/* SPDX-License-Identifier: Apache-2.0
 * Whose a control group is: folders of our own stand for a hierarchy. */
#include "base/group.h"

#include "unit/cases.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static char mount[64];

static const char *
at(const char *path)
{
	static char whole[128];
	snprintf(whole, sizeof(whole), "%s%s", mount, path);
	return whole;
}

/* MOUNT/a/x, each with the files that take in; nobody but their owner writes there. */
static void
begin(void)
{
	static const char *const files[] = {"/cgroup.procs", "/a/cgroup.procs", "/a/x/cgroup.procs", "/cgroup.threads", "/a/cgroup.threads", "/a/x/cgroup.threads", "/tasks", "/a/tasks", "/a/x/tasks"};
	snprintf(mount, sizeof(mount), "%s", "/tmp/sg-group-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(mount));
	CU_ASSERT_EQUAL_FATAL(chmod(mount, 0755), 0);
	CU_ASSERT_EQUAL_FATAL(mkdir(at("/a"), 0755), 0);
	CU_ASSERT_EQUAL_FATAL(mkdir(at("/a/x"), 0755), 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		CU_ASSERT_EQUAL_FATAL(close(open(at(files[i]), O_CREAT | O_WRONLY, 0644)), 0);
}

static void
end(void)
{
	char command[96];
	snprintf(command, sizeof(command), "rm -rf %s", mount);
	CU_ASSERT_EQUAL(system(command), 0);
}

static void
owner(void)
{
	begin();
	CU_ASSERT_EQUAL(sg_group_kept_at(mount, "/a/x", getuid() + 1), 1);
	CU_ASSERT_EQUAL(sg_group_kept_at(mount, "/a/x", getuid()), 0);
	CU_ASSERT_EQUAL(sg_group_kept_at(mount, "/a/y", getuid() + 1), -1);
	CU_ASSERT_EQUAL(sg_group_kept_at(mount, "/a/x/y", getuid() + 1), -1);
	CU_ASSERT_FALSE(sg_group_kept(NULL, "/sg-no-such-group", 12345));
	end();
}

/* Given to that user: the group itself, its list of processes, or what is above it. */
static void
given(void)
{
	static const char *const all[] = {"", "/cgroup.procs", "/cgroup.threads", "/tasks", "/a", "/a/cgroup.procs", "/a/cgroup.threads", "/a/tasks", "/a/x", "/a/x/cgroup.procs", "/a/x/cgroup.threads", "/a/x/tasks"};
	if (getuid() != 0) {
		printf("(NOT RUN: only root gives files away) ");
		return;
	}
	begin();
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		CU_ASSERT_EQUAL_FATAL(chown(at(all[i]), 12345, 12345), 0);
		CU_ASSERT_EQUAL(sg_group_kept_at(mount, "/a/x", 12345), 0);
		CU_ASSERT_EQUAL(sg_group_kept_at(mount, "/a/x", 12346), 1);
		CU_ASSERT_EQUAL_FATAL(chown(at(all[i]), 0, 0), 0);
	}
	CU_ASSERT_EQUAL(sg_group_kept_at(mount, "/a/x", 12345), 1);
	end();
}

/* Whoever is in the group, or anybody, may write there: that user, too, for all we know. */
static void
mode(void)
{
	static const char *const all[] = {"", "/cgroup.procs", "/cgroup.threads", "/tasks", "/a", "/a/cgroup.procs", "/a/cgroup.threads", "/a/tasks", "/a/x", "/a/x/cgroup.procs", "/a/x/cgroup.threads", "/a/x/tasks"};
	begin();
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct stat status;
		CU_ASSERT_EQUAL_FATAL(stat(at(all[i]), &status), 0);
		CU_ASSERT_EQUAL_FATAL(chmod(at(all[i]), status.st_mode | S_IWGRP), 0);
		CU_ASSERT_EQUAL(sg_group_kept_at(mount, "/a/x", getuid() + 1), 0);
		CU_ASSERT_EQUAL_FATAL(chmod(at(all[i]), status.st_mode | S_IWOTH), 0);
		CU_ASSERT_EQUAL(sg_group_kept_at(mount, "/a/x", getuid() + 1), 0);
		CU_ASSERT_EQUAL_FATAL(chmod(at(all[i]), status.st_mode), 0);
	}
	CU_ASSERT_EQUAL(sg_group_kept_at(mount, "/a/x", getuid() + 1), 1);
	end();
}

/* acl(5) as the kernel stores it: owner rwx, user 12345 rwx, group r-x, mask rwx, others r-x. */
static void
access_list(void)
{
	static const struct {
		uint32_t version;
		struct {
			uint16_t tag, may;
			uint32_t id;
		} entries[5];
	} list = {2, {{0x01, 7, UINT32_MAX}, {0x02, 7, 12345}, {0x04, 5, UINT32_MAX}, {0x10, 7, UINT32_MAX}, {0x20, 5, UINT32_MAX}}};
	begin();
	if (setxattr(at("/a/x"), "system.posix_acl_access", &list, sizeof(list), 0) != 0)
		printf("(NOT RUN: no access lists here: %s) ", strerror(errno));
	else
		CU_ASSERT_EQUAL(sg_group_kept_at(mount, "/a/x", 12345), 0);
	end();
}

/* Anybody but root: whose word a group's name is. In version 2 who has the group alone brings nobody into it from outside. */
static void
roots(void)
{
	static const char *const above[] = {"", "/cgroup.procs", "/a", "/a/cgroup.procs", "/a/cgroup.threads", "/a/tasks"}, *const itself[] = {"/a/x", "/a/x/cgroup.procs", "/a/x/cgroup.threads", "/a/x/tasks"};
	begin();
	CU_ASSERT_EQUAL(sg_group_roots_at(mount, "/a/y", true, true), -1);
	CU_ASSERT_EQUAL(sg_group_roots_at(mount, "/a/x", true, true), getuid() == 0);
	for (size_t i = 0; i < sizeof(above) / sizeof(above[0]) && getuid() == 0; i++) {
		CU_ASSERT_EQUAL_FATAL(chown(at(above[i]), 12345, 12345), 0);
		for (int form = 0; form < 4; form++)
			CU_ASSERT_EQUAL(sg_group_roots_at(mount, "/a/x", form & 1, form & 2), 0);
		CU_ASSERT_EQUAL_FATAL(chown(at(above[i]), 0, 0), 0);
		CU_ASSERT_EQUAL_FATAL(chmod(at(above[i]), 0775), 0);
		CU_ASSERT_EQUAL(sg_group_roots_at(mount, "/a/x", true, true), 0);
		CU_ASSERT_EQUAL_FATAL(chmod(at(above[i]), 0755), 0);
	}
	for (size_t i = 0; i < sizeof(itself) / sizeof(itself[0]) && getuid() == 0; i++) {
		CU_ASSERT_EQUAL_FATAL(chown(at(itself[i]), 12345, 12345), 0);
		CU_ASSERT_EQUAL(sg_group_roots_at(mount, "/a/x", true, true), 1); /* in it or below it: so put by root */
		CU_ASSERT_EQUAL(sg_group_roots_at(mount, "/a/x", false, true), 0); /* in it: perhaps moved there from below */
		CU_ASSERT_EQUAL(sg_group_roots_at(mount, "/a/x", true, false), 0);
		CU_ASSERT_EQUAL_FATAL(chown(at(itself[i]), 0, 0), 0);
	}
	end();
}

SG_CASES("base.group", {"anybody but root", roots}, {"whose the folder is", owner}, {"given to that user", given}, {"writable by group or others", mode}, {"an access list", access_list})
