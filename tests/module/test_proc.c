/* SPDX-License-Identifier: Apache-2.0
 * attest/peer's reading of /proc, with names that a process may have chosen to be misread. */
#include "../../modules/attest/peer/proc.c"

#include "unit/cases.h"

static const char *
cgroup_of(const char *text)
{
	static char value[PROC_VALUE];
	return proc_cgroup(text, value) ? value : "none";
}

static void
cgroups(void)
{
	CU_ASSERT_STRING_EQUAL(cgroup_of("0::/system.slice/a.service\n"), "/system.slice/a.service");
	CU_ASSERT_STRING_EQUAL(cgroup_of("0::/system.slice/a.service"), "/system.slice/a.service");
	CU_ASSERT_STRING_EQUAL(cgroup_of("0::/\n"), "/");
	CU_ASSERT_STRING_EQUAL(cgroup_of("9:name=systemd:/a\n0::/\n"), "/a");
	CU_ASSERT_STRING_EQUAL(cgroup_of("12:name=systemd:/a\n1:cpu:/b\n"), "/a");
	CU_ASSERT_STRING_EQUAL(cgroup_of("9:name=systemd:/a\n0::/b\n"), "/b");
	CU_ASSERT_STRING_EQUAL(cgroup_of("3:cpu:/x:name=systemd:/evil\n9:name=systemd:/a\n"), "/a");
	CU_ASSERT_STRING_EQUAL(cgroup_of("3:cpu:/0::/evil\n0::/\n"), "/");
	CU_ASSERT_STRING_EQUAL(cgroup_of("1:cpu:/b\n"), "none");
	CU_ASSERT_STRING_EQUAL(cgroup_of(""), "none");
	CU_ASSERT_STRING_EQUAL(cgroup_of("0::\n"), "none");
	CU_ASSERT_STRING_EQUAL(cgroup_of("0::/caf\xc3\xa9\n"), "none");
	CU_ASSERT_STRING_EQUAL(cgroup_of("0::/a\tb\n"), "none");
}

static void
lengths(void)
{
	char text[400], value[PROC_VALUE];
	snprintf(text, sizeof(text), "0::/%0255d\n", 0);
	CU_ASSERT(proc_line(text, "0::", value) && strlen(value) == 256);
	snprintf(text, sizeof(text), "0::/%0256d\n", 0);
	CU_ASSERT(!proc_line(text, "0::", value));
}

static void
stat_lines(void)
{
#define BEHIND " S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20 21\n"
	CU_ASSERT_EQUAL(proc_start_time("7 (a)" BEHIND), 4242);
	CU_ASSERT_EQUAL(proc_start_time("7 (a b)" BEHIND), 4242);
	CU_ASSERT_EQUAL(proc_start_time("7 (x) R 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1)" BEHIND), 4242);
	CU_ASSERT_EQUAL(proc_start_time("7 (\n) S)" BEHIND), 4242);
	CU_ASSERT_EQUAL(proc_start_time(""), 0);
	CU_ASSERT_EQUAL(proc_start_time("7 (a) S 1 2 3"), 0);
	CU_ASSERT_EQUAL(proc_start_time("7 (a"), 0);
}

static void
status_lines(void)
{
	char value[PROC_VALUE];
	CU_ASSERT_EQUAL(proc_user("Name:\ta\nUid:\t1\t1000\t3\t4\nGid:\t5\t6\t7\t8\n"), 1000);
	CU_ASSERT_EQUAL(proc_user("Name:\tUid:\t7\t7\t7\t7\nUid:\t1\t4294967294\t3\t4\n"), 4294967294);
	CU_ASSERT_EQUAL(proc_user("Name:\ta\nUid:\t1\n"), -1);
	CU_ASSERT_EQUAL(proc_user("Name:\ta\n"), -1);
	CU_ASSERT_EQUAL(proc_user(""), -1);
	CU_ASSERT(proc_line("Name:\tSeccomp:\t0\nSeccomp:\t2\nSeccomp_filters:\t1\n", "Seccomp:\t", value));
	CU_ASSERT_STRING_EQUAL(value, "2");
	CU_ASSERT(!proc_line("Name:\tSeccomp:\t0", "Seccomp:\t", value));
}

SG_CASES("module.proc", {"control groups", cgroups}, {"lengths", lengths}, {"stat", stat_lines},
	 {"status", status_lines})
