/* SPDX-License-Identifier: Apache-2.0
 * Opening what will be trusted. Refusals by owner, mode, link and type are shown with modules, in tests/module. */
#include "base/fd.h"

#include "unit/cases.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *
try(const char *path)
{
	static struct sg_err err;
	int fd = -1;
	err = (struct sg_err){0};
	enum sg_status status = sg_open_trusted(path, &fd, &err);
	if (fd >= 0)
		close(fd);
	return (status == SG_OK) == (fd >= 0) ? (status == SG_OK ? "ok" : err.code) : "inconsistent";
}

static void
a_file_of_root(void)
{
	CU_ASSERT_STRING_EQUAL(try("/etc/passwd"), "ok");
	CU_ASSERT_STRING_EQUAL(try("/etc"), "path_type");
	CU_ASSERT_STRING_EQUAL(try("/"), "path_form");
	CU_ASSERT_STRING_EQUAL(try("/etc/"), "path_form");
	CU_ASSERT_STRING_EQUAL(try("//etc/passwd"), "path_form");
	CU_ASSERT_STRING_EQUAL(try("/etc/./passwd"), "path_form");
	CU_ASSERT_STRING_EQUAL(try("/etc/../etc/passwd"), "path_form");
	CU_ASSERT_STRING_EQUAL(try("etc/passwd"), "path_form");
	CU_ASSERT_STRING_EQUAL(try(""), "path_form");
	CU_ASSERT_STRING_EQUAL(try("/etc/passwd/x"), "path_type");
	CU_ASSERT_STRING_EQUAL(try("/nowhere/x"), "path_missing");
	CU_ASSERT_STRING_EQUAL(try("/dev/null"), "path_type");
	CU_ASSERT_STRING_EQUAL(try("/proc/self/exe"), "path_link");
}

static void
lengths(void)
{
	static char path[PATH_MAX + 2] = "/";
	memset(path + 1, 'a', NAME_MAX);
	CU_ASSERT_STRING_EQUAL(try(path), "path_missing");
	path[1 + NAME_MAX] = 'a';
	CU_ASSERT_STRING_EQUAL(try(path), "path_form");
	memset(path + 1, 'a', PATH_MAX);
	CU_ASSERT_STRING_EQUAL(try(path), "path_form");
}

/* A sticky folder is borne above the file's own, and only if it is sticky. */
static void
sticky_folders(void)
{
	char top[] = "/tmp/sg-fd-XXXXXX", folder[64], file[80];
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(top));
	snprintf(folder, sizeof(folder), "%s/own", top);
	snprintf(file, sizeof(file), "%s/file", folder);
	CU_ASSERT(mkdir(folder, 0755) == 0);
	close(open(file, O_WRONLY | O_CREAT, 0644));
	CU_ASSERT_STRING_EQUAL(try(file), "ok");
	chmod(top, 01777);
	CU_ASSERT_STRING_EQUAL(try(file), "ok");
	chmod(top, 0777);
	CU_ASSERT_STRING_EQUAL(try(file), "path_writable");
	chmod(top, 0755);
	chmod(folder, 01777);
	CU_ASSERT_STRING_EQUAL(try(file), "path_writable");
	unlink(file);
	rmdir(folder);
	rmdir(top);
}

static void
reading_whole(void)
{
	int fds[2];
	char bytes[4];
	char name[] = "/tmp/sg-fd-XXXXXX";
	int fd = mkstemp(name);
	CU_ASSERT(write(fd, "abcd", 4) == 4);
	CU_ASSERT(sg_read_whole(fd, bytes, 4) && memcmp(bytes, "abcd", 4) == 0);
	CU_ASSERT(sg_read_whole(fd, bytes, 0));
	CU_ASSERT(ftruncate(fd, 3) == 0 && !sg_read_whole(fd, bytes, 4));
	CU_ASSERT(pipe(fds) == 0 && !sg_read_whole(fds[0], bytes, 1));
	close(fds[0]);
	close(fds[1]);
	close(fd);
	unlink(name);
}

SG_CASES("base.fd", {"a file of root", a_file_of_root}, {"lengths", lengths}, {"sticky folders", sticky_folders},
	 {"reading whole", reading_whole})
